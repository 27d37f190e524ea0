"""The one function through which all outside text passes before a widget draws it.

Turning markup off does not stop escape sequences, control characters or bidi overrides: they reach the terminal.
"""

from __future__ import annotations

import re

# What a terminal or a reader's eye may take for something else than a letter. Newlines and tabs are handled apart.
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 with ESC and NUL, DEL, C1
    "\u00ad\u061c\u180e"  # soft hyphen, Arabic letter mark, Mongolian vowel separator
    "\u115f\u1160\u3164\uffa0"  # fillers that look like nothing
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero width, bidi marks, overrides and isolates
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # lone surrogates, which no terminal can be sent
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # joiners of notations
    "\U000e0000-\U000e0fff"  # tags and variation selectors
    "]"
)
_BREAK = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_GAP = re.compile(r"[\n\t]+")
_ONE_LINE = 500  # characters
_MANY_LINES = 100_000


def clean(text: object, *, lines: bool = False, limit: int | None = None) -> str:
    """The text without anything but what it shows; one line, unless `lines` keeps its newlines.

    Beyond `limit` characters it is cut, and ends in `…`.
    """
    limit = limit or (_MANY_LINES if lines else _ONE_LINE)
    raw = text if isinstance(text, str) else str(text)
    cut = len(raw) > limit
    shown = _UNSEEN.sub("", _BREAK.sub("\n", raw[: limit - 1] if cut else raw))
    shown = shown.replace("\t", "    ") if lines else _GAP.sub(" ", shown)
    return f"{shown}…" if cut else shown


def hidden(text: object) -> int:
    """How many characters `clean` leaves out because they cannot be seen."""
    raw = text if isinstance(text, str) else str(text)
    return len(_UNSEEN.findall(_BREAK.sub("\n", raw)))
