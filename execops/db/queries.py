"""Named queries: one file of SQL a table, each query under a line `-- name: …`, and the functions that run them.

Every query can bind `org_id`: the functions here add it. All other values are given by name.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from functools import cache
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from psycopg import AsyncClientCursor, AsyncConnection, AsyncCursor

ORG = "default"  # every table carries org_id; one deployment serves one org
_HEADER = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_FOLDER = Path(__file__).with_name("sql")
_FETCHED_AT_ONCE = 5000  # rows of a stream
_Row = TypeVar("_Row")  # as the connection makes them: dict[str, Any] on a pooled one


@cache
def load(table: str) -> dict[str, bytes]:
    """The queries of `sql/<table>.sql` by their names, without their comments. Each process parses a file once.

    psycopg remembers how the values of a statement are bound if its text has no more than 4096 bytes, so it is sent as short
    as it can be. Raises ValueError if a file has a name twice.
    """
    text = (_FOLDER / f"{table}.sql").read_text(encoding="utf-8")
    _, *parts = _HEADER.split(text)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{table}.sql names a query twice")
    return {name: _shortened(body).encode() for name, body in zip(names, bodies, strict=True)}


def _shortened(query: str) -> str:
    """A query without the lines of its comments and without indentation."""
    lines = (line.strip() for line in query.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("--"))


async def one(conn: AsyncConnection[_Row], query: bytes, /, **values: Any) -> _Row | None:  # noqa: ANN401
    """Run a query; returns its first row, or None if it has no row."""
    cursor = await _taken(conn, query).execute(query, values | {"org_id": ORG})
    row = await cursor.fetchone()
    _put_back(conn, query, cursor)
    return row


async def the_one(conn: AsyncConnection[_Row], query: bytes, /, **values: Any) -> _Row:  # noqa: ANN401
    """Run a query that always has a row, such as an aggregate or the update of a locked row; returns that row.

    Raises RuntimeError if it has none: that is a defect of ours, not of the data.
    """
    return _required(await one(conn, query, **values), query)


async def many(conn: AsyncConnection[_Row], query: bytes, /, **values: Any) -> list[_Row]:  # noqa: ANN401
    """Run a query; returns all its rows."""
    cursor = await _taken(conn, query).execute(query, values | {"org_id": ORG})
    rows = await cursor.fetchall()
    _put_back(conn, query, cursor)
    return rows


async def run(conn: AsyncConnection[Any], query: bytes, /, **values: Any) -> int:  # noqa: ANN401
    """Run a statement; returns how many rows it inserted, updated, deleted or selected."""
    cursor = await _taken(conn, query).execute(query, values | {"org_id": ORG})
    count = cursor.rowcount
    if not conn.pgconn.pipeline_status:  # else its result comes later
        _put_back(conn, query, cursor)
    return count


class _Cursor(AsyncCursor[_Row]):
    """A cursor that a connection keeps for a query. It holds no result that was read, which may have megabytes."""

    def forget(self) -> Self:
        """Let go of the result; what psycopg has looked up for the query stays."""
        self._reset()
        self._tx.set_pgresult(None)
        return self


def _taken(conn: AsyncConnection[_Row], query: bytes) -> _Cursor[_Row]:
    """The cursor for this query that a pooled connection has kept, else a new one.

    A kept cursor remembers how psycopg writes the values and reads the columns: over a quarter of what a statement costs it.
    """
    cursors: dict[bytes, _Cursor[_Row]] | None = getattr(conn, "cursors", None)
    cursor = cursors.pop(query, None) if cursors else None
    return cursor or _Cursor(conn)


def _put_back(conn: AsyncConnection[_Row], query: bytes, cursor: _Cursor[_Row]) -> None:
    """Keep a cursor whose result was read for the next run of the query."""
    cursors: dict[bytes, _Cursor[_Row]] | None = getattr(conn, "cursors", None)
    if cursors is not None:
        cursors[query] = cursor.forget()


class Sent(Generic[_Row]):
    """A statement of a pipeline. Its rows are there once the pipeline has ended, and are read once."""

    def __init__(self, conn: AsyncConnection[_Row], cursor: _Cursor[_Row], query: bytes) -> None:
        self._conn, self._cursor, self._query = conn, cursor, query

    async def one(self) -> _Row | None:
        """Its first row, or None if it has no row."""
        row = await self._cursor.fetchone()
        _put_back(self._conn, self._query, self._cursor)
        return row

    async def the_one(self) -> _Row:
        """The row of a query that always has one. Raises RuntimeError as `the_one` does."""
        return _required(await self.one(), self._query)

    async def many(self) -> list[_Row]:
        """All its rows."""
        rows = await self._cursor.fetchall()
        _put_back(self._conn, self._query, self._cursor)
        return rows


async def send(conn: AsyncConnection[_Row], query: bytes, /, **values: Any) -> Sent[_Row]:  # noqa: ANN401
    """Send a statement within `conn.pipeline()`.

    The statements of a pipeline run in their order, and cost one round trip together. An error of one of them is raised when
    the pipeline ends, and those after it do not run.
    """
    cursor = _taken(conn, query)
    return Sent(conn, await cursor.execute(query, values | {"org_id": ORG}), query)


async def run_several(conn: AsyncConnection[Any], statements: bytes, /, **values: Any) -> None:  # noqa: ANN401
    """Run several statements in one round trip, with their values written into them; nothing is prepared."""
    await AsyncClientCursor(conn).execute(statements, values | {"org_id": ORG})


def _required(row: _Row | None, query: bytes) -> _Row:
    if row is None:
        raise RuntimeError(f"A query that always has a row had none:\n{query.decode()}")
    return row


async def stream(conn: AsyncConnection[_Row], query: bytes, /, **values: Any) -> AsyncGenerator[_Row]:  # noqa: ANN401
    """Run a query through a cursor on the server, for more rows than memory should hold.

    The connection must be in a transaction. Close the iterator if it is not read to its end.
    """
    async with conn.cursor(name="stream") as cursor:
        cursor.itersize = _FETCHED_AT_ONCE
        await cursor.execute(query, values | {"org_id": ORG})
        async for row in cursor:
            yield row
