"""The Postgres checkpointer: its tables, a saver for each run, and a lock for each thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, get_serializable_checkpoint_metadata
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.types import INTERRUPT
from msgspec import Struct
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from execops.context import Context
from execops.db import queries
from execops.db.locks import Lock
from execops.db.pool import Connection, Pool
from execops.db.watch import require_connection, while_connected
from execops.errors import BusyError
from execops.model import ENDED, Proposal

SQL = queries.load("session")
PROPOSALS = queries.load("proposals_write")
# The latest checkpoint of a proposal's thread, as the library reads it.
_LATEST = AsyncPostgresSaver.SELECT_SQL.encode() + (
    b"where checkpoint_ns = '' and thread_id ="
    b" (select p.thread_id from action_proposals p where p.org_id = %(org_id)s and p.id = %(id)s)"
    b" order by checkpoint_id desc limit 1"
)
_WITH_SENDS = 4  # the version of checkpoints since which the library has nothing to add to a row
_IN_ROW = (str, int, float, bool, type(None))  # values that stand in the checkpoint's own row


async def setup(conn: Connection) -> None:
    """Create or migrate the checkpoint tables.

    The connection must be in autocommit, and the caller must hold the lock of migrations.
    """
    await AsyncPostgresSaver(conn).setup()


class _Saver(AsyncPostgresSaver):
    """A saver for one run. The caller holds the thread's lock, so a checkpoint that was peeked at is still the latest.

    A run that has lost the lock saves nothing: the thread may be another's by then, or deleted.
    """

    _peeked: list[CheckpointTuple | None] | None = None

    async def waits(self, config: RunnableConfig) -> bool:
        """Whether the thread waits at its interrupt. The run that follows begins with the checkpoint read here."""
        if self._peeked is None:
            self._peeked = [await super().aget_tuple(config)]
        [checkpoint] = self._peeked
        writes = (checkpoint.pending_writes if checkpoint else None) or []
        return any(channel == INTERRUPT for _, channel, _ in writes)

    def begin_with(self, row: DictRow | None) -> None:
        """Begin with the thread's latest checkpoint, whose row the caller has read under the lock; None if it has none."""
        if row is None or row["checkpoint"]["v"] >= _WITH_SENDS:
            self._peeked = [None if row is None else self._tuple_of(row)]

    def _tuple_of(self, row: DictRow) -> CheckpointTuple:
        """The checkpoint of a row of `SELECT_SQL`.

        The library's own `_load_checkpoint_tuple` does the same and reads the writes in a thread, whose start takes longer
        than our few small values.
        """
        thread = {name: row[name] for name in ("thread_id", "checkpoint_ns")}
        before = row["parent_checkpoint_id"]
        checkpoint, values = row["checkpoint"], row["checkpoint"].get("channel_values") or {}
        return CheckpointTuple(
            {"configurable": {**thread, "checkpoint_id": row["checkpoint_id"]}},
            checkpoint | {"channel_values": values | self._load_blobs(row["channel_values"])},
            row["metadata"],
            {"configurable": {**thread, "checkpoint_id": before}} if before else None,
            self._load_writes(row["pending_writes"]),
        )

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The thread's latest checkpoint."""
        if self._peeked is None:
            return await super().aget_tuple(config)
        [checkpoint], self._peeked = self._peeked, None
        return checkpoint

    async def aput(self, config: RunnableConfig, checkpoint: Any, *rest: Any) -> RunnableConfig:  # noqa: ANN401
        """Save a checkpoint. Raises DatabaseUnavailableError where the lock is lost.

        The last one of a thread whose proposal has ended is not saved: nothing resumes it, and its job deletes the thread.
        """
        require_connection()
        if checkpoint["channel_values"].get("status") in ENDED:
            return _config_of(config, checkpoint)
        return await super().aput(config, checkpoint, *rest)

    async def aput_writes(self, *arguments: Any) -> None:  # noqa: ANN401
        """Save a task's writes. Raises DatabaseUnavailableError where the lock is lost."""
        require_connection()
        await super().aput_writes(*arguments)


def _config_of(config: RunnableConfig, checkpoint: Any) -> RunnableConfig:  # noqa: ANN401
    """The config that names this checkpoint, as `aput` returns it."""
    names = {name: config["configurable"][name] for name in ("thread_id", "checkpoint_ns")}
    return {"configurable": names | {"checkpoint_id": checkpoint["id"]}}


def saver(connections: Pool | Connection) -> _Saver:
    """A saver for one run. A shared saver would serialise all runs of the process through its own lock."""
    return _Saver(connections)


def saver_of(ctx: Context) -> _Saver:
    """A saver for one run of this Context: in its held transaction if there is one."""
    return saver(ctx.pool if ctx.held is None else ctx.held)


