"""Events that arrive together are processed by one job: any number, in any order, with the same end as one by one."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

import pytest

from execops import processing
from execops.books import facts
from execops.client import Client
from execops.context import Context
from execops.errors import DatabaseUnavailableError
from execops.model import Json, Status
from jobs import batches
from jobs.batches import Turns
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.job_worker import count, drained, until_pending, until_status, working
from tests.stripe_events import BASE, deliver, event, failed, fixture, paid

CUSTOMERS = 4  # of a history
SIZES = pytest.mark.parametrize("size", [1, 7, 64])


async def store(ctx: Context, payloads: list[Json], size: int) -> list[list[int]]:
    """Store events in batches of this size; returns the ids of each batch."""
    ids = [(await deliver(ctx, payload)).event_id for payload in payloads]
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def history(customers: int) -> list[Json]:
    """Eight events of each customer: two charges that fail, one of which is paid, and a change of the address."""
    payloads: list[Json] = []
    for number in range(customers):
        payer: dict[str, Any] = {"customer": f"cus_{number}", "customer_email": f"old@c{number}.example"}
        known = fixture("customer", id=f"cus_{number}", name=f"C {number}", email=f"new@c{number}.example")
        first, second = f"in_{number}_a", f"in_{number}_b"
        payloads += [
            failed(first, **payer),
            failed(first, attempt_count=2, **payer),
            failed(second, **payer),
            event("customer.updated", known),
            paid(first, **payer),
            failed(second, attempt_count=2, **payer),
            failed(first, attempt_count=2, created=BASE, **payer),
            failed(second, attempt_count=3, **payer),
        ]
    return payloads


async def end_of(ctx: Context) -> list[dict[str, Any]]:
    """The proposals that wait, without their numbers, and the ledger's states."""
    pending = await records.rows(
        ctx,
        "select play, object_id, covers, payload ->> 'to' as receiver, payload ->> 'text' as text, urgency"
        " from action_proposals where status = 'pending' order by play, object_id",
    )
    states = await records.rows(ctx, "select object_id, state from snapshots order by object_id")
    return [*pending, *states]


@SIZES
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_order_and_size_ends_in_the_same_state(ctx: Context, size: int, seed: int) -> None:
    payloads = history(customers=CUSTOMERS)
    in_order = sorted(payloads, key=lambda payload: payload["created"])
    random.Random(seed).shuffle(payloads)
    turns = Turns(4)
    for batch in await store(ctx, payloads, size):
        await batches.process_events(ctx, batch, turns)
    shuffled = await end_of(ctx)
    assert await records.jobs(ctx, "process_event") == []
    assert [row for row in shuffled if "receiver" in row] == [
        {
            "play": "card_update",
            "object_id": f"cus_{number}",
            "covers": [f"in_{number}_b"],
            "receiver": f"new@c{number}.example",
            "text": row["text"],
            "urgency": "high",
        }
        for number, row in enumerate(shuffled[:CUSTOMERS])
    ]
    assert all("tried 3 times" in row["text"] for row in shuffled[:CUSTOMERS])
    states = {row["object_id"]: row["state"] for row in shuffled[CUSTOMERS:]}
    assert all(states[f"in_{number}_a"]["status"] == "paid" for number in range(CUSTOMERS))
    # Processing the same events again, one by one and in their own order, changes nothing.
    again = {payload["id"]: None for payload in in_order}
    ids = {
        row["dedupe_key"]: row["id"] for row in await records.rows(ctx, "select id, dedupe_key from events")
    }
    for key in again:
        await processing.process_event(ctx, ids[key])
    assert await end_of(ctx) == shuffled


