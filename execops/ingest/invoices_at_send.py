"""The last reading before an approved action is performed: its invoices, asked of the source again.

The page of an invoice has a new link each time that it is read, and the invoice may be paid by now. It happens with no
transaction open, in bounded time. If the source does not answer, the action goes out with what is on record.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.effects import Effects, Snapshot
from execops.ports import Want

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
