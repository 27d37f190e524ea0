"""Bringing a database up to date: plain SQL in migrations/, applied by yoyo under a polled lock of ours.

yoyo's own lock is a row that survives kill -9; ours is an advisory lock that Postgres lets go of. It is polled,
not waited for: LangGraph builds indexes concurrently, which waits for every transaction, a waiter's included.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.resources import as_file, files
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from execops.db import queries
from execops.db.pool import Connection, unavailable
from execops.errors import UnavailableError
from execops.settings import Secret

SQL = queries.load("session")
SCHEMA = queries.load("schema")
_LOCK_SPACE = 7304
_POLL = 0.05  # seconds
_PATIENCE = 120.0  # seconds that a start waits for another one's migration
_BOOKKEEPING = "_yoyo_migration"


@asynccontextmanager
async def migrating(url: Secret) -> AsyncIterator[Connection]:
    """A connection in autocommit that alone may migrate. Raises DatabaseUnavailableError, UnavailableError."""
    _parameters(url)
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
        await _drop_half_built_indexes(conn)
        yield conn


async def apply_migrations(url: Secret) -> list[str]:
    """Apply what is missing, each in a transaction; returns the names applied. The caller holds the lock."""
    try:
        return await asyncio.to_thread(_apply, url)
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


async def pending_migrations(url: Secret) -> list[str]:
    """The names of what is missing. Writes nothing, so it needs no lock."""
    try:
        return await asyncio.to_thread(_pending, url)
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


async def _locked(conn: Connection) -> bool:
    row = await queries.the_one(conn, SQL["try_lock"], space=_LOCK_SPACE, name="migrate")
    return bool(row["locked"])


async def _drop_half_built_indexes(conn: Connection) -> None:
    """What a killed CREATE INDEX CONCURRENTLY left is never used, and IF NOT EXISTS takes it for the index."""
    for row in await queries.many(conn, SCHEMA["half_built_indexes"]):
        await conn.execute(sql.SQL("drop index if exists {}").format(sql.Identifier(row["relname"])))


def _parameters(url: Secret) -> dict[str, Any]:
    try:
        return conninfo_to_dict(url.reveal())
    except psycopg.ProgrammingError:
        # Not chained: libpq's message may quote the address, password included.
        raise UnavailableError(
            "DATABASE_URL is not the address of a Postgres.", hint="postgresql://user:password@host/database"
        ) from None


def _apply(url: Secret) -> list[str]:
    import yoyo

    # yoyo counts its own bookkeeping as news; what it does stands in our report.
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    # Every parameter in the query: yoyo's own reading of addresses knows less than libpq's.
    backend = yoyo.get_backend(f"postgresql+psycopg:///?{urlencode(_parameters(url))}", _BOOKKEEPING)
    try:
        backend.break_lock()  # left by a run that was killed; the lock that counts is ours
        backend.ensure_internal_schema_updated()
        with _migrations() as migrations:
            return [each.id for each in migrations if _apply_one(backend, each)]
    finally:
        backend.connection.close()


def _apply_one(backend: Any, migration: Any) -> bool:  # noqa: ANN401  yoyo has no types
    """Apply and mark in one transaction, where yoyo alone marks in a second one, which a kill may prevent."""
    with backend.transaction():
        # A killed run's session may still be committing what it was told to.
        backend.execute(f"select pg_advisory_xact_lock({_LOCK_SPACE}, hashtext('apply'))")
        if backend.is_applied(migration):
            return False
        migration.process_steps(backend, "apply")
        backend.mark_one(migration, log=False)  # its log wants a user name, which a container's uid may lack
    return True


def _pending(url: Secret) -> list[str]:
    _parameters(url)
    with (
        psycopg.connect(url.reveal(), application_name="execops migrate") as conn,
        _migrations() as migrations,
    ):
        applied: set[str] = set()
        row = conn.execute(SCHEMA["table_is_missing"], {"table": _BOOKKEEPING}).fetchone()
        if row and not row[0]:
            query = sql.SQL("select migration_hash from {}").format(sql.Identifier(_BOOKKEEPING))
            applied = {str(each[0]) for each in conn.execute(query)}
        return [each.id for each in migrations if each.hash not in applied]


@contextmanager
def _migrations() -> Iterator[list[Any]]:
    """The .sql files of the package, in order; yoyo would take the package's __init__.py for one."""
    import yoyo

    with as_file(files("migrations")) as folder:
        yield [each for each in yoyo.read_migrations(str(folder)) if each.is_raw_sql()]
