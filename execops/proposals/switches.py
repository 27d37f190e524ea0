"""The pause of all executions. The Client has checked that its operator may, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

from execops.authority import policy
from execops.context import ORG, Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Operator
from execops.ports import execute_job

SQL = queries.load("action_proposals")


async def pause(conn: Connection, operator: Operator, why: str | None) -> bool:
    """Stop all executions until `resume`; False where they are paused already. Decisions go on, and wait."""
    return await policy.set_allowed(conn, operator, "system", "executions", allowed=False, why=why)


async def resume(ctx: Context, conn: Connection, operator: Operator) -> int:
    """Let executions run again; approved proposals are performed when their undo window has passed.

    Returns how many wait; none where nothing was paused.
    """
    # Changed before looking: an execution that saw the pause holds the switch until it has ended.
    if not await policy.set_allowed(conn, operator, "system", "executions", allowed=True, why=None):
        return 0
    waiting = await (await conn.execute(SQL["to_execute"], {"org_id": ORG})).fetchall()
    window = timedelta(seconds=ctx.settings.undo_window)
    jobs = []
    for row in waiting:
        delay = row["decided_at"] + window - ctx.clock.now()
        jobs.append(execute_job(row["id"], row["approval_no"], max(0.0, delay.total_seconds())))
    await ctx.queue.defer(conn, *jobs)
    return len(waiting)
