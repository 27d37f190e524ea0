"""Amounts without any sign, whose balances tell of each movement which way it went: up by the amount, or down by it.

The oldest movement has no balance before it. An opening balance tells its way, else another movement of the same party or
kind, else words of money that comes in; a movement that nothing tells of is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from execops.sources.bank.balances.proof import Line, says_in
from execops.sources.bank.bank_entries import Entry, LeftOut, Problem, Told
from execops.sources.bank.cells.amounts import negative

_LEAST_LINKS = 2


def with_signs(
    read: Sequence[Line | Problem | LeftOut], opening: Told | None
) -> list[Line | Problem | LeftOut] | None:
    """The lines with the signs that the balances prove; None where amounts have signs, or where the balances prove nothing."""
    entries = [line.entry for line in read if isinstance(line, Line)]
    if len(entries) <= _LEAST_LINKS or any(entry.amount.minor <= 0 for entry in entries):
        return None
    if (
        any(entry.balance is None for entry in entries)
        or len({entry.amount.currency for entry in entries}) > 1
    ):
        return None
    if any(isinstance(line, Line) and line.fee is not None and line.fee.minor for line in read):
        return None
    ordered = _oldest_first(entries)
    ways = [_ways(ordered)] if ordered else [_ways(entries), _ways(entries[::-1])]
    fitting = [way for way in ways if way is not None and len(set(way.values())) > 1]
    if len(fitting) != 1:
        return None
    signs = fitting[0]
    oldest = next(entry for entry in entries if entry.line not in signs)
    signs |= _of_oldest(oldest, entries, signs, opening)
    answer: list[Line | Problem | LeftOut] = []
    for line in read:
        if not isinstance(line, Line):
            answer.append(line)
        elif line.entry.line not in signs:
            answer.append(Problem(line.entry.line, "nothing tells whether this money came in or went out"))
        elif signs[line.entry.line] < 0:
            answer.append(replace(line, entry=replace(line.entry, amount=negative(line.entry.amount))))
        else:
            answer.append(line)
    return answer


def _oldest_first(entries: Sequence[Entry]) -> list[Entry]:
    """The movements from the oldest on, by their days; none where the days do not tell it."""
    pairs = list(pairwise(entry.day for entry in entries))
    rising, falling = sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)
    if rising == falling:
        return []
    return list(entries) if rising > falling else list(entries[::-1])


def _ways(ordered: Sequence[Entry]) -> dict[int, int] | None:
    """The sign of each movement but the first, by its line; None where a balance does not follow."""
    signs = {}
    for before, entry in pairwise(ordered):
        assert before.balance is not None  # noqa: S101  all of these have one
        assert entry.balance is not None  # noqa: S101
        change = entry.balance.minor - before.balance.minor
        if abs(change) != entry.amount.minor:
            return None
        signs[entry.line] = 1 if change > 0 else -1
    return signs


def _of_oldest(
    oldest: Entry, entries: Sequence[Entry], signs: dict[int, int], opening: Told | None
) -> dict[int, int]:
    assert oldest.balance is not None  # noqa: S101  all of these have one
    if opening is not None:
        change = oldest.balance.minor - opening.amount.minor
        return {oldest.line: 1 if change > 0 else -1} if abs(change) == oldest.amount.minor else {}
    for key in (_party, _kind):
        alike = {signs[entry.line] for entry in entries if entry.line in signs and key(entry) == key(oldest)}
        if key(oldest) and len(alike) == 1:
            return {oldest.line: alike.pop()}
    return {oldest.line: 1} if says_in(oldest) else {}


def _party(entry: Entry) -> str:
    return (entry.payee or entry.text).casefold()


def _kind(entry: Entry) -> str:
    return " ".join(entry.labels).casefold()
