"""Monthly recurring revenue of one subscription, from its snapshot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from execops.money import Money, storable

# Months in one billing interval: 52 weeks, or 365 days, make 12 months.
_MONTHS = {"month": Fraction(1), "year": Fraction(12), "week": Fraction(12, 52), "day": Fraction(12, 365)}
_PAYING = {"active", "past_due", "unpaid"}
# A number as Stripe writes it. Fraction would also read an exponent, whose result may not fit into memory.
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


@dataclass(frozen=True, slots=True)
class Mrr:
    """MRR per currency in minor units, before rounding, each below 2^63.

    `unknown` is True if the amount of a price is not known, as of one that depends on use.
    """

    amounts: Mapping[str, Fraction] = field(default_factory=dict)
    unknown: bool = False

    def money(self) -> list[Money]:
        """The amounts rounded to minor units (half to even), by currency."""
        return [Money(round(amount), code) for code, amount in sorted(self.amounts.items())]


def subscription_mrr(state: Mapping[str, Any]) -> Mrr:
    """Compute MRR = Σ over items of (unit amount × quantity − discounts) ÷ months in the billing interval.

    Only a paying subscription counts: a trial, a paused collection and an ended subscription count zero. A coupon counts
    unless it applies once only. A metered or tiered price has no amount before its use: it counts zero and makes the sum
    `unknown`, as a sum does that Postgres cannot hold. Source: https://docs.stripe.com/billing/subscriptions/analytics.
    """
    items = state.get("items") or []
    if state.get("status") not in _PAYING or state.get("paused"):
        return Mrr({item["currency"]: Fraction(0) for item in items if item.get("currency")})
    amounts: dict[str, Fraction] = {}
    unknown = False
    for item in items:
        monthly = _monthly_amount(item)
        if monthly is None:
            unknown = True
            continue
        code = item["currency"]
        amounts[code] = amounts.get(code, Fraction(0)) + monthly
    intervals = (_interval_months(item) for item in items)
    months = next((interval for interval in intervals if interval is not None), Fraction(1))
    for code, amount in amounts.items():
        amounts[code] = _apply_discounts(amount, code, state.get("discounts") or [], months)
    countable = {code: amount for code, amount in amounts.items() if storable(round(amount))}
    return Mrr(countable, unknown or len(countable) < len(amounts))


def _monthly_amount(item: Mapping[str, Any]) -> Fraction | None:
    """The monthly amount of an item in minor units, less its own discounts; None for a price that depends on use."""
    months = _interval_months(item)
    if months is None or item.get("unit_amount") is None or not item.get("currency"):
        return None
    if item.get("usage_type") != "licensed":
        return None
    unit = _fraction(item["unit_amount"])
    if unit is None:
        return None
    monthly = unit * max(0, item.get("quantity", 1)) / months
    return _apply_discounts(monthly, item["currency"], item.get("discounts") or [], months)


def _interval_months(item: Mapping[str, Any]) -> Fraction | None:
    """The months in an item's billing interval; None for an interval that is not usable."""
    count = item.get("interval_count", 1)
    if item.get("interval") not in _MONTHS or count < 1:
        return None
    return _MONTHS[item["interval"]] * int(count)


def _apply_discounts(
    amount: Fraction, code: str, discounts: list[Mapping[str, Any]], months: Fraction
) -> Fraction:
    """The monthly amount less its discounts, at least zero.

    Percentages multiply. An amount off counts for each invoice, so once in `months`.
    """
    for discount in discounts:
        if discount.get("duration") == "once":
            continue
        percent = _fraction(discount.get("percent_off"))
        if percent is not None and 0 <= percent <= 100:
            amount *= 1 - percent / 100
        elif discount.get("amount_off") is not None and discount.get("currency") == code:
            amount -= Fraction(discount["amount_off"]) / months
    return max(amount, Fraction(0))


def _fraction(number: object) -> Fraction | None:
    """The exact value of a number from outside; None for any other value."""
    text = str(number)
    return Fraction(text) if _DECIMAL.fullmatch(text) else None
