"""Sessions of Postgres that outlive the pool which opened them, so that the next pool of the tests need not open its own.

A session costs 10 ms, and several times as much until it has read the catalogs, compiled the functions of the triggers and
planned the statements. A connection of a pool that is closed gives its session up, which then does what `DISCARD ALL` does,
except that it keeps the statements that psycopg has prepared: https://www.postgresql.org/docs/current/sql-discard.html.
"""

from __future__ import annotations

import select
from collections import defaultdict
from typing import Any, NamedTuple, Self

from psycopg import pq

from execops.db import pool


class Session(NamedTuple):
    """An idle session, and the names of the statements that it has prepared."""

    connection: Any
    prepared: Any


_idle: defaultdict[tuple[str, ...], list[Session]] = defaultdict(list)

# The last statement finds what a test has prepared itself: such a session is not used again.
_RESET = (
    b"close all; set session authorization default; reset all; unlisten *; select pg_advisory_unlock_all();"
    b" discard temp; discard sequences; select from pg_prepared_statements where name not like '\\_pg3\\_%'"
)


def idle_in(database: str) -> list[int]:
    """The process numbers of the sessions that are kept for this database."""
    return [session.connection.backend_pid for session in _sessions(database)]


def end(database: str) -> None:
    """End the sessions that are kept for this database."""
    for session in _sessions(database):
        session.connection.finish()
    for key in [key for key in _idle if key[0] == database]:
        del _idle[key]


def _sessions(database: str) -> list[Session]:
    return [session for key, idle in _idle.items() if key[0] == database for session in idle]


def _lives(session: Any) -> bool:
    """Whether Postgres has not ended the session: that makes its socket readable."""
    poll = select.poll()
    poll.register(session.socket, select.POLLIN)
    if poll.poll(0):
        session.finish()
        return False
    return True


def _reset(session: Any) -> bool:
    """Make an idle session as a new one is; returns False if it cannot be used again."""
    result = session.exec_(_RESET)
    while session.notifies() is not None:
        pass
    session.notice_handler = session.notify_handler = None
    return bool(result.status == pq.ExecStatus.TUPLES_OK and result.ntuples == 0)


class PooledSession(pool.Pooled):
    """A pool's connection to a test's database."""

    _key: tuple[str, ...] | None = None

    @classmethod
    async def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        """As of a connection; it takes an idle session that was opened in the same way."""
        database = conninfo.partition("?")[0].rpartition("/")[2]
        if not database.startswith("test_") or "options" not in kwargs:
            return await super().connect(conninfo, **kwargs)
        key = (
            database, conninfo, *(f"{name}={kwargs[name]}" for name in sorted(kwargs) if name != "connect_timeout")
        )  # fmt: skip
        while idle := _idle[key]:
            session, prepared = idle.pop()
            if _lives(session):
                conn = cls(session, kwargs["row_factory"])
                conn.prepare_threshold = kwargs["prepare_threshold"]
                conn._prepared = prepared
                break
        else:
            conn = await super().connect(conninfo, **kwargs)
        conn._key = key
        return conn

    async def close(self) -> None:
        """Keep the session if it is idle; else close it."""
        session, key = self.pgconn, self._key
        idle = not self.closed and session.transaction_status == pq.TransactionStatus.IDLE
        if key is None or not idle or not _reset(session):
            await super().close()
            return
        self._closed, self.pgconn = True, _ENDED
        _idle[key].append(Session(session, self._prepared))


_ENDED = pq.PGconn.connect_start(b"host=/")
_ENDED.finish()
