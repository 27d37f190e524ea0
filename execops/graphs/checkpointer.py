"""The Postgres checkpointer: its tables, one saver a run, and a lock a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection, Pool
from execops.errors import BusyError

SQL = queries.load("session")
_LOCK_SPACE = 7306  # advisory locks of threads; 7305 is the audit chain's


async def setup(conn: Connection) -> None:
    """Create or migrate the checkpoint tables. The connection is in autocommit; the caller holds the lock."""
    await AsyncPostgresSaver(conn).setup()


def saver(pool: Pool) -> AsyncPostgresSaver:
    """A saver for one run: a shared one serialises every run of the process through its own lock."""
    return AsyncPostgresSaver(pool)


@asynccontextmanager
async def thread_lock(ctx: Context, thread_id: str) -> AsyncIterator[None]:
    """Hold a thread for this run alone; Postgres lets go of it when the process dies.

    Raises BusyError where another run holds it.
    """
    async with ctx.connection() as conn:
        row = await (await conn.execute(SQL["try_lock"], (_LOCK_SPACE, thread_id))).fetchone()
        if row is None or not row["locked"]:
            raise BusyError(f"The thread {thread_id} is at work in another job.")
        try:
            yield
        finally:
            await conn.execute(SQL["unlock"], (_LOCK_SPACE, thread_id))


async def delete_thread(ctx: Context, thread_id: str) -> None:
    """Delete a thread's checkpoints; never from inside one of its own nodes, which would leave rows behind."""
    await saver(ctx.pool).adelete_thread(thread_id)
