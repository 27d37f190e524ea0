"""A customer's subscriptions in words: product and plan, price, and the state that each is in."""

from __future__ import annotations

from decimal import Decimal

from execops.books.facts import Facts
from execops.books.mrr import exact
from execops.model import Json
from execops.money import Money, decimals
from execops.plays.moments import day, local, moment
from execops.text import clean_line

_LONGEST_NAME = 60  # characters
_LISTED = 3  # subscriptions, and items of one
_ENDED = {"canceled", "incomplete_expired"}
_BILLED_FOR = {
    "automatic_pending_invoice_item_invoice": "items that were pending",
    "manual": "a one-off invoice",
    "quote_accept": "a quote that was accepted",
    "subscription_create": "the first payment of a subscription",
    "subscription_cycle": "a renewal",
    "subscription_threshold": "usage that reached its bound",
    "subscription_update": "a change of the plan",
}  # https://docs.stripe.com/api/invoices/object, `billing_reason`
_AFTER_TRIAL = "the first payment after a trial"
_STATES = {
    "past_due": "past due",
    "unpaid": "unpaid, Stripe has stopped collecting",
    "paused": "paused",
    "incomplete": "not begun, its first payment is missing",
    "incomplete_expired": "never begun",
}


def plans(facts: Facts) -> list[tuple[str, str]]:
    """The customer's subscriptions in pairs of label and value: those that go on, else the one that ended last."""
    running = [state for state in facts.subscriptions if state.get("status") and not _has_ended(state)]
    ended = [state for state in facts.subscriptions if _has_ended(state)]
    last = sorted(ended, key=lambda state: str(state.get("ended_at") or state.get("canceled_at") or ""))[-1:]
    subscriptions = running or last
    pairs = [("Plan", plan(facts, state)) for state in subscriptions[:_LISTED]]
    more = len(subscriptions) - _LISTED
    return [*pairs, ("More plans", f"{more}")] if more > 0 else pairs


def billed_for(*invoices: Json, after_trial: bool = False) -> list[tuple[str, str]]:
    """The things that these invoices bill, and why, as a pair of label and value; empty where neither is known.

    `after_trial` says that one of them is the first after a trial, which Stripe calls a cycle like any renewal.
    """
    why = [_BILLED_FOR[name] for state in invoices if (name := state.get("billing_reason")) in _BILLED_FOR]
    if after_trial:
        why = [_AFTER_TRIAL if words == _BILLED_FOR["subscription_cycle"] else words for words in why]
    lines = [
        clean_line(words, limit=_LONGEST_NAME) for state in invoices for words in state.get("lines") or []
    ]
    parts = (", ".join(dict.fromkeys(why)), ", ".join(list(dict.fromkeys(lines))[:_LISTED]))
    words = ": ".join(part for part in parts if part)
    return [("Billed for", words)] if words else []


def plan(facts: Facts, subscription: Json) -> str:
    """A subscription in words: `Pro × 5, $49.00 a month each; past due`."""
    items = subscription.get("items") or []
    words = [_item(item) for item in items[:_LISTED]]
    if len(items) > _LISTED:
        words.append(f"{len(items) - _LISTED} more")
    listed = " + ".join(word for word in words if word)
    return "; ".join(part for part in (listed, _state(facts, subscription)) if part)


def _item(item: Json) -> str:
    name = clean_line(item.get("nickname") or "", limit=_LONGEST_NAME)
    quantity = item.get("quantity") or 1
    several = f" × {quantity:,}" if quantity > 1 else ""
    price = _price(item)
    if not price:
        return f"{name}{several}" if name else ""
    per_unit = " each" if several else ""
    return f"{name}{several}, {price}{per_unit}" if name else f"{price}{several}"


def _price(item: Json) -> str:
    """The price in words; empty where it is not known."""
    amount, currency = item.get("unit_amount"), item.get("currency")
    if item.get("usage_type") == "metered":
        return "by usage"
    if item.get("tiers"):
        return "by tiers"
    if amount is None or currency is None:
        return ""
    minor = exact(amount)
    if minor is None:
        return ""
    if minor.denominator == 1:
        price = str(Money(int(minor), currency))
    else:
        price = f"{Decimal(str(amount)).scaleb(-decimals(currency)).normalize():f} {currency}"
    return f"{price} {_interval(item)}".strip()


def _interval(item: Json) -> str:
    interval, count = item.get("interval"), item.get("interval_count") or 1
    if interval is None:
        return ""
    return f"a {interval}" if count == 1 else f"every {count} {interval}s"


def _state(facts: Facts, subscription: Json) -> str:
    status = subscription.get("status")
    if status == "canceled":
        return _on(facts, "ended", subscription.get("ended_at") or subscription.get("canceled_at"))
    words = _STATES.get(status or "", "active")
    if status == "trialing":
        words = _on(facts, "in trial", subscription.get("trial_end"), "until")
    if subscription.get("paused") and status != "paused":
        words = f"{words}, collection paused"
    if subscription.get("cancel_at_period_end") or subscription.get("cancel_at"):
        ends = subscription.get("cancel_at") or subscription.get("current_period_end")
        words = f"{words}, {_on(facts, 'ends', ends)}"
    return words


def _on(facts: Facts, words: str, value: str | None, preposition: str = "on") -> str:
    at = moment(value)
    return f"{words} {preposition} {day(local(facts, at))}" if at else words


def _has_ended(subscription: Json) -> bool:
    return subscription.get("status") in _ENDED
