"""The balances of a statement as its proof: each one is the one before it and the movement between.

The chain decides in which order the lines stand, and tells where a movement is missing or is no movement. Some banks tell
the balance at the end of each day in all lines of that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from msgspec import Struct

from execops.money import Money
from execops.sources.bank.bank_entries import Entry

_LINES_OF_AN_ACCOUNT = 3  # on average, at the least
_TRUSTED = 0.5  # of the links must hold, else the column tells something else than the balance after the line


class Break(Struct, frozen=True):
    """A line whose balance does not follow: the change that the balances tell, and the one of the movements."""

    line: int
    balances: Money
    movements: Money


class Chain(Struct, frozen=True):
    """How the balances of one currency follow from each other."""

    links: int  # the balances that have one before them
    breaks: tuple[Break, ...]
    closing: Entry | None  # the movement whose balance is the last one

    @property
    def is_trusted(self) -> bool:
        """Whether the column proves anything: most of its links hold."""
        return len(self.breaks) <= self.links * _TRUSTED


def chains(entries: Sequence[Entry]) -> list[Chain]:
    """The best chain of each currency that has balances: the one with the fewest breaks, whichever way it is sorted.

    A file of several own accounts has a chain of each account, where these have fewer breaks than the one of all.
    """
    accounts = own_accounts(entries)
    links: list[Chain] = []
    for currency in sorted({entry.amount.currency for entry in entries if entry.balance is not None}):
        alike = [entry for entry in entries if entry.amount.currency == currency]
        whole = _best(alike)
        parts = [
            _best(part)
            for account in accounts
            if (part := [entry for entry in alike if entry.account == account])
        ]
        fewer = sum(len(part.breaks) for part in parts) < len(whole.breaks)
        links += parts if len(parts) > 1 and fewer else [whole]
    return links


def own_accounts(entries: Sequence[Entry]) -> list[str]:
    """The accounts of a file that holds several; none where it has one, or where the column names the other side's accounts.

    Such a column names another account in almost each line.
    """
    accounts = list(dict.fromkeys(entry.account for entry in entries))
    is_of_others = len(entries) < len(accounts) * _LINES_OF_AN_ACCOUNT
    return [] if len(accounts) < 2 or is_of_others or "" in accounts else accounts


def _best(entries: Sequence[Entry]) -> Chain:
    # The dates leave one order, but where they rise as often as they fall: read the wrong way round, balances before each
    # movement would prove its sign turned.
    pairs = list(pairwise(entry.day for entry in entries))
    rising, falling = (
        sum(day < next_day for day, next_day in pairs),
        sum(day > next_day for day, next_day in pairs),
    )
    ordered = [list(entries)] if rising >= falling else []
    ordered += [list(reversed(entries))] if falling >= rising else []
    candidates = [_linked(way) for way in ordered]
    candidates += [_linked_by_day(sorted(way, key=lambda entry: entry.day)) for way in ordered]
    return min(candidates, key=lambda chain: len(chain.breaks))


def _linked(entries: Sequence[Entry]) -> Chain:
    breaks, links = [], 0
    before: Money | None = None
    closing = None
    moved = 0
    for entry in entries:
        moved += entry.amount.minor
        if entry.balance is None:
            continue
        if before is not None:
            links += 1
            change = entry.balance.minor - before.minor
            if change != moved:
                currency = entry.amount.currency
                breaks.append(Break(entry.line, Money(change, currency), Money(moved, currency)))
        before, moved, closing = entry.balance, 0, entry
    return Chain(links, tuple(breaks), closing)


def _linked_by_day(entries: Sequence[Entry]) -> Chain:
    """The chain of the balances at the end of each day; a day may be sorted anyhow."""
    breaks: list[Break] = []
    links = 0
    before: Money | None = None
    closing = None
    for _, group in groupby(entries, key=lambda entry: entry.day):
        day = list(group)
        with_balance = [entry for entry in day if entry.balance is not None]
        moved = sum(entry.amount.minor for entry in day)
        if not with_balance:
            return Chain(0, (), None) if before is None else Chain(links, (*breaks, *_all(day)), closing)
        last = with_balance[-1]
        if before is not None:
            links += 1
            fitting = [
                entry
                for entry in with_balance
                if entry.balance and entry.balance.minor - before.minor == moved
            ]
            if not fitting:
                currency = last.amount.currency
                change = last.balance.minor - before.minor if last.balance else 0
                breaks.append(Break(last.line, Money(change, currency), Money(moved, currency)))
            else:
                last = fitting[-1]
        elif len({entry.balance for entry in with_balance}) > 1:
            # The end of the first day cannot be told from its beginning, so such a chain proves less than one of lines.
            return Chain(0, (), None) if len(entries) == len(day) else Chain(1, _all(day), last)
        before, closing = last.balance, last
    return Chain(links, tuple(breaks), closing)


def _all(entries: Sequence[Entry]) -> tuple[Break, ...]:
    return tuple(Break(entry.line, entry.amount, entry.amount) for entry in entries)
