"""The one function through which all outside text passes before a widget draws it.

Turning markup off does not stop escape sequences, control characters or bidi overrides: they reach the terminal.
`execops.text` makes text safe to print; a grid of cells asks for more: no character may be wider, or higher, than
the cells it is given.
"""

from __future__ import annotations

from execops.text import clean_block, clean_line
from execops.text.patterns import Pattern

_BREAK = Pattern("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
# What looks like nothing, or changes how the character before it is drawn, which terminals measure differently.
_UNSEEN = Pattern(
    "["
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # joiners, fillers
    "\ufe00-\ufe0f\U0001f3fb-\U0001f3ff"  # variation selectors, skin tones
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # joiners of notations
    "\U000e0080-\U000e0fff"  # variation selectors, and what is reserved beside the tags
    "]"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILED = Pattern(f"([{_MARKS}]{{2}})[{_MARKS}]+")  # more of them reach into the lines above and below
# One cell to a terminal's tables, and drawn over its neighbours: ligatures, long dashes, cuneiform.
_SPRAWLING = Pattern("[\ufdfa\ufdfb\ufdfd\u2e3a\u2e3b\ua9c4\U00012000-\U0001254f]")
_ONE_LINE = 500  # characters
_MANY_LINES = 20_000
WHOLE = 100_000  # a draft, which is read as it will be sent: no adapter takes a longer one


def clean(text: object, *, lines: bool = False, limit: int | None = None) -> str:
    """The text without anything but what it shows; one line, unless `lines` keeps its newlines.

    Beyond `limit` characters it is cut, and says so.
    """
    raw = text if isinstance(text, str) else str(text)
    if lines:
        most = limit or _MANY_LINES
        visible = clean_block(_BREAK.sub("\n", raw[: most + 1]) + raw[most + 1 :], limit=most)
    else:
        visible = clean_line(raw, limit=limit or _ONE_LINE)
    if visible.isascii():
        return visible
    return _PILED.sub(r"\1", _SPRAWLING.sub("\ufffd", _UNSEEN.sub("", visible)))


def hidden(text: object) -> int:
    """How many characters `clean` leaves out because they cannot be seen."""
    raw = _BREAK.sub("\n", text if isinstance(text, str) else str(text)).replace("\t", " ")
    return len(raw) - len(clean(raw, lines=True, limit=len(raw) + 1))
