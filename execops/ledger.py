"""The ledger: what events mean, written once — snapshots by newest wins, movements by external id."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Event
from execops.sources import get_source

SQL = queries.load("ledger")


async def record(conn: Connection, event: Event) -> None:
    """Write an event's snapshots and movements; writing it again, or later than newer ones, changes nothing.

    A snapshot gives way only to a newer one: by time, then by the rank of its state, then by the event's
    own key, so that every order of arrival ends in the same state.
    """
    effects = get_source(event.source).read(event)
    for snapshot in sorted(effects.snapshots, key=lambda each: each.object_id):
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
                "event_id": event.id,
            },
        )
    for movement in effects.movements:
        await conn.execute(
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
                "source": event.source,
                "external_id": movement.external_id,
                "event_id": event.id,
            },
        )
