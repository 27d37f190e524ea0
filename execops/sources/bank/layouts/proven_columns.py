"""The columns of a table that its balances prove, whatever their names and their language.

A column is the balance if every change of it is the amount beside it. So the amount, or the debit and the credit, the balance
and their order are one proof; a table of two movements proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, permutations

from execops.sources.bank.cells.amounts import decimal_mark, looks_like_amount

_LEAST_LINES = 4
_MOST_COLUMNS = 8  # of amounts: a table of more is none of a bank
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_PLACES = 3  # decimals of a currency at the most


def by_balances(below: Sequence[Sequence[str]], taken: Iterable[int], width: int) -> dict[str, int]:
    """The columns, of the `width` ones of the header, of the balance and of the amount, or of debit and credit, that all lines prove; none without a proof."""
    columns = _columns_of_amounts(below, set(taken), width)
    for balance, moved in columns.items():
        if not _is_full(moved):
            continue
        for amount, values in columns.items():
            if amount != balance and _is_full(values) and _follows(moved, values):
                return {"amount": amount, "balance": balance}
        for debit, credit in permutations(set(columns) - {balance}, 2):
            joined = _together(columns[debit], columns[credit])
            if joined is not None and _follows(moved, joined, signed=True):
                return {"debit": debit, "credit": credit, "balance": balance}
    return {}


def balance_of(columns: Mapping[str, int], below: Sequence[Sequence[str]], width: int) -> int | None:
    """The column, of the `width` ones of the header, without a role whose changes are the amounts that were found, in all lines; None without one."""
    values = _columns_of_amounts(below, set(), width)
    if "amount" in columns:
        moved = values.get(columns["amount"])
    elif {"debit", "credit"} <= columns.keys() and {columns["debit"], columns["credit"]} <= values.keys():
        moved = _together(_absolute(values[columns["debit"]]), _absolute(values[columns["credit"]]))
    else:
        return None
    if moved is None or not _is_full(moved):
        return None
    signed = "amount" not in columns
    return next(
        (
            at
            for at, balance in values.items()
            if at not in columns.values() and _is_full(balance) and _follows(balance, moved, signed=signed)
        ),
        None,
    )


def _columns_of_amounts(
    below: Sequence[Sequence[str]], taken: set[int], width: int
) -> dict[int, list[int | None]]:
    """The amounts of each column that holds nothing else, in the smallest unit; None for an empty cell."""
    if len(below) < _LEAST_LINES:
        return {}
    columns: dict[int, list[int | None]] = {}
    for at in range(min(width, max(map(len, below)))):
        cells = [row[at].strip() if at < len(row) else "" for row in below]
        cells = [cell if any(map(str.isdigit, cell)) else "" for cell in cells]
        filled = list(filter(None, cells))
        if (
            at in taken
            or not filled
            or not all(looks_like_amount(cell) and not _DAY.fullmatch(cell) for cell in filled)
        ):
            continue
        marks = {mark for cell in filled if (mark := decimal_mark(cell)) in {".", ","}}
        if len(marks) < 2:
            mark = next(iter(marks), "")
            columns[at] = [_value(cell, mark) if cell else None for cell in cells]
    return columns if len(columns) <= _MOST_COLUMNS else {}


def _value(cell: str, mark: str) -> int:
    units, _, fraction = cell.rpartition(mark) if mark and mark in cell else (cell, "", "")
    digits = (
        "".join(filter(str.isdigit, units))
        + "".join(filter(str.isdigit, fraction)).ljust(_PLACES, "0")[:_PLACES]
    )
    is_minus = any(sign in cell for sign in "-−–(")
    return -int(digits) if is_minus else int(digits)


def _is_full(values: Sequence[int | None]) -> bool:
    return None not in values


def _absolute(values: Sequence[int | None]) -> list[int | None]:
    return [None if value is None else abs(value) for value in values]


def _together(debits: Sequence[int | None], credits_: Sequence[int | None]) -> list[int | None] | None:
    """The amount that each line moves by its debit or its credit; None where a line has both, or neither, or a side is never used."""
    pairs = [(debit or 0, credit or 0) for debit, credit in zip(debits, credits_, strict=True)]
    if any(bool(debit) is bool(credit) for debit, credit in pairs):
        return None
    if not any(debit for debit, _ in pairs) or not any(credit for _, credit in pairs):
        return None
    return [abs(credit) - abs(debit) for debit, credit in pairs]


def _follows(balances: Sequence[int | None], moved: Sequence[int | None], *, signed: bool = False) -> bool:
    """Whether every balance is the one before it and the amount, in lines of either order.

    Amounts without any minus may go either way, if `signed` does not say that they have their signs.
    """
    numbers = [(balance or 0, amount or 0) for balance, amount in zip(balances, moved, strict=True)]
    may_turn = not signed and all(amount >= 0 for _, amount in numbers)
    for lines in (numbers, numbers[::-1]):
        links = [(after[0] - before[0], after[1]) for before, after in pairwise(lines)]
        if all(change == amount or (may_turn and change == -amount) for change, amount in links) and any(
            change for change, _ in links
        ):
            return True
    return False
