"""The rhythm of a vendor's payments: more pay days in a month than usual, and the invoice of a whole year.

A pay day is a day on which the vendor was paid, with the sum of that day in minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

HISTORY = timedelta(days=400)  # of pay days that are looked at
_MONTHS = 3  # in the trailing period
_LATEST = 12  # pay days that make the rhythm
_SHIFT = 3  # days by which weekends and holidays move a pay day
_MONTH = 25  # days; a vendor who is paid this seldom or less is paid once in a month
_MORE = 110  # percent of the usual pay day that still count as the same
_YEAR = (timedelta(days=330), timedelta(days=400))
_YEARLY = (8, 14)  # months of spend in the invoice of a year: less for a discount, more for more seats


class PayDay(Struct, frozen=True):
    """A day on which a vendor was paid."""

    day: date
    minor: int


def is_calendar(days: Sequence[PayDay], start: date, trailing: date) -> bool:
    """Whether only the calendar makes the month from `start` dear.

    That is so where it has more pay days than the months since `trailing` had on average, each as much as usual, and as
    far apart as usual: a third pay day of two weeks, a pay day that moved over the end of a month, a quarter's bill.
    """
    before, now = (
        [entry for entry in days if entry.day < start],
        [entry for entry in days if entry.day >= start],
    )
    recent = sum(entry.day >= trailing for entry in before)
    if not before or len(now) * _MONTHS <= recent:
        return False
    if len(now) == 1 and now[0].day - before[-1].day >= timedelta(days=_MONTH):
        return now[0].minor * 100 <= before[-1].minor * _MORE
    usual = before[-_LATEST:]
    gaps = [(later.day - earlier.day).days for earlier, later in pairwise(usual)]
    if len(gaps) < 2:
        return False
    middle = sorted(gaps)[len(gaps) // 2]
    shift = max(_SHIFT, middle / 4)
    gaps_now = [(later.day - earlier.day).days for earlier, later in pairwise([usual[-1], *now])]
    steady = all(abs(gap - middle) <= shift for gap in gaps) and min(gaps_now) >= middle - shift
    return steady and sum(entry.minor for entry in now) * len(usual) * 100 <= (
        sum(entry.minor for entry in usual) * len(now) * _MORE
    )


def annual_invoice(days: Sequence[PayDay], start: date, average: int) -> tuple[PayDay, PayDay | None] | None:
    """The pay day in the month from `start` that looks like the invoice of a whole year, and its like a year before.

    It is one pay day of eight to fourteen usual months, or of three months and more where about as much was paid about
    a year before; the rest of the month is as usual. None where there is no such day.
    """
    now = [entry for entry in days if entry.day >= start]
    largest = max(now, key=lambda entry: entry.minor, default=None)
    if largest is None or average <= 0:
        return None
    rest = sum(entry.minor for entry in now) - largest.minor
    if rest * 100 > average * _MORE:
        return None
    years_before = [
        entry
        for entry in days
        if _YEAR[0] <= largest.day - entry.day <= _YEAR[1]
        and largest.minor * 2 <= entry.minor * 3 <= largest.minor * 6
    ]
    if years_before and largest.minor >= _MONTHS * average:
        return largest, max(years_before, key=lambda entry: entry.minor)
    yearly = _YEARLY[0] * average <= largest.minor <= _YEARLY[1] * average
    return (largest, None) if yearly else None
