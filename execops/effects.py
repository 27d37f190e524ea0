"""The effects of an event on the books: snapshots of outside objects, movements of money, balances."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from execops.model import Json
from execops.money import Money


class Snapshot(Struct, frozen=True, kw_only=True):
    """The state of an outside object as one event shows it, in the same form for every API version.

    `rank` orders states of the same second: a paid invoice outranks an open one.
    """

    object_id: str
    object_type: str
    subject_key: str | None
    state: Json
    as_of: datetime
    rank: int = 0
    links: tuple[str, ...] = ()  # ids of the objects that this one is about; a play reads their states too


LAST_END = "last_end"  # the type of the snapshot that keeps when a trouble ended last


def end_id(object_id: str) -> str:
    """The id of the snapshot that keeps when the trouble of an object ended last; the object links to it."""
    return f"{object_id}:{LAST_END}"


def last_end(object_id: str, subject_key: str, at: datetime) -> Snapshot:
    """The end of an object's trouble, which stays on record when the trouble comes back."""
    return Snapshot(
        object_id=end_id(object_id),
        object_type=LAST_END,
        subject_key=subject_key,
        state={"at": at.astimezone(UTC).isoformat()},
        as_of=at,
    )


class Movement(Struct, frozen=True, kw_only=True):
    """One movement of money: a positive amount came in, a negative one went out.

    A source gives each movement an `external_id` of its own, so the ledger books it once. `payment_ids` name the
    payment that it is about, such as the charge of a refund: its payer is the customer of a movement that has none.
    `case_id` is the dispute of which it is a line.
    `purpose` is what the text of a bank tells of it: see `execops.sources.bank.parties.purposes`.
    """

    external_id: str
    kind: str
    amount: Money
    occurred_at: datetime
    customer: str | None = None
    counterparty: str | None = None
    category: str | None = None
    purpose: str | None = None
    told_as: str | None = None  # the source's own name of the counterparty, where an alias gave it another
    payment_ids: tuple[str, ...] = ()
    case_id: str | None = None


class ChargeTotals(Struct, frozen=True, kw_only=True):
    """The sums that a charge shows at a moment.

    `refunded` is all that went back so far, `released_minor` the part of the charge that was never captured. Where a
    charge counts the released part as refunded, `refunded` has it too.
    """

    charge: str
    at: datetime
    captured: bool
    refunded: Money
    before_minor: int | None  # what was refunded before the event; None where it does not tell
    released_minor: int
    customer: str | None
    payment_ids: tuple[str, ...]


class OpenAmount(Struct, frozen=True, kw_only=True):
    """The open and the paid amount of an invoice, when a payment of it failed or a part of it had been paid."""

    invoice: str
    at: datetime
    failed: bool  # a payment failed; else a part was paid
    attempt: int
    open: Money
    paid_minor: int
    customer: str | None


class Balance(Struct, frozen=True, kw_only=True):
    """The money in an account at one time. `kind` separates the parts, such as `available` and `pending`."""

    account: str
    kind: str
    amount: Money
    as_of: datetime


class Payer(Struct, frozen=True, kw_only=True):
    """The customer who made a payment, and the ids that name it: its charge's, its payment intent's."""

    customer: str
    payment_ids: tuple[str, ...]


class Effects(Struct, frozen=True):
    """The changes that an event makes to the snapshots and the ledger."""

    snapshots: tuple[Snapshot, ...] = ()
    movements: tuple[Movement, ...] = ()
    balances: tuple[Balance, ...] = ()
    payers: tuple[Payer, ...] = ()
    totals: tuple[ChargeTotals, ...] = ()
    open_amounts: tuple[OpenAmount, ...] = ()
