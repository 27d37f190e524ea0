"""Files that were damaged on their way from the bank: a spreadsheet or a program read them wrongly and saved them again.

Whole lines stand in quotation marks, letters were decoded twice, days became the numbers by which a spreadsheet counts them,
or have no year because the period above the table has it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from execops.errors import InvalidInputError
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import UnreadableError, looks_like_amount
from execops.sources.bank.cells.dates import any_day, is_date, read_date
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import DELIMITERS, MONEY, Layout, records

_QUOTED = re.compile(r'"(?:[^"]|"")*"\s*')
# Letters that are one of UTF-8, read as cp1252: `Ã¼` is `ü`, `Å‚` is `ł`, `â‚¬` is `€`.
_MORE = (
    r"[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_TWICE = re.compile(rf"[\u00c2-\u00df]{_MORE}|[\u00e0-\u00ef]{_MORE}{_MORE}")
# A web page has blanks that do not break; a name or a day with one is no other.
# Marks of the direction of writing stand before numbers in Hebrew and Arabic.
_BLANKS = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2007", " ")
    | dict.fromkeys("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "")
)
# The blank of a group of thousands that a program could not write: `1?450,00`, `1Â 450,00`.
_BLANK_OF_GROUP = re.compile(
    r"(?<=\d)(?:Â |[?\ufffd])(?=\d{3}(?:(?:Â |[?\ufffd ])\d{3})*[.,]\d{2}(?:[;,\t|\"\r\n]|$))"
)
_CURLY = re.compile(r"(?:(?<=[;,\t|])|^)[“”„]([^“”„\r\n]*)[“”](?=[;,\t|\r\n]|$)", re.MULTILINE)
_BYTE = 256  # values
# Signs and digits that stand in numbers of other scripts and programs; a cell of nothing else is a number or a day.
_DASHES = "‐‑‒—﹣－˗"
_APOSTROPHES = "´`ʼ＇"
_GROUPS = str.maketrans(dict.fromkeys(f"{_APOSTROPHES}，٬", "") | {"٫": "."})
_NUMERALS = re.compile(f"[{_DASHES}{_APOSTROPHES}٠-٩۰-۹０-９]")
_NUMBER = re.compile(
    rf"(?:(?<=[;,\t|\"])|^)(?=[^;\t|\"\r\n]*[{_DASHES}{_APOSTROPHES}٠-٩۰-۹０-９])[-+(]?[$€£¥￥]?[{_DASHES}]?"
    rf"[\d.,/：:，．／－٫٬ {_APOSTROPHES}-]*\d[)]?[{_DASHES}]?(?=[;,\t|\"\r\n]|$)",
    re.MULTILINE,
)
_BEGIN = date(1899, 12, 30)  # day 0 of a spreadsheet
_SERIAL = re.compile(r"[3-5]\d{4}(?:[.,]\d+)?")  # from 1982 to 2064
_YEARLESS = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]?|\d{1,2}[-. /]{1,2}[^\W\d_]{3,9}\.?|[^\W\d_]{3,9}\.? \d{1,2}"
)
_WHOLE_DAY = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}[-./][^\W\d_]{3,9}[-./]\d{4}|\d{1,2}\.? [^\W\d_]{3,9}\.? \d{4}|[^\W\d_]{3,9}\.? \d{1,2},? \d{4}"
)
_ERROR = re.compile(
    r"^\W*(?:(?:fatal |internal |system |http )?error\b ?[:#\d-]|[\w.]*exception\b)|\bORA-\d{4,}|\binternal server error\b|\b(?:bad gateway|service unavailable|gateway time-?out)\b"
    r"|\b(?:session|request|query|connection) (?:has )?(?:expired|timed out|time-?out)\b|^\W*(?:fehler|erreur|errore|fout|błąd|erro) ?[:#\d]",
    re.IGNORECASE,
)
_PART_OF_DAY = re.compile(r"[\d./-]{1,10}")
_FRACTION = re.compile(r"[.,](\d*)\D*$")
_LONGEST = timedelta(days=366)  # of a period
_POSTED_WITHIN = timedelta(days=60)  # of the purchase
_LEAP_YEAR = 2024
_LEAST_WHOLE = 3  # movements
_LEAST_NAMES = 3
_SEARCHED = 100  # lines at the top of a file
# Takes the cells of a line and the place of one; the cell with a whole day, or None.
_Change = Callable[[Sequence[str], int], str | None]


def unwrapped(lines: list[str]) -> list[str]:
    """The lines without the quotation marks around each of them: a spreadsheet took every line for one cell."""
    filled = [line for line in lines if line.strip()]
    quoted = [line for line in filled if _QUOTED.fullmatch(line)]
    if len(quoted) * 2 <= len(filled) or any('"' in line and not _QUOTED.fullmatch(line) for line in filled):
        return lines
    if not any(delimiter in line for line in quoted[:_SEARCHED] for delimiter in DELIMITERS):
        return lines
    return [
        line.strip()[1:-1].replace('""', '"') + "\r\n" if _QUOTED.fullmatch(line) else line for line in lines
    ]


def respelled(text: str) -> str:
    """The text with plain blanks, and with letters as they were if all beyond ASCII were decoded twice: `BegÃ¼nstigter`."""
    if _TWICE.search(text) and not any(ord(sign) > 127 for sign in _TWICE.sub("", text)):
        text = _TWICE.sub(_decoded, text)
    text = _BLANK_OF_GROUP.sub(" ", text.translate(_BLANKS))
    if '"' not in text:
        text = _CURLY.sub(r'"\1"', text)
    return _NUMBER.sub(_plain_number, text) if _NUMERALS.search(text) else text


def _plain_number(match: re.Match[str]) -> str:
    """A cell of a number or a day in plain digits and signs; groups of thousands are left out, so that no comma parts the cell."""
    plain = "".join("-" if sign in _DASHES else sign for sign in match[0].translate(_GROUPS))
    return "".join(
        str(int(sign)) if sign.isdigit() else sign for sign in unicodedata.normalize("NFKC", plain)
    )


def _decoded(match: re.Match[str]) -> str:
    signs = match[0]
    try:
        return b"".join(
            bytes([ord(sign)]) if ord(sign) < _BYTE else sign.encode("cp1252") for sign in signs
        ).decode("utf-8")
    except UnicodeError:
        return signs


def require_whole_end(lines: Sequence[str], layout: Layout) -> None:
    """Raise InvalidInputError where the last movement breaks off, so that a download was cut and more may be missing.

    It does so within quotation marks, or with fewer cells or decimals than all others have, and without the end of a line.
    """
    if layout.header_record < 0 or not lines:
        return
    table = [
        (first, cells)
        for number, (first, _, cells) in enumerate(records(lines, layout.delimiter))
        if number > layout.header_record and not isinstance(cells, str) and any(map(str.strip, cells))
    ]
    day = layout.columns["date"]
    dated = [
        (first, cells)
        for first, cells in table
        if is_date(cell := cell_at(cells, day)) or _YEARLESS.fullmatch(cell) or _SERIAL.fullmatch(cell)
    ]
    if table and dated and (fault := _fault(table[-1][1])) is not None:
        raise InvalidInputError(
            f"The file ends with an error of the bank, {fault[:80]!r}, so movements may be missing; nothing was imported.",
            hint="Download it again. If it is whole, delete the last line.",
        )
    if len(dated) < _LEAST_WHOLE:
        return
    first, last = table[-1]
    full_rows = [cells for _, cells in dated if cells is not last]
    text = "".join(lines[first - 1 :])
    is_open = text.count('"') % 2 == 1 and len(last) < len(layout.header) and len(text.splitlines()) == 1
    is_begun = dated[-1][1] is last or (
        day == 0 and len(last) == 1 and _PART_OF_DAY.fullmatch(last[0].strip())
    )
    is_short = len(last) < min(map(len, full_rows)) or _is_short_amount(last, full_rows, layout)
    if is_begun and (is_open or (is_short and not text.endswith(("\n", "\r")))):
        raise InvalidInputError(
            f"The file ends within the movement of line {first}, so the download was cut; nothing was imported.",
            hint="Download it again. If it is whole, delete the last line.",
        )


def _fault(cells: Sequence[str]) -> str | None:
    """The words of a program's error that stand alone in a line; None for any other line."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return filled[0] if len(filled) == 1 and _ERROR.search(filled[0]) else None


