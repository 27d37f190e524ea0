"""Amounts without their tax, beside the tax and the amount with it: a bank moves the last one.

Programs for invoices export movements so: `Netto`, `USt`, `Brutto`. The numbers must say it: a fee stands beside a net amount too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from execops.sources.bank.cells.amounts import looks_like_amount
from execops.sources.bank.cells.headers import NAMES, plain

_TAX = frozenset(
    ["vat", "vat amount", "tax", "tax amount", "sales tax", "gst", "gst amount", "hst", "ust", "umsatzsteuer", "mwst", "mwst betrag", "mehrwertsteuer", "steuer", "vorsteuer", "steuerbetrag", "tva", "montant tva", "iva", "importe iva", "importo iva", "btw", "btw bedrag", "moms", "momsbelopp", "momsbelob", "mva", "alv", "vat kwota", "dph", "afa"]
)  # fmt: skip
_LEAST = 2  # lines


def with_tax(header: Sequence[str], below: Sequence[Sequence[str]], columns: Mapping[str, int]) -> int | None:
    """The column of amounts with tax, where the chosen one is without; None elsewhere."""
    names = [plain(name) for name in header]
    if "amount" not in columns or "fee" in columns or names[columns["amount"]] not in NAMES["net"]:
        return None
    taxes = [at for at, name in enumerate(names) if name in _TAX]
    whole = [at for at, name in enumerate(names) if name in NAMES["gross"]]
    for tax in taxes:
        for gross in whole:
            lines = [
                [_digits(row[at]) for at in (columns["amount"], tax, gross)]
                for row in below
                if len(row) > max(columns["amount"], tax, gross) and row[gross].strip()
            ]
            if len(lines) >= _LEAST and all(net + of_tax == total for net, of_tax, total in lines):
                return gross if any(of_tax for _, of_tax, _ in lines) else None
    return None


def _digits(cell: str) -> int:
    """The digits of an amount as one number, with two decimals; 0 for any other cell."""
    bare = cell.strip()
    if not looks_like_amount(bare):
        return 0
    whole, mark, fraction = bare.replace(",", ".").rpartition(".")
    fraction = "".join(filter(str.isdigit, fraction))
    if not mark or len(fraction) > 2:
        whole, fraction = bare, ""
    return int("".join(filter(str.isdigit, whole)) + fraction.ljust(2, "0") or 0)
