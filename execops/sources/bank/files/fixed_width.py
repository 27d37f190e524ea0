"""A table without a delimiter: blanks bring its columns under each other, as in Bank of America's text download.

It is written anew with commas, each line at its own number, so that every other rule holds for it too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import pairwise

from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date

_GAP = re.compile(r" {2,}")
_LEAST_NAMES = 3  # of a header: a date, a text and an amount
_LEAST_LINES = 2
_ABOVE = 4  # lines between a header and its first movement: a rule, an opening balance
_NAME = re.compile(r"\S+(?: \S+)*")
_YEARLESS = re.compile(
    r"\d{1,2}[./]\d{1,2}\.?(?: |$)|\d{1,2}[ -][A-Za-z]{3}(?: |$)|[A-Z][a-z]{2} \d{1,2}(?: |$)"
)  # the year stands above
_FRACTION = re.compile(r"\d[.,]\d{2}\)?[-+]?(?: ?(?:CR|DR|[A-Z]{3}))?$")


def as_table(lines: Sequence[str]) -> list[str] | None:
    """The lines of such a file with commas between the cells; None for any other file."""
    bare = [line.rstrip("\r\n").replace("\t", "    ").replace("\u00a0", " ").rstrip() for line in lines]
    cells = [_GAP.split(line.strip()) for line in bare]
    movements = [at for at, parts in enumerate(cells) if _is_movement(parts)]
    if len(movements) < _LEAST_LINES:
        return None
    header = _header(cells, movements[0])
    if header is None:
        return None
    starts = _starts(bare[header], [bare[at] for at in movements])
    if len(starts) < _LEAST_NAMES:
        return None
    return [
        "\r\n" if _tells_days(parts) else _written(_cut(line, starts) if at >= header else parts)
        for at, (line, parts) in enumerate(zip(bare, cells, strict=True))
    ]


def _is_movement(parts: Sequence[str]) -> bool:
    """Whether the parts of a line are a day, a text and an amount at the least."""
    amounts = [part for part in parts if _FRACTION.search(part) and looks_like_amount(part)]
    is_dated = bool(amounts) and looks_like_amount(parts[-1]) and _begins_with_day(parts[0])
    return is_dated and not _tells_days(parts)


def _tells_days(parts: Sequence[str]) -> bool:
    """Whether a line has days and amounts in turn, and no word: the balances of days, which move nothing."""
    return len(parts) > 1 and all(
        (is_date(part) or _YEARLESS.fullmatch(part) is not None)
        if at % 2 == 0
        else _FRACTION.search(part) is not None and looks_like_amount(part)
        for at, part in enumerate(parts)
    )


def _begins_with_day(part: str) -> bool:
    words = part.split(" ")
    return (
        is_date(part)
        or is_date(words[0])
        or is_date(" ".join(words[:3]))
        or _YEARLESS.match(part) is not None
    )


def _header(cells: Sequence[Sequence[str]], first: int) -> int | None:
    for at in range(first - 1, max(-1, first - 1 - _ABOVE), -1):
        if len(cells[at]) >= _LEAST_NAMES and all(
            any(map(str.isalpha, part)) and not any(map(str.isdigit, part)) for part in cells[at]
        ):
            return at
    return None


def _starts(header: str, movements: Sequence[str]) -> list[int]:
    """The first place of each column, where it is blank before it in all lines.

    A column has one name. Words without a name belong to the column before them, or to the empty one behind them.
    """
    width = max(map(len, [header, *movements]))
    rows = [line.ljust(width) for line in (header, *movements)]
    is_blank = [all(line[at] == " " for line in rows) for at in range(width)]
    begins = [at for at in range(width) if not is_blank[at] and (at == 0 or is_blank[at - 1])]
    names = [match.span() for match in _NAME.finditer(header)]
    starts: list[int] = []
    latest: tuple[int, int] | None = None  # the name of the last column
    waiting: int | None = None  # words before the name of their column
    for number, (begin, end) in enumerate(pairwise([*begins, width])):
        name = next((span for span in names if span[0] < end and span[1] > begin), None)
        following = [*begins[number + 1 : number + 3], width]
        if name is not None and name != latest:
            starts.append(begin if waiting is None else waiting)
            latest, waiting = name, None
        elif name is None and waiting is None and _is_empty(movements, following):
            waiting = begin
    return starts


def _is_empty(movements: Sequence[str], following: Sequence[int]) -> bool:
    return len(following) > 1 and not any(line[following[0] : following[1]].strip() for line in movements)


def _cut(line: str, starts: Sequence[int]) -> list[str]:
    """The cells of a line. A number that begins before its column stays whole, and so does a text that goes on into the next."""
    places = [0]
    for start in starts[1:]:
        place = start
        if start < len(line) and line[start - 1] != " " and line[start] != " ":
            begin = line.rfind(" ", 0, start) + 1
            end = line.find(" ", start)
            word = line[begin : end if end >= 0 else len(line)]
            place = begin if looks_like_amount(word) or end < 0 else end
        places.append(max(place, places[-1]))
    return [line[begin:end].strip() for begin, end in pairwise([*places, len(line)])]


def _written(cells: Sequence[str]) -> str:
    if all(set(cell) <= set("-=_ ") for cell in cells):
        return "\r\n"
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
