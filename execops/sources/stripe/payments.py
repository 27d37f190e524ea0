"""Payment intents and setup intents, and the customer who made a payment.

Refunds and disputes of Stripe name only the payment: its charge, its intent.
"""

from __future__ import annotations

from collections.abc import Iterable

from execops.effects import Effects, Payer
from execops.model import Json
from execops.sources.stripe.declines import read_failure
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    iso,
    items,
    link,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)

INTENT_RANKS = {
    "requires_payment_method": 1,
    "requires_action": 2,
    "processing": 3,
    "canceled": 4,
    "succeeded": 5,
}


def read_payment_intent(notice: Notice, intent: Object) -> Effects:
    """A payment intent: the customer who pays, why the last attempt failed, and the action that it waits for.

    Older API versions list its charges, newer ones name the latest.
    """
    charges = [object_id(charge) for charge in items(intent, "charges")]
    ids = (object_id(intent), ref(intent, "latest_charge"), *charges)
    customer, status = ref(intent, "customer"), text(intent, "status") or ""
    error = obj(intent, "last_payment_error")
    used = obj(error, "payment_method") or obj(error, "source")
    method = text(used, "type")
    failure = read_failure(error, method)
    state = {
        "customer": customer,
        "invoice": ref(intent, "invoice"),
        "intent": object_id(intent),
        "charge": ref(error, "charge") or ref(intent, "latest_charge"),
        "status": status,
        "amount": whole(intent, "amount"),
        "currency": currency(intent),
        "reason": failure.reason,
        "decline": failure.decline,
        "blocked": failure.blocked,
        "method": method,
        "method_id": object_id(used) or None,
        **_verification(intent),
        "created": iso(at(intent, "created")),
    }
    seen = snapshot(notice, intent, "payment_intent", customer, state, INTENT_RANKS.get(status, 0))
    return Effects((seen,), payers=payers_of(customer, ids))


def read_setup_intent(notice: Notice, intent: Object) -> Effects:
    """A setup intent: a payment method that a customer gives without a payment, and the action that it waits for."""
    customer, status = ref(intent, "customer"), text(intent, "status") or ""
    state = {
        "customer": customer,
        "status": status,
        **_verification(intent),
        "created": iso(at(intent, "created")),
    }
    return Effects((snapshot(notice, intent, "setup_intent", customer, state, INTENT_RANKS.get(status, 0)),))


def _verification(intent: Object) -> Json:
    """The action that an intent waits for; for the deposits into a bank account also their page and their day."""
    action = obj(intent, "next_action")
    kind = text(action, "type")
    deposits = obj(action, kind or "")
    return {
        "next_action": kind,
        "verify_url": link(deposits, "hosted_verification_url"),
        "arrives": iso(at(deposits, "arrival_date")),
    }


def payment_method(charge: Object) -> str | None:
    """The type of the payment method of a charge, such as `card` or `sepa_debit`; old charges have a source instead."""
    source = obj(charge, "source")
    kind = (
        text(obj(charge, "payment_method_details"), "type") or text(source, "type") or text(source, "object")
    )
    return "card" if kind in {"Visa", "MasterCard", "American Express"} else kind


def ids_of_payment(data: Object) -> tuple[str, ...]:
    """The ids of the payment that a charge is, or that a refund or a dispute is about."""
    own = object_id(data) if text(data, "object") == "charge" else None
    return _distinct(
        (own, ref(data, "charge"), ref(data, "payment_intent"), ref(obj(data, "charge"), "payment_intent"))
    )


def ids_of_invoice_payments(invoice: Object) -> tuple[str, ...]:
    """The ids of the payments of an invoice; since API version 2025-03-31 they stand in a list."""
    payments = [obj(payment, "payment") for payment in items(invoice, "payments")]
    ids = [payment_id for payment in payments for payment_id in ids_of_payment(payment)]
    return _distinct((*ids_of_payment(invoice), *ids))


def payers_of(customer: str | None, payment_ids: Iterable[str | None]) -> tuple[Payer, ...]:
    """The payer of a payment with these ids; none where the customer or the payment is not known."""
    ids = _distinct(payment_ids)
    return (Payer(customer=customer, payment_ids=ids),) if customer and ids else ()


def _distinct(ids: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(payment_id for payment_id in ids if payment_id))
