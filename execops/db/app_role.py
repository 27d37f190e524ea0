"""The role of the processes: it may do their work, and nothing that would get round the guards.

It owns no table, so it switches off no trigger. It has no right to insert into the trail or the versions, which functions of
the owner write, and none to read the proofs of tokens.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from execops.db import queries
from execops.db.pool import LIMITS, Connection
from execops.errors import InvalidInputError, NotAllowedError
from execops.settings import Secret

SQL = queries.load("app_role")
NAME = "execops_app"  # of the embedded Postgres


async def ensure(conn: psycopg.AsyncConnection[Any], role: str, password: Secret | None = None) -> bool:
    """Make the role unless the server has it, and set its password if one is given; returns whether it was made.

    Raises NotAllowedError where the role of this session may not.
    """
    name, made = sql.Identifier(role), False
    try:
        if await queries.one(conn, SQL["role_exists"], role=role) is None:
            with suppress(
                psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation
            ):  # another was faster
                await conn.execute(sql.SQL("create role {} login").format(name))
                made = True
        if password is not None:
            # Hashed here, so that the server's log never holds the password.
            hashed = conn.pgconn.encrypt_password(password.reveal().encode(), role.encode(), b"scram-sha-256")
            await conn.execute(
                sql.SQL("alter role {} password {}").format(name, sql.Literal(hashed.decode()))
            )
    except psycopg.errors.InsufficientPrivilege as exc:
        raise NotAllowedError(
            f"{conn.info.user} may not create the database role {role}, or set its password; nothing was granted.",
            hint=f"As an administrator of the server run: create role \"{role}\" login password '…'. Then run this again"
            " without EXECOPS_APP_ROLE_PASSWORD.",
        ) from exc
    return made


async def grant(conn: Connection, role: str) -> None:
    """Grant the role what the processes need, as the owner of the tables. Every other right on them is taken.

    Raises InvalidInputError for a role that could get round the guards all the same.
    """
    async with conn.transaction():
        await queries.run(conn, SQL["name_role"], role=role)
        await queries.run(conn, SQL["grant_rights"])
        if powers := await powers_of(conn, role):
            raise InvalidInputError(
                f"The database role {role} {' and '.join(powers)}, so the guards could not hold it; nothing was granted.",
                hint="Name another role, which `execops db migrate --app-role NAME` creates where the server has none.",
            )


async def limit(conn: Connection, role: str) -> None:
    """Give the role the limits of a session by itself: a transaction pooler passes on none that a client asks for.

    Where the role of this session may not, the processes say so at their start behind a pooler.
    """
    try:
        for name, value in LIMITS.items():
            await conn.execute(limit_of(role, conn.info.dbname, name, value))
    except psycopg.errors.InsufficientPrivilege:
        return


def limit_of(role: str, database: str, name: str, value: str) -> sql.Composed:
    """The statement that gives a role one limit in a database."""
    words = sql.SQL("alter role {} in database {} set {} = {}")
    return words.format(
        sql.Identifier(role), sql.Identifier(database), sql.Identifier(name), sql.Literal(value)
    )


async def granted(conn: Connection) -> list[str]:
    """The roles that were granted the rights of the processes."""
    return [str(row["role"]) for row in await queries.many(conn, SQL["granted"])]


async def powers_of(conn: Connection, role: str | None = None) -> list[str]:
    """The powers of a role, by default that of this session, which get round the guards: phrases that follow its name."""
    row = await queries.one(conn, SQL["powers"], role=role)
    return [] if row is None else list(row["powers"])
