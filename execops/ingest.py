"""Ingestion: a verified delivery becomes one event row and one `process_event` job, in one transaction."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from execops.context import ORG, Context
from execops.db import queries
from execops.db.pool import lost
from execops.errors import (
    DatabaseUnavailableError,
    DeliveryTooLargeError,
    InvalidDeliveryError,
    UnavailableError,
)
from execops.model import Actor, EventStatus, Json
from execops.ports import Job
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


async def receive(ctx: Context, source_name: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Verify, store, enqueue. `headers` have lower-case names.

    Raises NotFoundError, NotConfiguredError, SignatureError, InvalidDeliveryError, DeliveryTooLargeError
    (nothing is stored), or DatabaseUnavailableError (the sender tries again).
    """
    [receipt] = await store(ctx, [verified(ctx, source_name, headers, body)])
    return receipt


def verified(ctx: Context, source_name: str, headers: Mapping[str, str], body: bytes) -> Delivery:
    """The delivery, once it is known who sent it. Raises what `receive` raises but for the database."""
    if len(body) > MAX_BODY:
        raise DeliveryTooLargeError(f"The delivery is over {MAX_BODY} bytes; nothing was stored.")
    source = get_source(source_name)
    now = ctx.clock.now()
    source.verify(ctx.settings, headers, body, now)
    payload, notes = parse(body)
    event = source.normalise(ctx.settings, payload, now)
    if notes:
        payload = {**payload, "_execops_replaced": notes}
    return Delivery(source_name, event, payload)


async def store(ctx: Context, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Store deliveries and enqueue what is new, in one transaction: all of them or none.

    Tried once more where the connection was lost meanwhile: storing twice changes nothing.
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
    values = {"org_id": ORG, "deliveries": Jsonb([each.as_row() for each in ordered])}
    async with ctx.connection() as conn, conn.transaction():
        new = await (await conn.execute(SQL["insert"], values)).fetchall()
        jobs = [process_event_job(row["id"]) for row in new if row["status"] == EventStatus.RECEIVED]
        await ctx.queue.defer(conn, *jobs)
    fresh = {(row["source"], row["dedupe_key"]): int(row["id"]) for row in new}
    known = dict(fresh)
    if len(fresh) < len(deliveries):
        # A second delivery waits for the first one's commit, so its row is visible to a new statement.
        async with ctx.connection() as conn:
            rows = await (await conn.execute(SQL["ids_by_dedupe_key"], values)).fetchall()
        known = {(row["source"], row["dedupe_key"]): int(row["id"]) for row in rows}
    receipts = []
    for each in deliveries:
        if each.key not in known:
            raise UnavailableError("The event was stored by another delivery that is gone; send it again.")
        receipts.append(Receipt(known[each.key], duplicate=fresh.pop(each.key, None) is None))
    return receipts


def process_event_job(event_id: int) -> Job:
    """The job that processes a stored event."""
    return Job("process_event", {"event_id": event_id})


async def replay(ctx: Context, event_id: int, actor: Actor) -> bool:
    """Enqueue a stored event once more; False where it still waits to be processed.

    What it caused before is not caused again: processing twice changes nothing.
    """
    async with ctx.transaction(actor) as conn:
        row = await (await conn.execute(SQL["reopen"], {"org_id": ORG, "id": event_id})).fetchone()
        if row is None:
            return False
        await ctx.queue.defer(conn, process_event_job(event_id))
    return True


def parse(body: bytes) -> tuple[Json, list[str]]:
    """A JSON object that jsonb can hold, and what had to be replaced to make it so.

    Raises InvalidDeliveryError for anything that is no JSON object.
    """
    notes: list[str] = []

    def number(text: str) -> Any:  # noqa: ANN401
        value = float(text)
        if math.isfinite(value):
            return value
        _note(notes, f"number {text[:40]} replaced by null")
        return None

    def whole(text: str) -> Any:  # noqa: ANN401
        if len(text) <= _MAX_DIGITS:
            return int(text)
        _note(notes, "a number of over 1,000 digits replaced by null")
        return None

    def constant(text: str) -> Any:  # noqa: ANN401
        raise InvalidDeliveryError(f"The body is no JSON: {text} stands in it; nothing was stored.")

    try:
        payload = json.loads(body, parse_float=number, parse_int=whole, parse_constant=constant)
    except (ValueError, RecursionError) as exc:
        raise InvalidDeliveryError("The body is no JSON; nothing was stored.") from exc
    if not isinstance(payload, dict):
        raise InvalidDeliveryError("The body is no JSON object; nothing was stored.")
    plain = body.isascii() and b"\\u" not in body and body.count(b"{") + body.count(b"[") < _SHALLOW
    if plain:  # nothing that Postgres could refuse, and nothing to look for
        return payload, notes
    try:
        return _holdable(payload, notes), notes
    except RecursionError as exc:
        raise InvalidDeliveryError("The body is nested too deeply; nothing was stored.") from exc


def _note(notes: list[str], what: str) -> None:
    if what not in notes and len(notes) < _MAX_NOTES:
        notes.append(what)


def _holdable(value: Any, notes: list[str]) -> Any:  # noqa: ANN401
    """The value with NUL characters and lone surrogates replaced by U+FFFD."""
    if isinstance(value, str):
        clean = _SURROGATE.sub("\ufffd", value).replace("\x00", "\ufffd")
        if clean != value:
            _note(notes, "characters that Postgres cannot hold replaced by U+FFFD")
        return clean
    if isinstance(value, dict):
        return {_holdable(key, notes): _holdable(item, notes) for key, item in value.items()}
    if isinstance(value, list):
        return [_holdable(item, notes) for item in value]
    return value
