"""The job worker: every job runs on time, and runs again after a worker died."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from execops import processing
from execops.books.facts import Facts
from execops.client import Client
from execops.context import Context
from execops.db import pool, queries
from execops.db.locks import Lock
from execops.db.pool import Connection
from execops.model import Declined, Draft, EventStatus, Status
from execops.plays.registry import all_plays
from execops.ports import Job, execute_job, process_again_job, process_event_job
from jobs import tasks, worker
from jobs.bootstrap import open_context
from jobs.worker import HEARTBEAT, run_worker
from tests import records
from tests.conftest import MakeSettings
from tests.job_worker import count, drained, until_pending, until_status, working
from tests.stripe_events import deliver, failed, overdue, paid, take_in


async def _count_on(conn: Connection) -> int:
    row = await (await conn.execute(b"select count(*) as n from procrastinate_jobs")).fetchone()
    assert row is not None
    return int(row["n"])


async def test_no_periodic_task_is_registered() -> None:
    app = App(connector=PsycopgConnector())
    tasks.register(app)
    assert {"process_event", "execute_proposal", "close_thread"} <= set(app.tasks)
    assert app.periodic_registry.periodic_tasks == {}


async def test_an_event_ends_in_a_mail(ctx: Context, client: Client) -> None:
    async with working(ctx):
        await deliver(ctx, failed())

        await until_pending(client)
        [line] = await client.proposals.inbox()
        await client.proposals.approve(line.id, line.version)

        await until_status(client, line.id, Status.EXECUTED)
        await drained(ctx)
    assert len(list((ctx.settings.outbox / "email" / "new").iterdir())) == 1
    assert await records.checkpoint_rows(ctx) == 0
    assert await count(ctx, "select count(*) as n from procrastinate_jobs") == 0  # succeeded jobs are deleted
    assert await count(ctx, "select count(*) as n from procrastinate_workers") == 0


async def test_a_delayed_job_runs_within_a_second_of_its_time(
    make_settings: MakeSettings, client: Client
) -> None:
    async with open_context(make_settings(undo_window=1.5), pool_size=12) as ctx:
        founder = await Client.login(ctx, ctx.settings.token)
        await take_in(ctx, failed())
        [line] = await founder.proposals.inbox()
        async with working(ctx):
            decision = await founder.proposals.approve(line.id, line.version)

            await until_status(founder, line.id, Status.EXECUTED)
            executions = (await founder.proposals.card(line.id)).executions
    assert decision.executes_at is not None
    lateness = (executions[0].started_at - decision.executes_at).total_seconds()
    assert 0 <= lateness < 1


async def test_jobs_of_a_dead_worker_are_picked_up_by_a_living_peer(ctx: Context, client: Client) -> None:
    async with ctx.connection() as conn:  # a worker took the job and died, so its lock is free
        await deliver(ctx, failed())
        await conn.execute(
            b"with dead as (insert into procrastinate_workers default values returning id)"
            b" update procrastinate_jobs set status = 'doing', worker_id = (select id from dead)"
        )
    begun = time.monotonic()
    async with working(ctx):
        await until_pending(client)
    assert time.monotonic() - begun < 5


async def test_a_worker_that_holds_its_lock_keeps_its_jobs(ctx: Context, database_url: str) -> None:
    await deliver(ctx, failed())
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as living:
        cursor = await living.execute("insert into procrastinate_workers default values returning id")
        row = await cursor.fetchone()
        assert row is not None
        await living.execute("select pg_advisory_lock(%s, %s::int)", (Lock.WORKER, row[0]))
        await living.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", (row[0],))
        async with working(ctx):
            await asyncio.sleep(HEARTBEAT * 2)  # two heartbeats must not return its job
            assert (
                await count(ctx, "select count(*) as n from procrastinate_jobs where status = 'doing'") == 1
            )
            assert (await Client.login(ctx, ctx.settings.token)) is not None


async def test_a_job_whose_end_was_not_recorded_comes_back(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, refused = PsycopgConnector.execute_query_async, 0

    async def refuse_once(self: PsycopgConnector, query: Any, **arguments: Any) -> None:
        nonlocal refused
        refused += "finish_job" in query
        if "finish_job" in query and refused == 1:
            raise ConnectorException from PoolTimeout("Postgres was away for a moment")
        await send(self, query, **arguments)

    monkeypatch.setattr(PsycopgConnector, "execute_query_async", refuse_once)
    async with working(ctx):
        await deliver(ctx, failed())
        await drained(ctx)
    assert refused > 1
    assert (await client.proposals.counts()).pending == 1


async def test_taking_and_ending_a_job_waits_for_no_disk(ctx: Context) -> None:
    async def waits(conn: Connection) -> str:
        row = await (await conn.execute(b"show synchronous_commit")).fetchone()
        assert row is not None
        return str(row["synchronous_commit"])

    async with ctx.connection() as conn, conn.transaction():
        await ctx.queue.defer(conn, execute_job(1, 1, 0))
        await conn.execute(b"set local synchronous_commit = on")
        job = await queries.the_one(conn, worker.SQL["take_job"], queues=None, worker_id=None)
        assert (job["task_name"], await waits(conn)) == ("execute_proposal", "off")
        await conn.execute(b"set local synchronous_commit = on")
        ended = {"job_id": job["id"], "status": "succeeded", "delete_job": True}
        await queries.run(conn, worker.SQL["finish_job"], **ended)
        assert (await waits(conn), await _count_on(conn)) == ("off", 0)


async def test_health_counts_living_workers(ctx: Context, client: Client) -> None:
    assert (await client.deployment.health()).workers == 0
    async with working(ctx), working(ctx):
        assert (await client.deployment.health()).workers == 2
    assert (await client.deployment.health()).workers == 0


@pytest.mark.fresh_database
async def test_lost_connections_do_not_stop_the_worker(
    ctx: Context, client: Client, database_url: str
) -> None:
    async with working(ctx):
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
            await conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        await deliver(ctx, failed())

        await until_pending(client)


async def test_an_event_that_cannot_be_processed_is_marked_failed_and_can_be_replayed(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.EVENT_RETRY, "_attempts", 1)

    async def broken(_ctx: Context, _event_id: int, *, in_steps: bool = False) -> None:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as patch:
        patch.setattr(processing, "process_event", broken)
        async with working(ctx):
            receipt = await deliver(ctx, failed())
            await drained(ctx)
    event = await client.events.get(receipt.event_id)
    assert event.status is EventStatus.FAILED
    assert event.error == "RuntimeError: the disk is on fire"
    assert (await client.deployment.health()).failed_events == 1
    assert await client.events.replay(receipt.event_id)
    async with working(ctx):
        await drained(ctx)
    assert (await client.events.get(receipt.event_id)).status is EventStatus.PROCESSED
    assert (await client.proposals.counts()).pending == 1


async def test_an_event_that_breaks_when_it_is_asked_about_again_holds_back_no_action(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is marked failed after the last attempt, as one that breaks the first time; a replay processes it again."""
    monkeypatch.setattr(tasks.EVENT_RETRY, "_attempts", 2)
    await take_in(ctx, failed())
    again = await take_in(ctx, overdue("in_2"))
    [approved] = [line for line in await client.proposals.inbox() if line.play == "card_update"]
    await records.drop_jobs(ctx)  # those of the deliveries
    object_ids: list[str] = []

    def broken(current: Facts) -> Draft | Declined:
        object_ids.append(current.object_id)
        raise KeyError("a defect of the second asking")

    broken_play = replace(all_plays()["invoice_overdue"], assess=broken)
    with monkeypatch.context() as patch:
        patch.setitem(all_plays(), "invoice_overdue", broken_play)
        async with ctx.connection() as conn:
            await ctx.queue.defer(conn, process_again_job(again.id, 0.0))
        async with working(ctx):
            await drained(ctx)
            event = await client.events.get(again.id)
            assert (event.status, event.error) == (
                EventStatus.FAILED,
                "KeyError: 'a defect of the second asking'",
            )
            assert len(object_ids) == 2
            await client.proposals.approve(approved.id, approved.version)
            await until_status(client, approved.id, Status.EXECUTED)
    assert await client.events.replay(again.id)
    async with working(ctx):
        await drained(ctx)
    assert (await client.events.get(again.id)).status is EventStatus.PROCESSED


