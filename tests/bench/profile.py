"""`python -m tests.bench.profile`: the time of one delivery, one event and one approval, by cause.

A timer interrupts the process every few milliseconds of its processor time. The time since the last interruption is
booked on the library whose code ran then. Waiting is the rest of the wall clock: for Postgres, whose own processor time
is read from /proc, and for its disk. The bare job and graph of `tests.bench.baseline` stand beside ours.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cli.session import serving_loop
from execops import processing
from execops.client import Client
from execops.db.pool import Pool, create_pool
from jobs.bootstrap import open_context
from jobs.worker import on_own_sessions
from tests.bench import baseline
from tests.bench.stage import Stage, compile_all, open_stage
from tests.bench.timing import arrive
from tests.job_worker import drained, working

COUNT = 300  # of what is measured
OF_AN_EVENT, OF_AN_EXECUTION = (
    12,
    17,
)  # statements besides the graph's own: see tests/integration/test_counts.py
_INTERVAL = 0.002  # seconds
_CAUSES = {
    "psycopg": "protocol (psycopg)",
    "psycopg_pool": "protocol (psycopg)",
    "langgraph": "LangGraph",
    "langchain_core": "LangGraph",
    "langsmith": "LangGraph",
    "procrastinate": "Procrastinate",
    "execops": "ExecOps",
    "jobs": "ExecOps",
}


@dataclass(slots=True)
class Profile:
    """Seconds: of this process by cause, of the wall clock, and of Postgres's processes."""

    name: str
    by_cause: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    wall: float = 0.0
    postgres: float = 0.0

    def print(self, count: int) -> None:
        """Print milliseconds for each of `count` things that were measured."""
        busy = sum(self.by_cause.values())
        print(f"{self.name}: {self.wall / count * 1000:.2f} ms of the wall clock")
        for cause, seconds in sorted(self.by_cause.items(), key=lambda pair: -pair[1]):
            print(f"    {cause:22}{seconds / count * 1000:6.2f} ms  {seconds / busy:4.0%} of the process")
        print(f"    {'the process':22}{busy / count * 1000:6.2f} ms")
        print(f"    {'Postgres':22}{self.postgres / count * 1000:6.2f} ms, partly at the same time")


def _cause(frame: FrameType | None) -> str:
    """The library of the innermost frame that belongs to one."""
    while frame is not None:
        cause = _CAUSES.get(str(frame.f_globals.get("__name__", "")).partition(".")[0])
        if cause is not None:
            return cause
        frame = frame.f_back
    return "event loop"


def _postgres_seconds(stage: Stage) -> float:
    """The processor seconds of the stage's Postgres, with those of its sessions that ended; 0 where there is no /proc."""
    postmaster = (stage.home / "postgres" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            numbers = stat.read_text().rpartition(")")[2].split()
        except OSError:  # the process ended
            continue
        if postmaster in {stat.parent.name, numbers[1]}:
            ticks += sum(map(int, numbers[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def profiled(stage: Stage, name: str) -> AsyncIterator[Profile]:
    """Profile the block."""
    profile, postgres, begin = Profile(name), _postgres_seconds(stage), time.perf_counter()
    before = time.thread_time()

    def book(_: int, frame: FrameType | None) -> None:
        nonlocal before
        now = time.thread_time()
        profile.by_cause[_cause(frame)] += now - before
        before = now

    signal.signal(signal.SIGPROF, book)
    signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
    try:
        yield profile
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
    profile.wall = time.perf_counter() - begin
    profile.postgres = _postgres_seconds(stage) - postgres


def _tag() -> str:
    return f"profile{time.time_ns()}x"


async def _ours(stage: Stage) -> None:
    url = await stage.database("ours")
    async with open_context(stage.settings(url)) as opened, on_own_sessions(opened) as ctx:
        client = await Client.login(ctx, ctx.settings.token)
        await arrive(ctx, _tag(), COUNT // 10)
        async with working(ctx):
            await drained(ctx)
        async with profiled(stage, "one delivery of many at once, without HTTP") as profile:
            ids = await arrive(ctx, _tag(), COUNT)
        profile.print(COUNT)
        async with profiled(stage, "one event alone") as profile:
            for event_id in ids:
                await processing.process_event(ctx, event_id)
        profile.print(COUNT)
        async with working(ctx):  # the jobs of those events have nothing left to do
            await drained(ctx)
        await arrive(ctx, _tag(), COUNT)
        async with profiled(stage, "one event of a backlog") as profile, working(ctx):
            await drained(ctx, 100)
        profile.print(COUNT)
        lines = await client.proposals.inbox(limit=COUNT)
        async with profiled(stage, "one approval") as profile:
            for line in lines:
                await client.proposals.approve(line.id, line.version)
        profile.print(COUNT)
        async with profiled(stage, "one execution") as profile:
            for line in lines:
                await processing.execute_proposal(ctx, line.id, 1)
        profile.print(COUNT)


async def _bare(stage: Stage) -> None:
    url = await stage.database("bare", migrated=False)
    await baseline.prepare(url)
    pool = create_pool(url, max_size=22, plans_once=True)
    async with pool:
        threads = [await baseline.run_graph(pool) for _ in range(COUNT // 10)]
        async with profiled(stage, "a bare graph alone") as profile:
            threads = [await baseline.run_graph(pool) for _ in range(COUNT)]
        profile.print(COUNT)
        async with profiled(stage, "a bare graph resumed") as profile:
            for thread in threads:
                await baseline.resume_graph(pool, thread)
        profile.print(COUNT)
        # The rest between these two and ours is our own work; the round trips alone cost this.
        name = f"a bare graph alone, and {OF_AN_EVENT} statements that do nothing, in a transaction"
        async with profiled(stage, name) as profile:
            for at in range(COUNT):
                await _statements(pool, OF_AN_EVENT)
                threads[at] = await baseline.run_graph(pool)
        profile.print(COUNT)
        name = f"a bare graph resumed, and {OF_AN_EXECUTION} such statements in two transactions"
        async with profiled(stage, name) as profile:
            for thread in threads:
                await _statements(pool, OF_AN_EXECUTION // 2)
                await baseline.resume_graph(pool, thread)
                await _statements(pool, OF_AN_EXECUTION - OF_AN_EXECUTION // 2)
        profile.print(COUNT)


async def _statements(pool: Pool, count: int) -> None:
    async with pool.connection() as conn, conn.transaction():
        await conn.execute(b"insert into begun default values")  # so that the commit is written
        for number in range(count - 1):
            await conn.execute("select %s::int", (number,))


async def main() -> None:
    """Profile ours and the bare libraries, and print both."""
    async with open_stage() as stage:
        await _ours(stage)
        await _bare(stage)


if __name__ == "__main__":
    compile_all()
    with asyncio.Runner(loop_factory=serving_loop) as runner:
        runner.run(main())
