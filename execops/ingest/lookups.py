"""Lookups: ask an event's source for objects that its plays need and that have no snapshot yet.

They run before the event is processed, with no transaction open, in bounded time. If the source does not answer, the
plays judge without those facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.effects import Effects
from execops.errors import NotFoundError
from execops.ingest import events
from execops.model import Event, EventStatus, Json
from execops.plays import router
from execops.ports import Reader, Want

SQL = queries.load("backfills")


async def fill_in(ctx: Context, event_id: int) -> list[Json]:
    """Read the missing objects from the source and keep their snapshots; returns outcomes for failed reads.

    It asks only for an event that wakes a play, and only for objects without a snapshot.
    """
    if not ctx.readers:
        return []
    try:
        async with ctx.connection() as conn:
            event = await events.get(conn, event_id)
    except NotFoundError:
        return []
    reader = ctx.readers.get(event.source)
    if reader is None or event.status != EventStatus.RECEIVED or not router.plays_for(event, ctx.settings):
        return []
    wants = await _find_missing(ctx, reader, event)
    if not wants:
        return []
    reading = await reader.read(wants)
    snapshots = tuple(snapshot for effects in reading.effects for snapshot in effects.snapshots)
    if snapshots:
        async with ctx.transaction(event=event_id) as conn:
            await ledger.apply(conn, event.source, Effects(snapshots))
    return [{"reads": "; ".join(reading.failed)}] if reading.failed else []


async def _find_missing(ctx: Context, reader: Reader, event: Event) -> Sequence[Want]:
    """The objects that plays may need for this event and that have no snapshot."""
    wants = reader.wants(event)
    if not wants:
        return []
    async with ctx.connection() as conn:
        rows = await queries.many(
            conn,
            SQL["objects_on_record"],
            object_ids=sorted({want.object_id for want in wants}),
            object_types=sorted({want.object_type for want in wants if want.of_subject}),
            except_id=event.object_id,
        )
    on_record = {Want(row["object_type"], row["object_id"]) for row in rows}
    on_record |= {Want(row["object_type"], row["subject_key"], of_subject=True) for row in rows}
    return [want for want in wants if want not in on_record]
