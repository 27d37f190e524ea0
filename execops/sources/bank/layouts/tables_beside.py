"""Two tables in one file, beside each other or with other columns below: the reader takes one table alone."""

from __future__ import annotations

from collections.abc import Sequence

from execops.errors import InvalidInputError
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.headers import candidates, plain
from execops.sources.bank.cells.line_cells import cell_at

_LEAST_NAMES = 3  # of a header
_LEAST = 3  # movements: banks tell some balances in a table of their own


def require_one_table(header: Sequence[str], below: Sequence[Sequence[str]]) -> None:
    """Raise InvalidInputError where the names of a day and of an amount stand twice, each over a column of its own that is filled."""
    names = [plain(name) for name in header]
    roles = candidates(header)
    days = [at for at in roles.get("date", []) if names.count(names[at]) > 1]
    money = [
        at
        for role in ("amount", "debit", "credit")
        for at in roles.get(role, [])
        if names.count(names[at]) > 1
    ]
    filled_days = [at for at in days if any(is_date(cell_at(row, at)) for row in below)]
    filled = [
        at
        for at in money
        if any(looks_like_amount(cell) and not is_date(cell) for row in below if (cell := cell_at(row, at)))
    ]
    if len(filled_days) > 1 and len(filled) > 1 and min(filled) < max(filled_days):
        raise InvalidInputError(
            f"Two tables stand beside each other: {header[filled_days[0]].strip()!r} is the name of several columns;"
            " nothing was imported.",
            hint="Put them below each other, or save each in a file of its own.",
        )


def require_no_other_table(header: Sequence[str], below: Sequence[Sequence[str]]) -> None:
    """Raise InvalidInputError where a line below the header names other columns for the day and the amount, above further movements."""
    first_roles = {role: columns[0] for role, columns in candidates(header).items()}
    if "date" not in first_roles:
        return
    for number, row in enumerate(below):
        if sum(bool(cell.strip()) for cell in row) < _LEAST_NAMES or any(map(is_date, row)) or row == header:
            continue
        roles = {role: columns[0] for role, columns in candidates(row).items()}
        money = roles.keys() & {"amount", "debit", "credit"}
        if "date" not in roles or not money:
            continue
        is_other = first_roles.keys().isdisjoint(money) or any(
            first_roles.get(role) != roles[role] for role in money
        )
        movements = [
            cells
            for cells in below[number + 1 :]
            if is_date(cell_at(cells, roles["date"]))
            and any((cell := cell_at(cells, roles[role])) and looks_like_amount(cell) for role in money)
        ]
        if (
            is_other
            and len(movements) >= _LEAST
            and any(is_date(cell_at(cells, first_roles["date"])) for cells in below[:number])
        ):
            raise InvalidInputError(
                f"A table with other columns stands below the first one: {', '.join(filter(None, row))[:80]}. Nothing was imported.",
                hint="Save each table in a file of its own.",
            )
