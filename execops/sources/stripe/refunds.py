"""Stripe's refunds and early fraud warnings in our own words. Both name a payment, and not its customer."""

from __future__ import annotations

from execops.effects import Effects, Snapshot
from execops.model import Json
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    flag,
    iso,
    line,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)

# The order of a refund's states: events of one second may come in any order. A refund that failed stays so.
_RANKS = {"pending": 0, "requires_action": 1, "succeeded": 2, "failed": 3, "canceled": 3}


def refund_snapshot(notice: Notice, refund: Object, charge: Object | None = None) -> Snapshot | None:
    """The state of a refund, linked to its payment; None where it names no payment.

    The oldest API versions send refunds inside `charge`, and without a status: then it succeeded.
    """
    paid_by = object_id(charge or {}) or ref(refund, "charge")
    intent = ref(refund, "payment_intent") or ref(charge or {}, "payment_intent")
    if not (object_id(refund) and (paid_by or intent)):
        return None
    status = text(refund, "status") or ("failed" if text(refund, "failure_reason") else "succeeded")
    state: Json = {
        "charge": paid_by,
        "intent": intent,
        "status": status,
        "amount": whole(refund, "amount"),
        "currency": currency(refund),
        "reason": line(refund, "reason"),
        "failure_reason": line(refund, "failure_reason"),
        "returned": bool(ref(refund, "failure_balance_transaction")),
        "destination": text(obj(refund, "destination_details"), "type"),
        "created": iso(at(refund, "created")),
    }
    customer = _customer(refund) or ref(charge or {}, "customer")
    rank = _RANKS.get(status, 0)
    return snapshot(notice, refund, "refund", customer or paid_by or intent, state, rank, (paid_by, intent))


def read_warning(notice: Notice, warning: Object) -> Effects:
    """A warning by the bank of a card that its holder may not have made a payment.

    Stripe calls it actionable while the payment is neither disputed nor refunded in full.
    """
    charge, intent = ref(warning, "charge"), ref(warning, "payment_intent")
    actionable = flag(warning, "actionable")
    state: Json = {
        "charge": charge,
        "intent": intent,
        "actionable": actionable,
        "fraud_type": line(warning, "fraud_type"),
        "created": iso(at(warning, "created")),
    }
    subject = _customer(warning) or charge or intent
    state_of_warning = snapshot(
        notice, warning, "early_fraud_warning", subject, state, int(actionable is False), (charge, intent)
    )
    return Effects((state_of_warning,))


def _customer(about: Object) -> str | None:
    """The customer of a payment that stands in the object itself."""
    return (
        ref(about, "customer")
        or ref(obj(about, "charge"), "customer")
        or ref(obj(about, "payment_intent"), "customer")
    )
