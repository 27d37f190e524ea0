"""Sends a mail: checks and composes it. A transport, which the settings choose, takes it from there."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import ClassVar, Protocol

from execops.adapters import _checks, _digest
from execops.errors import InvalidPayloadError
from execops.model import Check, Json
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings
from execops.text.addresses import Mailbox, is_address, mailbox

_LINK = re.compile(r"https://[^\s<>\"]*[^\s<>\".,;:!?)\]']")
_HIDDEN_SITE = re.compile(  # mail programs link any scheme
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s/?#<>\"]*@", re.IGNORECASE
)
_SPACES = re.compile("^ +| {2,}")
_TAB = 4  # columns
_NOT_SET = "not set"
_NOBODY = f"{_NOT_SET}:;"  # a group without members, which a header may name in place of addresses: RFC 6854
_MAX_SUBJECT = 200  # characters
_MAX_TEXT = 100_000
_POLICY = SMTP.clone(cte_type="7bit")  # a server need not take anything but ASCII


class Transport(Protocol):
    """Takes composed mails to their receivers."""

    name: ClassVar[str]
    leaves_the_machine: ClassVar[bool]  # then a mail needs a sender and a recipient

    def __init__(self, settings: Settings) -> None:
        """Raises NotConfiguredError for settings that it cannot use."""

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Check what these settings need of the outside, and send nothing. An error is a check that is bad."""

    def describe(self, mail: str) -> str:
        """Say in words what sending does with this mail, such as `a mail from … to …`."""

    async def send(self, message: EmailMessage, content: bytes, idempotency_key: str) -> Json:
        """Send the mail, whose bytes are `content`; returns what the execution's result says besides.

        Raises NotAcceptedError, RejectedError or AmbiguousError.
        """

    async def find(self, message: EmailMessage, idempotency_key: str) -> Reconciliation:
        """Whether this mail was sent with this key, and what the result then says besides."""


def _transport(settings: Settings) -> type[Transport]:
    """The transport that the settings name."""
    if settings.email_transport == "smtp":
        from execops.adapters.smtp.smtp_transport import SmtpTransport

        return SmtpTransport
    if settings.email_transport == "gmail":
        from execops.adapters.gmail.gmail_transport import GmailTransport

        return GmailTransport
    from execops.adapters.outbox.emails import EmailOutbox

    return EmailOutbox


def create(settings: Settings) -> EmailAdapter:
    """The adapter over the transport that the settings name. Raises NotConfiguredError for settings it cannot use."""
    return EmailAdapter(_transport(settings)(settings))


async def diagnose(settings: Settings) -> Sequence[Check]:
    """Check the transport that the settings name; nothing is sent."""
    return await _transport(settings).diagnose(settings)


