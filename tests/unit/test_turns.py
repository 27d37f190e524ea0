"""A worker's turns: one event of a subject at a time, and no subject keeps all of the worker's jobs waiting."""

from __future__ import annotations

import asyncio

import pytest

from execops.errors import LockedError
from jobs.batches import Turns


async def test_a_job_beyond_those_that_wait_is_set_aside_and_the_turn_is_told() -> None:
    turns, worked = Turns(8), list[int]()

    async def wait() -> None:
        async with turns.of(1):
            worked.append(1)

    async with turns.of(1) as turn:
        waiting = [asyncio.create_task(wait()) for _ in range(3)]
        await asyncio.sleep(0)
        says = [turn.more]
        with pytest.raises(LockedError):
            await wait()
        assert [*says, turn.more] == [False, True]
        async with turns.of(2), turns.of(None), turns.of(None):  # nobody else waits
            assert worked == []
    await asyncio.gather(*waiting)
    assert len(worked) == 3
    assert turns._turns == {}


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_a_small_worker_lets_no_job_wait(size: int) -> None:
    turns = Turns(size)
    async with turns.of(1):
        with pytest.raises(LockedError):
            async with turns.of(1):
                pass
    async with turns.of(1) as turn:  # free again
        assert not turn.more


async def test_a_job_that_is_cancelled_while_it_waits_makes_room() -> None:
    turns = Turns(4)
    async with turns.of(1):
        for _ in range(3):
            entering = asyncio.create_task(turns.of(1).__aenter__())
            await asyncio.sleep(0)
            entering.cancel()
            with pytest.raises(asyncio.CancelledError):
                await entering
    assert turns._turns == {}
