"""An event's effects on the books: snapshots of outside objects, movements of money, balances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from execops.model import Json
from execops.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The state of an outside object as one event shows it, in our own words for every API version.

    `rank` orders states within the same second: a paid invoice outranks an open one.
    """

    object_id: str
    object_type: str
    subject_key: str | None
    state: Json
    as_of: datetime
    rank: int = 0
    links: tuple[str, ...] = ()  # other objects it is about: what is known of them matters to it


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """One movement of money: positive came in, negative went out."""

    external_id: str
    kind: str
    amount: Money
    occurred_at: datetime
    customer: str | None = None
    counterparty: str | None = None
    category: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What lay in an account at a time; `kind` sets apart what is free from what is not yet."""

    account: str
    kind: str
    amount: Money
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Effects:
    """What an event means for the ledger and the snapshots."""

    snapshots: tuple[Snapshot, ...] = ()
    movements: tuple[Movement, ...] = ()
    balances: tuple[Balance, ...] = ()
