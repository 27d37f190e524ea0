"""A trouble that was told of, ended and came back: it is told of again, and not hidden by the pause after an executed action."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.model import Event, Json, Proposal, Status
from execops.settings import Settings
from jobs.bootstrap import open_context
from tests import engineering_events as signed
from tests import records, stripe_events
from tests.conftest import MakeSettings
from tests.engineering_events import ago, of_github, of_sentry, take_in
from tests.integration.test_customer_fire import NOW, ON, arrive, case
from tests.integration.test_engineering import customer
from tests.performing import Scripted, go
from tests.stripe_events import event
from tests.unit.test_account_restricted import account, asked


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Both sources of the Engineering vertical are on."""
    return make_settings(**signed.ON, sentry_customers=3)


async def performed(ctx: Context, client: Client, play: str) -> Proposal:
    """Approve and perform the one pending proposal of a play."""
    [proposal] = [
        entry for entry in await records.proposals_of_play(ctx, play) if entry.status is Status.PENDING
    ]
    await client.proposals.approve(proposal.id, proposal.version)
    assert await go(ctx, proposal.id) is Status.EXECUTED
    return proposal


async def statuses(ctx: Context, play: str) -> list[str]:
    return [proposal.status for proposal in await records.proposals_of_play(ctx, play)]


async def deploy(ctx: Context, state: str, minutes: float) -> Event:
    delivery = of_github("deployment_status", signed.deployment(state, at=ago(minutes)))
    return await take_in(ctx, "github", delivery)


async def test_a_deployment_that_fails_again_after_a_success_is_told_again(
    ctx: Context, client: Client
) -> None:
    await deploy(ctx, "failure", 60)
    await performed(ctx, client, "repository_alarm")
    again = await deploy(ctx, "failure", 55)  # of the same trouble
    assert "was executed less than 48 h ago" in records.why_declined(again, "repository_alarm")
    await deploy(ctx, "success", 50)
    await deploy(ctx, "failure", 40)
    assert await statuses(ctx, "repository_alarm") == ["executed", "pending"]
    await performed(ctx, client, "repository_alarm")
    await deploy(ctx, "failure", 35)
    assert await statuses(ctx, "repository_alarm") == ["executed", "executed"]


async def test_a_success_that_arrives_late_tells_of_the_new_failure(ctx: Context, client: Client) -> None:
    await deploy(ctx, "failure", 60)
    await performed(ctx, client, "repository_alarm")
    await deploy(ctx, "failure", 40)
    assert await statuses(ctx, "repository_alarm") == ["executed"]
    await deploy(ctx, "success", 50)
    assert await statuses(ctx, "repository_alarm") == ["executed", "pending"]


async def test_an_alert_that_is_opened_again_is_told_again(ctx: Context, client: Client) -> None:
    for action, minutes in (("created", 60), ("fixed", 50), ("reintroduced", 40)):
        if action == "fixed":
            await performed(ctx, client, "repository_alarm")
        delivery = of_github("dependabot_alert", signed.alert(action, at=ago(minutes)))
        await take_in(ctx, "github", delivery)
    assert await statuses(ctx, "repository_alarm") == ["executed", "pending"]


async def change(ctx: Context, action: str, minutes: float) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    await take_in(ctx, "sentry", of_sentry("issue", signed.issue_changed(action), at=at))


async def hit(ctx: Context, user: Json, minutes: float) -> Event:
    return await take_in(ctx, "sentry", of_sentry("event_alert", signed.error(user, at=ago(minutes))))


@pytest.mark.parametrize("end", ["resolved", "archived"])
async def test_an_issue_that_comes_back_is_told_again_once_it_hits_as_many(
    ctx: Context, client: Client, end: str
) -> None:
    users = [await customer(ctx, number) for number in range(3)]
    for user in users:
        await hit(ctx, user, 120)
    await performed(ctx, client, "paying_users_hit")
    await change(ctx, end, 100)
    await change(ctx, "unresolved", 20)
    await hit(ctx, users[0], 15)
    second = await hit(ctx, users[1], 14)
    why = records.why_declined(second, "paying_users_hit")
    assert why == "2 paying customers were hit within an hour, not 3"  # those of before count no more
    await hit(ctx, users[2], 13)
    assert await statuses(ctx, "paying_users_hit") == ["executed", "pending"]


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_an_account_that_is_stopped_again_is_told_again(
    ctx: Context, client: Client, decision: str
) -> None:
    at = int(datetime.now(UTC).timestamp())
    stop: Json = {"payouts_enabled": False, "requirements": asked(disabled_reason="under_review")}
    play, first = "account_restricted", event("account.updated", account(**stop), created=at - 900)
    await stripe_events.take_in(ctx, first)
    if decision == "approve":
        await performed(ctx, client, play)
    else:
        [proposal] = await records.proposals_of_play(ctx, play)
        await client.proposals.reject(proposal.id, proposal.version)
    decided = await statuses(ctx, play)
    await stripe_events.take_in(ctx, event("account.updated", account(**stop), created=at - 800))
    assert await statuses(ctx, play) == decided
    await stripe_events.take_in(ctx, event("account.updated", account(), created=at - 700))
    await stripe_events.take_in(ctx, event("account.updated", account(**stop), created=at - 600))
    await stripe_events.take_in(ctx, event("account.updated", account(**stop), created=at - 500))
    assert await statuses(ctx, play) == [*decided, "pending"]


