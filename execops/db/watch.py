"""Watch a connection whose session lock lets this task work: once it is lost, the task must stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from execops.db.pool import Connection
from execops.errors import DatabaseUnavailableError


@asynccontextmanager
async def while_connected(conn: Connection) -> AsyncIterator[None]:
    """Run the block while this connection lives. The block must not use the connection itself.

    Postgres gives a session's locks to others as soon as it sees the session end. So the block is cancelled when the
    connection closes. Raises DatabaseUnavailableError then.
    """
    loop, task, descriptor = asyncio.get_running_loop(), asyncio.current_task(), conn.fileno()
    assert task is not None  # noqa: S101  an async function runs in a task
    lost = False

    def look() -> None:
        nonlocal lost
        try:
            conn.pgconn.consume_input()
        except psycopg.OperationalError:
            lost = True
            loop.remove_reader(descriptor)
            task.cancel()

    loop.add_reader(descriptor, look)
    try:
        yield
    except asyncio.CancelledError:
        if lost and task.uncancel() == 0:
            raise DatabaseUnavailableError("Postgres closed the connection that held the lock.") from None
        raise
    finally:
        loop.remove_reader(descriptor)
