"""Lookups: ask a source for what no webhook told, with no transaction open, in bounded time.

Before an event is processed: the objects that its plays need and that have no snapshot yet. Before an approved action is
performed: its invoices, whose pages have a new link each time that they are read, and which may be paid by now. If the
source does not answer, all goes on without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.effects import Effects, Snapshot
from execops.errors import NotFoundError
from execops.ingest import events
from execops.model import Event, EventStatus, Json
from execops.plays import router
from execops.ports import Reader, Want

SQL = queries.load("backfills")
_LINK = "hosted_invoice_url"
_MOMENT = timedelta(microseconds=1)
# The fields of an invoice whose change is news about it.
_NEWS = (
    "status",
    "amount_due",
    "amount_remaining",
    "amount_paid",
    "currency",
    "collection_method",
    "attempt_count",
    "next_payment_attempt",
    "due_date",
)


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


async def read_again(ctx: Context, proposal_id: int, approval_no: int) -> None:
    """Read the invoices of an approved proposal from the source again, where this approval is still to be performed.

    A state that changed is kept like any news. Where only the link changed, the snapshot keeps its time, because nothing
    happened to the invoice.
    """
    if not ctx.readers:
        return
    async with ctx.connection() as conn:
        rows = await queries.many(conn, SQL["invoices_to_send"], id=proposal_id, approval_no=approval_no)
    reader = ctx.readers.get(rows[0]["source"]) if rows else None
    if reader is None:
        return
    invoices = {row["object_id"]: row for row in rows}
    reading = await reader.read([Want("invoice", invoice) for invoice in invoices])
    read = (snapshot for effects in reading.effects for snapshot in effects.snapshots)
    news: list[Snapshot] = []
    async with ctx.transaction() as conn:
        for snapshot in (snapshot for snapshot in read if snapshot.object_id in invoices):
            row, link = invoices[snapshot.object_id], snapshot.state.get(_LINK)
            if any(row["state"].get(name) != snapshot.state.get(name) for name in _NEWS):
                # It was read after the state on record was seen, whatever the two clocks say.
                news.append(replace(snapshot, as_of=max(snapshot.as_of, row["as_of"] + _MOMENT)))
            elif link and link != row["state"].get(_LINK):
                await queries.run(conn, SQL["renew_link"], object_id=snapshot.object_id, link=link)
        await ledger.apply(conn, rows[0]["source"], Effects(tuple(news)))


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
