"""The ledger: what events mean, written once — snapshots by newest wins, movements by external id."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from execops import recovery
from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Event
from execops.mrr import subscription_mrr
from execops.sources import Balance, Effects, Movement, Snapshot, get_source

SQL = queries.load("ledger")


async def record(conn: Connection, event: Event) -> Effects:
    """Write an event's snapshots, movements, balances and MRR; again, or later than newer ones, it changes
    nothing.

    A snapshot gives way only to a newer one: by time, then by the rank of its state, then by the event's
    own key, so that every order of arrival ends in the same state.
    """
    effects = get_source(event.source).read(event)
    for snapshot in sorted(effects.snapshots, key=lambda each: each.object_id):
        await _keep_snapshot(conn, snapshot, event)
        if snapshot.object_type == "subscription":
            await _keep_mrr(conn, snapshot, event)
    await book(conn, event.source, effects.movements, event.id)
    for balance in effects.balances:
        await keep_balance(conn, balance)
    return effects


async def book(
    conn: Connection, source: str, movements: tuple[Movement, ...], event_id: int | None = None
) -> int:
    """Book movements, each external id once; returns how many were new.

    Invoices that were paid after an action are credited to it: see `execops.recovery`.
    """
    booked = 0
    for movement in movements:
        cursor = await conn.execute(
            SQL["book"],
            {
                "org_id": ORG,
                "occurred_at": movement.occurred_at,
                "kind": movement.kind,
                "amount_minor": movement.amount.minor,
                "currency": movement.amount.currency,
                "counterparty": movement.counterparty,
                "customer": movement.customer,
                "category": movement.category,
                "source": source,
                "external_id": movement.external_id,
                "event_id": event_id,
            },
        )
        booked += cursor.rowcount
    await recovery.credit(conn, {each.external_id for each in movements if each.kind == "invoice_paid"})
    return booked


async def keep_balance(conn: Connection, balance: Balance) -> None:
    """What lay in an account at a time."""
    await conn.execute(
        SQL["keep_balance"],
        {
            "org_id": ORG,
            "account": balance.account,
            "kind": balance.kind,
            "amount_minor": balance.amount.minor,
            "currency": balance.amount.currency,
            "as_of": balance.as_of,
        },
    )


async def _keep_snapshot(conn: Connection, snapshot: Snapshot, event: Event) -> None:
    await conn.execute(
        SQL["keep_snapshot"],
        {
            "org_id": ORG,
            "object_id": snapshot.object_id,
            "object_type": snapshot.object_type,
            "subject_key": snapshot.subject_key,
            "state": Jsonb(snapshot.state),
            "as_of": snapshot.as_of,
            "rank": snapshot.rank,
            "tiebreak": event.dedupe_key,
            "links": list(snapshot.links),
            "event_id": event.id,
        },
    )


async def _keep_mrr(conn: Connection, snapshot: Snapshot, event: Event) -> None:
    """Derive the subscription's changes anew from all its levels; its snapshot's row lock keeps others out."""
    for amount in subscription_mrr(snapshot.state).money():
        await conn.execute(
            SQL["keep_mrr_level"],
            {
                "org_id": ORG,
                "subscription": snapshot.object_id,
                "customer": snapshot.subject_key,
                "at": snapshot.as_of,
                "rank": snapshot.rank,
                "tiebreak": event.dedupe_key,
                "currency": amount.currency,
                "level_minor": amount.minor,
                "event_id": event.id,
            },
        )
    key = {"org_id": ORG, "subscription": snapshot.object_id}
    await conn.execute(SQL["clear_mrr_changes"], key)
    await conn.execute(SQL["derive_mrr_changes"], key)
