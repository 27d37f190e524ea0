"""The pause of all executions. The Client has checked that its operator may, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

from execops.authority import policy
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Operator
from execops.ports import execute_job

SQL = queries.load("proposals_write")


async def pause(conn: Connection, operator: Operator, why: str | None) -> None:
    """Stop all executions until `resume`; decisions go on, and wait. A second pause records its operator and reason."""
    await policy.set_allowed(conn, operator, "system", "executions", allowed=False, why=why, again=True)


async def resume(ctx: Context, conn: Connection, operator: Operator) -> int:
    """Let executions run again; approved proposals are performed when their undo window has passed.

    Returns how many wait; none where nothing was paused.
    """
    # Changed before looking: an execution that saw the pause holds the switch until it has ended.
    if not await policy.set_allowed(conn, operator, "system", "executions", allowed=True, why=None):
        return 0
    waiting = await queries.many(conn, SQL["to_execute"])
    window = timedelta(seconds=ctx.settings.undo_window)
    jobs = []
    for row in waiting:
        delay = row["decided_at"] + window - ctx.clock.now()
        jobs.append(execute_job(row["id"], row["approval_no"], max(0.0, delay.total_seconds())))
    await ctx.queue.defer(conn, *jobs)
    return len(waiting)
