"""Made-up Stripe events for the demo and `execops trigger`, in the shapes of API version 2025-03-31."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from msgspec import Struct

Object = dict[str, Any]
DAY = 86_400  # seconds


class Subject(Struct, frozen=True, kw_only=True):
    """The customer that an event is about, and the amount in minor units."""

    customer: str
    name: str = "Globex"
    email: str = "billing@globex.example"
    amount: int = 120_000
    currency: str = "usd"
    attempt: int = 3
    invoice: str = "in_trigger"

    @classmethod
    def fresh(cls, **changes: Any) -> Subject:  # noqa: ANN401
        """A subject with new ids, so every call makes a new draft."""
        tag = os.urandom(6).hex()
        return cls(**{"customer": f"cus_{tag}", "invoice": f"in_{tag}"} | changes)


def event(type_: str, obj: Object, *, livemode: bool, created: int | None = None) -> Object:
    """An event about an object, as Stripe sends it. `created` is in seconds since 1970."""
    return {
        "id": f"evt_{os.urandom(10).hex()}",
        "object": "event",
        "api_version": "2025-03-31.basil",
        "created": int(time.time()) if created is None else created,
        "data": {"object": obj | {"livemode": livemode}},
        "livemode": livemode,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    }


def customer(subject: Subject) -> Object:
    """A customer of two years."""
    return {
        "id": subject.customer,
        "object": "customer",
        "name": subject.name,
        "email": subject.email,
        "created": int(time.time()) - 730 * DAY,
        "currency": subject.currency,
        "delinquent": False,
    }


def subscription(subject: Subject) -> Object:
    """A monthly subscription at the subject's amount."""
    price = {
        "id": "price_trigger",
        "object": "price",
        "currency": subject.currency,
        "unit_amount": subject.amount,
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    }
    return {
        "id": f"sub_{subject.customer}",
        "object": "subscription",
        "customer": subject.customer,
        "status": "active",
        "currency": subject.currency,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "items": {"object": "list", "data": [{"id": "si_trigger", "quantity": 1, "price": price}]},
    }


def open_invoice(subject: Subject) -> Object:
    """An invoice whose charge failed."""
    return {
        "id": subject.invoice,
        "object": "invoice",
        "number": f"{subject.invoice[-6:].upper()}-0001",
        "customer": subject.customer,
        "customer_name": subject.name,
        "customer_email": subject.email,
        "status": "open",
        "currency": subject.currency,
        "amount_due": subject.amount,
        "amount_remaining": subject.amount,
        "amount_paid": 0,
        "attempt_count": subject.attempt,
        "attempted": True,
        "created": int(time.time()) - 3 * DAY,
        "next_payment_attempt": int(time.time()) + 3 * DAY,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/{subject.invoice}",
        "parent": {
            "type": "subscription_details",
            "subscription_details": {"subscription": f"sub_{subject.customer}"},
        },
        "status_transitions": {"paid_at": None, "voided_at": None},
    }


def paid_invoice(subject: Subject) -> Object:
    """The same invoice, paid."""
    return open_invoice(subject) | {
        "status": "paid",
        "amount_paid": subject.amount,
        "amount_remaining": 0,
        "next_payment_attempt": None,
        "status_transitions": {"paid_at": int(time.time()), "voided_at": None},
    }


def failed_charge(subject: Subject) -> Object:
    """The charge that failed."""
    return {
        "id": f"ch_{subject.invoice}",
        "object": "charge",
        "customer": subject.customer,
        "invoice": subject.invoice,
        "amount": subject.amount,
        "amount_refunded": 0,
        "currency": subject.currency,
        "created": int(time.time()) - 60,
        "status": "failed",
        "paid": False,
        "failure_code": "insufficient_funds",
        "failure_message": "Your card has insufficient funds.",
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "9995"}},
    }


def paid_charge(subject: Subject) -> Object:
    """A payment by card that succeeded."""
    return failed_charge(subject) | {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": subject.amount,
        "failure_code": None,
        "failure_message": None,
        "billing_details": {"name": subject.name, "email": subject.email},
    }


def fraud_warning(subject: Subject) -> Object:
    """A warning by the bank of the card about the payment."""
    return {
        "id": f"issfr_{subject.invoice}",
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": f"ch_{subject.invoice}",
        "created": int(time.time()),
        "fraud_type": "made_with_stolen_card",
    }


def failed_refund(subject: Subject) -> Object:
    """A refund of the payment that its bank did not take."""
    return {
        "id": f"re_{subject.invoice}",
        "object": "refund",
        "amount": subject.amount,
        "charge": f"ch_{subject.invoice}",
        "created": int(time.time()) - 2 * DAY,
        "currency": subject.currency,
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": "txn_trigger",
    }


def cancelled_subscription(subject: Subject) -> Object:
    """The subscription, set to end with its period."""
    return subscription(subject) | {
        "cancel_at_period_end": True,
        "canceled_at": int(time.time()),
        "current_period_end": int(time.time()) + 20 * DAY,
        "cancellation_details": {
            "reason": "cancellation_requested",
            "feedback": "too_expensive",
            "comment": None,
        },
    }


EVENTS: dict[str, Callable[[Subject], Object]] = {
    "charge.failed": failed_charge,
    "charge.succeeded": paid_charge,
    "customer.created": customer,
    "customer.subscription.created": subscription,
    "customer.subscription.updated": cancelled_subscription,
    "invoice.paid": paid_invoice,
    "invoice.payment_failed": open_invoice,
    "radar.early_fraud_warning.created": fraud_warning,
    "refund.failed": failed_refund,
}
