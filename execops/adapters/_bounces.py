"""Notices about a mail that came back, is delayed, or arrived.

Most servers write a report for programs: https://www.rfc-editor.org/rfc/rfc3464. Some write a text only: exim and Gmail name
the recipient in the header `X-Failed-Recipients`, qmail in a form of its own (https://cr.yp.to/proto/qsbmf.txt).

A notice can be forged. So it counts only where it names the Message-ID of the mail, and either holds the digest of the
mail's payload, which nobody can guess, or names its recipient.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses

from msgspec import Struct

from execops.adapters import _digest
from execops.adapters._smtp_answers import MAX_LINE
from execops.adapters.email import message_id_for
from execops.model import Json, ReturnOutcome
from execops.ports import Returned
from execops.text import clean_line

logger = logging.getLogger(__name__)

NULL_SENDERS = re.compile(r"mailer-daemon|postmaster|mail-daemon", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ANSWER = re.compile(r"(?<![\d.])[245]\d\d[ -]+(?:#?[245]\.\d{1,3}\.\d{1,3}\b)?")
_REPEATED = re.compile(r"\s[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3}(?=\s)")  # at each line of a long answer
_LOCAL, _DOMAIN = (
    r"[^\s<>()\[\],;:\"@]{1,64}",
    r"[^\s<>()\[\],;:\"@]{1,255}",
)  # the longest: RFC 5321, 4.5.3.1
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")
_LISTED = re.compile(
    rf"^(?:<(?P<quoted>{_LOCAL}@{_DOMAIN})>:?|[ \t]{{1,8}}<?(?P<bare>{_LOCAL}@{_DOMAIN})>?:?)[ \t]{{0,8}}$",
    re.MULTILINE,
)  # a line with an address alone: `<a@b.example>:` of qmail, `  a@b.example` of exim
_COPY = re.compile(
    r"^-{2,} ?(?:Below this line|This is a copy|Original message|The header of|Enclosed is|Returned message).*",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)
_MESSAGE_ID = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]+>)", re.MULTILINE | re.IGNORECASE)
_DELAY = re.compile(
    r"delayed|not yet been delivered|still being retried|will continue|keep trying|no action is required"
    r"|not been delivered to all of its recipients after",
    re.IGNORECASE,
)
_EXPIRED = re.compile(
    r"retry time(?:out exceeded| not reached)|message expired|too long in the queue", re.IGNORECASE
)
_QSBMF = re.compile(r"\s*Hi\. This is ")
_ACTIONS = {
    "failed": ReturnOutcome.FAILED,
    "delayed": ReturnOutcome.DELAYED,
    "delivered": ReturnOutcome.DELIVERED,
}
_BY_CLASS = {"5": ReturnOutcome.FAILED, "4": ReturnOutcome.DELAYED, "2": ReturnOutcome.DELIVERED}
_SERIOUS = [ReturnOutcome.FAILED, ReturnOutcome.DELAYED, ReturnOutcome.DELIVERED]
_ORIGINAL = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}
_REPORTS = {"message/delivery-status", "message/global-delivery-status"}
_MOST_PARTS = 100
_MOST_OF_HEADER = 10_000  # characters


class Report(Struct, frozen=True):
    """What a notice says of one recipient. `status` is the enhanced one, `answer` the server's words in one safe line."""

    addresses: frozenset[str]  # in small letters
    outcome: ReturnOutcome
    status: str
    answer: str


class Notice(Struct, frozen=True):
    """A notice: the Message-IDs and the digest of the mail that it is about, and what became of that mail.

    `id` is the same for every copy of this notice. `at` is when it arrived.
    """

    id: str
    at: datetime
    message_ids: frozenset[str]
    digest: str | None
    addresses: frozenset[str]  # of the mail's recipients, in small letters
    reports: tuple[Report, ...]

    @property
    def keys(self) -> frozenset[str]:
        """The idempotency keys that these Message-IDs may hold."""
        return frozenset(name[1:].partition("@")[0] for name in self.message_ids)

    def about(self, payload: Json, key: str) -> Returned | None:
        """What this notice says of the mail of this payload and key; None where it is about another one, or forged."""
        message_id, address = message_id_for(payload, key), str(payload.get("to") or "").lower()
        named = address in self.addresses or any(address in report.addresses for report in self.reports)
        proven = named if self.digest is None else self.digest == _digest.digest(payload)
        if message_id not in self.message_ids or not proven:
            return None
        own = [report for report in self.reports if address in report.addresses] or [*self.reports]
        report = min(own, key=lambda report: _SERIOUS.index(report.outcome))
        return Returned(
            message_id=message_id,
            address=address,
            outcome=report.outcome,
            status=report.status,
            answer=report.answer,
            at=self.at,
            notice=self.id,
        )


def read(content: bytes, at: datetime) -> Notice | None:
    """The notice in a mail, of which `content` may be the beginning only; None where it is no notice.

    A mail that answers by itself, such as a note about a holiday, names a Message-ID too, but reports of no delivery.
    """
    try:
        return _read(message_from_bytes(content), content, at)
    except Exception as exc:  # the library breaks on some mails, in many ways
        logger.warning("A mail in the mailbox cannot be read: %s", type(exc).__name__)
        return None


