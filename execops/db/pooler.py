"""Does a session of ours stay one session? A transaction pooler hands its connections to whoever speaks next.

Behind one, locks of sessions, LISTEN and prepared statements go astray: events are accepted, and never processed.
"""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import psycopg

from execops.db import queries
from execops.db.pool import LIMITS, unavailable
from execops.errors import NotConfiguredError
from execops.settings import Secret

SQL = queries.load("session")
_RIVALS = 4  # connections that each hold a transaction, so that a pooler has to share

_HINT = "Set EXECOPS_SESSION_DATABASE_URL to the address of Postgres itself, or of a session pooler."

_Session: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]


async def require_sessions(url: Secret, hint: str = _HINT) -> None:
    """Raise NotConfiguredError if a transaction pooler stands between us and Postgres, and DatabaseUnavailableError.

    The address is asked without any parameters of ours: poolers refuse some of them.
    """
    word = secrets.token_hex(6)
    try:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(await _connect(url, autocommit=True))
            await queries.run(first, SQL["name_session"], word=word)
            for _ in range(_RIVALS):
                rival = await stack.enter_async_context(await _connect(url, autocommit=False))
                # A pooler gives the rival the first one's session, or the first one another.
                if await _name(rival) == word or await _name(first) != word:
                    raise NotConfiguredError(
                        "The database's address is that of a transaction pooler: it takes a session away after each"
                        " statement, so events would be accepted and never processed.",
                        hint=hint,
                    )
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


async def require_limits(pooler: Secret, direct: Secret) -> None:
    """Raise NotConfiguredError if the pooler leads elsewhere than the direct address, or its sessions have no limits.

    A pooler drops the limits that a client asks for, so the role has to have them. Raises DatabaseUnavailableError.
    """
    from execops.db.app_role import limit_of

    try:
        async with (
            await _connect(direct, autocommit=True) as session,
            await _connect(pooler, autocommit=True) as pooled,
        ):
            where = await queries.the_one(session, SQL["place"])
            there = await queries.the_one(pooled, SQL["place"])
            if where != there:
                raise NotConfiguredError(
                    "DATABASE_URL and EXECOPS_SESSION_DATABASE_URL lead to different databases; nothing was changed.",
                    hint="Give both the same database on the same server: the one through the pooler, the other past it.",
                )
            missing = [
                name for name in LIMITS if not (await queries.the_one(pooled, SQL["has_limit"], name=name))[0]
            ]
            if missing:
                role, database = pooled.info.user, str(where[1])
                words = [limit_of(role, database, name, LIMITS[name]).as_string(session) for name in missing]
                raise NotConfiguredError(
                    f"The database role {role} has no limits of its own ({', '.join(missing)}), and the pooler passes none"
                    " on: a lock could make a process wait for ever. Nothing was changed.",
                    hint="Run: execops db migrate --app-role NAME, with that role. Or in psql: "
                    + "; ".join(words)
                    + ". Then let the pooler connect anew.",
                )
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


async def _connect(url: Secret, *, autocommit: bool) -> _Session:
    return await psycopg.AsyncConnection.connect(
        url.reveal(), autocommit=autocommit, connect_timeout=5, prepare_threshold=None
    )


async def _name(session: _Session) -> object:
    return (await queries.the_one(session, SQL["session_name"]))[0]
