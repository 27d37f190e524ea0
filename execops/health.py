"""Whether decisions lead to executions now: workers, queue, pause, failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from execops import policy
from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection

SQL = queries.load("health")


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The state of the deployment. A worker lives as long as its session lock is held."""

    workers: int
    paused: bool
    queued: int  # jobs
    oldest_queued_at: datetime | None  # of those that are due
    failed_events: int
    failed_jobs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """Whether approvals lead to executions now: how many workers live, and whether executions are paused."""

    workers: int
    paused: bool


async def pulse(conn: Connection) -> Pulse:
    """The pulse as of now."""
    row = await (await conn.execute(SQL["pulse"], {"org_id": ORG})).fetchone()
    assert row is not None  # noqa: S101  a row without a table
    return Pulse(**row)


async def read(conn: Connection) -> Health:
    """The health as of now."""
    row = await (await conn.execute(SQL["overview"], {"org_id": ORG})).fetchone()
    assert row is not None  # noqa: S101  an aggregate always has a row
    return Health(paused=(await policy.read(conn)).paused, **row)
