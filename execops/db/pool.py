"""Connections: one pool a process, autocommit, rows as dicts, transactions in somebody's name."""

from __future__ import annotations

import select
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from execops.db import queries
from execops.errors import ConflictError, DatabaseUnavailableError, NotAllowedError, UnavailableError
from execops.model import Actor

_UNSEEN = 10.0  # seconds after which a connection that nobody used is asked whether it still works

Connection = psycopg.AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

SQL = queries.load("session")

# SQLSTATEs of the guards: see migrations/0001_guard_helpers.sql.
_ROLE_DOES_NOT_DECIDE = "EX004"
_GUARD_CLASS = "EX"


def create_pool(url: str, *, min_size: int = 0, max_size: int = 12, timeout: float = 5.0) -> Pool:
    """A pool, not yet open. `timeout` (seconds) bounds the wait for a connection."""
    return AsyncConnectionPool(
        url,
        connection_class=_Pooled,
        kwargs={
            "row_factory": dict_row,
            "application_name": "execops",
            "options": "-c timezone=UTC",
            "connect_timeout": max(2, int(timeout)),
            "prepare_threshold": 1,  # the same few statements again and again: planned at their second use
        },
        min_size=min_size,
        max_size=max_size,
        timeout=timeout,
        reconnect_timeout=timeout,
        configure=_autocommit,
        check=_check,
        open=False,
    )


async def _autocommit(conn: Connection) -> None:
    # LangGraph's saver asks for it; transactions are opened explicitly. Not among the kwargs, which
    # Procrastinate hands to a connection of its own, with an autocommit of its own.
    await conn.set_autocommit(True)


class _Pooled(psycopg.AsyncConnection[DictRow]):
    """A connection that knows when it was handed out last."""

    used_at = float("-inf")


async def _check(conn: Connection) -> None:
    """Raise OperationalError for a connection that is gone, so that the pool hands out another.

    A server that stops, or a session that is ended, closes the socket, which makes it readable: that is seen without
    asking. Asking costs a round trip, and is left to what may have gone without a word.
    """
    assert isinstance(conn, _Pooled)  # noqa: S101  the pool makes no others
    now = time.monotonic()
    unseen, conn.used_at = now - conn.used_at > _UNSEEN, now
    poll = select.poll()
    poll.register(conn.pgconn.socket, select.POLLIN)
    if unseen or poll.poll(0):
        await AsyncConnectionPool.check_connection(conn)


@asynccontextmanager
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A pooled connection. Raises DatabaseUnavailableError; guards raise ConflictError."""
    try:
        async with pool.connection() as conn:
            yield conn
    except (PoolTimeout, PoolClosed) as exc:
        raise unavailable(exc) from exc
    except psycopg.OperationalError as exc:
        if exc.sqlstate is not None and not _goes_away(exc.sqlstate):
            raise
        raise unavailable(exc) from exc
    except psycopg.errors.UndefinedTable as exc:
        raise UnavailableError("The database is not set up yet.", hint="Run: execops db migrate") from exc
    except psycopg.DatabaseError as exc:
        if not (exc.sqlstate or "").startswith(_GUARD_CLASS):
            raise
        said = exc.diag.message_primary or str(exc)
        if exc.sqlstate == _ROLE_DOES_NOT_DECIDE:
            raise NotAllowedError(said) from exc
        raise ConflictError(said, hint="Look again: it changed since.") from exc


@asynccontextmanager
async def transaction(pool: Pool, actor: Actor, metadata: Mapping[str, Any]) -> AsyncIterator[Connection]:
    """One transaction whose changes, and audit rows, are this actor's."""
    async with connection(pool) as conn, conn.transaction():
        await act_as(conn, actor, metadata)
        yield conn


async def act_as(conn: Connection, actor: Actor, metadata: Mapping[str, Any] | None = None) -> None:
    """Name the actor of this transaction's further changes."""
    await conn.execute(SQL["act_as"], (actor.type, actor.id, Jsonb(dict(metadata or {}))))


def _goes_away(sqlstate: str) -> bool:
    """Whether the same statement may work later: connection, resources, shutdown, system; no cancelled query."""
    return sqlstate[:2] in {"08", "53", "57", "58"} and sqlstate != "57014"


def lost(exc: DatabaseUnavailableError) -> bool:
    """Whether a connection was lost while it was used, rather than none to be had: another may work at once."""
    return not isinstance(exc.__cause__, PoolTimeout | PoolClosed)


def unavailable(exc: Exception) -> DatabaseUnavailableError:
    """The error for a database that does not answer; the address's password never stands in it."""
    return DatabaseUnavailableError(
        "Postgres does not answer; nothing was changed.",
        hint=f"Check that it runs and that DATABASE_URL is right ({type(exc).__name__}).",
    )
