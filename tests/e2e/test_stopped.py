"""A worker that was stopped, lost its database sessions and goes on: it sends nothing more, and one mail goes out."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import forking, records
from tests.e2e.test_kill import assert_done_once, crashing_worker
from tests.job_worker import count, until_pending, until_status, working
from tests.stripe_events import deliver, failed

# The attempt is on record as running, and its mail is not on its way yet.
BEFORE_SENDING = [
    "execops.proposals.execution:_begin:after",
    "execops.proposals.execution:_perform:before",
]
# The mail is on its way, or out: the worker cannot take that back.
WHILE_SENDING = [
    "execops.adapters.outbox.outbox_folder:deliver:before",
    "execops.adapters.outbox.outbox_folder:deliver:after",
]
LIVE_WORKERS = """
    select count(*) as n from pg_locks l join procrastinate_workers w on w.id = l.objid::bigint
    where l.locktype = 'advisory' and l.classid = 7307 and l.granted
      and l.database = (select oid from pg_database where datname = current_database())"""


async def approve_until_stopped(ctx: Context, client: Client, process: forking.Running) -> int:
    """Approve a proposal and wait until its worker has stopped; returns the proposal's id."""
    await deliver(ctx, failed())
    await until_pending(client)
    [line] = await client.proposals.inbox()
    await client.proposals.approve(line.id, line.version)
    await process.stopped()
    return line.id


async def end_sessions(ctx: Context) -> None:
    """Postgres ends every session of this database but the one that asks, and waits until each has ended."""
    ended = await records.rows(
        ctx,
        "select pg_terminate_backend(pid, 10000) as gone from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'",
    )
    assert len(ended) > 1
    assert all(row["gone"] for row in ended)


async def workers(ctx: Context, number: int) -> None:
    """Wait until this many workers live. The database notifies nobody of that, so this polls."""
    async with asyncio.timeout(30):
        while await count(ctx, LIVE_WORKERS) != number:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@asynccontextmanager
async def stopped_at(
    point: str, ctx: Context, client: Client, folder: Path
) -> AsyncIterator[tuple[forking.Running, int, Path]]:
    """A worker that stopped at this point and lost its sessions, its proposal, and the file that notes its deliveries."""
    deliveries = folder / "deliveries"
    async with crashing_worker(ctx, point, 1, "STOP", str(deliveries)) as process:
        proposal_id = await approve_until_stopped(ctx, client, process)
        await end_sessions(ctx)
        yield process, proposal_id, deliveries


at_each_point = pytest.mark.parametrize("point", BEFORE_SENDING + WHILE_SENDING)


@at_each_point
async def test_another_worker_takes_over_before_it_goes_on(
    ctx: Context, client: Client, tmp_path: Path, point: str
) -> None:
    async with (
        stopped_at(point, ctx, client, tmp_path) as (process, proposal_id, deliveries),
        working(ctx),
    ):
        await until_status(client, proposal_id, Status.EXECUTED)
        process.send_signal(signal.SIGCONT)
        await workers(ctx, 2)  # it works again, in new sessions
        await assert_done_once(ctx, client)
    if point in BEFORE_SENDING:
        assert not deliveries.exists()


@at_each_point
async def test_it_goes_on_before_another_worker_looks(
    ctx: Context, client: Client, tmp_path: Path, point: str
) -> None:
    async with stopped_at(point, ctx, client, tmp_path) as (process, proposal_id, deliveries):
        process.send_signal(signal.SIGCONT)
        await until_status(client, proposal_id, Status.EXECUTED)  # it takes the attempt over from itself
        await assert_done_once(ctx, client)
        errors = [row["error"] for row in await records.executions(ctx, proposal_id)]
    if point in BEFORE_SENDING:
        assert deliveries.read_text() == "delivers\n"
        assert errors == ["the process ended before the result was known", None]
