"""Take the payloads of old events away. The event stays, with its key, its outcome and the hash of its payload.

An event that arrives again is still known by its key, and the books, which were made of the payload, stay as they are. Left
out are events that are not processed, or failed, and those whose proposal is live or can still come back: their plays may
read the payload once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import InvalidInputError
from execops.model import Record

SQL = queries.load("events")
BATCH = 1000  # events a transaction
_FIRST = datetime(1, 1, 2, tzinfo=UTC)  # before every event


@dataclass(frozen=True, kw_only=True, slots=True)
class Prunable(Record):
    """The events whose payloads may go, and the bytes that these take in the database."""

    events: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned(Record):
    """The events whose payloads went so far, and their bytes; `finished` is false where the run was stopped."""

    events: int = 0
    bytes: int = 0
    finished: bool = False


async def prunable(conn: Connection, before: datetime, now: datetime) -> Prunable:
    """Count what `prune` would take away. Raises InvalidInputError for a moment in the future."""
    _require_past(before, now)
    return Prunable.from_row(await queries.the_one(conn, SQL["prunable"], before=before))


async def prune(
    ctx: Context, before: datetime, *, stop: asyncio.Event, on_progress: Callable[[Pruned], None]
) -> Pruned:
    """Take away the payloads of the events that arrived before a moment, a batch a transaction, the oldest first.

    A stop ends it after a whole batch, and a further run goes on from there: what is pruned is not looked at again. Raises
    InvalidInputError for a moment in the future.
    """
    _require_past(before, ctx.clock.now())
    pruned, at, last = Pruned(), _FIRST, 0
    while not stop.is_set():
        async with ctx.connection() as conn, conn.transaction():
            batch = await queries.the_one(conn, SQL["prune"], before=before, at=at, id=last, limit=BATCH)
        if batch["id"] is None:
            return replace(pruned, finished=True)
        at, last = batch["at"], batch["id"]
        pruned = Pruned(events=pruned.events + batch["events"], bytes=pruned.bytes + batch["bytes"])
        on_progress(pruned)
    return pruned


def _require_past(before: datetime, now: datetime) -> None:
    if before > now:
        raise InvalidInputError(f"{before:%Y-%m-%d} is in the future; nothing was pruned.")
