"""What a play may know about its object, read in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.money import Money
from execops.mrr import subscription_mrr
from execops.settings import Settings

SQL = queries.load("ledger")


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
    paid: list[Json]  # per currency: currency, amount_minor (net of refunds), payments
    now: str
    company_name: str
    email_from: str
    email_reply_to: str | None
    high_amount: int

    @classmethod
    def from_json(cls, data: Json) -> Facts:
        """The facts that `to_json` gave."""
        return cls(**data)

    def to_json(self) -> Json:
        """The facts as JSON types."""
        return asdict(self)

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
        """Monthly recurring revenue of the subject, per currency, rounded to minor units: see `execops.mrr`."""
        sums: dict[str, Fraction] = {}
        for subscription in self.subscriptions:
            for currency, amount in subscription_mrr(subscription).amounts.items():
                sums[currency] = sums.get(currency, Fraction(0)) + amount
        return [Money(round(total), currency) for currency, total in sorted(sums.items()) if total]


async def gather(
    conn: Connection, settings: Settings, now: datetime, object_id: str, subject_key: str
) -> Facts:
    """Read what is known now about an object and its subject."""
    key = {"org_id": ORG, "object_id": object_id, "subject_key": subject_key}
    rows = await (await conn.execute(SQL["snapshots_of_subject"], key)).fetchall()
    about: dict[str, Any] = next((row for row in rows if row["object_id"] == object_id), {})

    def states(object_type: str) -> list[Json]:
        return [{"id": row["object_id"], **row["state"]} for row in rows if row["object_type"] == object_type]

    paid = await (
        await conn.execute(SQL["paid_by_customer"], {"org_id": ORG, "customer": subject_key})
    ).fetchall()
    return Facts(
        object_id=object_id,
        object_type=about.get("object_type"),
        subject_key=subject_key,
        state=about.get("state", {}),
        customer=next(iter(states("customer")), {}),
        subscriptions=states("subscription"),
        charges=states("charge"),
        paid=paid,
        now=now.isoformat(),
        company_name=settings.company_name,
        email_from=settings.email_from,
        email_reply_to=settings.email_reply_to,
        high_amount=settings.high_amount,
    )


async def lock_object(conn: Connection, object_id: str, subject_key: str) -> None:
    """Hold still, until the transaction ends, what is known of an object and of its subject.

    Always before any proposal is locked: snapshot, then subject, then proposals.
    """
    await conn.execute(SQL["lock_snapshot"], {"org_id": ORG, "object_id": object_id})
    await lock_subject(conn, subject_key)


async def lock_subject(conn: Connection, subject_key: str) -> None:
    """One transaction at a time judges by a subject's facts.

    The object's own snapshot is not enough: a draft also reads its customer's, which may not exist yet, and
    whether he is suppressed. Whoever changed either takes this lock before it looks for proposals, so that it
    finds the draft, or the draft finds the change.
    """
    await conn.execute(SQL["lock_subject"], {"org_id": ORG, "subject_key": subject_key})
