"""The periods that a metric's header may name, as half-open dates."""

from __future__ import annotations

import re
from datetime import date, timedelta

_LAST = re.compile(r"last (\d{1,3}) (day|week|month|quarter)s")
_THIS = re.compile(r"this (week|month|quarter|year)")


def is_period(text: str) -> bool:
    """Whether a header may name this period."""
    return text == "now" or bool(_LAST.fullmatch(text) or _THIS.fullmatch(text))


def resolve(text: str, as_of: date) -> tuple[date, date]:
    """From and to, half-open; today is the last day, and the current week, month or quarter counts as one."""
    end = as_of + timedelta(days=1)
    if (match := _LAST.fullmatch(text)) is not None:
        count, unit = int(match[1]), match[2]
        if unit == "day":
            return end - timedelta(days=count), end
        return start_of(unit, as_of, back=count - 1), end
    if (match := _THIS.fullmatch(text)) is not None:
        return start_of(match[1], as_of), end
    return as_of, end


def start_of(unit: str, day: date, back: int = 0) -> date:
    """The first day of the day's week (Monday), month, quarter or year, or of one so many before it."""
    if unit == "week":
        return day - timedelta(days=day.weekday() + 7 * back)
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    index = (day.year * 12 + day.month - 1) // size * size - size * back
    return date(index // 12, index % 12 + 1, 1)


def fiscal_start_of(unit: str, day: date, first_month: int, back: int = 0) -> date:
    """The first day of the day's fiscal quarter or year, or of one so many before it.

    `first_month` is the month, 1 to 12, in which the fiscal year begins.
    """
    size = {"quarter": 3, "year": 12}[unit]
    index = day.year * 12 + day.month - first_month
    index = index // size * size - size * back + first_month - 1
    return date(index // 12, index % 12 + 1, 1)
