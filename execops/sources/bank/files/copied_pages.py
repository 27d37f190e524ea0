"""A list of movements that was copied from the bank's web page: each movement stands in several lines, and no line names columns.

A day begins a movement, or stands above all movements of that day; an amount ends a movement, with the balance behind it at
some banks. Days without a year get it from the month above them or from the period that the page names. The list is written
anew as a table, each movement at the line of its amount; the other lines stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import any_day, order_of
from execops.sources.bank.cells.unbooked import begins_booked, begins_pending, summary, why_not_booked

HEADER = ("Date", "Description", "Details", "Amount", "Balance", "Status")
_LEAST = 3  # movements
_PAIRS = 2  # of a day and its balance, in one line
_SEARCHED = 60  # lines at the top
_MOST_COMMAS = 2  # of an amount and a name
_CELLS = re.compile(r"\t+| {2,}")
_AMOUNT = re.compile(r"\d[.,]\d{2}(?!\d)|[€$£]")
_SIGN = re.compile(r"[-+−–(]")
_LONG_MONTH = re.compile(r"(?P<month>[^\W\d_]{3,12})\.? (?P<year>20\d\d)")
_YEARLESS = re.compile(
    r"(?:[^\W\d_]{2,10}\.?,? )?(?:(?P<day>\d{1,2})\.? ?(?P<month>[^\W\d_]{3,12})\.?|(?P<month_first>[^\W\d_]{3,12})\.? (?P<day_behind>\d{1,2})|(?P<numbers>\d{1,2}[./]\d{1,2})[./]?)"
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}\.?,? (?=\d|[^\W\d_]{3,12}\.? \d)")
_YEAR = re.compile(r"\b20\d\d\b")
_PERIOD = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]20\d\d|20\d\d-\d\d-\d\d")
_LONGEST_DAY = 30  # letters


class _Movement(NamedTuple):
    begin: int  # the number of the line with its day
    number: int  # of the line with its amount
    day: str
    texts: tuple[str, ...]
    amount: str
    balance: str
    is_pending: bool


def as_table(lines: Sequence[str]) -> list[str] | None:
    """The lines of such a list with commas between the cells; None for any other file."""
    head = [line for line in lines[:_SEARCHED] if line.strip()]
    if sum(line.count(",") > _MOST_COMMAS or line.count(";") > 1 for line in head) * 2 > len(head):
        return None  # a table, line by line
    parts = [[cell.strip() for cell in _CELLS.split(line.strip()) if cell.strip()] for line in lines]
    movements = _movements(parts)
    booked = [movement for movement in movements if not movement.is_pending]
    if len(booked) < _LEAST or not all(movement.texts for movement in booked):
        return None
    if not any(_SIGN.search(movement.amount) for movement in booked):
        return None  # a list of prices, or a table that has another form
    first = movements[0]
    # The header takes the place of the first day, or of the line above a movement in one line.
    header = first.begin if first.begin < first.number else max(first.begin - 1, 0)
    written = [
        _line(cells) if at < header and begins_pending(cells) is not True else "\r\n"
        for at, cells in enumerate(parts)
    ]
    written[header] = _line(HEADER)
    for movement in movements:
        name, *details = movement.texts or ("",)
        status = "pending" if movement.is_pending else ""
        cells = [movement.day, name, " ".join(details), movement.amount, movement.balance, status]
        written[max(movement.number, header + 1)] = _line(cells)
    return written


def _movements(parts: Sequence[Sequence[str]]) -> list[_Movement]:
    """The movements of such lines, in their order."""
    years = _years(parts)
    movements: list[_Movement] = []
    year: int | None = years.pop() if len(years) == 1 else None
    day, is_alone, is_pending, begin, tells_days = "", False, False, 0, False
    texts: list[str] = []
    for number, cells in enumerate(parts):
        heading = _LONG_MONTH.fullmatch(cells[0]) if len(cells) == 1 else None
        if heading is not None and any_day(f"1 {heading['month']} {heading['year']}"):
            year, texts, is_pending = int(heading["year"]), [], False
            continue
        if begins_pending(cells) or begins_booked(cells):
            is_pending, texts = bool(begins_pending(cells)), []
            continue
        tells_days = _tells_days(cells, year, least=1 if tells_days else _PAIRS)
        if tells_days or _names_columns(cells):
            texts = []
            continue
        rest = [*cells]
        if rest and _whole_day(rest[0], year) is None and summary(rest[:1]) == "total":
            day, texts = "", []  # what follows has a day of its own
            continue
        if rest and (whole := _whole_day(rest[0], year)) is not None:
            if is_alone and movements and texts:  # what stands behind an amount belongs to it
                movements[-1] = movements[-1]._replace(texts=(*movements[-1].texts, *texts))
            day, texts, rest, is_alone, begin = whole, [], rest[1:], False, number
        amounts = [cell for cell in rest if _is_amount(cell)]
        words = [cell for cell in rest if not _is_amount(cell)]
        if amounts and not texts and not words and movements and not movements[-1].balance and is_alone:
            movements[-1] = movements[-1]._replace(balance=amounts[0])
            continue
        texts += words
        if amounts and day:
            balance = amounts[1] if len(amounts) > 1 else ""
            booked = not (is_pending or why_not_booked(texts))
            movements.append(_Movement(begin, number, day, tuple(texts), amounts[0], balance, not booked))
            texts, is_alone = [], True
        elif amounts or not cells:
            texts = [] if amounts or not day else texts
    return movements


def _tells_days(cells: Sequence[str], year: int | None, *, least: int) -> bool:
    """Whether a line has days and amounts in turn: the balances of days, several beside each other."""
    pairs = list(zip(cells[::2], cells[1::2], strict=False))
    return (
        len(pairs) >= least
        and len(cells) % 2 == 0
        and all(_whole_day(day, year) is not None and _is_amount(amount) for day, amount in pairs)
    )


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a line is a header: `Date  Description  Amount`."""
    roles = headers.candidates(cells) if len(cells) > _PAIRS else {}
    return "date" in roles and "amount" in roles


def _is_amount(cell: str) -> bool:
    return looks_like_amount(cell) and bool(_AMOUNT.search(cell)) and any(map(str.isdigit, cell))


def _years(parts: Sequence[Sequence[str]]) -> set[int]:
    """The years of the whole days in the lines, such as a period."""
    return {
        int(match[0])
        for cells in parts
        for cell in cells
        for period in _PERIOD.finditer(cell)
        for match in _YEAR.finditer(period[0])
    }


def _whole_day(cell: str, year: int | None) -> str | None:
    """The day that a cell is, with the year above it where it has none; None for any other cell."""
    if len(cell) > _LONGEST_DAY:
        return None
    for bare in (cell, _WEEKDAY.sub("", cell)):
        if (whole := any_day(bare)) is not None:
            return bare if order_of(bare) else whole.isoformat()
    match = _YEARLESS.fullmatch(cell)
    if match is None or year is None:
        return None
    if match["numbers"]:
        return (
            f"{match['numbers'].replace('.', '/')}/{year}"
            if any_day(f"{match['numbers'].replace('.', '/')}/{year}")
            else None
        )
    day, month = match["day"] or match["day_behind"], match["month"] or match["month_first"]
    whole = any_day(f"{day} {month} {year}")
    return whole.isoformat() if whole else None


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
