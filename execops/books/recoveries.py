"""Recovered money: credit a paid invoice to the last action about it that was executed before the payment.

The payment must come within thirty days after the action. Each invoice is credited once, as "paid after an action". That
does not mean that the action caused the payment: the customer might have paid without it. An action of any play counts
if its object is the invoice. A message to the team counts too, because somebody may have called the customer. The payment
is the ledger's `invoice_paid`, by its own date. A later refund takes nothing back.

The credit is written when a payment is booked, and when an action is executed or a person confirms it. So the order of
arrival does not matter.
"""

from __future__ import annotations

from collections.abc import Collection

from execops.books import facts
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection

SQL = queries.load("recoveries")


async def credit(conn: Connection, invoices: Collection[str]) -> None:
    """Credit the payments of these invoices in the ledger. A second call changes nothing.

    The caller holds the locks of their snapshots, so that a payment and an execution at the same time see each other.
    """
    if invoices:
        await queries.run(conn, SQL["credit"], object_ids=list(invoices))


async def credit_executed(ctx: Context, thread_id: str) -> None:
    """Credit a payment that was booked before the execution of this thread's action was recorded."""
    async with ctx.transaction() as conn:
        row = await queries.one(conn, SQL["executed_by_thread"], thread_id=thread_id)
        if row is not None:
            await facts.lock_object(conn, facts.About(row["object_id"], row["subject_key"]))
            await credit(conn, [row["object_id"]])
