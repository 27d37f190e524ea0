"""The stopwatch counts what passes and what is computed, and leaves out what the machine is late."""

from __future__ import annotations

import asyncio
import time

from tests.stopwatch import stopwatch


async def test_time_that_passes_counts() -> None:
    async with stopwatch() as watch:
        began = watch.now()
        await asyncio.sleep(0.5)
        assert 0.25 < watch.now() - began < 1


async def test_time_that_is_computed_counts() -> None:
    async with stopwatch() as watch:
        await asyncio.sleep(0.05)
        began, used = watch.now(), time.process_time()
        while time.process_time() - used < 0.3:
            pass
        await asyncio.sleep(0.05)
        assert watch.now() - began > 0.25


async def test_time_without_a_turn_does_not_count() -> None:
    async with stopwatch() as watch:
        await asyncio.sleep(0.05)
        began = watch.now()
        time.sleep(0.6)  # noqa: ASYNC251  as if the machine let this process wait
        await asyncio.sleep(0.05)
        assert watch.now() - began < 0.4
