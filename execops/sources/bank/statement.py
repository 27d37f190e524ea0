"""The rows of a bank's statement: what is booked, with its vendor, its purpose and an id that a later export repeats."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from execops.money import Money
from execops.sources.bank import tables
from execops.sources.bank.balances.chain import own_accounts
from execops.sources.bank.bank_entries import Entry, LeftOut, Problem
from execops.sources.bank.layouts.layout import Layout
from execops.sources.bank.parties import (
    cheques,
    cut_texts,
    financing,
    own_words,
    purposes,
    transfers,
    vendors,
)
from execops.sources.bank.parties.holder import is_firm, is_other_side, key, name_behind
from execops.sources.bank.parties.labelled_parties import name_in, party_alone, party_in
from execops.sources.bank.parties.one_party import agreed
from execops.text import clean_line

__all__ = ["LeftOut", "Problem", "Row", "read", "rows_of"]


_FEW = 3
# The kinds of money that a payment service pays out to its merchant, and that the merchant pays in.
_OF_PAYOUTS = frozenset(
    {"payout", "payout_failure", "payout_cancel", "payout_reversal", "topup", "topup_reversal"}
)
_MANY = 6  # movements of a file


class Row(Struct, frozen=True, kw_only=True):
    """One movement of a statement."""

    line: int
    day: date
    amount: Money
    description: str
    vendor: str | None
    category: str | None
    transfer: bool  # between own accounts, as the bank says
    balance: Money | None  # of the account after this movement
    external_id: str
    purpose: str | None = None  # as the text tells it: see `purposes` and `financing`


def read(
    lines: Iterable[str], layout: Layout, *, account: str, currency: str, zone: ZoneInfo
) -> Iterator[Row | Problem | LeftOut]:
    """Yield a row, a problem or a line left out for every line of a table below its header.

    A row that names no currency has `currency`. A day begins in `zone`. Raises InvalidInputError for a doubt that only a
    person can settle.
    """
    contents = tables.read_table(lines, layout, currency=currency, zone=zone)
    return rows_of(contents.entries, account=account)


def rows_of(
    entries: Iterable[Entry | Problem | LeftOut], *, account: str
) -> Iterator[Row | Problem | LeftOut]:
    """The rows of these movements. Equal rows of one file are numbered, so each keeps its id in the next export.

    The bank's own id of a movement, where it tells one, is the key instead.
    """
    lines = list(entries)
    seen: Counter[bytes] = Counter()
    file = _File([line for line in lines if isinstance(line, Entry)])
    read = [_row(line, account, seen, file) if isinstance(line, Entry) else line for line in lines]
    read = with_holder_of_transfers(read, lines)
    better = agreed(row.vendor for row in read if isinstance(row, Row))
    for row in read:
        name = better.get(row.vendor or "") if isinstance(row, Row) else None
        yield replace(row, vendor=name) if name and isinstance(row, Row) else row


def with_holder_of_transfers(
    read: list[Row | Problem | LeftOut], entries: Sequence[Entry | Problem | LeftOut]
) -> list[Row | Problem | LeftOut]:
    """The rows with a mark on those whose other side is the firm that the transfers between own accounts name: the holder."""
    pairs = [
        (row, entry)
        for row, entry in zip(read, entries, strict=True)
        if isinstance(row, Row) and isinstance(entry, Entry)
    ]
    payees = {clean_line(entry.payee).partition(" - ")[0].strip() for row, entry in pairs if row.transfer}
    firms = {key(payee) for payee in payees if is_firm(payee)}
    names = frozenset(name for name in firms if name)
    own = {id(row) for row, entry in pairs if names and is_other_side(names, entry.payee, entry.text)}
    if len(own) * 2 > len(pairs):
        return read
    return [replace(row, transfer=True) if isinstance(row, Row) and id(row) in own else row for row in read]


class _File:
    """All movements of a file: what stands in every line names no party."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._names_other_accounts = len({entry.account for entry in entries}) > 1 and not own_accounts(
            entries
        )
        self._boilerplate = _boilerplate(entries)
        self._own_name = _own_name(entries)
        self._holder = name_behind([(entry.text, *entry.more) for entry in entries])
        several = entries if len(entries) >= _FEW else ()
        self._repeated = (
            frozenset.intersection(*(frozenset(entry.more) for entry in several))
            if several
            else frozenset[str]()
        )
        payees = {clean_line(entry.payee).strip() for entry in several}
        bank_texts = {clean_line(entry.text).strip() for entry in several}
        self._width = cut_texts.width([(entry.text, entry.more) for entry in entries])
        self._in_all = frozenset().union(*(cells for cells in (payees, bank_texts) if len(cells) == 1))
        kinds = {label.casefold() for entry in entries for label in entry.labels}
        self._payouts_are_own = {"charge", "payout"} <= kinds  # a payment service pays out to its merchant
        self._transfers_are_own = {"spend", "receive"} <= kinds or {
            "spend money",
            "receive money",
        } <= kinds  # so nobody else is paid by a "transfer"

    def vendor(self, entry: Entry, payee: str, text: str) -> str | None:
        """The vendor of a movement."""
        if entry.nobody:
            return cheques.party([" ".join((payee, text)).strip()])
        payee = "" if payee == self._own_name else name_in(payee) or party_in(entry.text)
        payee = payee or next(filter(None, map(party_alone, entry.more)), "")
        if self._width and entry.more and not payee:
            text = clean_line(cut_texts.joined(entry.text, entry.more, self._width))
        elif entry.bare:
            text = clean_line(entry.bare).strip()
            payee = "" if entry.bare.startswith(entry.payee) else payee
        text = text.removeprefix(self._boilerplate).removesuffix(self._holder).rstrip(" ;")
        more = (part for part in entry.more if part not in self._repeated)
        return vendors.of(payee, text, *map(clean_line, more), labels=entry.labels)

    def is_own(self, entry: Entry, *texts: str) -> bool:
        """Whether a movement is between own accounts, as the bank says."""
        labels = (*entry.labels, entry.category, "" if entry.payee else entry.text)
        if entry.payee and not own_words.names_nobody_else(entry.payee):  # another customer of the bank
            labels = tuple(label and transfers.without_bank(label) for label in labels)
            texts = tuple(map(transfers.without_bank, texts))
        if self._moves_to_account(entry):
            return True
        if entry.own or transfers.is_own(*labels):
            return True
        more = tuple(part for part in entry.more if part not in self._repeated)
        words = dict.fromkeys(text for text in (*texts, *more) if text not in self._in_all)
        if any(map(transfers.says_own, words)):
            return True
        is_pot_of_firm = is_firm(entry.payee) and own_words.is_pot(entry.text)
        if is_pot_of_firm or own_words.is_savings_of_firm(entry.payee):
            return True
        if own_words.is_account(entry.payee) and texts[0] not in self._in_all:
            return True
        if entry.amount.minor < 0:
            if own_words.is_own_card(entry.payee):
                return True
            if any(map(transfers.is_issuer, (entry.payee, entry.text, *more))):
                return True
            bare = tuple(text.removesuffix(self._holder).rstrip(" ;") for text in (*texts, *more))
            if transfers.says_own_card(" ".join((*texts[-1:], *more))):
                return True
            if self._holder and any(transfers.says_own_card(text) for text in bare):
                return True
        if self._payouts_are_own and not _OF_PAYOUTS.isdisjoint(label.casefold() for label in entry.labels):
            return True
        kinds = {label.casefold() for label in entry.labels}
        return self._transfers_are_own and not kinds.isdisjoint({"transfer", "bank transfer"})

    def _moves_to_account(self, entry: Entry) -> bool:
        """Whether a transfer without a payee has an own account in the place of a category, as programs for accounting write it."""
        is_account = self._names_other_accounts and own_words.is_own_account(entry.account)
        return not entry.payee and is_account and any(map(own_words.has_transfer, entry.labels))


