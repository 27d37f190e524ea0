"""The proof of a table: the balances that it tells, and those beside its movements, decide signs, order and what is booked."""

from __future__ import annotations

from execops.sources.bank.balances.proof import Line, proved
from execops.sources.bank.balances.signs_by_balance import with_signs
from execops.sources.bank.balances.sums_below import closing_of_sides
from execops.sources.bank.balances.told_balances import ToldBalances
from execops.sources.bank.balances.unbalanced import require_counted, without_unbalanced
from execops.sources.bank.bank_entries import Contents, LeftOut, Problem
from execops.sources.bank.layouts.layout import Layout


def proved_by_balances(
    read: list[Line | Problem | LeftOut], layout: Layout, balances: ToldBalances
) -> Contents:
    """The movements as the balances prove them. Raises DoubtError."""
    days = [line.entry.day for line in read if isinstance(line, Line)]
    opening, closing = balances.opening(min(days, default=None)), balances.closing(max(days, default=None))
    if opening is None and closing is None:
        moved = sum(line.entry.amount.minor for line in read if isinstance(line, Line))
        opening, closing = balances.proven_pair(moved) or (None, None)
    if "amount" in layout.columns and layout.sign is None and not layout.card:
        read = with_signs(read, opening) or read
    closing = closing_of_sides(read, opening, closing) if layout.is_ledger else closing
    read = without_unbalanced(read, closing)
    if layout.balance_is_checked:
        require_counted(read)
    return proved(read, layout, opening, closing)
