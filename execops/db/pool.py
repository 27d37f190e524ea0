"""Connections: one pool a process, autocommit, rows as dicts, and transactions that name their actor."""

from __future__ import annotations

import os
import select
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from execops.db import queries
from execops.errors import (
    ConflictError,
    DatabaseUnavailableError,
    DeadlockError,
    DiskFullError,
    LockedError,
    NotAllowedError,
    UnavailableError,
)
from execops.model import Actor

_IDLE = 10.0  # seconds without use after which a connection is tested before it is handed out
LOCK_WAIT = 3  # seconds that a statement waits for a lock; then its work is set aside
STATEMENT_TIME = 120  # seconds that a statement may take
# Each session has these: the last one ends a session that holds locks and says nothing.
LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "timezone": "UTC",
        "lock_timeout": f"{LOCK_WAIT}s",
        "statement_timeout": f"{STATEMENT_TIME}s",
        "idle_in_transaction_session_timeout": "60s",
    }
)
# Ends the name of each session of this process, so that all of them can be ended together.
PROCESS = os.urandom(6).hex()
# A peer that vanished is noticed after about ten seconds, on an idle connection and on one that waits for an answer.
KEEPALIVES: Mapping[str, Any] = MappingProxyType(
    {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
)
# The same for Postgres, whose session of a host that vanished may hold locks. Over a Unix socket they do nothing, and behind a
# pooler they would be the pooler's, so they are no limits.
_VANISHED = {f"tcp_{name.removeprefix('tcp_')}": value for name, value in KEEPALIVES.items()}
OPTIONS = " ".join(f"-c {name}={value}" for name, value in {**LIMITS, **_VANISHED}.items())
# For a session of jobs: it plans each statement once, for any values. Else Postgres plans it for its values in its first five
# uses, and settles on the same plan then: https://www.postgresql.org/docs/current/runtime-config-query.html
PLANS_ONCE = " -c plan_cache_mode=force_generic_plan"

# The key of the request that is being answered. The audit rows of its operator carry it, so that the same request, sent
# again because its answer was lost, is not done twice: see `execops.client.repeats`.
REQUEST: ContextVar[str | None] = ContextVar("request", default=None)

Connection = psycopg.AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

SQL = queries.load("session")

# SQLSTATEs of the guards: see migrations/0001_guard_helpers.sql.
_ROLE_DOES_NOT_DECIDE = "EX004"
_UNPROVEN = "EX007"
_GUARD_CLASS = "EX"


def create_pool(
    url: str,
    *,
    min_size: int = 0,
    max_size: int = 12,
    timeout: float = 5.0,
    pooler: bool = False,
    plans_once: bool = False,
) -> Pool:
    """A pool, not yet open. `timeout`, in seconds, bounds the wait for a connection.

    Before a transaction `pooler`, a connection asks for nothing at its start, and prepares nothing: the role has the limits
    (`execops.db.app_role.limit`). With `plans_once`, a session plans each statement once, for any values.
    """
    options = OPTIONS + PLANS_ONCE if plans_once else OPTIONS
    return _LastFirst(
        url,
        connection_class=Pooled,
        kwargs={
            "row_factory": dict_row,
            "application_name": f"execops {PROCESS}",
            **({} if pooler else {"options": options}),
            **KEEPALIVES,
            "connect_timeout": max(2, int(timeout)),
            # The same few statements run again and again: plan each at its second use.
            "prepare_threshold": None if pooler else 1,
        },
        min_size=min_size,
        max_size=max_size,
        timeout=timeout,
        reconnect_timeout=timeout,
        configure=_autocommit,
        check=require_alive,
        open=False,
    )


async def _autocommit(conn: Connection) -> None:
    # LangGraph's saver needs autocommit; our transactions are explicit. It does not stand among the kwargs, because
    # Procrastinate passes those to a connection of its own and sets autocommit there itself.
    await conn.set_autocommit(True)


class Pooled(psycopg.AsyncConnection[DictRow]):
    """A connection that remembers when it was opened or last handed out, in seconds of the monotonic clock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  psycopg's
        super().__init__(*args, **kwargs)
        self.used_at = time.monotonic()
        self.cursors: dict[bytes, Any] = {}  # of queries that have run: see `execops.db.queries`


class _LastFirst(AsyncConnectionPool[Connection]):
    """A pool that hands out the connection that came back last.

    Its session has planned the statements that run again and again. In turns, as the library hands them out, all sessions
    would plan them, and those of a process with little to do would never have done.
    """

    async def _get_ready_connection(self, timeout: float | None) -> Connection | None:
        self._pool.rotate(1)
        return await super()._get_ready_connection(timeout)


async def require_alive(conn: Connection) -> None:
    """Raise OperationalError for a connection that is lost, so that the pool hands out another.

    A server that stops, or that ends a session, closes the socket, which makes it readable: a poll sees that without a
    round trip. A query, which costs one, tests only a connection that was idle: a network may drop it silently.
    """
    assert isinstance(conn, Pooled)  # noqa: S101  the pool's connection_class
    now = time.monotonic()
    idle, conn.used_at = now - conn.used_at > _IDLE, now
    poll = select.poll()
    poll.register(conn.pgconn.socket, select.POLLIN)
    if idle or poll.poll(0):
        await AsyncConnectionPool.check_connection(conn)


@asynccontextmanager
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A pooled connection.

    Raises DatabaseUnavailableError, also for a server that takes no changes; DeadlockError; LockedError if another session
    holds a lock for too long; UnavailableError if a table is missing; ConflictError or NotAllowedError if a guard of the
    database refuses a change.
    """
    try:
        async with pool.connection() as conn:
            try:
                yield conn
            except psycopg.errors.ReadOnlySqlTransaction:
                await (
                    conn.close()
                )  # the next connection may reach another host, or the same one after its promotion
                raise
    except (PoolTimeout, PoolClosed) as exc:
        raise unavailable(exc) from exc
    except psycopg.errors.ReadOnlySqlTransaction as exc:
        raise DatabaseUnavailableError(
            "Postgres takes no changes: this server is a replica, or set to read only. Nothing was changed.",
            hint="Name the primary in DATABASE_URL, or all hosts with target_session_attrs=read-write.",
        ) from exc
    except psycopg.errors.DeadlockDetected as exc:
        raise DeadlockError(
            "Two changes waited for each other, so Postgres ended this one; nothing was changed.",
            hint="Try again.",
        ) from exc
    except psycopg.errors.LockNotAvailable as exc:
        raise LockedError(
            f"Another session of the database has held what this needs for {LOCK_WAIT} s; nothing was changed.",
            hint="Try again. If it stays so, look for the session in pg_stat_activity: execops doctor names it.",
        ) from exc
    except psycopg.errors.IdleInTransactionSessionTimeout as exc:
        raise unavailable(exc) from exc
    except psycopg.OperationalError as exc:
        if exc.sqlstate is not None and not _goes_away(exc.sqlstate):
            raise
        raise unavailable(exc) from exc
    except psycopg.errors.UndefinedTable as exc:
        raise UnavailableError("The database is not set up yet.", hint="Run: execops db migrate") from exc
    except psycopg.errors.InsufficientPrivilege as exc:
        raise NotAllowedError(
            f"The database role of this process may not do that: {exc.diag.message_primary}. Nothing was changed.",
            hint="As the owner of the tables run: execops db migrate --app-role NAME. It grants what the processes need.",
        ) from exc
    except psycopg.DatabaseError as exc:
        if not (exc.sqlstate or "").startswith(_GUARD_CLASS):
            raise
        message = exc.diag.message_primary or str(exc)
        if exc.sqlstate in (_ROLE_DOES_NOT_DECIDE, _UNPROVEN):
            raise NotAllowedError(message) from exc
        raise ConflictError(message, hint="Look again: it changed since.") from exc


@asynccontextmanager
async def transaction(pool: Pool, actor: Actor, metadata: Mapping[str, Any]) -> AsyncIterator[Connection]:
    """One transaction. Its changes and audit rows carry this actor and this metadata."""
    async with connection(pool) as conn:
        if actor.proof is None:
            begin = {"part": actor.id, "metadata": Jsonb(dict(metadata))}
            await queries.run_several(conn, SQL["begin_as"], **begin)
            yield conn
            await conn.commit()  # the pool rolls back where the block raises
            return
        async with conn.transaction():
            await act_as(conn, actor, metadata)
            yield conn


async def act_as(conn: Connection, actor: Actor, metadata: Mapping[str, Any] | None = None) -> None:
    """Set the actor of the changes that follow in this transaction; an operator proves to the database to be the actor.

    Raises NotAllowedError for an operator who was revoked, or has got another token.
    """
    if actor.proof is None:
        await queries.run(conn, SQL["act_as"], part=actor.id, metadata=Jsonb(dict(metadata or {})))
        return
    key = REQUEST.get()
    shown = Jsonb(dict(metadata or {}) | ({"request": key} if key else {}))
    try:
        await queries.run(conn, SQL["prove"], digest=actor.proof.reveal(), metadata=shown)
    except psycopg.DatabaseError as exc:
        if exc.sqlstate != _UNPROVEN:
            raise
        raise NotAllowedError(
            f"{actor.name} is no longer an operator with this token; nothing was changed."
        ) from None


def _goes_away(sqlstate: str) -> bool:
    """Whether the error may pass: connection, resources, shutdown or system, but no cancelled query (57014)."""
    return sqlstate[:2] in {"08", "53", "57", "58"} and sqlstate != "57014"


def lost(exc: DatabaseUnavailableError) -> bool:
    """Whether a connection was lost in use, so another may work at once; else the pool had none to hand out."""
    return not isinstance(exc.__cause__, PoolTimeout | PoolClosed)


def unavailable(exc: Exception) -> DatabaseUnavailableError:
    """The error for a database that does not answer. It never contains the address, which may hold a password."""
    if isinstance(exc, psycopg.errors.DiskFull):
        return DiskFullError(
            "The disk of Postgres is full; nothing was changed.",
            hint="Free space on the disk of the database; then everything goes on by itself.",
        )
    return DatabaseUnavailableError(
        "Postgres does not answer; nothing was changed.",
        hint=f"Check that it runs and that DATABASE_URL is right ({type(exc).__name__}).",
    )
