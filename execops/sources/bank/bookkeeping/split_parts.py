"""Movements that a program for budgets has split: the whole stands in one line, and its parts below it once more.

My Expenses marks the whole with `*`, others call its category `--Split--`. Only the whole has moved money: its parts are left out,
where they come to it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal

from execops.sources.bank.bookkeeping.journal_tables import number_in
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import Layout, records

PART = "part of a split"  # the status of a part
_SAYS_SPLIT = re.compile(
    r"\*|\W*splits?\W*|\W*split (?:transactions?|into|categor).*|.*\bsplit into \d+.*|splitt?buchung|mehrteilige? .*|multiple categories|(?:op|transaction|écriture) ventilée|ventilation|dividida|suddivisa|gesplitst|uppdelad|opdelt",
    re.IGNORECASE,
)
_MOST = 30  # parts
_LEAST = 2


def with_status(lines: Sequence[str], layout: Layout) -> list[str] | None:
    """The lines with the status `part of a split` beside each part; None where the table has none."""
    if layout.header_record < 0:
        return None
    table = [
        (first, last, cells)
        for number, (first, last, cells) in enumerate(records(lines, layout.delimiter))
        if number >= layout.header_record and not isinstance(cells, str)
    ]
    header, below = table[0], table[1:]
    parts: set[int] = set()
    for at, (_, _, cells) in enumerate(below):
        if at not in parts and any(_SAYS_SPLIT.fullmatch(cell.strip()) for cell in cells):
            parts.update(_parts(below, at, layout))
    if not parts:
        return None
    column = layout.columns.get("status", len(layout.header))
    written = list(lines)
    if column == len(layout.header):
        _write(written, header, column, "Status", layout)
    for at in sorted(parts):
        _write(written, below[at], column, PART, layout)
    return written


def _parts(below: Sequence[tuple[int, int, Sequence[str]]], whole: int, layout: Layout) -> range | tuple[()]:
    """The places of the lines right below a whole that come to its amount; none where they do not."""
    day = cell_at(below[whole][2], layout.columns["date"])
    total = _moved(below[whole][2], layout)
    if not total or not is_date(day):
        return ()
    remainder = total
    for at in range(whole + 1, min(len(below), whole + 1 + _MOST)):
        moved = _moved(below[at][2], layout)
        if cell_at(below[at][2], layout.columns["date"]) not in {day, ""} or moved is None:
            return ()
        remainder -= moved
        if not remainder and at - whole >= _LEAST:
            return range(whole + 1, at + 1)
    return ()


def _moved(cells: Sequence[str], layout: Layout) -> Decimal | None:
    """The amount of a line, or its credit less its debit; None where it has none."""
    numbers = {
        role: number_in(cell_at(cells, layout.columns[role]), layout.decimal)
        for role in ("amount", "credit", "debit")
        if role in layout.columns
    }
    if all(number is None for number in numbers.values()):
        return None
    zero = Decimal(0)
    return (numbers.get("amount") or numbers.get("credit") or zero) - (numbers.get("debit") or zero)


def _write(
    lines: list[str], row: tuple[int, int, Sequence[str]], column: int, text: str, layout: Layout
) -> None:
    first, last, cells = row
    width = max(len(cells), column + 1)
    padded = [cells[at] if at < len(cells) else "" for at in range(width)]
    padded[column] = text
    line = io.StringIO()
    csv.writer(line, delimiter=layout.delimiter).writerow(padded)
    lines[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
