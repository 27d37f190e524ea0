"""Early fraud warnings as Stripe's events tell them: in each order of arrival, with refunds and disputes of the payment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execops import processing
from execops.context import Context
from execops.model import Json, Status
from tests import records
from tests.integration.test_stripe_cases_disputes import (
    charge,
    customer,
    days,
    dispute,
    ends,
    proposals,
    subscription,
    take_in,
)
from tests.stripe_events import event, fixture

PLAY = "early_fraud_warning"


def warning(type_: str = "created", *, at: float = -0.5, **changes: Any) -> Json:
    """An event about a warning of the charge `ch_1`."""
    fields: Json = {
        "id": "issfr_1",
        "charge": "ch_1",
        "payment_intent": None,
        "created": days(-0.5),
        "fraud_type": "made_with_stolen_card",
        "actionable": True,
    }
    shape = fixture("radar.early_fraud_warning", **(fields | changes))
    return event(f"radar.early_fraud_warning.{type_}", shape, created=days(at))


def refund(type_: str = "refund.created", *, at: float = -0.2, **changes: Any) -> Json:
    """A refund of the charge `ch_1`."""
    fields: Json = {
        "id": "re_2",
        "charge": "ch_1",
        "amount": 4900,
        "currency": "usd",
        "status": "succeeded",
        "created": days(-0.2),
    }
    return event(type_, fixture("refund", **(fields | changes)), created=days(at))


def refunded(**changes: Any) -> Json:
    """The charge, refunded in full."""
    back: dict[str, Any] = {"amount_refunded": 4900, "refunded": True, "type_": "charge.refunded"}
    return charge(**(back | changes)) | {"created": days(-0.2)}


async def test_the_verdict_is_the_same_in_every_order_of_the_events(ctx: Context) -> None:
    story = [charge(), customer(at=-15), subscription(ended=None), warning()]
    [words] = await ends(ctx, story, PLAY, "issfr_1")
    [[title, verdict, payload, evidence]] = json.loads(words)
    assert title == "Fraud warning: a payment of $49.00 by Ella Stone"
    assert verdict.startswith("Refund: the bank says that the card was stolen")
    assert "Cancel the subscription too (sub_1)" in payload["text"]
    assert ["Customer", "Ella Stone (ella@stone.example)"] in evidence


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(refunded, id="the charge shows the refund"),
        pytest.param(refund, id="the refund has an event of its own"),
        pytest.param(lambda: refund(status="pending"), id="the refund is on its way"),
        pytest.param(dispute, id="a dispute"),
        pytest.param(lambda: charge(disputed=True) | {"created": days(-0.1)}, id="the charge is disputed"),
        pytest.param(lambda: warning("updated", at=-0.1, actionable=False), id="not actionable any more"),
    ],
)
@pytest.mark.parametrize("guest", [False, True])
async def test_what_settles_the_payment_supersedes_the_draft(ctx: Context, later: Any, guest: bool) -> None:
    await take_in(ctx, charge(customer=None if guest else "cus_1"))
    await take_in(ctx, warning())
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.status is Status.PENDING
    settles = later()
    if guest and "customer" in settles["data"]["object"]:
        settles["data"]["object"]["customer"] = None
    await take_in(ctx, settles)
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.status is Status.SUPERSEDED


@pytest.mark.parametrize("settles", [refunded, refund, dispute])
async def test_a_payment_that_is_settled_before_the_warning_drafts_nothing(
    ctx: Context, settles: Any
) -> None:
    for payload in (charge(), settles() | {"created": days(-0.6)}, warning()):
        last = await take_in(ctx, payload)
    assert await proposals(ctx, PLAY) == []
    [outcome] = [entry for entry in last.outcome if entry["play"] == PLAY]
    assert "the payment" in outcome["why"]


async def test_a_refund_of_a_part_drafts_the_rest_anew(ctx: Context) -> None:
    for payload in (charge(), warning(), refund(amount=1900)):
        await take_in(ctx, payload)
    [proposal] = await proposals(ctx, PLAY)
    assert (proposal.status, proposal.amount_minor) == (Status.PENDING, 3000)
    assert "Refund the remaining $30.00 at Stripe" in proposal.payload["text"]


async def test_a_replay_and_a_second_delivery_change_nothing(ctx: Context) -> None:
    first = warning()
    for payload in (charge(), first, first, warning("updated", at=-0.4)):
        last = await take_in(ctx, payload)
    await processing.process_event(ctx, last.id)
    [proposal] = await proposals(ctx, PLAY)
    assert (proposal.status, proposal.version) == (Status.PENDING, 1)


async def test_a_warning_of_an_unknown_charge_becomes_whole_with_its_charge(ctx: Context) -> None:
    await take_in(ctx, warning())
    [before] = await proposals(ctx, PLAY)
    assert before.verdict.startswith("Decide: ")
    await take_in(ctx, charge())
    [after] = await proposals(ctx, PLAY)
    assert (after.id, after.verdict[:8], after.amount_minor) == (before.id, "Refund: ", 4900)


async def test_an_expanded_charge_and_missing_fields_are_read(ctx: Context) -> None:
    whole = charge()["data"]["object"]
    bare = warning(charge=whole, fraud_type=None)
    for name in ("actionable", "payment_intent", "created"):
        del bare["data"]["object"][name]
    await take_in(ctx, bare)
    [row] = await records.rows(ctx, "select subject_key, links from snapshots where object_id = 'issfr_1'")
    assert (row["subject_key"], row["links"]) == ("cus_1", ["ch_1"])
    [proposal] = await proposals(ctx, PLAY)
    assert "None" not in proposal.title + proposal.payload["text"]


@pytest.mark.parametrize(
    ("details", "verdict"),
    [
        ({"result": "authenticated", "version": "2.2.0"}, "Keep: "),
        ({"authenticated": True, "succeeded": True, "version": "1.0.2"}, "Keep: "),  # before 2019-10-17
        ({"authenticated": False}, "Refund: "),
        (None, "Refund: "),
    ],
)
async def test_3d_secure_is_read_in_every_version(ctx: Context, details: Json | None, verdict: str) -> None:
    card = {"brand": "visa", "last4": "4242", "three_d_secure": details}
    await take_in(ctx, charge(payment_method_details={"type": "card", "card": card}))
    await take_in(ctx, warning())
    [proposal] = await proposals(ctx, PLAY)
    assert proposal.verdict.startswith(verdict)
