"""A table with commas whose quotation marks were lost: the commas of `"-2.140,50"` and of `"1,234.56"` part the amounts as well.

Or cells stand in quotation marks, and those within them were not doubled: `"Hotel "Zur Post"; Rest"`.

The header tells how many cells a line has, and which of them are amounts; a line is mended where one way alone puts amounts
there. A text with a comma is joined too.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import DELIMITERS, MONEY, Layout, records

_OF_MONEY = ("amount", "debit", "credit", "balance", "fee", "net", "gross")
_TEXTS = ("description", "payee", "payer", "merchant", "category")
_CUT = re.compile(
    r"\W{0,2}[A-Z€$£]{0,3}\W?\d{1,3}(?:[. ]?\d{3})*,\d{2}(?!\d)\D{0,5}"  # 2.140,50EUR
    r"|\W{0,2}[A-Z€$£]{0,3}\W?\d{1,3}(?:,\d{3})+(?:\.\d{2})?\D{0,5}"  # $1,234.56
)
_FIRST_HALF = re.compile(r"\W{0,2}[A-Z€$£]{0,3}\W?\d{1,3}")
_SECOND_HALF = re.compile(r"\d{3}\.\d{2}\W?")
_MOST_PARTS = 4  # of one amount
_MOST_WORDS = 6  # parts of a text
_SEARCHED = 60  # lines at the top of a file
_LEAST_NAMES = 3
_WIDEST = 40  # columns
_WITHIN = re.compile(r'(?<=[^;,\t|"\r\n])"(?=[^;,\t|"\r\n])|(?<=[^;,\t|"\r\n])""(?=[;,\t|\r\n])')


def requoted(lines: Sequence[str]) -> list[str]:
    """The lines with the quotation marks within quoted cells doubled, where they were not; other lines as they are."""
    broken = [at for at, line in enumerate(lines) if _WITHIN.search(line) and _is_quoted(line)]
    if not broken:
        return list(lines)
    result = list(lines)
    for delimiter in DELIMITERS:
        counts = Counter(
            len(cells) for _, _, cells in records(lines, delimiter) if not isinstance(cells, str) and cells
        )
        width = max(counts, key=lambda count: (counts[count], count))
        if width < _LEAST_NAMES:
            continue
        for at in broken:
            if (cells := _cells(lines[at].strip(), delimiter, width)) is not None:
                line = io.StringIO()
                csv.writer(line, delimiter=delimiter).writerow(cells)
                result[at] = line.getvalue()
    return result


def _is_quoted(line: str) -> bool:
    bare = line.strip()
    return bare.startswith('"') and (bare.endswith('"') or bare[-1] in DELIMITERS)


def _cells(line: str, delimiter: str, width: int) -> list[str] | None:
    """The cells of a line in which a quotation mark ends a cell only before a delimiter; None where they are not `width`.

    If a text has such a mark itself, the delimiter must stand before a quotation mark or another delimiter.
    """
    sign = re.escape(delimiter)
    for end in (rf'"(?={sign}|$)', rf'"(?={sign}["{sign}]|{sign}?$)'):
        cell = re.compile(rf'(?:"(?P<quoted>.*?){end}|(?P<plain>[^"{sign}]*))(?:{sign}|$)')
        cells, at = list[str](), 0
        while at < len(line) and (match := cell.match(line, at)) is not None:
            cells.append(match["plain"] if match["quoted"] is None else match["quoted"].replace('""', '"'))
            at = match.end()
        cells += [""] if line.endswith(delimiter) else []
        if at == len(line) and len(cells) == width:
            return cells
    return None


def rejoined(lines: Sequence[str]) -> list[str] | None:
    """The lines with quotation marks around what one cell was; None for any other file."""
    if not _may_be_cut(lines):
        return None
    table = [
        (first, last, [*cells]) for first, last, cells in records(lines, ",") if not isinstance(cells, str)
    ]
    header = next((at for at, (_, _, cells) in enumerate(table[:_SEARCHED]) if _is_header(cells)), None)
    if header is None:
        return None
    names = table[header][2]
    width = len(names)
    below = [row for row in table[header + 1 :] if any(map(is_date, row[2]))]
    longer = [row for row in below if len(row[2]) > width]
    has_halves = bool(longer) and all(any(map(_are_halves, row[2], row[2][1:])) for row in longer)
    is_cut = any(any(map(str.strip, row[2][width:])) for row in longer) and len(longer) * 2 > len(below)
    if not (is_cut or has_halves) or width > _WIDEST:
        return None
    columns = headers.candidates(names)
    begun = headers.by_beginning(names)
    money = {at for role in _OF_MONEY for at in (*columns.get(role, []), *begun.get(role, []))}
    days = {at for at in columns.get("date", []) if at not in money}
    texts = {at for role in _TEXTS for at in columns.get(role, [])} - money - days
    written = list(lines)
    mended = 0
    for first, last, cells in longer:
        way = _likeliest(list(_ways(cells, 0, width, money, days, texts)), money, texts)
        if way is None:
            continue
        line = io.StringIO()
        csv.writer(line).writerow(way)
        written[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
        mended += 1
    return written if mended * 2 > len(longer) else None


def with_whole_lines(lines: Sequence[str], layout: Layout) -> list[str] | None:
    """The lines with each movement in one line that a break within its text parted; None where no movement is parted so.

    The parts of such a line come to as many cells as the header has, with the day and the amount in their columns.
    """
    if layout.header_record < 0:
        return None
    width = len(layout.header)
    table = list(records(lines, layout.delimiter))[layout.header_record + 1 :]
    result = list(lines)
    at = 0
    while at < len(table):
        first, _, cells = table[at]
        parts = 1
        while (
            not isinstance(cells, str)
            and 1 < len(cells) < width
            and is_date(cell_at(cells, layout.columns["date"]))
            and parts < _MOST_PARTS
            and at + parts < len(table)
            and not isinstance(next_cells := table[at + parts][2], str)
            and 0 < len(next_cells) <= width - len(cells) + 1
        ):
            cells = [*cells[:-1], f"{cells[-1]} {next_cells[0]}".strip(), *next_cells[1:]]
            parts += 1
        if parts > 1 and not isinstance(cells, str) and len(cells) == width and _has_amount(cells, layout):
            line = io.StringIO()
            csv.writer(line, delimiter=layout.delimiter).writerow(cells)
            last = table[at + parts - 1][1]
            result[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
            at += parts
        else:
            at += 1
    return result if result != list(lines) else None


def _has_amount(cells: Sequence[str], layout: Layout) -> bool:
    money = [cell for role, at in layout.columns.items() if role in MONEY and (cell := cell_at(cells, at))]
    filled = [
        role
        for role in ("amount", "debit", "credit")
        if role in layout.columns and cell_at(cells, layout.columns[role])
    ]
    return bool(filled) and all(map(looks_like_amount, money))


def _are_halves(first: str, second: str) -> bool:
    """Whether two cells are an amount that the comma of its thousands cut: `$1` and `450.00`."""
    return (
        _FIRST_HALF.fullmatch(first.strip()) is not None
        and _SECOND_HALF.fullmatch(second.strip()) is not None
    )


def _may_be_cut(lines: Sequence[str]) -> bool:
    """Whether lines at the top have more cells than the header above them."""
    head = [cells for _, _, cells in records(lines[:_SEARCHED], ",") if not isinstance(cells, str)]
    at = next((at for at, cells in enumerate(head) if _is_header(cells)), None)
    return at is not None and any(len(cells) > len(head[at]) for cells in head[at + 1 :])


def _is_header(cells: Sequence[str]) -> bool:
    roles = headers.candidates(cells).keys() | headers.by_beginning(cells).keys()
    return (
        len(list(filter(None, cells))) >= _LEAST_NAMES
        and "date" in roles
        and bool({"amount", "debit", "credit"} & roles)
    )


def _ways(
    cells: Sequence[str], at: int, width: int, money: set[int], days: set[int], texts: set[int]
) -> Iterator[list[str]]:
    """Every way to make these cells the columns from `at` on."""
    missing = width - at
    if missing == 0:
        if not any(map(str.strip, cells)):
            yield []
        return
    most = min(len(cells) - missing + 1, _MOST_PARTS if at in money else _MOST_WORDS if at in texts else 1)
    for parts in range(1, most + 1):
        whole = ",".join(cells[:parts])
        if at in money and not _is_money(whole, parts):
            continue
        if at in days and whole.strip() and not is_date(whole.strip()):
            continue
        for rest in _ways(cells[parts:], at + 1, width, money, days, texts):
            yield [whole, *rest]


def _is_money(whole: str, parts: int) -> bool:
    if parts == 1:
        return not whole.strip() or looks_like_amount(whole)
    return _CUT.fullmatch(whole.strip()) is not None and looks_like_amount(whole)


def _likeliest(ways: Sequence[list[str]], money: set[int], texts: set[int]) -> list[str] | None:
    """The way that joins the fewest texts, and the most amounts; None where several do, but for the text that a comma is in."""
    ranked = [
        (sum(way[at].count(",") for at in texts), -sum("," in way[at] for at in money), way) for way in ways
    ]
    best = [way for words, amounts, way in ranked if (words, amounts) == min(rank[:2] for rank in ranked)]
    alike = {tuple(cell for at, cell in enumerate(way) if at not in texts) for way in best}
    return best[0] if len(alike) == 1 else None
