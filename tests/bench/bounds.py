"""The bounds of the loop: the statements of our own path by bare psycopg, and a bare graph run in memory.

A design with the same guarantees (one transaction for an event and all that it leads to; the decision, the attempt and the
thread each in their own, under their locks) sends such statements and runs such a graph. The Python that ExecOps runs
between two statements is left out, and so are HTTP and our share of the job.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psycopg
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.db.pool import Pool
from execops.model import Json
from jobs.bootstrap import open_context
from jobs.worker import on_own_sessions
from tests.bench import baseline
from tests.bench.replay import Path, Replay, recorded
from tests.bench.stage import Stage
from tests.bench.timing import arrive
from tests.bench.worker import Probe


@dataclass(frozen=True, slots=True)
class Round:
    """The path of one event, of the approval of its proposal, and of the execution."""

    event: Path
    approval: Path
    execution: Path


class _Marking(Probe):
    """An adapter that marks where in a path it is called."""

    path: Path

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Mark the place."""
        self.path.until_adapter = len(self.path.steps)
        return {}


async def record(stage: Stage, rounds: int, backlog: int) -> tuple[str, list[Round], list[Path]]:
    """Record so many rounds, and the events of a backlog; returns the URL of the database to replay them in."""
    url = await stage.database("recorded")
    async with open_context(stage.settings(url)) as ctx:
        ids = [(await arrive(ctx, f"bound{time.time_ns()}x", 1))[0] for _ in range(rounds)]
        waiting = await arrive(ctx, f"bound{time.time_ns()}x", backlog)
    copy = await stage.database("replayed", copy_of="recorded")
    async with (
        open_context(stage.settings(url)) as opened,
        on_own_sessions(opened) as ctx,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as conn,
    ):
        client, adapter = await Client.login(ctx, ctx.settings.token), _Marking(ctx.settings, conn)
        marked = replace(ctx, adapters={**ctx.adapters, "email": adapter})
        recordings = [await _round(marked, client, adapter, event_id) for event_id in ids]
        events = []
        for event_id in waiting:
            with recorded() as path:
                await processing.process_event(ctx, event_id)
            events.append(path)
    return copy, recordings, events


async def _round(ctx: Context, client: Client, adapter: _Marking, event_id: int) -> Round:
    with recorded() as event:
        await processing.process_event(ctx, event_id)
    [line] = await client.proposals.inbox()
    with recorded() as approval:
        await client.proposals.approve(line.id, line.version)
    with recorded() as execution:
        adapter.path = execution
        await processing.execute_proposal(ctx, line.id, 1)
    assert execution.until_adapter is not None
    return Round(event, approval, execution)


class Bound:
    """Runs what a round has to do at least, round after round."""

    def __init__(self, pool: Pool, rounds: list[Round]) -> None:
        self._replay, self._rounds = Replay(pool), iter(rounds)
        self._saver, self._round = InMemorySaver(), rounds[0]

    async def propose(self) -> None:
        """The statements of the next round's event, and a run of a graph."""
        self._round = next(self._rounds)
        await self._replay.run(self._round.event.steps)
        await baseline.run_alone({}, self._saver, str(id(self._round)))

    async def execute(self) -> None:
        """The statements of its approval and of its execution until the adapter is called, and a graph resumed."""
        execution = self._round.execution
        await self._replay.run(self._round.approval.steps)
        await self._replay.run(execution.steps[: execution.until_adapter])
        await baseline.run_alone(Command(resume=True), self._saver, str(id(self._round)))

    async def finish(self) -> None:
        """The rest of the execution, which nobody waits for."""
        execution = self._round.execution
        await self._replay.run(execution.steps[execution.until_adapter :])


async def drained(pool: Pool, events: list[Path]) -> float:
    """Replay the events of a backlog, as many at once as a worker does, with a graph each; returns how many a second."""
    waiting = iter(events)

    async def work() -> None:
        replay = Replay(pool)
        for path in waiting:
            await replay.run(path.steps)
            await baseline.run_alone({}, InMemorySaver(), "thread")
        await replay.close()

    begin = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(baseline.CONCURRENCY)))
    return len(events) / (time.perf_counter() - begin)
