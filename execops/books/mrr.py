"""Monthly recurring revenue of one subscription, from its state, by Stripe's definition.

https://docs.stripe.com/billing/subscriptions/analytics/glossary: the sum of the monthly-normalised value of all active
and past_due subscriptions, without trials, taxes, free plans and metered products. An unpaid subscription has churned. A
coupon that applies once lowers no recurring revenue: https://support.stripe.com/questions/metric-configurations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from typing import Any

from msgspec import Struct, field

from execops.money import Money, storable

# Months in one billing interval: 52 weeks, or 365 days, make 12 months.
_MONTHS = {"month": Fraction(1), "year": Fraction(12), "week": Fraction(12, 52), "day": Fraction(12, 365)}
_PAYING = {"active", "past_due"}
# A number as Stripe writes it. Fraction would also read an exponent, whose result may not fit into memory.
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_WORDS = {
    "items": "it has more items than are known",
    "price": "the amount of a price is not known",
    "discount": "the terms of a discount are not known",
    "sum": "the sum is too large",
}


class Mrr(Struct, frozen=True):
    """MRR per currency in minor units, before rounding, each below 2^63.

    `left_out` names the parts that the sum does not hold: `items`, `price:ID`, `discount:ID` or `sum`.
    """

    amounts: Mapping[str, Fraction] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether the amounts are only a part of the MRR."""
        return bool(self.left_out)

    def money(self) -> list[Money]:
        """The amounts rounded to minor units (half up), by currency."""
        return [Money(to_minor(amount), code) for code, amount in sorted(self.amounts.items())]


class _Line(Struct):
    """The monthly amount of one item of a subscription, while its discounts are taken off."""

    amount: Fraction
    currency: str
    months: Fraction
    product: str | None
    tax_within: Fraction  # the percentage of tax that the price includes


def reasons(left_out: Sequence[str]) -> str:
    """In words why an MRR is not whole."""
    return ", ".join(dict.fromkeys(_WORDS[entry.partition(":")[0]] for entry in left_out))


def is_paying(state: Mapping[str, Any]) -> bool:
    """Whether a subscription in this state counts at all."""
    return state.get("status") in _PAYING and not state.get("paused")


def subscription_mrr(state: Mapping[str, Any], at: datetime) -> Mrr:
    """Compute the MRR at a moment: Σ over items of (amount of the quantity − discounts − tax) ÷ months in the interval.

    Only a paying subscription counts: a trial, a paused collection, an unpaid and an ended subscription count zero, and a
    metered item depends on use. A coupon counts from its start to its end unless it applies once only. The customer's
    own discount counts where the subscription has none that lasts. The tax is what a price includes, by the subscription's tax rates or by its latest invoice.
    """
    return _monthly(state, at, with_tax=False)


def _monthly(state: Mapping[str, Any], at: datetime, *, with_tax: bool) -> Mrr:
    """The monthly amounts as `subscription_mrr` tells, without or with the tax that prices include."""
    items = state.get("items") or []
    if not is_paying(state):
        return Mrr({item["currency"]: Fraction(0) for item in items if _has_currency(item)})
    left_out = [entry for entry in state.get("unresolved") or [] if entry == "items"]
    lines = []
    for item in items:
        if item.get("usage_type") != "licensed":
            continue
        line = _line(item)
        if line is None:
            left_out.append(f"price:{item.get('price') or ''}")
            continue
        left_out += _take_off([line], item.get("discounts") or [], at)
        lines.append(line)
    own = [entry for entry in state.get("discounts") or [] if _applies(entry, at) and _lasts(entry)]
    # A customer has one discount at a time: the latest one.
    of_customer = [entry for entry in state.get("customer_discounts") or [] if _applies(entry, at)][-1:]
    left_out += _take_off(lines, own or of_customer, at)
    amounts: dict[str, Fraction] = {}
    for line in lines:
        own_amount = line.amount if with_tax else line.amount / (1 + line.tax_within / 100)
        amounts[line.currency] = amounts.get(line.currency, Fraction(0)) + own_amount
    countable = {code: amount for code, amount in amounts.items() if storable(to_minor(amount))}
    if len(countable) < len(amounts):
        left_out.append("sum")
    return Mrr(countable, tuple(dict.fromkeys(left_out)))


def one_payment(state: Mapping[str, Any], at: datetime) -> Money | None:
    """The amount that each invoice of a subscription asks for at a moment, before the customer's own credit and the
    tax that comes on top.

    It is None where a part of it is not known, depends on use, or holds for one invoice only, and where the items are
    billed at different intervals. The state of the subscription does not matter: a trial is about to pay.
    """
    items = state.get("items") or []
    intervals = {(item.get("interval"), item.get("interval_count", 1)) for item in items}
    discounts = [*(state.get("discounts") or []), *(state.get("customer_discounts") or [])]
    discounts += [discount for item in items for discount in item.get("discounts") or []]
    if len(intervals) != 1 or any(item.get("usage_type") != "licensed" for item in items):
        return None
    if any(discount.get("duration") == "once" and _applies(discount, at) for discount in discounts):
        return None
    monthly = _monthly({**state, "status": "active", "paused": False}, at, with_tax=True)
    if monthly.unknown or len(monthly.amounts) != 1:
        return None
    [(interval, count)] = intervals
    [(code, amount)] = monthly.amounts.items()
    minor = to_minor(amount * _MONTHS[interval] * int(count))
    return Money(minor, code) if storable(minor) else None


