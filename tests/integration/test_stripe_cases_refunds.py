"""Refunds that fail, as Stripe's events tell them: in each order of arrival, in old and new versions of the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execops.context import Context
from execops.model import Json, Status
from tests import records
from tests.draws import orders_of
from tests.integration.test_stripe_cases_disputes import (
    charge,
    customer,
    days,
    dispute,
    ends,
    proposals,
    renamed,
    take_in,
)
from tests.stripe_events import event, fixture

PLAY = "refund_failed"


def refund(type_: str = "refund.failed", *, at: float = -0.5, **changes: Any) -> Json:
    """An event about a refund of the charge `ch_1`, made four days ago."""
    fields: Json = {
        "id": "re_1",
        "charge": "ch_1",
        "amount": 4900,
        "currency": "usd",
        "created": days(-4),
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": "txn_9",
        "payment_intent": None,
    }
    return event(type_, fixture("refund", **(fields | changes)), created=days(at))


def made(**changes: Any) -> Json:
    """The refund as it was made: Stripe says at first that it succeeded."""
    fine = {"status": "succeeded", "failure_reason": None, "failure_balance_transaction": None}
    return refund("refund.created", **({"at": -4} | fine | changes))


async def test_the_words_are_the_same_in_every_order_of_the_events(ctx: Context) -> None:
    [words] = await ends(ctx, [charge(), customer(), made(), refund()], PLAY, "re_1")
    [[title, verdict, payload, evidence]] = json.loads(words)
    assert title == "Refund failed: Ella Stone, $49.00"
    assert verdict == "Pay another way: the card was lost or stolen, and Ella Stone is waiting for $49.00"
    assert "to your Visa card ending 4242 on " in payload["text"]
    assert ["Why it failed", "the card was lost or stolen"] in evidence


async def test_the_three_events_of_one_failure_are_one_proposal(ctx: Context) -> None:
    for type_ in ("refund.updated", "charge.refund.updated", "refund.failed"):
        await take_in(ctx, refund(type_))
    [proposal] = await proposals(ctx, PLAY)
    assert (proposal.status, proposal.version) == (Status.PENDING, 1)


@pytest.mark.parametrize("charge_comes_first", [True, False])
async def test_the_oldest_versions_send_a_failed_refund_inside_its_charge(
    ctx: Context, charge_comes_first: bool
) -> None:
    inside = refund()["data"]["object"] | {"object": "refund", "charge": "ch_1"}
    whole = charge(amount_refunded=4900, refunds={"object": "list", "data": [inside]}, type_="charge.updated")
    updated = refund("charge.refund.updated", at=-0.5)
    order = [whole | {"created": days(-0.4)}, updated | {"api_version": "2017-08-15"}]
    for payload in order if charge_comes_first else reversed(order):
        await take_in(ctx, payload)
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.title == "Refund failed: Ella Stone, $49.00"


async def test_a_refund_inside_a_charge_of_the_oldest_version_has_no_status(ctx: Context) -> None:
    inside = {
        "id": "re_1",
        "object": "refund",
        "amount": 4900,
        "currency": "usd",
        "created": days(-4),
        "charge": "ch_1",
    }
    await take_in(ctx, charge(amount_refunded=4900, refunds=[inside], type_="charge.refunded"))
    [row] = await records.rows(ctx, "select subject_key, state from snapshots where object_id = 're_1'")
    assert (row["subject_key"], row["state"]["status"]) == ("cus_1", "succeeded")


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (
            lambda: refund("refund.created", at=-0.1, id="re_2", created=days(-0.1), status="pending"),
            "refund re_2 was made in its place",
        ),
        (dispute, "the customer disputes the payment, so their bank gives the money back"),
        (
            lambda: refund("refund.updated", at=-0.1, status="succeeded"),
            "the refund has reached the customer's bank",
        ),
    ],
)
@pytest.mark.parametrize("guest", [False, True])
async def test_what_pays_the_customer_supersedes_the_draft(
    ctx: Context, later: Any, why: str, guest: bool
) -> None:
    await take_in(ctx, charge(customer=None if guest else "cus_1"))
    await take_in(ctx, refund())
    await take_in(ctx, later())
    [proposal] = await proposals(ctx, PLAY)
    assert (proposal.status, proposal.outcome) == (Status.SUPERSEDED, why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "pending", "failure_reason": None}, "Stripe still works on the refund"),
        ({"status": "requires_action", "failure_reason": None}, "the refund waits for the customer, whom Stripe has asked"),
        ({"status": "canceled", "failure_reason": "merchant_request"}, "the refund was cancelled before it was paid"),
        ({"failure_reason": "merchant_request"}, "your team asked Stripe to take the refund back"),
        (
            {"failure_reason": "charge_for_pending_refund_disputed"},
            "the customer disputes the payment, so their bank gives the money back",
        ),
    ],
)  # fmt: skip
async def test_a_refund_that_needs_nobody(ctx: Context, changes: Json, why: str) -> None:
    await take_in(ctx, charge())
    last = await take_in(ctx, refund("refund.updated", **changes))
    [outcome] = [entry for entry in last.outcome if entry["play"] == PLAY]
    assert (outcome["why"], await proposals(ctx, PLAY)) == (why, [])


async def test_a_failure_that_arrives_before_its_refund_stays_failed(ctx: Context) -> None:
    for payload in (charge(), refund(), made()):
        await take_in(ctx, payload)
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.status is Status.PENDING


async def test_a_failed_refund_leaves_the_money_as_before(ctx: Context) -> None:
    for payload in (charge(), made(), refund()):
        await take_in(ctx, payload)
    rows = await records.rows(ctx, "select sum(amount_minor) as sum from transactions where kind = 'refund'")
    assert int(rows[0]["sum"]) == 0


def sum_shown(at: float, refunded: int, before: int) -> Json:
    """The event of a charge whose refunded sum changed, as Stripe tells both sums."""
    shown = charge(amount_refunded=refunded, type_="charge.refunded") | {"created": days(at)}
    shown["data"]["previous_attributes"] = {"amount_refunded": before}
    return shown


@pytest.mark.parametrize(
    ("story", "net"),
    [
        pytest.param([sum_shown(-4, 4900, 0), refund(), sum_shown(-0.2, 4900, 0)], -4900, id="made again"),
        pytest.param([sum_shown(-4, 4900, 0), refund(), sum_shown(-0.2, 4900, 4900)], 0, id="the sum stays"),
        pytest.param([sum_shown(-4, 2000, 0), sum_shown(-0.2, 2000, 0)], -2000, id="no event names a refund"),
        pytest.param([sum_shown(-4, 4900, 0), refund(), sum_shown(-0.4, 0, 4900)], 0, id="the sum falls"),
        pytest.param([sum_shown(-0.2, 3000, 1000)], -3000, id="the first sum is not known"),
    ],
)
async def test_a_refund_that_is_made_again_after_it_failed_counts(
    ctx: Context, story: list[Json], net: int
) -> None:
    """Endpoints without `refund.created` learn of a refund by its charge, whose sum is the same as before the failure."""
    orders = orders_of([charge(), *story])
    for number, order in enumerate(orders):
        for payload in order:
            await take_in(ctx, renamed(payload, number))
    sums = await records.rows(
        ctx,
        "select sum(amount_minor)::bigint as net from transactions where kind = 'refund' group by customer",
    )
    assert [row["net"] for row in sums] == [net] * len(orders)


async def test_missing_fields_degrade_the_message(ctx: Context) -> None:
    bare = refund()
    for name in ("amount", "currency", "created", "destination_details", "failure_reason", "reason"):
        del bare["data"]["object"][name]
    await take_in(ctx, bare)
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.title == "Refund failed: unknown customer"
    assert "None" not in proposal.title + proposal.payload["text"] + proposal.reasoning


@pytest.mark.parametrize("ids", [("evt_1", "evt_2"), ("evt_2", "evt_1")])
@pytest.mark.parametrize("latest_first", [False, True])
async def test_of_two_partial_refunds_in_one_second_the_larger_sum_stands(
    ctx: Context, ids: tuple[str, str], *, latest_first: bool
) -> None:
    """The ids of the events tell nothing of their order, and neither does the order of their arrival."""
    taken = charge()["data"]["object"]
    story = [
        event("charge.refunded", taken | {"amount_refunded": refunded}, created=days(-1)) | {"id": id_}
        for id_, refunded in zip(ids, (1000, 1001), strict=True)
    ]
    for notice in reversed(story) if latest_first else story:
        await take_in(ctx, notice)
    [row] = await records.rows(ctx, "select state from snapshots where object_type = 'charge'")
    assert row["state"]["amount_refunded"] == 1001
