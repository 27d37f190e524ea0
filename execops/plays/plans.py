"""The plan of a subscription as its customer knows it: its name, its next payment, and what pays for it."""

from __future__ import annotations

import re
from datetime import datetime

from execops.books.facts import Facts
from execops.books.mrr import one_payment
from execops.model import Json
from execops.money import Money
from execops.plays import wording
from execops.plays.mails.letters import Value

# A price's nickname is for one's own team: https://docs.stripe.com/api/prices/object. One that reads like a key stays there.
_NAME = re.compile(r"[A-Z][A-Za-z0-9+&.' -]{1,40}")
# Stripe writes the product's name into the lines that it makes: `1 × Team (at $49.00 / month)`, `Trial period for Team`.
_RENEWAL = re.compile(r"(?:\d[\d,]* × |Trial period for )(?P<product>.+?)(?: \((?:Tier \d+ )?at .+ / .+\))?")
_CHANGE = re.compile(r"(?:Unused|Remaining) time on ")
_LONGEST = 40  # characters of a name


def name(facts: Facts, subscription: Json) -> str | None:
    """The plan's name in words to the customer; None where no name is meant for them.

    It is the subscription's description, else the product's name on its invoices, else the price's nickname.
    """
    if described := subscription.get("description"):
        return wording.short(described)
    items = subscription.get("items") or []
    if len(items) != 1:
        return None
    nickname = items[0].get("nickname") or ""
    return _on_invoices(facts, subscription) or (nickname if _NAME.fullmatch(nickname) else None)


def _on_invoices(facts: Facts, subscription: Json) -> str | None:
    """The name of the product that the newest invoice of a subscription bills.

    None where it names none or several, and where it bills a change of the plan: another product may run since.
    """
    invoices = [facts.own, *facts.invoices] if facts.object_type == "invoice" else facts.invoices
    own = [
        invoice
        for invoice in invoices
        if invoice.get("subscription") == subscription.get("id")
        and invoice.get("billing_reason") in {None, "subscription_create", "subscription_cycle"}
    ]
    newest = max(own, key=lambda invoice: (invoice.get("created") or "", invoice["as_of"]), default={})
    lines = newest.get("lines") or []
    products = {line["product"] for line in map(_RENEWAL.fullmatch, lines) if line}
    product = products.pop() if len(products) == 1 and not any(map(_CHANGE.match, lines)) else ""
    return product if 0 < len(product) <= _LONGEST else None


def payment(facts: Facts, subscription: Json, at: datetime) -> Money | None:
    """The payment that the subscription asks for at a moment, before tax and the customer's credit; None if not known."""
    return None if facts.customer.get("discounted") else one_payment(subscription, at)


def price(facts: Facts, subscription: Json, at: datetime) -> tuple[Money, str] | None:
    """The payment of each `month` or `year`, before tax; None where it is not known, or of another interval."""
    items, amount = subscription.get("items") or [], payment(facts, subscription, at)
    intervals = {(item.get("interval"), int(item.get("interval_count") or 1)) for item in items}
    if amount is None or amount.minor <= 0 or intervals not in ({("month", 1)}, {("year", 1)}):
        return None
    [(interval, _)] = intervals
    return amount, str(interval)


def values(facts: Facts, subscription: Json, *, others: bool, at: datetime) -> dict[str, Value]:
    """A subscription as the text `letter-subscription` takes it: by name, or by price where there are others.

    `kind` is `named`, `priced`, `one` (of several, and nothing tells which) or `only`.
    """
    plan = name(facts, subscription)
    amount_every = price(facts, subscription, at) if others and not plan else None
    amount, every = amount_every or ("", "none")
    kind = "named" if plan else "priced" if amount_every else "one" if others else "only"
    return {"kind": kind, "plan": plan or "", "price": amount, "every": every}


def credit(facts: Facts) -> int:
    """The customer's credit in minor units of their currency; below zero where they owe more than their invoices say."""
    return -int(facts.customer.get("balance") or 0)


def payer(facts: Facts, subscription: Json) -> str | None:
    """The id of the payment method that Stripe charges for a subscription: its own, else the customer's default."""
    detached = {method["id"] for method in facts.cards if method.get("gone")}
    named = (subscription.get("default_method"), facts.customer.get("default_card"))
    return next((method for method in named if method and method not in detached), None)
