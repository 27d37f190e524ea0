"""The sums of money in and out that a table tells: where one of them fits the movements, the other one must fit too."""

from __future__ import annotations

from collections.abc import Sequence

from execops.money import Money
from execops.sources.bank.bank_entries import Entry, LeftOut, Problem
from execops.sources.bank.cells.headers import plain
from execops.sources.bank.cells.sides import IN, OUT
from execops.sources.bank.doubts import DoubtError

_BOTH = 2  # the sums of a line: money out, money in
_HARMLESS = frozenset(
    {
        "total",
        "opening balance",
        "closing balance",
        "balance",
        "no movement",
        "no amount",
        "continues the line above",
    }
)
# Words of money in the plural, as sums have them.
_OUT = OUT | {
    "debits",
    "debitos",
    "cargos",
    "withdrawals",
    "payments",
    "charges",
    "debets",
    "lastschriften",
    "abgange",
    "sorties",
    "uscite",
    "salidas",
    "saidas",
    "obciazen",
}
_IN = IN | {
    "credits",
    "creditos",
    "abonos",
    "deposits",
    "receipts",
    "gutschriften",
    "eingange",
    "entrees",
    "entrate",
    "entradas",
    "ingresos",
    "uznan",
}


class Totals:
    """Gathers the sums from the lines of a table."""

    def __init__(self) -> None:
        self.out_sums: set[int] = set()
        self.in_sums: set[int] = set()
        self.balances: set[int] = {0}  # which a sum of books counts too

    def read(self, kind: str | None, texts: Sequence[str], amounts: Sequence[Money]) -> None:
        """Take the sums of a line that is called a total: both sides, or the one that its words name."""
        if kind in {"opening", "closing"}:
            self.balances |= {abs(amount.minor) for amount in amounts}
        if kind != "total" or not amounts:
            return
        if len(amounts) == _BOTH:
            self.out_sums.add(abs(amounts[0].minor))
            self.in_sums.add(abs(amounts[1].minor))
            return
        words = set(plain(texts[0]).split()) if texts else set()
        if bool(words & _OUT) is not bool(words & _IN):
            (self.out_sums if words & _OUT else self.in_sums).add(abs(amounts[0].minor))


def require_totals(entries: Sequence[Entry | Problem | LeftOut], totals: Totals) -> None:
    """Raise DoubtError where the sum of one side is that of the movements, and the sum of the other side is not.

    So an amount was changed by hand. If neither fits, the sums are of something else, such as a year.
    """
    if len(totals.out_sums) != 1 or len(totals.in_sums) != 1:
        return
    if any(
        isinstance(line, Problem) or (isinstance(line, LeftOut) and line.reason not in _HARMLESS)
        for line in entries
    ):
        return
    amounts = [entry.amount for entry in entries if isinstance(entry, Entry)]
    if len({amount.currency for amount in amounts}) != 1:
        return
    code = amounts[0].currency
    out, into = (
        sum(abs(amount.minor) for amount in amounts if (amount.minor < 0) is is_out)
        for is_out in (True, False)
    )
    (told_out,), (told_in,) = totals.out_sums, totals.in_sums
    told_out, told_in = (
        computed if stated - computed in totals.balances else stated
        for stated, computed in ((told_out, out), (told_in, into))
    )
    if (out == told_out) is (into == told_in) or not (out and into and told_out and told_in):
        return
    side, stated, sum_of_movements = ("out", told_out, out) if into == told_in else ("in", told_in, into)
    raise DoubtError(
        f"The file tells {Money(stated, code)} as the sum of money {side}, and its movements come to {Money(sum_of_movements, code)}.",
        hint="Export the period again; or import it as it is with --no-balance-check.",
        option="balance_is_checked",
        values=(False,),
    )
