"""Two tables beside each other in one sheet, as a person puts two months: the reader takes one table alone."""

from __future__ import annotations

from collections.abc import Sequence

from execops.errors import InvalidInputError
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.headers import candidates, plain
from execops.sources.bank.cells.line_cells import cell_at


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
