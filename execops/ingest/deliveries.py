"""Ingestion: a verified delivery becomes one event row and one `process_event` job, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from execops.context import Context
from execops.db import queries, storable
from execops.db.pool import Connection, lost
from execops.errors import (
    DatabaseUnavailableError,
    DeliveryTooLargeError,
    UnavailableError,
)
from execops.model import EventStatus, Json
from execops.ports import process_event_job
from execops.sources import NewEvent, get_source

SQL = queries.load("events")
MAX_BODY = 1024 * 1024  # bytes
_SURROGATE = re.compile("[\ud800-\udfff]")
# jsonb keeps numbers as numeric: 131,072 digits before the point, 16,383 after it.
_MAX_DIGITS = 1000
_MAX_NOTES = 20
_SHALLOW = 500  # opening brackets: however they stand, not too deep


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery."""

    event_id: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery whose sender is known, ready to be stored."""

    source: str
    event: NewEvent
    payload: Json

    @property
    def key(self) -> tuple[str, str]:
        """What makes a second delivery of the same event recognisable."""
        return self.source, self.event.dedupe_key

    def as_row(self) -> Json:
        """The columns that are its own, as JSON: a batch of them is one value, dumped and read in one go."""
        event = self.event
        return {
            "source": self.source,
            "type": event.type,
            "occurred_at": event.occurred_at.isoformat(),
            "payload_json": self.payload,
            "dedupe_key": event.dedupe_key,
            "object_id": event.object_id,
            "subject_key": event.subject_key,
            "livemode": event.livemode,
            "api_version": event.api_version,
            "ignored": event.ignored,
        }


def verified(ctx: Context, source_name: str, headers: Mapping[str, str], body: bytes) -> Delivery:
    """The delivery, once its signature proves its sender. `headers` have lower-case names.

    Raises NotFoundError for an unknown source, NotConfiguredError, SignatureError, InvalidDeliveryError and
    DeliveryTooLargeError.
    """
    if len(body) > MAX_BODY:
        raise DeliveryTooLargeError(f"The delivery is over {MAX_BODY} bytes; nothing was stored.")
    source = get_source(source_name)
    now = ctx.clock.now()
    source.verify(ctx.settings, headers, body, now)
    payload, notes = storable.parse(body)
    event = source.normalise(ctx.settings, payload, now)
    if notes:
        payload = {**payload, "_execops_replaced": notes}
    return Delivery(source_name, event, payload)


async def store(ctx: Context, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Store deliveries and enqueue what is new, in one transaction: all of them or none.

    Tried once more where the connection was lost meanwhile: storing twice changes nothing. Raises
    DatabaseUnavailableError; the sender tries again.
    """
    try:
        return await _store(ctx, deliveries)
    except DatabaseUnavailableError as exc:
        if not lost(exc):
            raise
        return await _store(ctx, deliveries)


async def _store(ctx: Context, deliveries: Sequence[Delivery]) -> list[Receipt]:
    # In the order of their keys, so that two transactions with the same events do not wait for each other.
    ordered = sorted(deliveries, key=lambda each: each.key)
    values = Jsonb([each.as_row() for each in ordered])
    async with ctx.connection() as conn, conn.transaction():
        new = await queries.many(conn, SQL["insert"], deliveries=values)
        jobs = [process_event_job(row["id"]) for row in new if row["status"] == EventStatus.RECEIVED]
        await ctx.queue.defer(conn, *jobs)
    fresh = {(row["source"], row["dedupe_key"]): int(row["id"]) for row in new}
    known = dict(fresh)
    if len(fresh) < len(deliveries):
        # A second delivery waits for the first one's commit, so its row is visible to a new statement.
        async with ctx.connection() as conn:
            rows = await queries.many(conn, SQL["ids_by_dedupe_key"], deliveries=values)
        known = {(row["source"], row["dedupe_key"]): int(row["id"]) for row in rows}
    receipts = []
    for each in deliveries:
        if each.key not in known:
            raise UnavailableError("The event was stored by another delivery that is gone; send it again.")
        receipts.append(Receipt(known[each.key], duplicate=fresh.pop(each.key, None) is None))
    return receipts


async def replay(ctx: Context, conn: Connection, event_id: int) -> bool:
    """Enqueue a stored event once more; False where it still waits to be processed.

    Processing it twice changes nothing: no second proposal comes of it.
    """
    if not await queries.run(conn, SQL["reopen"], id=event_id):
        return False
    await ctx.queue.defer(conn, process_event_job(event_id))
    return True
