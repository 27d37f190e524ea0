"""Days whose month and day a spreadsheet swapped: it took 02/05 of 5 February for 2 May, and left 16/02 as text.

Only days up to 12 can be swapped. So the days of such a column have two forms, and none of one form is beyond 12, or all have
one form and do not follow each other. The order of the lines or the period above the table must prove the swap; a few cells
in two forms that neither proves are asked about.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from execops.errors import InvalidInputError
from execops.sources.bank.cells.amounts import UnreadableError
from execops.sources.bank.cells.dates import order_of, read_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import Layout, records

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00)?)?")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})")
_IN_WORDS = re.compile(r"\d{1,2}[-. ]+[^\W\d_]{3,9}\.?[-. ]+(?:\d{4}|\d{2})")  # `2-May-26`
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})")
_MONTHS = 12
_LEAST = 2  # swapped days in a column of one form
_PROVES_ALONE = 3  # cells of each of two forms: such a column comes from no other hand
_AHEAD = timedelta(days=31)  # a payment may be booked for a later day
_LONGEST = 366  # days of a period
_UTC = ZoneInfo("UTC")


def unswapped(lines: Sequence[str], layout: Layout, today: date | None) -> tuple[list[str], int] | None:
    """The lines with the days as the bank wrote them, and how many were swapped; None where none was.

    Raises InvalidInputError for a doubt.
    """
    if layout.date_format is not None:
        return None
    at = layout.columns["date"]

    @cache
    def day_in(text: str) -> date | None:
        return _day(text, layout)

    table = [
        (first, last, cells)
        for number, (first, last, cells) in enumerate(records(lines, layout.delimiter))
        if number > layout.header_record and not isinstance(cells, str) and day_in(cell_at(cells, at))
    ]
    texts = [cell_at(cells, at) for _, _, cells in table]
    straight = [day for text in texts if (day := day_in(text))]
    swappable = _swappable(texts, straight)
    if swappable is None:
        return None
    numbers, in_forms = swappable
    swapped = [_swapped(day) if at in numbers else day for at, day in enumerate(straight)]
    if swapped == straight or not _is_proven(straight, swapped, layout, today, in_forms=in_forms):
        return None
    written = list(lines)
    for number, (first, last, cells) in enumerate(table):
        if number in numbers:
            line = io.StringIO()
            csv.writer(line, delimiter=layout.delimiter).writerow(
                [*cells[:at], swapped[number].isoformat(), *cells[at + 1 :]]
            )
            written[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
    return written, len(numbers)


def _swappable(texts: Sequence[str], days: Sequence[date]) -> tuple[frozenset[int], int] | None:
    """The numbers of the cells that may have been swapped, and how many cells the smaller one of two forms has, 0 where all
    have one form; None where none may have been."""
    for form in (_ISO, _DOTTED, _IN_WORDS):
        of_form = frozenset(at for at, text in enumerate(texts) if form.fullmatch(text))
        others = [text for at, text in enumerate(texts) if at not in of_form]
        small = frozenset(at for at in of_form if days[at].day <= _MONTHS)
        if (
            others
            and of_form
            and small == of_form
            and all(order_of(text) in {"dmy", "mdy"} for text in others)
        ):
            return small, min(len(small), len(others))
        if form is _ISO and not others and len(small) >= _LEAST:
            return small, 0
    return None


def _is_proven(
    straight: Sequence[date], swapped: Sequence[date], layout: Layout, today: date | None, *, in_forms: int
) -> bool:
    """Whether the order of the lines, the period or the two forms of the column prove the swap. Raises InvalidInputError."""
    periods = _periods(layout)
    may_be, may_be_swapped = (_fits(days, periods, today) for days in (straight, swapped))
    in_order, in_order_swapped = map(_is_sorted, (straight, swapped))
    if not may_be_swapped or (may_be and in_order and not in_order_swapped):
        return False
    if in_order_swapped and not (may_be and in_order):
        return True
    if in_forms == 0 or in_forms >= _PROVES_ALONE or not may_be:
        return in_forms > 0
    raise InvalidInputError(
        "A spreadsheet may have swapped day and month of some dates, and nothing in the file proves it; nothing was imported.",
        hint="Download the statement again, or write all dates of the column in one form.",
    )


def _fits(days: Sequence[date], periods: Sequence[tuple[date, date]], today: date | None) -> bool:
    """Whether no day is far in the future, and all are within a period that the file names, if it names one."""
    if today is not None and max(days) > today + _AHEAD:
        return False
    return not periods or any(begin <= min(days) and max(days) <= end for begin, end in periods)


def _periods(layout: Layout) -> list[tuple[date, date]]:
    """The period that the cells above the header name; days there may have been swapped as well."""
    texts = [match[0] for cell in layout.above for match in _DAY.finditer(cell)]
    periods = []
    for swaps in (False, True):
        days = [
            _swapped(day) if swaps and _ISO.fullmatch(text) else day
            for text in texts
            if (day := _day(text, layout))
        ]
        if len(set(days)) > 1 and (max(days) - min(days)).days <= _LONGEST:
            periods.append((min(days), max(days)))
    return periods


def _is_sorted(days: Sequence[date]) -> bool:
    return list(days) in (sorted(days), sorted(days, reverse=True))


def _swapped(day: date) -> date:
    return date(day.year, day.day, day.month) if day.day <= _MONTHS else day


def _day(text: str, layout: Layout) -> date | None:
    try:
        return read_date(text, layout.date_order, _UTC)
    except UnreadableError:
        return None
