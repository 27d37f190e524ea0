"""Stripe's discounts and coupons in our own words: https://docs.stripe.com/api/discounts.

A discount applies to a customer, to a subscription or to one item of it. Its coupon says how much is off: `coupon` before
API version 2025-09-30, `source.coupon` since, and often only as an id.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

from execops.effects import Effects, Snapshot
from execops.model import Json
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    iso,
    number,
    obj,
    ref,
    text,
    whole,
)

PRODUCTS = "applies_to"  # told only where it is expanded: https://docs.stripe.com/api/coupons/object


def discounts_of(holder: Object, subscription: Object) -> list[Object]:
    """The discounts of a subscription or of an item. One that is only an id is an object with nothing else."""
    listed = holder.get("discounts")
    if isinstance(listed, dict):
        listed = listed.get("data")
    entries: list[Object] = []
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, str) and entry.strip():
            entries.append({"id": entry.strip()})
        elif isinstance(entry, dict):
            entries.append(entry)
    if single := obj(holder, "discount"):
        entries.append(single)
    elif single_id := text(holder, "discount"):
        entries.append({"id": single_id})
    by_id: dict[str, Object] = {}
    for entry in entries:  # API versions between 2020 and 2025 list ids and send the first discount expanded
        key = discount_id(entry, subscription)
        by_id[key] = max(by_id.get(key, {}), entry, key=len)
    return list(by_id.values())


def read_discount(discount: Object, subscription: Object) -> Json:
    """The terms of a discount; `duration` is None if the message does not tell its coupon."""
    return {"id": discount_id(discount, subscription), **_terms(discount)}


def discount_id(discount: Object, subscription: Object) -> str:
    """The id of a discount. API versions before 2020-08-27 have none: its coupon and holder name it there."""
    own = text(discount, "id")
    if own:
        return own
    holder = ref(discount, "subscription") or text(subscription, "id") or ref(discount, "customer") or ""
    return f"discount:{holder}:{_coupon_id(discount) or ''}"


def discount_snapshots(notice: Notice, holder: Object, subscription: Object) -> list[Snapshot]:
    """The discounts that a subscription or an item of it tells in full, and their coupons."""
    snapshots: list[Snapshot] = []
    for discount in discounts_of(holder, subscription):
        if _coupon_id(discount) is None:
            continue
        item = None if holder is subscription else text(holder, "id")
        whole_discount = {
            "customer": ref(subscription, "customer"),
            "subscription": text(subscription, "id"),
            "subscription_item": item,
        } | {name: value for name, value in discount.items() if value is not None}
        snapshots += read_discount_event(Notice(occurred_at=notice.occurred_at), whole_discount).snapshots
    return snapshots


def customer_discount(notice: Notice, customer: Object) -> tuple[Snapshot, ...]:
    """The discount of a customer, which applies to their subscriptions without one of their own."""
    discount = obj(customer, "discount")
    if not discount:
        return ()
    named = {"customer": text(customer, "id")} | dict(discount)
    return read_discount_event(Notice(occurred_at=notice.occurred_at), named).snapshots


def read_discount_event(notice: Notice, discount: Object) -> Effects:
    """A discount that was applied, changed or removed, and its coupon.

    The end of a discount is a snapshot of its own, so that it replaces nothing that another message told.
    """
    key, subject = discount_id(discount, {}), ref(discount, "customer") or ref(discount, "subscription")
    state = {
        "customer": ref(discount, "customer"),
        "subscription": ref(discount, "subscription"),
        "item": ref(discount, "subscription_item"),
        **_terms(discount),
    }
    if notice.type in {"customer.discount.created", "customer.discount.updated"}:
        state["start"] = state["start"] or iso(notice.occurred_at)
    snapshots = []
    of_one_payment = any(ref(discount, name) for name in ("invoice", "invoice_item", "checkout_session"))
    if state["coupon"] and (state["subscription"] or not of_one_payment):
        snapshots.append(_snapshot(notice, key, "discount", subject or key, state))
    replaced = text(notice.previous, "id")  # another coupon in its place is another discount
    ended = key if notice.type == "customer.discount.deleted" else replaced if replaced != key else None
    if ended:
        end = {"discount": ended, "at": iso(notice.occurred_at)}
        snapshots.append(_snapshot(notice, f"{ended}:end", "discount_end", subject or ended, end))
    return Effects((*snapshots, *read_coupon(notice, _coupon(discount)).snapshots))


def read_coupon(notice: Notice, coupon: Object) -> Effects:
    """A coupon, and the products that it is limited to, if it tells them. Stripe never changes its terms.

    A webhook never tells the products, and the API only where it is asked to. So they are a snapshot of their own.
    """
    terms = _coupon_terms(coupon)
    coupon_id = text(coupon, "id")
    if coupon_id is None or terms["duration"] is None:
        return Effects()
    key = f"coupon:{coupon_id}"
    limits = (
        [coupon_products(coupon_id, terms.get("products"), notice.occurred_at)] if PRODUCTS in coupon else []
    )
    return Effects((_snapshot(notice, key, "coupon", key, terms), *limits))


def coupon_products(coupon_id: str, products: list[str] | None, seen_at: datetime) -> Snapshot:
    """The products that a coupon is limited to; None where it applies to all, or where nobody can tell any more."""
    key = f"coupon:{coupon_id}"
    return _snapshot(
        Notice(occurred_at=seen_at), f"{key}:products", "coupon_products", key, {"products": products}
    )


def _terms(discount: Object) -> Json:
    coupon = _coupon(discount)
    start, end = at(discount, "start"), at(discount, "end")
    months = whole(coupon, "duration_in_months")
    if end is None and start and months and months > 0 and text(coupon, "duration") == "repeating":
        end = _months_later(start, months)
    return {
        "coupon": _coupon_id(discount),
        **_coupon_terms(coupon),
        "start": iso(start),
        "end": iso(end),
    }


def _coupon_terms(coupon: Object) -> Json:
    known = number(coupon, "percent_off") is not None or whole(coupon, "amount_off") is not None
    terms: Json = {
        "percent_off": number(coupon, "percent_off"),
        "amount_off": whole(coupon, "amount_off"),
        "currency": currency(coupon),
        "duration": (text(coupon, "duration") or "forever") if known else None,
    }
    options = {
        str(code).upper(): whole(option, "amount_off")
        for code, option in obj(coupon, "currency_options").items()
        if isinstance(option, dict)
    }
    if options:
        terms["amounts"] = options
    products = obj(coupon, PRODUCTS).get("products")
    if isinstance(products, list) and products:
        terms["products"] = [product for product in products if isinstance(product, str)]
    return terms


def _coupon(discount: Object) -> Object:
    return obj(discount, "coupon") or obj(discount, "source", "coupon")


def _coupon_id(discount: Object) -> str | None:
    return ref(discount, "coupon") or ref(obj(discount, "source"), "coupon")


def _months_later(moment: datetime, months: int) -> datetime | None:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if year >= 2200:
        return None
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _snapshot(notice: Notice, object_id: str, object_type: str, subject: str, state: Json) -> Snapshot:
    return Snapshot(
        object_id=object_id,
        object_type=object_type,
        subject_key=subject,
        state=state,
        as_of=notice.occurred_at,
    )
