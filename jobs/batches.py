"""The entry point of jobs for events that arrived together: each in its turn, so that no subject keeps the others waiting.

Events about one subject change the same facts, so Postgres lets one transaction at a time have them. A worker
takes that into account before it spends a slot: it works on one event of a subject at a time. If a subject has more events
than it can do, the job that has its turn does those too, and the worker's other jobs are about other subjects.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct, field

from execops import processing
from execops.context import Context
from execops.errors import BusyError, DatabaseUnavailableError, LockedError
from execops.ingest import events
from execops.ports import process_event_job

logger = logging.getLogger(__name__)


class _Turn(Struct):
    """The turn of one subject; `more` says that a job was set aside because others wait for this turn."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    more: bool = False


class Turns:
    """The events that one worker works on: `size` at once, and of a subject one.

    Less than half of its jobs wait for a turn, so the others can do something.
    """

    def __init__(self, size: int) -> None:
        self.slots = asyncio.Semaphore(size)
        self._most = max(0, size // 2 - 1)
        self._waiting = 0
        self._turns: dict[int, _Turn] = {}

    @asynccontextmanager
    async def of(self, lane: int | None) -> AsyncIterator[_Turn]:
        """The turn of a subject; None is a subject of its own.

        Raises LockedError where enough jobs wait already; then whoever has the turn does this job's events too.
        """
        if lane is None:
            yield _Turn()
            return
        turn = self._turns.setdefault(lane, _Turn())
        waits = turn.lock.locked()
        if waits and self._waiting >= self._most:
            turn.more = True
            raise LockedError("The worker works on another event of this subject.", hint="Try again.")
        turn.waiting += 1
        self._waiting += waits
        try:
            async with turn.lock:
                self._waiting -= waits
                waits = False
                yield turn
        finally:
            self._waiting -= waits  # of a job that was cancelled while it waited
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[lane]


async def process_events(
    ctx: Context, event_ids: Sequence[int], turns: Turns, lanes: Sequence[int | None] = ()
) -> None:
    """Process the events that arrived together: each in a transaction of its own, those of a subject one after another.

    `lanes` tell the events' subjects apart, as `process_events_jobs` does. An event that fails gets a job of its own, which
    tries again; the others go on. After a killed worker, a second call processes only the rest. Raises
    DatabaseUnavailableError, and LockedError for a subject that is not free; then the job is to be tried again.
    """
    lane_of = dict(zip(event_ids, lanes, strict=False))
    waiting = list(event_ids)
    if len(waiting) > 1:
        async with ctx.connection() as conn:
            waiting = await events.still_received(conn, event_ids)
    groups: dict[object, list[int]] = defaultdict(list)
    for event_id in waiting:
        lane = lane_of.get(event_id)
        groups[("event", event_id) if lane is None else lane].append(event_id)
    work = [_in_turn(ctx, group, turns, lane_of.get(group[0])) for group in groups.values()]
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _in_turn(ctx: Context, event_ids: Sequence[int], turns: Turns, lane: int | None) -> None:
    """Process the events of one subject, and those of the jobs that were set aside meanwhile."""
    async with turns.of(lane) as turn:
        for event_id in event_ids:
            await _process(ctx, event_id, turns)
        tried = list(event_ids)
        while turn.more:
            turn.more = False
            while (another := await _next(ctx, tried)) is not None:
                tried.append(another)
                await _process(ctx, another, turns)


async def _next(ctx: Context, tried: Sequence[int]) -> int | None:
    async with ctx.connection() as conn:
        return await events.next_of_subject(conn, tried)


async def _process(ctx: Context, event_id: int, turns: Turns) -> None:
    async with turns.slots:
        try:
            await processing.process_event(ctx, event_id)
        except (DatabaseUnavailableError, LockedError):
            raise
        except Exception as exc:
            if not isinstance(exc, BusyError):
                logger.warning("Event %s failed; a job of its own tries again", event_id, exc_info=exc)
            async with ctx.connection() as conn:
                await ctx.queue.defer(conn, process_event_job(event_id))
