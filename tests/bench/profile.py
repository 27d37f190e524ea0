"""`python -m tests.bench.profile`: the time of one event and of one approval, by cause.

A thread samples the worker's stack once a millisecond, and books the processor time since the last sample on the library
whose code ran. The rest of the time is waiting: for Postgres, whose own processor time is read from /proc, and for the
disk.
"""

from __future__ import annotations

import asyncio
import os
import sys
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

import psycopg

from cli.running import worker_pool
from cli.session import serving_loop
from execops import processing
from execops.client import Client
from execops.context import Context
from execops.sources.stripe import sign
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.bench.load import payload
from tests.bench.stage import SECRET, compile_all, open_stage
from tests.job_worker import drained, working

EVENTS = 400
ALONE = 100
_INTERVAL = 0.001  # seconds

_CAUSES = {
    "psycopg": "protocol (psycopg)",
    "psycopg_pool": "protocol (psycopg)",
    "psycopg_binary": "protocol (psycopg)",
    "langgraph": "LangGraph",
    "langchain_core": "LangGraph",
    "langsmith": "LangGraph",
    "procrastinate": "Procrastinate",
    "execops": "ExecOps",
    "jobs": "ExecOps",
}
_PARTS = {part: cause for part, cause in _CAUSES.items()}


@dataclass(slots=True)
class Profile:
    cpu: Counter[str] = field(default_factory=Counter)
    wall: float = 0.0
    postgres: float = 0.0
    lines: Counter[str] = field(default_factory=Counter)


def cause_of(frame: FrameType | None) -> tuple[str, str]:
    leaf = str(frame and (frame.f_globals.get("__name__"), frame.f_code.co_name))
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        root = name.split(".", 1)[0]
        if root in _PARTS:
            return _PARTS[root], f"{name}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "event loop", leaf


class Sampler:
    def __init__(self) -> None:
        self.profile = Profile()
        self._before = time.thread_time()

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
        self._before = time.thread_time()

    def _sample(self, _: int, frame: FrameType | None) -> None:
        now = time.thread_time()
        cause, line = cause_of(frame)
        self.profile.cpu[cause] += now - self._before
        self.profile.lines[line] += now - self._before
        self._before = now

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)


def _postgres_seconds(home: Path) -> float:
    total = 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if "(postgres)" in stat:
                f = stat.rsplit(")", 1)[1].split()
                total += (int(f[11]) + int(f[12]) + int(f[13]) + int(f[14])) / ticks
    return total


@asynccontextmanager
async def profiled() -> AsyncIterator[Profile]:
    sampler = Sampler()
    pg, begin = _postgres_seconds(Path()), time.perf_counter()
    sampler.start()
    yield sampler.profile
    sampler.profile.wall = time.perf_counter() - begin
    sampler.stop()
    sampler.profile.postgres = _postgres_seconds(Path()) - pg


def show(name: str, profile: Profile, count: int) -> None:
    cpu = sum(profile.cpu.values())
    print(f"{name}: {profile.wall / count * 1000:.2f} ms")
    for cause, seconds in profile.cpu.most_common():
        print(f"  {cause:24} {seconds / count * 1000:6.2f} ms  {seconds / cpu:5.0%}")
    print(f"  {'worker processor':24} {cpu / count * 1000:6.2f} ms")
    print(f"  {'Postgres processor':24} {profile.postgres / count * 1000:6.2f} ms")
    if os.environ.get("LINES"):
        for line, seconds in profile.lines.most_common(int(os.environ["LINES"])):
            print(f"     {line:70} {seconds / count * 1000:6.3f} ms")


async def fill(ctx: Context, count: int) -> list[int]:
    import json
    from execops.ingest.batching import Intake

    tag = f"p{time.time_ns()}x"
    intake = Intake(ctx)
    bodies = [json.dumps(payload(tag)).encode() for _ in range(count)]
    receipts = await asyncio.gather(
        *(intake.receive("stripe", {"stripe-signature": sign(body, Secret(SECRET))}, body) for body in bodies)
    )
    return [r.event_id for r in receipts]


async def main() -> None:
    async with open_stage() as stage:
        url = await stage.database("profile")
        async with open_context(stage.settings(url), pool_size=worker_pool(4)) as ctx:
            await fill(ctx, 40)
            async with working(ctx):
                await drained(ctx)
            ids = await fill(ctx, ALONE)
            async with profiled() as alone:
                for id_ in ids:
                    await processing.process_event(ctx, id_)
            show("one event alone", alone, ALONE)
            async with working(ctx):
                await drained(ctx)
            await fill(ctx, EVENTS)
            async with profiled() as backlog:
                async with working(ctx):
                    await drained(ctx, 100)
            show("one event of a backlog", backlog, EVENTS)


if __name__ == "__main__":
    compile_all()
    with asyncio.Runner(loop_factory=serving_loop) as runner:
        runner.run(main())
