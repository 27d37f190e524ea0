"""The terms of a subscription, completed by what other messages told of its parts.

A webhook names a discount by its id, lists ten items at most and leaves out the tiers of a price. Another message, or an
answer of the source's API, tells these parts. They are kept as snapshots of their own, so that the order of arrival does
not matter and a poorer message takes nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from execops.model import Json

# The types of the snapshots that tell a part.
PARTS = frozenset(
    {
        "coupon",
        "coupon_products",
        "discount",
        "discount_end",
        "price",
        "subscription_items",
        "tax_within",
    }
)
_COUPON = ("percent_off", "amount_off", "currency", "duration", "amounts", "products")
_COMPLETED = ("items", "discounts", "customer_discounts", "unresolved")


class Parts(Struct):
    """The parts on record, by object id: discounts, the moments at which they ended, coupons, the products that these are
    limited to, prices, lists of items, and the percentages of tax within the prices of items.
    """

    discounts: dict[str, Json] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    coupons: dict[str, Json] = field(default_factory=dict)
    products: dict[str, list[str]] = field(default_factory=dict)
    prices: dict[str, Json] = field(default_factory=dict)
    taxes: dict[str, dict[str, float]] = field(default_factory=dict)
    items: dict[str, tuple[datetime, list[Json]]] = field(default_factory=dict)  # and when they were listed

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Parts:
        """The parts in these rows of snapshots."""
        parts = cls()
        parts.add(rows)
        return parts

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add the parts in these rows of snapshots, by their type."""
        for row in rows:
            object_id, state = row["object_id"], row["state"]
            match row["object_type"]:
                case "discount":
                    self.discounts[object_id] = {"id": object_id, **state}
                case "discount_end":
                    self.ends[state["discount"]] = state["at"]
                case "coupon":
                    self.coupons[object_id] = state
                case "coupon_products":
                    self.products[object_id] = state["products"] or []
                case "price":
                    self.prices[object_id] = state["currencies"]
                case "tax_within":
                    self.taxes[object_id] = state["items"]
                case "subscription_items":
                    self.items[object_id] = (row["as_of"], state["items"])


def names_of_parts(subscription: str, terms: Json) -> set[str]:
    """The ids of the snapshots that may tell a part of these terms."""
    names = {f"{subscription}:items", f"{subscription}:tax"}
    holders = [terms, *(terms.get("items") or [])]
    for discount in (entry for holder in holders for entry in holder.get("discounts") or []):
        names |= {discount["id"], f"{discount['id']}:end", *_names_of_coupon(discount.get("coupon"))}
    return names | {item["price"] for item in terms.get("items") or [] if item.get("price")}


def names_in_parts(parts: Parts) -> set[str]:
    """The ids of the coupons and prices that parts name."""
    coupons = [discount["coupon"] for discount in parts.discounts.values() if discount.get("coupon")]
    items = [item for _, listed in parts.items.values() for item in listed]
    names = [*map(_names_of_coupon, coupons), *(names_of_parts("", {"items": [item]}) for item in items)]
    return set().union(*names)


def _names_of_coupon(coupon: str | None) -> set[str]:
    return {f"coupon:{coupon}", f"coupon:{coupon}:products"} if coupon else set()


