"""`kill -9` of the job worker between any two steps of the loop still ends in one proposal, one mail, a whole chain."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import EventStatus, ExecutionStatus, Status
from tests import records
from tests.job_worker import count, drained, until_pending, until_status, working
from tests.stripe_events import deliver, failed

BEFORE_DECISION = [
    "execops.processing:process_event:before",  # the job is taken
    "execops.books.ledger:record:after",  # inside the first transaction
    "execops.plays.judging:judge:after",  # inside the first transaction too, after the plays were asked
    "execops.graphs.runtime:run_play:before",  # ledger, snapshots and declined plays are committed
    "execops.graphs.money:draft_to_json:after",  # inside the graph
    "execops.proposals.drafting:draft:after",  # the proposal is committed, the thread is not
    "execops.graphs.runtime:_invoke:after",  # the thread waits, the event is not marked
    "execops.graphs.runtime:run_play:after",
    "execops.ingest.events:finish:before",  # the thread waits, no transaction holds the event
    "execops.ingest.events:finish:after",  # the event is marked, the job is not done
    "execops.processing:process_event:after",  # everything is done except the job
]
AFTER_DECISION = [
    "execops.processing:execute_proposal:before",  # the job is taken
    "execops.graphs.runtime:perform_approved:before",
    "execops.proposals.execution:_begin:before",  # the thread is resumed
    "execops.proposals.execution:_begin:after",  # the execution is running, the mail is not sent
    "execops.adapters._outbox:deliver:before",
    "execops.adapters._outbox:deliver:after",  # the mail is sent, its result is not recorded
    "execops.proposals.execution:_finish:before",
    "execops.proposals.execution:_finish:after",  # the result is recorded, the thread is not resumed
    "execops.graphs.runtime:perform_approved:after",  # the thread ended, the job did not
    "execops.processing:execute_proposal:after",
    "execops.graphs.runtime:close_thread:before",
    "execops.graphs.runtime:close_thread:after",
]


@asynccontextmanager
async def crashing_worker(ctx: Context, point: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a worker process that kills itself at this point."""
    environment = os.environ | {
        "DATABASE_URL": ctx.url.reveal(),
        "EXECOPS_HOME": str(ctx.settings.home),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.e2e.crashing_worker", point, env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def died(process: asyncio.subprocess.Process) -> None:
    """Wait until the planted point has killed the worker."""
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL


async def assert_done_once(ctx: Context, client: Client) -> None:
    """One proposal is executed, one mail is sent, the audit chain verifies, and no thread or job remains."""
    await drained(ctx)
    [proposal] = await client.proposals.history()
    card = await client.proposals.card(proposal.id)
    assert card.proposal.status is Status.EXECUTED
    assert [execution.status for execution in card.executions].count(ExecutionStatus.SUCCEEDED) == 1
    assert len(list((ctx.settings.outbox / "email" / "new").iterdir())) == 1
    assert (await client.audit.verify()).ok
    [event] = await client.events.list()
    assert event["status"] == EventStatus.PROCESSED
    assert await records.checkpoint_rows(ctx) == 0
    assert await count(ctx, "select count(*) as n from procrastinate_jobs") == 0


@pytest.mark.parametrize("point", BEFORE_DECISION)
async def test_a_worker_killed_before_the_decision_loses_nothing(
    ctx: Context, client: Client, point: str
) -> None:
    async with crashing_worker(ctx, point) as process:
        await deliver(ctx, failed())
        await died(process)
    async with working(ctx):
        await until_pending(client)
        await drained(ctx)
        [line] = await client.proposals.inbox()
        await client.proposals.approve(line.id, line.version)
        await until_status(client, line.id, Status.EXECUTED)
        await assert_done_once(ctx, client)


@pytest.mark.parametrize("point", AFTER_DECISION)
async def test_a_worker_killed_after_the_decision_sends_one_mail(
    ctx: Context, client: Client, point: str
) -> None:
    async with crashing_worker(ctx, point) as process:
        await deliver(ctx, failed())
        await until_pending(client)
        [line] = await client.proposals.inbox()
        await client.proposals.approve(line.id, line.version)
        await died(process)
    async with working(ctx):
        await until_status(client, line.id, Status.EXECUTED)
        await assert_done_once(ctx, client)
