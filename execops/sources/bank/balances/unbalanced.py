"""Movements at the newest end of a statement without a balance, where every other one has its own: the bank has not booked them.

Banks that print the balance of a day beside its last movement alone leave blanks all over the column, and have one at the
newest end. So the balances of all others must follow from each other, and the file may not tell a balance that counts these.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from execops.sources.bank.balances.chain import chains, own_accounts
from execops.sources.bank.balances.proof import Line
from execops.sources.bank.bank_entries import Entry, LeftOut, Problem, Told
from execops.sources.bank.cells.amounts import negative
from execops.sources.bank.doubts import DoubtError

_ENDS = frozenset({"total", "closing balance"})
_LEAST_LINKS = 3  # of the balances of the others: fewer prove no order


def without_unbalanced(
    read: list[Line | Problem | LeftOut], closing: Told | None
) -> list[Line | Problem | LeftOut]:
    """The lines, with those at the newest end that have no balance left out as pending."""
    numbers = _pending([line.entry for line in read if isinstance(line, Line)], closing)
    return [
        LeftOut(line.entry.line, "pending") if isinstance(line, Line) and line.entry.line in numbers else line
        for line in read
    ]


def require_counted(read: Sequence[Line | Problem | LeftOut]) -> None:
    """Raise DoubtError where movements stand below the last sum or balance, and have no balance as all above it have.

    A person writes there what is expected: the bank has not moved it.
    """
    ends = [at for at, line in enumerate(read) if isinstance(line, LeftOut) and line.reason in _ENDS]
    if not ends:
        return
    above, below = (
        [line.entry for line in part if isinstance(line, Line)]
        for part in (read[: ends[-1]], read[ends[-1] :])
    )
    if len(above) < _LEAST_LINKS or not below or any(entry.balance is None for entry in above):
        return
    if any(entry.balance is not None for entry in below):
        return
    raise DoubtError(
        f"From line {below[0].line} on, movements stand below the sum, and without a balance.",
        hint="Delete them where the bank has not booked them yet; or import them too with --no-balance-check.",
        option="balance_is_checked",
        values=(False,),
    )


def _pending(entries: Sequence[Entry], closing: Told | None) -> frozenset[int]:
    balanced = [entry for entry in entries if entry.balance is not None]
    blank = [entry for entry in entries if entry.balance is None]
    if not blank or len(balanced) <= max(len(blank), _LEAST_LINKS) or own_accounts(entries):
        return frozenset()
    if len({entry.amount.currency for entry in entries}) > 1:
        return frozenset()
    at_top, at_bottom = entries[: len(blank)] == blank, entries[-len(blank) :] == blank
    rises, falls = balanced[0].day < balanced[-1].day, balanced[0].day > balanced[-1].day
    if not ((at_top and falls) or (at_bottom and rises)):
        return frozenset()
    latest = max(entry.day for entry in balanced)
    if any(entry.day < latest for entry in blank):
        return frozenset()
    newest = balanced[0] if falls else balanced[-1]
    assert newest.balance is not None  # noqa: S101  all of these have one
    moved = sum(entry.amount.minor for entry in blank)
    if closing is not None and abs(closing.amount.minor - newest.balance.minor) == abs(moved) != 0:
        return frozenset()
    is_whole = any(map(_is_whole, (balanced, [_turned(entry) for entry in balanced])))
    return frozenset(entry.line for entry in blank) if is_whole else frozenset()


def _is_whole(entries: Sequence[Entry]) -> bool:
    return all(chain.links >= _LEAST_LINKS and not chain.breaks for chain in chains(entries))


def _turned(entry: Entry) -> Entry:
    """The movement with its sign turned, as on a card's statement."""
    return replace(entry, amount=negative(entry.amount))
