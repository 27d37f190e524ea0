"""`kill -9` of the job worker between any two steps of the loop still ends in one proposal, one mail, a whole chain."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from execops.client import Client
from execops.context import Context
from execops.ingest import deliveries
from execops.model import EventStatus, ExecutionStatus, Status
from execops.ports import process_event_job
from tests import forking, records
from tests.facts import SENDERS
from tests.job_worker import count, drained, until_pending, until_status, working
from tests.stripe_events import deliver, failed, payer, sign

# Everything that an event leads to is one transaction.
AT_ONCE = [
    "jobs.batches:process_events:before",  # the job is taken
    "execops.processing:process_event:before",
    "execops.books.ledger:record:after",  # from here on inside the transaction
    "execops.plays.routing.judging:Judge.ask:after",
    "execops.graphs.runtime:draft_at_once:before",
    "execops.proposals.drafting:draft:after",  # inside the graph
    "execops.graphs.runtime:_invoke:after",  # the checkpoint is not written
    "execops.graphs.runtime:draft_at_once:after",
    "execops.ingest.events:finish:before",
    "execops.ingest.events:finish:after",  # nothing is committed yet
    "execops.processing:process_event:after",  # this event is committed, the job is not done
    "jobs.batches:process_events:after",  # everything is done except the job
]
AMONG_SEVEN = [
    "execops.processing:process_event:before",
    "execops.plays.routing.judging:Judge.ask:after",
    "execops.proposals.drafting:draft:after",
    "execops.ingest.events:finish:after",
    "execops.processing:process_event:after",
]
AMONG_SIXTY_FOUR = [
    "execops.proposals.drafting:draft:after",
    "execops.processing:process_event:after",
]
TOGETHER = [
    *[(1, point) for point in AT_ONCE],
    *[(7, point) for point in AMONG_SEVEN],
    *[(64, point) for point in AMONG_SIXTY_FOUR],
]
# An event that failed once has a job of its own, which commits step by step.
IN_STEPS = [
    "execops.processing:process_event:before",  # the job is taken
    "execops.books.ledger:record:after",  # inside the first transaction
    "execops.plays.routing.judging:Judge.ask:after",  # inside the first transaction too, after the plays were asked
    "execops.graphs.runtime:run_play:before",  # ledger, snapshots and declined plays are committed
    "execops.graphs.money:draft_to_json:after",  # inside the graph
    "execops.proposals.drafting:draft:after",  # the proposal is committed, the thread is not
    "execops.graphs.runtime:_invoke:after",  # the thread waits, the event is not marked
    "execops.graphs.runtime:run_play:after",
    "execops.ingest.events:finish:before",  # the thread waits, no transaction holds the event
    "execops.ingest.events:finish:after",  # the event is marked, the job is not done
    "execops.processing:process_event:after",  # everything is done except the job
]
RecordProperty = Callable[[str, object], None]
# All steps, with mails to the outbox. The tests of the other adapters try the steps in which an adapter is.
AFTER_DECISION = [
    "execops.processing:execute_proposal:before",  # the job is taken
    "execops.graphs.runtime:perform_approved:before",
    "execops.proposals.execution:_begin:before",  # the thread is resumed
    "execops.proposals.execution:_begin:after",  # the execution is running, the mail is not sent
    "execops.adapters.outbox.outbox_folder:deliver:before",
    "execops.adapters.outbox.outbox_folder:deliver:after",  # the mail is sent, its result is not recorded
    "execops.proposals.execution:_finish:before",
    "execops.proposals.execution:_finish:after",  # the result is recorded, the thread is not resumed
    "execops.graphs.runtime:perform_approved:after",  # the thread ended, the job did not
    "execops.processing:execute_proposal:after",
    "execops.graphs.runtime:close_thread:before",
    "execops.graphs.runtime:close_thread:after",
]


@asynccontextmanager
async def crashing_worker(
    ctx: Context,
    point: str,
    nth: int = 1,
    *more: str,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[forking.Running]:
    """Start a worker process that kills itself when it passes this point for the nth time.

    `more` are the further arguments of `crashing_worker`, `environ` further settings of the process.
    """
    senders = {f"EXECOPS_{name.upper()}": value for name, value in SENDERS.items()}
    environment = (
        os.environ
        | senders
        | {
            "DATABASE_URL": ctx.url.reveal(),
            "EXECOPS_HOME": str(ctx.settings.home),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        | dict(environ)
    )
    environment.pop(
        "PYTHONUNBUFFERED", None
    )  # nobody reads what it prints, and with it Python would import all anew
    process = await forking.run("tests.e2e.crashing_worker", f"{point}:{nth}", *more, env=environment)
    try:
        yield process
    finally:
        await process.end()


async def died(process: forking.Running) -> None:
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


@pytest.mark.parametrize(("size", "point"), TOGETHER)
async def test_a_worker_killed_among_events_that_arrived_together_loses_none(
    ctx: Context, client: Client, size: int, point: str
) -> None:
    bodies = [json.dumps(failed(f"in_{n}", **payer(f"cus_{n}"))).encode() for n in range(size)]
    together = [deliveries.verify(ctx, "stripe", sign(body), body) for body in bodies]
    async with crashing_worker(ctx, point, nth=size // 2 + 1) as process:
        await deliveries.store(ctx, together)
        await died(process)
    async with working(ctx):
        await until_pending(client, size)
        await drained(ctx)
        statuses = await records.rows(ctx, "select distinct status from events")
        assert statuses == [{"status": EventStatus.PROCESSED}]
        objects = await records.rows(ctx, "select count(distinct object_id) as n from action_proposals")
        assert objects[0]["n"] == size
        threads = await records.rows(ctx, "select count(distinct thread_id) as n from checkpoints")
        assert threads[0]["n"] == size
        for line in await client.proposals.inbox(limit=2):
            await client.proposals.approve(line.id, line.version)
            await until_status(client, line.id, Status.EXECUTED)
        await drained(ctx)
        assert len(list((ctx.settings.outbox / "email" / "new").iterdir())) == min(size, 2)
        assert (await client.audit.verify()).ok
        if size == 1:
            await assert_done_once(ctx, client)


@pytest.mark.parametrize("point", IN_STEPS)
async def test_a_worker_killed_before_the_decision_loses_nothing(
    ctx: Context, client: Client, point: str
) -> None:
    receipt = await deliver(ctx, failed())
    async with ctx.transaction() as conn:
        await conn.execute(b"delete from procrastinate_jobs")
        await ctx.queue.defer(conn, process_event_job(receipt.event_id))
    async with crashing_worker(ctx, point) as process:
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
    ctx: Context, client: Client, record_property: RecordProperty, point: str
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
    record_property("outcome", f"outbox | {point} | executed, 1 mail in the outbox")
