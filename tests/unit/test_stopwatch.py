"""The stopwatch counts what passes and what is computed, and leaves out what the machine is late."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

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


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system tells nothing of turns")
async def test_time_in_which_the_process_that_is_asked_has_no_turn_does_not_count() -> None:
    core = min(os.sched_getaffinity(0))
    code = f"import os\nos.sched_setaffinity(0, {{{core}}})\nprint(flush=True)\nwhile True: pass"
    busy = [
        await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", code, stdout=asyncio.subprocess.PIPE)
        for _ in range(3)
    ]
    try:
        for process in busy:
            assert process.stdout is not None
            await process.stdout.readline()
        async with stopwatch(busy[0].pid) as watch:
            began = watch.now()
            await asyncio.sleep(0.9)  # two thirds of it belong to the two others
            assert watch.now() - began < 0.6
    finally:
        for process in busy:
            process.kill()
            await process.communicate()
