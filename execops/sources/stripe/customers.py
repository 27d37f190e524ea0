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
    number,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)


def read_customer(notice: Notice, customer: Object) -> Effects:
    """A customer: name, address and the card that they pay with."""
    deleted = notice.type == "customer.deleted" or flag(customer, "deleted") is True
    state = {
        "name": line(customer, "name"),
        "email": line(customer, "email"),
        "created": iso(at(customer, "created")),
        "deleted": deleted,
        "default_card": ref(obj(customer, "invoice_settings"), "default_payment_method")
        or ref(customer, "default_source"),
    }
    return Effects((snapshot(notice, customer, "customer", object_id(customer), state, int(deleted)),))


def read_subscription(notice: Notice, subscription: Object) -> Effects:
    """A subscription: its items, its discounts, and whether it is set to end."""
    owner = ref(subscription, "customer")
    status = text(subscription, "status") or "active"
    ended = notice.type == "customer.subscription.deleted" or status in {"canceled", "incomplete_expired"}
    state = {
        "customer": owner,
        "status": "canceled" if ended else status,
        # The oldest API versions send no items, but a plan and a quantity on the subscription itself.
        "items": [_item(item, subscription) for item in items(subscription, "items") or [subscription]],
        "created": iso(at(subscription, "created")),
        "start": iso(at(subscription, "start_date", "start")),
        "trial_start": iso(at(subscription, "trial_start")),
        "trial_end": iso(at(subscription, "trial_end")),
        "schedule": ref(subscription, "schedule"),
        "collection_method": text(subscription, "collection_method"),
        "default_method": ref(subscription, "default_payment_method") or ref(subscription, "default_source"),
        "latest_invoice": ref(subscription, "latest_invoice"),
        "paused": bool(obj(subscription, "pause_collection").get("behavior")),
        "discounts": [_discount(discount) for discount in _discounts(subscription)],
        "cancel_at_period_end": flag(subscription, "cancel_at_period_end") or False,
        "cancel_at": iso(at(subscription, "cancel_at")),
        "current_period_end": iso(_period_end(subscription)),
        "cancel_cause": text(obj(subscription, "cancellation_details"), "reason"),
        "cancel_reason": line(obj(subscription, "cancellation_details"), "feedback"),
        "cancel_comment": line(obj(subscription, "cancellation_details"), "comment"),
        "canceled_at": iso(at(subscription, "canceled_at")),
        "ended_at": iso(at(subscription, "ended_at")),
    }
    return Effects((snapshot(notice, subscription, "subscription", owner, state, int(ended)),))


def _item(item: Object, subscription: Object) -> Json:
    price, plan = obj(item, "price"), obj(item, "plan") or obj(subscription, "plan")
    recurring = obj(price, "recurring")
    quantity = whole(item, "quantity")
    return {
        "product": ref(price, "product") or ref(plan, "product"),
        "nickname": line(price, "nickname") or line(plan, "nickname"),
        # A price below one minor unit is given in decimals; a price in tiers has no unit amount.
        "unit_amount": text(price, "unit_amount_decimal") or whole(price, "unit_amount")
        if price
        else text(plan, "amount_decimal") or whole(plan, "amount"),
        "currency": currency(price or plan),
        "interval": text(recurring, "interval") or text(plan, "interval"),
        "interval_count": whole(recurring, "interval_count") or whole(plan, "interval_count") or 1,
        "usage_type": text(recurring, "usage_type") or text(plan, "usage_type") or "licensed",
        "quantity": 1 if quantity is None else quantity,
        "discounts": [_discount(discount) for discount in _discounts(item)],
    }


def _discounts(holder: Object) -> list[Object]:
    """The expanded discounts. A discount that is only an id is left out, since the id does not say how much."""
    single = obj(holder, "discount")
    return items(holder, "discounts") or ([single] if single else [])


def _discount(discount: Object) -> Json:
    """A discount's coupon: `coupon` before API version 2025-09-30, `source.coupon` since."""
    coupon = obj(discount, "coupon") or obj(discount, "source", "coupon")
    return {
        "percent_off": number(coupon, "percent_off"),
        "amount_off": whole(coupon, "amount_off"),
        "currency": currency(coupon),
        "duration": text(coupon, "duration"),
    }


def _period_end(subscription: Object) -> datetime | None:
    """The end of the current period: on the subscription before API version 2025-03-31, on its items since."""
    ends = [end for item in items(subscription, "items") if (end := at(item, "current_period_end"))]
    return at(subscription, "current_period_end") or (min(ends) if ends else None)


def read_card(notice: Notice, card: Object) -> Effects:
    """A card: an old source (`card`, `source`) or a payment method."""
    owner = ref(card, "customer")
    details = obj(card, "card") or card
    holder = obj(card, "billing_details") or obj(card, "owner")
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
    return Effects((snapshot(notice, card, "card", owner, state, int(gone)),))
