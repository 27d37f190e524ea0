"""Safe text from outside: no character in it moves the cursor, or hides or reorders other characters."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

# C0 and C1 controls and DEL; characters that join, hide or reorder others; line and paragraph separators; lone
# surrogates; tags (U+E0000…). The functions below replace newlines and tabs first.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
MAX_LINE = 500  # characters
MAX_BLOCK = 20_000


_EMOJI_STYLE = "\ufe0f"  # asks for the wide picture of the character before it
_ZERO_WIDTH = {"Mn", "Me", "Cf", "Cc", "Cs"}
_JOINED_VOWELS = range(0x1160, 0x1200)  # of Hangul: they merge into the syllable's cells


def cell_width(text: str) -> int:
    """The number of terminal cells that a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return max(_ends(text), default=0)


def cut(text: str, cells: int) -> str:
    """The text in at most so many cells of a terminal; a longer one is cut and ends in `…`."""
    if cell_width(text) <= cells:
        return text
    ends = range(1, len(text) + 1) if text.isascii() else list(_ends(text))
    return text[: bisect_right(ends, cells - 1)] + "…" if cells > 0 else ""


def _ends(text: str) -> Iterator[int]:
    """The cell after each character of a text."""
    cells = last = 0
    for character in text:
        if character == _EMOJI_STYLE and last == 1:
            cells, last = cells + 1, 2
        elif ord(character) not in _JOINED_VOWELS and unicodedata.category(character) not in _ZERO_WIDTH:
            last = 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
            cells += last
        yield cells


def clean_line(text: str, *, limit: int = MAX_LINE) -> str:
    """The text as one safe line of at most `limit` characters.

    Line breaks and tabs become spaces. A longer text is cut and ends in `…`.
    """
    head = text[: limit * 2]
    line = _visible(_UNSAFE.sub("", re.sub(r"[\r\n\t\v\f\x85\u2028\u2029]+", " ", head)))
    return line if len(line) <= limit and len(head) == len(text) else line[: limit - 1] + "…"


def clean_block(text: str, *, limit: int = MAX_BLOCK) -> str:
    """The text as safe lines, of its first `limit` characters. A last line says how many more there are."""
    head = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text[:limit]).expandtabs(4)
    block = "\n".join(_visible(_UNSAFE.sub("", line)) for line in head.split("\n"))
    return block if len(text) <= limit else f"{block}\n… {len(text) - limit} more characters"


def _visible(line: str) -> str:
    if line.isascii():
        return line
    from execops.text.hidden import without_hidden  # only here: most commands print ASCII alone

    return without_hidden(line)
