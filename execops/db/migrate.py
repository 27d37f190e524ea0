"""Bringing a database up to date: plain SQL in migrations/, applied by yoyo under a polled lock of ours.

yoyo's own lock is a row that survives kill -9; ours is an advisory lock that Postgres lets go of. It is polled,
not waited for: LangGraph builds indexes concurrently, which waits for every transaction, a waiter's included.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import dict_row

from execops.db import queries
from execops.db.pool import Connection, unavailable
from execops.errors import UnavailableError
from execops.settings import Secret

SQL = queries.load("session")
_LOCK_SPACE = 7304
_POLL = 0.05  # seconds
_PATIENCE = 120.0  # seconds that a start waits for another one's migration


@asynccontextmanager
async def migrating(url: Secret) -> AsyncIterator[Connection]:
    """A connection in autocommit that alone may migrate. Raises DatabaseUnavailableError, UnavailableError."""
    try:
        conn = await psycopg.AsyncConnection[dict[str, Any]].connect(
            url.reveal(), autocommit=True, row_factory=dict_row, application_name="execops migrate"
        )
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
    async with conn:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await _locked(conn):  # noqa: ASYNC110  another process holds it
                    await asyncio.sleep(_POLL)
        except TimeoutError as exc:
            raise UnavailableError("Another process has been migrating this database for minutes.") from exc
        yield conn


async def apply_migrations(url: Secret) -> list[str]:
    """Apply what is missing, each in a transaction; returns the names applied. The caller holds the lock."""
    return await asyncio.to_thread(_apply, url, True)


async def pending_migrations(url: Secret) -> list[str]:
    """The names of what is missing."""
    try:
        return await asyncio.to_thread(_apply, url, False)
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


async def _locked(conn: Connection) -> bool:
    row = await (await conn.execute(SQL["try_lock"], (_LOCK_SPACE, "migrate"))).fetchone()
    return bool(row and row["locked"])


def _apply(url: Secret, write: bool) -> list[str]:
    import yoyo

    # yoyo counts its own bookkeeping as news; what it does stands in our report.
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    scheme, _, rest = url.reveal().partition("://")
    if scheme not in {"postgres", "postgresql"}:
        raise UnavailableError(
            "DATABASE_URL must begin with postgresql://", hint="postgresql://user:password@host/database"
        )
    backend = yoyo.get_backend(f"postgresql+psycopg://{rest}")
    try:
        migrations = yoyo.read_migrations(str(files("migrations")))
        missing = backend.to_apply(migrations)
        if write:
            backend.apply_migrations(missing)
        return [migration.id for migration in missing]
    finally:
        backend.connection.close()
