"""Watch a connection whose session lock lets this task work: once it is lost, the task must stop.

Postgres gives the locks of a session to others as soon as it sees the session end. A process that was stopped and goes on
may have lost its session meanwhile, and another worker may have taken its work over.
"""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import psycopg

from execops.db import queries
from execops.db.pool import Connection
from execops.errors import DatabaseUnavailableError

SQL = queries.load("session")
_FRESH = 2.0  # seconds for which an answer of Postgres shows that a session lives, unless its socket says otherwise
_PATIENCE = 5.0  # seconds to wait for an answer


class _Watch:
    """A watched connection. Its loss cancels the task that began the watch."""

    def __init__(self, conn: Connection, task: asyncio.Task[object]) -> None:
        self.lost = False
        self._conn, self._task = conn, task
        self._loop, self._descriptor = asyncio.get_running_loop(), conn.fileno()
        self._answered = time.time()  # not the monotonic clock, which stands still while a machine sleeps

    def begin(self) -> None:
        self._loop.add_reader(self._descriptor, self._read)

    def end(self) -> None:
        self._loop.remove_reader(self._descriptor)

    def _read(self) -> None:
        if self._has_ended():
            self._task.cancel()

    def _has_ended(self) -> bool:
        """Read all that has arrived: Postgres says why it ends a session, and then closes the connection."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        try:
            while not self.lost and poll.poll(0):
                self._conn.pgconn.consume_input()
        except psycopg.OperationalError:
            self.lost = True
            self.end()
        return self.lost

    def look(self) -> None:
        """Raise DatabaseUnavailableError if the end of the connection has arrived: the loop may not have looked yet."""
        if self._has_ended():
            raise _lost()

    async def ask(self) -> None:
        """Look as `look` does. Unless Postgres answered just now, also ask it: a network may have dropped the end."""
        self.look()
        if abs(time.time() - self._answered) <= _FRESH:
            return
        self.end()
        question = asyncio.create_task(self._answers())
        try:
            await asyncio.wait({question}, timeout=_PATIENCE)
            self.lost = not (question.done() and question.result())
        finally:
            if (
                not question.done()
            ):  # closed first: to cancel it, psycopg would ask the silent server once more
                self._conn.pgconn.finish()
                question.cancel()
        if self.lost:
            await self._conn.close()
            raise _lost()
        self._answered = time.time()
        self.begin()

    async def _answers(self) -> bool:
        """Whether Postgres answers on this connection; it may take long."""
        try:
            await queries.run(self._conn, SQL["alive"])
        except psycopg.OperationalError:
            return False
        return True


_watched: ContextVar[_Watch | None] = ContextVar("_watched", default=None)


@asynccontextmanager
async def while_connected(conn: Connection) -> AsyncIterator[None]:
    """Run the block while this connection lives. The block must not use the connection itself.

    The block is cancelled when the connection closes. Raises DatabaseUnavailableError then.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  an async function runs in a task
    watch = _Watch(conn, task)
    watch.begin()
    before = _watched.set(watch)
    try:
        yield
    except asyncio.CancelledError:
        if watch.lost and task.uncancel() == 0:
            raise _lost() from None
        raise
    finally:
        _watched.reset(before)
        watch.end()


def require_connection() -> None:
    """Raise DatabaseUnavailableError if the connection that `while_connected` watches is lost, as far as its socket tells.

    It looks at the socket itself: after a stop, code runs on before the loop has looked. It does nothing outside of
    `while_connected`.
    """
    if (watch := _watched.get()) is not None:
        watch.look()


async def require_session() -> None:
    """Do as `require_connection` does, and ask Postgres too where its last answer is older than two seconds."""
    if (watch := _watched.get()) is not None:
        await watch.ask()


def _lost() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("Postgres closed the connection that held the lock.")
