"""Proposals as people read them: the inbox, its header, the history, one by its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json, Proposal, Record, Status, Urgency
from execops.money import Money

SQL = queries.load("action_proposals")


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary(Record):
    """A line of the inbox."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"effective_status": Status, "urgency": Urgency}

    id: int
    version: int
    effective_status: Status
    urgency: Urgency
    vertical: str
    play: str
    action_type: str
    title: str
    object_id: str
    subject_key: str
    amount_minor: int | None
    currency: str | None
    edited: bool
    created_at: datetime
    decided_at: datetime | None
    expires_at: datetime
    outcome: str | None

    @property
    def amount(self) -> Money | None:
        """The money at stake, where the proposal is about money."""
        if self.amount_minor is None or self.currency is None:
            return None
        return Money(self.amount_minor, self.currency)

    @property
    def ended_at(self) -> datetime:
        """The moment of the decision; of what ended without one, the moment it was drafted."""
        return self.decided_at or self.created_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The inbox's header: how many wait, and how fast decisions are."""

    pending: int
    critical: int
    failed: int
    unknown: int
    median_decision_seconds: float | None

    @property
    def stuck(self) -> int:
        """Failed or unknown: a person must look."""
        return self.failed + self.unknown


async def inbox(conn: Connection, *, limit: int, after: Summary | None = None) -> Sequence[Summary]:
    """Pending proposals, most urgent first, the newest of each urgency first; a page after `after`."""
    values = {
        "limit": limit,
        "after_rank": after.urgency.rank + 1 if after else None,
        "after_id": after.id if after else None,
    }
    return [Summary.from_row(row) for row in await _rows(conn, "inbox", values)]


async def history(
    conn: Connection, *, status: Status | None, limit: int, before: int | None = None
) -> Sequence[Summary]:
    """Proposals of a status, or of all, the newest first; a page before the id `before`."""
    values = {"status": status, "limit": limit, "before": before}
    return [Summary.from_row(row) for row in await _rows(conn, "list", values)]


async def decided(
    conn: Connection, *, status: Status | None, limit: int, after: Summary | None = None
) -> Sequence[Summary]:
    """Proposals that are no longer pending, the latest decision first; a page after `after`."""
    values = {
        "status": status,
        "limit": limit,
        "after_at": after.ended_at if after else None,
        "after_id": after.id if after else None,
    }
    return [Summary.from_row(row) for row in await _rows(conn, "decided", values)]


async def counts(conn: Connection) -> Counts:
    """How many proposals wait, and the median time from opening to decision, in seconds."""
    numbers = (await _rows(conn, "counts", {}))[0]
    median = (await _rows(conn, "median_decision_seconds", {}))[0]
    return Counts(**numbers, median_decision_seconds=median["seconds"])


async def get(conn: Connection, proposal_id: int) -> Proposal | None:
    """The proposal with its effective status."""
    rows = await _rows(conn, "get", {"id": proposal_id})
    return next((Proposal.from_row(row | {"status": row["effective_status"]}) for row in rows), None)


async def _rows(conn: Connection, query: str, values: Json) -> list[Any]:
    return await (await conn.execute(SQL[query], {"org_id": ORG} | values)).fetchall()
