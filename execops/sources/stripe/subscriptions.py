"""Stripe's subscriptions and their schedules in our own words: https://docs.stripe.com/api/subscriptions.

An id is not knowledge. A state notes under `unresolved` the parts that it names but does not tell: `items` if it has
more items than it lists, `price:ID` for a price without an amount, `discount:ID` for a discount without its terms.
"""

from __future__ import annotations

from datetime import datetime

from execops.effects import Effects, Snapshot
from execops.model import Json
from execops.sources.stripe.discounts import discount_snapshots, discounts_of, read_discount
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
    ref,
    snapshot,
    text,
    whole,
)
from execops.sources.stripe.prices import price_snapshots, price_terms, read_price
from execops.sources.stripe.taxes import has_automatic_tax, tax_rates, tax_within

ITEMS = "items"  # the mark of a list of items that goes on


def read_subscription(notice: Notice, subscription: Object) -> Effects:
    """A subscription: its items, its discounts, and whether it is set to end.

    The discounts and prices that it tells in full are snapshots of their own, since other messages name only their ids.
    """
    owner = ref(subscription, "customer")
    status = text(subscription, "status") or "active"
    ended = notice.type == "customer.subscription.deleted" or status in {"canceled", "incomplete_expired"}
    schedule = ref(subscription, "schedule")
    # The oldest API versions send no items, but a plan and a quantity on the subscription itself.
    listed = items(subscription, "items") or ([subscription] if obj(subscription, "plan") else [])
    state: Json = {
        "customer": owner,
        "status": "canceled" if ended else status,
        "currency": currency(subscription),
        "items": [_item(item, subscription) for item in listed],
        "created": iso(at(subscription, "created")),
        "start": iso(at(subscription, "start_date", "start")),
        "trial_start": iso(at(subscription, "trial_start")),
        "trial_end": iso(at(subscription, "trial_end")),
        "schedule": schedule,
        "collection_method": text(subscription, "collection_method"),
        "default_method": ref(subscription, "default_payment_method") or ref(subscription, "default_source"),
        "latest_invoice": ref(subscription, "latest_invoice"),
        "paused": bool(obj(subscription, "pause_collection").get("behavior")),
        "discounts": [
            read_discount(discount, subscription) for discount in discounts_of(subscription, subscription)
        ],
        "cancel_at_period_end": flag(subscription, "cancel_at_period_end") or False,
        "cancel_at": iso(at(subscription, "cancel_at")),
        "current_period_end": iso(_period_end(subscription)),
        "cancel_cause": text(obj(subscription, "cancellation_details"), "reason"),
        "cancel_reason": line(obj(subscription, "cancellation_details"), "feedback"),
        "cancel_comment": line(obj(subscription, "cancellation_details"), "comment"),
        "canceled_at": iso(at(subscription, "canceled_at")),
        "ended_at": iso(at(subscription, "ended_at")),
        **_rarely_told(subscription, listed),
    }
    if before := _items_before(notice.previous, subscription, listed):
        state["items_before"] = before
    state["unresolved"] = _unresolved(subscription, state)
    state["items_changed"] = ITEMS in state["unresolved"] and bool(
        notice.previous.keys() & {"items", "plan", "quantity"}
    )
    main = snapshot(notice, subscription, "subscription", owner, state, _rank(notice, state), (schedule,))
    parts = [*discount_snapshots(notice, subscription, subscription)]
    for item in listed:
        parts += discount_snapshots(notice, item, subscription)
        parts += price_snapshots(notice, item)
    return Effects((main, *_once(parts)))


def _rank(notice: Notice, state: Json) -> int:
    """The order of states of one second: as created, before and after the first payment, then changed, then ended.

    A state that was read from the API and has not ended comes first: a webhook of the same second knows more.
    """
    if state["status"] in {"canceled", "incomplete_expired"}:
        return 3
    if not notice.type:
        return 0
    return int(state["status"] != "incomplete") + int(notice.type != "customer.subscription.created")


def read_schedule(notice: Notice, schedule: Object) -> Effects:
    """A subscription's schedule: its phases, and whether it ends the subscription after them.

    It changes no MRR by itself: a phase that begins changes the subscription, and that is an event of its own.
    """
    subscription = ref(schedule, "subscription") or ref(schedule, "released_subscription")
    state = {
        "customer": ref(schedule, "customer"),
        "subscription": subscription,
        "status": text(schedule, "status"),
        "end_behavior": text(schedule, "end_behavior"),
        "phases": [
            {"start": iso(at(phase, "start_date")), "end": iso(at(phase, "end_date"))}
            for phase in items(schedule, "phases")
        ],
        "canceled_at": iso(at(schedule, "canceled_at")),
        "completed_at": iso(at(schedule, "completed_at")),
        "released_at": iso(at(schedule, "released_at")),
    }
    ended = int(state["status"] in {"canceled", "completed", "released"})
    owner = ref(schedule, "customer") or subscription
    return Effects(
        (snapshot(notice, schedule, "subscription_schedule", owner, state, ended, (subscription,)),)
    )


