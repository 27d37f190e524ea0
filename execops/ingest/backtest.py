"""Try a play on the past: replay the stored events on scratch tables, and see what the play would have drafted.

The loop is the real one: each event is processed as a worker processes it, with its own moment as now, in the order in
which the events came. Only one play may draft, and nobody decides. The scratch tables are never committed (see
`execops.db.scratch`), so nothing of the deployment changes, and a killed run leaves nothing behind.

Events before the span only fill the ledger, so that the play knows the history. Rows that a backfill or a lookup wrote
belong to no event; each joins at its own moment.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from execops.authority import policy
from execops.books import ledger
from execops.context import WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as, create_pool
from execops.db.scratch import scratch_tables, set_now
from execops.ingest import events, hindsight
from execops.ingest.hindsight import Sums, Tried
from execops.model import EventStatus
from execops.plays.registry import all_plays
from execops.ports import Job, ProcessEvent

logger = logging.getLogger(__name__)
SQL = queries.load("backtest")
CANVAS = queries.load("canvas")
_PAGE = 200  # events
_ANALYZED_FIRST = 100  # events; then after twice as many, and so on
_ROWS = 20_000  # rows without an event that are read at once


class Progress(Struct, frozen=True, kw_only=True):
    """The events that a replay has processed, of how many, and the moment of the last one."""

    done: int
    total: int
    at: datetime | None = None


class Broken(Struct, frozen=True, kw_only=True):
    """An event that the play, or the loop, broke on: the replay went on without its drafts."""

    event_id: int
    type: str
    at: datetime
    error: str


class Covered(Struct, frozen=True, kw_only=True):
    """The days that a backtest covers. `first` and `last` are the first and the last day with events, None without any.

    `stored_since` is the day of the oldest event on record, and `bank_imports` the imports of bank files that were
    replayed.
    """

    first: date | None
    last: date | None
    days_with_events: int
    events: int
    bank_imports: int
    stored_since: date | None


class Backtest(Struct, frozen=True, kw_only=True):
    """The result of a backtest. `finished` is False if it was stopped: then it covers the days until then."""

    play: str
    enabled: bool
    since: datetime
    until: datetime
    finished: bool
    covered: Covered
    sums: Sums
    drafts: list[Tried]
    broken: list[Broken]


class _Clock:
    """The moment of the event that is replayed."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class _NoJobs:
    """A queue that drops every job: nothing is sent, and no thread outlives the replay."""

    async def defer(self, connection: Connection, *jobs: Job) -> None:
        pass


