"""The other side of a movement, by the columns of names in its line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from execops.sources.bank.cells.headers import plain
from execops.sources.bank.parties.holder import is_bank, key

_SOLD = frozenset({"payment", "charge", "sale", "refund", "payment refund", "order"})
_CUSTOMERS = frozenset({"customer name", "customer", "customer full name"})
_BY_CARD = re.compile(r"(?:card|karte|carte|tarjeta|carta)(?:[ _]|n?zahlung|$)", re.IGNORECASE)


def party_of(cell_of: Mapping[str, str], holder: str, *, has_payer: bool, comes_in: bool) -> str:
    """The other side of a movement, by the columns of merchant, payer and payee.

    `holder` is the name of the account's own side, if the table has it on most lines.
    """
    # The payer of a card's purchase is the holder, even of a refund.
    is_payer = comes_in and _BY_CARD.match(cell_of.get("type", "")) is None
    party = cell_of.get("merchant") or cell_of.get("payer" if is_payer else "payee") or ""
    if not party and not has_payer:
        party = cell_of.get("payee", "")
    if holder and key(party) == holder:  # the bank charges its customer
        opposite = cell_of.get("payee" if is_payer else "payer", "")
        if opposite and key(opposite) != holder:
            return "" if is_bank(opposite) else opposite
    return party


def without_town(text: str, cells: Sequence[str], column: int | None) -> str:
    """The text without the town that a card's network glued to a name of full length: `DELL SALES & SERVICEROUND ROCK`.

    `column` is that of towns, if the table has one.
    """
    town = cells[column].split("\n")[0].strip() if column is not None and column < len(cells) else ""
    name, glued, _ = text.partition(town) if town else (text, "", "")
    return name if glued and name[-1:].isalnum() else ""


def sells(header: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Whether a payment service tells customers and its fees: a text beside no customer names what was sold, and nobody."""
    at = columns.get("payee")
    tells_fee = any({"fee", "fees"}.intersection(plain(name).split()) for name in header)
    return at is not None and plain(header[at]) in _CUSTOMERS and tells_fee


def is_sold(payee: str, labels: Sequence[str]) -> bool:
    """Whether a movement of such a service is a sale, or one that goes back, to nobody that it names."""
    return not payee and any(plain(label) in _SOLD for label in labels)
