"""The balances at the end of a statement, one for each currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from execops.money import Money
from execops.sources.bank.statement import Row


class Closing:
    """Finds the balance after the latest row of each currency, whichever way a statement is sorted."""

    def __init__(self) -> None:
        self._first: dict[str, date] = {}
        self._last: dict[str, date] = {}
        self._latest: dict[str, list[Row]] = {}

    def add(self, row: Row) -> None:
        """Add the next row of the file."""
        currency = row.amount.currency
        self._first.setdefault(currency, row.day)
        self._last[currency] = row.day
        latest = self._latest.setdefault(currency, [])
        if latest and row.day > latest[0].day:
            latest.clear()
        if not latest or row.day == latest[0].day:
            latest.append(row)

    def balances(self) -> list[tuple[Money, date, int]]:
        """For each currency its balance, the day, and the number of rows on that day.

        A later export of the same day has more rows, so the number tells the two apart.
        """
        balances = []
        for currency, rows in sorted(self._latest.items()):
            oldest_first = self._first[currency] < self._last[currency] or (
                self._first[currency] == self._last[currency] and not _newest_first(rows)
            )
            balance = rows[-1 if oldest_first else 0].balance
            if balance is not None:
                balances.append((balance, rows[0].day, len(rows)))
        return balances


def _newest_first(rows: Sequence[Row]) -> bool:
    """Whether the balances of one day add up from the last line to the first, and not the other way round."""

    def adds_up(ordered: Sequence[Row]) -> bool:
        return all(
            b.balance is not None
            and a.balance is not None
            and a.balance.minor + b.amount.minor == b.balance.minor
            for a, b in pairwise(ordered)
        )

    return not adds_up(rows) and adds_up(rows[::-1])
