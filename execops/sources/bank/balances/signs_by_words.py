"""Signs of amounts that the words contradict: what is called a deposit leaves, or a payment service takes and suppliers pay.

Programs for private budgets export so: Copilot counts what is spent as positive, and Firefly III gives every amount a minus.
"""

from __future__ import annotations

from collections.abc import Sequence

from execops.sources.bank.bank_entries import Entry
from execops.sources.bank.cells.headers import plain
from execops.sources.bank.cells.sides import IN, OUT
from execops.sources.bank.layouts import card_statements, ledgers


def contradicts_words(entries: Sequence[Entry]) -> bool:
    """Whether by this reading all movements that are called income leave, or suppliers pay and a payment service is paid."""
    if ledgers.are_doubtful(entries) or _are_labelled_otherwise(entries):
        return True
    coming = sum(entry.amount.minor > 0 for entry in entries)
    return coming * 2 > len(entries) and card_statements.suppliers_pay(entries)


def _are_labelled_otherwise(entries: Sequence[Entry]) -> bool:
    called_in, called_out = (
        [entry for entry in entries if any(plain(label) in words for label in entry.labels)]
        for words in (IN, OUT)
    )
    if not called_in or any(entry.amount.minor > 0 for entry in called_in):
        return False
    leaving = [entry for entry in entries if entry.amount.minor < 0]
    return len(leaving) == len(entries) or all(entry.amount.minor > 0 for entry in called_out)