def _line(item: Mapping[str, Any]) -> _Line | None:
    """The monthly amount of an item in minor units, before discounts; None if its price does not tell it."""
    count = item.get("interval_count", 1)
    if item.get("interval") not in _MONTHS or count < 1 or not _has_currency(item):
        return None
    quantity = max(0, item.get("quantity", 1))
    if item.get("tiers"):
        amount = _tiered(item["tiers"], item.get("tiers_mode"), quantity)
    else:
        unit = exact(item.get("unit_amount"))
        amount = None if unit is None else unit * _packages(item, quantity)
    if amount is None:
        return None
    months = _MONTHS[item["interval"]] * int(count)
    tax_within = exact(item.get("tax_within")) or Fraction(0)
    return _Line(
        Fraction(to_minor(amount)) / months,
        item["currency"],
        months,
        item.get("product"),
        max(tax_within, Fraction(0)),
    )


def _has_currency(item: Mapping[str, Any]) -> bool:
    return re.fullmatch("[A-Z]{3}", item.get("currency") or "") is not None


def _packages(item: Mapping[str, Any], quantity: int) -> int:
    """The quantity that the price multiplies: https://docs.stripe.com/api/prices/object#price_object-transform_quantity."""
    divide_by = item.get("divide_by")
    if not divide_by:
        return quantity
    return quantity // divide_by if item.get("round") == "down" else ceil(Fraction(quantity, divide_by))


def _tiered(tiers: Sequence[Mapping[str, Any]], mode: str | None, quantity: int) -> Fraction | None:
    """The amount for a quantity in tiers, each with its flat fee; None if no tier holds the quantity.

    In volume mode one tier prices all units. In graduated mode each tier prices the units within it:
    https://docs.stripe.com/products-prices/pricing-models#tiered-pricing.
    """
    ordered = sorted(tiers, key=lambda tier: (tier.get("up_to") is None, tier.get("up_to") or 0))
    amount, below = Fraction(0), 0
    for tier in ordered:
        unit, flat, end = exact(tier.get("unit")), exact(tier.get("flat")), tier.get("up_to")
        if unit is None or flat is None or mode not in {"volume", "graduated"}:
            return None
        reached = end is None or quantity <= int(end)
        if mode == "graduated":
            amount += to_minor(flat + unit * ((quantity if reached else int(end or 0)) - below))
        elif reached:
            amount = flat + unit * quantity
        if reached:
            return amount
        below = int(end or 0)
    return None


def _applies(discount: Mapping[str, Any], at: datetime) -> bool:
    """Whether a discount has started and has not ended at this moment."""
    start, end = discount.get("start"), discount.get("end")
    return not (start and at < datetime.fromisoformat(start)) and not (
        end and datetime.fromisoformat(end) <= at
    )


def _lasts(discount: Mapping[str, Any]) -> bool:
    return discount.get("duration") != "once"


def _take_off(lines: list[_Line], discounts: Sequence[Mapping[str, Any]], at: datetime) -> list[str]:
    """Take discounts off the lines, in their order, each line at least zero; returns the discounts that are not known.

    Percentages multiply. An amount off counts once for each invoice, shared by the lines that it applies to.
    """
    left_out = []
    for discount in discounts:
        if not (_applies(discount, at) and _lasts(discount)):
            continue
        products = discount.get("products")
        eligible = [line for line in lines if products is None or line.product in products]
        percent = exact(discount.get("percent_off"))
        amounts = dict(discount.get("amounts") or {})
        if discount.get("amount_off") is not None:
            amounts[discount.get("currency")] = discount["amount_off"]
        if percent is not None and 0 <= percent <= 100:
            for line in eligible:
                line.amount *= 1 - percent / 100
        elif amounts and all(exact(amounts.get(line.currency)) is not None for line in eligible):
            _share({code: Fraction(amount) for code, amount in amounts.items()}, eligible)
        elif eligible:
            left_out.append(f"discount:{discount.get('id') or ''}")
    return left_out


def _share(amounts: Mapping[str, Fraction], lines: Sequence[_Line]) -> None:
    for code, amount in amounts.items():
        shared = [line for line in lines if line.currency == code]
        total = sum((line.amount for line in shared), Fraction(0))
        if total > 0:
            off = min(Fraction(1), amount / shared[0].months / total)
            for line in shared:
                line.amount *= 1 - off


def to_minor(amount: Fraction) -> int:
    """An amount in whole minor units, half up, as Stripe rounds the lines of an invoice: 1.5 cents are 2.

    https://docs.stripe.com/billing/subscriptions/decimal-amounts, "Rounding".
    """
    return floor(amount + Fraction(1, 2))


def exact(number: object) -> Fraction | None:
    """The exact value of a number from outside; None for any other value."""
    text = str(number)
    return Fraction(text) if _DECIMAL.fullmatch(text) else None
