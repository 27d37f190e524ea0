"""Seconds for bounds of time: without those for which a busy machine let this process wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic, process_time

TICK = 0.02  # seconds


class Stopwatch:
    """Tells the time by a clock that stands still while the machine gives this process no turn."""

    def __init__(self) -> None:
        self._late = 0.0

    def now(self) -> float:
        """Seconds since some moment."""
        return monotonic() - self._late

    async def run(self) -> None:
        """Sum up how much later than asked this loop is woken; what the process itself computes meanwhile is no lateness."""
        while True:
            began, used = monotonic(), process_time()
            await asyncio.sleep(TICK)
            waited = monotonic() - began - TICK - (process_time() - used)
            self._late += max(0.0, waited)


@asynccontextmanager
async def stopwatch() -> AsyncIterator[Stopwatch]:
    """A stopwatch that runs in this loop."""
    watch = Stopwatch()
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        running.cancel()
        await asyncio.wait({running})
