"""`kill -9` of the job worker at any point of an action at Stripe: one effect, counted at Stripe, or `unknown`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from execops.adapters.stripe_api import stripe_calls
from execops.client import Client
from execops.context import Context
from execops.model import ExecutionStatus, Status
from execops.settings import Secret, Settings
from tests import forking
from tests.conftest import MakeSettings
from tests.e2e.test_kill import RecordProperty, crashing_worker, died
from tests.fake_stripe import Break
from tests.fake_stripe_writes import DAY, WRITE_KEY, StripeWrites, stripe_account
from tests.fake_stripe_writes import charge as charge_at_stripe
from tests.fake_stripe_writes import dispute as dispute_at_stripe
from tests.fake_stripe_writes import invoice as invoice_at_stripe
from tests.integration.test_stripe_proposals import EFFECTS, STORIES, approved, marks_of
from tests.job_worker import drained, until_status, working
from tests.serving import Cut
from tests.stripe_events import BASE

# The steps before and after these are the same for every action: see test_kill.
IN_THE_WORKER = [
    "execops.proposals.execution:_begin:after",  # the execution is running, nothing is asked for
    "execops.proposals.execution:_finish:before",  # it is done, its result is not recorded
]
ACTING = {
    "stripe_accept_dispute": "/v1/disputes/du_1/close",
    "stripe_submit_evidence": "/v1/disputes/du_1",
    "stripe_refund": "/v1/refunds",
    "stripe_retry_invoice": "/v1/invoices/in_1/pay",
    "stripe_void_invoice": "/v1/invoices/in_1/void",
}
MARKS = {
    "stripe_accept_dispute": "/v1/disputes/du_1",
    "stripe_retry_invoice": "/v1/invoices/in_1",
    "stripe_void_invoice": "/v1/invoices/in_1",
}
AT_STRIPE = [
    *[
        (name, path, cut)
        for name, path in ACTING.items()
        for cut in (Cut.IN_REQUEST, Cut.ACCEPTED, Cut.IN_ANSWER)
    ],
    *[(name, path, Cut.ACCEPTED) for name, path in MARKS.items()],
]
NOWHERE = "execops.proposals.execution:_finish:before"  # a worker that dies at Stripe does not come to it
of_each = pytest.mark.parametrize("action_type", sorted(STORIES))


@pytest.fixture
async def account(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StripeWrites]:
    """The account at Stripe, in which the workers of this test and of other processes act."""
    monkeypatch.setattr(stripe_calls, "PAUSES", (0.02,) * 4)
    monkeypatch.setattr(stripe_calls, "SETTLED_AFTER", 0.1)
    async with stripe_account() as made:
        made.fake.add("charges", charge_at_stripe())
        made.fake.add("disputes", dispute_at_stripe())
        made.fake.add("invoices", invoice_at_stripe(created=BASE - 60))
        monkeypatch.setenv("EXECOPS_STRIPE_WRITE_KEY", WRITE_KEY)
        monkeypatch.setenv("EXECOPS_STRIPE_API_BASE", made.fake.url)
        yield made


@pytest.fixture
def settings(make_settings: MakeSettings, account: StripeWrites) -> Settings:
    """Settings that act in this account."""
    return make_settings(stripe_write_key=Secret(WRITE_KEY), stripe_api_base=account.fake.url)


def dies_at(account: StripeWrites, process: forking.Running, path: str, cut: Cut) -> None:
    """Let Stripe see the first request that posts to this path, and the worker die at this point of it."""
    left = [Break(cut, process.kill)]
    account.fake.breaks = lambda method, at: left.pop() if left and (method, at) == ("POST", path) else None


async def assert_done_once(
    ctx: Context, client: Client, account: StripeWrites, action_type: str, proposal_id: int
) -> None:
    async with working(ctx):
        await until_status(client, proposal_id, Status.EXECUTED)
        await drained(ctx)
    assert account.effects == [EFFECTS[action_type]]
    card = await client.proposals.card(proposal_id)
    assert [attempt.status for attempt in card.executions].count(ExecutionStatus.SUCCEEDED) == 1
    [key] = {attempt.idempotency_key for attempt in card.executions}
    acting = {request.key for request in account.fake.requests if request.path == ACTING[action_type]}
    assert acting - {None} == {key}
    assert (await client.audit.verify()).ok


@of_each
@pytest.mark.parametrize("point", IN_THE_WORKER)
async def test_a_worker_killed_between_two_steps_acts_once(
    ctx: Context,
    client: Client,
    account: StripeWrites,
    record_property: RecordProperty,
    action_type: str,
    point: str,
) -> None:
    proposal = await approved(ctx, client, action_type)
    async with crashing_worker(ctx, point) as process:
        await died(process)
    await assert_done_once(ctx, client, account, action_type, proposal.id)
    record_property(
        "outcome", f"{action_type} | {point} | executed, {len(account.effects)} effect at the server"
    )


@pytest.mark.parametrize(("action_type", "path", "cut"), AT_STRIPE)
async def test_a_worker_killed_during_a_call_acts_once(
    ctx: Context,
    client: Client,
    account: StripeWrites,
    record_property: RecordProperty,
    action_type: str,
    path: str,
    cut: Cut,
) -> None:
    proposal = await approved(ctx, client, action_type)
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(account, process, path, cut)
        await died(process)
    acted = path == ACTING[action_type] and cut is not Cut.IN_REQUEST
    assert account.effects == ([EFFECTS[action_type]] if acted else [])
    await assert_done_once(ctx, client, account, action_type, proposal.id)
    record_property(
        "outcome",
        f"{action_type} | POST {path}, {cut.value} | executed, {len(account.effects)} effect at the server",
    )


@of_each
async def test_a_killed_attempt_that_a_worker_finds_a_day_later_is_not_repeated(
    ctx: Context, client: Client, account: StripeWrites, record_property: RecordProperty, action_type: str
) -> None:
    """Stripe has forgotten the key: our entry in the metadata tells, or a person is asked."""
    proposal = await approved(ctx, client, action_type)
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(account, process, ACTING[action_type], Cut.ACCEPTED)
        await died(process)
    account.keys.later = DAY + 60
    found = Status.EXECUTED if not marks_of(action_type) else Status.UNKNOWN
    async with working(ctx):
        await until_status(client, proposal.id, found)
        await drained(ctx)
    assert account.effects == [EFFECTS[action_type]]
    record_property(
        "outcome",
        f"{action_type}, a day later | POST {ACTING[action_type]}, {Cut.ACCEPTED.value} | {found},"
        f" {len(account.effects)} effect at the server",
    )
    if found is Status.UNKNOWN:
        await client.proposals.retry(proposal.id, proposal.version, confirmed=True)
        async with working(ctx):
            await drained(ctx)
        assert (await client.proposals.get(proposal.id)).status is Status.UNKNOWN
        assert account.effects == [EFFECTS[action_type]]
        await client.proposals.confirm(proposal.id, proposal.version)
        assert (await client.proposals.get(proposal.id)).status is Status.EXECUTED