def _is_short_amount(last: Sequence[str], full_rows: Sequence[Sequence[str]], layout: Layout) -> bool:
    """Whether a line ends in an amount that has fewer decimals than that of any other line."""
    at = len(last) - 1
    if at not in {place for role, place in layout.columns.items() if role in MONEY}:
        return False
    lengths = {
        len(fraction[1]) if (fraction := _FRACTION.search(cell)) else 0
        for row in full_rows
        if (cell := cell_at(row, at))
    }
    fraction = _FRACTION.search(last[at])
    return (
        bool(last[at].strip()) and len(lengths) == 1 and (len(fraction[1]) if fraction else 0) < lengths.pop()
    )


def with_header_first(lines: list[str], layout: Layout) -> list[str] | None:
    """The lines with the header above all movements, where a person sorted it in among them; None where it stands there."""
    table = list(records(lines, layout.delimiter))
    roles = [role for role in ("amount", "debit", "credit") if role in layout.columns]
    is_below = any(
        not isinstance(cells, str)
        and len(cells) == len(layout.header)
        and is_date(cell_at(cells, layout.columns["date"]))
        and any(
            (cell := cell_at(cells, layout.columns[role])) and looks_like_amount(cell) and not is_date(cell)
            for role in roles
        )
        for _, _, cells in table[: max(layout.header_record, 0)]
    )
    if not is_below:
        return None
    first, last, _ = table[layout.header_record]
    header = [line.rstrip("\r\n") + "\r\n" for line in lines[first - 1 : last]]
    return [*header, *lines[: first - 1], *lines[last:]]


