"""A table that tells the day of several movements once, and perhaps a movement in several lines, its amount beside the last.

Banks print it so, and it stays so in a text that is copied from a web page, in merged cells of a spreadsheet, and in tables
that were made from a PDF. Such a table is written anew, each movement complete in the line of its amount. The balances must
prove this reading: a line without a day may be a sum, or a part of the amount above it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from execops.sources.bank.bank_entries import Contents, Entry
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.unbooked import summary
from execops.sources.bank.layouts.layout import Layout, records

_LEAST_LINKS = 2  # of the balances


class Completed(NamedTuple):
    """The lines of a table in which every movement has its day and all of its words."""

    lines: list[str]
    numbers: frozenset[int]  # of the lines that got a day


def completed(lines: Sequence[str], layout: Layout) -> Completed | None:
    """The lines of such a table; None for any other table."""
    table = [
        (first, last, cells)
        for number, (first, last, cells) in enumerate(records(lines, layout.delimiter))
        if number > layout.header_record and not isinstance(cells, str)
    ]
    date_at = layout.columns["date"]
    undated = (cells for _, _, cells in table if not cell_at(cells, date_at))
    if layout.header_record < 0 or not any(_Line(cells, layout).lacks_day for cells in undated):
        return None
    of_movements = [_Line(cells, layout) for _, _, cells in table]
    words_come_first = any(line.begins_movement for line in of_movements)
    written = list(lines)
    numbers: set[int] = set()
    day = ""
    waiting: list[tuple[int, int, str]] = []
    for (first, last, cells), line in zip(table, of_movements, strict=True):
        if line.is_empty:
            continue
        if line.is_dated:
            day, waiting = line.day, []
        if line.tells_sum:
            waiting = []
        elif line.has_money and day and (line.lacks_day or waiting):
            whole = _complete(cells, layout, day, [text for _, _, text in waiting])
            _write(written, first, last, whole, layout.delimiter)
            for begin, end, _ in waiting:
                _write(written, begin, end, [], layout.delimiter)
            waiting = []
            numbers |= {first} if line.lacks_day else set()
        elif line.has_money:
            waiting = []
        elif words_come_first and line.words:
            waiting.append((first, last, line.words))
    return Completed(written, frozenset(numbers)) if numbers else None


def are_proven(contents: Contents, numbers: frozenset[int]) -> bool:
    """Whether the balances prove the movements in the lines of these numbers, from line to line, and none stands beyond them."""
    entries = [entry for entry in contents.entries if isinstance(entry, Entry)]
    currencies = {entry.amount.currency for entry in entries}
    if len(currencies) > 1:
        parts = [[entry for entry in entries if entry.amount.currency == code] for code in currencies]
        return all(are_proven(replace(contents, entries=[*part]), numbers) for part in parts if len(part) > 1)
    if any(entry.line in numbers and _repeats_balance(entry) for entry in entries):
        return False
    ways = [entries, entries[::-1]]
    links = max(_links(way) for way in (*ways, *(sorted(way, key=lambda entry: entry.day) for way in ways)))
    opening = contents.opening and contents.opening.amount.currency
    if links >= 0 and any(balance.amount.currency == opening for balance in contents.closing):
        return True  # `reading` compares the sum
    balanced = [at for at, entry in enumerate(entries) if entry.balance is not None]
    return links >= _LEAST_LINKS and all(
        balanced[0] <= at <= balanced[-1] for at, entry in enumerate(entries) if entry.line in numbers
    )


def _repeats_balance(entry: Entry) -> bool:
    """Whether the amount is the balance itself, as where a line tells what was there before."""
    return entry.balance is not None and abs(entry.amount.minor) == abs(entry.balance.minor)


def _links(entries: Sequence[Entry]) -> int:
    """How many balances follow from those before them in this order; -1 if one does not."""
    before: int | None = None
    moved = links = 0
    for entry in entries:
        moved += entry.amount.minor
        if entry.balance is None:
            continue
        if before is not None and before + moved != entry.balance.minor:
            return -1
        links += before is not None
        before, moved = entry.balance.minor, 0
    return links


def without_repeats(lines: Sequence[str], layout: Layout, *, below_header: bool = False) -> list[str] | None:
    """The lines without those that stand in the file twice with the same balance, where two exports overlap; None without one.

    With `below_header`, only those count that stand below the header once more: two files were put together there.
    """
    at = layout.columns.get("balance")
    before: set[tuple[str, ...]] = set()
    is_below = False
    written = list(lines)
    for number, (first, last, cells) in enumerate(records(lines, layout.delimiter)):
        if at is None or isinstance(cells, str) or number <= layout.header_record or not cell_at(cells, at):
            continue
        is_below = is_below or is_header(cells, layout)
        if (whole := tuple(map(str.strip, cells))) in before and (is_below or not below_header):
            _write(written, first, last, [], layout.delimiter)
        before.add(whole)
    return None if written == list(lines) else written


def is_header(cells: Sequence[str], layout: Layout) -> bool:
    """Whether a line is the header of the table once more."""
    return [cell.strip() for cell in cells] == [name.strip() for name in layout.header]


class _Line:
    """The content of a line: a day, money, words."""

    def __init__(self, cells: Sequence[str], layout: Layout) -> None:
        columns = layout.columns
        self.day = cell_at(cells, columns["date"])
        self.is_empty = not any(map(str.strip, cells))
        self.is_dated = bool(self.day) and is_date(self.day)
        money = [cell_at(cells, columns[role]) for role in ("amount", "debit", "credit") if role in columns]
        filled = [cell for cell in money if any(map(str.isdigit, cell)) and looks_like_amount(cell)]
        self.has_money = bool(filled)
        sums_up = len([cell for cell in filled if cell.strip("0.,")]) > 1  # of both sides
        self.words = " ".join(
            text
            for role in ("payee", "description")
            if role in columns and (text := cell_at(cells, columns[role]))
        )
        self.tells_sum = (
            is_header(cells, layout)
            or sums_up
            or summary([text for text in (self.words, *filter(None, cells)) if text][:1]) is not None
        )
        self.lacks_day = not self.day and self.has_money and bool(self.words) and not self.tells_sum
        self.begins_movement = (
            self.is_dated and not self.has_money and bool(self.words) and not self.tells_sum
        )


def _complete(cells: Sequence[str], layout: Layout, day: str, waiting: Sequence[str]) -> list[str]:
    """The cells with a day, and with the words of the lines above before their own."""
    columns = layout.columns
    whole = [*cells]
    whole[columns["date"]] = cell_at(cells, columns["date"]) or day
    text = columns.get("description", columns.get("payee"))
    if text is not None and text < len(whole):
        whole[text] = " ".join([*waiting, whole[text].strip()]).strip()
    return whole


def _write(lines: list[str], first: int, last: int, cells: Sequence[str], delimiter: str) -> None:
    """Put the cells in the place of a record, which may have several lines; without cells the lines get empty."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow(cells)
    lines[first - 1 : last] = [line.getvalue() if cells else "\r\n", *["\r\n"] * (last - first)]
