"""A scratch copy of our tables: empty, for one transaction that is always rolled back.

The transaction makes a schema of its own and runs the migrations in it, so tables, guards and functions are the same as
the real ones. Nothing of it is ever committed. So no other session sees a row of it, and after a killed process Postgres
itself removes all of it. Notifications and advisory locks would reach other sessions, and `now()` would be the moment at
which the transaction began. The schema therefore shadows these functions: see `sql/scratch.sql`.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from execops.db import queries
from execops.db.migrate import migration_names
from execops.db.pool import Connection, unavailable
from execops.errors import NotAllowedError
from execops.settings import Secret

SQL = queries.load("scratch")
PREFIX = "execops_scratch_"
# LangGraph's tables, which no migration of ours makes.
_CHECKPOINTS = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")


@asynccontextmanager
async def scratch_tables(url: Secret) -> AsyncIterator[Connection]:
    """A connection on which every unqualified name means an empty copy of our tables, until the block ends.

    The connection is in a transaction, which is rolled back at the end. `set_now` sets the moment of `now()` on it. Raises
    DatabaseUnavailableError; NotAllowedError if the role may not create a schema.
    """
    try:
        conn = await psycopg.AsyncConnection[dict[str, Any]].connect(
            url.reveal(),
            autocommit=True,
            row_factory=dict_row,
            application_name="execops backtest",
            prepare_threshold=1,
        )
        async with conn, conn.transaction(force_rollback=True):
            await _make_tables(conn)
            yield conn
    except psycopg.OperationalError as exc:
        if conn_is_lost(exc):
            raise unavailable(exc) from exc
        raise


def conn_is_lost(exc: psycopg.OperationalError) -> bool:
    """Whether Postgres did not answer, or ended the session."""
    return exc.sqlstate is None or exc.sqlstate[:2] in {"08", "57"}


async def set_now(conn: Connection, now: datetime) -> None:
    """Set the moment that `now()` answers on a connection of `scratch_tables`."""
    await queries.run(conn, SQL["set_now"], now=now)


async def _make_tables(conn: Connection) -> None:
    real = (await queries.the_one(conn, SQL["schema_of_tables"]))["name"]
    schema = PREFIX + secrets.token_hex(6)
    try:
        await conn.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    except psycopg.errors.InsufficientPrivilege as exc:
        database = conn.info.dbname
        raise NotAllowedError(
            f"The database role {conn.info.user} may not create a schema in {database}; nothing was changed.",
            hint="Set DATABASE_URL to the owner's address for this one command. Do not grant the right to the role of"
            " the processes: a schema of its own could take the place of ours.",
        ) from exc
    await queries.run(conn, SQL["create_path"], schema=schema)
    await queries.run(conn, SQL["shadow_functions"])
    for name in migration_names():
        migration = (files("migrations") / f"{name}.sql").read_text(encoding="utf-8")
        await conn.execute(migration.encode(), prepare=False)
    await queries.run(conn, SQL["unpin_functions"])
    for table in _CHECKPOINTS:
        await conn.execute(
            sql.SQL("create table {} (like {} including all)").format(
                sql.Identifier(table), sql.Identifier(real, table)
            )
        )