def whole_items(subscription: Object, listed: list[Object], owner: str | None, seen_at: datetime) -> Effects:
    """The whole list of a subscription's items, read at `seen_at` page by page, as a snapshot of its own.

    A webhook lists only the first items. The rest of them is taken from this list: see `execops.books.mrr_terms`.
    """
    subscription_id = text(subscription, "id") or ""
    notice = Notice(occurred_at=seen_at)
    state = {"items": [_item(item, subscription) for item in listed]}
    parts = [
        Snapshot(
            object_id=f"{subscription_id}:{ITEMS}",
            object_type="subscription_items",
            subject_key=owner or subscription_id,
            state=state,
            as_of=seen_at,
        )
    ]
    for item in listed:
        parts += discount_snapshots(notice, item, subscription)
        parts += read_price(notice, obj(item, "price")).snapshots
    return Effects(_once(parts))


def _item(item: Object, subscription: Object) -> Json:
    priced = obj(item, "price") or obj(item, "plan") or obj(subscription, "plan")
    quantity = whole(item, "quantity")
    return {
        "id": text(item, "id") if item is not subscription else None,
        "price": ref(item, "price") or ref(item, "plan") or ref(subscription, "plan"),
        "product": ref(priced, "product"),
        "nickname": line(priced, "nickname"),
        **price_terms(priced, currency(subscription)),
        "quantity": 1 if quantity is None else quantity,
        **tax_within(item, subscription),
        "discounts": []
        if item is subscription
        else [read_discount(discount, subscription) for discount in discounts_of(item, subscription)],
    }


def _rarely_told(subscription: Object, listed: list[Object]) -> Json:
    """The fields that stand only in the states that tell them.

    `missing_method` is the end of a trial without a payment method, where Stripe makes no invoice then: `cancel` or
    `pause`. `description` is the one that customers may see. `tax_on_top` says that tax may be added to the prices, and
    `never_began` that the first payment was never made.
    """
    missing = text(obj(subscription, "trial_settings", "end_behavior"), "missing_payment_method")
    fields: Json = {
        "missing_method": missing if missing != "create_invoice" else None,
        "description": line(subscription, "description"),
        "tax_on_top": _has_tax_on_top(subscription, listed),
        "never_began": text(subscription, "status") == "incomplete_expired",
    }
    return {name: value for name, value in fields.items() if value}


def _has_tax_on_top(subscription: Object, listed: list[Object]) -> bool:
    """Whether tax may be added to the prices. Before 2020 a subscription had a `tax_percent` in place of rates."""
    if number(subscription, "tax_percent"):
        return True
    rates = [rate for holder in (subscription, *listed) for rate in tax_rates(holder)]
    if any(flag(rate, "inclusive") is not True for rate in rates):
        return True
    behaviours = {text(obj(item, "price"), "tax_behavior") for item in listed}
    return has_automatic_tax(subscription) and behaviours != {"inclusive"}


def _items_before(previous: Object, subscription: Object, listed: list[Object]) -> list[Json]:
    """The items before the event that changed them; none where it did not, or does not tell them all.

    Old API versions tell the plan and the quantity of the only item.
    """
    if items(previous, "items") and not flag(obj(previous, "items"), "has_more"):
        return [_item(item, subscription) for item in items(previous, "items")]
    previous_fields = {
        name: previous[name] for name in ("plan", "quantity") if previous.get(name) is not None
    }
    if not previous_fields or len(listed) != 1:
        return []
    if "plan" in previous_fields:
        previous_fields["price"] = None
    return [_item({**listed[0], **previous_fields}, subscription)]


def _unresolved(subscription: Object, state: Json) -> list[str]:
    """The parts that a subscription names but does not tell."""
    listed = obj(subscription, "items")
    count = len(state["items"])
    more = not count or flag(listed, "has_more") or (whole(listed, "total_count") or 0) > count
    prices = [
        f"price:{item['price'] or ''}"
        for item in state["items"]
        if item["usage_type"] == "licensed" and item["unit_amount"] is None and not item.get("tiers")
    ]
    of_items = [discount for item in state["items"] for discount in item["discounts"]]
    discounts = [
        f"discount:{discount['id']}"
        for discount in [*state["discounts"], *of_items]
        if discount["duration"] is None
    ]
    return list(dict.fromkeys([*([ITEMS] if more else []), *prices, *discounts]))


def _once(parts: list[Snapshot]) -> tuple[Snapshot, ...]:
    return tuple({part.object_id: part for part in parts}.values())


def _period_end(subscription: Object) -> datetime | None:
    """The end of the current period: on the subscription before API version 2025-03-31, on its items since."""
    ends = [end for item in items(subscription, "items") if (end := at(item, "current_period_end"))]
    return at(subscription, "current_period_end") or (min(ends) if ends else None)
