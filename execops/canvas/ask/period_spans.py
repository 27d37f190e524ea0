"""Periods as half-open dates: from one point of the calendar to another, or the last so many days or months."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from execops.canvas.ask.calendar_points import Calendar, NoPeriodError, Point
from execops.canvas.calendar_units import start_of

_MAX_NUMBER = 2000


class Period(Struct, frozen=True):
    """Half-open; `start` is missing in "until March". `step` is the step of time by which a question compares."""

    start: date | None
    end: date
    step: str | None = None


def tomorrow(calendar: Calendar) -> date:
    return calendar.today + timedelta(days=1)


def between(first: Point, last: Point, calendar: Calendar) -> Period:
    """Both ends included. A year that one end lacks is the other's; that both lack, the latest of which the end has
    begun, or that has itself begun in the same year."""
    if first.fixed and last.fixed:
        return Period(first.fixed[0], last.fixed[1])
    if last.fixed:
        return _in_order(_latest_before(first, last.fixed[0]), last.fixed, first)
    start = first.fixed[0] if first.fixed else first.latest(calendar.today)[0]
    end = _next_after(last, start)
    if not first.fixed and end[0] > calendar.today and end[0].year > start.year:
        start = _latest_before(first, start - timedelta(days=1))
        end = _next_after(last, start)
    return _in_order(start, end, first)


def _in_order(start: date, end: tuple[date, date], first: Point) -> Period:
    """From day to day it is never nearly a year: the ends were written the wrong way round."""
    if (first.day or first.fixed) and end[0] - start > timedelta(days=300) and end[0].year > start.year:
        raise NoPeriodError("The period ends before it begins.")
    return Period(start, end[1])


def _next_after(point: Point, day: date) -> tuple[date, date]:
    for year in range(day.year, day.year + 9):
        days = point.in_year(year)
        if days and days[0] >= day:
            return days
    raise NoPeriodError("There is no such day.")


def _latest_before(point: Point, day: date) -> date:
    for year in range(day.year, day.year - 9, -1):
        days = point.in_year(year)
        if days and days[0] <= day:
            return days[0]
    raise NoPeriodError("There is no such day.")


def rolling(count: int, unit: str, calendar: Calendar) -> Period:
    """The last days, weeks, months or quarters, the current one counted; a year is twelve months."""
    if unit == "fortnight":
        count, unit = 14 * count, "day"
    elif unit == "year":
        count, unit = 12 * count, "month"
    if not 1 <= count <= _MAX_NUMBER:
        raise NoPeriodError("The period is too long.")
    end = tomorrow(calendar)
    try:
        start = (
            end - timedelta(days=count) if unit == "day" else start_of(unit, calendar.today, back=count - 1)
        )
    except (ValueError, OverflowError) as exc:
        raise NoPeriodError("The period is too long.") from exc
    return Period(start, end)


def last_full(count: int, unit: str, calendar: Calendar) -> Period:
    """The last whole ones, the current one left out."""
    if unit in {"day", "fortnight"} or not 1 <= count <= _MAX_NUMBER:
        raise NoPeriodError("Name the period in weeks, months, quarters or years.")
    try:
        return Period(start_of(unit, calendar.today, back=count), start_of(unit, calendar.today))
    except (ValueError, OverflowError) as exc:
        raise NoPeriodError("The period is too long.") from exc
