"""The last reading before an approved action is performed: its objects, asked of the source again.

A message may name invoices. The page of an invoice has a new link each time that it is read, and the invoice may be paid
by now. An action at Stripe may be about a dispute or a payment, which may be closed or refunded by now. The reading
happens with no transaction open, in bounded time. If the source does not answer, the action goes out with what is on
record.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.effects import Effects, Snapshot
from execops.ports import Want

SQL = queries.load("backfills")
_LINK = "hosted_invoice_url"
_MOMENT = timedelta(microseconds=1)
# The fields of an object whose change is news about it, by its type.
_NEWS = {
    "invoice": (
        "status",
        "amount_due",
        "amount_remaining",
        "amount_paid",
        "currency",
        "collection_method",
        "attempt_count",
        "next_payment_attempt",
        "due_date",
    ),
    "charge": ("status", "amount", "amount_refunded", "captured", "disputed"),
    "dispute": (
        "status",
        "open",
        "amount",
        "due_by",
        "past_due",
        "has_evidence",
        "submissions",
        "refundable",
    ),
}


async def read_again(ctx: Context, proposal_id: int, approval_no: int) -> None:
    """Read the objects of an approved proposal from the source again, where this approval is still to be performed.

    A state that changed is kept like any news. Where only the link changed, the snapshot keeps its time, because nothing
    happened to the invoice.
    """
    if not ctx.readers:
        return
    async with ctx.connection() as conn:
        rows = await queries.many(conn, SQL["objects_to_send"], id=proposal_id, approval_no=approval_no)
    reader = ctx.readers.get(rows[0]["source"]) if rows else None
    if reader is None:
        return
    objects = {row["object_id"]: row for row in rows}
    reading = await reader.read([Want(row["object_type"], row["object_id"]) for row in rows])
    read = (snapshot for effects in reading.effects for snapshot in effects.snapshots)
    news: list[Snapshot] = []
    async with ctx.transaction() as conn:
        for snapshot in (snapshot for snapshot in read if snapshot.object_id in objects):
            row, link = objects[snapshot.object_id], snapshot.state.get(_LINK)
            if any(
                row["state"].get(name) != snapshot.state.get(name) for name in _NEWS[snapshot.object_type]
            ):
                # It was read after the state on record was seen, whatever the two clocks say.
                news.append(replace(snapshot, as_of=max(snapshot.as_of, row["as_of"] + _MOMENT)))
            elif link and link != row["state"].get(_LINK):
                await queries.run(conn, SQL["renew_link"], object_id=snapshot.object_id, link=link)
        await ledger.apply(conn, rows[0]["source"], Effects(tuple(news)))
