"""The balances at the ends of a table without a header, which stand there as if they were movements."""

from __future__ import annotations

from collections.abc import Mapping

from execops.sources.bank.balances.proof import Line
from execops.sources.bank.balances.told_balances import ToldBalances
from execops.sources.bank.bank_entries import LeftOut, Problem
from execops.sources.bank.layouts.headless import says_something

_DIGITS_OF_ACCOUNT = 6  # at the least
_LEAST_BESIDE = 2  # movements with words beside a line without one


def without_balances(
    read: list[Line | Problem | LeftOut], balances: ToldBalances, lengths: Mapping[int, int]
) -> list[Line | Problem | LeftOut]:
    """The lines of a table without a header, without the balances at its ends.

    Such a line has no word, where all movements have some, and fewer cells than they or the number of an account; or two of
    them prove each other.
    """
    lines = [line for line in read if isinstance(line, Line)]
    rest = [line for line in lines if _says(line)]
    odd = [line for line in lines if not _says(line) and line.entry.balance is None]
    if len(rest) < _LEAST_BESIDE or not odd or len(odd) > len({"opening", "closing"}):
        return read
    if any(rest[0].entry.line < line.entry.line < rest[-1].entry.line for line in odd):
        return read
    moved = sum(line.entry.amount.minor for line in rest)
    is_proven = len(odd) > 1 and abs(odd[0].entry.amount.minor - odd[1].entry.amount.minor) == abs(moved)
    shortest = min(lengths[line.entry.line] for line in rest)
    if not is_proven and not all(lengths[line.entry.line] < shortest or _names_account(line) for line in odd):
        return read
    days = [line.entry.day for line in rest]
    balances.count(0)
    for line in odd:
        is_first = line.entry.line < rest[0].entry.line
        balances.without_words(line.entry.amount, line.entry.day, days, is_first=is_first)
    numbers = {line.entry.line for line in odd}
    return [
        LeftOut(line.entry.line, "balance") if isinstance(line, Line) and line.entry.line in numbers else line
        for line in read
    ]


def _names_account(line: Line) -> bool:
    """Whether the number of an account stands where a movement has words."""
    texts = (line.entry.payee, line.entry.text, *line.entry.more)
    return any(sum(map(str.isdigit, text)) >= _DIGITS_OF_ACCOUNT for text in texts)


def _says(line: Line | Problem | LeftOut) -> bool:
    """Whether a movement has words."""
    if not isinstance(line, Line):
        return True
    entry = line.entry
    return says_something((entry.payee, entry.text, *entry.more, *entry.labels))
