"""Changes of proposals and policies, from the notifications of Postgres, and the pulse of the connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeAlias

import psycopg
from msgspec import Struct
from psycopg.rows import dict_row

from execops import health
from execops.context import Context
from execops.db.pool import KEEPALIVES, unavailable
from execops.db.queries import ORG
from execops.health import Pulse
from execops.model import Status

__all__ = ["Change", "Notice", "PolicyChange", "Pulse", "listening"]

ANSWERS = 0.8  # seconds that a database may take to answer a pulse before it counts as away


class Change(Struct, frozen=True):
    """A proposal was inserted or updated."""

    proposal_id: int
    status: Status
    version: int


class PolicyChange(Struct, frozen=True):
    """An operator allowed or forbade a play, an action type, contact with a customer, or all executions (`system`)."""

    kind: str
    name: str
    allowed: bool


Notice: TypeAlias = Change | PolicyChange | Pulse


@asynccontextmanager
async def listening(ctx: Context, pulse_every: float | None = None) -> AsyncIterator[AsyncIterator[Notice]]:
    """A stream of the changes from now on. Raises DatabaseUnavailableError, at once or from the stream.

    With `pulse_every`, a Pulse comes after so many seconds of silence. The stream has a connection of its own, so that
    listening holds no connection of the pool.
    """
    try:
        conn = await psycopg.AsyncConnection.connect(
            ctx.url.reveal(),
            autocommit=True,
            row_factory=dict_row,
            application_name="execops inbox",
            connect_timeout=5,
            **KEEPALIVES,
        )
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
    async with conn:
        try:
            await conn.execute(b"listen execops_proposals; listen execops_policies")
        except psycopg.OperationalError as exc:
            raise unavailable(exc) from exc
        # The stream is closed before the connection: an abandoned stream would hold its lock for ever.
        async with aclosing(_notices(conn, pulse_every)) as stream:
            yield stream


async def _notices(conn: psycopg.AsyncConnection[Any], pulse_every: float | None) -> AsyncGenerator[Notice]:
    try:
        while True:
            async with aclosing(conn.notifies(timeout=pulse_every)) as notifications:
                async for notification in notifications:
                    notice = _notice(notification)
                    if notice is not None:
                        yield notice
            yield await _pulse(conn)
    except (psycopg.OperationalError, TimeoutError) as exc:
        raise unavailable(exc) from exc


async def _pulse(conn: psycopg.AsyncConnection[Any]) -> Pulse:
    """The pulse. Raises TimeoutError, with the connection closed, where the database does not answer in time."""
    asked = asyncio.create_task(health.pulse(conn))
    for _ in range(10):  # in parts, so that a moment in which this process was busy counts little
        await asyncio.wait({asked}, timeout=ANSWERS / 10)
        if asked.done():
            return asked.result()
    conn.pgconn.finish()  # cancelling the query first would wait for the database once more
    asked.cancel()
    raise TimeoutError


def _notice(notification: psycopg.Notify) -> Notice | None:
    data = json.loads(notification.payload)
    if data["org"] != ORG:
        return None
    if notification.channel == "execops_policies":
        return PolicyChange(data["kind"], data["name"], data["allowed"])
    return Change(data["id"], Status(data["status"]), data["version"])
