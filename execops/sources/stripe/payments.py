"""The customer who made a payment. Stripe's refunds and disputes name only the payment: its charge, its intent."""

from __future__ import annotations

from collections.abc import Iterable

from execops.effects import Effects, Payer
from execops.sources.stripe.fields import Notice, Object, items, obj, object_id, ref, text


def read_payment_intent(_: Notice, intent: Object) -> Effects:
    """A payment intent: the customer who pays. Older API versions list its charges, newer ones name the latest."""
    charges = [object_id(charge) for charge in items(intent, "charges")]
    ids = (object_id(intent), ref(intent, "latest_charge"), *charges)
    return Effects(payers=payers_of(ref(intent, "customer"), ids))


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
