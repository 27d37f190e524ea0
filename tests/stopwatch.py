"""Seconds for bounds of time: without those for which a busy machine let the measured processes wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic, process_time

TICK = 0.02  # seconds


class Stopwatch:
    """Tells the time by a clock that stands still while the machine gives this process no turn, or the one whose answers are timed."""

    def __init__(self, process: int | None) -> None:
        self._late, self._process = 0.0, process

    def now(self) -> float:
        """Seconds since some moment."""
        return monotonic() - self._late

    async def run(self) -> None:
        """Sum up how much later than asked this loop is woken; what the process itself computes meanwhile is no lateness."""
        while True:
            began, used, queued = monotonic(), process_time(), _queued(self._process)
            await asyncio.sleep(TICK)
            waited = monotonic() - began - TICK - (process_time() - used)
            self._late += max(0.0, waited, _queued(self._process) - queued)


def _queued(process: int | None) -> float:
    """Seconds that the main thread of a process was ready and had no core: https://docs.kernel.org/scheduler/sched-stats.html"""
    if process is None:
        return 0.0
    try:
        _, queued, _ = Path(f"/proc/{process}/schedstat").read_text().split()
    except OSError:  # not on Linux, or the process has ended
        return 0.0
    return int(queued) / 1e9


@asynccontextmanager
async def stopwatch(process: int | None = None) -> AsyncIterator[Stopwatch]:
    """A stopwatch that runs in this loop; `process` is the number of the one whose answers are timed."""
    watch = Stopwatch(process)
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        running.cancel()
        await asyncio.wait({running})
