"""Letters that a program read in a wrong encoding and saved again: `KSIÊGOWANIA` was `KSIĘGOWANIA`, `BegŸnstigter` was `Begünstigter`.

All letters beyond ASCII of such a text are wrong in one way, so one pair of encodings mends them all. UTF-8 proves itself; of
encodings of one byte the pair counts that names more columns, or leaves no sign within words. A program that writes for web pages
leaves letters as entities of HTML: `ROSIE&apos;S`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from itertools import product

from execops.sources.bank.cells.headers import plain

_READ_AS = ("cp1252", "latin-1", "mac_roman", "cp850", "cp437", "cp1250", "cp1251")
_WRITTEN_AS = (
    "cp1252",
    "cp1250",
    "mac_roman",
    "cp850",
    "cp852",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
    "iso8859-2",
    "cp437",
)  # fmt: skip  the commonest first
_HEAD = 8192  # letters, which hold the names of the columns
_CELLS = re.compile(r"[;,\t|\r\n\"]")
_LEAST_NAMES = 2  # that a pair gives back to a text in which nothing looks odd
_LEAST = 3  # odd places, where no name of a column proves the pair
_LEAST_IN_UTF8 = 2  # letters
_BEYOND = re.compile(r"[^\x00-\x7f]")
# A sign within a word, and a capital letter between small ones.
_ODD = re.compile(
    r"(?<=[^\W\d_])[^\x00-\x7f\w\s](?=[^\W\d_])|(?<=[^\W\d_])[¹²³ªº](?=[^\W\d_]|\b)|(?<=[a-z])[^\x00-\x7f](?=[a-z])"
)
_NO_WORD = frozenset("’‘'–—-·…")
# Only with its semicolon, and no name that a firm may have: `R&D;` is none.
_ENTITY = re.compile(
    r"&(?:amp|apos|quot|lt|gt|nbsp|euro|pound|szlig|[aeiouyncszAEIOUYNCSZ](?:acute|grave|circ|uml|tilde|cedil|ring|caron)|#\d{2,5}|#x[\da-f]{2,4});",
    re.IGNORECASE,
)
_AGAIN = re.compile(rf"&amp;(?={_ENTITY.pattern[1:]})", re.IGNORECASE)
_TIMES = 2  # that a text may be escaped: `&amp;amp;`
_PARTS_CELLS = frozenset(",;|\t\r\n")


def unescaped(text: str) -> str:
    """The text with the letters that entities of HTML stand for."""
    for _ in range(_TIMES if "&" in text else 0):
        text = _ENTITY.sub(lambda entity: html.unescape(_lower(entity[0])).replace("\xa0", " "), text)
    return text


def unescaped_lines(text: str) -> str:
    """The lines of a table with such letters, but for those that would part a cell, or end one that stands in quotation marks."""
    if "&" not in text or _ENTITY.search(text) is None:
        return text
    return "".join(
        _ENTITY.sub(_within_cell, _AGAIN.sub("&", line)) if "&" in line else line
        for line in text.splitlines(keepends=True)
    )


def _within_cell(entity: re.Match[str]) -> str:
    sign = unescaped(entity[0])
    if sign == '"':
        return '""' if entity.string.count('"', 0, entity.start()) % 2 else "'"
    return entity[0] if sign in _PARTS_CELLS else sign


def _lower(entity: str) -> str:
    """The entity as HTML spells it, where a bank wrote all in capitals: `&AMP;`. `&Eacute;` keeps its capital."""
    return entity.lower() if entity[1:-1].isupper() else entity


def mended(text: str, names: Collection[str]) -> str:
    """The text with its letters as they were; `names` are those of columns. Any other text comes back as it is."""
    beyond = _BEYOND.findall(text[:_HEAD])
    if len(beyond) < _LEAST_IN_UTF8:
        return text
    for encoding in _READ_AS:
        if (was := _decoded(text, encoding, "utf-8")) is not None and len(_BEYOND.findall(was)) < len(
            _BEYOND.findall(text)
        ):
            return was
    # Text without a letter beyond ASCII reads the same in all encodings.
    head = "\n".join(cell for cell in _CELLS.split(text[:_HEAD]) if not cell.isascii())
    best, most, odd = text, _names_in(head, names), _odd_places(head)
    # Letters that may stand in a word anywhere, such as `è` for `č`, are wrong if names prove it.
    least = most + _LEAST_NAMES if most and not odd else most + 1
    for read_as, written_as in product(_READ_AS, _WRITTEN_AS):
        if read_as == written_as or (was_head := _decoded(head, read_as, written_as)) is None:
            continue
        named, still_odd = _names_in(was_head, names), _odd_places(was_head)
        is_better = (named >= max(least, most + 1) and still_odd <= odd) or (
            named == most and odd >= _LEAST and not still_odd
        )
        if is_better and (was := _decoded(text, read_as, written_as)):
            best, most, odd = was, named, still_odd
    return best


def _decoded(text: str, read_as: str, written_as: str) -> str | None:
    try:
        return text.encode(read_as).decode(written_as)
    except UnicodeError:
        return None


def _names_in(text: str, names: Collection[str]) -> int:
    return sum(plain(cell) in names for cell in _CELLS.split(text))


def _odd_places(text: str) -> int:
    """How many signs and capitals stand where no word has them."""
    return sum(
        match[0] not in _NO_WORD and (not match[0].isalpha() or match[0].isupper() or match[0] in "ªº")
        for match in _ODD.finditer(text)
    )
