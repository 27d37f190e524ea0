"""Ingestion: one transaction turns verified deliveries into event rows and one job that processes the new events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops.context import Context
from execops.db import queries, storable
from execops.db.pool import Connection, lost
from execops.errors import (
    ConflictError,
    DatabaseUnavailableError,
    DeliveryTooLargeError,
    InvalidDeliveryError,
    UnavailableError,
)
from execops.ingest import events
from execops.model import EventStatus, Json
from execops.ports import process_events_jobs
from execops.sources import NewEvent, get_source, webhook_source, with_headers

SQL = queries.load("events")
MAX_BODY = 1024 * 1024  # bytes
_FORM = "application/x-www-form-urlencoded"  # which GitHub offers first


class Receipt(Struct, frozen=True):
    """The answer to a delivery: its event, and whether the event was stored before.

    `ignored` says why the event is stored but not processed.
    """

    event_id: int
    duplicate: bool
    type: str
    ignored: str | None = None


class Delivery(Struct, frozen=True):
    """A delivery whose sender is verified, ready to be stored."""

    source: str
    event: NewEvent
    payload: Json
    text: str | None = None  # the payload as JSON, where the sender's own text can be stored

    @property
    def key(self) -> tuple[str, str]:
        """The source and its key of the event, by which a second delivery of the event is recognised."""
        return self.source, self.event.dedupe_key

    def as_row(self) -> str:
        """The columns of the event row as a JSON object. Postgres reads a batch of them as one value."""
        event = self.event
        columns = {
            "source": self.source,
            "type": event.type,
            "occurred_at": event.occurred_at.isoformat(),
            "dedupe_key": event.dedupe_key,
            "object_id": event.object_id,
            "subject_key": event.subject_key,
            "livemode": event.livemode,
            "api_version": event.api_version,
            "ignored": event.ignored,
        }
        payload = self.text if self.text is not None else json.dumps(self.payload)
        return f'{json.dumps(columns)[:-1]}, "payload_json": {payload}}}'


def verify(ctx: Context, source_name: str, headers: Mapping[str, str], body: bytes) -> Delivery:
    """Check a delivery's signature, and parse it. `headers` have lower-case names.

    Raises NotFoundError for an unknown source, NotConfiguredError, SignatureError, InvalidDeliveryError and
    DeliveryTooLargeError.
    """
    if len(body) > MAX_BODY:
        raise DeliveryTooLargeError(f"The delivery is over {MAX_BODY} bytes; nothing was stored.")
    source, now = webhook_source(ctx.settings, source_name), ctx.clock.now()
    source.verify(ctx.settings, headers, body, now)
    try:
        parsed = storable.parse(body)
    except InvalidDeliveryError as exc:
        if not headers.get("content-type", "").lower().startswith(_FORM):
            raise
        raise InvalidDeliveryError(
            "The delivery is a form, not JSON; nothing was stored.",
            hint="Set the content type of the webhook to application/json where it is set up.",
        ) from exc
    payload = with_headers(source, parsed.payload, headers)
    event = source.normalise(ctx.settings, payload, now)
    text = parsed.text if payload is parsed.payload else None
    payload = {**payload, "_execops_replaced": parsed.notes} if parsed.notes else payload
    return Delivery(source_name, event, payload, text)


def listed(ctx: Context, source_name: str, payload: Json) -> Delivery:
    """An event of the source's own list, ready to be stored as a delivery of it would be. Raises InvalidDeliveryError."""
    return Delivery(
        source_name, get_source(source_name).normalise(ctx.settings, payload, ctx.clock.now()), payload
    )


async def store(ctx: Context, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Store deliveries and enqueue the new events, in one transaction: all of them or none.

    It tries once more if the connection was lost: storing twice changes nothing. Raises DatabaseUnavailableError; the
    sender tries again later.
    """
    try:
        return await _store(ctx, deliveries)
    except DatabaseUnavailableError as exc:
        if not lost(exc):
            raise
        return await _store(ctx, deliveries)


async def _store(ctx: Context, deliveries: Sequence[Delivery]) -> list[Receipt]:
    # Insert in the order of the keys, so that two transactions with the same events do not wait for each other.
    ordered = sorted(deliveries, key=lambda delivery: delivery.key)
    values = Jsonb(ordered, dumps=_rows)
    async with ctx.connection() as conn, conn.transaction():
        new = await queries.many(conn, SQL["insert"], deliveries=values)
        received = {
            int(row["id"]): row["subject_key"] for row in new if row["status"] == EventStatus.RECEIVED
        }
        await ctx.queue.defer(conn, *process_events_jobs(received))
    fresh = {(row["source"], row["dedupe_key"]): int(row["id"]) for row in new}
    ids = dict(fresh)
    if len(fresh) < len(deliveries):
        # A second delivery waits for the first one's commit, so its row is visible to a new statement.
        async with ctx.connection() as conn:
            rows = await queries.many(conn, SQL["ids_by_dedupe_key"], deliveries=values)
        ids = {(row["source"], row["dedupe_key"]): int(row["id"]) for row in rows}
    receipts = []
    for delivery in deliveries:
        if delivery.key not in ids:
            raise UnavailableError("The event was stored by another delivery that is gone; send it again.")
        duplicate = fresh.pop(delivery.key, None) is None
        event = delivery.event
        receipts.append(
            Receipt(ids[delivery.key], duplicate=duplicate, type=event.type, ignored=event.ignored)
        )
    return receipts


def _rows(deliveries: Sequence[Delivery]) -> str:
    return f"[{','.join(delivery.as_row() for delivery in deliveries)}]"


async def replay(ctx: Context, conn: Connection, event_id: int) -> bool:
    """Enqueue a stored event once more; returns False if it still waits for a job that processes it.

    Processing an event twice makes no second proposal. Raises ConflictError for an event that today's settings ignore, and
    for one whose payload is gone.
    """
    event = await events.get(conn, event_id)
    if event.payload_gone is not None:
        raise ConflictError(f"{events.why_gone(event)} It cannot be processed again; nothing was changed.")
    if event.status is EventStatus.IGNORED:
        if event.source == "bank":
            raise ConflictError(
                f"Event {event_id} stays ignored: its import was taken back; nothing was changed.",
                hint="Import the file again.",
            )
        normalise = get_source(event.source).normalise
        why = normalise(ctx.settings, event.payload_json, event.received_at).ignored
        if why is not None:
            raise ConflictError(f"Event {event_id} stays ignored; nothing was changed. It is {why}.")
    reopened = await queries.run(conn, SQL["reopen"], id=event_id)
    if not reopened and await queries.one(conn, SQL["left_behind"], id=event_id) is None:
        return False
    await ctx.queue.defer(conn, *process_events_jobs({event_id: event.subject_key}))
    return True
