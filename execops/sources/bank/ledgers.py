"""The account of a bank in a company's own books: a debit is money that comes in there, where the bank says credit.

Programs for accounting export it with columns of debit and credit: Xero, Wave, MYOB, DATEV, Sage, Tally. It is known by its
title, by the program's own words for a movement, or by its words for money that comes in, together with the balances.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from execops.sources.bank import card_statements, headers
from execops.sources.bank.amounts import negative
from execops.sources.bank.bank_entries import Entry

_TITLE = re.compile(
    r"(?!.*\b(?:balance|saldo|solde|kontostand)\b)(?:(?:general|nominal|bank|cash) ledger|ledger (?:account|report|vouchers)|nominal activity|bank book|cash book"
    r"|kontoblatt|kontenblatt|sachkonto(?:auszug)?|sachkontenblatt|hauptbuch|fibu konto|grand livre(?: general| des comptes| comptable)?|compte 512\w*"
    r"|libro mayor|mayor(?: de cuentas?| contable)?|libro mastro|mastrino|mastro|partitario|scheda contabile|schede contabili"
    r"|grootboek(?:kaart|rekening|mutaties)?|conta razao|razao(?: geral| analitico)?|razao da conta|huvudbok|hovedbok|finanskonto\w*|kontospecifikation|kontokort|paakirja"
    r"|ksiega glowna|kartoteka konta|zapisy na koncie|hlavni kniha|hlavna kniha|fokonyvi? (?:karton|kivonat)|defteri kebir|muavin defter)(?: .*)?"
)
_LABELS = frozenset(["spend money", "receive money", "receivable payment", "payable payment", "spend overpayment", "receive prepayment"])  # fmt: skip
# Names of the sides in books; a column of money out or in tells the way itself.
_SIDES = frozenset(
    ["debit", "credit", "dr", "cr", "debits", "credits", "soll", "haben", "debet", "kredit", "dare", "avere", "debe", "haber", "debito", "credito", "wn", "ma", "winien", "ma dati", "dal", "tartozik", "kovetel", "borc", "alacak"]
)  # fmt: skip
_SIDE_OF_AMOUNT = re.compile(r"[A-Za-z]\.?\s*$|^\s*(?:dr|cr)\b", re.IGNORECASE)
_FEW = 2


def is_ledger(
    header: Sequence[str],
    columns: Mapping[str, int],
    above: Iterable[str],
    below: Sequence[Sequence[str]],
) -> bool:
    """Whether the title or the program's own words say that a table with debits and credits is of a company's books."""
    if not {"debit", "credit"} <= columns.keys():
        return False
    names = (headers.plain(header[columns[side]]).split() for side in ("debit", "credit"))
    if not all(words and words[0] in _SIDES for words in names):
        return False
    if any(_TITLE.fullmatch(headers.plain(cell)) for cell in above):
        return True
    return sum(any(headers.plain(cell) in _LABELS for cell in row) for row in below) >= _FEW


def is_side_of(cell: str) -> bool:
    """Whether a balance has a side behind it or before it, `1.204,33 S` or `Dr 1,204.33`: in books a debit is money there."""
    return _SIDE_OF_AMOUNT.search(cell) is not None


def are_doubtful(entries: Sequence[Entry]) -> bool:
    """Whether by this reading of columns of debit and credit a payment service takes money alone, and suppliers alone pay it."""
    turned = [replace(entry, amount=negative(entry.amount)) for entry in entries]
    return comes_in(turned) and card_statements.suppliers_pay(entries)


def comes_in(entries: Sequence[Entry]) -> bool:
    """Whether by this reading a payment service pays out to the company, and never takes that from it: no card says so."""
    coming = [entry for entry in entries if entry.amount.minor > 0]
    leaving = [entry for entry in entries if entry.amount.minor < 0]
    return any(map(card_statements.is_paid_out, coming)) and not any(
        map(card_statements.says_payout, leaving)
    )
