"""The plan of a subscription as its customer knows it: its name, its next payment, and what pays for it."""

from __future__ import annotations

import re
from datetime import datetime

from execops.books.facts import Facts
from execops.books.mrr import one_payment
from execops.model import Json
from execops.money import Money
from execops.plays import wording

# A price's nickname is for one's own team: https://docs.stripe.com/api/prices/object. One that reads like a key stays there.
_NAME = re.compile(r"[A-Z][A-Za-z0-9+&.' -]{1,40}")


def name(subscription: Json) -> str | None:
    """The plan's name in words to the customer; None where no name is meant for them."""
    if described := subscription.get("description"):
        return wording.short(described)
    items = subscription.get("items") or []
    if len(items) != 1:
        return None
    if product := items[0].get("product_name"):
        return wording.short(product)
    nickname = items[0].get("nickname") or ""
    return nickname if _NAME.fullmatch(nickname) else None


def payment(facts: Facts, subscription: Json, at: datetime) -> Money | None:
    """The payment that the subscription asks for at a moment, before tax and the customer's credit; None if not known."""
    return None if facts.customer.get("discounted") else one_payment(subscription, at)


def credit(facts: Facts) -> int:
    """The customer's credit in minor units of their currency; below zero where they owe more than their invoices say."""
    return -int(facts.customer.get("balance") or 0)


def payer(facts: Facts, subscription: Json) -> str | None:
    """The id of the payment method that Stripe charges for a subscription: its own, else the customer's default."""
    gone = {method["id"] for method in facts.cards if method.get("gone")}
    named = (subscription.get("default_method"), facts.customer.get("default_card"))
    return next((method for method in named if method and method not in gone), None)
