"""The account of a bank in a company's own books: a debit is money that comes in there, where the bank says credit.

Programs for accounting export it with columns of debit and credit: Xero, Wave, MYOB, DATEV, Sage, Tally. It is known by its
title, by the program's own words for a movement, or by its words for money that comes in, together with the balances.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from execops.money import Money
from execops.sources.bank.bank_entries import Entry
from execops.sources.bank.cells import headers
from execops.sources.bank.cells.amounts import negative
from execops.sources.bank.cells.unbooked import summary
from execops.sources.bank.layouts import card_statements
from execops.sources.bank.layouts.accounts_of_books import is_of_bank
from execops.sources.bank.parties import purposes

_TITLE = re.compile(
    r"(?!.*\b(?:balance|saldo|solde|kontostand)\b)(?:(?:general|nominal|bank|cash) ledger|ledger (?:account|report|vouchers)|nominal activity|bank book|cash book"
    r"|kontoblatt|kontenblatt|sachkonto(?:auszug)?|sachkontenblatt|hauptbuch|fibu konto|grand livre(?: general| des comptes| comptable)?|compte 512\w*"
    r"|libro mayor|mayor(?: de cuentas?| contable)?|libro mastro|mastrino|mastro|partitario|scheda contabile|schede contabili"
    r"|grootboek(?:kaart|rekening(?:en)?|mutaties)?|conta razao|razao(?: geral| analitico)?|razao da conta|huvudbok|hovedbok|finanskonto\w*|kontospecifikation|kontokort|paakirja"
    r"|ksiega glowna|kartoteka konta|zapisy na koncie|hlavni kniha|hlavna kniha|fokonyvi? (?:karton|kivonat)|defteri kebir|muavin defter)(?: .*)?"
)
_LABELS = frozenset(["spend money", "receive money", "receivable payment", "payable payment", "spend overpayment", "receive prepayment"])  # fmt: skip
# The method of accounting, which reports of books tell above their table or below it.
_BASIS = re.compile(
    r"(?:basis|report (?:type|basis)|accounting (?:method|basis)) (?:accrual|cash)\b.*|(?:accrual|cash) basis\b.*"
)
# Names of the sides in books; a column of money out or in tells the way itself.
_SIDES = frozenset(
    ["debit", "credit", "dr", "cr", "debits", "credits", "soll", "haben", "debet", "kredit", "dare", "avere", "debe", "haber", "debito", "credito", "wn", "ma", "winien", "ma dati", "dal", "tartozik", "kovetel", "borc", "alacak"]
)  # fmt: skip
_SHORT_SIDES = frozenset(["d", "c", "s", "h", "k"])
_SIDE_OF_AMOUNT = re.compile(r"[A-Za-z]\.?\s*$|^\s*(?:dr|cr)\b", re.IGNORECASE)
_PARTS = re.compile(r"\s[-–—|]\s|:\s")  # `Kontolino! - Kontoblatt`
_OF_CHART = re.compile(
    r"(?:(?:konto|account|compte|cuenta|conto|conta|rekening|tili|sachkonto|n c) (?:nr |no |n )?)?\d{3,6} (?P<name>.+)"
)
_ENTRY = re.compile(
    r"\b(?:eroffnungs(?:buchung|bilanz|wert)\w*|eb (?:wert|buchung|bilanz)\w*|saldovortrag bank|opening (?:entry|journal)|asiento de apertura|apertura (?:de |dei )?(?:cuentas?|conti)|(?:a|en) nouveaux?|ecriture d ouverture|bilans otwarcia|abnings(?:balance|postering)|ingaende balans)\b"
)
_COUNTER = frozenset(
    [
        "gegenkonto",
        "gegenkto",
        "gegen konto",
        "contrapartida",
        "motkonto",
        "modkonto",
        "contra account",
        "tegenrekening",
        "contropartita",
        "contrepartie",
    ]
)
_SHORT = re.compile(r"\d{3,6}")
ANOTHER = "another account"  # the status of lines of accounts that are not the bank's
_FEW = 2


def is_ledger(
    header: Sequence[str],
    columns: Mapping[str, int],
    above: Iterable[str],
    below: Sequence[Sequence[str]],
) -> bool:
    """Whether the title or the program's own words say that a table with debits and credits is of a company's books."""
    above = list(above)
    if "amount" in columns:
        return _has_sides_of_books(columns, below) and _says_books(above, below)
    if not {"debit", "credit"} <= columns.keys():
        return False
    names = (headers.plain(header[columns[side]]).split() for side in ("debit", "credit"))
    if not all(words and {words[0], words[-1]} & _SIDES for words in names):
        return False
    if _says_books(above, below):
        return True
    if _opens_on_debit(columns, below):
        return True
    if has_balance_on_debit(columns, below) and _pays_out_on_debit(columns, below):
        return True
    if _has_counter_accounts(header, below) or any(ANOTHER in row for row in below):
        return True
    return sum(any(headers.plain(cell) in _LABELS for cell in row) for row in below) >= _FEW


def _says_books(above: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the title, the account in it or the method of accounting is that of a company's own books."""
    titles = (part for cell in above for part in _PARTS.split(cell))
    if any(_TITLE.fullmatch(headers.plain(title)) for title in titles):
        return True
    if any(_names_account(title) for cell in above for title in (cell, *_PARTS.split(cell))):
        return True
    alone = (filled[0] for row in below if len(filled := [cell for cell in row if cell.strip()]) == 1)
    return any(_BASIS.fullmatch(headers.plain(cell)) for cell in (*above, *alone))


