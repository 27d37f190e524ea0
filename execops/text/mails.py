"""A message of the outbox as its receiver reads it. A broken message gives fewer headers and an odd text, and no error."""

from __future__ import annotations

import html
import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from msgspec import Struct

from execops.text.maildir import Entry, id_of

MOST = 5 * 1024 * 1024  # bytes that are read of a file; the longest mail of ours has 3 MB
HEAD = 64 * 1024  # bytes that a list reads of each
_MAIL_HEADERS = ("From", "To", "Reply-To", "Date", "Subject", "Message-ID")
_KEY = re.compile(r"execops-.+-(\d{1,18})-\d+-\d+")
_BREAKS = re.compile(r"[\r\n]+")
_NOBODY = "not set"
# As in a mail program: nothing is loaded, no script runs, and no form goes anywhere.
_SAFE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"


class Message(Struct, frozen=True, kw_only=True):
    """A message as its receiver reads it.

    `headers` are pairs of name and value in reading order. `html` is the HTML part of a mail; None without one. `whole`
    is False where only the beginning was read. `proposal_id` is known where the Message-ID is the one of the file.
    """

    headers: list[tuple[str, str]]
    text: str
    html: str | None
    whole: bool
    message_id: str | None
    proposal_id: int | None

    @property
    def to(self) -> str:
        """The receiver: an address or a channel."""
        headers = dict(self.headers)
        return headers.get("To") or headers.get("Channel") or ""

    @property
    def subject(self) -> str:
        """The subject; without one, the first words."""
        words = (line.strip() for line in self.text.splitlines())
        return dict(self.headers).get("Subject") or next((line for line in words if line), "")


def read(entry: Entry, *, limit: int = MOST) -> Message:
    """Read a message, up to `limit` bytes of it. Raises OSError."""
    data = entry.read(limit)
    whole = len(data) >= entry.size
    try:
        parsed = message_from_bytes(data, policy=policy.default)
        assert isinstance(parsed, EmailMessage)  # noqa: S101  of this policy
        message_id = _header(parsed, "Message-ID")
        if entry.kind == "slack":
            headers = [("Channel", _channel(parsed))]
        else:
            headers = [(name, value) for name in _MAIL_HEADERS if (value := _header(parsed, name))]
        text, markup = _part(parsed, "plain"), _part(parsed, "html")
    except Exception:  # the parser of the library breaks on some messages, in many ways
        headers, message_id, markup = [], None, None
        text = _sound(data.decode("utf-8", "replace"))
    return Message(
        headers=headers,
        text=text or "",
        html=markup,
        whole=whole,
        message_id=message_id or None,
        proposal_id=_proposal(entry, message_id or ""),
    )


def page(message: Message) -> str:
    """The message as a page for a browser: the headers, and the HTML part or the text.

    The HTML part stands in a frame of its own, which keeps the policy of the page and may do nothing: its markup cannot
    change the headers above it, and its links lead nowhere.
    """
    head = "<br>\n".join(
        f"<b>{html.escape(name)}:</b> {html.escape(value)}" for name, value in message.headers
    )
    if message.html is None:
        body = (
            f'<pre style="white-space: pre-wrap; font-family: sans-serif">{html.escape(message.text)}</pre>'
        )
    else:
        frame = 'title="The message" style="width: 100%; height: 80vh; border: 0"'
        body = f'<iframe sandbox {frame} srcdoc="{html.escape(message.html)}"></iframe>'
    return (
        '<!doctype html>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_SAFE}">\n'
        f"<title>{html.escape(message.subject)}</title>\n"
        f'<p style="font-family: sans-serif">{head}</p>\n<hr>\n{body}\n'
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header as a mail program shows it; empty where there is none."""
    try:
        value = str(message[name] or "")
    except Exception:  # a header that the library cannot read stands as it is written
        value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    return _NOBODY if value == f"{_NOBODY}:;" else _BREAKS.sub("", _sound(value))


def _part(message: EmailMessage, kind: str) -> str | None:
    """The plain or the HTML part of a message, with line feeds alone; None where there is none."""
    body: Any = message.get_body(preferencelist=(kind,))
    if body is None:
        return None
    try:
        content = str(body.get_content())
    except (LookupError, ValueError):  # an unknown character set, or one that cannot decode this
        content = (body.get_payload(decode=True) or b"").decode("utf-8", "replace")
    return _sound(content.replace("\r\n", "\n"))


def _channel(message: EmailMessage) -> str:
    """The channel of a Slack message: as Slack gets it, else as the header has it in ASCII."""
    try:
        [attachment] = message.iter_attachments()
        return str(json.loads(attachment.get_content())["channel"])
    except (LookupError, TypeError, ValueError):
        return _header(message, "X-Slack-Channel")


def _proposal(entry: Entry, message_id: str) -> int | None:
    """The proposal in the key of a Message-ID; None where it is not the key of this file."""
    key = message_id.strip("<>").rpartition("@")[0]
    match = _KEY.fullmatch(key)
    return int(match[1]) if match and id_of(key) == entry.id else None


def _sound(text: str) -> str:
    """The text without half characters, which no output can hold."""
    return text.encode("utf-8", "replace").decode()
