"""The amount as it moves the account, in a table that has it beside the amount in the currency of a purchase."""

from __future__ import annotations

from collections.abc import Sequence

from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.cells.headers import plain

_BOTH = ("of the purchase", "of the account")
# The amount as it moves the account, beside a plain `Amount` in the currency of the purchase; and its currency.
_PLAIN_AMOUNTS = frozenset(
    ["amount", "betrag", "umsatz", "montant", "importe", "importo", "bedrag", "belopp", "belob", "belop", "kwota", "castka", "valor"]
)  # fmt: skip
_IN_OWN_CURRENCY = frozenset(
    plain(name)
    for name in """amount in account currency|amount account currency|account currency amount|betrag in kontowährung|betrag kontowährung|umsatz in kontowährung|kontobetrag|montant en devise du compte|montant devise du compte
    |montant dans la devise du compte|importe en divisa de la cuenta|importe en moneda de la cuenta|importo in valuta del conto|importo in divisa conto|bedrag in rekeningvaluta|bedrag rekeningvaluta|bedrag in valuta rekening|belopp i kontovaluta|beløp i kontovaluta|beløb i kontovaluta
    |kwota w walucie rachunku|kwota w walucie konta|částka v měně účtu|suma v mene účtu|valor na moeda da conta|amount in base currency|amount in home currency|amount in local currency""".replace(
        "\n", ""
    ).split("|")
)
_OWN_CURRENCY = frozenset(
    ["account currency", "kontowahrung", "devise du compte", "devise compte", "divisa de la cuenta", "moneda de la cuenta", "valuta del conto", "divisa conto", "rekeningvaluta", "valuta rekening", "kontovaluta", "waluta rachunku", "waluta konta", "mena uctu", "moeda da conta", "base currency", "home currency"]
)  # fmt: skip


def in_currency_of_account(header: Sequence[str], filled: Sequence[Sequence[str]]) -> dict[str, int]:
    """The amount and its currency as the account is moved, where names tell both: `Settlement amount`, `Settlement currency`."""
    names = [plain(name) for name in header]
    for begin in ("settlement", "settled", "billing", "billed", "account", "booked", "posted"):
        if {f"{begin} amount", f"{begin} currency"} <= set(names):
            return {
                "amount": names.index(f"{begin} amount"),
                "currency": names.index(f"{begin} currency"),
            }
    own_columns = [at for at, name in enumerate(names) if name in _IN_OWN_CURRENCY]
    if own_columns and not set(names).isdisjoint(_PLAIN_AMOUNTS):
        currencies = [at for at, name in enumerate(names) if name in _OWN_CURRENCY]
        return {"amount": own_columns[0]} | ({"currency": currencies[0]} if currencies else {})
    if {"debit net amount", "credit net amount"} <= set(names):  # what leaves and comes after the fee
        return {"debit": names.index("debit net amount"), "credit": names.index("credit net amount")}
    sides = {
        role: at
        for role, begin in (("debit", "net debit"), ("credit", "net credit"), ("currency", "net currency"))
        for at, name in enumerate(names)
        if name.startswith(begin)
    }
    if {
        "debit",
        "credit",
    } <= sides.keys():  # a payment service tells gross amounts in the customer's currency beside them
        return sides
    return _twins(names, filled)


def _twins(names: Sequence[str], filled: Sequence[Sequence[str]]) -> dict[str, int]:
    """The one of two pairs of an amount and its currency with the same names whose currency is the same in all lines."""
    pairs = [
        (at, at + step)
        for at, name in enumerate(names)
        for step in (1, -1)
        if 0 <= at + step < len(names)
        and name in _PLAIN_AMOUNTS
        and names.count(name) > 1
        and names.count(names[at + step]) > 1
        and filled[at + step]
        and all(map(is_code, filled[at + step]))
    ]
    of_one_currency = [pair for pair in pairs if len(set(filled[pair[1]])) == 1]
    if len({amount for amount, _ in pairs}) < len(_BOTH) or len(of_one_currency) != 1:
        return {}
    return {"amount": of_one_currency[0][0], "currency": of_one_currency[0][1]}
