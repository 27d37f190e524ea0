"""The cells of one line of a table, compared with each other: an amount with its balance, its side, its parties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from execops.money import Money
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import UnreadableError, looks_like_amount
from execops.sources.bank.cells.dates import is_date
from execops.sources.bank.cells.sides import IN, OUT

_DIGITS = re.compile(r"\D")
_DELIMITERS = re.compile(r"[;,\t|]")
_MOST_CUT = 4  # cells of a line whose delimiters are not those of its table
_DECIMALS = re.compile(r"\d[.,]\d{2}(?!\d)")


def cell_at(row: Sequence[str], at: int) -> str:
    """The cell of a column without blanks at its ends; empty where the line has no such column."""
    return row[at].strip() if at < len(row) else ""


def is_shifted(cells: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Whether the day and the amount of a line stand as many columns beside their own, or between other delimiters."""
    day = columns["date"]
    if is_date(cell_at(cells, day)):
        return False
    filled = [cell for cell in cells if cell.strip()]
    if (
        len(columns) > 1 and len(filled) <= _MOST_CUT
    ):  # its delimiters are others; those of the table cut its decimals and texts
        parts = [part.strip('" ') for cell in filled for part in _DELIMITERS.split(cell)]
        if len(parts) >= max(len(columns), len(filled) + 2) and any(map(is_date, parts)):
            return True
    return any(
        day + step >= 0
        and is_date(cell_at(cells, day + step))
        and any(
            _DECIMALS.search(cell := cell_at(cells, at + step)) and looks_like_amount(cell)
            for role, at in columns.items()
            if role in {"amount", "debit", "credit"} and at + step >= 0
        )
        for step in (-1, 1, 2)
    )


def repeats_balance(cell_of: Mapping[str, str]) -> bool:
    """Whether the amount of a line is the balance itself: an opening balance, told as if it were a movement."""
    balance = _DIGITS.sub("", cell_of.get("balance", ""))
    amounts = (_DIGITS.sub("", cell_of.get(role, "")) for role in ("amount", "debit", "credit"))
    return bool(balance.strip("0")) and balance in amounts


def signed_by_word(amount: Money, sign: str, cell: str) -> Money:
    """The amount of a cell with the sign that the column of signs says. Raises UnreadableError."""
    side = headers.plain(sign)
    if sign.strip() in {"+", "-"}:
        side = "credit" if sign.strip() == "+" else "debit"
    if side not in OUT | IN:
        raise UnreadableError(f"{sign[:40]!r} says neither debit nor credit")
    if side in IN and amount.minor < 0:
        raise UnreadableError(f"{cell[:40]!r} is negative, but {sign[:40]!r}")
    return Money(-abs(amount.minor), amount.currency) if side in OUT else amount


def pays_itself(cell_of: Mapping[str, str]) -> bool:
    """Whether the holder stands on both sides of a movement."""
    payer = headers.plain(cell_of.get("payer", ""))
    return bool(payer) and payer == headers.plain(cell_of.get("payee", ""))