def _has_sides_of_books(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> bool:
    """Whether each amount has `Dr` or `Cr` beside it, and none has a sign."""
    amounts = [row[columns["amount"]].strip() for row in below if columns["amount"] < len(row)]
    amounts = [cell for cell in amounts if any(map(str.isdigit, cell))]
    if any(sign in cell for cell in amounts for sign in "-−("):
        return False
    if "sign" in columns:
        sides = {headers.plain(row[columns["sign"]]) for row in below if columns["sign"] < len(row)} - {""}
        return bool(sides) and sides <= _SIDES | _SHORT_SIDES
    return bool(amounts) and all(map(is_side_of, amounts))


def _names_account(title: str) -> bool:
    """Whether a title has the number of a chart and the name of a bank's account: `Konto 1800 Bank`, `1930 Företagskonto`."""
    match = _OF_CHART.fullmatch(headers.plain(title))
    return match is not None and is_of_bank([match["name"]])


def _opens_on_debit(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> bool:
    """Whether an opening entry in words of books stands on the debit side: a bank would say that the account is overdrawn."""
    for row in below:
        cells = [
            row[at].strip()
            for role, at in columns.items()
            if role in {"description", "payee"} and at < len(row)
        ]
        debit = row[columns["debit"]] if columns["debit"] < len(row) else ""
        if any(digit in debit for digit in "123456789") and any(
            map(_ENTRY.search, map(headers.plain, cells))
        ):
            return True
    return False


def has_balance_on_debit(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> bool:
    """Whether the opening balance stands in the column of debits: it is money in books, and owed in a bank's statement."""
    if not {"debit", "credit"} <= columns.keys():
        return False
    for row in below:
        debit, credit = (
            row[columns[side]] if columns[side] < len(row) else "" for side in ("debit", "credit")
        )
        if any(map(str.isalpha, "".join(row))) and any(digit in debit for digit in "123456789"):
            words = [cell for cell in row if any(map(str.isalpha, cell)) and summary([cell]) == "opening"]
            if words and not any(map(str.isdigit, credit)):
                return True
    return False


def _pays_out_on_debit(columns: Mapping[str, int], below: Sequence[Sequence[str]]) -> bool:
    """Whether a payment service pays out to the company if a debit is money that comes in, and takes nothing from it."""
    entries = []
    for row in below:
        cells = {role: row[at] for role, at in columns.items() if at < len(row)}
        for side, minor in (("debit", 1), ("credit", -1)):
            if any(digit in cells.get(side, "") for digit in "123456789"):
                payee, text = cells.get("payee", ""), cells.get("description", "")
                entries.append(
                    Entry(line=0, day=date.min, amount=Money(minor, "USD"), payee=payee, text=text)
                )
    return comes_in(entries)


def _has_counter_accounts(header: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a column names the accounts on the other side by the short numbers of a chart; those of banks are longer."""
    ats = [at for at, name in enumerate(header) if headers.plain(name) in _COUNTER]
    cells = [row[at].strip() for at in ats for row in below if at < len(row) and row[at].strip()]
    return len(cells) > _FEW and all(map(_SHORT.fullmatch, cells))


def is_side_of(cell: str) -> bool:
    """Whether a balance has a side behind it or before it, `1.204,33 S` or `Dr 1,204.33`: in books a debit is money there."""
    return _SIDE_OF_AMOUNT.search(cell) is not None


def are_doubtful(entries: Sequence[Entry]) -> bool:
    """Whether by this reading of columns of debit and credit a payment service takes money alone, and suppliers alone pay it."""
    turned = [replace(entry, amount=negative(entry.amount)) for entry in entries]
    return comes_in(turned) and (card_statements.suppliers_pay(entries) or _duties_come_in(entries))


def _duties_come_in(entries: Sequence[Entry]) -> bool:
    """Whether by this reading rent, wages and taxes come in, and none leaves."""
    coming, leaving = (
        {
            entry.line
            for entry in entries
            if entry.amount.minor * sign > 0 and any(map(purposes.pattern, (entry.payee, entry.text)))
        }
        for sign in (1, -1)
    )
    return bool(coming) and not leaving


def comes_in(entries: Sequence[Entry]) -> bool:
    """Whether by this reading a payment service pays out to the company, and never takes that from it: no card says so."""
    coming = [entry for entry in entries if entry.amount.minor > 0]
    leaving = [entry for entry in entries if entry.amount.minor < 0]
    return any(map(card_statements.is_paid_out, coming)) and not any(
        map(card_statements.says_payout, leaving)
    )
