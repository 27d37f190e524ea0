"""The balances at the end of a statement, one for each currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from execops.money import Money
from execops.sources.bank.bank_entries import Told
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

    def balances(self, told: Sequence[Told] = ()) -> list[tuple[Money, date, int]]:
        """For each currency its balance, the day, and the number of rows on that day.

        A later export of the same day has more rows, so the number tells the two apart. A balance that the file tells apart
        from its rows comes first; one without a date is that of the latest row.
        """
        balances = []
        for of_file in told:
            latest = self._latest.get(of_file.amount.currency, [])
            day = of_file.day or (latest[0].day if latest else None)
            if day is not None:
                balances.append((of_file.amount, day, len(latest) if latest and latest[0].day == day else 0))
        known = {amount.currency for amount, _, _ in balances}
        for currency, rows in sorted(self._latest.items()):
            oldest_first = self._first[currency] < self._last[currency] or (
                self._first[currency] == self._last[currency] and not _newest_first(rows)
            )
            balance = rows[-1 if oldest_first else 0].balance
            if balance is not None and currency not in known:
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
