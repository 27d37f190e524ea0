"""The health of the deployment: workers, queue, pause, failures and troubles. It shows whether decisions lead to executions."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime
from typing import Any

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ExecOpsError
from execops.model import Json

logger = logging.getLogger(__name__)

SQL = queries.load("health")
TROUBLES = queries.load("troubles")
MEASURES = queries.load("measures")
_BOUNDS = [
    60.0,
    300.0,
    900.0,
    3600.0,
    14400.0,
    86400.0,
    259200.0,
    1209600.0,
]  # seconds from a draft to its decision
_LINES_AT_ONCE = (
    20  # lines of the log about one kind of trouble; then one a second, with the number of all since
)
_WRITE_AFTER = 0.5  # seconds from a trouble until it is written, together with others
_WRITE_AGAIN = 30.0  # seconds, the longest wait after the database refused the counts


class Health(Struct, frozen=True, kw_only=True):
    """The state of the deployment. A worker is alive while its session holds its lock."""

    workers: int
    paused: bool
    queued: int  # jobs
    oldest_queued_at: datetime | None  # the earliest moment at which a waiting job was due
    failed_events: int
    failed_jobs: int
    failed_actions: int = 0  # proposals whose action failed
    unknown_actions: int = 0  # proposals whose action may have been performed


class Trouble(Struct, frozen=True, kw_only=True):
    """A kind of trouble of the last day. `detail` is the code of the last one."""

    kind: str
    count: int
    detail: str
    last_at: datetime


class Pulse(Struct, frozen=True, kw_only=True):
    """Whether approvals lead to executions now: how many workers live, and whether executions are paused.

    `arrived` says whether an event from outside was ever stored.
    """

    workers: int
    paused: bool
    arrived: bool = False


async def pulse(conn: Connection) -> Pulse:
    """The pulse as of now."""
    return Pulse(**await queries.the_one(conn, SQL["pulse"]))


async def read(conn: Connection) -> Health:
    """The health as of now."""
    row = await queries.the_one(conn, SQL["overview"])
    from execops.authority import policy  # only here: who listens for changes alone needs none of it

    return Health(paused=(await policy.read(conn)).paused, **row)


async def troubles(conn: Connection) -> list[Trouble]:
    """The troubles of the last day, the latest first."""
    return [Trouble(**row) for row in await queries.many(conn, TROUBLES["lately"])]


async def record_trouble(conn: Connection, kind: str, detail: str) -> None:
    """Count one trouble at once, in the caller's transaction if there is one. `detail` is a code."""
    counts = [{"kind": kind, "count": 1, "detail": detail, "ago": 0.0}]
    await queries.run(conn, TROUBLES["add"], counts=Jsonb(counts))


class Measures(Struct, frozen=True, kw_only=True):
    """The numbers that a monitoring system draws. Each row has labels and a `value`.

    `decisions` has a row for each bound in seconds, with the number of decisions that took at most as long.
    """

    health: Health
    events: list[Json]
    jobs: list[Json]
    overdue: float  # seconds
    executions: list[Json]
    proposals: list[Json]
    decisions: list[Json]
    troubles: list[Json]


async def measure(conn: Connection) -> Measures:
    """The measures as of now."""
    return Measures(
        health=await read(conn),
        events=await queries.many(conn, MEASURES["events"]),
        jobs=await queries.many(conn, MEASURES["jobs"]),
        overdue=(await queries.the_one(conn, MEASURES["overdue"]))["value"],
        executions=await queries.many(conn, MEASURES["executions"]),
        proposals=await queries.many(conn, MEASURES["proposals"]),
        decisions=await queries.many(conn, MEASURES["decisions"], bounds=_BOUNDS),
        troubles=await queries.many(conn, TROUBLES["totals"]),
    )


class _Counted(Struct):
    """The troubles of one kind that are not logged, and not written, yet."""

    unwritten: int = 0
    unlogged: int = 0
    detail: str = ""
    at: float = 0.0
    lines: float = _LINES_AT_ONCE

    def may_log(self, now: float) -> bool:
        """Whether a line is allowed now; strangers must not fill the disk with them."""
        self.lines = min(_LINES_AT_ONCE, self.lines + now - self.at)
        if self.lines < 1:
            return False
        self.lines -= 1
        return True


class Troubles:
    """Counts what one process refuses and what fails, in its log and in the database.

    The kinds are phrases of the code, so their number is small. While the database is away the counts wait in memory.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._kinds: dict[str, _Counted] = {}
        self._writing: asyncio.Task[None] | None = None

    def count(self, kind: str, detail: str = "", **fields: Any) -> None:  # noqa: ANN401
        """Count a trouble. `detail` is a code; `fields` go into the line of the log alone."""
        now = time.monotonic()
        counted = self._kinds.setdefault(kind, _Counted(at=now))
        counted.unwritten += 1
        counted.unlogged += 1
        logs = counted.may_log(now)
        counted.detail, counted.at = detail, now
        if logs:
            from execops.text.log_lines import action  # commands that only read load less

            times = counted.unlogged if counted.unlogged > 1 else None
            name = kind.replace(" ", "_")
            logger.warning(
                "%s%s",
                kind.capitalize(),
                f": {detail}" if detail else "",
                extra=action(name, times=times, **fields),
            )
            counted.unlogged = 0
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_until_done(), name="troubles")

    async def close(self) -> None:
        """Write the rest, if the database takes it."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        await self._write()

    async def _write_until_done(self) -> None:
        wait = _WRITE_AFTER
        while any(counted.unwritten for counted in self._kinds.values()):
            await asyncio.sleep(wait)
            wait = _WRITE_AFTER if await self._write() else min(wait * 2, _WRITE_AGAIN)

    async def _write(self) -> bool:
        """Add the counts to the table; returns whether the database took them."""
        now = time.monotonic()
        counts = {kind: counted.unwritten for kind, counted in self._kinds.items() if counted.unwritten}
        if not counts:
            return True
        rows = [
            {
                "kind": kind,
                "count": count,
                "detail": self._kinds[kind].detail,
                "ago": now - self._kinds[kind].at,
            }
            for kind, count in counts.items()
        ]
        try:
            async with self._ctx.connection() as conn:
                await queries.run(conn, TROUBLES["add"], counts=Jsonb(rows))
        except ExecOpsError:
            return False
        for kind, count in counts.items():
            self._kinds[kind].unwritten -= count
        return True
