"""Operators are told of urgent proposals: those who switched it on, once each, and later what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.adapters import create_messenger
from execops.adapters.slack_api import slack_transport
from execops.client import Client
from execops.context import Context
from execops.errors import (
    AmbiguousError,
    InvalidInputError,
    NotAcceptedError,
    NotAllowedError,
)
from execops.model import Role, Status
from tests import records
from tests.fake_slack import FakeSlack, called, fake_slack, refusal
from tests.job_worker import drained, until_status, working
from tests.stripe_events import failed, paid, payer, take_in

ADA, BOB = "U0ADA00001", "U0BOB00001"
LARGE = {"amount_due": 500_000, "amount_remaining": 500_000, "total": 500_000}
# A name with markup in angle brackets is no name and stands in no title: `tests/unit/test_notification_words.py` escapes one.
HOSTILE = "@channel *Acme* [https://evil.example|pay here] & co"


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a pause between messages nor one before a message counts as not posted."""
    monkeypatch.setattr(slack_transport, "PACE", 0.0)
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 0.0)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    """A fake of Slack."""
    async with fake_slack() as server:
        yield server


@pytest.fixture
async def notifying_ctx(ctx: Context, client: Client, fake: FakeSlack) -> Context:
    """The Context whose notifications go to the fake; one play alone drafts about a large invoice."""
    await client.plays.set_allowed("play", "owner_alert", False)
    return replace(ctx, messenger=create_messenger(fake.settings()))


async def urgent(ctx: Context, nth: int = 1, **changes: Any) -> int:
    """The id of a new pending proposal that is high."""
    proposal_id = await records.pending_id(ctx, f"in_{nth}", **(LARGE | changes))
    assert (await records.proposal(ctx, proposal_id)).urgency.interrupts
    return proposal_id


async def run_jobs(ctx: Context, *tasks: str, is_last: bool = False) -> None:
    """Run the jobs that wait for these tasks, as a worker does."""
    for task in tasks:
        for job in await records.jobs(ctx, task):
            await records.run(
                ctx, "delete from procrastinate_jobs where task_name = %s and args = %s", task, as_json(job)
            )
            match task:
                case "tell":
                    await processing.tell(ctx, **job["args"])
                case "send_notification":
                    await processing.send_notification(ctx, **job["args"], is_last=is_last)
                case "show_outcome":
                    await processing.show_outcome(ctx, **job["args"], is_last=is_last)


def as_json(job: dict[str, Any]) -> Any:
    from psycopg.types.json import Jsonb

    return Jsonb(job["args"])


async def statuses(ctx: Context) -> list[str]:
    """The status of each notification, the oldest first."""
    return [row["status"] for row in await records.rows(ctx, "select status from notifications order by id")]


async def test_nobody_is_told_who_did_not_ask(notifying_ctx: Context, client: Client) -> None:
    await urgent(notifying_ctx)
    assert await records.jobs(notifying_ctx, "tell") == []
    await client.notifications.switch_on(ADA)
    await records.pending_id(notifying_ctx, "in_2", amount_due=4900)  # it is not urgent
    assert await records.jobs(notifying_ctx, "tell") == []
    await client.notifications.switch_off()
    await urgent(notifying_ctx, 3)
    assert await records.jobs(notifying_ctx, "tell") == []


async def test_an_operator_answers_for_themselves_and_the_audit_log_says_so(
    notifying_ctx: Context, client: Client
) -> None:
    with pytest.raises(InvalidInputError, match="which Slack member you are"):
        await client.notifications.switch_on()
    for name in ("", "#finance", "<@U0ADA00001>", "two words"):
        with pytest.raises(InvalidInputError, match="not a Slack member"):
            await client.notifications.switch_on(name)
    assert not (await client.notifications.show()).on
    viewer = await records.new_client(notifying_ctx, "Eve", Role.VIEWER)
    with pytest.raises(NotAllowedError):
        await viewer.notifications.switch_on(BOB)
    await client.notifications.switch_on("ada@hooli.example")
    await client.notifications.switch_on()
    await client.notifications.switch_off()
    answer = await client.notifications.switch_on()
    assert (answer.on, answer.slack) == (True, "ada@hooli.example")
    entries = [row.entry for row in await client.audit.latest(3)]
    assert [(entry.action, entry.actor_id, entry.metadata_json) for entry in entries] == [
        (f"notifications.{word}", str(client.operator.id), {"operator": client.operator.id})
        for word in ("allowed", "forbidden", "allowed")
    ]