def has_partial_days(lines: Sequence[str], layout: Layout) -> bool:
    """Whether days at the top of a table have no year, or most of them are numbers; also where a column of whole days was read in place of one without years."""
    top = [
        cells
        for number, (_, _, cells) in enumerate(records(lines[:_SEARCHED], layout.delimiter))
        if number > layout.header_record and not isinstance(cells, str)
    ]
    at = layout.columns["date"]
    by_name = headers.candidates(layout.header).get("date", [])
    before = by_name[: by_name.index(at)] if at in by_name else []
    if any(_lack_years([cell for cells in top if (cell := cell_at(cells, better))]) for better in before):
        return True
    days = [
        day
        for cells in top
        if (day := cell_at(cells, at))
        and (is_date(day) or _YEARLESS.fullmatch(day) or _SERIAL.fullmatch(day))
    ]
    if any(_YEARLESS.fullmatch(day) for day in days):
        return True
    return sum(bool(_SERIAL.fullmatch(day)) for day in days) * 2 > len(days)


def _lack_years(cells: Sequence[str]) -> bool:
    """Whether most cells are days without a year: `21-Jan`."""
    return sum(bool(_YEARLESS.fullmatch(cell)) and _month_and_day(cell) for cell in cells) * 2 > len(cells)


def _month_and_day(cell: str) -> bool:
    return bool(_in_year(cell, _LEAP_YEAR))


def with_whole_days(lines: Sequence[str], date_format: str | None = None) -> list[str] | None:
    """The lines with days that a person would read, in the columns of days; None where nothing in the file tells them.

    Numbers of days are written in the `date_format` of a bank, as strptime knows it.
    """
    for delimiter in DELIMITERS:
        table = list(records(lines, delimiter))
        header = next(
            (
                at
                for at, (_, _, cells) in enumerate(table[:_SEARCHED])
                if not isinstance(cells, str) and _is_header(cells)
            ),
            None,
        )
        if header is None:
            continue
        names = table[header][2]
        assert not isinstance(names, str)  # noqa: S101  `_is_header` took it
        below = [
            (first, last, cells) for first, last, cells in table[header + 1 :] if not isinstance(cells, str)
        ]
        above = list(lines[: table[header][0] - 1])
        columns = _roles(names).get("date", [])
        changes = {
            at: change
            for at in columns
            if (
                change := _beside(at, columns, [cells for _, _, cells in below])
                or _change(
                    [cell for _, _, cells in below if (cell := cell_at(cells, at))], above, date_format
                )
            )
        }
        return _rewritten(lines, below, changes, delimiter) if changes else None
    return None


def _roles(names: Sequence[str]) -> dict[str, list[int]]:
    """The columns that each role may have: by whole names, else by what they begin or end with."""
    return headers.by_ending(names) | headers.by_beginning(names) | headers.candidates(names)


