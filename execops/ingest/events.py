"""Stored events, as they are read and as their fate is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import NotFoundError
from execops.model import Event, EventStatus, Json

SQL = queries.load("events")


async def get(conn: Connection, event_id: int) -> Event:
    """The event. Raises NotFoundError."""
    row = await (await conn.execute(SQL["get"], {"org_id": ORG, "id": event_id})).fetchone()
    if row is None:
        raise NotFoundError(f"There is no event {event_id}.", hint="execops events list")
    return Event.from_row(row)


async def listed(
    conn: Connection, *, status: EventStatus | None, type_: str | None, limit: int, before: int | None = None
) -> list[dict[str, Any]]:
    """Events without their payload, the newest first."""
    values = {"org_id": ORG, "status": status, "type": type_, "limit": limit, "before": before}
    return await (await conn.execute(SQL["list"], values)).fetchall()


async def lock_received(conn: Connection, event_id: int) -> Event | None:
    """The event, locked, while it still waits to be processed."""
    return (await take(conn, event_id))[0]


async def take(conn: Connection, event_id: int) -> tuple[Event | None, frozenset[str]]:
    """The event, locked, while it still waits to be processed, and the plays of which it has fed a proposal."""
    row = await (await conn.execute(SQL["lock"], {"org_id": ORG, "id": event_id})).fetchone()
    if row is None or row["status"] != EventStatus.RECEIVED:
        return None, frozenset()
    return Event.from_row(row), frozenset(row["fed"])


async def received_about(conn: Connection, proposal_id: int) -> list[int]:
    """What has arrived about a proposal's subject and still waits to be processed, the oldest first."""
    values = {"org_id": ORG, "proposal_id": proposal_id}
    rows = await (await conn.execute(SQL["unprocessed_about"], values)).fetchall()
    return [row["id"] for row in rows]


async def declined_of_subject(conn: Connection, event: Event) -> list[tuple[Event, str]]:
    """Earlier events of an event's subject, in the last thirty days, that a play declined by the facts and that
    never led to a proposal of it: each with the name of the play, the oldest first."""
    values = {
        "org_id": ORG,
        "subject_key": event.subject_key,
        "event_id": event.id,
        "since": event.occurred_at - timedelta(days=30),
    }
    rows = await (await conn.execute(SQL["declined_of_subject"], values)).fetchall()
    return [(Event.from_row(row), row["declined_play"]) for row in rows]


async def note(conn: Connection, event_id: int, outcomes: Sequence[Json]) -> None:
    """Add to what came of an event."""
    if outcomes:
        await conn.execute(SQL["note"], {"org_id": ORG, "id": event_id, "outcome": Jsonb(outcomes)})


async def finish(
    conn: Connection,
    event_id: int,
    status: EventStatus,
    outcomes: Sequence[Json] = (),
    error: str | None = None,
) -> None:
    """Write how processing ended, and add to what came of the event; nothing where it has ended already."""
    values = {"org_id": ORG, "id": event_id, "status": status, "outcome": Jsonb(outcomes), "error": error}
    await conn.execute(SQL["finish"], values)
