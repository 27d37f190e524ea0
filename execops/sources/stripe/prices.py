"""Stripe's prices, and the plans before them, in our own words: https://docs.stripe.com/api/prices."""

from __future__ import annotations

from execops.effects import Effects, Snapshot
from execops.model import Json
from execops.sources.stripe.fields import Notice, Object, currency, items, obj, text, whole


def price_terms(price: Object, code: str | None) -> Json:
    """The terms of a price in a currency: its amount or its tiers, its interval, and how a quantity is counted.

    `code` is the subscription's currency, None where it is not told. The amount is None if the price does not tell it in
    that currency, or only as tiers; `tiers` and the parts of `transform_quantity` stand only where the price has them.
    """
    recurring = obj(price, "recurring")
    own = currency(price)
    amounts = price if code in {None, own} else obj(price, "currency_options", str(code).lower())
    transform = obj(price, "transform_quantity") or obj(price, "transform_usage")
    terms: Json = {
        "unit_amount": _amount(amounts, "unit_amount") if "recurring" in price else _plan_amount(amounts),
        "currency": code or own,
        "interval": text(recurring, "interval") or text(price, "interval"),
        "interval_count": whole(recurring, "interval_count") or whole(price, "interval_count") or 1,
        "usage_type": text(recurring, "usage_type") or text(price, "usage_type") or "licensed",
    }
    if tiers := items(amounts, "tiers"):
        terms["tiers"] = [_tier(tier) for tier in tiers]
        terms["tiers_mode"] = text(price, "tiers_mode")
    if (divide_by := whole(transform, "divide_by")) and divide_by > 0:
        terms |= {"divide_by": divide_by, "round": text(transform, "round")}
    return terms


def price_snapshots(notice: Notice, item: Object) -> list[Snapshot]:
    """The price of a subscription's item, if it tells more than webhooks do: its tiers or its other currencies."""
    price = obj(item, "price")
    if not (items(price, "tiers") or obj(price, "currency_options")):
        return []
    return list(read_price(notice, price).snapshots)


def read_price(notice: Notice, price: Object) -> Effects:
    """A price in each of its currencies. Stripe never changes the amounts of a price.

    A price in tiers that it does not tell is left out, so that a poorer message replaces no richer one.
    """
    price_id = text(price, "id")
    codes = [currency(price), *(str(code).upper() for code in obj(price, "currency_options"))]
    currencies = {code: price_terms(price, code) for code in codes if code}
    known = {
        code: terms
        for code, terms in currencies.items()
        if terms["unit_amount"] is not None or terms.get("tiers")
    }
    if not price_id or not known:
        return Effects()
    return Effects(
        (
            Snapshot(
                object_id=price_id,
                object_type="price",
                subject_key=price_id,
                state={"currencies": known},
                as_of=notice.occurred_at,
                rank=min(len(known), 1000),
            ),
        )
    )


def _amount(data: Object, name: str) -> str | int | None:
    """An amount in minor units. One below a minor unit is given in decimals."""
    return text(data, f"{name}_decimal") or whole(data, name)


def _plan_amount(plan: Object) -> str | int | None:
    return text(plan, "amount_decimal") or whole(plan, "amount") or _amount(plan, "unit_amount")


def _tier(tier: Object) -> Json:
    return {
        "up_to": whole(tier, "up_to"),  # None: without an end
        "unit": _amount(tier, "unit_amount") or _plan_amount(tier) or 0,
        "flat": _amount(tier, "flat_amount") or 0,
    }
