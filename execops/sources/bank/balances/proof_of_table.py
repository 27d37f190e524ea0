"""The proof of a table: the balances that it tells, and those beside its movements, decide signs, order and what is booked."""

from __future__ import annotations

from execops.sources.bank.balances.proof import Line, proved
from execops.sources.bank.balances.signs_by_balance import with_signs
from execops.sources.bank.balances.sums_below import closing_of_sides
from execops.sources.bank.balances.told_balances import ToldBalances
from execops.sources.bank.balances.unbalanced import require_counted, without_unbalanced
from execops.sources.bank.bank_entries import Contents, Entry, LeftOut, Problem, Told
from execops.sources.bank.doubts import DoubtError
from execops.sources.bank.layouts.layout import Layout


def proved_by_balances(
    read: list[Line | Problem | LeftOut], layout: Layout, balances: ToldBalances
) -> Contents:
    """The movements as the balances prove them. Raises DoubtError."""
    days = [line.entry.day for line in read if isinstance(line, Line)]
    opening, closing = balances.opening(min(days, default=None)), balances.closing(max(days, default=None))
    if opening is None and closing is None:
        total = sum(line.entry.amount.minor for line in read if isinstance(line, Line))
        opening, closing = balances.proven_pair(total) or (None, None)
    if "amount" in layout.columns and layout.sign is None and not layout.card:
        read = with_signs(read, opening) or read
    closing = closing_of_sides(read, opening, closing) if layout.is_ledger else closing
    read = without_unbalanced(read, closing)
    if layout.balance_is_checked:
        require_counted(read)
    contents = proved(read, layout, opening, closing)
    above = balances.closing_above()
    if layout.balance_is_checked and opening is not None and above is not None:
        _require_end(contents, opening, above)
    return contents


def _require_end(contents: Contents, opening: Told, closing: Told) -> None:
    """Raise DoubtError where the movements lead from the told opening balance to their own last balance, and not to the told closing one.

    So movements are missing at the end.
    """
    end = next(
        (
            balance.amount
            for balance in contents.closing
            if balance.amount.currency == closing.amount.currency
        ),
        None,
    )
    total = sum(entry.amount.minor for entry in contents.entries if isinstance(entry, Entry))
    if (
        end is None
        or end == closing.amount
        or opening.amount.minor + total != end.minor
        or opening.amount == closing.amount
    ):
        return
    raise DoubtError(
        f"The balance after the last movement is {end}, and the file tells {closing.amount} as the closing one.",
        hint="Export the period again; or import it as it is with --no-balance-check.",
        option="balance_is_checked",
        values=(False,),
    )