@SIZES
async def test_as_many_as_there_are_slots_run_at_once(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    [batch] = await store(ctx, [failed(f"in_{n}", customer=f"cus_{n}") for n in range(size)], size)
    running, most, done = 0, 0, 0

    async def counted(_: Context, __: int) -> None:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done += 1

    monkeypatch.setattr(processing, "process_event", counted)
    await batches.process_events(ctx, batch, Turns(4))
    assert (most, done) == (min(size, 4), size)


@SIZES
async def test_one_that_fails_gets_a_job_of_its_own(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    [batch] = await store(ctx, [failed(f"in_{n}", customer=f"cus_{n}") for n in range(size)], size)
    bad, process = batch[size // 2], processing.process_event

    async def picky(ctx: Context, event_id: int) -> None:
        if event_id == bad:
            raise RuntimeError("not this one")
        await process(ctx, event_id)

    monkeypatch.setattr(processing, "process_event", picky)
    await batches.process_events(ctx, batch, Turns(4))
    waiting = await records.rows(ctx, "select id from events where status = 'received'")
    assert waiting == [{"id": bad}]
    assert [job["args"] for job in await records.jobs(ctx, "process_event")] == [{"event_id": bad}]


async def test_a_lost_database_fails_the_whole_job_and_makes_no_others(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    [batch] = await store(ctx, [failed(f"in_{n}") for n in range(3)], 3)

    async def lost(_: Context, __: int) -> None:
        raise DatabaseUnavailableError("gone")

    monkeypatch.setattr(processing, "process_event", lost)
    with pytest.raises(DatabaseUnavailableError):
        await batches.process_events(ctx, batch, Turns(4))
    assert await records.jobs(ctx, "process_event") == []


async def test_a_repeated_job_processes_only_the_rest(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    [batch] = await store(ctx, [failed(f"in_{n}", customer=f"cus_{n}") for n in range(7)], 7)
    for event_id in batch[:3]:
        await processing.process_event(ctx, event_id)
    seen: list[int] = []
    process = processing.process_event

    async def noted(ctx: Context, event_id: int) -> None:
        seen.append(event_id)
        await process(ctx, event_id)

    monkeypatch.setattr(processing, "process_event", noted)
    for _ in range(2):
        await batches.process_events(ctx, batch, Turns(4))
    assert seen == batch[3:]
    assert len(await records.rows(ctx, "select 1 from action_proposals")) == 7


async def test_an_approval_passes_a_backlog(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    for number in range(40):  # one after the other, so that each has a job of its own
        await deliver(ctx, failed(f"in_{number}_waits", customer=f"cus_{number}_waits"))
    await client.proposals.approve(proposal_id, 1)
    async with working(ctx):
        await until_status(client, proposal_id, Status.EXECUTED)
        [row] = await records.rows(ctx, "select count(*) as n from events where status = 'received'")
        assert row["n"] > 20  # the events that came before it still wait
        await drained(ctx)


async def test_a_customer_whose_facts_are_locked_holds_nobody_else_up(
    make_settings: MakeSettings, client: Client
) -> None:
    """Two jobs at once, and eight events of a customer whom another session holds before each event of another customer."""
    async with open_context(make_settings(worker_concurrency=2)) as ctx:
        async with ctx.transaction() as conn:
            await facts.lock_subject(conn, "cus_busy")
            for number in range(3):
                for invoice in range(8):
                    await deliver(ctx, failed(f"in_{number}_{invoice}", customer="cus_busy"))
                await deliver(ctx, failed(f"in_{number}", customer=f"cus_{number}"))
            stack = AsyncExitStack()
            await stack.enter_async_context(working(ctx))
            await until_pending(client, 3)
            still = await records.rows(
                ctx, "select distinct subject_key as key from events where status = 'received'"
            )
            assert still == [{"key": "cus_busy"}]
        async with stack:  # the session has let go: the job that has the turn does what was set aside
            async with asyncio.timeout(10):
                while await count(ctx, "select count(*) as n from events where status = 'received'"):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        [covers] = await records.rows(
            ctx, "select cardinality(covers) as n from action_proposals where subject_key = 'cus_busy'"
        )
    assert covers == {"n": 24}
