"""Recovered money: credit a paid invoice to the last action about it that was executed before the payment.

The credit is the amount that was open when the action was executed, and not what had been paid before. The payment must
come within thirty days after the action. Each invoice is credited once, as "paid after an action". That does not mean that
the action caused the payment: the customer might have paid without it. An action of any play counts if it is about the
invoice, or covers it. A message to the team counts too, because somebody may have called the customer. The payment is the
ledger's `invoice_paid`, by its own date. A later refund takes nothing back.

The credit is written when a payment is booked, and when an action is executed or a person confirms it. An event of the
invoice that comes late corrects it. So the order of arrival does not matter. Once payloads of its events are pruned or erased,
the credit stays as it is: whatever books the payment again, such as a backfill, does not know what was open.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from execops.books import facts
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Event, Json
from execops.sources import get_source

SQL = queries.load("recoveries")


async def credit(conn: Connection, invoices: Collection[str]) -> None:
    """Credit the payments of these invoices in the ledger. A second call changes nothing.

    The caller holds the locks of their snapshots, so that a payment and an execution at the same time see each other.
    """
    if not invoices:
        return
    for row in await queries.many(conn, SQL["creditable"], object_ids=sorted(invoices)):
        recovered, is_whole = await _recovered(conn, row)
        if recovered > 0:
            await queries.run(
                conn,
                SQL["credit"],
                object_id=row["object_id"],
                proposal_id=row["proposal_id"],
                amount_minor=recovered,
                currency=row["currency"],
                paid_at=row["paid_at"],
                executed_at=row["executed_at"],
                event_id=row["event_id"],
                whole=is_whole,
            )


async def _recovered(conn: Connection, credited: dict[str, Any]) -> tuple[int, bool]:
    """What was open of the invoice when the action was executed, and was paid later; minor units of the payment.

    All that was paid, if no event tells what was open. Also returns whether all payloads of its events were there to tell it.
    """
    paid: int = credited["amount_minor"]
    invoice, subject = credited["object_id"], credited["subject_key"]
    rows = await queries.many(conn, SQL["events_of_invoice"], subject_key=subject, object_id=invoice)
    is_whole = all(row["payload_gone"] is None for row in rows)
    state = _state_at(credited["executed_at"], invoice, [Event.from_row(row) for row in rows])
    if state is None or state.get("currency") != credited["currency"]:
        return paid, is_whole
    before, due, remaining = (state.get(name) for name in ("amount_paid", "amount_due", "amount_remaining"))
    before = before or 0
    open_then = remaining if remaining is not None else due - before if due is not None else paid
    return min(paid - before, open_then), is_whole


def _state_at(moment: datetime, invoice: str, events: list[Event]) -> Json | None:
    """The last unpaid state of an invoice up to a moment; its first one if all are later; None without any."""
    states = sorted(
        (
            (snapshot.as_of, snapshot.rank, event.dedupe_key, snapshot.state)
            for event in events
            for snapshot in get_source(event.source).read(event).snapshots
            if snapshot.object_id == invoice and snapshot.state.get("status") != "paid"
        ),
        key=lambda state: state[:3],
    )
    known = [state for as_of, *_, state in states if as_of <= moment]
    return known[-1] if known else states[0][-1] if states else None


async def credit_executed(ctx: Context, thread_id: str) -> None:
    """Credit a payment that was booked before the execution of this thread's action was recorded."""
    async with ctx.transaction() as conn:
        row = await queries.one(conn, SQL["executed_by_thread"], thread_id=thread_id)
        if row is not None:
            about = facts.About(row["object_id"], row["subject_key"])
            await facts.lock_object(conn, about, row["covers"])
            await credit(conn, [row["object_id"], *row["covers"]])
