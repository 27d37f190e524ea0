"""Columns of debit and credit beside each other, and beside an amount: which of them tell what moved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.line_cells import cell_at

_DECIMALS = re.compile(r"[.,]\d{2}(?!\d)")


def one_way(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> dict[str, int]:
    """The roles with an amount, or with debits and credits where some movement has one of those alone.

    The amount is the `rest` then, for movements that have neither. `Betrag` at Deutsche Bank is that of a payment that came back,
    where `Soll` has the other bank's fee too.
    """
    if "amount" in columns and _is_beside_pair(columns, below):
        return {"rest" if role == "amount" else role: at for role, at in columns.items() if role != "net"}
    if "amount" in columns and _repeats_pair(columns, below):
        return {role: at for role, at in columns.items() if role not in {"net", "amount", "sign"}}
    less = {"net", "debit", "credit"} if "amount" in columns else {"net"}
    return {role: at for role, at in columns.items() if role not in less}


def _is_beside_pair(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> bool:
    """Whether a line has a debit or a credit and no amount. No line may have both."""
    if not {"debit", "credit"} <= columns.keys():
        return False
    amounts = [bool(digits(cell_at(row, columns["amount"]))) for row in below]
    sides = [[bool(digits(cell_at(row, columns[role]))) for role in ("debit", "credit")] for row in below]
    if any(all(pair) for pair in sides):
        return False
    return any(any(pair) and not amount for pair, amount in zip(sides, amounts, strict=True))


def _repeats_pair(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> bool:
    """Whether the amount has no minus and repeats the debit or the credit of its line: the sides alone tell the way then."""
    if not {"debit", "credit"} <= columns.keys() or not below:
        return False
    cells = [[cell_at(row, columns[role]) for role in ("amount", "debit", "credit")] for row in below]
    moving = [row for row in cells if row[0]]
    return bool(moving) and all(
        not any(sign in amount for sign in "-−(")
        and sorted(map(digits, (debit, credit))) == [0, digits(amount)]
        for amount, debit, credit in moving
    )


def other_side(
    columns: Mapping[str, int], side: str, below: Sequence[Sequence[str]], width: int
) -> int | None:
    """The column of amounts that is filled in all lines, and only in those, in which the column of one side is empty.

    It is one of the `width` columns of the header.
    """
    filled = [bool(digits(cell_at(row, columns[side]))) for row in below]
    for at in range(width):
        cells = [cell_at(row, at) for row in below]
        is_of_amounts = all(looks_like_amount(cell) for cell in cells if cell)
        if (
            at not in columns.values()
            and is_of_amounts
            and any(map(_DECIMALS.search, cells))
            and all(bool(digits(cell)) is not first for cell, first in zip(cells, filled, strict=True))
        ):
            return at
    return None


def digits(cell: str) -> int:
    """The digits of an amount as one number, for a comparison within a file; 0 for any other cell."""
    return int("".join(filter(str.isdigit, cell)) or 0) if looks_like_amount(cell) and len(cell) < 20 else 0
