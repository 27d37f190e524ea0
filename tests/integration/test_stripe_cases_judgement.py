"""Stories of Stripe events about whether to write at all, through the real reading, processing and drafting."""

from __future__ import annotations

import time
from typing import Any

import pytest

from execops.context import Context
from execops.model import Json
from tests.draws import orders_of
from tests.records import rows
from tests.stripe_cases import load_case
from tests.stripe_events import BASE, event, failed, fixture, invoice, overdue, paid, take_in


async def pending(ctx: Context) -> list[Json]:
    return await rows(
        ctx,
        "select play, object_id, covers, payload, amount_minor from action_proposals"
        " where status = 'pending' order by play, object_id",
    )


async def reasons(ctx: Context) -> str:
    events = await rows(ctx, "select outcome from events order by id")
    return "; ".join(str(entry.get("why")) for row in events for entry in row["outcome"])


def story(name: str) -> list[dict[str, Any]]:
    return load_case(name, int(time.time()))


async def test_a_pending_debit_holds_the_reminder(ctx: Context) -> None:
    for order in orders_of(story("ach_pending_overdue")):
        for payload in order:
            await take_in(ctx, payload)
        assert await pending(ctx) == []
    assert "is on its way" in await reasons(ctx)


async def test_a_debit_that_failed_lets_the_reminder_go(ctx: Context) -> None:
    pending_charge, overdue = story("ach_pending_overdue")
    await take_in(ctx, pending_charge)
    await take_in(ctx, overdue)
    bounced = pending_charge["data"]["object"] | {"status": "failed", "failure_code": "account_closed"}
    await take_in(ctx, event("charge.failed", bounced, created=int(time.time())))
    assert [row["play"] for row in await pending(ctx)] == ["invoice_overdue", "owner_alert"]


async def test_nobody_is_dunned_in_the_checkout(ctx: Context) -> None:
    began, refused = story("first_invoice")
    for payload in (refused, began):  # the failure may come first
        await take_in(ctx, payload)
    assert await pending(ctx) == []
    gone = began["data"]["object"] | {"status": "incomplete_expired"}
    await take_in(ctx, event("customer.subscription.updated", gone, created=int(time.time())))
    assert await pending(ctx) == []


async def test_a_former_customer_needs_no_new_card(ctx: Context) -> None:
    for order in orders_of(story("former_customer_card")):
        for payload in order:
            await take_in(ctx, payload)
    assert await pending(ctx) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_the_confirmation_comes_before_the_card(ctx: Context, order: tuple[int, int]) -> None:
    payloads = story("sca_both")
    for place in order:
        await take_in(ctx, payloads[place])
    [proposal] = await pending(ctx)
    assert proposal["play"] == "authenticate_payment"
    assert proposal["payload"]["subject"] == "Please confirm your payment of €49.00"


async def test_several_invoices_of_a_customer_are_one_mail(ctx: Context) -> None:
    for order in orders_of(("in_1", "in_2", "in_3")):
        customer = f"cus_{'_'.join(order)}"
        for name in order:
            amount = {"in_1": 4900, "in_2": 1900, "in_3": 900}[name]
            of_this = {"amount_due": amount, "amount_remaining": amount, "customer": customer}
            await take_in(
                ctx, failed(f"{name}_{customer}", **of_this, number=name, created=BASE + 5, attempt_count=2)
            )
    for row in await pending(ctx):
        assert (row["play"], row["amount_minor"], len(row["covers"])) == ("card_update", 7700, 3)
    assert len(await pending(ctx)) == 6


async def test_one_mail_lasts_until_all_of_its_invoices_are_settled(ctx: Context) -> None:
    await take_in(ctx, failed("in_1", attempt_count=2))
    await take_in(ctx, failed("in_2", attempt_count=2, amount_due=1900, amount_remaining=1900))
    await take_in(ctx, paid("in_1"))
    [proposal] = await pending(ctx)
    assert (proposal["covers"], proposal["amount_minor"]) == (["in_2"], 1900)
    await take_in(ctx, paid("in_2", amount_paid=1900))
    assert await pending(ctx) == []
    [ended] = await rows(ctx, "select status, outcome from action_proposals")
    assert (ended["status"], ended["outcome"]) == ("superseded", "invoice ACME-0001 is paid")


