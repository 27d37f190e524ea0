"""`kill -9` of the job worker at any point of a Slack message ends in one message, counted at Slack, or in `unknown`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from execops.adapters.slack_api import slack_transport
from execops.client import Client
from execops.context import Context
from execops.model import ExecutionStatus, Status
from execops.settings import Secret, Settings
from tests import forking, records
from tests.conftest import MakeSettings
from tests.e2e.test_kill import RecordProperty, crashing_worker, died
from tests.fake_slack import TOKEN, FakeSlack, Reply, Request, fake_slack
from tests.integration.test_plays_finance import charge, dispute
from tests.job_worker import drained, until_status, working
from tests.serving import Cut
from tests.stripe_events import take_in

CHANNEL = "#finance"
POST, HISTORY = "chat.postMessage", "conversations.history"
# The steps before and after these are the same for every adapter: see test_kill.
IN_THE_WORKER = [
    "execops.proposals.execution:_begin:after",  # the execution is running, Slack knows nothing of it
    "execops.proposals.execution:_finish:before",  # the message is posted, its result is not recorded
    "execops.adapters.slack_api.slack_history:search:before",  # the channel is known
    "execops.adapters.slack_api.slack_history:search:after",
    "execops.adapters.slack_api.slack_transport:_as_posted:after",  # the message is made, the call is not
]
AT_SLACK = [(HISTORY, Cut.ACCEPTED), (POST, Cut.IN_REQUEST), (POST, Cut.ACCEPTED), (POST, Cut.IN_ANSWER)]
NOWHERE = "execops.processing:close_thread:before"  # a worker that dies at Slack does not come to it


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    """A fake of Slack, which the workers of this test and of other processes post to."""
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 0.2)
    async with fake_slack() as server:
        monkeypatch.setenv("EXECOPS_SLACK_TRANSPORT", "slack")
        monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("EXECOPS_SLACK_API_BASE", server.url)
        monkeypatch.setenv("EXECOPS_FINANCE_CHANNEL", CHANNEL)
        yield server


@pytest.fixture
def settings(make_settings: MakeSettings, fake: FakeSlack) -> Settings:
    """Settings that post to the fake."""
    return make_settings(
        slack_transport="slack",
        slack_bot_token=Secret(TOKEN),
        slack_api_base=fake.url,
        finance_channel=CHANNEL,
    )


@pytest.fixture
async def approved(ctx: Context, client: Client) -> int:
    """The id of an approved Slack message; its job waits."""
    await take_in(ctx, charge())
    await take_in(ctx, dispute())
    [line] = await client.proposals.inbox()
    assert line.action_type == "slack"
    await client.proposals.approve(line.id, line.version)
    return line.id


def dies_at(fake: FakeSlack, process: forking.Running, method: str, cut: Cut) -> None:
    """Let Slack see the first call of this method, and the worker die at this point of it."""
    first = [Reply(cut=cut, then=process.kill)]

    def script(request: Request) -> Reply | None:
        return first.pop() if request.method == method and first else None

    fake.script = script


async def assert_posted_once(ctx: Context, client: Client, fake: FakeSlack, proposal_id: int) -> None:
    async with working(ctx):
        await until_status(client, proposal_id, Status.EXECUTED)
        await drained(ctx)
    assert len(fake.posted) == 1
    card = await client.proposals.card(proposal_id)
    [succeeded] = [attempt for attempt in card.executions if attempt.status is ExecutionStatus.SUCCEEDED]
    assert (succeeded.result_json or {})["ts"] == fake.posted[0]["ts"]
    assert fake.posted[0]["metadata"]["event_payload"] == {"key": succeeded.idempotency_key}
    assert (await client.audit.verify()).ok


@pytest.mark.parametrize("point", IN_THE_WORKER)
async def test_a_worker_killed_between_two_steps_posts_once(
    ctx: Context, client: Client, fake: FakeSlack, approved: int, record_property: RecordProperty, point: str
) -> None:
    async with crashing_worker(ctx, point) as process:
        await died(process)
    await assert_posted_once(ctx, client, fake, approved)
    record_property("outcome", f"slack | {point} | executed, {len(fake.posted)} at the server")


@pytest.mark.parametrize(("method", "cut"), AT_SLACK)
async def test_a_worker_killed_during_a_call_posts_once(
    ctx: Context,
    client: Client,
    fake: FakeSlack,
    approved: int,
    record_property: RecordProperty,
    method: str,
    cut: Cut,
) -> None:
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, method, cut)
        await died(process)
    assert len(fake.posted) == (method == POST and cut is not Cut.IN_REQUEST)
    await assert_posted_once(ctx, client, fake, approved)
    record_property("outcome", f"slack | {method}, {cut.value} | executed, {len(fake.posted)} at the server")


@pytest.mark.parametrize("shown_after", [0.0, 0.5])
async def test_a_worker_killed_again_while_it_reconciles_posts_once(
    ctx: Context,
    client: Client,
    fake: FakeSlack,
    approved: int,
    monkeypatch: pytest.MonkeyPatch,
    shown_after: float,
) -> None:
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 1.0)
    fake.shown_after = shown_after
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, POST, Cut.ACCEPTED)
        await died(process)
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, HISTORY, Cut.IN_ANSWER)
        await died(process)
    fake.script = lambda _: None
    await assert_posted_once(ctx, client, fake, approved)


async def test_a_killed_attempt_that_slack_cannot_tell_of_is_shown(
    ctx: Context, client: Client, fake: FakeSlack, approved: int, record_property: RecordProperty
) -> None:
    fake.scopes -= {"channels:history"}
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, POST, Cut.ACCEPTED)
        await died(process)
    async with working(ctx):
        await until_status(client, approved, Status.UNKNOWN)
        await drained(ctx)
    assert len(fake.posted) == 1
    record_property(
        "outcome", f"slack, no history | {POST}, accepted | unknown, {len(fake.posted)} at the server"
    )
    fake.scopes |= {"channels:history"}
    proposal = await client.proposals.get(approved)
    await client.proposals.retry(approved, proposal.version)
    await assert_posted_once(ctx, client, fake, approved)


async def test_a_worker_killed_after_it_told_an_operator_tells_once(
    ctx: Context, client: Client, fake: FakeSlack
) -> None:
    await client.notifications.switch_on("U0ADA00001")
    await take_in(ctx, charge())
    await take_in(ctx, dispute())
    [line] = await client.proposals.inbox()
    assert line.urgency.interrupts
    async with crashing_worker(ctx, "execops.proposals.notifying:_sent:before") as process:
        await died(process)
    assert len(fake.posted) == 1
    async with working(ctx):
        await drained(ctx, 60)
    assert len(fake.posted) == 1
    rows = await records.rows(ctx, "select status from notifications")
    assert rows == [{"status": "sent"}]
