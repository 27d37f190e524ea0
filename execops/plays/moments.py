"""Dates as plays speak of them: on the company's own calendar, and in words."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from execops.books.facts import Facts


def moment(value: str | None) -> datetime | None:
    """The moment that a snapshot keeps as text."""
    return datetime.fromisoformat(value) if value else None


def local(facts: Facts, value: datetime) -> datetime:
    """The moment on the company's own calendar."""
    return value.astimezone(ZoneInfo(facts.org["time_zone"]))


def minute(facts: Facts, value: datetime) -> str:
    """A moment as a person reads it, in the company's time zone, such as `22 November 2026, 13:05 CET`."""
    at = local(facts, value)
    return f"{day(at)}, {at:%H:%M %Z}"


def ahead(facts: Facts, value: str | None) -> datetime | None:
    """The moment, or None where it is past."""
    parsed = moment(value)
    return parsed if parsed and parsed > facts.today else None


def days_since(facts: Facts, value: datetime) -> int:
    """The days from a moment until today, counted on the company's own calendar; negative for a day that is ahead."""
    return (local(facts, facts.today).date() - local(facts, value).date()).days


def day(value: date) -> str:
    """The date as `26 November 2026`, which no reader takes for another order of day and month."""
    return _written_day(value.year, value.month, value.day)


@lru_cache(maxsize=512)
def _written_day(year: int, month_: int, day_: int) -> str:
    return f"{day_} {date(year, month_, day_):%B %Y}"


def month(value: date) -> str:
    """The month as `November 2026`."""
    return f"{value:%B %Y}"


def named_month(name: str) -> str:
    """A month that facts write `2026-11`, as `November 2026`."""
    return month(date.fromisoformat(f"{name}-01"))


def months(first: str, last: str) -> str:
    """Two months and those between them: `June to August 2026`, `November 2026 to January 2027`."""
    begin, end = (date.fromisoformat(f"{name}-01") for name in (first, last))
    if begin == end:
        return month(end)
    return f"{begin:%B}{f' {begin.year}' if begin.year != end.year else ''} to {month(end)}"
