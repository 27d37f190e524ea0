"""Reads: what plays want to know about an event and nobody has told yet is asked of its source.

Before processing, with no transaction open, in bounded time; an answer that does not come only degrades.
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
    """Ask for what is missing and keep it; returns what the event's outcome says of what could not be had.

    Only for an event that wakes a play, and only what no snapshot shows: nothing known is asked again.
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
    wants = await _missing(ctx, reader, event)
    if not wants:
        return []
    reading = await reader.read(wants)
    told = Effects(tuple(each for effects in reading.effects for each in effects.snapshots))
    if told.snapshots:
        async with ctx.transaction(event=event_id) as conn:
            await ledger.apply(conn, event.source, told)
    return [{"reads": "; ".join(reading.failed)}] if reading.failed else []


async def _missing(ctx: Context, reader: Reader, event: Event) -> Sequence[Want]:
    wants = reader.wants(event)
    if not wants:
        return []
    async with ctx.connection() as conn:
        rows = await queries.many(
            conn,
            SQL["known_objects"],
            object_ids=sorted({each.object_id for each in wants}),
            object_types=sorted({each.object_type for each in wants if each.of_subject}),
            except_id=event.object_id,
        )
    known = {Want(row["object_type"], row["object_id"]) for row in rows}
    known |= {Want(row["object_type"], row["subject_key"], of_subject=True) for row in rows}
    return [each for each in wants if each not in known]
