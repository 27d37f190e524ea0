"""A job worker inside a test, and waits for what it does: each wait is for a notice, and has a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from execops.client import Client
from execops.context import Context
from execops.model import Status
from jobs.worker import run_worker


@asynccontextmanager
async def working(ctx: Context) -> AsyncIterator[None]:
    """Run a job worker; it is registered and takes jobs when the block begins."""
    stop, started = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(run_worker(ctx, stop, on_start=started.set))
    try:
        await asyncio.wait_for(started.wait(), 20)
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def until(client: Client, holds: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Wait until the condition holds: it is checked at every change of a proposal."""
    async with asyncio.timeout(seconds), client.deployment.changes() as changes:
        if await holds():
            return
        async for _ in changes:
            if await holds():
                return


async def until_pending(client: Client, count: int = 1) -> None:
    """Wait for this many pending proposals."""

    async def holds() -> bool:
        return (await client.proposals.counts()).pending == count

    await until(client, holds)


async def until_status(client: Client, proposal_id: int, status: Status) -> None:
    """Wait for a proposal to reach a status."""

    async def holds() -> bool:
        return (await client.proposals.get(proposal_id)).status is status

    await until(client, holds)


async def drained(ctx: Context, seconds: float = 30.0) -> None:
    """Wait until no job is left. The database notifies nobody of that, so this polls."""
    jobs = "select count(*) as n from procrastinate_jobs where status in ('todo', 'doing')"
    async with asyncio.timeout(seconds):
        while await count(ctx, jobs) > 0:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def count(ctx: Context, query: str) -> int:
    """The number that a query returns as `n`."""
    async with ctx.connection() as conn:
        row = await (await conn.execute(query.encode())).fetchone()
    assert row is not None
    return int(row["n"])