async def test_only_an_event_that_was_processed_is_asked_about_again(ctx: Context, client: Client) -> None:
    receipt = await deliver(ctx, failed())
    await processing.give_up_on_event(ctx, receipt.event_id, "the disk is on fire")
    await processing.process_again(ctx, receipt.event_id)
    assert (await client.events.get(receipt.event_id)).status is EventStatus.FAILED
    pruned = await take_in(ctx, paid("in_2"))
    await records.run(
        ctx, "update events set received_at = now() - interval '10 days' where id = %s", pruned.id
    )
    await client.events.prune(datetime.now(UTC) - timedelta(days=5), stop=asyncio.Event())
    assert (await client.events.get(pruned.id)).payload_gone == "pruned"
    await processing.process_again(ctx, pruned.id)
    assert (await client.events.get(pruned.id)).status is EventStatus.PROCESSED


async def test_a_replay_takes_up_an_event_that_no_job_is_about(ctx: Context, client: Client) -> None:
    receipt = await deliver(ctx, failed())
    assert not await client.events.replay(receipt.event_id)  # the job of its delivery waits
    for waiting in (process_event_job(receipt.event_id), process_again_job(receipt.event_id, 0.0)):
        await records.drop_jobs(ctx)
        async with ctx.connection() as conn:
            await ctx.queue.defer(conn, waiting)
        assert not await client.events.replay(receipt.event_id), waiting.task
    await records.drop_jobs(ctx)
    async with ctx.connection() as conn:  # of a later time, and of another event
        later = process_again_job(receipt.event_id, 3600.0), process_event_job(receipt.event_id + 1)
        await ctx.queue.defer(conn, *later)
    assert await client.events.replay(receipt.event_id)
    assert not await client.events.replay(receipt.event_id)  # that job waits now
    [job] = await records.jobs(ctx, "process_events")
    assert job["args"]["event_ids"] == [receipt.event_id]


