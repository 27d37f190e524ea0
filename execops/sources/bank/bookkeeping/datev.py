"""A batch of bookings in DATEV's format: its first line tells the period, and its days have no year and no leading zero (`203`).

The format: https://developer.datev.de/en/file-format/details/datev-format/header.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import records

_MARKS = ("EXTF", "DTVF")
_DELIMITER = ";"
_YEAR_BEGINS, _PERIOD_BEGINS, _PERIOD_ENDS = 12, 14, 15  # the fields of the first line, from 0
_LONGEST = 4  # digits of a day and a month


def with_whole_days(lines: Sequence[str]) -> list[str] | None:
    """The lines of such a batch with whole days; None for any other file."""
    if not lines or not lines[0].lstrip('\ufeff"').startswith(_MARKS):
        return None
    table = [row for row in records(lines, _DELIMITER) if not isinstance(row[2], str)]
    if len(table) < len(_MARKS) or isinstance(table[0][2], str):
        return None
    year = _day(cell_at(table[0][2], _YEAR_BEGINS))
    period = [_day(cell_at(table[0][2], at)) for at in (_PERIOD_BEGINS, _PERIOD_ENDS)]
    at = next((at for at, name in enumerate(table[1][2]) if headers.plain(name) == "belegdatum"), None)
    if at is None or year is None:
        return None
    written = list(lines)
    for first, last, row in table[2:]:
        cells = [*row]
        day = cell_at(cells, at)
        if day.isdigit() and len(day) <= _LONGEST and (whole := _within(day, year, period)) is not None:
            line = io.StringIO()
            csv.writer(line, delimiter=_DELIMITER).writerow(
                [*cells[:at], whole.isoformat(), *cells[at + 1 :]]
            )
            written[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
    return written


def _within(day: str, year: date, period: Sequence[date | None]) -> date | None:
    """The day in the period, else in the business year."""
    digits = day.zfill(_LONGEST)
    days = []
    for number in (year.year, year.year + 1):
        try:
            days.append(date(number, int(digits[2:]), int(digits[:2])))
        except ValueError:
            continue
    begin, end = period
    in_period = [day for day in days if begin and end and begin <= day <= end]
    in_year = [day for day in days if day >= year]
    return next(iter(in_period or in_year), None)


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
