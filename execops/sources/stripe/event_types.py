"""The types of Stripe's events that have an effect here, for the endpoint that sends them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from execops.sources.stripe.event_effects import OBJECT_TYPES

# The object that an event carries, by the longest beginning of its type; else the part before the first point.
_OBJECTS = {
    "account.": "account",
    "account.application.": "application",
    "account.external_account.": "bank_account",
    "charge.dispute.": "dispute",
    "charge.refund.": "refund",
    "customer.discount.": "discount",
    "customer.source.": "source",
    "customer.subscription.": "subscription",
    "customer.tax_id.": "tax_id",
    "issuing_transaction.": "issuing.transaction",
    "radar.early_fraud_warning.": "radar.early_fraud_warning",
    "source.mandate_notification": "source_mandate_notification",
    "source.transaction.": "source_transaction",
}


def wanted(answered: Iterable[str]) -> list[str]:
    """The types that an endpoint should send: those about an object that is read here, and those that plays answer.

    Stripe refuses an endpoint with a type that it does not know, so the list of its own package decides.
    """
    from stripe.params import WebhookEndpointCreateParams

    (literal,) = get_args(WebhookEndpointCreateParams.__annotations__["enabled_events"])
    names: frozenset[str] = frozenset(get_args(literal))
    read = {name for name in names if object_of(name) in OBJECT_TYPES}
    return sorted(read | (names & set(answered)))


def object_of(event_type: str) -> str:
    """The type of the object that an event of this type carries."""
    beginnings = [beginning for beginning in _OBJECTS if event_type.startswith(beginning)]
    return _OBJECTS[max(beginnings, key=len)] if beginnings else event_type.partition(".")[0]