class EmailAdapter:
    """Sends one mail to one address; its HTML part is made from the text."""

    action_type: ClassVar[str] = "email"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="to", label="To", required=False),
        Field(name="subject", label="Subject", words=True, rewordable=True),
        Field(name="from", label="From", required=False),
        Field(name="reply_to", label="Reply to", required=False),
        Field(name="text", label="Text", words=True, rewordable=True, lines=True),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = True

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is one mail to one address.

        The outbox takes a mail whose sender or recipient is not set yet; a transport that mails for real does not.
        """
        _checks.check_fields(payload, self.fields, "mail")
        for name, accepts in (("to", is_address), ("from", mailbox), ("reply_to", mailbox)):
            if name in payload and not accepts(payload[name]):
                raise InvalidPayloadError(
                    f"The mail's {name} is not one mail address: {payload[name]!r}.", field=name
                )
        if self._transport.leaves_the_machine:
            _require_ends(payload)
        if not _checks.is_line(payload["subject"]):
            raise InvalidPayloadError(
                "The mail's subject must be one line, without control characters.", field="subject"
            )
        if not _checks.is_text(_lines(payload["text"])):
            raise InvalidPayloadError("The mail's text has control characters.", field="text")
        if _HIDDEN_SITE.search(payload["text"]):
            raise InvalidPayloadError(
                "The mail's text has a link that hides its site behind a name and an @: write the site alone.",
                field="text",
            )
        for name, limit in (("subject", _MAX_SUBJECT), ("text", _MAX_TEXT)):
            if len(payload[name]) > limit:
                raise InvalidPayloadError(f"The mail's {name} is over {limit} characters.", field=name)

    def describe(self, payload: Json) -> str:
        """Say in words what sending does."""
        sender = f"from {payload['from']}" if "from" in payload else "without a sender"
        recipient = f"to {payload['to']}" if "to" in payload else "without a recipient"
        return self._transport.describe(f"a mail {sender} {recipient}")

    def preview(self, payload: Json) -> str:
        """The mail as a mail program shows it: From, To, Reply-To if set, Subject, an empty line, the text."""
        head = [f"From: {_shown(payload, 'from')}", f"To: {_shown(payload, 'to')}"]
        if "reply_to" in payload:
            head.append(f"Reply-To: {_shown(payload, 'reply_to')}")
        head.append(f"Subject: {payload['subject']}")
        return "\n".join([*head, "", _lines(payload["text"]).rstrip("\n")])

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Send the mail; its Message-ID holds the key. Raises NotAcceptedError, RejectedError, AmbiguousError."""
        message = compose(payload, idempotency_key)
        content = message.as_bytes(policy=_POLICY)
        return self._result(message) | await self._transport.send(message, content, idempotency_key)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Ask the transport whether it sent the mail of this key."""
        message = compose(payload, idempotency_key)
        earlier = await self._transport.find(message, idempotency_key)
        if earlier.happened is not Happened.YES:
            return earlier
        return Reconciliation(Happened.YES, self._result(message) | (earlier.result or {}))

    def _result(self, message: EmailMessage) -> Json:
        return {"message_id": str(message["Message-ID"]), "transport": self._transport.name}


def message_id_for(payload: Json, idempotency_key: str) -> str:
    """The Message-ID for this key: every attempt has the same one, so a duplicate can be recognised."""
    sender = mailbox(payload.get("from"))
    domain = (
        sender.address.rpartition("@")[2] if sender else "execops.invalid"
    )  # a name that nobody owns: RFC 2606
    return f"<{idempotency_key}@{domain}>"


def compose(payload: Json, idempotency_key: str) -> EmailMessage:
    """The mail as plain text, and as simple HTML made from that text."""
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = message_id_for(payload, idempotency_key)
    message["Date"] = format_datetime(datetime.now(UTC))
    message[_digest.HEADER] = _digest.digest(payload)
    for header, name in (("From", "from"), ("To", "to"), ("Reply-To", "reply_to")):
        if party := mailbox(payload.get(name)):
            message.set_raw(header, _as_header(party, header))
        elif name != "reply_to":
            message[header] = _NOBODY
    message.set_raw("Subject", _subject_header(payload["subject"]))
    message.set_content(payload["text"])
    message.add_alternative(_as_html(payload["text"]), subtype="html")
    return message


def _require_ends(payload: Json) -> None:
    """Raise InvalidPayloadError where a mail that leaves the machine has no sender or no recipient."""
    for name, end, setting in (
        ("from", "sender", "EXECOPS_EMAIL_FROM"),
        ("to", "recipient", "EXECOPS_ACCOUNT_OWNER_EMAIL or EXECOPS_FINANCE_EMAIL"),
    ):
        if name not in payload:
            raise InvalidPayloadError(
                f"The mail has no {end} ({name}): set {setting}, or write it into the draft. Nothing was sent.",
                field=name,
            )


def _shown(payload: Json, name: str) -> str:
    """The address as a mail program shows it."""
    party = mailbox(payload.get(name))
    return str(party) if party else _NOT_SET


def _as_header(party: Mailbox, header: str) -> str:
    """The mailbox as the header's value; a name that is not ASCII as encoded words, which a comma cannot break."""
    if party.name.isascii():
        return str(party)
    name = Header(party.name, "utf-8", header_name=header).encode(linesep="\r\n")
    return f"{name}\r\n <{party.address}>"


def _subject_header(subject: str) -> str:
    """The subject as the header's value, from which every mail program reads this subject again.

    Header folds it: EmailMessage loses a space between two encoded words when it folds a long one. As encoded words it
    keeps a space at its ends, and words that look like an encoded word, which the receiver would read as others.
    """
    plain = subject == subject.strip() and "=?" not in subject
    header = Header(subject, None if plain else "utf-8", header_name="Subject")
    return header.encode(linesep="\r\n")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _as_html(text: str) -> str:
    lines = _lines(text).expandtabs(_TAB)
    paragraphs = [part.strip("\n").rstrip() for part in re.split(r"\n\s*\n", lines) if part.strip()]
    body = "\n".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs)
    return f'<!doctype html>\n<html><body style="font-family: sans-serif">\n{body}\n</body></html>\n'


def _linked(text: str) -> str:
    """The text escaped for HTML, with its addresses as links. Strangers' words have none: see `execops.books.strangers`."""
    parts, end = [], 0
    for match in _LINK.finditer(text):
        link = html.escape(match[0])
        parts += [html.escape(text[end : match.start()], quote=False), f'<a href="{link}">{link}</a>']
        end = match.end()
    parts.append(html.escape(text[end:], quote=False))
    lines = "".join(parts).split("\n")
    return "<br>\n".join(_SPACES.sub(_kept, line) for line in lines)


def _kept(spaces: re.Match[str]) -> str:
    """Spaces that HTML shows: it would leave out those at the start of a line, and all but one of several."""
    width = len(spaces[0])
    return "&nbsp;" * width if spaces.start() == 0 else "&nbsp;" * (width - 1) + " "
