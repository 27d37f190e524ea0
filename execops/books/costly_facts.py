"""The facts that cost a query of their own, read only for the plays that need them.

A subject has `runway`, `top_customer`, `written`, `actions`. An object has `spend`, `vendor`, `earlier`, `affected`,
`conversation`, `wave`, `payouts`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from execops.authority import policy
from execops.books import affected, cash, conversations, first_payments
from execops.db import queries
from execops.db.pool import Connection
from execops.model import ABOUT_PAYMENT, Json
from execops.settings import Settings

SQL = queries.load("ledger")
MRR = queries.load("mrr")
EARLIER = timedelta(days=7)  # the states of a subscription that are read
_SINGLE_PAYMENTS = (
    1000  # payments that are ranked one by one before they are added to the sums of their customers
)
CHARGES_BESIDE = 30  # the charges that are read beside the one that an object is about
PAYOUTS_BESIDE = 200  # other payouts to one bank account that are read beside a payout
WRITTEN = timedelta(days=30)  # messages that are read beside an end


async def of_subject(
    conn: Connection, settings: Settings, now: datetime, subject_key: str, needs: Collection[str]
) -> dict[str, Any]:
    """The facts that are the same for all objects of a subject."""
    facts: dict[str, Any] = {}
    if "runway" in needs:
        facts["runway"] = await cash.runway(conn, settings, now)
    if "top_customer" in needs:
        facts["top_customer"] = await _is_top_customer(conn, subject_key, now)
    if "written" in needs:
        rows = await queries.many(conn, SQL["written"], subject_key=subject_key, since=now - WRITTEN)
        facts["written"] = [row | {"at": row["at"].isoformat()} for row in rows]
    if "actions" in needs and settings.stripe_write_key is not None:
        facts["actions"] = await policy.allowed_actions(conn)
    return facts


async def of_object(
    conn: Connection, settings: Settings, now: datetime, object_id: str, needs: Collection[str]
) -> dict[str, Any]:
    """The facts about one object: a vendor's month, or a subscription."""
    facts: dict[str, Any] = {}
    if "spend" in needs:
        facts["spend"] = await cash.vendor_spend(conn, settings, now, object_id)
    if "vendor" in needs:
        facts["vendor"] = await first_payments.first_payment(conn, settings, now, object_id)
    if "affected" in needs:
        facts["affected"] = await affected.paying_customers(conn, now, object_id)
    if "wave" in needs:
        facts["conversation"] = await conversations.of_day(conn, object_id, settings.wave_window)
    if "payouts" in needs:
        facts["payouts"] = await _payouts_beside(conn, object_id)
    if "earlier" in needs:
        facts["earlier"] = await _earlier_states(conn, now, object_id)
    return facts


async def charges_beside(conn: Connection, object_id: str, customer: str) -> list[Json]:
    """The charge that an object is about, and its customer's charges before it and soon after it, newest first."""
    rows = await queries.many(
        conn, SQL["charges_beside"], about=object_id, customer=customer, most=CHARGES_BESIDE
    )
    return [{"id": row["object_id"], **row["state"]} for row in rows]


async def same_payment(conn: Connection, object_id: str) -> list[Json]:
    """The other refunds, disputes and warnings of the payment that an object is about, newest first."""
    rows = await queries.many(conn, SQL["same_payment"], about=object_id, types=sorted(ABOUT_PAYMENT))
    return [
        {
            "type": row["object_type"],
            **row["state"],
            "id": row["object_id"],
            "as_of": row["as_of"].isoformat(),
        }
        for row in rows
    ]


async def _payouts_beside(conn: Connection, payout: str) -> list[Json]:
    """The other payouts to the bank account of a payout, from a month before it on, by their creation."""
    rows = await queries.many(conn, SQL["payouts_beside"], about=payout, most=PAYOUTS_BESIDE)
    return [{**row["state"], "id": row["object_id"], "as_of": row["as_of"].isoformat()} for row in rows]


async def _earlier_states(conn: Connection, now: datetime, subscription: str) -> list[Json]:
    """The states of a subscription in the days before now, and the one that held when these began, newest first."""
    rows = await queries.many(
        conn, MRR["states_since"], subscription=subscription, since=now - EARLIER, until=now
    )
    return [{**row["terms"], "at": row["at"].isoformat()} for row in rows]


async def _is_top_customer(conn: Connection, customer: str, now: datetime) -> bool:
    """Whether the customer is among the tenth that paid most in the 365 days before now, in one of their currencies.

    Payments are paid invoices, or charges where these come to more; refunds and disputes are taken off. Fewer than ten
    customers have no tenth.
    """
    since = now - timedelta(days=365)
    row = await queries.the_one(
        conn, SQL["is_top_customer"], customer=customer, since=since, most=_SINGLE_PAYMENTS
    )
    if row["stale"]:
        await queries.many(conn, SQL["settle_paid"], since=since - timedelta(days=1))
    return bool(row["top"])
