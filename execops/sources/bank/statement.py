"""Bank statements in CSV: each line below the header becomes a row, a problem or a line left out.

The module does no input or output: it takes lines and yields rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from execops.money import Money
from execops.sources.bank import financing, headers, purposes, vendors
from execops.sources.bank.amounts import UnreadableError, read_amount
from execops.sources.bank.dates import read_date
from execops.sources.bank.layout import Layout, records
from execops.text import clean_line

_NOT_BOOKED = frozenset(
    [
        "pending",
        "authorized",
        "authorised",
        "reverted",
        "declined",
        "failed",
        "cancelled",
        "canceled",
        "rejected",
        "vorgemerkt",
    ]
)
_OUT = frozenset(["s", "soll", "d", "dr", "debit", "dbit", "out", "debito", "cargo", "debe"])
_IN = frozenset(["h", "haben", "c", "cr", "credit", "crdt", "in", "credito", "abono", "haber"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
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


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be read, and the reason. Nothing of it is imported."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line whose money has not moved yet, or never will: pending, declined."""

    line: int
    reason: str


def read(
    lines: Iterable[str], layout: Layout, *, account: str, currency: str, zone: ZoneInfo
) -> Iterator[Row | Problem | LeftOut]:
    """Yield a row, a problem or a line left out for every line below the header.

    A row that names no currency has `currency`. A day begins in `zone`. Equal rows of one file are numbered, so each
    keeps its id in the next export and in an export that overlaps.
    """
    seen: Counter[bytes] = Counter()
    for number, (line, last, cells) in enumerate(records(lines, layout.delimiter)):
        if number <= layout.header_record or (not isinstance(cells, str) and not any(cells)):
            continue
        if isinstance(cells, str):
            yield Problem(line, cells)
            continue
        try:
            yield _row(line, cells, layout, account, layout.currency or currency, zone, seen)
        except UnreadableError as exc:
            lines_read = f"to line {last}: " if last > line else ""
            yield Problem(line, f"{lines_read}{exc}")
        except _NotBookedError as exc:
            yield LeftOut(line, str(exc))


class _NotBookedError(Exception):
    """The money of a line has not moved yet, or never will."""


def _row(
    line: int,
    cells: list[str],
    layout: Layout,
    account: str,
    currency: str,
    zone: ZoneInfo,
    seen: Counter[bytes],
) -> Row:
    cell_of = {role: cells[at].strip() if at < len(cells) else "" for role, at in layout.columns.items()}
    extra = [cell for cell in cells[len(layout.header) :] if cell.strip()]
    if extra:
        raise UnreadableError(
            f"it has {len(cells)} fields, but the header has {len(layout.header)}: is a delimiter not quoted?"
        )
    if cell_of.get("status", "").casefold() in _NOT_BOOKED:
        raise _NotBookedError(cell_of["status"].casefold())
    if not cell_of["date"]:
        raise UnreadableError("there is no date")
    day = read_date(cell_of["date"], layout.date_order, zone, layout.date_format)
    row_currency = cell_of.get("currency", "").upper() or currency
    if not (len(row_currency) == 3 and row_currency.isascii() and row_currency.isalpha()):
        raise UnreadableError(f"{row_currency[:40]!r} is not a currency")
    amount = _amount(cell_of, row_currency, layout.decimal)
    balance = (
        read_amount(cell_of["balance"], row_currency, layout.decimal) if cell_of.get("balance") else None
    )
    payee, text = (clean_line(cell_of.get(role, "")).strip() for role in ("payee", "description"))
    labels = (cell_of.get("category"), cell_of.get("type"))
    description = " ".join(part for part in (payee, text) if part)
    key = "\n".join(
        [account, day.isoformat(), str(amount.minor), row_currency, " ".join(description.casefold().split())]
    )
    alike = hashlib.sha256(key.encode()).digest()
    seen[alike[:12]] += 1
    external_id = hashlib.sha256(alike + str(seen[alike[:12]]).encode()).hexdigest()[:40]
    return Row(
        line=line,
        day=day,
        amount=amount,
        description=description,
        vendor=vendors.vendor(payee) or vendors.vendor(text),
        category=clean_line(cell_of.get("category", ""), limit=100).strip() or None,
        transfer=purposes.is_own(*labels),
        balance=balance,
        external_id=external_id,
        purpose=_purpose(amount, payee, text, description, *labels),
    )


def _purpose(amount: Money, payee: str, text: str, description: str, *labels: str | None) -> str | None:
    """The purpose of a movement. Only its text outweighs a word of financing, which a company's own name may hold."""
    if (half := purposes.half(description)) is not None:
        return half
    if amount.minor > 0 and financing.is_financing(payee if text else "", text or payee, *labels):
        return purposes.FINANCING
    patterns = map(purposes.pattern, (payee, text, *(label or "" for label in labels)))
    return purposes.half(description, *labels) or next(filter(None, patterns), None)


def _amount(cell_of: Mapping[str, str], currency: str, decimal: str) -> Money:
    if "amount" in cell_of:
        if not cell_of["amount"]:
            raise UnreadableError("there is no amount")
        amount = read_amount(cell_of["amount"], currency, decimal)
        return _signed(amount, cell_of["sign"], cell_of["amount"]) if cell_of.get("sign") else amount
    debit, credit = (
        read_amount(cell_of[role], currency, decimal) if cell_of.get(role) else None
        for role in ("debit", "credit")
    )
    if debit is None and credit is None:
        raise UnreadableError("there is no amount")
    if debit is not None and debit.minor and credit is not None and credit.minor:
        raise UnreadableError("it has both a debit and a credit")
    if debit is not None and (debit.minor or credit is None):
        return Money(-abs(debit.minor), currency)
    return credit or Money(0, currency)


def _signed(amount: Money, sign: str, cell: str) -> Money:
    side = headers.plain(sign)
    if side not in _OUT | _IN:
        raise UnreadableError(f"{sign[:40]!r} says neither debit nor credit")
    if side in _IN and amount.minor < 0:
        raise UnreadableError(f"{cell[:40]!r} is negative, but {sign[:40]!r}")
    return Money(-abs(amount.minor), amount.currency) if side in _OUT else amount
