"""Monthly recurring revenue of one subscription, from its snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from execops.money import Money

# Months in one billing interval: 52 weeks, or 365 days, make 12 months.
_MONTHS = {"month": Fraction(1), "year": Fraction(12), "week": Fraction(12, 52), "day": Fraction(12, 365)}
_PAYING = {"active", "past_due", "unpaid"}


@dataclass(frozen=True, slots=True)
class Mrr:
    """MRR per currency in minor units, before rounding; `unknown` says that a part has no price ahead of use."""

    amounts: Mapping[str, Fraction] = field(default_factory=dict)
    unknown: bool = False

    def money(self) -> list[Money]:
        """The amounts rounded to minor units (half to even), by currency."""
        return [Money(round(amount), code) for code, amount in sorted(self.amounts.items())]


def subscription_mrr(state: Mapping[str, Any]) -> Mrr:
    """Σ over items of (unit amount × quantity − discounts) ÷ months in the billing interval.

    Only while the subscription is paying: a trial, a paused collection and an ended subscription count zero.
    A coupon counts unless it holds once. A metered or tiered price has no amount ahead of its use: it counts
    zero and makes the sum `unknown`. After https://docs.stripe.com/billing/subscriptions/analytics.
    """
    items = state.get("items") or []
    if state.get("status") not in _PAYING or state.get("paused"):
        return Mrr({item["currency"]: Fraction(0) for item in items if item.get("currency")})
    amounts: dict[str, Fraction] = {}
    unknown = False
    for item in items:
        monthly = _item(item)
        if monthly is None:
            unknown = True
            continue
        code = item["currency"]
        amounts[code] = amounts.get(code, Fraction(0)) + monthly
    months = next((found for item in items if (found := _months(item)) is not None), Fraction(1))
    for code, amount in amounts.items():
        amounts[code] = _discounted(amount, code, state.get("discounts") or [], months)
    return Mrr(amounts, unknown)


def _item(item: Mapping[str, Any]) -> Fraction | None:
    months = _months(item)
    if months is None or item.get("unit_amount") is None or not item.get("currency"):
        return None
    if item.get("usage_type") != "licensed":
        return None
    try:
        unit = Fraction(str(item["unit_amount"]))
    except (ValueError, ZeroDivisionError):
        return None
    monthly = unit * max(0, item.get("quantity", 1)) / months
    return _discounted(monthly, item["currency"], item.get("discounts") or [], months)


def _months(item: Mapping[str, Any]) -> Fraction | None:
    count = item.get("interval_count", 1)
    if item.get("interval") not in _MONTHS or count < 1:
        return None
    return _MONTHS[item["interval"]] * int(count)


def _discounted(
    amount: Fraction, code: str, discounts: list[Mapping[str, Any]], months: Fraction
) -> Fraction:
    """Percentages multiply; an amount off is taken from each invoice, hence once an interval."""
    for discount in discounts:
        if discount.get("duration") == "once":
            continue
        if discount.get("percent_off") is not None:
            amount *= 1 - Fraction(str(discount["percent_off"])) / 100
        elif discount.get("amount_off") is not None and discount.get("currency") == code:
            amount -= Fraction(discount["amount_off"]) / months
    return max(amount, Fraction(0))
