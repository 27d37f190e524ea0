"""The Postgres checkpointer: its tables, a saver for each run, and a lock for each thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from execops.context import Context
from execops.db import queries
from execops.db.locks import Lock
from execops.db.pool import Connection, Pool
from execops.errors import BusyError
from execops.model import Proposal
from execops.proposals import listing

SQL = queries.load("session")
PROPOSALS = queries.load("proposals_write")


async def setup(conn: Connection) -> None:
    """Create or migrate the checkpoint tables.

    The connection must be in autocommit, and the caller must hold the lock of migrations.
    """
    await AsyncPostgresSaver(conn).setup()


class _Saver(AsyncPostgresSaver):
    """A saver for one run. The caller holds the thread's lock, so the run begins with the checkpoint read before."""

    _read: list[CheckpointTuple | None] | None = None  # the one checkpoint that was read and is not used yet

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The thread's latest checkpoint: read from the database at first, then once as a copy of that.

        A copy is needed, because the graph changes the checkpoint while it runs.
        """
        if self._read is not None:
            [checkpoint], self._read = self._read, None
            return checkpoint
        checkpoint = await super().aget_tuple(config)
        self._read = [deepcopy(checkpoint)]
        return checkpoint


def saver(pool: Pool) -> AsyncPostgresSaver:
    """A saver for one run. A shared saver would serialise all runs of the process through its own lock."""
    return _Saver(pool)


@asynccontextmanager
async def thread_lock(ctx: Context, thread_id: str) -> AsyncIterator[None]:
    """Hold a thread for this run alone. Postgres releases the lock when the process dies.

    Raises BusyError where another run holds the thread.
    """
    async with ctx.connection() as conn:
        row = await queries.the_one(conn, SQL["try_lock"], space=Lock.THREAD, name=thread_id)
        async with _held(conn, thread_id, locked=row["locked"]):
            yield


@asynccontextmanager
async def thread_lock_of(ctx: Context, proposal_id: int) -> AsyncIterator[Proposal | None]:
    """Hold a proposal's thread and yield the proposal as it is under the lock; None where it does not exist.

    Raises BusyError where another run holds the thread.
    """
    async with ctx.connection() as conn:
        row = await queries.one(conn, PROPOSALS["try_lock_thread"], id=proposal_id)
        if row is None:
            yield None
            return
        async with _held(conn, row["thread_id"], locked=row["locked"]):
            yield await listing.get(conn, proposal_id)


@asynccontextmanager
async def _held(conn: Connection, thread_id: str, *, locked: bool) -> AsyncIterator[None]:
    if not locked:
        raise BusyError(f"Another job works on the thread {thread_id}; try again shortly.")
    try:
        yield
    finally:
        await queries.run(conn, SQL["unlock"], space=Lock.THREAD, name=thread_id)


async def delete_thread(ctx: Context, thread_id: str) -> None:
    """Delete a thread's checkpoints. A node must not call this for its own thread: that would leave rows behind."""
    await saver(ctx.pool).adelete_thread(thread_id)
