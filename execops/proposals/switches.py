"""Pausing and resuming all executions. The Client checks in the same transaction that the operator may do so."""

from __future__ import annotations

from execops.authority import policy
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Operator
from execops.ports import execute_job

SQL = queries.load("proposals_write")


async def pause(conn: Connection, operator: Operator, why: str | None) -> None:
    """Stop all executions until `resume`. Operators can still decide; approved actions wait.

    A second pause records its own operator and reason.
    """
    await policy.set_allowed(conn, operator, "system", "executions", allowed=False, why=why, again=True)


async def resume(ctx: Context, conn: Connection, operator: Operator, why: str | None = None) -> int:
    """Let executions run again. An approved action is performed after its undo window, or when its own job is due.

    A proposal whose job waits is left alone: the pause shortens no wait and doubles no job. Returns how many approved
    proposals wait; 0 if nothing was paused.
    """
    # Resume first, then read. An execution that saw the pause holds the switch, so `resume` waits for its end.
    if not await policy.set_allowed(conn, operator, "system", "executions", allowed=True, why=why):
        return 0
    waiting = await queries.many(conn, SQL["to_execute"])
    without_job = [row for row in waiting if not row["has_job"]]
    jobs = [execute_job(row["id"], row["approval_no"], row["wait"]) for row in without_job]
    await ctx.queue.defer(conn, *jobs)
    return len(waiting)
