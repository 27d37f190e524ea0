"""Deliveries that arrive together are stored by one transaction; each one is answered after the commit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from execops.context import Context
from execops.errors import DatabaseUnavailableError
from execops.ingest import deliveries
from execops.ingest.batching import Intake
from execops.ingest.deliveries import Delivery, Receipt
from tests import records
from tests.stripe_events import failed, sign


async def receive(intake: Intake, payload: dict[str, Any]) -> Receipt:
    body = json.dumps(payload).encode()
    return await intake.receive("stripe", sign(body), body)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of deliveries that each transaction stored."""
    sizes: list[int] = []
    store = deliveries.store

    async def counted(ctx: Context, deliveries: Sequence[Delivery]) -> list[Receipt]:
        sizes.append(len(deliveries))
        return await store(ctx, deliveries)

    monkeypatch.setattr(deliveries, "store", counted)
    return sizes


async def test_deliveries_that_arrive_while_a_transaction_runs_share_the_next_one(
    ctx: Context, batches: list[int]
) -> None:
    intake = Intake(ctx)

    async def later(payload: dict[str, Any]) -> Receipt:
        while not batches:  # noqa: ASYNC110  until the first delivery is being stored
            await asyncio.sleep(0)
        return await receive(intake, payload)

    events = [failed(f"in_{n}") for n in range(20)]
    receipts = await asyncio.gather(receive(intake, events[0]), *[later(payload) for payload in events[1:]])
    assert batches == [1, 8, 8, 3]  # the other transactions share what waits
    assert len(await records.jobs(ctx, "process_events")) == len(batches)
    assert not any(receipt.duplicate for receipt in receipts)
    rows = await records.rows(ctx, "select id, dedupe_key from events")
    assert {row["id"]: row["dedupe_key"] for row in rows} == {
        receipt.event_id: event["id"] for receipt, event in zip(receipts, events, strict=True)
    }
    assert await records.stored_counts(ctx) == (20, 20)


async def test_many_deliveries_at_once_are_stored_in_few_transactions(
    ctx: Context, batches: list[int]
) -> None:
    intake = Intake(ctx)
    receipts = await asyncio.gather(*[receive(intake, failed(f"in_{n}")) for n in range(300)])
    assert len({receipt.event_id for receipt in receipts}) == sum(batches) == 300
    assert max(batches) == 64
    assert len(batches) < 20
    assert await records.stored_counts(ctx) == (300, 300)


async def test_each_delivery_is_answered_after_its_commit(ctx: Context) -> None:
    intake = Intake(ctx)

    async def is_committed(n: int) -> bool:
        receipt = await receive(intake, failed(f"in_{n}"))
        return bool(await records.rows(ctx, "select 1 from events where id = %s", receipt.event_id))

    assert all(await asyncio.gather(*[is_committed(n) for n in range(10)]))


async def test_the_same_event_at_once_is_stored_once(ctx: Context) -> None:
    intake, event = Intake(ctx), failed()
    receipts = await asyncio.gather(*[receive(intake, event) for _ in range(8)])
    assert len({receipt.event_id for receipt in receipts}) == 1
    assert sorted(receipt.duplicate for receipt in receipts) == [False] + [True] * 7
    assert await records.stored_counts(ctx) == (1, 1)


async def test_a_row_that_is_refused_does_not_hold_up_its_neighbours(
    ctx: Context, batches: list[int]
) -> None:
    await records.run(ctx, "alter table events add constraint no_bad_ones check (object_id <> 'in_3')")
    intake = Intake(ctx)
    answers = await asyncio.gather(
        *[receive(intake, failed(f"in_{n}")) for n in range(6)], return_exceptions=True
    )
    assert isinstance(answers[3], psycopg.errors.CheckViolation)
    assert sum(isinstance(answer, Receipt) for answer in answers) == 5
    assert batches == [6] + [1] * 6
    assert await records.stored_counts(ctx) == (5, 5)
    assert not (await receive(intake, failed("in_9"))).duplicate  # the next delivery is stored


async def test_without_a_database_every_delivery_gets_the_error(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = Intake(ctx)

    async def fail(*_: object) -> list[Receipt]:
        raise DatabaseUnavailableError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "store", fail)
        answers = await asyncio.gather(
            *[receive(intake, failed(f"in_{n}")) for n in range(3)], return_exceptions=True
        )
        assert all(isinstance(answer, DatabaseUnavailableError) for answer in answers)
    assert not (await receive(intake, failed())).duplicate


async def test_a_delivery_is_stored_even_if_its_sender_hangs_up(ctx: Context) -> None:
    intake = Intake(ctx)
    waiting = asyncio.create_task(receive(intake, failed("in_1")))
    await asyncio.sleep(0)
    waiting.cancel()
    assert not (await receive(intake, failed("in_2"))).duplicate
    assert await records.stored_counts(ctx) == (2, 2)


async def test_the_pool_does_not_hand_out_an_ended_session(ctx: Context) -> None:
    async with ctx.connection() as conn:
        (row,) = await (await conn.execute("select pg_backend_pid() as pid")).fetchall()
    async with await psycopg.AsyncConnection.connect(ctx.url.reveal(), autocommit=True) as other:
        await other.execute("select pg_terminate_backend(%s, 5000)", (row["pid"],))
    await records.rows(ctx, "select 1")  # on another connection, without an error