class NewThreadSaver(AsyncPostgresSaver):
    """A saver for the first run of a thread, inside the caller's transaction.

    It reads nothing, for there is nothing to read. It keeps what the graph saves until `write`, so a thread that ends
    without a decision to wait for never reaches the database.
    """

    def __init__(self, conn: Connection) -> None:
        super().__init__(conn)
        self._conn = conn
        self._puts: list[tuple[Any, ...]] = []
        self._writes: list[tuple[Any, ...]] = []

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:  # noqa: ARG002
        """No checkpoint: the thread is new."""
        return None

    async def aput(self, config: RunnableConfig, checkpoint: Any, *rest: Any) -> RunnableConfig:  # noqa: ANN401
        """Keep a checkpoint until `write`; returns its config."""
        self._puts.append((config, checkpoint, *rest))
        return _config_of(config, checkpoint)

    async def aput_writes(self, *arguments: Any) -> None:  # noqa: ANN401
        """Keep a task's writes until `write`."""
        self._writes.append(arguments)

    async def write(self) -> None:
        """Write what the graph saved, within a pipeline.

        The statements, the forms and the split between rows and blobs are the library's own. Its `aput` and
        `aput_writes` would take a round trip and a thread for each.
        """
        async with self._conn.cursor(binary=True) as cursor:
            for config, checkpoint, metadata, versions in self._puts:
                thread = (config["configurable"]["thread_id"], config["configurable"]["checkpoint_ns"])
                values = checkpoint["channel_values"]
                rows = {name: value for name, value in values.items() if isinstance(value, _IN_ROW)}
                blobs = {name: value for name, value in values.items() if name not in rows}
                stored = {name: version for name, version in versions.items() if name in blobs}
                if stored:
                    await cursor.executemany(
                        self.UPSERT_CHECKPOINT_BLOBS_SQL, self._dump_blobs(*thread, blobs, stored)
                    )
                row = Jsonb(checkpoint | {"channel_values": rows})
                about = Jsonb(get_serializable_checkpoint_metadata(config, metadata))
                before = config["configurable"].get("checkpoint_id")
                await cursor.execute(
                    self.UPSERT_CHECKPOINTS_SQL, (*thread, checkpoint["id"], before, row, about)
                )
            for config, writes, task, *path in self._writes:
                names = config["configurable"]
                of_run = (names["thread_id"], names["checkpoint_ns"], names["checkpoint_id"])
                await cursor.executemany(
                    self.UPSERT_CHECKPOINT_WRITES_SQL,
                    self._dump_writes(*of_run, task, path[0] if path else "", writes),
                )


@asynccontextmanager
async def thread_lock(ctx: Context, thread_id: str) -> AsyncIterator[None]:
    """Hold a thread for this run alone. Postgres releases the lock when the process dies.

    A Context that is bound to the caller's transaction needs no lock: nobody else sees the thread before the commit.
    Raises BusyError where another run holds the thread.
    """
    if ctx.held is not None:
        yield
        return
    async with ctx.session() as conn:
        row = await queries.the_one(conn, SQL["try_lock"], space=Lock.THREAD, name=thread_id)
        async with _held(conn, thread_id, locked=row["locked"]):
            yield


class ToExecute(Struct, frozen=True):
    """A proposal whose thread is held, and the ids of the events about its subject that are not processed yet.

    `wait` are the seconds until its approval is due, by the clock of the database; none or less where it is due.
    `checkpoint` is the row of its thread's latest checkpoint; None if the thread has none.
    """

    proposal: Proposal
    waiting: list[int]
    wait: float
    checkpoint: DictRow | None


@asynccontextmanager
async def thread_lock_of(ctx: Context, proposal_id: int) -> AsyncIterator[ToExecute | None]:
    """Hold a proposal's thread; yields None where the proposal does not exist.

    The proposal is as it was when the lock was taken, so whoever changes it locks and checks its row. Raises BusyError
    where another run holds the thread.
    """
    async with ctx.session() as conn:
        try:
            async with conn.pipeline():
                locking = await queries.send(conn, PROPOSALS["try_lock_thread"], id=proposal_id)
                reading = await conn.execute(_LATEST, {"org_id": queries.ORG, "id": proposal_id}, binary=True)
            row, checkpoint = await locking.one(), await reading.fetchone()
        except BaseException:
            await conn.close()  # the lock may have been taken, and nothing else would release it
            raise
        if row is None:
            yield None
            return
        async with _held(conn, row["thread_id"], locked=row["locked"]):
            yield ToExecute(Proposal.from_row(row), row["waiting"], row["wait"], checkpoint)


@asynccontextmanager
async def _held(conn: Connection, thread_id: str, *, locked: bool) -> AsyncIterator[None]:
    """Run the block while this session holds the thread; a session that ends cancels it: see `while_connected`."""
    if not locked:
        raise BusyError(f"Another job works on the thread {thread_id}; try again shortly.")
    try:
        async with while_connected(conn):
            yield
    finally:
        if not conn.closed:
            await queries.run(conn, SQL["unlock"], space=Lock.THREAD, name=thread_id)


async def delete_thread(ctx: Context, thread_id: str) -> None:
    """Delete a thread's checkpoints. A node must not call this for its own thread: that would leave rows behind."""
    await saver_of(ctx).adelete_thread(thread_id)
