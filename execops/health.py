"""The health of the deployment: workers, queue, pause and failures. It shows whether decisions lead to executions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from execops.authority import policy
from execops.db import queries
from execops.db.pool import Connection

SQL = queries.load("health")


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The state of the deployment. A worker is alive while its session holds its lock."""

    workers: int
    paused: bool
    queued: int  # jobs
    oldest_queued_at: datetime | None  # the earliest moment at which a waiting job was due
    failed_events: int
    failed_jobs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """Whether approvals lead to executions now: how many workers live, and whether executions are paused."""

    workers: int
    paused: bool


async def pulse(conn: Connection) -> Pulse:
    """The pulse as of now."""
    return Pulse(**await queries.the_one(conn, SQL["pulse"]))


async def read(conn: Connection) -> Health:
    """The health as of now."""
    row = await queries.the_one(conn, SQL["overview"])
    return Health(paused=(await policy.read(conn)).paused, **row)
