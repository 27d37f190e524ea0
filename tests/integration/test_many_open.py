"""A customer with many declined invoices: an event that changes a verdict about the others still wakes their play."""

from __future__ import annotations

from typing import Any

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Json
from tests import records
from tests.plays_table import subscription
from tests.stripe_events import BASE, event, failed, fixture, invoice, overdue, paid, take_in

MANY = 6
PLAN: dict[str, Any] = {"customer": "cus_1", "id": "sub_1", "previous_attributes": {}}


def _to_confirm(number: int) -> Json:
    return event("invoice.payment_action_required", invoice(f"in_{number}", customer_email=None))


def _dispute(type_: str, status: str) -> Json:
    return event(type_, fixture("dispute", id="dp_1", charge="ch_1", payment_intent="pi_1", status=status))


def _charge(**changes: Any) -> Json:
    return event(
        "charge.succeeded", fixture("charge", id="ch_1", customer="cus_1", payment_intent="pi_1", **changes)
    )


CASES = {
    "an address that arrives late": (
        [],
        [_to_confirm(number) for number in range(MANY)],
        event("customer.updated", fixture("customer", id="cus_1", email="late@acme.example")),
        "authenticate_payment",
    ),
    "a dispute that is closed": (
        [_charge(), _dispute("charge.dispute.created", "needs_response")],
        [failed(f"in_{number}", attempt_count=2) for number in range(MANY)],
        _dispute("charge.dispute.closed", "won"),
        "card_update",
    ),
    "one more small invoice, with which the sum is enough": (
        [],
        [overdue(f"in_{number}", amount_due=150, amount_remaining=150) for number in range(MANY)],
        overdue(f"in_{MANY}", amount_due=150, amount_remaining=150),
        "invoice_overdue",
    ),
    "a subscription that goes on": (
        [subscription(**PLAN | {"pause_collection": {"behavior": "void", "resumes_at": None}})],
        [failed(f"in_{number}", attempt_count=2, subscription="sub_1") for number in range(MANY)],
        subscription(**PLAN),
        "card_update",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_an_event_that_changes_the_verdict_about_others_wakes_their_play(
    ctx: Context, client: Client, case: tuple[list[Json], list[Json], Json, str]
) -> None:
    before, declined, waking, play = case
    for payload in [*before, *declined]:
        await take_in(ctx, payload)
    assert [row["play"] for row in await _pending(ctx) if row["play"] == play] == []
    await take_in(ctx, waking)
    (row,) = [row for row in await _pending(ctx) if row["play"] == play]
    assert {f"in_{number}" for number in range(MANY)} <= set(row["covers"])


async def test_an_event_that_changes_no_verdict_about_others_wakes_nothing(
    ctx: Context, client: Client
) -> None:
    for number in range(MANY):
        await take_in(ctx, overdue(f"in_{number}", amount_due=8, amount_remaining=8))
    await take_in(ctx, paid("in_9", created=BASE + 5))
    assert await _pending(ctx) == []


async def _pending(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(ctx, "select play, covers from action_proposals where status = 'pending'")
