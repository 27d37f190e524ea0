"""The statements of our own path, recorded once and run again by bare psycopg: the least that a design like ours costs.

A database is copied before the path is recorded in it. In the copy the same statements meet the same rows, so they do the
same work and get the same ids. A replay leaves out all of Python between two statements.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg.pq import TransactionStatus

from execops.db.pool import Pool

_DEFERS = (
    b"procrastinate_defer"  # the job beside which a replay is measured has a statement of its own for this
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a recorded path: a statement with its values, a commit, or the begin or end of a transaction or a pipeline."""

    kind: str
    session: int  # the number of its connection within the path
    query: Any = None
    values: Any = None
    binary: bool = False
    merged: bool = False  # the client wrote its values into the statement


@dataclass(slots=True)
class Path:
    """The steps of a path, and the number of those that come before the adapter is called."""

    steps: list[Step] = field(default_factory=list)
    until_adapter: int | None = None
    _sessions: dict[int, int] = field(default_factory=dict)

    def add(self, conn: Any, kind: str, *what: Any) -> None:
        """Record a step of this connection."""
        session = self._sessions.setdefault(id(conn), len(self._sessions))
        self.steps.append(Step(kind, session, *what))


def _is_ours(query: Any) -> bool:
    text = query if isinstance(query, bytes) else str(query).encode()
    return _DEFERS not in text


@contextmanager
def recorded() -> Iterator[Path]:
    """Record what all connections of this process send within the block. One path runs at a time."""
    path, cursor, connection = Path(), psycopg.AsyncCursor, psycopg.AsyncConnection
    executing = False

    def statement(kind: str, send: Callable[..., Any]) -> Callable[..., Any]:
        async def sent(self: Any, query: Any, values: Any = None, **options: Any) -> Any:
            nonlocal executing
            if not executing and _is_ours(query):
                path.add(
                    self.connection,
                    kind,
                    query,
                    list(values) if kind == "many" else values,
                    bool(self.format),
                    isinstance(self, psycopg.AsyncClientCursor),
                )
            executing, outer = True, executing
            try:
                return await send(self, query, path.steps[-1].values if kind == "many" else values, **options)
            finally:
                executing = outer

        return sent

    def block(kind: str, enter: Callable[..., Any]) -> Callable[..., Any]:
        @asynccontextmanager
        async def entered(self: Any, *arguments: Any, **options: Any) -> AsyncIterator[Any]:
            outermost = kind == "pipeline" or self.info.transaction_status is TransactionStatus.IDLE
            async with enter(self, *arguments, **options) as inner:
                if outermost:
                    path.add(self, f"begin {kind}")
                yield inner
                if outermost:
                    path.add(self, f"end {kind}")

        return entered

    async def committed(self: Any) -> None:
        if self.info.transaction_status is not TransactionStatus.IDLE:
            path.add(self, "commit")
        await commit(self)

    commit = connection.commit
    with ExitStack() as patches:
        for owner, name, made in (
            (cursor, "execute", statement("one", cursor.execute)),
            (cursor, "executemany", statement("many", cursor.executemany)),
            (connection, "transaction", block("transaction", connection.transaction)),
            (connection, "pipeline", block("pipeline", connection.pipeline)),
            (connection, "commit", committed),
        ):
            patches.enter_context(patch.object(owner, name, made))
        yield path


class Replay:
    """Runs recorded paths again, on connections that stay open from path to path."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._sessions: dict[int, Any] = {}

    async def run(self, steps: list[Step]) -> None:
        """Run these steps in their order, and read the rows of each statement."""
        for number in {step.session for step in steps} - self._sessions.keys():
            self._sessions[number] = await self._pool.getconn()
        opened: list[Any] = []
        for step in steps:
            conn = self._sessions[step.session]
            if step.kind.startswith("begin"):
                opened.append(conn.transaction() if step.kind == "begin transaction" else conn.pipeline())
                await opened[-1].__aenter__()
            elif step.kind.startswith("end"):
                await opened.pop().__aexit__(None, None, None)
            elif step.kind == "commit":
                await conn.commit()
            elif step.merged:
                await psycopg.AsyncClientCursor(conn).execute(step.query, step.values)
            else:
                cursor = conn.cursor(binary=step.binary)
                if step.kind == "many":
                    await cursor.executemany(step.query, step.values)
                    continue
                await cursor.execute(step.query, step.values)
                if cursor.description is not None:
                    await cursor.fetchall()

    async def close(self) -> None:
        """Give the connections back."""
        for conn in self._sessions.values():
            await self._pool.putconn(conn)
