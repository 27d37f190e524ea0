"""Actions at Stripe in the place of a message, where a founder allowed them and a key may perform them."""

from __future__ import annotations

from msgspec import Struct

from execops.books.facts import Facts
from execops.model import Json
from execops.money import Money, money


class StripeAction(Struct, frozen=True):
    """An action: its type and payload, and what a person should know or do besides."""

    action_type: str
    payload: Json
    besides: str


def named(facts: Facts, action_type: str, payload: Json, besides: str) -> StripeAction | None:
    """The action of this type; None where it may not be drafted."""
    return StripeAction(action_type, payload, besides) if action_type in facts.actions else None


def refund(facts: Facts, charge: Json, amount: Money | None, besides: str) -> StripeAction | None:
    """A refund of a payment on record that succeeded; None where it may not be drafted, or too little is known."""
    if amount is None or amount.minor <= 0 or not str(charge.get("id") or "").startswith(("ch_", "py_")):
        return None
    if charge.get("status") != "succeeded" or charge.get("captured") is False:
        return None
    return named(facts, "stripe_refund", {"charge": charge["id"], "amount": amount.exact}, besides)


def amount_of(state: Json) -> Money | None:
    """The amount of a payment or a refund."""
    return money(state.get("amount"), state.get("currency"))
