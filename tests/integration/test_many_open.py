"""A customer with many declined invoices: whatever changes a verdict about the others wakes their play, or ends its proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.books import resting, strangers
from execops.client import Client
from execops.context import Context
from execops.model import Json
from tests import records
from tests.plays_table import CANCELLED, subscription
from tests.stripe_events import BASE, deliver, event, failed, fixture, invoice, overdue, paid, take_in

MANY = 6


@pytest.fixture(autouse=True, params=[resting.BATCH, 1], ids=["few", "at rest"])
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many invoices are laid to rest together: none of so few, or each as soon as it may."""
    monkeypatch.setattr(resting, "BATCH", request.param)


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
    "a subscription that is not cancelled any more": (
        [subscription(**PLAN | CANCELLED)],
        [failed(f"in_{number}", attempt_count=2, subscription="sub_1") for number in range(MANY)],
        subscription(**PLAN),
        "card_update",
    ),
    "a comment that is taken back": (
        [subscription(**PLAN | {"cancellation_details": {"comment": "Do not contact me again."}})],
        [failed(f"in_{number}", attempt_count=2) for number in range(MANY)],
        subscription(**PLAN | {"cancellation_details": {"comment": None}}),
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


@dataclass(frozen=True)
class Later:
    """A clock that is ahead."""

    by: timedelta

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC) + self.by


async def _nothing_new(ctx: Context, there: Context) -> None:
    """An event about the customer that tells nothing new arrives, and is processed under `there`."""
    receipt = await deliver(ctx, event("customer.updated", fixture("customer", id="cus_1")))
    await processing.process_event(there, receipt.event_id)


async def test_what_no_event_tells_wakes_the_play_at_the_next_event(ctx: Context, client: Client) -> None:
    """Time that passes, a setting and a suppression that is lifted change verdicts while every fact stays as it was."""
    waiting = [
        failed(f"in_{number}", decline_code=None, amount_due=400, amount_remaining=400)
        for number in range(MANY)
    ]
    for payload in waiting:
        await take_in(ctx, payload)
    await _nothing_new(ctx, ctx)
    assert await _pending(ctx) == []
    after_the_retry = replace(ctx, clock=Later(timedelta(days=2)))
    no_floor = replace(ctx, settings=replace(ctx.settings, small_amount=1))
    for there in (no_floor, after_the_retry):
        await records.run(ctx, "update action_proposals set status = 'superseded', outcome = 'a test'")
        await _nothing_new(ctx, there)
        assert [
            row for row in await _pending(ctx) if row["play"] == "card_update" and len(row["covers"]) == MANY
        ], there


async def test_a_suppression_that_is_lifted_wakes_the_plays(ctx: Context, client: Client) -> None:
    await client.suppressions.add("cus_1")
    for number in range(MANY):
        await take_in(ctx, failed(f"in_{number}", attempt_count=2))
    assert await _pending(ctx) == []
    await client.suppressions.lift("cus_1")
    await _nothing_new(ctx, ctx)
    assert await _pending(ctx) == [
        {"play": "card_update", "covers": [f"in_{number}" for number in range(MANY)]}
    ]


@pytest.mark.parametrize(
    "moot",
    [
        event("customer.deleted", fixture("customer", id="cus_1", deleted=True)),
        _dispute("charge.dispute.created", "needs_response"),
        subscription(**PLAN | {"cancellation_details": {"comment": "Do not contact me again."}}),
    ],
    ids=["deleted", "disputes", "no contact"],
)
async def test_what_is_about_the_customer_ends_the_proposal_about_many(
    ctx: Context, client: Client, moot: Json
) -> None:
    await take_in(ctx, _charge())
    for number in range(MANY):
        await take_in(ctx, failed(f"in_{number}", attempt_count=2))
    (row,) = await _pending(ctx)
    assert len(row["covers"]) == MANY
    await take_in(ctx, moot)
    assert [row for row in await _pending(ctx) if row["play"] == "card_update"] == []


async def test_a_sum_that_falls_below_the_floor_ends_the_proposal(ctx: Context, client: Client) -> None:
    for number in range(MANY):
        await take_in(ctx, overdue(f"in_{number}", amount_due=190, amount_remaining=190))
    (row,) = await _pending(ctx)
    assert len(row["covers"]) == MANY
    await take_in(ctx, event("invoice.voided", invoice("in_0", status="void")))
    assert await _pending(ctx) == []


async def test_a_state_that_was_read_before_is_read_again_where_its_text_changed(
    ctx: Context, client: Client
) -> None:
    """No event tells of the change, and the moment of the state stays: as after an erasure, or a change by hand."""
    for number in range(MANY):
        await take_in(ctx, failed(f"in_{number}", attempt_count=2, customer_name="Acme Inc"))
    before = strangers.harmless_state.cache_info()
    await records.run(
        ctx, "update snapshots set state = state || '{\"status\": \"paid\"}' where object_type = 'invoice'"
    )
    await _nothing_new(ctx, ctx)
    assert await _pending(ctx) == []
    assert strangers.harmless_state.cache_info().misses > before.misses


async def _pending(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(ctx, "select play, covers from action_proposals where status = 'pending'")
