"""Lines without a day that sum up the movements above them or below them, whatever they are called: their amounts prove it.

A spreadsheet writes such a sum without a word, a person writes one below each week or month, and a grouped list has the
name of each group with its sum above the group's own movements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from execops.money import Money
from execops.sources.bank.balances.balances_of_days import without_balances_of_days
from execops.sources.bank.balances.proof import Line
from execops.sources.bank.bank_entries import LeftOut, Problem, Told
from execops.sources.bank.cells.amounts import negative
from execops.sources.bank.cells.headers import plain
from execops.sources.bank.cells.names_of_periods import count_in, names_period
from execops.sources.bank.cells.unbooked import summary

_LEAST = 3  # movements: the amount of fewer may stand twice
_LEAST_WITHOUT_WORDS = 2
_MOST_GROUPS = 400  # lines that may be sums, in a file that is no list of something else


_NAMES_SUM = re.compile(
    r"(?:[^\W\d]+ ){0,3}(?:sub ?)?(?:totals?|sum|summe|totaal|totale|suma|somme|soma|razem|celkem|sammanlagt)(?: [^\W\d]+){0,2}"
)


class MaybeSum(Struct, frozen=True):
    """The amounts of a line that may be a sum, and its words."""

    amounts: Sequence[Money]
    words: Sequence[str]

    @property
    def least(self) -> int:
        """The number of movements that prove it. Words of a sum, or of a period, say most of it themselves."""
        if self.words and (summary(self.words) == "total" or any(map(_tells_when, self.words))):
            return 1
        return _LEAST if self.words else _LEAST_WITHOUT_WORDS


def _tells_when(words: str) -> bool:
    """Whether words name a period with a number: `Marco` alone is a month in one language, and a man in another."""
    return names_period(words) and any(map(str.isdigit, words))


def without_sums(
    read: Sequence[Line | Problem | LeftOut], sums: Mapping[int, MaybeSum], opening: Told | None
) -> list[Line | Problem | LeftOut]:
    """The lines, with each sum left out. `sums` has the lines that may be sums, by their numbers."""
    answer: list[Line | Problem | LeftOut] = []
    read = without_balances_of_days(read)
    sums = {**_named(read), **sums}
    of_groups = _above_groups(read, sums)
    whole: list[int] = []
    part: list[int] = []  # since the last sum
    before: list[int] = []  # the part that it summed up: another sum of it may follow
    begin = opening.amount.minor if opening is not None else 0
    for line in read:
        if isinstance(line, Line) and line.entry.line not in sums:
            whole.append(line.entry.amount.minor)
            part.append(line.entry.amount.minor)
        elif not isinstance(line, LeftOut) and (number := line_number(line)) in sums:
            may_be = sums[number]
            if number in of_groups or any(
                _sums_up(may_be.amounts, moved, may_be.least, begin) for moved in (part or before, whole)
            ):
                answer.append(LeftOut(number, "total"))
                before, part = part or before, []
                continue
            if isinstance(line, Line):
                whole.append(line.entry.amount.minor)
                part.append(line.entry.amount.minor)
        if isinstance(line, LeftOut) and line.reason == "total":
            before, part = part or before, []
        answer.append(line)
    return answer


def _named(read: Sequence[Line | Problem | LeftOut]) -> dict[int, MaybeSum]:
    """The lines with a day that are called a sum in words of their own: `Month total`."""
    return {
        line.entry.line: MaybeSum([line.entry.amount], ())
        for line in read
        if isinstance(line, Line) and _NAMES_SUM.fullmatch(plain(line.entry.payee or line.entry.text))
    }


def _above_groups(read: Sequence[Line | Problem | LeftOut], sums: Mapping[int, MaybeSum]) -> frozenset[int]:
    """The lines that sum up the movements right below them: to the next such line, or to a later one where groups hold groups."""
    numbers = [
        at
        for at, line in enumerate(read)
        if isinstance(line, Problem) and line.line in sums and sums[line.line].words
    ]
    if len(numbers) > _MOST_GROUPS:
        return frozenset()
    proven = set()
    for place, at in enumerate(numbers):
        line = read[at]
        assert isinstance(line, Problem)  # noqa: S101  chosen above
        may_be, moved = sums[line.line], list[int]()
        counted = next(filter(None, map(count_in, may_be.words)), None)
        least = 1 if counted else may_be.least
        begin = at + 1
        for end in (*numbers[place + 1 :], len(read)):
            moved += [entry.entry.amount.minor for entry in read[begin:end] if isinstance(entry, Line)]
            begin = end
            if counted in {None, len(moved)} and _sums_up(may_be.amounts, moved, least, 0):
                proven.add(line.line)
                break
    return frozenset(proven)


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
