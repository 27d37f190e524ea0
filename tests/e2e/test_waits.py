"""Nobody waits without bound: a held lock, a stopped worker, locked subjects. The run prints the seconds that each cost."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import psycopg
import pytest

from execops.client import Client
from execops.context import Context
from execops.db.pool import LOCK_WAIT
from execops.errors import LockedError
from execops.model import Status
from jobs.worker import HEARTBEAT, LEASE
from tests import records
from tests.e2e.test_kill import assert_done_once, crashing_worker
from tests.e2e.test_stopped import approve_until_stopped, workers
from tests.http_service import serving
from tests.job_worker import until_pending, until_status, working
from tests.stripe_events import deliver, failed, payer, sign

Record = Callable[[str, object], None]
BUSY = 5.0  # seconds beyond a limit, on a busy machine


@asynccontextmanager
async def session_holding(url: str, statement: str, *values: object) -> AsyncIterator[None]:
    """A session that takes a lock in a transaction, and then does nothing."""
    async with await psycopg.AsyncConnection.connect(url) as conn:
        await conn.execute(statement.encode(), values)
        yield


@pytest.fixture
def recorded(record_property: Record) -> Callable[[str, float, str], None]:
    """Notes a row of the table that the run prints."""

    def record(trouble: str, begun: float, until: str) -> None:
        record_property("recovery", f"{trouble} | {time.monotonic() - begun:.1f} | {until}")

    return record


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    ["execops.proposals.execution:_begin:after", "execops.adapters.outbox.outbox_folder:deliver:after"],
)
async def test_a_stopped_worker_loses_its_jobs_to_a_healthy_one(
    ctx: Context, client: Client, recorded: Callable[[str, float, str], None], point: str
) -> None:
    async with crashing_worker(ctx, point, 1, "STOP") as process:
        proposal_id = await approve_until_stopped(ctx, client, process)
        begun = time.monotonic()
        async with working(ctx):
            await until_status(client, proposal_id, Status.EXECUTED)
            assert time.monotonic() - begun < LEASE + 2 * HEARTBEAT + BUSY
            recorded(f"a worker stopped at {point}", begun, "another worker performed its action, once")
            process.send_signal(signal.SIGCONT)
            await workers(ctx, 2)
            await assert_done_once(ctx, client)


@pytest.mark.slow
async def test_a_worker_that_starts_late_ends_the_sessions_of_a_stopped_one(
    ctx: Context, client: Client
) -> None:
    """The stopped one held the thread, and gave no sign for a minute, before there was a peer. It takes jobs once it goes on."""
    async with crashing_worker(ctx, "execops.proposals.execution:_begin:after", 1, "STOP") as process:
        proposal_id = await approve_until_stopped(ctx, client, process)
        await records.run(
            ctx, "update procrastinate_workers set last_heartbeat = now() - interval '1 minute'"
        )
        async with working(ctx):
            await until_status(client, proposal_id, Status.EXECUTED)
            process.send_signal(signal.SIGCONT)
            await workers(ctx, 2)
        await workers(ctx, 1)
        await deliver(ctx, failed("in_2", **payer("cus_2")))
        await until_pending(client)


async def test_each_process_has_a_word_of_its_own_in_the_names_of_its_sessions(ctx: Context) -> None:
    """By that word a peer ends the sessions of a stopped process, and of no other; forked processes must not share it."""
    point = "execops.processing:close_thread:before"
    async with crashing_worker(ctx, point), crashing_worker(ctx, point), working(ctx):
        await workers(ctx, 3)
        named = await records.rows(
            ctx,
            "select distinct substring(application_name from '\\S+$') as word from pg_stat_activity"
            " where datname = current_database() and application_name like 'execops worker %%'",
        )
        assert len(named) == 3


async def test_a_held_row_stops_no_other_approval_and_no_delivery(
    ctx: Context, client: Client, recorded: Callable[[str, float, str], None]
) -> None:
    held, free = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    lock = "select 1 from action_proposals where id = %s for update"
    async with (
        session_holding(ctx.url.reveal(), lock, held),
        serving(ctx) as http,
        httpx.AsyncClient(
            base_url=http.base_url, timeout=20
        ) as stripe,  # the other has no more connections than 60
    ):
        begun = time.monotonic()
        assert ctx.settings.token is not None
        http.headers["authorization"] = f"Bearer {ctx.settings.token.reveal()}"

        async def decide() -> int:
            decision = {"proposal_id": held, "version": 1, "decision": "approve"}
            return (await http.post("/ai/decide", json=decision)).status_code

        async def deliver_one() -> float:
            body, sent = json.dumps(failed("in_3")).encode(), time.monotonic()
            assert (await stripe.post("/ingest/stripe", content=body, headers=sign(body))).status_code == 200
            assert (await stripe.get("/health/ready")).status_code == 200
            return time.monotonic() - sent

        await deliver_one()  # the first one loads modules
        deciding = [asyncio.create_task(decide()) for _ in range(60)]
        await asyncio.sleep(0.2)
        slowest = 0.0
        while not all(task.done() for task in deciding):
            slowest = max(slowest, await deliver_one())
            await asyncio.sleep(0.1)
        assert slowest < 2.0
        assert {await task for task in deciding} == {503}
        with pytest.raises(LockedError, match="nothing was changed"):
            await client.proposals.approve(held, 1)
        assert (await client.proposals.approve(free, 1)).status is Status.APPROVED
        recorded(
            "a row held by an idle session, 60 approvals", begun, "all were answered; deliveries never waited"
        )
    released = time.monotonic()
    assert (await client.proposals.approve(held, 1)).status is Status.APPROVED
    recorded("the row was let go", released, "approved")


async def test_a_stranger_cannot_hold_the_audit_chain(
    ctx: Context, client: Client, recorded: Callable[[str, float, str], None]
) -> None:
    proposal_id = await records.pending_id(ctx)
    role = f"stranger_{uuid4().hex[:8]}"
    await records.run(ctx, f"create role {role} login")
    try:
        info = psycopg.conninfo.conninfo_to_dict(ctx.url.reveal())
        stranger = psycopg.conninfo.make_conninfo("", **{**info, "user": role})
        begun = time.monotonic()
        async with session_holding(stranger, "select pg_advisory_lock(7305, hashtext('default'))"):
            assert (await client.proposals.approve(proposal_id, 1)).status is Status.APPROVED
        assert time.monotonic() - begun < LOCK_WAIT
        recorded("an advisory lock held by a role without grants", begun, "approved at once")
        for attempt in (
            "select 1 from audit_chains for share",
            "lock table audit_chains",
            "lock table audit_log",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with session_holding(stranger, attempt):
                    pass
    finally:
        await records.run(ctx, f"drop role {role}")


async def test_locked_subjects_leave_the_slots_to_others(
    ctx: Context, client: Client, recorded: Callable[[str, float, str], None]
) -> None:
    assert ctx.settings.worker_concurrency == 4
    lock = "select pg_advisory_xact_lock(7308, hashtext('default cus_' || n)) from generate_series(1, 4) n"
    async with working(ctx):
        begun = time.monotonic()
        async with session_holding(ctx.url.reveal(), lock):
            for number in range(1, 5):
                await deliver(ctx, failed(f"in_{number}", **payer(f"cus_{number}")))
            await asyncio.sleep(0.5)  # the four take every slot
            for number in range(5, 11):
                await deliver(ctx, failed(f"in_{number}", **payer(f"cus_{number}")))
            await until_pending(client, 6)
            assert time.monotonic() - begun < 2 * LOCK_WAIT + BUSY
            recorded("four locked subjects", begun, "six others were drafted")
        begun = time.monotonic()
        await until_pending(client, 10)
        recorded("the subjects were let go", begun, "they were drafted too")