def _is_header(cells: Sequence[str]) -> bool:
    roles = _roles(cells)
    return (
        len(list(filter(None, cells))) >= _LEAST_NAMES
        and "date" in roles
        and bool({"amount", "debit", "credit"} & roles.keys())
    )


def _beside(at: int, columns: Sequence[int], below: Sequence[Sequence[str]]) -> _Change | None:
    """The way to make days without a year whole by the nearest day beside them: a card is posted soon after the purchase. None where some have none."""
    yearless = [cells for cells in below if _YEARLESS.fullmatch(cell_at(cells, at))]
    if not yearless or not _lack_years([cell_at(cells, at) for cells in yearless]):
        return None
    for whole_days in columns:
        if whole_days != at and all(is_date(cell_at(cells, whole_days)) for cells in yearless):
            return partial(_nearest, whole_days)
    return None


def _nearest(whole_days: int, row: Sequence[str], at: int) -> str | None:
    """The day without a year in the year, and the order, that puts it nearest to the whole day in the `other` column; None where none is near."""
    cell = cell_at(row, at)
    if not _YEARLESS.fullmatch(cell):
        return None
    days = [
        (abs(day - beside), day)
        for beside in _in_any_order(cell_at(row, whole_days))
        for year in range(beside.year - 1, beside.year + 2)
        for day in _in_year(cell, year)
    ]
    distance, day = min(days, default=(_LONGEST, _BEGIN))
    return day.isoformat() if distance <= _POSTED_WITHIN else None


def _in_year(cell: str, year: int) -> set[date]:
    return _in_any_order(f"{cell}{_joint(cell)}{year}")


def _in_any_order(cell: str) -> set[date]:
    days = set[date]()
    for order in ("dmy", "mdy"):
        with suppress(UnreadableError):
            days.add(read_date(cell, order, ZoneInfo("UTC")))
    return days


def _joint(cell: str) -> str:
    return "" if cell[-1:] in "./-" else next((sign for sign in cell if sign in "./-"), " ")


def _change(cells: Sequence[str], above: Iterable[str], date_format: str | None) -> _Change | None:
    """The way to make the cells of a column days; None for a column that has no such cells, or days that are whole."""
    cells = [cell for cell in cells if is_date(cell) or _YEARLESS.fullmatch(cell) or _SERIAL.fullmatch(cell)]
    if not cells:
        return None
    if sum(bool(_SERIAL.fullmatch(cell)) for cell in cells) * 2 > len(cells):
        return lambda row, at: _of_serial(cell_at(row, at), date_format)
    if any(_YEARLESS.fullmatch(cell) for cell in cells):
        days = [day for line in above for match in _WHOLE_DAY.finditer(line) if (day := any_day(match[0]))]
        days += [day for cell in cells if not _YEARLESS.fullmatch(cell) and (day := any_day(cell))]
        if days and max(days) - min(days) < _LONGEST:
            begin, end = min(days), max(days)
            return lambda row, at: _within(cell_at(row, at), begin, end)
    return None


def _of_serial(cell: str, date_format: str | None) -> str | None:
    if not _SERIAL.fullmatch(cell):
        return None
    day = _BEGIN + timedelta(days=int(cell[:5]))
    return day.strftime(date_format) if date_format else day.isoformat()


def _within(cell: str, begin: date, end: date) -> str | None:
    """The cell with the only year that puts it in a period, or in the one year that the file names; None without one."""
    if not _YEARLESS.fullmatch(cell):
        return None
    years = {begin.year, end.year}
    joint = _joint(cell)
    days = {year: day for year in years if (day := any_day(f"{cell}{joint}{year}"))}
    fitting = [year for year, day in days.items() if begin <= day <= end] or list(days)
    return f"{cell}{joint}{fitting[0]}" if len(fitting) == 1 else None


def _rewritten(
    lines: Sequence[str],
    below: Sequence[tuple[int, int, list[str]]],
    changes: dict[int, _Change],
    delimiter: str,
) -> list[str]:
    written = list(lines)
    for first, last, cells in below:
        whole = [*cells]
        for at, change in changes.items():
            whole[at : at + 1] = [change(cells, at) or cells[at]] if at < len(cells) else []
        if whole != cells:
            line = io.StringIO()
            csv.writer(line, delimiter=delimiter).writerow(whole)
            written[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
    return written
