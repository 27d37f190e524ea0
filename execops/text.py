"""Safe text from outside: no character in it moves the cursor, or hides or reorders other characters."""

from __future__ import annotations

import re

# C0 and C1 controls and DEL; characters that join, hide or reorder others; line and paragraph separators; lone
# surrogates; tags (U+E0000…). The functions below replace newlines and tabs first.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
MAX_LINE = 500  # characters
MAX_BLOCK = 20_000


def clean_line(text: str, *, limit: int = MAX_LINE) -> str:
    """The text as one safe line of at most `limit` characters.

    Line breaks and tabs become spaces. A longer text is cut and ends in `…`.
    """
    head = text[: limit * 2]
    line = _UNSAFE.sub("", re.sub(r"[\r\n\t\v\f\x85\u2028\u2029]+", " ", head))
    return line if len(line) <= limit and len(head) == len(text) else line[: limit - 1] + "…"


def clean_block(text: str, *, limit: int = MAX_BLOCK) -> str:
    """The text as safe lines, of its first `limit` characters. A last line says how many more there are."""
    head = text[:limit].replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    block = "\n".join(_UNSAFE.sub("", line) for line in head.split("\n"))
    return block if len(text) <= limit else f"{block}\n… {len(text) - limit} more characters"
