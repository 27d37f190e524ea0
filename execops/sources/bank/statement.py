"""Bank statements in CSV: each line below the header is a row, or says why it is none. Pure: lines in, rows out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from execops.money import Money
from execops.sources.bank import headers, vendors
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
    transfer: bool  # between own accounts
    balance: Money | None  # after it
    external_id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be read, and why: nothing of it is imported."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is no movement yet, or never was: pending, declined."""

    line: int
    reason: str


def read(
    lines: Iterable[str], layout: Layout, *, account: str, currency: str, zone: ZoneInfo
) -> Iterator[Row | Problem | LeftOut]:
    """Every line below the header: a row, or why it is none.

    `currency` is of rows that name none, `zone` where a day begins. Rows that are alike within the file are
    counted, so that each keeps its id in the next export, and in one that overlaps.
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
    """A line that is no movement yet, or never was."""


def _row(
    line: int,
    cells: list[str],
    layout: Layout,
    account: str,
    currency: str,
    zone: ZoneInfo,
    seen: Counter[bytes],
) -> Row:
    said = {role: cells[at].strip() if at < len(cells) else "" for role, at in layout.columns.items()}
    extra = [each for each in cells[len(layout.header) :] if each.strip()]
    if extra:
        raise UnreadableError(
            f"it has {len(cells)} fields, the header {len(layout.header)}: a delimiter unquoted?"
        )
    if said.get("status", "").casefold() in _NOT_BOOKED:
        raise _NotBookedError(said["status"].casefold())
    if not said["date"]:
        raise UnreadableError("there is no date")
    day = read_date(said["date"], layout.date_order, zone, layout.date_format)
    named = said.get("currency", "").upper() or currency
    if not (len(named) == 3 and named.isascii() and named.isalpha()):
        raise UnreadableError(f"{named[:40]!r} is no currency")
    amount = _amount(said, named, layout.decimal)
    balance = read_amount(said["balance"], named, layout.decimal) if said.get("balance") else None
    payee, text = (clean_line(said.get(role, "")).strip() for role in ("payee", "description"))
    description = " ".join(each for each in (payee, text) if each)
    key = "\n".join(
        [account, day.isoformat(), str(amount.minor), named, " ".join(description.casefold().split())]
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
        category=clean_line(said.get("category", ""), limit=100).strip() or None,
        transfer=vendors.is_transfer(description, amount.minor > 0, said.get("category"), said.get("type")),
        balance=balance,
        external_id=external_id,
    )


def _amount(said: Mapping[str, str], currency: str, decimal: str) -> Money:
    if "amount" in said:
        if not said["amount"]:
            raise UnreadableError("there is no amount")
        amount = read_amount(said["amount"], currency, decimal)
        return _signed(amount, said["sign"], said["amount"]) if said.get("sign") else amount
    debit, credit = (
        read_amount(said[role], currency, decimal) if said.get(role) else None for role in ("debit", "credit")
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
