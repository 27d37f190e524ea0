"""Bank accounts that wait for their verification, as Stripe tells it: by a payment, or by an account alone."""

from __future__ import annotations

from typing import Any

import pytest

from execops.context import Context
from execops.model import Proposal, Status
from tests import records
from tests.plays_table import customer, subscription
from tests.stripe_events import BASE, event, fixture, invoice, take_in

PLAY = "authenticate_payment"
PAGE = "https://payments.stripe.com/microdeposit/pacs_live_1"
DAY = 86_400
Event = dict[str, Any]


def intent(kind: str = "payment_intent", *, at: int = 10, arrives: int = -1, **changes: Any) -> Event:
    """An intent that waits until the customer has told Stripe the deposits, which arrive so many days after it."""
    deposits = {
        "arrival_date": BASE + arrives * DAY,
        "hosted_verification_url": PAGE,
        "microdeposit_type": "descriptor_code",
    }
    fields: Event = {
        "id": f"{kind}_1",
        "customer": "cus_1",
        "created": BASE + at,
        "status": "requires_action",
        "next_action": {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits},
    }
    if kind == "payment_intent":
        fields |= {"amount": 60_000, "currency": "usd", "latest_charge": None, "last_payment_error": None}
    status = changes.get("status", "requires_action")
    return event(f"{kind}.{status}", fixture(kind, **(fields | changes)), created=BASE + at)


def first_invoice(type_: str = "invoice.payment_action_required", **changes: Any) -> Event:
    """The first invoice of a subscription that has not begun: its payment waits for the account."""
    fields: Event = {
        "amount_due": 60_000,
        "amount_remaining": 60_000,
        "attempt_count": 0,
        "billing_reason": "subscription_create",
    }
    return event(type_, invoice(**(fields | changes)), created=BASE + 11)


async def take(ctx: Context, *payloads: Event) -> list[Proposal]:
    """Process the events; returns the mails that wait then."""
    for payload in payloads:
        await take_in(ctx, payload)
    drafts = await records.proposals_of_play(ctx, PLAY)
    return [draft for draft in drafts if draft.status is Status.PENDING]


def acme() -> Event:
    return customer(discount=None)


async def test_the_account_of_a_first_payment_is_to_be_verified(ctx: Context) -> None:
    begun = subscription(type_="customer.subscription.created", status="incomplete")
    [mail] = await take(ctx, acme(), begun, intent(arrives=400), first_invoice())
    assert mail.payload["to"] == "billing@acme.example"
    assert mail.payload["subject"] == "Please verify your bank account for your payment of $600.00"
    assert (
        "$600.00 for invoice ACME-0001 can go ahead once your bank account is verified"
        in mail.payload["text"]
    )
    assert "They should arrive by " in mail.payload["text"]
    assert PAGE in mail.payload["text"]
    assert (mail.object_id, str(mail.amount)) == ("cus_1", "$600.00")
    assert mail.covers == ["in_1"]


async def test_the_invoice_may_come_after_the_payment(ctx: Context) -> None:
    [mail] = await take(ctx, acme(), intent())
    assert "Your payment of $600.00 can go ahead" in mail.payload["text"]
    by_hand = {"collection_method": "send_invoice", "attempt_count": 0, "billing_reason": "manual"}
    [mail] = await take(ctx, first_invoice("invoice.finalized", **by_hand))
    assert "$600.00 for invoice ACME-0001" in mail.payload["text"]


async def test_an_account_without_a_payment_is_to_be_verified(ctx: Context) -> None:
    [mail] = await take(ctx, acme(), intent("setup_intent"))
    assert mail.payload["subject"] == "Please verify your bank account"
    assert "They should arrive by " not in mail.payload["text"]
    assert PAGE in mail.payload["text"]
    assert mail.amount is None


@pytest.mark.parametrize("kind", ["payment_intent", "setup_intent"])
@pytest.mark.parametrize("status", ["succeeded", "canceled", "requires_payment_method"])
async def test_a_verification_that_ended_is_asked_for_no_more(ctx: Context, kind: str, status: str) -> None:
    assert await take(ctx, acme(), intent(kind))
    assert await take(ctx, intent(kind, at=20, status=status, next_action=None)) == []


async def test_a_payment_that_goes_on_its_way_is_verified(ctx: Context) -> None:
    assert await take(ctx, acme(), intent(), first_invoice())
    assert await take(ctx, intent(at=20, status="processing", next_action=None)) == []


async def test_a_confirmation_in_the_checkout_is_no_verification(ctx: Context) -> None:
    redirect = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/1"}}
    assert await take(ctx, acme(), intent(next_action=redirect)) == []
    assert await take(ctx, intent("setup_intent", next_action={"type": "use_stripe_sdk"})) == []


async def test_deposits_of_long_ago_are_not_asked_for(ctx: Context) -> None:
    assert await take(ctx, acme(), intent(created=BASE - 8 * DAY)) == []


async def test_a_link_that_is_not_stripes_own_is_not_sent(ctx: Context) -> None:
    deposits = {"hosted_verification_url": "https://evil.example/microdeposit"}
    waits = {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits}
    [mail] = await take(ctx, acme(), intent("setup_intent", next_action=waits))
    assert "evil.example" not in mail.payload["text"]


async def test_a_confirmation_that_is_due_comes_before_an_account(ctx: Context) -> None:
    confirm = event("invoice.payment_action_required", invoice("in_2"), created=BASE + 5)
    [mail] = await take(ctx, acme(), confirm, intent("setup_intent"))
    assert "confirm" in mail.payload["subject"]
    assert mail.covers == ["in_2"]


async def test_a_confirmation_in_the_checkout_wakes_nothing_old(ctx: Context) -> None:
    """The event is about another payment: it does not ask for confirmations of long ago."""
    old = event("invoice.payment_action_required", invoice("in_2"), created=BASE - 30 * DAY)
    redirect = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/1"}}
    assert await take(ctx, acme(), old, intent(next_action=redirect)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "canceled", "cancellation_details": {"reason": "cancellation_requested"}},
        {"status": "incomplete_expired"},
        {"cancel_at_period_end": True, "canceled_at": BASE},
        {"pause_collection": {"behavior": "void", "resumes_at": None}},
    ],
)
async def test_a_customer_who_has_left_or_paused_verifies_nothing(ctx: Context, changes: Event) -> None:
    billed = {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}}
    left = subscription(**changes)
    assert await take(ctx, acme(), left, first_invoice(parent=billed), intent()) == []
