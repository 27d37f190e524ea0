"""Files as a mail carried them: quoted-printable, in which `=DC` is a letter and `=` at the end of a line joins it to the next.

A spreadsheet saves a page in one file as a mail with parts.

The form: RFC 2045, section 6.7.
"""

from __future__ import annotations

import quopri
import re
from email import message_from_bytes

_NO_CODE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_LETTER = re.compile(rb"=[89A-Fa-f][0-9A-Fa-f]")
_JOINED = re.compile(rb"=[ \t]*\r?\n")
_HEAD = 200  # bytes
_LEAST = 2  # codes of letters, or joined lines


def unquoted(data: bytes) -> bytes:
    """The bytes of a file that stands in quoted-printable as they were before; any other bytes as they are."""
    if data[:_HEAD].lstrip().lower().startswith(b"mime-version:"):
        return _page(data) or data
    if b"=" not in data or not data.isascii() or _NO_CODE.search(data):
        return data
    if len(_LETTER.findall(data)) + len(_JOINED.findall(data)) < _LEAST:
        return data
    return quopri.decodestring(data)


def _page(data: bytes) -> bytes | None:
    """The page in the parts of such a mail; None where there is none."""
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html" and isinstance(
            page := part.get_payload(decode=True), bytes
        ):
            return page
    return None
