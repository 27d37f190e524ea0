"""Lookups: ask an event's source for objects that its plays need and that have no snapshot yet, and for the parts of
an object that the event names but does not tell.

They run before the event is processed, with no transaction open, in bounded time. If the source does not answer, the
plays judge without those facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Effects
from execops.errors import NotFoundError
from execops.ingest import events
from execops.model import Event, EventStatus, Json
from execops.plays.routing import router
from execops.ports import Reader, Want

SQL = queries.load("backfills")
_MOST_IN_PART = 5  # objects read again for one event


async def fill_in(ctx: Context, event_id: int) -> list[Json]:
    """Read the missing objects from the source and keep their snapshots; returns outcomes for failed reads.

    For an event that wakes a play it asks for the objects without a snapshot, and for those on record that are known
    only in part. For every event it asks for the parts that the event names but does not tell.
    """
    if not ctx.readers:
        return []
    try:
        async with ctx.connection() as conn:
            event = await events.get(conn, event_id)
    except NotFoundError:
        return []
    reader = ctx.readers.get(event.source)
    if reader is None or event.status != EventStatus.RECEIVED:
        return []
    parts = reader.unresolved(event)
    wakes = bool(router.plays_for(event, ctx.settings))
    if not parts and not wakes:
        return []
    async with ctx.connection() as conn:
        wants = list(await _find_missing(conn, reader, event)) if wakes else []
        wants += [want for want, ids in parts.items() if not await _are_on_record(conn, ids)]
    if not wants:
        return []
    reading = await reader.read(list(dict.fromkeys(wants)))
    snapshots = tuple(snapshot for effects in reading.effects for snapshot in effects.snapshots)
    if snapshots:
        async with ctx.transaction(event=event_id) as conn:
            await ledger.apply(conn, event.source, Effects(snapshots))
    return [{"reads": "; ".join(reading.failed)}] if reading.failed else []


async def _are_on_record(conn: Connection, ids: Sequence[str]) -> bool:
    """Whether all these parts are on record, in full."""
    row = await queries.the_one(conn, SQL["parts_on_record"], object_ids=sorted(set(ids)))
    return bool(row["all_known"])


async def _find_missing(conn: Connection, reader: Reader, event: Event) -> Sequence[Want]:
    """The objects that plays may need for this event and that have no snapshot, or one that tells only a part."""
    wants = reader.wants(event)
    if not wants:
        return []
    rows = await queries.many(
        conn,
        SQL["objects_on_record"],
        object_ids=sorted({want.object_id for want in wants}),
        object_types=sorted({want.object_type for want in wants if want.of_subject}),
        except_id=event.object_id,
    )
    in_part = {Want(row["object_type"], row["object_id"]) for row in rows if row["in_part"]}
    on_record = {Want(row["object_type"], row["object_id"]) for row in rows}
    on_record |= {Want(row["object_type"], row["subject_key"], of_subject=True) for row in rows}
    missing = [want for want in wants if want not in on_record]
    return missing + sorted(in_part, key=lambda want: want.object_id)[:_MOST_IN_PART]
