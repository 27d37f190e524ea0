"""The effects of Stripe's events: snapshots, movements and balances, in the same form for every API version.

Each reader looks for a field in every place that an API version has used, from 2017-08-15 to today
(https://docs.stripe.com/changelog).
"""

from __future__ import annotations

from collections.abc import Callable

from execops.effects import Effects
from execops.model import Event
from execops.sources.stripe import (
    accounts,
    customers,
    discounts,
    movements,
    payments,
    prices,
    refunds,
    subscriptions,
)
from execops.sources.stripe.fields import Notice, Object, obj, text
from execops.sources.stripe.invoices import read_invoice

_READERS: dict[str, Callable[[Notice, Object], Effects]] = {
    "account": accounts.read_account,
    "balance": movements.read_balance,
    "card": customers.read_card,
    "charge": movements.read_charge,
    "coupon": discounts.read_coupon,
    "customer": customers.read_customer,
    "discount": discounts.read_discount_event,
    "dispute": movements.read_dispute,
    "invoice": read_invoice,
    "issuing.transaction": movements.read_issuing_transaction,
    "payment_intent": payments.read_payment_intent,
    "payment_method": customers.read_card,
    "payout": movements.read_payout,
    "price": prices.read_price,
    "radar.early_fraud_warning": refunds.read_warning,
    "refund": movements.read_refund,
    "setup_intent": payments.read_setup_intent,
    "source": customers.read_card,
    "subscription": subscriptions.read_subscription,
    "subscription_schedule": subscriptions.read_schedule,
}
OBJECT_TYPES = frozenset(_READERS)
_WITHOUT_ID = {"balance", "discount"}


def read(event: Event) -> Effects:
    """The effects of a stored event; none for a type that has no reader."""
    return read_object(Notice.of_event(event), obj(event.payload_json, "data", "object"))


def read_object(notice: Notice, stripe_object: Object) -> Effects:
    """The effects of an object that was seen in these circumstances; none for a type that has no reader."""
    object_type = text(stripe_object, "object") or ""
    reader = _READERS.get(object_type)
    if reader is None or not (text(stripe_object, "id") or object_type in _WITHOUT_ID):
        return Effects()
    return reader(notice, stripe_object)
