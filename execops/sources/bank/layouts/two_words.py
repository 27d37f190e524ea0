"""A column of two words that say debit and credit in a way that no list knows.

The header may spell both sides out, `Borç/Alacak` above `B` and `A`. Else the balances prove which word is which: see
`candidates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.sides import IN, OUT

_PARTS = re.compile(r"[/|()\s-]+")
_SIDES = 2
_LONGEST = 30  # letters of such a word
_MINUS = re.compile(r"[-−–(]|\d\s*(?:CR|DR|[CDHS])\.?$", re.IGNORECASE)


def words_of_sides(
    header: Sequence[str], below: Sequence[Sequence[str]], columns: Mapping[str, int]
) -> tuple[int, dict[str, str]] | None:
    """The column whose name spells out both sides, and which of its words is `debit` or `credit`; None without one."""
    if "amount" not in columns or "sign" in columns or _has_signs(below, columns["amount"]):
        return None
    for at, name in enumerate(header):
        sides = [headers.plain(part) for part in _PARTS.split(name) if headers.plain(part)]
        side_of = {side: "debit" if side in OUT else "credit" for side in sides if side in OUT | IN}
        words = _words(below, at)
        if set(side_of.values()) != {"debit", "credit"} or not words:
            continue
        meant = {word: {way for side, way in side_of.items() if side.startswith(word)} for word in words}
        if all(len(ways) == 1 for ways in meant.values()):
            return at, {word: ways.pop() for word, ways in meant.items()}
    return None


def candidates(
    below: Sequence[Sequence[str]], columns: Mapping[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The columns of two words, with each way to take them: which of these is right, the balances must prove."""
    if "amount" not in columns or "sign" in columns or _has_signs(below, columns["amount"]):
        return
    for at in range(max(map(len, below), default=0)):
        words = sorted(_words(below, at))
        if at in {columns["date"], columns["amount"]} or len(words) != _SIDES:
            continue
        for first, second in (words, words[::-1]):
            yield at, {first: "debit", second: "credit"}


def _words(below: Sequence[Sequence[str]], at: int) -> set[str]:
    """The words of a column that is filled in all lines with at most two of them; none for any other column."""
    cells = [headers.plain(cell_at(row, at)) for row in below]
    words = set(cells)
    is_short = all(0 < len(word) <= _LONGEST and not any(map(str.isdigit, word)) for word in words)
    return words if is_short and len(words) <= _SIDES else set()


def _has_signs(below: Sequence[Sequence[str]], amount: int) -> bool:
    return any(_MINUS.search(cell_at(row, amount)) for row in below)
