"""The marks of money in and out beside the amounts of a table: a minus in columns of debit and credit, `CR` on credits alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.line_cells import cell_at
from execops.sources.bank.cells.sides import IN
from execops.sources.bank.layouts.layout import Layout

MARKED_IN = re.compile(r"CR\.?$|^\+|\+$", re.IGNORECASE)
_MARKED_OUT = re.compile(r"[-−–(]|D[RB]?\.?$", re.IGNORECASE)


class Marks(Struct, frozen=True):
    """The marks of one table."""

    with_minus: frozenset[
        str
    ]  # of `debit` and `credit`: whose amounts have a minus, so that one without it went the other way
    unmarked_leaves: (
        bool  # amounts that come in are marked, `500.00 CR`, and those that leave have no mark at all
    )
    sign_without_mark: str  # the side of a movement whose cell in the column of signs is empty


def marks_of(below: Sequence[Sequence[str]], layout: Layout) -> Marks:
    """The marks in the lines below a header."""
    return Marks(
        frozenset(role for role in ("debit", "credit") if _have_minus(role, below, layout)),
        _marks_credits_alone(below, layout),
        "dr" if _marks_in_alone(below, layout) else "",
    )


def _amounts(role: str, below: Sequence[Sequence[str]], layout: Layout) -> list[str]:
    at = layout.columns.get(role)
    if at is None:
        return []
    cells = (cell_at(row, at) for row in below)
    return [cell for cell in cells if any(map(str.isdigit, cell)) and looks_like_amount(cell)]


def _marks_credits_alone(below: Sequence[Sequence[str]], layout: Layout) -> bool:
    if "sign" in layout.columns:
        return False
    amounts = _amounts("amount", below, layout)
    marked = sum(bool(MARKED_IN.search(cell)) for cell in amounts)
    return 0 < marked < len(amounts) and not any(map(_MARKED_OUT.search, amounts))


def _marks_in_alone(below: Sequence[Sequence[str]], layout: Layout) -> bool:
    at = layout.columns.get("sign")
    if at is None:
        return False
    marks = {headers.plain(cell_at(row, at)) for row in below}
    return "" in marks and marks - {"", headers.plain(layout.header[at])} <= IN


def _have_minus(role: str, below: Sequence[Sequence[str]], layout: Layout) -> bool:
    amounts = [cell for cell in _amounts(role, below, layout) if any(digit in cell for digit in "123456789")]
    return sum(any(sign in cell for sign in "-−–(") for cell in amounts) * 2 > len(amounts)
