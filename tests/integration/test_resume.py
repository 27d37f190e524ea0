"""Resuming enqueues only the approved actions that have no job: every other one keeps its own wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import NotAcceptedError
from execops.model import Json, Status
from execops.ports import Reconciliation
from tests import records
from tests.doubles import MailDouble
from tests.job_worker import drained, until_status, working


class Busy(MailDouble):
    """An adapter whose service asks for half an hour of patience; `sending` is set while it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.sending, self.answer = asyncio.Event(), asyncio.Event()
        self.answer.set()

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        self.asked += 1
        self.sending.set()
        await self.answer.wait()
        raise NotAcceptedError("429", retry_after=1800.0)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        raise AssertionError("nothing is ambiguous")


@pytest.fixture
def adapter() -> Busy:
    """The adapter of mails."""
    return Busy()


@pytest.fixture
def here(ctx: Context, adapter: Busy) -> Context:
    """The Context whose mails go to that adapter."""
    return replace(ctx, adapters={**ctx.adapters, "email": adapter})


async def jobs(ctx: Context) -> list[dict[str, Any]]:
    return await records.jobs(ctx, "execute_proposal")


async def test_resuming_keeps_the_wait_that_the_other_side_asked_for(
    here: Context, client: Client, adapter: Busy
) -> None:
    proposal_id = await records.pending_id(here)
    await client.proposals.approve(proposal_id, 1)
    await records.drop_jobs(here)
    await processing.execute_proposal(here, proposal_id, 1)
    for _ in range(2):
        await client.deployment.pause()
        assert await client.deployment.resume() == 1
    (job,) = await jobs(here)
    assert 1700 < job["delay"] <= 1800
    assert adapter.asked == 1


async def test_resuming_keeps_the_job_of_the_undo_window(here: Context, client: Client) -> None:
    proposal_id = await records.pending_id(here)
    await client.proposals.approve(proposal_id, 1)
    before = await jobs(here)
    await client.deployment.pause()
    assert await client.deployment.resume() == 1
    after = await jobs(here)
    assert [job["args"] for job in after] == [job["args"] for job in before]


async def test_an_earlier_approvals_job_is_no_job_of_this_one(here: Context, client: Client) -> None:
    proposal_id = await records.pending_id(here)
    await client.proposals.approve(proposal_id, 1)
    await client.proposals.undo(proposal_id, 1)
    await client.proposals.approve(proposal_id, 1)
    await records.run(here, "delete from procrastinate_jobs where (args ->> 'approval_no')::int > %s", 1)
    await client.deployment.pause()
    await client.deployment.resume()
    assert sorted(job["args"]["approval_no"] for job in await jobs(here)) == [1, 2]


async def test_resuming_doubles_no_attempt_that_runs(here: Context, client: Client, adapter: Busy) -> None:
    proposal_id = await records.pending_id(here)
    adapter.answer.clear()
    async with working(here):
        await client.proposals.approve(proposal_id, 1)
        await asyncio.wait_for(adapter.sending.wait(), 20)
        await client.deployment.pause()
        assert await client.deployment.resume() == 1
        assert await jobs(here) == []
        adapter.answer.set()
    (job,) = await jobs(here)
    assert 1700 < job["delay"] <= 1800
    assert adapter.asked == 1


async def test_a_job_that_saw_the_pause_is_replaced(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.deployment.pause()
    async with working(ctx):
        await client.proposals.approve(proposal_id, 1)
        await drained(ctx)
        assert await client.deployment.resume() == 1
        await until_status(client, proposal_id, Status.EXECUTED)
    assert len(records.mails(ctx)) == 1
