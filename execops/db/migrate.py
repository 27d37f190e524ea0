"""Migrate a database: yoyo applies the plain SQL of migrations/, one process at a time.

The lock is an advisory lock, which Postgres releases after kill -9; the row that yoyo uses as a lock would stay. The lock
is polled: LangGraph builds indexes concurrently, which waits for every transaction, also for one that waits for a lock.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from execops.db import queries
from execops.db.conninfo import parameters
from execops.db.locks import Lock
from execops.db.pool import KEEPALIVES, Connection, unavailable
from execops.errors import NotAllowedError, UnavailableError
from execops.settings import Secret

SQL = queries.load("session")
SCHEMA = queries.load("schema")
_POLL = 0.05  # seconds
_PATIENCE = 120.0  # seconds that one process waits for the migration of another
_BOOKKEEPING = "_yoyo_migration"  # yoyo's table: a row for each applied migration


@asynccontextmanager
async def migrating(url: Secret) -> AsyncIterator[Connection]:
    """A connection in autocommit whose process alone may migrate this database.

    Raises DatabaseUnavailableError; NotAllowedError for a role without the rights. Raises UnavailableError, and changes nothing, if another process migrates for minutes
    or if the database carries migrations that are not ours.
    """
    async with _connection(url) as conn:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await _locked(conn):  # noqa: ASYNC110  another process holds it
                    await asyncio.sleep(_POLL)
        except TimeoutError as exc:
            raise UnavailableError(
                "Another process has been migrating this database for minutes; nothing was changed.",
                hint="Wait for it, or end it: it is called `execops migrate` in pg_stat_activity.",
            ) from exc
        try:
            await _applied(conn)
            await _drop_half_built_indexes(conn)
            yield conn
        except psycopg.errors.InsufficientPrivilege as exc:
            raise await _lacking_rights(conn, exc) from exc


async def _lacking_rights(conn: Connection, exc: psycopg.Error) -> NotAllowedError:
    """The error for a role that may not migrate: it names the role, and what the owner grants to it."""
    row = await queries.the_one(conn, SCHEMA["role_and_owner"])
    role, schema = row["role"], row["schema"] or "public"
    if row["may_create"] or row["owns"] is False:
        hint = f"Migrate as the role that owns the tables ({row['owner'] or 'it made them'}): set DATABASE_URL for this one command."
    else:
        hint = f'As the owner of the database run: grant usage, create on schema "{schema}" to "{role}". Or migrate as the owner.'
    return NotAllowedError(
        f"The database role {role} may not migrate this database: {exc.diag.message_primary or 'a right is missing'}."
        " What was migrated before is kept; nothing else was changed.",
        hint=hint,
    )


async def apply_migrations(url: Secret) -> list[str]:
    """Apply the missing migrations, each in a transaction, and return their names. The caller holds the lock."""
    try:
        return await asyncio.to_thread(_apply, url)
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


async def pending_migrations(url: Secret) -> list[str]:
    """The names of the missing migrations. Writes nothing, so it needs no lock.

    Raises DatabaseUnavailableError; UnavailableError if the database carries migrations that are not ours.
    """
    try:
        async with _connection(url) as conn:
            applied = await _applied(conn)
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
    return [name for name in migration_names() if name not in applied]


async def latest_migration(url: Secret) -> str | None:
    """The name of the latest migration that this database has, also where a newer version made it; None if it has none.

    Raises DatabaseUnavailableError.
    """
    try:
        async with _connection(url) as conn:
            names = await _marked(conn)
    except psycopg.Error as exc:
        raise unavailable(exc) from exc
    return max(names, default=None)


async def is_anothers(url: Secret) -> bool:
    """Whether another role owns the tables: then this one, which the processes connect as, migrates nothing."""
    try:
        async with _connection(url) as conn:
            row = await queries.the_one(conn, SCHEMA["role_and_owner"])
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
    return row["owns"] is False


def migration_names() -> list[str]:
    """The names of all migrations, in the order in which they are applied."""
    return sorted(
        file.name.removesuffix(".sql") for file in files("migrations").iterdir() if file.name.endswith(".sql")
    )


async def _applied(conn: Connection) -> set[str]:
    """The names of the applied migrations. Raises UnavailableError if one of them is not ours."""
    applied = await _marked(conn)
    if foreign := sorted(applied.difference(migration_names())):
        raise UnavailableError(
            "Another version of ExecOps made this database, with migrations that this one does not have: "
            f"{', '.join(foreign)}. Nothing was changed; all data is kept.",
            hint="If a newer version made it, upgrade ExecOps. If a version before 0.1.0 made it, start with a new "
            "database: set DATABASE_URL to an empty one, or, for the embedded one, move the folder `postgres` out of "
            "EXECOPS_HOME. Then run: execops db migrate. `execops backfill stripe` and `execops import bank` fill its "
            "ledger again.",
        )
    return applied


async def _marked(conn: Connection) -> set[str]:
    """The names of the applied migrations, of whichever version."""
    row = await queries.the_one(conn, SCHEMA["table_is_missing"], table=_BOOKKEEPING)
    if row["missing"]:
        return set()
    query = sql.SQL("select migration_id from {}").format(sql.Identifier(_BOOKKEEPING))
    return {row["migration_id"] for row in await (await conn.execute(query)).fetchall()}


@asynccontextmanager
async def _connection(url: Secret) -> AsyncIterator[Connection]:
    """A connection in autocommit. Raises UnavailableError for a bad address, DatabaseUnavailableError."""
    parameters(url)
    try:
        conn = await psycopg.AsyncConnection[dict[str, Any]].connect(
            url.reveal(),
            autocommit=True,
            row_factory=dict_row,
            application_name="execops migrate",
            connect_timeout=5,
            **KEEPALIVES,
        )
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
    async with conn:
        yield conn


async def _locked(conn: Connection) -> bool:
    row = await queries.the_one(conn, SQL["try_lock"], space=Lock.MIGRATION, name="migrate")
    return bool(row["locked"])


async def _drop_half_built_indexes(conn: Connection) -> None:
    """Drop the half-built indexes of a killed CREATE INDEX CONCURRENTLY: IF NOT EXISTS would take them for whole ones."""
    for row in await queries.many(conn, SCHEMA["half_built_indexes"]):
        await conn.execute(sql.SQL("drop index if exists {}").format(sql.Identifier(row["relname"])))


def _apply(url: Secret) -> list[str]:
    import yoyo

    # yoyo would report its own bookkeeping; our report names the migrations.
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    # Every parameter stands in the query: yoyo's own reading of addresses knows less than libpq's.
    backend = yoyo.get_backend(f"postgresql+psycopg:///?{urlencode(parameters(url))}", _BOOKKEEPING)
    try:
        backend.break_lock()  # yoyo's lock, which a killed run left; the lock that counts is ours
        backend.ensure_internal_schema_updated()
        with _migrations() as migrations:
            return [migration.id for migration in migrations if _apply_one(backend, migration)]
    finally:
        backend.connection.close()


def _apply_one(backend: Any, migration: Any) -> bool:  # noqa: ANN401  yoyo has no types
    """Apply and mark in one transaction. yoyo alone would mark in a second one, which a kill may prevent.

    Postgres reads the statements of a file itself, in one round trip. yoyo would split them in Python, which takes half of the time.
    """
    with backend.transaction():
        # The session of a killed run may still be committing its last migration.
        backend.execute(f"select pg_advisory_xact_lock({Lock.MIGRATION}, hashtext('apply'))")
        if backend.is_applied(migration):
            return False
        backend.cursor().execute(Path(migration.path).read_text(encoding="utf-8"))
        backend.mark_one(migration, log=False)  # its log wants a user name, which a container's uid may lack
    return True


@contextmanager
def _migrations() -> Iterator[list[Any]]:
    """The .sql files of the package, in order; yoyo would take the package's __init__.py for a migration."""
    import yoyo

    with as_file(files("migrations")) as folder:
        yield [migration for migration in yoyo.read_migrations(str(folder)) if migration.is_raw_sql()]