async def run(
    ctx: Context,
    play: str,
    since: datetime,
    process: ProcessEvent,
    *,
    stop: asyncio.Event | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Backtest:
    """Replay the stored events, and see what this play would have drafted since a moment.

    `process` processes one event. The settings are those of today. No model is asked, and no source. Raises
    NotAllowedError if the database role may not create a schema, DatabaseUnavailableError.
    """
    now, zone = ctx.clock.now(), ZoneInfo(ctx.settings.time_zone)
    async with ctx.connection() as conn:
        rules = await policy.read(conn)
        stored = await queries.the_one(conn, SQL["stored"])
        suppressed = [row["subject_key"] for row in await queries.many(conn, SQL["suppressed"])]
    async with scratch_tables(ctx.owner_url) as scratch:
        await _set_rules(scratch, play, suppressed, ctx.settings.time_zone)
        replay = _Replay(ctx, scratch, since, process)
        finished = await replay.run(stored["events"], stop or asyncio.Event(), on_progress)
        until = now if finished else max(replay.moments, default=since)
        async with ctx.connection() as conn:
            drafts = await hindsight.drafts(scratch, conn, play, until, zone)
    days = {moment.astimezone(zone).date() for moment in replay.moments}
    first_at: datetime | None = stored["first_at"]
    return Backtest(
        play=play,
        enabled=rules.play_allowed(play),
        since=since,
        until=until,
        finished=finished,
        covered=Covered(
            first=min(days, default=None),
            last=max(days, default=None),
            days_with_events=len(days),
            events=len(replay.moments),
            bank_imports=replay.bank_imports,
            stored_since=None if first_at is None else first_at.astimezone(zone).date(),
        ),
        sums=hindsight.add_up(drafts),
        drafts=drafts,
        broken=replay.broken,
    )


async def _set_rules(scratch: Connection, play: str, suppressed: Sequence[str], zone: str) -> None:
    """Let only this play draft, contact nobody who is suppressed today, and note how proposals end."""
    await act_as(scratch, WORKER)
    forbidden = sorted(set(all_plays()) - {play})
    await queries.run(scratch, SQL["put_rules"], forbidden=forbidden, suppressed=list(suppressed))
    await queries.run(scratch, SQL["note_endings"])
    await queries.run(scratch, CANVAS["rebuild"], zone=zone)


class _Replay:
    """One replay: the scratch tables, the clock, and what it has seen of the span so far."""

    def __init__(self, ctx: Context, scratch: Connection, since: datetime, process: ProcessEvent) -> None:
        self.clock = _Clock(since)
        self.moments: list[datetime] = []
        self.bank_imports = 0
        self.broken: list[Broken] = []
        self._ctx, self._scratch, self._since, self._process = ctx, scratch, since, process
        # Everything happens on the scratch connection: the pool is never opened, so another one cannot be had.
        self._replayed = replace(
            ctx,
            held=scratch,
            pool=create_pool(ctx.url.reveal()),
            queue=_NoJobs(),
            clock=self.clock,
            adapters={},
            reasoner=None,
            picker=None,
            readers={},
        )
        self._unwoken = [
            _Unwoken(ctx, scratch, SQL["snapshots_without_event"], SQL["put_snapshots"]),
            _Unwoken(ctx, scratch, SQL["movements_without_event"], SQL["put_movements"]),
            _Unwoken(ctx, scratch, SQL["balances_without_event"], SQL["put_balances"]),
        ]

    async def run(self, total: int, stop: asyncio.Event, on_progress: Callable[[Progress], None]) -> bool:
        """Replay every event; returns False if `stop` was set before the last one."""
        done, analyze_at = 0, _ANALYZED_FIRST
        on_progress(Progress(done=done, total=total))
        async for came in self._events():
            for number, row in enumerate(came):
                if stop.is_set():
                    return False
                await self._replay(row, came if number == 0 else [])
                done += 1
                if done == analyze_at:
                    await queries.run(self._scratch, SQL["analyze"])
                    analyze_at *= 2
                on_progress(Progress(done=done, total=max(done, total), at=row["at"]))
        return True

    async def _events(self) -> AsyncIterator[list[dict[str, Any]]]:
        """The stored events in the order in which they came, those of a bank's statement together.

        They are put into the scratch tables first, page by page.
        """
        came: list[dict[str, Any]] = []
        after = 0
        while True:
            async with self._ctx.connection() as conn:
                page = await queries.many(conn, SQL["events_after"], after=after, limit=_PAGE)
            if page:
                await queries.run(self._scratch, SQL["put_events"], rows=[row["row"] for row in page])
                after = page[-1]["id"]
            for row in page:
                if came and not (row["source"] == came[0]["source"] == "bank" and row["at"] == came[0]["at"]):
                    yield came
                    came = []
                came.append(row)
            if not page:
                break
        if came:
            yield came

    async def _replay(self, row: dict[str, Any], statement: Sequence[dict[str, Any]]) -> None:
        """Replay an event. No play judges half a `statement`: the first of its events books the rows of all."""
        self.clock.moment = row["at"]
        await set_now(self._scratch, row["at"])
        for unwoken in self._unwoken:
            await unwoken.join_until(row["at"])
        if len(statement) > 1:
            for part in statement:
                await self._try(self._book(part["id"]))
        if row["at"] < self._since:
            await self._try(self._record(row["id"]))
        else:
            self.moments.append(row["at"])
            self.bank_imports += row["source"] == "bank" and bool(statement)
            error = await self._try(self._process(self._replayed, row["id"]))
            if error is not None:
                broken = Broken(event_id=row["id"], type=row["type"], at=row["at"], error=error)
                self.broken.append(broken)
                await self._try(self._record(row["id"]))

    async def _try(self, work: Awaitable[None]) -> str | None:
        """Do work on one event; returns the error that broke it, and undoes what it wrote until then."""
        try:
            async with self._scratch.transaction():
                await work
        except Exception as exc:
            if self._scratch.closed:
                raise
            logger.debug("An event broke the replay", exc_info=exc)
            return f"{type(exc).__name__}: {exc}"
        return None

    async def _record(self, event_id: int) -> None:
        """Record what an event tells in the ledger, and wake no play."""
        await self._book(event_id)
        await events.finish(self._scratch, event_id, EventStatus.PROCESSED)

    async def _book(self, event_id: int) -> None:
        await act_as(self._scratch, WORKER)
        await ledger.record(self._scratch, await events.get(self._scratch, event_id))


class _Unwoken:
    """The rows of one table that no event told, which join the scratch tables at their own moments."""

    def __init__(self, ctx: Context, scratch: Connection, read: bytes, put: bytes) -> None:
        self._ctx, self._scratch, self._read, self._put = ctx, scratch, read, put
        self._waiting: list[dict[str, Any]] = []  # the next one last
        self._last: dict[str, Any] = {"at": None, "key": None}
        self._more = True

    async def join_until(self, moment: datetime) -> None:
        """Put the rows of this moment and before into the scratch tables."""
        while True:
            if not self._waiting and self._more:
                await self._load()
            rows: list[str] = []
            while self._waiting and self._waiting[-1]["at"] <= moment:
                rows.append(self._waiting.pop()["row"])
            if not rows:
                return
            await queries.run(self._scratch, self._put, rows=rows)

    async def _load(self) -> None:
        async with self._ctx.connection() as conn:
            page = await queries.many(
                conn, self._read, at=self._last["at"], key=self._last["key"], limit=_ROWS
            )
        self._more = len(page) == _ROWS
        if page:
            self._last = page[-1]
        self._waiting = page[::-1]
