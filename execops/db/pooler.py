"""Does a session of ours stay one session? A transaction pooler hands its connections to whoever speaks next.

Behind one, locks of sessions, LISTEN and prepared statements go astray: events are accepted, and never processed.
"""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import psycopg

from execops.db import queries
from execops.db.pool import unavailable
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


async def _connect(url: Secret, *, autocommit: bool) -> _Session:
    return await psycopg.AsyncConnection.connect(
        url.reveal(), autocommit=autocommit, connect_timeout=5, prepare_threshold=None
    )


async def _name(session: _Session) -> object:
    return (await queries.the_one(session, SQL["session_name"]))[0]
