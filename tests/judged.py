"""Facts for the table of judgements: an open invoice, its failed charge, its subscription."""

from __future__ import annotations

from typing import Any

from execops.books.facts import Facts
from execops.model import Json
from execops.sources.stripe.declines import BANK_DEBITS, read_failure
from tests.facts import facts

RETRY = "2026-11-25T12:00:00+00:00"


def invoice(**changes: Any) -> Json:
    """An open renewal of $49.00 after a first failed attempt, with a retry ahead."""
    return {
        "number": "A-1",
        "status": "open",
        "customer": "cus_1",
        "customer_name": "Acme Inc",
        "customer_email": "billing@acme.example",
        "amount_due": 4900,
        "amount_remaining": 4900,
        "currency": "USD",
        "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically",
        "attempt_count": 1,
        "next_payment_attempt": RETRY,
        "final_attempt": False,
        "subscription": "sub_1",
        "hosted_invoice_url": "https://invoice.stripe.com/i/acct_1/live_1",
        "created": "2026-11-22T11:00:00+00:00",
    } | changes


def charge(code: str | None, method: str = "card", **changes: Any) -> Json:
    """A failed charge of the invoice with this decline code, as the reader of Stripe's events tells it."""
    outcome = {"outcome": {"type": "issuer_declined", "reason": code}} if method not in BANK_DEBITS else {}
    failure = read_failure({"failure_code": code} | outcome | changes.pop("told", {}), method)
    return {
        "id": "ch_1",
        "as_of": "2026-11-22T11:30:00+00:00",
        "status": "failed",
        "invoice": "in_1",
        "amount": 4900,
        "currency": "USD",
        "created": "2026-11-22T11:30:00+00:00",
        "reason": failure.reason,
        "decline": failure.decline,
        "blocked": failure.blocked,
        "method": method,
        "method_id": "pm_1",
        "card_brand": "visa",
        "card_last4": "4242",
    } | changes


def subscription(**changes: Any) -> Json:
    """A running subscription, without a price."""
    return {
        "id": "sub_1",
        "as_of": "2026-11-22T11:00:00+00:00",
        "status": "past_due",
        "items": [],
        "cancel_at_period_end": False,
    } | changes


def about(state: Json, *, decline: Json | None = None, **changes: Any) -> Facts:
    """The facts about an invoice in this state, with its failed charge and its subscription."""
    charges = [decline] if decline else []
    return facts(**{"state": state, "charges": charges, "subscriptions": [subscription()]} | changes)
