"""The records of all that happened: stored events, and the rows of the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar

from execops.model.basics import EventStatus, Json, Record


class Event(Record, frozen=True, kw_only=True):
    """A stored webhook delivery."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"status": EventStatus}

    id: int
    source: str
    type: str
    occurred_at: datetime
    received_at: datetime
    payload_json: Json
    dedupe_key: str
    object_id: str | None
    subject_key: str | None
    livemode: bool
    api_version: str | None
    status: EventStatus
    outcome: list[Json]
    error: str | None
    processed_at: datetime | None
    payload_gone: str | None = None  # why the payload was taken away: pruned, erased
    payload_sha256: str | None = None  # of the payload that is gone


class AuditEntry(Record, frozen=True, kw_only=True):
    """One row of the audit chain."""

    id: int
    seq: int
    actor_type: str
    actor_id: str
    action: str
    proposal_id: int | None
    from_status: str | None
    to_status: str | None
    version: int | None
    payload_sha256: str | None
    ts: datetime
    metadata_json: Json
    prev_hash: str
    hash: str
