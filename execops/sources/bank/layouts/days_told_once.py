"""A table that tells the day of several movements once, and perhaps a movement in several lines, its amount beside the last.

Banks print it so, and it stays so in a text that is copied from a web page, in merged cells of a spreadsheet, and in tables
that were made from a PDF. Such a table is written anew, each movement complete in the line of its amount. The balances must
prove this reading: a line without a day may be a sum, or a part of the amount above it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from itertools import combinations, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from execops.money import Money
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut
from execops.sources.bank.cells.amounts import UnreadableError, looks_like_amount, read_amount
from execops.sources.bank.cells.dates import is_date, read_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.unbooked import summary
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts.layout import Layout, records

_LEAST_LINKS = 2  # of the balances
_MOST_DOWNLOADS = 3  # breaks in the order of the days
_UTC = ZoneInfo("UTC")


class Completed(NamedTuple):
    """The lines of a table in which every movement has its day and all of its words, and stands once."""

    lines: list[str]
    numbers: frozenset[int]  # of the lines that got a day, or stood there twice


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


def without_repeats(lines: Sequence[str], layout: Layout, *, below_header: bool = False) -> Completed | None:
    """The lines without those that stand in the file twice with the same balance, where two exports overlap; None without one.

    A spreadsheet may have written one of the two anew: `3/9/2026` and `-4.5`. With `below_header`, only those count that stand
    below the header once more: two files were put together there.
    """
    at = layout.columns.get("balance")
    below = [
        (first, last, cells)
        for number, (first, last, cells) in enumerate(records(lines, layout.delimiter))
        if number > layout.header_record and not isinstance(cells, str)
    ]
    if at is None or (below_header and not any(is_header(cells, layout) for _, _, cells in below)):
        return None
    before: set[tuple[str, ...]] = set()
    is_below = False
    written = list(lines)
    numbers: set[int] = set()
    for first, last, cells in below:
        if not cell_at(cells, at):
            continue
        is_below = is_below or is_header(cells, layout)
        if (whole := tuple(_plainly(cell.strip(), layout) for cell in cells)) in before and (
            is_below or not below_header
        ):
            _write(written, first, last, [], layout.delimiter)
            numbers |= {first} if is_date(cell_at(cells, layout.columns["date"])) else set()
        before.add(whole)
    return None if written == list(lines) else Completed(written, frozenset(numbers))


def with_repeats(contents: Contents, numbers: frozenset[int]) -> Contents:
    """The contents with the lines of these numbers as left out: they tell a movement that stands above."""
    repeats = [LeftOut(line, "told twice") for line in numbers]
    return replace(contents, entries=sorted([*contents.entries, *repeats], key=lambda entry: entry.line))


def _plainly(cell: str, layout: Layout) -> str:
    """A cell in the one form of its day or its amount, and a text in small letters."""
    if not any(map(str.isdigit, cell)):
        return cell.casefold()
    with suppress(UnreadableError):
        return read_date(cell, layout.date_order, _UTC, layout.date_format).isoformat()
    with suppress(UnreadableError):
        return str(read_amount(cell, layout.currency or "USD", layout.decimal, padded=layout.padded).minor)
    return " ".join(cell.casefold().split())


def require_once(contents: Contents) -> None:
    """Raise DoubtError where two downloads without balances stand below each other and overlap.

    Their days go back once, and all movements of the days that both have are the same: two at the least, which differ. Equal
    movements of one day alone prove nothing.
    """
    entries = [entry for entry in contents.entries if isinstance(entry, Entry)]
    if any(entry.balance is not None or entry.bank_id is not None for entry in entries):
        return
    pairs = list(pairwise(entry.day for entry in entries))
    steps = [(day > next_day) - (day < next_day) for day, next_day in pairs]
    way = 1 if steps.count(1) > steps.count(-1) else -1
    breaks = [at + 1 for at, step in enumerate(steps) if step == -way]
    if not 0 < len(breaks) <= _MOST_DOWNLOADS:
        return
    parts = [entries[begin:end] for begin, end in pairwise([0, *breaks, len(entries)])]
    for first, second in combinations(parts, 2):
        if again := _told_twice(first, second):
            raise DoubtError(
                f"The {len(again)} movements from line {again[0].line} on stand above once more, as where two downloads overlap.",
                hint="Import the two downloads one after the other, or delete the lines that stand twice. If all of them moved"
                " money, import the file as it is with --no-balance-check.",
                option="balance_is_checked",
                values=(False,),
            )


def _told_twice(first: Sequence[Entry], second: Sequence[Entry]) -> list[Entry]:
    """The movements of the second download that the first one has too, if both have the same ones in all days between their ends; none if not.

    The first and the last of these days may be cut in one of the two.
    """
    begin = max(min(entry.day for entry in part) for part in (first, second))
    end = min(max(entry.day for entry in part) for part in (first, second))
    of_first, of_second = (
        Counter(_key(entry) for entry in part if begin <= entry.day <= end) for part in (first, second)
    )
    differ = [key for key in of_first | of_second if of_first[key] != of_second[key]]
    if any(begin < key[1] < end for key in differ):
        return []
    for day in (begin, end):
        of_day = [key for key in differ if key[1] == day]
        if len({of_first[key] < of_second[key] for key in of_day}) > 1:
            return []
    common = of_first & of_second
    return [entry for entry in second if _key(entry) in common] if len(common) > 1 else []


def _key(entry: Entry) -> tuple[str, date, Money, str]:
    return entry.account, entry.day, entry.amount, " ".join(f"{entry.payee} {entry.text}".casefold().split())


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
