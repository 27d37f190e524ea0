"""Balances among the movements that stand where movements have their amount: `End of day balance` below each day.

Their words alone are no proof. They are left out where each of them follows from the one before it and the movements between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from execops.sources.bank.balances.proof import Line
from execops.sources.bank.bank_entries import LeftOut, Problem
from execops.sources.bank.cells.headers import plain

_NAMES_BALANCE = re.compile(
    r"(?:(?:[^\W\d]+ ){0,4}(?:balance|saldo|solde|kontostand|bakiye|egyenleg|zustatek|zostatok)"
    r"|(?:balance|saldo|solde|kontostand)(?: [^\W\d]+){0,4})(?: [\d ]+)?"
)
_LEAST = 2


def without_balances_of_days(read: Sequence[Line | Problem | LeftOut]) -> list[Line | Problem | LeftOut]:
    """The lines, with such balances left out."""
    places = [at for at, line in enumerate(read) if isinstance(line, Line) and _names_balance(line)]
    if len(places) < _LEAST:
        return list(read)
    steps = [
        (_minor(read[at]), _minor(read[after]), _moved(read[at + 1 : after]))
        for at, after in pairwise(places)
    ]
    is_proven = any(moved for _, _, moved in steps) and any(
        all((after - before) * way == moved for before, after, moved in steps) for way in (1, -1)
    )
    return [
        LeftOut(line.entry.line, "closing balance")
        if is_proven and at in places and isinstance(line, Line)
        else line
        for at, line in enumerate(read)
    ]


def _names_balance(line: Line) -> bool:
    entry = line.entry
    return entry.balance is None and _NAMES_BALANCE.fullmatch(plain(entry.payee or entry.text)) is not None


def _minor(line: Line | Problem | LeftOut) -> int:
    return line.entry.amount.minor if isinstance(line, Line) else 0


def _moved(lines: Sequence[Line | Problem | LeftOut]) -> int:
    return sum(map(_minor, lines))