async def test_a_job_for_a_busy_thread_is_tried_again_soon(
    ctx: Context, client: Client, database_url: str
) -> None:
    await take_in(ctx, failed())
    [line] = await client.proposals.inbox()
    thread = (await client.proposals.get(line.id)).thread_id
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other, working(ctx):
        await other.execute("select pg_advisory_lock(%s, hashtext(%s))", (Lock.THREAD, thread))
        await client.proposals.approve(line.id, line.version)
        async with asyncio.timeout(10):
            attempts = "select coalesce(max(attempts), 0) as n from procrastinate_jobs"
            while await count(ctx, attempts) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (await client.proposals.get(line.id)).status is Status.APPROVED
        await other.execute("select pg_advisory_unlock(%s, hashtext(%s))", (Lock.THREAD, thread))

        await until_status(client, line.id, Status.EXECUTED)


async def test_jobs_exist_only_after_their_transaction_commits(ctx: Context) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with ctx.transaction() as conn:
            jobs = [Job("close_thread", {"thread_id": "x"}), execute_job(1, 1, 5.0)]
            await ctx.queue.defer(conn, *jobs)
            assert await _count_on(conn) == 2
            raise ZeroDivisionError
    assert await count(ctx, "select count(*) as n from procrastinate_jobs") == 0


async def test_a_worker_that_was_stopped_within_a_transaction_starts_again(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postgres ends a session that says nothing within a transaction; the error of that is none of a lost connection."""
    limit = "idle_in_transaction_session_timeout"
    assert f"-c {limit}=60s" in pool.OPTIONS
    monkeypatch.setattr(worker, "OPTIONS", pool.OPTIONS.replace(f"{limit}=60s", f"{limit}=100ms"))
    run, stops, starts = queries.run, 0, 0

    async def stop_once(conn: Any, query: Any, **values: Any) -> int:
        nonlocal stops
        changed = await run(conn, query, **values)
        if query is worker.SQL["forget_the_dead"] and starts and not stops:
            stops += 1
            time.sleep(0.5)  # noqa: ASYNC251  nothing of this process runs, as after SIGSTOP
        return changed

    def start() -> None:
        nonlocal starts
        starts += 1

    monkeypatch.setattr(queries, "run", stop_once)
    stop = asyncio.Event()
    running = asyncio.create_task(run_worker(ctx, stop, on_start=start))
    async with asyncio.timeout(20):
        while starts < 2:
            assert not running.done(), running.exception()
            await asyncio.sleep(0.02)
    assert stops == 1
    await deliver(ctx, failed())
    await until_pending(client)
    stop.set()
    await asyncio.wait_for(running, 20)


async def test_a_registration_that_takes_long_meets_no_heartbeat(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both use one session: a Postgres that is slow after its restart must not end the worker for good."""
    monkeypatch.setattr(worker, "HEARTBEAT", 0.02)
    stop, started = asyncio.Event(), asyncio.Event()
    async with records.as_owner(ctx) as owner, owner.connection() as conn, conn.transaction():
        await conn.execute(b"lock table procrastinate_jobs in access exclusive mode")
        running = asyncio.create_task(run_worker(ctx, stop, on_start=started.set))
        await records.until_blocked(ctx)
        await asyncio.wait({running}, timeout=0.3)  # fifteen heartbeats
        assert not running.done()
    await asyncio.wait_for(started.wait(), 20)
    stop.set()
    await asyncio.wait_for(running, 20)
