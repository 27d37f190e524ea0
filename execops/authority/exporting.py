"""The audit log as an accountant gets it: entries from a moment on, each with the proposal that it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime

from msgspec import Struct

from execops.authority.audit import TrailEntry
from execops.db import queries
from execops.db.pool import Connection
from execops.model import AuditEntry
from execops.money import Money

SQL = queries.load("audit_log")


class ExportedEntry(Struct, frozen=True):
    """An entry of the audit log, with the proposal as it is now: its play, action, title, object and amount."""

    line: TrailEntry
    play: str | None
    action_type: str | None
    title: str | None
    object_id: str | None
    amount: Money | None


async def entries(conn: Connection, since: datetime) -> AsyncIterator[ExportedEntry]:
    """The entries since a moment, the oldest first, read as a stream."""
    async with conn.transaction(), aclosing(queries.stream(conn, SQL["since"], since=since)) as rows:
        async for row in rows:
            yield ExportedEntry(
                line=TrailEntry(AuditEntry.from_row(row), row["actor_name"] or row["actor_id"]),
                play=row["play"],
                action_type=row["action_type"],
                title=row["title"],
                object_id=row["object_id"],
                amount=None if row["amount_minor"] is None else Money(row["amount_minor"], row["currency"]),
            )