async def test_a_dispute_silences_every_play_until_it_is_closed(ctx: Context) -> None:
    taken = fixture("charge", id="ch_1", customer="cus_1", amount=4900, status="succeeded", created=BASE)
    about = fixture("dispute", id="dp_1", charge="ch_1", payment_intent=None, status="needs_response")
    steps = [
        event("charge.succeeded", taken),
        event("charge.dispute.created", about),
        failed(attempt_count=2),
    ]
    for payload in steps:
        await take_in(ctx, payload)
    assert [row["play"] for row in await pending(ctx)] == ["dispute_response"]
    closed = about | {"status": "won"}
    await take_in(ctx, event("charge.dispute.closed", closed))
    assert [row["play"] for row in await pending(ctx)] == ["card_update"]


async def test_a_dispute_that_comes_later_takes_the_mail_back(ctx: Context) -> None:
    taken = fixture("charge", id="ch_1", customer="cus_1", amount=4900, status="succeeded", created=BASE)
    await take_in(ctx, failed(attempt_count=2))
    await take_in(ctx, event("charge.succeeded", taken))
    assert [row["play"] for row in await pending(ctx)] == ["card_update"]
    about = fixture("dispute", id="dp_1", charge="ch_1", payment_intent=None, status="needs_response")
    await take_in(ctx, event("charge.dispute.created", about))
    assert [row["play"] for row in await pending(ctx)] == ["dispute_response"]


async def test_nothing_is_drafted_from_a_failure_of_last_week(ctx: Context) -> None:
    old = failed(attempt_count=2, created=int(time.time()) - 8 * 86_400)
    processed = await take_in(ctx, old)
    assert await pending(ctx) == []
    assert all("more than 7 days ago" in entry["why"] for entry in processed.outcome)
    # A debt is a debt at any age.
    late = invoice(
        "in_2",
        customer="cus_2",
        collection_method="send_invoice",
        due_date=BASE - 30 * 86_400,
        next_payment_attempt=None,
    )
    await take_in(ctx, event("invoice.overdue", late, created=int(time.time()) - 8 * 86_400))
    assert [row["play"] for row in await pending(ctx)] == ["invoice_overdue"]


async def test_a_first_soft_decline_waits_and_the_next_failure_drafts(ctx: Context) -> None:
    declined = fixture(
        "charge", id="ch_1", customer="cus_1", invoice="in_1", amount=4900, status="failed", created=BASE,
        failure_code="card_declined", outcome={"type": "issuer_declined", "reason": "insufficient_funds"},
    )  # fmt: skip
    soon = int(time.time()) + 2 * 86_400
    for payload in (failed(next_payment_attempt=soon), event("charge.failed", declined)):
        await take_in(ctx, payload)
    assert await pending(ctx) == []
    assert "it waits for the next attempt" in await reasons(ctx)
    await take_in(ctx, failed(attempt_count=2, next_payment_attempt=soon))
    assert [row["play"] for row in await pending(ctx)] == ["card_update"]


async def test_an_invoice_that_is_overdue_for_long_is_told_to_the_account_owner_too(ctx: Context) -> None:
    """A delivery may come weeks late: a payment that failed then is history, but a due invoice is due still."""
    late = overdue("in_9", amount_due=840_000, amount_remaining=840_000, due_date=BASE - 40 * 86_400)
    await take_in(ctx, late | {"created": BASE - 20 * 86_400})
    drafted = await rows(ctx, "select play from action_proposals where status = 'pending' order by play")
    assert [row["play"] for row in drafted] == ["invoice_overdue", "owner_alert"]
