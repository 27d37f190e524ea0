"""Text from outside, made safe to show: nothing in it moves the cursor, hides or reorders what is read."""

from __future__ import annotations

import re

# C0 and C1 controls and DEL; what joins, hides or reorders; line and paragraph separators; lone surrogates;
# tags (U+E0000…). Newlines and tabs are dealt with before.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
MAX_LINE = 500  # characters
MAX_BLOCK = 20_000


def clean_line(text: str, *, limit: int = MAX_LINE) -> str:
    """One line: breaks and tabs become spaces, and what is too long ends in `…`."""
    head = text[: limit * 2]
    line = _UNSAFE.sub("", re.sub(r"[\r\n\t\v\f\x85\u2028\u2029]+", " ", head))
    return line if len(line) <= limit and len(head) == len(text) else line[: limit - 1] + "…"


def clean_block(text: str, *, limit: int = MAX_BLOCK) -> str:
    """Several lines, each clean; what is too long ends in a line that says so."""
    head = text[:limit].replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    block = "\n".join(_UNSAFE.sub("", line) for line in head.split("\n"))
    return block if len(text) <= limit else f"{block}\n… {len(text) - limit} more characters"
