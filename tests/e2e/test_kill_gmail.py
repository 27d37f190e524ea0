"""`kill -9` of the job worker at any point of a mail by Gmail: one mail or none, counted at Gmail, never two.

A mail whose draft is still there, or that lies in SENT, ends in `executed`. Where Gmail shows neither, nobody can tell, and
a person decides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from execops.adapters.gmail import gmail_transport
from execops.client import Client
from execops.context import Context
from execops.model import ExecutionStatus, Status
from execops.settings import Settings
from tests import forking
from tests.conftest import MakeSettings
from tests.e2e.test_kill import RecordProperty, crashing_worker, died
from tests.fake_gmail import COMPOSE, FakeGmail, Request, fake_gmail
from tests.fake_http import Cut, Reply
from tests.job_worker import drained, until_status, working
from tests.stripe_events import failed, take_in

CLIENT = "execops.adapters.gmail.gmail_client:Connection"
MAILBOX = "execops.adapters.gmail.gmail_mailbox:Mailbox"
STEPS = "execops.proposals.execution"
# The point, the mails that went out by then, and the status after the worker's next start. The steps before and after these
# are the same for every adapter: see test_kill.
MATRIX = [
    (f"{STEPS}:_begin:after", 0, Status.UNKNOWN),  # the attempt is on record, and nothing is at Gmail
    (f"{CLIENT}.create_draft:before", 0, Status.UNKNOWN),  # signed in, the sender is right
    (f"{CLIENT}.create_draft:after", 0, Status.EXECUTED),
    (f"{MAILBOX}.drafts:after", 0, Status.EXECUTED),  # no other draft is there
    (f"{MAILBOX}.sent:after", 0, Status.EXECUTED),  # no earlier mail is there
    (f"{CLIENT}.send:before", 0, Status.EXECUTED),
    (f"{CLIENT}.send:after", 1, Status.EXECUTED),  # Gmail answered that it sent the draft
    (f"{MAILBOX}.read:after", 1, Status.EXECUTED),
    (f"{STEPS}:_finish:before", 1, Status.EXECUTED),
]
AT_GMAIL = [
    ("token", Cut.ACCEPTED, 0, Status.UNKNOWN),
    ("drafts.create", Cut.IN_REQUEST, 0, Status.UNKNOWN),
    ("drafts.create", Cut.ACCEPTED, 0, Status.EXECUTED),
    ("drafts.create", Cut.IN_ANSWER, 0, Status.EXECUTED),
    ("drafts.list", Cut.ACCEPTED, 0, Status.EXECUTED),
    ("messages.list", Cut.IN_ANSWER, 0, Status.EXECUTED),
    ("drafts.send", Cut.IN_REQUEST, 0, Status.EXECUTED),
    ("drafts.send", Cut.ACCEPTED, 1, Status.EXECUTED),
    ("drafts.send", Cut.IN_ANSWER, 1, Status.EXECUTED),
    ("messages.get", Cut.ACCEPTED, 1, Status.EXECUTED),
]
NOWHERE = "execops.processing:close_thread:before"  # a worker that dies at Gmail does not come to it


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeGmail]:
    """A fake of Gmail, which the workers of this test and of other processes send through."""
    monkeypatch.setattr(gmail_transport, "SETTLED_AFTER", 0.2)
    async with fake_gmail(account="billing@localhost") as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def settings(make_settings: MakeSettings, fake: FakeGmail) -> Settings:
    """Settings that send through the fake."""
    return make_settings(**fake.changes())


@pytest.fixture
async def approved(ctx: Context, client: Client) -> int:
    """The id of an approved mail; its job waits."""
    await take_in(ctx, failed())
    [line] = await client.proposals.inbox()
    assert line.action_type == "email"
    await client.proposals.approve(line.id, line.version)
    return line.id


def dies_at(fake: FakeGmail, process: forking.Running, method: str, cut: Cut) -> None:
    """Let Gmail see the first call of this method, and the worker die at this point of it."""
    first = [Reply(cut=cut, then=process.kill)]

    def script(request: Request) -> Reply | None:
        return first.pop() if request.method == method and first else None

    fake.script = script


async def settled(ctx: Context, client: Client, proposal_id: int, status: Status) -> None:
    """Let a worker go on, until the proposal has this status and no job is left."""
    async with working(ctx):
        await until_status(client, proposal_id, status)
        await drained(ctx)


async def assert_sent_once(ctx: Context, client: Client, fake: FakeGmail, proposal_id: int) -> None:
    assert (len(fake.delivered), fake.drafts) == (1, {})
    card = await client.proposals.card(proposal_id)
    assert card.proposal.status is Status.EXECUTED
    [succeeded] = [attempt for attempt in card.executions if attempt.status is ExecutionStatus.SUCCEEDED]
    result = succeeded.result_json or {}
    assert (result["message_id"], result["id"]) == (
        str(fake.arrived[0]["Message-ID"]),
        next(iter(fake.mails)),
    )
    assert fake.arrived[0]["X-ExecOps-Key"] == succeeded.idempotency_key
    assert (await client.audit.verify()).ok


async def assert_ends(
    ctx: Context, client: Client, fake: FakeGmail, proposal_id: int, status: Status
) -> None:
    """The proposal has this status after the next worker, and a person's retry of an unknown one sends one mail."""
    await settled(ctx, client, proposal_id, status)
    if status is Status.UNKNOWN:
        assert fake.delivered == []
        proposal = await client.proposals.get(proposal_id)
        await client.proposals.retry(proposal_id, proposal.version)
        await settled(ctx, client, proposal_id, Status.EXECUTED)
    await assert_sent_once(ctx, client, fake, proposal_id)


