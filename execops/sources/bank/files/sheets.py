"""The sheets of a workbook: the table may stand behind a cover, and a person gives each month a sheet of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.errors import InvalidInputError
from execops.sources.bank.cells.headers import candidates, plain
from execops.sources.bank.cells.names_of_periods import names_period
from execops.sources.bank.layouts.columns import is_of_movement

_SEARCHED = 60  # rows at the top of a sheet, for its header
_NUMBERED = re.compile(
    r"(?:sheet|tabelle|table|feuil|feuille|hoja|foglio|blad|ark|arkusz|list|planilha|page|seite|part|teil|export|transactions|movements|umsatze)? ?\d{1,3}"
)

Rows = Sequence[list[str]]


def one_table(sheets: Sequence[tuple[str, Rows]]) -> Rows:
    """The rows of the first sheet that has a table, and of those that continue it: the same names of columns, in a further period.

    Raises InvalidInputError where such sheets are called otherwise: they may be of several accounts.
    """
    places = [_header(rows) for _, rows in sheets]
    first = next((at for at, place in enumerate(places) if place is not None), 0)
    name, rows = sheets[first]
    place = places[first]
    if place is None:
        return rows
    header = _names(rows[place])
    alike = [
        at
        for at in range(first + 1, len(sheets))
        if (begin := places[at]) is not None and _names(sheets[at][1][begin]) == header
    ]
    names = [name, *(sheets[at][0] for at in alike)]
    if len(names) > 1 and not all(map(_is_part, names)):
        raise InvalidInputError(
            f"Several sheets have movements: {', '.join(names)[:120]}; nothing was imported.",
            hint="Save each sheet in a file of its own, and import it for its account.",
        )
    further_rows = [row for at in alike for row in sheets[at][1][(places[at] or 0) + 1 :]]
    return [*rows, *further_rows]


def _header(rows: Rows) -> int | None:
    """The place of the row that names a day and an amount; None where none does."""
    for at, cells in enumerate(rows[:_SEARCHED]):
        roles = candidates(cells) if not any(map(is_of_movement, cells)) else {}
        if "date" in roles and {"amount", "debit", "credit"} & roles.keys():
            return at
    return None


def _names(cells: Sequence[str]) -> list[str]:
    names = [plain(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _is_part(name: str) -> bool:
    """Whether a sheet is called by a period or by a number: `March`, `2026-03`, `Tabelle2`."""
    return names_period(name) or _NUMBERED.fullmatch(plain(name)) is not None
