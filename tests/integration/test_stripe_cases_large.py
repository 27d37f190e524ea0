"""Large customers who leave, as Stripe's events tell it: in each order of arrival, with what was told before."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from execops.context import Context
from execops.model import Json, Status
from tests.integration.test_stripe_cases_disputes import customer, days, proposals, renamed, take_in
from tests.stripe_events import event, fixture, invoice

PLAY = "large_cancellation"


def subscription(
    seats: int = 30, *, at: float = -1, type_: str = "updated", previous: Json | None = None, **changes: Any
) -> Json:
    """A subscription of $49.00 a seat and month, since 300 days."""
    price = {"currency": "usd", "unit_amount": 4900, "recurring": {"interval": "month", "interval_count": 1}}
    state: Json = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "start_date": days(-300),
        "created": days(-300),
        "cancel_at_period_end": False,
        "cancel_at": None,
        "canceled_at": None,
        "ended_at": None,
        "cancellation_details": None,
        "pause_collection": None,
        "trial_end": None,
        "current_period_end": days(20),
        "items": {"object": "list", "data": [{"id": "si_1", "quantity": seats, "price": price}]},
    }
    payload = event(
        f"customer.subscription.{type_}", fixture("subscription", **(state | changes)), created=days(at)
    )
    if previous is not None:
        payload["data"]["previous_attributes"] = previous
    return payload


def cancelled(**changes: Any) -> Json:
    """The subscription, set to end in twenty days because of the price."""
    wish: Json = {
        "cancel_at_period_end": True,
        "canceled_at": days(-0.5),
        "cancellation_details": {
            "reason": "cancellation_requested",
            "feedback": "too_expensive",
            "comment": None,
        },
    }
    base: Json = {"at": -0.5, "previous": {"cancel_at_period_end": False}}
    return subscription(**(base | wish | changes))


def ended(reason: str = "cancellation_requested", **changes: Any) -> Json:
    """The subscription, ended at once."""
    over: Json = {
        "status": "canceled",
        "canceled_at": days(-0.3),
        "ended_at": days(-0.3),
        "cancellation_details": {"reason": reason, "feedback": None, "comment": None},
    }
    base: Json = {"at": -0.3, "type_": "deleted"}
    return subscription(**(base | over | changes))


async def test_the_owner_alone_is_told_in_every_order_of_the_events(ctx: Context) -> None:
    story = [customer(), subscription(type_="created", at=-300), cancelled()]
    words = set()
    for number, order in enumerate(permutations(story)):
        for payload in order:
            await take_in(ctx, renamed(payload, number))
        own = [row for row in await proposals(ctx, PLAY) if row.object_id == f"sub_1n{number}_"]
        [proposal] = [row for row in own if row.status is Status.PENDING]
        words.add((proposal.title, proposal.verdict, str(proposal.evidence)))
    [(title, verdict, evidence)] = words
    assert title.startswith("Large customer cancelled: Ella Stone, $1,470.00 a month, ends ")
    assert verdict.startswith("Call or write yourself: $1,470.00 a month ends on ")
    assert "too expensive" in evidence
    assert await proposals(ctx, "save_offer") == []


async def test_a_small_customer_gets_a_mail_and_the_owner_no_message(ctx: Context) -> None:
    for payload in (customer(), cancelled(seats=2)):
        await take_in(ctx, payload)
    assert await proposals(ctx, PLAY) == []
    [mail] = await proposals(ctx, "save_offer")
    assert mail.action_type == "email"


async def test_the_end_that_was_set_before_is_no_second_message(ctx: Context) -> None:
    announced = cancelled(at=-5, canceled_at=days(-5))
    over = ended(cancel_at_period_end=True, canceled_at=days(-5))
    for payload in (customer(), announced, over):
        last = await take_in(ctx, payload)
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.status is Status.SUPERSEDED
    assert "the account owner is told when it is set" in (proposal.outcome or "")
    assert [entry["play"] for entry in last.outcome if entry.get("result") == "drafted"] == []


async def test_an_end_at_once_after_the_wish_is_the_same_proposal(ctx: Context) -> None:
    for payload in (customer(), cancelled(), ended(canceled_at=days(-0.5))):
        await take_in(ctx, payload)
    [proposal] = await proposals(ctx, PLAY)
    assert (proposal.status, proposal.title) == (
        Status.PENDING,
        "Large customer lost: Ella Stone, $1,470.00 a month",
    )


@pytest.mark.parametrize("failure_comes_first", [True, False])
async def test_the_end_for_want_of_payment_is_one_message_to_the_owner(
    ctx: Context, failure_comes_first: bool
) -> None:
    unpaid = invoice(
        amount_due=147_000, amount_remaining=147_000, subscription="sub_1", attempt_count=4,
        next_payment_attempt=None,
    )  # fmt: skip
    failure = event("invoice.payment_failed", unpaid, created=days(-0.31))
    story = [failure, ended("payment_failed")]
    for payload in (customer(), subscription(type_="created", at=-300)):
        await take_in(ctx, payload)
    for payload in story if failure_comes_first else reversed(story):
        await take_in(ctx, payload)
    alerts = [row for row in await proposals(ctx, "owner_alert") if row.status is Status.PENDING]
    [loss] = [row for row in await proposals(ctx, PLAY) if row.status is Status.PENDING]
    assert alerts == []
    assert ["Still open", "$1,470.00 of invoice ACME-0001"] in loss.evidence


@pytest.mark.parametrize("known", [True, False])
async def test_a_deep_cut_is_told_with_or_without_the_state_before(ctx: Context, known: bool) -> None:
    if known:
        await take_in(ctx, subscription(type_="created", at=-100))
    old = subscription()["data"]["object"]["items"]
    await take_in(ctx, customer())
    await take_in(ctx, subscription(3, at=-0.5, previous={"items": old}))
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.title == "Large customer cut down: Ella Stone, $1,323.00 a month less"
    assert proposal.dedupe_key == "large_cancellation:sub_1:reduced:14700"
    await take_in(ctx, subscription(30, at=-0.1, previous={"quantity": 3}))
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.status is Status.SUPERSEDED


async def test_the_plan_of_an_old_version_tells_the_cut(ctx: Context) -> None:
    plan = {"id": "pro", "amount": 147_000, "currency": "usd", "interval": "month", "interval_count": 1}
    small = plan | {"id": "mini", "amount": 4900}
    changed = subscription(
        at=-0.5, previous={"plan": plan}, plan=small, quantity=1,
        items={"object": "list", "data": [{"id": "si_1", "quantity": 1, "plan": small}]},
    )  # fmt: skip
    await take_in(ctx, customer())
    await take_in(ctx, changed | {"api_version": "2017-08-15"})
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.title == "Large customer cut down: Ella Stone, $1,421.00 a month less"


async def test_a_cut_is_superseded_by_the_cancellation_that_follows(ctx: Context) -> None:
    for payload in (
        customer(),
        subscription(type_="created", at=-100),
        subscription(3, at=-0.5, previous={"quantity": 30}),
        cancelled(seats=30, at=-0.2),
    ):
        await take_in(ctx, payload)
    first, second = await proposals(ctx, PLAY)
    assert (first.status, first.outcome) == (Status.SUPERSEDED, "the subscription has moved on")
    assert (second.status, second.dedupe_key) == (Status.PENDING, "large_cancellation:sub_1")


async def test_a_replay_changes_nothing(ctx: Context) -> None:
    wish = cancelled()
    for payload in (customer(), wish, wish):
        await take_in(ctx, payload)
    [proposal] = await proposals(ctx, PLAY)
    assert (proposal.status, proposal.version) == (Status.PENDING, 1)