def notification(number: int, topic: str, minutes: float, **item: Any) -> Json:
    """A notification about the judged conversation, at so many minutes before now."""
    payload: Json = case("o32")["notifications"][0]
    at = int((NOW - timedelta(minutes=minutes)).timestamp())
    payload |= {"id": f"notif_{number}", "topic": topic, "created_at": at}
    start = int((NOW - timedelta(minutes=90)).timestamp())
    payload["data"]["item"] |= {"created_at": start, "updated_at": at} | item
    return payload


def part(number: int, kind: str, words: str, minutes: float) -> Json:
    at = int((NOW - timedelta(minutes=minutes)).timestamp())
    entry = {
        "type": "conversation_part",
        "id": f"part{number}",
        "part_type": "comment",
        "body": f"<p>{words}</p>",
        "created_at": at,
        "author": {"type": kind, "id": "1", "name": "HQ", "email": "hq@copperhill.example.com"},
    }
    return {"conversation_parts": [entry], "total_count": number}


AGAIN = "This is unacceptable. I am furious. The invoices are wrong again and nobody cares."


@asynccontextmanager
async def supporting(make_settings: MakeSettings) -> AsyncIterator[tuple[Context, Client]]:
    """A console that may reply in Intercom, where an angry customer has written."""
    settings = make_settings(**ON)
    async with open_context(settings) as opened:
        ctx = replace(opened, adapters={**opened.adapters, "intercom_reply": Scripted()})
        client = await Client.login(ctx, settings.token)
        await client.plays.set_allowed("action", "intercom_reply", True)
        await arrive(ctx, notification(1, "conversation.user.created", 90))
        yield ctx, client


@pytest.mark.parametrize("order", list(permutations((0, 1))))
async def test_a_customer_who_is_angry_again_after_our_answer_is_heard(
    make_settings: MakeSettings, order: tuple[int, int]
) -> None:
    async with supporting(make_settings) as (ctx, client):
        first = await performed(ctx, client, "angry_customer")
        answer = notification(
            2, "conversation.admin.replied", 60, conversation_parts=part(1, "admin", "I am sorry.", 60)
        )
        again = notification(
            3, "conversation.user.replied", 30, conversation_parts=part(2, "user", AGAIN, 30)
        )
        await arrive(ctx, *[(answer, again)[place] for place in order])
        assert await statuses(ctx, "angry_customer") == ["executed", "pending"]
        pending = (await records.proposals_of_play(ctx, "angry_customer"))[-1]
        assert (first.payload["after"], pending.payload["after"]) == ("983120151", "part2")
        reply = notification(
            4, "conversation.user.replied", 20, conversation_parts=part(3, "user", AGAIN, 20)
        )
        await arrive(ctx, reply)  # of the same trouble: one proposal
        assert await statuses(ctx, "angry_customer") == ["executed", "pending"]


async def test_a_low_rating_after_our_answer_is_heard(make_settings: MakeSettings) -> None:
    async with supporting(make_settings) as (ctx, client):
        await performed(ctx, client, "angry_customer")
        rated = int((NOW - timedelta(minutes=10)).timestamp())
        rating = {"rating": 1, "remark": "Useless. We are leaving.", "created_at": rated}
        await arrive(
            ctx,
            notification(
                2, "conversation.admin.replied", 60, conversation_parts=part(1, "admin", "I am sorry.", 60)
            ),
            notification(3, "conversation.rating.added", 10, conversation_rating=rating, state="closed"),
        )
        assert await statuses(ctx, "angry_customer") == ["executed", "pending"]
