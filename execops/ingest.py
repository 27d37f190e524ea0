"""Ingestion: a verified delivery becomes one event row and one `process_event` job, in one transaction."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from execops.context import ORG, Context
from execops.db import queries
from execops.errors import DeliveryTooLargeError, InvalidDeliveryError
from execops.model import Actor, EventStatus, Json
from execops.ports import Job
from execops.sources import get_source

SQL = queries.load("events")
MAX_BODY = 1024 * 1024  # bytes
_SURROGATE = re.compile("[\ud800-\udfff]")
# jsonb keeps numbers as numeric: 131,072 digits before the point, 16,383 after it.
_MAX_DIGITS = 1000
_MAX_NOTES = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery."""

    event_id: int
    duplicate: bool


async def receive(ctx: Context, source_name: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Verify, store, enqueue. `headers` have lower-case names.

    Raises NotFoundError, NotConfiguredError, SignatureError, InvalidDeliveryError, DeliveryTooLargeError
    (nothing is stored), or DatabaseUnavailableError (the sender tries again).
    """
    if len(body) > MAX_BODY:
        raise DeliveryTooLargeError(f"The delivery is over {MAX_BODY} bytes; nothing was stored.")
    source = get_source(source_name)
    now = ctx.clock.now()
    source.verify(ctx.settings, headers, body, now)
    payload, notes = parse(body)
    event = source.normalise(ctx.settings, payload, now)
    if notes:
        payload = {**payload, "_execops_replaced": notes}
    row = {
        "org_id": ORG,
        "source": source_name,
        "type": event.type,
        "occurred_at": event.occurred_at,
        "payload_json": Jsonb(payload),
        "dedupe_key": event.dedupe_key,
        "object_id": event.object_id,
        "subject_key": event.subject_key,
        "livemode": event.livemode,
        "api_version": event.api_version,
        "status": EventStatus.IGNORED if event.ignored else EventStatus.RECEIVED,
        "outcome": Jsonb([{"ignored": event.ignored}] if event.ignored else []),
    }
    async with ctx.connection() as conn, conn.transaction():
        stored = await (await conn.execute(SQL["insert"], row)).fetchone()
        if stored is not None:
            if not event.ignored:
                await ctx.queue.defer(conn, process_event_job(stored["id"]))
            return Receipt(stored["id"], duplicate=False)
    # A second delivery waits for the first one's commit, so its row is visible to a new statement.
    async with ctx.connection() as conn:
        known = await (await conn.execute(SQL["id_by_dedupe_key"], row)).fetchone()
    if known is None:
        raise InvalidDeliveryError("The event was stored by another delivery that is gone; send it again.")
    return Receipt(known["id"], duplicate=True)


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
