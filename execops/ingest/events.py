"""Stored events: read them, lock one for processing, record how its processing ended."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops.db import queries
from execops.db.pool import Connection
from execops.errors import NotFoundError
from execops.model import DRAFTED_ANEW, Event, EventStatus, Json

SQL = queries.load("events")
_WILD = re.compile(r"[\\%_]")  # what LIKE would not take as it stands


async def get(conn: Connection, event_id: int) -> Event:
    """Read an event. Raises NotFoundError."""
    row = await queries.one(conn, SQL["get"], id=event_id)
    if row is None:
        raise NotFoundError(f"There is no event {event_id}.", hint="execops events list")
    return Event.from_row(row)


def why_gone(event: Event) -> str:
    """Say in a sentence that an event's payload is gone, and why; empty where it stands."""
    if event.payload_gone is None:
        return ""
    why = "was pruned" if event.payload_gone == "pruned" else "was erased with the customer"
    return (
        f"The payload of event {event.id} {why}; its key, its outcome and the hash of the payload are kept."
    )


async def list_page(
    conn: Connection, *, status: EventStatus | None, type_: str | None, limit: int, before: int | None = None
) -> list[dict[str, Any]]:
    """A page of events without their payloads, the newest first, with ids below `before`.

    A `*` in `type_` stands for any characters: `invoice.*`.
    """
    pattern = None if type_ is None else _WILD.sub(r"\\\g<0>", type_).replace("*", "%")
    return await queries.many(conn, SQL["list"], status=status, type=pattern, limit=limit, before=before)


async def take(conn: Connection, event_id: int) -> tuple[Event | None, frozenset[str]]:
    """Lock an event for processing; returns it with the names of the plays whose proposals it has fed.

    Returns None and no plays for an event that was processed already, and for an unknown id.
    """
    row = await queries.one(conn, SQL["lock"], id=event_id)
    if row is None or row["status"] != EventStatus.RECEIVED:
        return None, frozenset()
    return Event.from_row(row), frozenset(row["fed"])


async def still_received(conn: Connection, event_ids: Sequence[int]) -> list[int]:
    """The ids of those of these events that are not processed yet, in the same order."""
    rows = await queries.many(conn, SQL["still_received"], ids=list(event_ids))
    return [row["id"] for row in rows]


async def next_of_subject(conn: Connection, tried: Sequence[int]) -> int | None:
    """An event that waits to be processed, of the subject of those `tried`, and that nobody processes now."""
    row = await queries.one(conn, SQL["next_of_subject"], id=tried[0], tried=list(tried))
    return None if row is None else int(row["id"])


class Unanswered(Struct, frozen=True):
    """An event that led to nothing, with the object and the subject that the play judged for it.

    The play declined it by the facts; or its proposal, whose id is `expired`, ran out of time or was moot for a while.
    `judged` says that the object and the subject are those that the play judged; else they are the event's own.
    """

    id: int
    type: str | None  # None where the proposal expired
    object_id: str | None
    subject_key: str
    occurred_at: datetime
    play: str
    expired: int | None
    judged: bool


async def unanswered_of_subject(
    conn: Connection,
    event: Event,
    subject_key: str,
    object_id: str,
    types: Collection[str],
    together: Sequence[tuple[str, str]],
    covered: Collection[str] = (),
    covering: Mapping[str, bool] | None = None,
) -> list[Unanswered]:
    """Read what a play may draft now about a subject of this event, and for which there is no proposal.

    These are the events of the last thirty days before this one that a play declined, of the types `types`, and the events
    of proposals that expired, that made room for another draft, or that were drafted in the last week and superseded. The
    oldest comes first. `together` pairs a play with a type: of these only the newest event is read, whatever its object. If
    there are any, of the other plays only the newest event of each object is read. If there are none, `covered` names the
    objects whose events are read of the plays `covering`, which say whether they may judge another object than the event's own.
    """
    rows = await queries.many(
        conn,
        SQL["unanswered_of_subject"],
        subject_key=subject_key,
        object_id=object_id,
        event_id=event.id,
        since=event.occurred_at - timedelta(days=30),
        drafted_anew=DRAFTED_ANEW,
        types=sorted(types),
        each=not together,
        together=[play for play, _ in together],
        together_types=[type_ for _, type_ in together],
        covered=sorted(covered),
        covering=sorted(covering or {}),
        naming=sorted(name for name, names_another in (covering or {}).items() if names_another),
    )
    return [Unanswered(**row) for row in rows]


async def note(conn: Connection, event_id: int, outcomes: Sequence[Json]) -> None:
    """Add outcomes to an event."""
    if outcomes:
        await queries.run(conn, SQL["note"], id=event_id, outcome=Jsonb(outcomes))


async def reopen_processed(conn: Connection, event_id: int) -> None:
    """Let an event that was processed be processed once more; any other one, or one whose payload is gone, stays."""
    await queries.run(conn, SQL["reopen_processed"], id=event_id)


async def finish(
    conn: Connection,
    event_id: int,
    status: EventStatus,
    outcomes: Sequence[Json] = (),
    error: str | None = None,
) -> None:
    """Record how the processing of an event ended, with further outcomes. A second call changes nothing."""
    await queries.run(conn, SQL["finish"], id=event_id, status=status, outcome=Jsonb(outcomes), error=error)
