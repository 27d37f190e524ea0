"""A worker goes on by itself after a Postgres that stood still, that was restarted, or that ended its sessions at random."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from execops.context import Context
from execops.errors import UnavailableError
from jobs import worker
from jobs.bootstrap import open_context
from tests.e2e.test_hosts import settings_for
from tests.job_worker import working
from tests.own_postgres import Server, Template, children
from tests.stripe_events import deliver, failed, payer

SEED = 7
SECONDS = 4.0  # of trouble


async def stand_still(postgres: Server) -> None:
    """Stop every process of Postgres, for longer than a lease, and let them go on."""
    processes = [postgres.process, *children(postgres.process)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        await asyncio.sleep(SECONDS)
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


async def end_sessions(postgres: Server) -> None:
    """End up to three sessions of ours at a time, whichever they are."""
    chance = random.Random(SEED)
    async with (
        asyncio.timeout(SECONDS + 10),
        await psycopg.AsyncConnection.connect(postgres.owner_url, autocommit=True) as conn,
    ):
        count, until = 0, asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < until:
            await conn.execute(b"select setseed(%s)", (chance.random(),))
            cursor = await conn.execute(
                b"select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity"
                b" where application_name like 'execops%%' order by random() limit %s) s",
                (chance.choice([1, 1, 3]),),
            )
            row = await cursor.fetchone()
            assert row is not None
            count += row[0]
            await asyncio.sleep(chance.uniform(0.02, 0.3))
    assert count > 5


async def restart(postgres: Server) -> None:
    """Restart Postgres three times, at once and without a shutdown."""
    for pause in (0.2, 1.0, 0.0):
        await postgres.restart_immediately()
        await asyncio.sleep(pause)


async def acknowledged(ctx: Context, payload: dict[str, object]) -> None:
    """Deliver an event again and again until it is stored, as Stripe does."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(UnavailableError):
                await deliver(ctx, payload)
                return
            await asyncio.sleep(0.05)


async def send(ctx: Context) -> None:
    """Send events of one customer after another; ends by cancellation."""
    number = 0
    while True:
        number += 1
        await acknowledged(ctx, failed(f"in_{number}", **payer(f"cus_{number}")))
        await asyncio.sleep(0.2)


@pytest.fixture
async def postgres(postgres_template: Template) -> AsyncIterator[Server]:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.one(folder) as server:
        yield server


@pytest.mark.parametrize("trouble", [stand_still, end_sessions, restart])
async def test_a_worker_takes_jobs_again(
    postgres: Server,
    postgres_template: Template,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Callable[[Server], Awaitable[None]],
) -> None:
    monkeypatch.setattr(worker, "HEARTBEAT", 0.2)
    monkeypatch.setattr(worker, "LEASE", 1.0)
    settings = settings_for(postgres.url(), tmp_path, postgres_template)
    async with open_context(settings, pool_size=12) as ctx, working(ctx):
        await acknowledged(ctx, failed("in_first", **payer("cus_first")))
        sending = asyncio.create_task(send(ctx))
        await trouble(postgres)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await acknowledged(ctx, failed("in_last", **payer("cus_last")))
        await postgres.until("select count(*) = 0 from procrastinate_jobs")
    assert await postgres.ask("select count(*) > 1 from events")
    assert await postgres.ask("select count(*) = 0 from events where status <> 'processed'")
    assert await postgres.ask("select count(*) = count(distinct object_id) from action_proposals")