async def test_each_is_told_once_and_shown_what_became_of_it(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    ops = await records.new_client(notifying_ctx, "Bob", Role.OPS)
    small = await records.new_client(
        notifying_ctx, "Cid", Role.OPS, amount={"minor": 1000, "currency": "USD"}
    )
    gone = await records.new_client(notifying_ctx, "Dan", Role.OPS)
    for person, member in ((client, ADA), (ops, BOB), (small, "@bobby"), (gone, "@ada")):
        await person.notifications.switch_on(member)
    await client.operators.revoke("Dan")
    async with working(notifying_ctx), working(notifying_ctx):
        proposal_id = await urgent(notifying_ctx, customer_name=HOSTILE)
        await drained(notifying_ctx)  # before the customer has another name
        await take_in(notifying_ctx, failed("in_1", attempt_count=2, **(payer("cus_1") | LARGE)))
        await drained(notifying_ctx)
        assert await statuses(notifying_ctx) == ["sent", "sent"]
        first, second = fake.posted
        assert {first["channel"], second["channel"]} == {f"D{ADA[1:]}", f"D{BOB[1:]}"}
        text = first["text"]
        assert "High" in text or "Critical" in text
        assert "*Acme* " in text
        assert " &amp; co" in text
        assert called(first) == []
        assert f"execops proposals show {proposal_id}" in text
        seq, digits = text.rpartition("Audit log: entry ")[2].split(", ")
        (row,) = await records.rows(notifying_ctx, "select hash from audit_log where seq = %s", int(seq))
        assert row["hash"].startswith(digits)
        version = (await client.proposals.get(proposal_id)).version
        await ops.proposals.reject(proposal_id, version, "no")
        await drained(notifying_ctx)
    assert len(fake.posted) == 2
    for message in fake.posted:
        assert message["text"].startswith("*Rejected* · by Bob")
        assert message["blocks"][0]["text"]["text"].startswith("*Rejected*")
        assert "Audit log: entry " in message["text"]
    assert (await client.audit.verify()).ok


async def test_an_outcome_is_shown_after_the_action_too(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    await client.notifications.switch_on(ADA)
    async with working(notifying_ctx):
        executed = await urgent(notifying_ctx)
        await drained(notifying_ctx)  # the fake server lists the messages as they come
        superseded = await urgent(notifying_ctx, 2)
        await drained(notifying_ctx)
        await client.proposals.approve(executed, 1)
        await until_status(client, executed, Status.EXECUTED)
        await take_in(notifying_ctx, paid("in_2", **payer("cus_2")))
        await until_status(client, superseded, Status.SUPERSEDED)
        await drained(notifying_ctx)
    first, second = (message["text"] for message in fake.posted)
    assert first.startswith("*Done* · by founder")
    assert second.startswith("*No longer needed* · 20")


@pytest.mark.parametrize("change", ["decided", "play off", "consent off", "revoked"])
async def test_nothing_is_told_that_is_not_called_for_any_more(
    notifying_ctx: Context, client: Client, fake: FakeSlack, change: str
) -> None:
    ops = await records.new_client(notifying_ctx, "Bob", Role.OPS)
    await ops.notifications.switch_on(BOB)
    proposal_id = await urgent(notifying_ctx)
    if change == "play off":
        await client.plays.set_allowed("play", "card_update", False)
    await run_jobs(notifying_ctx, "tell")
    if change == "decided":
        await client.proposals.reject(proposal_id, 1)
    elif change == "consent off":
        await ops.notifications.switch_off()
    elif change == "revoked":
        await client.operators.revoke("Bob")
    await run_jobs(notifying_ctx, "send_notification")
    assert await statuses(notifying_ctx) == ([] if change == "play off" else ["dropped"])
    assert fake.posted == []


async def test_a_killed_worker_tells_nobody_twice(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    """Between the post and its record: it is found again under its key."""
    await client.notifications.switch_on(ADA)
    await urgent(notifying_ctx)
    await run_jobs(notifying_ctx, "tell")
    [job] = await records.jobs(notifying_ctx, "send_notification")
    messenger = notifying_ctx.messenger

    class Dying:
        """Posts, and dies before it hears of it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(messenger, name)

        async def post(self, *args: Any, **kwargs: Any) -> Any:
            assert messenger is not None
            await messenger.post(*args, **kwargs)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await processing.send_notification(
            replace(notifying_ctx, messenger=Dying()),
            **job["args"],
            is_last=False,
        )
    assert await statuses(notifying_ctx) == ["sending"]
    await processing.send_notification(notifying_ctx, **job["args"], is_last=False)
    assert await statuses(notifying_ctx) == ["sent"]
    assert len(fake.posted) == 1


async def test_where_slack_cannot_tell_nobody_is_told_twice(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    await client.notifications.switch_on(ADA)
    await urgent(notifying_ctx)
    await run_jobs(notifying_ctx, "tell")
    [job] = await records.jobs(notifying_ctx, "send_notification")
    fake.scopes -= {"im:history"}
    fake.script = lambda request: (
        refusal("fatal_error", 500) if request.method == "chat.postMessage" else None
    )
    for is_last in (False, False, True):
        if is_last:
            await processing.send_notification(notifying_ctx, **job["args"], is_last=True)
        else:
            with pytest.raises(AmbiguousError):
                await processing.send_notification(notifying_ctx, **job["args"], is_last=False)
    assert await statuses(notifying_ctx) == ["unsure"]
    assert fake.methods().count("chat.postMessage") == 1
    [trouble] = await records.rows(notifying_ctx, "select kind, count from troubles")
    assert (trouble["kind"], trouble["count"]) == ("notification failed", 1)


async def test_slack_being_down_holds_nothing_up(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    await client.notifications.switch_on(ADA)
    fake.script = lambda request: refusal("ratelimited", 429)
    proposal_id = await urgent(notifying_ctx)
    await run_jobs(notifying_ctx, "tell")
    [job] = await records.jobs(notifying_ctx, "send_notification")
    with pytest.raises(NotAcceptedError):
        await processing.send_notification(notifying_ctx, **job["args"], is_last=False)
    assert await statuses(notifying_ctx) == ["waiting"]
    async with working(notifying_ctx):
        await client.proposals.approve(proposal_id, 1)
        await until_status(client, proposal_id, Status.EXECUTED)
    again = await urgent(notifying_ctx, 2)
    await run_jobs(notifying_ctx, "tell")
    [job] = [
        job
        for job in await records.jobs(notifying_ctx, "send_notification")
        if job["args"]["notification_id"] == 2
    ]
    await processing.send_notification(notifying_ctx, **job["args"], is_last=True)
    assert (await statuses(notifying_ctx))[1] == "failed"
    assert (await records.rows(notifying_ctx, "select kind from troubles")) == [
        {"kind": "notification failed"}
    ]
    assert (await records.proposal(notifying_ctx, again)).status is Status.PENDING


async def test_it_is_told_once_more_to_the_next_operator(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    notifying_ctx = replace(notifying_ctx, settings=replace(notifying_ctx.settings, remind_after=1800.0))
    await client.notifications.switch_on(ADA)
    proposal_id = await urgent(notifying_ctx)
    await run_jobs(notifying_ctx, "tell", "send_notification")
    [reminder] = await records.jobs(notifying_ctx, "tell")
    assert reminder["args"] == {"proposal_id": proposal_id, "reminder": True}
    assert 1700 < reminder["delay"] <= 1800
    ops = await records.new_client(notifying_ctx, "Bob", Role.OPS)
    await ops.notifications.switch_on(BOB)
    await run_jobs(notifying_ctx, "tell", "send_notification")
    await processing.tell(notifying_ctx, proposal_id, reminder=True)
    await run_jobs(notifying_ctx, "send_notification")
    assert [message["channel"] for message in fake.posted] == [f"D{ADA[1:]}", f"D{BOB[1:]}"]
    assert fake.posted[1]["text"].startswith("Still waits: ")
    assert await records.jobs(notifying_ctx, "tell") == []
    decided = await urgent(notifying_ctx, 2)
    await run_jobs(notifying_ctx, "tell", "send_notification")
    await client.proposals.reject(decided, 1)
    await run_jobs(notifying_ctx, "tell")
    assert await records.jobs(notifying_ctx, "send_notification") == []
    alone = await urgent(notifying_ctx, 3)
    await ops.notifications.switch_off()
    await run_jobs(notifying_ctx, "tell", "send_notification")
    before = len(fake.posted)
    await run_jobs(notifying_ctx, "tell", "send_notification")
    assert [message["channel"] for message in fake.posted[before:]] == [f"D{ADA[1:]}"]
    assert f"Proposal {alone}" in fake.posted[-1]["text"]


async def test_a_message_of_the_outbox_lies_beside_the_others(ctx: Context, client: Client) -> None:
    await client.plays.set_allowed("play", "owner_alert", False)
    await client.notifications.switch_on(ADA)
    async with working(ctx):
        proposal_id = await urgent(ctx)
        await drained(ctx)
        await client.proposals.reject(proposal_id, 1)
        await drained(ctx)
    letters = [path.read_text() for path in (ctx.settings.outbox / "slack" / "new").iterdir()]
    assert len(letters) == 2
    assert sum("Rejected" in letter for letter in letters) == 1


async def test_a_message_that_is_gone_is_left_alone(
    notifying_ctx: Context, client: Client, fake: FakeSlack
) -> None:
    await client.notifications.switch_on(ADA)
    async with working(notifying_ctx):
        proposal_id = await urgent(notifying_ctx)
        await drained(notifying_ctx)
        fake.posted.clear()
        await client.proposals.reject(proposal_id, 1)
        await drained(notifying_ctx)
    assert [row["kind"] for row in await records.rows(notifying_ctx, "select kind from troubles")] == [
        "notification failed"
    ]
