"""The Postgres checkpointer: its tables, one saver a run, and a lock a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from execops import inbox
from execops.context import ORG, Context
from execops.db import queries
from execops.db.locks import Lock
from execops.db.pool import Connection, Pool
from execops.errors import BusyError
from execops.model import Proposal

SQL = queries.load("session")
PROPOSALS = queries.load("action_proposals")


async def setup(conn: Connection) -> None:
    """Create or migrate the checkpoint tables. The connection is in autocommit; the caller holds the lock."""
    await AsyncPostgresSaver(conn).setup()


class _Saver(AsyncPostgresSaver):
    """A saver for one run. Its thread is locked: what its state was read from is what the run begins with."""

    _read: list[CheckpointTuple | None] | None = None  # one, where it was read and not used yet

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The thread's latest checkpoint: from the database, and once more as it was read, a copy, for it is
        changed while it is worked on."""
        if self._read is not None:
            [found], self._read = self._read, None
            return found
        found = await super().aget_tuple(config)
        self._read = [deepcopy(found)]
        return found


def saver(pool: Pool) -> AsyncPostgresSaver:
    """A saver for one run: a shared one serialises every run of the process through its own lock."""
    return _Saver(pool)


@asynccontextmanager
async def thread_lock(ctx: Context, thread_id: str) -> AsyncIterator[None]:
    """Hold a thread for this run alone; Postgres lets go of it when the process dies.

    Raises BusyError where another run holds it.
    """
    async with ctx.connection() as conn:
        row = await (await conn.execute(SQL["try_lock"], (Lock.THREAD, thread_id))).fetchone()
        async with _held(conn, thread_id, locked=bool(row and row["locked"])):
            yield


@asynccontextmanager
async def thread_lock_of(ctx: Context, proposal_id: int) -> AsyncIterator[Proposal | None]:
    """Hold a proposal's thread, likewise; gives the proposal as it is then, None where there is none."""
    async with ctx.connection() as conn:
        values = {"org_id": ORG, "id": proposal_id}
        row = await (await conn.execute(PROPOSALS["try_lock_thread"], values)).fetchone()
        if row is None:
            yield None
            return
        async with _held(conn, row["thread_id"], locked=row["locked"]):
            yield await inbox.get(conn, proposal_id)


@asynccontextmanager
async def _held(conn: Connection, thread_id: str, *, locked: bool) -> AsyncIterator[None]:
    if not locked:
        raise BusyError(f"The thread {thread_id} is at work in another job.")
    try:
        yield
    finally:
        await conn.execute(SQL["unlock"], (Lock.THREAD, thread_id))


async def delete_thread(ctx: Context, thread_id: str) -> None:
    """Delete a thread's checkpoints; never from inside one of its own nodes, which would leave rows behind."""
    await saver(ctx.pool).adelete_thread(thread_id)
