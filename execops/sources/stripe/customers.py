"""Stripe's customers, subscriptions and cards in our own words."""

from __future__ import annotations

from datetime import datetime

from execops.effects import Effects
from execops.model import Json
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    flag,
    iso,
    items,
    line,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)


def customer(notice: Notice, it: Object) -> Effects:
    """Who pays."""
    deleted = notice.type == "customer.deleted" or flag(it, "deleted") is True
    state = {
        "name": line(it, "name") or line(it, "description"),
        "email": line(it, "email"),
        "created": iso(at(it, "created")),
        "deleted": deleted,
        "default_card": ref(obj(it, "invoice_settings"), "default_payment_method")
        or ref(it, "default_source"),
    }
    return Effects((snapshot(notice, it, "customer", object_id(it), state, int(deleted)),))


def subscription(notice: Notice, it: Object) -> Effects:
    """What is paid again and again, and whether it is to end."""
    owner = ref(it, "customer")
    status = text(it, "status") or "active"
    ended = notice.type == "customer.subscription.deleted" or status in {"canceled", "incomplete_expired"}
    state = {
        "customer": owner,
        "status": "canceled" if ended else status,
        # the oldest have no items, but a plan and a quantity of their own
        "items": [_item(each, it) for each in items(it, "items") or [it]],
        "trial_end": iso(at(it, "trial_end")),
        "paused": bool(obj(it, "pause_collection").get("behavior")),
        "discounts": [_discount(each) for each in _discounts(it)],
        "cancel_at_period_end": flag(it, "cancel_at_period_end") or False,
        "cancel_at": iso(at(it, "cancel_at")),
        "current_period_end": iso(_period_end(it)),
        "cancel_reason": line(obj(it, "cancellation_details"), "feedback"),
        "cancel_comment": line(obj(it, "cancellation_details"), "comment"),
        "canceled_at": iso(at(it, "canceled_at")),
        "ended_at": iso(at(it, "ended_at")),
    }
    return Effects((snapshot(notice, it, "subscription", owner, state, int(ended)),))


def _item(item: Object, subscription: Object) -> Json:
    price, plan = obj(item, "price"), obj(item, "plan") or obj(subscription, "plan")
    recurring = obj(price, "recurring")
    quantity = whole(item, "quantity")
    return {
        # decimals where the unit is below a minor unit; tiers have no unit amount at all
        "unit_amount": text(price, "unit_amount_decimal") or whole(price, "unit_amount")
        if price
        else text(plan, "amount_decimal") or whole(plan, "amount"),
        "currency": currency(price or plan),
        "interval": text(recurring, "interval") or text(plan, "interval"),
        "interval_count": whole(recurring, "interval_count") or whole(plan, "interval_count") or 1,
        "usage_type": text(recurring, "usage_type") or text(plan, "usage_type") or "licensed",
        "quantity": 1 if quantity is None else quantity,
        "discounts": [_discount(each) for each in _discounts(item)],
    }


def _discounts(it: Object) -> list[Object]:
    """Discounts expanded; an id alone does not say how much."""
    single = obj(it, "discount")
    return items(it, "discounts") or ([single] if single else [])


def _discount(it: Object) -> Json:
    """A coupon, where it stands before 2025-09-30 (`coupon`) or since (`source.coupon`)."""
    coupon = obj(it, "coupon") or obj(it, "source", "coupon")
    percent = coupon.get("percent_off")
    return {
        "percent_off": percent
        if isinstance(percent, int | float) and not isinstance(percent, bool)
        else None,
        "amount_off": whole(coupon, "amount_off"),
        "currency": currency(coupon),
        "duration": text(coupon, "duration"),
    }


def _period_end(it: Object) -> datetime | None:
    """On the subscription before 2025-03-31, on its items since."""
    ends = [end for item in items(it, "items") if (end := at(item, "current_period_end"))]
    return at(it, "current_period_end") or (min(ends) if ends else None)


def card(notice: Notice, it: Object) -> Effects:
    """A card as an old source (`card`, `source`) or as a payment method."""
    owner = ref(it, "customer")
    details = obj(it, "card") or it
    holder = obj(it, "billing_details") or obj(it, "owner")
    gone = notice.type in {"customer.source.deleted", "payment_method.detached"}
    state = {
        "customer": owner,
        "customer_name": line(holder, "name"),
        "customer_email": line(holder, "email"),
        "brand": line(details, "brand"),
        "last4": line(details, "last4"),
        "exp_month": whole(details, "exp_month"),
        "exp_year": whole(details, "exp_year"),
        "gone": gone,
    }
    return Effects((snapshot(notice, it, "card", owner, state, int(gone)),))