@pytest.mark.parametrize(("point", "mails", "status"), MATRIX)
async def test_a_worker_killed_between_two_steps_sends_no_mail_twice(
    ctx: Context,
    client: Client,
    fake: FakeGmail,
    approved: int,
    record_property: RecordProperty,
    point: str,
    mails: int,
    status: Status,
) -> None:
    async with crashing_worker(ctx, point) as process:
        await died(process)
    assert len(fake.delivered) == mails
    await assert_ends(ctx, client, fake, approved, status)
    at_server = 1 if status is Status.EXECUTED else 0
    record_property("outcome", f"gmail | {point} | {status}, {at_server} at the server")


@pytest.mark.parametrize(("method", "cut", "mails", "status"), AT_GMAIL)
async def test_a_worker_killed_during_a_call_sends_no_mail_twice(
    ctx: Context,
    client: Client,
    fake: FakeGmail,
    approved: int,
    record_property: RecordProperty,
    method: str,
    cut: Cut,
    mails: int,
    status: Status,
) -> None:
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, method, cut)
        await died(process)
    assert len(fake.delivered) == mails
    await assert_ends(ctx, client, fake, approved, status)
    at_server = 1 if status is Status.EXECUTED else 0
    record_property("outcome", f"gmail | {method}, {cut.value} | {status}, {at_server} at the server")


async def test_a_worker_killed_again_while_it_reconciles_sends_no_mail_twice(
    ctx: Context, client: Client, fake: FakeGmail, approved: int
) -> None:
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, "drafts.send", Cut.ACCEPTED)
        await died(process)
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, "messages.get", Cut.IN_ANSWER)
        await died(process)
    fake.script = lambda _: None
    await assert_ends(ctx, client, fake, approved, Status.EXECUTED)


@pytest.mark.parametrize("why", ["the sign-in may not read SENT", "Gmail shows the mail late"])
async def test_a_killed_attempt_that_gmail_cannot_tell_of_is_shown(
    ctx: Context, client: Client, fake: FakeGmail, approved: int, record_property: RecordProperty, why: str
) -> None:
    late = "late" in why
    if late:
        fake.listed_after = fake.indexed_after = 3600.0
    else:
        fake.scopes = {COMPOSE}
    async with crashing_worker(ctx, NOWHERE) as process:
        dies_at(fake, process, "drafts.send", Cut.ACCEPTED)
        await died(process)
    await settled(ctx, client, approved, Status.UNKNOWN)
    assert len(fake.delivered) == 1
    record_property("outcome", f"gmail, {why} | drafts.send, {Cut.ACCEPTED.value} | unknown, 1 at the server")
    proposal = await client.proposals.get(approved)
    if late:  # a retry looks first, and finds the mail
        for mail in fake.mails.values():
            mail.listed_at = 0.0
        await client.proposals.retry(approved, proposal.version)
        await assert_ends(ctx, client, fake, approved, Status.EXECUTED)
    else:  # a person looks into SENT
        await client.proposals.confirm(approved, proposal.version)
        assert (await client.proposals.get(approved)).status is Status.EXECUTED
        assert len(fake.delivered) == 1
