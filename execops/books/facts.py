"""What a play may know about its object, read in one place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from execops.books import cash
from execops.books.mrr import subscription_mrr
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.money import Money
from execops.settings import Settings

SQL = queries.load("ledger")
_ORG_SETTINGS = (
    "company_name",
    "email_from",
    "email_reply_to",
    "account_owner",
    "account_owner_email",
    "finance_channel",
    "finance_email",
    "high_amount",
    "spend_floor",
    "time_zone",
    "currency",
)


@dataclass(frozen=True, order=True, slots=True)
class About:
    """What a play judges: an object (an invoice, a vendor's month), and the subject its neighbours share."""

    object_id: str
    subject_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known about one outside object and its subject. JSON types only: a thread may carry it."""

    object_id: str
    object_type: str | None
    subject_key: str
    state: Json  # of the object itself; empty where no snapshot is known
    customer: Json  # of its customer; empty where unknown
    subscriptions: list[Json]
    charges: list[Json]  # newest first
    cards: list[Json]
    linked: list[Json]  # what the object is about, each with its `type`: a dispute's charge
    paid: list[Json]  # per currency: currency, amount_minor (net of refunds), payments
    now: str
    org: Json  # the settings that drafts are written with
    runway: Json | None = None  # where the play needs it: see `execops.books.cash`
    spend: Json | None = None
    top_customer: bool | None = None  # among the tenth that paid most in the last twelve months

    @classmethod
    def from_json(cls, data: Json) -> Facts:
        """The facts that `to_json` gave."""
        return cls(**data)

    def to_json(self) -> Json:
        """The facts as JSON types."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def about(self) -> About:
        """What these facts are about."""
        return About(self.object_id, self.subject_key)

    @property
    def customer_name(self) -> str | None:
        """The customer's name: from its own snapshot, else as its object carries it."""
        return self.customer.get("name") or self.state.get("customer_name")

    @property
    def customer_email(self) -> str | None:
        """Where mails to the customer go; None for a deleted customer."""
        if self.customer.get("deleted"):
            return None
        return self.customer.get("email") or self.state.get("customer_email")

    @property
    def today(self) -> datetime:
        """The moment these facts were read."""
        return datetime.fromisoformat(self.now)

    def mrr(self) -> list[Money]:
        """Monthly recurring revenue of the subject, per currency, rounded to minor units: see `execops.books.mrr`."""
        sums: dict[str, Fraction] = {}
        for subscription in self.subscriptions:
            for currency, amount in subscription_mrr(subscription).amounts.items():
                sums[currency] = sums.get(currency, Fraction(0)) + amount
        return [Money(round(total), currency) for currency, total in sorted(sums.items())]


async def gather(
    conn: Connection,
    settings: Settings,
    now: datetime,
    about: About,
    needs: Collection[str] = (),
) -> Facts:
    """Read what is known now about an object and its subject.

    `needs` adds what costs a query of its own: `runway`, `spend`, `top_customer`.
    """
    rows = await queries.many(
        conn, SQL["known_of_subject"], object_id=about.object_id, subject_key=about.subject_key
    )
    mine: dict[str, Any] = next((row for row in rows if row["object_id"] == about.object_id), {})

    def states(object_type: str) -> list[Json]:
        return [
            {"id": row["object_id"], **row["state"]}
            for row in rows
            if row["object_type"] == object_type and row["object_id"]
        ]

    links = []
    if mine.get("links"):
        links = await queries.many(conn, SQL["linked_snapshots"], object_id=about.object_id)
    return Facts(
        object_id=about.object_id,
        object_type=mine.get("object_type"),
        subject_key=about.subject_key,
        state=mine.get("state", {}),
        customer=next(iter(states("customer")), {}),
        subscriptions=states("subscription"),
        charges=states("charge"),
        cards=states("card"),
        linked=[{"id": row["object_id"], "type": row["object_type"], **row["state"]} for row in links],
        paid=[row["state"] for row in rows if row["object_id"] is None],
        now=now.isoformat(),
        org={name: getattr(settings, name) for name in _ORG_SETTINGS},
        runway=await cash.runway(conn, settings, now) if "runway" in needs else None,
        spend=await cash.vendor_spend(conn, settings, now, about.object_id) if "spend" in needs else None,
        top_customer=await _is_top(conn, about.subject_key, now) if "top_customer" in needs else None,
    )


async def _is_top(conn: Connection, customer: str, now: datetime) -> bool:
    """Among the tenth of customers that paid most in the last twelve months, per currency.

    One year back from now, invoices paid less refunds; a single customer is no decile.
    """
    since = now - timedelta(days=365)
    row = await queries.the_one(conn, SQL["is_top_customer"], customer=customer, since=since)
    return bool(row["top"])


async def lock_object(conn: Connection, about: About) -> None:
    """Hold still, until the transaction ends, what is known of an object and of its subject.

    Always before any proposal is locked: snapshot, then subject, then proposals.
    """
    await queries.run(conn, SQL["lock_object"], object_id=about.object_id, subject_key=about.subject_key)


async def lock_subject(conn: Connection, subject_key: str) -> None:
    """One transaction at a time judges by a subject's facts.

    The object's own snapshot is not enough: a draft also reads its customer's, which may not exist yet, and
    whether he is suppressed. Whoever changed either takes this lock before it looks for proposals, so that it
    finds the draft, or the draft finds the change.
    """
    await queries.run(conn, SQL["lock_subject"], subject_key=subject_key)
