"""Recovered money: an invoice paid within thirty days after an executed action about it is credited once, to the
last such action, as "paid after an action".

That is all it says: nobody knows whether the customer would have paid without it. An action of any play counts
whose object is the invoice, one to the team too: somebody may have called. The payment is the ledger's
(`invoice_paid`, by its own date), a refund later takes nothing back.

Looked at from both sides, so that the order of arrival does not matter: when a payment is booked, and when an
action has been executed or a person confirmed that it was.
"""

from __future__ import annotations

from collections.abc import Collection

from execops.books import facts
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection

SQL = queries.load("recoveries")


async def credit(conn: Connection, invoices: Collection[str]) -> None:
    """Credit what the ledger says of these invoices; again, it changes nothing.

    The caller holds their snapshots, so that a payment and an execution that end together do not miss each
    other.
    """
    if invoices:
        await queries.run(conn, SQL["credit"], object_ids=list(invoices))


async def credit_executed(ctx: Context, thread_id: str) -> None:
    """Credit a payment that was booked before the action of this thread was known to be executed."""
    async with ctx.transaction() as conn:
        row = await queries.one(conn, SQL["executed_by_thread"], thread_id=thread_id)
        if row is not None:
            await facts.lock_object(conn, facts.About(row["object_id"], row["subject_key"]))
            await credit(conn, [row["object_id"]])