def _boilerplate(entries: Sequence[Entry]) -> str:
    """The words that every text begins with, beside payees that differ: `Download from bank.com.`"""
    texts = [clean_line(entry.text).split() for entry in entries]
    if len(texts) < _FEW or not all(texts) or len({entry.payee for entry in entries}) < _FEW:
        return ""
    common = 0
    while all(len(words) > common and words[common] == texts[0][common] for words in texts):
        common += 1
    return " ".join(texts[0][:common]) if common > 1 else ""


def _own_name(entries: Sequence[Entry]) -> str:
    """The one payee of all movements, in and out, where the texts name others: it is the account's own."""
    payees = {clean_line(entry.payee).strip() for entry in entries}
    if len(entries) < _MANY or len(payees) != 1 or len({entry.amount.minor > 0 for entry in entries}) < 2:
        return ""
    name = payees.pop()
    others: set[str | None] = set()
    for entry in entries if name else ():
        others |= {vendors.of("", clean_line(entry.text).strip())} - {None}
        if len(others) >= _FEW:
            return name
    return ""


def _row(entry: Entry, account: str, seen: Counter[bytes], file: _File) -> Row:
    payee, text = clean_line(entry.payee).strip(), clean_line(entry.text).strip()
    description = " ".join(part for part in (payee, text) if part)
    named = (entry.bank_id,) if entry.bank_id else (" ".join(description.casefold().split()),)
    key = "\n".join([account, entry.day.isoformat(), str(entry.amount.minor), entry.amount.currency, *named])
    alike = hashlib.sha256(key.encode()).digest()
    seen[alike[:12]] += 1
    external_id = hashlib.sha256(alike + str(seen[alike[:12]]).encode()).hexdigest()[:40]
    return Row(
        line=entry.line,
        day=entry.day,
        amount=entry.amount,
        description=description,
        vendor=file.vendor(entry, payee, text),
        category=clean_line(entry.category or "", limit=100).strip() or None,
        transfer=file.is_own(entry, payee, text, description),
        balance=entry.balance,
        external_id=external_id,
        purpose=_purpose(entry.amount, payee, text, description, entry.category, *entry.labels),
    )


def _purpose(amount: Money, payee: str, text: str, description: str, *labels: str | None) -> str | None:
    """The purpose of a movement. Only its text outweighs a word of financing, which a company's own name may hold."""
    if (half := purposes.half(description)) is not None:
        return half
    if amount.minor > 0 and financing.is_financing(payee if text else "", text or payee, *labels):
        return purposes.FINANCING
    patterns = map(purposes.pattern, (payee, text, *(label or "" for label in labels)))
    return purposes.half(description, *labels) or next(filter(None, patterns), None)
