"""Take the payloads of old events away. The event stays, with its key, its outcome and the hash of its payload.

An event that arrives again is still known by its key, and the books, which were made of the payload, stay as they are. Left
out are events that are not processed, or failed, and those whose proposal is live or can still come back: their plays may
read the payload once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from msgspec.structs import replace

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import InvalidInputError
from execops.model import Actor, Record

SQL = queries.load("events")
BATCH = 1000  # events a transaction
_FIRST = datetime(1, 1, 2, tzinfo=UTC)  # before every event


class Prunable(Record, frozen=True, kw_only=True):
    """The events whose payloads may go, and the bytes that these take in the database."""

    events: int
    bytes: int


class Pruned(Record, frozen=True, kw_only=True):
    """The events whose payloads went so far, and their bytes; `finished` is false where the run was stopped."""

    events: int = 0
    bytes: int = 0
    finished: bool = False


async def prunable(conn: Connection, before: datetime, now: datetime) -> Prunable:
    """Count what `prune` would take away. Raises InvalidInputError for a moment in the future."""
    _require_past(before, now)
    return Prunable.from_row(await queries.the_one(conn, SQL["prunable"], before=before))


async def prune(
    ctx: Context,
    founder: Actor,
    before: datetime,
    *,
    stop: asyncio.Event,
    on_progress: Callable[[Pruned], None],
) -> Pruned:
    """Take away the payloads of the events that arrived before a moment, a batch a transaction, the oldest first.

    Each batch has an entry of the audit log. A stop ends it after a whole batch, and a further run goes on from there: what is
    pruned is not looked at again. Raises InvalidInputError for a moment in the future, NotAllowedError.
    """
    _require_past(before, ctx.clock.now())
    pruned, at, last = Pruned(), _FIRST, 0
    while not stop.is_set():
        batch = await _prune_batch(ctx, founder, before, at, last)
        if batch["id"] is None:
            return replace(pruned, finished=True)
        at, last = batch["at"], batch["id"]
        pruned = Pruned(events=pruned.events + batch["events"], bytes=pruned.bytes + batch["bytes"])
        on_progress(pruned)
    return pruned


async def _prune_batch(
    ctx: Context, founder: Actor, before: datetime, at: datetime, last: int
) -> dict[str, Any]:
    """Prune a batch beyond a moment and an id, in one transaction; its id is None where nothing was left, which leaves no trace."""
    async with ctx.transaction(founder) as conn:
        leave = await queries.the_one(conn, SQL["leave_to_prune"], before=before)
        batch = await queries.the_one(conn, SQL["prune"], before=before, at=at, id=last, limit=BATCH)
        if batch["id"] is None:
            raise psycopg.Rollback
        counts = {"events": batch["events"], "bytes": batch["bytes"]}
        await queries.run(conn, SQL["note_pruned"], id=leave["id"], **counts)
    return batch


def _require_past(before: datetime, now: datetime) -> None:
    if before > now:
        raise InvalidInputError(f"{before:%Y-%m-%d} is in the future; nothing was pruned.")