def complete(
    subscription: str, terms: Json, seen_at: datetime, parts: Parts, changed_at: datetime | None = None
) -> Json:
    """The terms with every part that is on record; `unresolved` keeps the names of the others.

    A whole list of items counts if it was read after `changed_at`, when the items last changed.

    A discount that was applied after `seen_at` is added, and one that was removed ends then.
    """
    items, more_items = terms.get("items") or [], "items" in (terms.get("unresolved") or [])
    listed_at, whole = parts.items.get(f"{subscription}:items", (seen_at, []))
    if more_items and not (changed_at and listed_at < changed_at) and _holds(whole, items):
        items, more_items = whole, False
    taxes = parts.taxes.get(f"{subscription}:tax", {})
    items = [_taxed(_priced(item, terms.get("currency"), parts), taxes) for item in items]

    def applied(to_subscription: str | None, to_item: str | None) -> list[Json]:
        return [
            discount
            for discount in parts.discounts.values()
            if discount.get("subscription") == to_subscription and discount.get("item") == to_item
        ]

    def current(own: list[Json], to_item: str | None) -> list[Json]:
        listed = {discount["id"] for discount in own}
        later = [
            discount
            for discount in applied(subscription, to_item)
            if discount["id"] not in listed and _is_after(discount.get("start"), seen_at)
        ]
        return [_known(discount, parts) for discount in [*own, *_in_order(later)]]

    items = [
        item | {"discounts": current(item.get("discounts") or [], item["id"]) if item.get("id") else []}
        for item in items
    ]
    completed = {
        "items": items,
        "discounts": current(terms.get("discounts") or [], None),
        "customer_discounts": [_known(discount, parts) for discount in _in_order(applied(None, None))],
    }
    return terms | completed | {"unresolved": _unresolved(more_items, completed)}


def completed_fields(terms: Json) -> Json:
    """The fields of a subscription's state that `complete` changes."""
    return {name: terms.get(name) or [] for name in _COMPLETED}


def _unresolved(more_items: bool, completed: Json) -> list[str]:
    items = completed["items"]
    discounts = [*completed["discounts"], *(discount for item in items for discount in item["discounts"])]
    lasting = any(discount.get("duration") != "once" for discount in completed["discounts"])
    discounts += [] if lasting else completed["customer_discounts"][-1:]
    entries = ["items"] if more_items else []
    entries += [
        f"price:{item.get('price') or ''}"
        for item in items
        if item.get("usage_type") == "licensed" and item.get("unit_amount") is None and not item.get("tiers")
    ]
    entries += [f"discount:{discount['id']}" for discount in discounts if discount.get("duration") is None]
    return list(dict.fromkeys(entries))


def _holds(whole: list[Json], listed: list[Json]) -> bool:
    """Whether the whole list of items holds each listed item with the same price and quantity."""
    by_id = {item.get("id"): (item.get("price"), item.get("quantity")) for item in whole}
    return bool(whole) and all(
        by_id.get(item.get("id")) == (item.get("price"), item.get("quantity")) for item in listed
    )


def _priced(item: Json, currency: str | None, parts: Parts) -> Json:
    if item.get("unit_amount") is not None or item.get("tiers"):
        return item
    currencies = parts.prices.get(item.get("price") or "") or {}
    code: str = currency or item.get("currency") or next(iter(currencies), "")
    terms: Json = currencies.get(code, {})
    return item | terms


def _taxed(item: Json, taxes: Mapping[str, float]) -> Json:
    percent = taxes.get(item.get("id") or "")
    return item | {"tax_within": percent} if item.get("tax_automatic") and percent else item


def _known(discount: Json, parts: Parts) -> Json:
    """A discount with its coupon's terms and its end, as far as they are on record."""
    other = parts.discounts.get(discount["id"], {})
    terms = dict(discount)
    for name in ("coupon", "start", "end"):
        terms[name] = terms.get(name) or other.get(name)
    if terms.get("duration") is None:
        source = (
            other if other.get("duration") is not None else parts.coupons.get(f"coupon:{terms['coupon']}", {})
        )
        terms |= {name: source[name] for name in _COUPON if name in source}
    if products := parts.products.get(f"coupon:{terms['coupon']}:products"):
        terms["products"] = products
    ends = [end for end in (terms["end"], parts.ends.get(discount["id"])) if end]
    terms["end"] = min(ends, key=datetime.fromisoformat, default=None)
    return {name: value for name, value in terms.items() if name not in {"customer", "subscription", "item"}}


def _in_order(discounts: Iterable[Json]) -> list[Json]:
    return sorted(discounts, key=lambda discount: (discount.get("start") or "", discount["id"]))


def _is_after(start: str | None, moment: datetime) -> bool:
    return start is not None and datetime.fromisoformat(start) > moment