def _read(mail: Message, content: bytes, at: datetime) -> Notice | None:
    parts = list(_parts(mail))
    reports = [report for part in parts if part.get_content_type() in _REPORTS for report in _reports(part)]
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    if not reports and not any(part.get_content_type() in _REPORTS for part in parts):
        reports = _reports_of_text(mail, text)
    if not reports:
        return None
    ids, digest, addresses = _original(mail, parts, text)
    own_id = _header(mail, "Message-ID") or hashlib.sha256(content).hexdigest()
    return Notice(
        id=hashlib.sha256(own_id.encode("utf-8", "replace")).hexdigest(),
        at=at,
        message_ids=ids,
        digest=digest,
        addresses=addresses,
        reports=tuple(reports),
    )


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of a mail, without those of a mail inside it."""
    waiting = [mail]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = [inner for inner in part.get_payload() if isinstance(inner, Message)]


def _text(part: Message) -> str:
    """The text of a part, with line feeds alone."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        text = data.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # an unknown character set
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _header(message: Message, name: str) -> str:
    """A header in one line, of its first characters; empty where there is none."""
    value = message.get(name)
    return "" if value is None else " ".join(str(value)[:_MOST_OF_HEADER].split())


def _addresses(text: str) -> frozenset[str]:
    return frozenset(address.lower() for address in _ADDRESS.findall(text))


def _reports(part: Message) -> Iterator[Report]:
    """The report about each recipient: groups of fields, of which the first one is about the mail as a whole."""
    groups = [group for group in part.get_payload() if isinstance(group, Message)]
    if len(groups) == 1:  # the library splits the groups of one of the two types alone
        text = groups[0].as_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        groups = [message_from_string(fields) for fields in re.split(r"\n[ \t]*\n", text) if fields.strip()]
    for group in groups:
        names = "Final-Recipient", "Original-Recipient"
        addresses = frozenset[str]().union(*(_addresses(_header(group, name)) for name in names))
        action = _header(group, "Action").lower().split(" ")[0]
        if not addresses or (action and action not in _ACTIONS):  # relayed, expanded
            continue
        words = re.sub(r"^[\w-]+ ?; ?", "", _header(group, "Diagnostic-Code"))
        status = _status(_header(group, "Status"), words)
        outcome = _ACTIONS.get(action) or _BY_CLASS.get(status[:1], ReturnOutcome.FAILED)
        yield Report(addresses, outcome, status or f"{_class(outcome)}.0.0", _answer(words, status))


def _status(field: str, words: str) -> str:
    """The enhanced status: that of the field, unless the server's own words are more exact; empty without one."""
    of_field, of_words = _STATUS.search(field), _STATUS.search(words)
    if of_words and (of_field is None or of_field[1].endswith(".0.0")):
        return of_words[1]
    code = re.match(r"[245](?=\d\d\b)", field)  # some write the code of SMTP there
    return of_field[1] if of_field else f"{code[0]}.0.0" if code else ""


def _class(outcome: ReturnOutcome) -> str:
    return next(digit for digit, meant in _BY_CLASS.items() if meant is outcome)


def _answer(words: str, status: str) -> str:
    """The server's words from its code on, in one safe line; the status where it said nothing."""
    line = " ".join(words.split())
    begin = _ANSWER.search(line)
    line = line[begin.start() :] if begin else line
    return clean_line(_REPEATED.sub("", line), limit=MAX_LINE) or status or "no reason was given"


def _reports_of_text(mail: Message, text: str) -> list[Report]:
    """The report in a notice that is a text only; none where nothing shows that a mail server wrote it."""
    failed = _addresses(_header(mail, "X-Failed-Recipients"))
    by_server = NULL_SENDERS.search(_header(mail, "From")) or _QSBMF.match(text)
    notice_text = _COPY.sub("", text)
    listed = {
        (match["quoted"] or match["bare"]).lower(): match.end() for match in _LISTED.finditer(notice_text)
    }
    if not failed and not (by_server and listed):
        return []
    addresses = failed or frozenset(listed)
    after = min((end for address, end in listed.items() if address in addresses), default=0)
    words = notice_text[after:].lstrip("\n").partition("\n\n")[0] if after else notice_text
    if not _ANSWER.search(" ".join(words.split())) and not _STATUS.search(words):
        words = next((line for line in notice_text[after:].splitlines() if _ANSWER.search(line)), words)
    outcome = (
        ReturnOutcome.DELAYED
        if _DELAY.search(notice_text) and "permanent error" not in notice_text
        else ReturnOutcome.FAILED
    )
    status = _status("", words)
    if not status:
        status = "4.4.7" if _EXPIRED.search(words) else f"{_class(outcome)}.0.0"
    return [Report(addresses, outcome, status, _answer(words, status))]


def _original(
    mail: Message, parts: list[Message], text: str
) -> tuple[frozenset[str], str | None, frozenset[str]]:
    """Message-IDs, digest and recipients of the mail that a notice is about, from its copy.

    Without a copy, the notice names it as the mail that it answers.
    """
    for part in parts:
        if part.get_content_type() not in _ORIGINAL:
            continue
        inner = part.get_payload()
        copy = inner[0] if isinstance(inner, list) and inner else message_from_string(_text(part))
        if isinstance(copy, Message) and (message_id := _header(copy, "Message-ID")):
            return frozenset({message_id}), _header(copy, _digest.HEADER) or None, _recipients(copy)
    quoted = _COPY.search(text)
    if quoted and (quoted_id := _MESSAGE_ID.search(quoted[0])):
        copy = message_from_string(re.sub(r"^[^\n]*\n\s*", "", quoted[0]))
        return frozenset({quoted_id[1]}), _header(copy, _digest.HEADER) or None, _recipients(copy)
    answered = f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}"
    return frozenset(re.findall(r"<[^<>\s]+>", answered)), None, frozenset()


def _recipients(mail: Message) -> frozenset[str]:
    return frozenset(address.lower() for _, address in getaddresses([_header(mail, "To")]) if address)
