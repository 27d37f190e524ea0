"""Lines without a day that sum up the movements above them, whatever they are called: their amounts prove it.

A spreadsheet writes such a sum without a word, and a person writes one below each month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from execops.money import Money
from execops.sources.bank.amounts import negative
from execops.sources.bank.bank_entries import LeftOut, Problem, Told
from execops.sources.bank.proof import Line

_LEAST = 3  # movements: the amount of fewer may stand twice
_LEAST_WITHOUT_WORDS = 2


def without_sums(
    read: Sequence[Line | Problem | LeftOut],
    sums: Mapping[int, tuple[Sequence[Money], bool]],
    opening: Told | None,
) -> list[Line | Problem | LeftOut]:
    """The lines, with each sum left out. `sums` has the amounts of the lines that may be sums, and whether they have words."""
    answer: list[Line | Problem | LeftOut] = []
    whole: list[int] = []
    part: list[int] = []
    for line in read:
        if isinstance(line, Line) and line.entry.line not in sums:
            whole.append(line.entry.amount.minor)
            part.append(line.entry.amount.minor)
        elif not isinstance(line, LeftOut) and (number := line_number(line)) in sums:
            amounts, has_words = sums[number]
            least = _LEAST if has_words else _LEAST_WITHOUT_WORDS
            begin = opening.amount.minor if opening is not None else 0
            if any(_sums_up(amounts, moved, least, begin) for moved in (part, whole)):
                answer.append(LeftOut(number, "total"))
                part = []
                continue
            if isinstance(line, Line):
                whole.append(line.entry.amount.minor)
                part.append(line.entry.amount.minor)
        answer.append(line)
    return answer


def line_number(line: Line | Problem) -> int:
    """The number of a line."""
    return line.entry.line if isinstance(line, Line) else line.line


def _sums_up(amounts: Sequence[Money], moved: Sequence[int], least: int, begin: int) -> bool:
    """Whether each amount is the sum of these movements, or of those that go one way, with the opening balance or without."""
    if len(moved) < least or not amounts:
        return False
    ways = ([*moved], [minor for minor in moved if minor > 0], [minor for minor in moved if minor < 0])
    sums = {abs(sum(way)) for way in ways if way} | {sum(map(abs, moved))}
    sums |= {abs(sum(way) + begin) for way in ways}
    return all(abs(amount.minor) in sums for amount in amounts) and any(amount.minor for amount in amounts)


def closing_of_sides(
    read: Sequence[Line | Problem | LeftOut], opening: Told | None, closing: Told | None
) -> Told | None:
    """The closing balance of an account in books: `Balance c/f` stands on the side that is short, so its sign is turned there."""
    if opening is None or closing is None:
        return closing
    end = opening.amount.minor + sum(line.entry.amount.minor for line in read if isinstance(line, Line))
    is_turned = end == -closing.amount.minor != closing.amount.minor
    return Told(negative(closing.amount), closing.day) if is_turned else closing
