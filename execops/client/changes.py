"""Changes of proposals, from the notifications of Postgres."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from execops.context import Context
from execops.db.pool import unavailable
from execops.db.queries import ORG
from execops.model import Status


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal was inserted or updated."""

    proposal_id: int
    status: Status
    version: int


@asynccontextmanager
async def listening(ctx: Context) -> AsyncIterator[AsyncIterator[Change]]:
    """A stream of the changes from now on. Raises DatabaseUnavailableError, at once or from the stream.

    It opens a connection of its own, so that listening holds no connection of the pool.
    """
    try:
        conn = await psycopg.AsyncConnection.connect(
            ctx.url.reveal(), autocommit=True, application_name="execops inbox", connect_timeout=5
        )
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
    async with conn:
        try:
            await conn.execute(b"listen execops_proposals")
        except psycopg.OperationalError as exc:
            raise unavailable(exc) from exc
        # The stream is closed before the connection: an abandoned stream would hold its lock for ever.
        async with aclosing(_changes(conn)) as stream:
            yield stream


async def _changes(conn: psycopg.AsyncConnection[Any]) -> AsyncGenerator[Change]:
    try:
        async with aclosing(conn.notifies()) as notifications:
            async for notification in notifications:
                data = json.loads(notification.payload)
                if data["org"] == ORG:
                    yield Change(data["id"], Status(data["status"]), data["version"])
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
