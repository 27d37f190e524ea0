"""Tables that tell the year, the month and the day of a movement in a column each, as some banks of Japan do."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from execops.sources.bank.cells.headers import plain
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.layouts.layout import DELIMITERS, records

_PARTS = (
    frozenset({"year", "jahr", "annee", "ano", "anno", "jaar", "ar", "rok", "年", "년", "yil"}),
    frozenset(
        {
            "month",
            "monat",
            "mois",
            "mes",
            "mese",
            "maand",
            "manad",
            "maned",
            "miesiac",
            "mesic",
            "月",
            "월",
            "ay",
        }
    ),
    frozenset({"day", "tag", "jour", "dia", "giorno", "dag", "dzien", "den", "日", "일", "gun"}),
)
_RANGES = (range(1970, 2200), range(1, 13), range(1, 32))
_SEARCHED = 30  # lines at the top
_NAME = "Date"


def with_whole_days(lines: Sequence[str], delimiter: str | None) -> list[str] | None:
    """The lines with the day in the column of its year; None for a table that has no such three columns."""
    for sign in (delimiter,) if delimiter else DELIMITERS:
        table = [row for row in records(lines, sign) if not isinstance(row[2], str)]
        for number, (_, _, header) in enumerate(table[:_SEARCHED]):
            ats = _places(header)
            if ats is None:
                continue
            days = {
                first: _day(cells, ats)
                for first, _, cells in table[number + 1 :]
                if any(map(str.strip, cells))
            }
            if not any(days.values()):
                continue
            written = list(lines)
            for first, last, cells in table[number:]:
                padded = [*cells, *[""] * (max(ats) + 1 - len(cells))]
                day = _NAME if cells is header else days.get(first)
                if day:
                    padded[ats[0]], padded[ats[1]], padded[ats[2]] = day, "", ""
                    line = io.StringIO()
                    csv.writer(line, delimiter=sign).writerow(padded)
                    written[first - 1 : last] = [line.getvalue(), *["\r\n"] * (last - first)]
            return written
    return None


def _places(header: Sequence[str]) -> tuple[int, int, int] | None:
    """The columns of year, month and day: by their names, or by the last word of names such as `操作日(年)`."""
    names = [(plain(name).split() or [""])[-1] for name in header]
    places = [next((at for at, name in enumerate(names) if name in words), -1) for words in _PARTS]
    first, second, third = places
    return (first, second, third) if min(places) >= 0 else None


def _day(cells: Sequence[str], ats: tuple[int, int, int]) -> str | None:
    parts = [cell_at(cells, at) for at in ats]
    if not all(
        part.isascii() and part.isdigit() and int(part) in span
        for part, span in zip(parts, _RANGES, strict=True)
    ):
        return None
    year, month, day = map(int, parts)
    return f"{year:04}-{month:02}-{day:02}"
