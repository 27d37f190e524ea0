"""Waits and clocks that the parts of the bench share."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg

from execops.context import Context
from execops.db.pool import Pool
from execops.ingest.batching import Intake
from execops.settings import Secret
from execops.sources.stripe import sign
from tests.bench.load import payload
from tests.bench.stage import SECRET, Stage, module


async def arrive(ctx: Context, tag: str, count: int) -> list[int]:
    """Take in deliveries as the server does with those that arrive at once; returns the ids of their events."""
    intake = Intake(ctx)
    bodies = [json.dumps(payload(tag)).encode() for _ in range(count)]
    headers = [{"stripe-signature": sign(body, Secret(SECRET))} for body in bodies]
    arrivals = (intake.receive("stripe", header, body) for header, body in zip(headers, bodies, strict=True))
    return [receipt.event_id for receipt in await asyncio.gather(*arrivals)]


async def drained_by_us(stage: Stage, ctx: Context, tag: str, count: int) -> float:
    """Run our worker until the events with this tag are processed; returns how many it processed a second."""
    query = (
        f"select processed_at as at from events where dedupe_key like 'evt_{tag}%' and status = 'processed'"
    )
    async with stage.process(ctx.url.reveal(), *module("tests.bench.worker")):
        return await drained(ctx.pool, query, count)


async def drained(pool: Pool, query: str, count: int) -> float:
    """Wait until the backlog is drained; returns how many rows a second the query gained, from the first to the last."""
    summed = f"select count(*) as n, extract(epoch from max(at) - min(at))::float as seconds from ({query}) as done"
    async with asyncio.timeout(120):
        while True:
            async with pool.connection() as conn:
                row = await (await conn.execute(summed.encode())).fetchone()
            assert row is not None
            if row["n"] == count:
                return float((count - 1) / row["seconds"])
            await asyncio.sleep(0.1)


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    """The milliseconds that the work takes."""
    begin = time.perf_counter()
    await work()
    return (time.perf_counter() - begin) * 1000


async def idle() -> None:
    """Wait a random while, so that no round keeps in step with a worker's polling."""
    await asyncio.sleep(random.uniform(0.05, 0.15))


class Notices:
    """The notices of a channel: call it to wait for the next one."""

    def __init__(self) -> None:
        self._notices: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self) -> Awaitable[str]:
        return asyncio.wait_for(self._notices.get(), 30)

    def put(self, notice: str) -> None:
        """Keep a notice until somebody waits for it."""
        self._notices.put_nowait(notice)

    def forget(self) -> None:
        """Drop the notices that have arrived so far."""
        while not self._notices.empty():
            self._notices.get_nowait()


@asynccontextmanager
async def listening(url: str, channel: str) -> AsyncIterator[Notices]:
    """Listen on a channel, with a connection of its own."""
    notices = Notices()

    async def listen(conn: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        async for notice in conn.notifies():
            notices.put(notice.payload)

    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute(f"listen {channel}".encode())
        listening = asyncio.create_task(listen(conn))
        try:
            yield notices
        finally:
            listening.cancel()
            await asyncio.wait({listening})
