"""The tax within Stripe's prices, by tax rates and by invoices: https://docs.stripe.com/tax/products-prices-tax-codes-tax-behavior.

A subscription names its tax rates. The rate of an automatic tax stands only on its invoices, line by line.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from execops.effects import Snapshot
from execops.model import Json
from execops.sources.stripe.fields import Notice, Object, flag, items, number, obj, ref, text, whole

_DIGITS = range(5)  # behind the point of a percentage


def tax_rates(holder: Object) -> list[Object]:
    """The tax rates of a subscription or of an item."""
    return [*items(holder, "default_tax_rates"), *items(holder, "tax_rates")]


def has_automatic_tax(holder: Object) -> bool:
    """Whether Stripe Tax computes the tax of a subscription or of an invoice."""
    return flag(obj(holder, "automatic_tax"), "enabled") is True


def tax_within(item: Object, subscription: Object) -> Json:
    """The percentage of tax that the price of an item includes, by its own tax rates, else the subscription's.

    `tax_within` stands only where there is such a rate, and `tax_automatic` where only invoices tell it.
    """
    rates = tax_rates(item) or tax_rates(subscription)
    if not rates and has_automatic_tax(subscription):
        return {"tax_automatic": True}
    inclusive = [number(rate, "percentage") or 0 for rate in rates if flag(rate, "inclusive") is True]
    percent = sum(Decimal(str(percentage)) for percentage in inclusive)
    return {"tax_within": float(percent)} if percent > 0 else {}


def tax_snapshots(notice: Notice, invoice: Object, subscription: str | None) -> Iterable[Snapshot]:
    """The percentages of automatic tax within the prices of a subscription's items, as its invoice tells them."""
    if subscription is None or not has_automatic_tax(invoice):
        return
    percentages: dict[str, float] = {}
    for line in items(invoice, "lines"):
        details = obj(line, "parent", "subscription_item_details")
        item = ref(line, "subscription_item") or ref(details, "subscription_item")
        percent = _percent(line)
        if item is not None and percent is not None:
            percentages[item] = percent
    if percentages:
        yield Snapshot(
            object_id=f"{subscription}:tax",
            object_type="tax_within",
            subject_key=ref(invoice, "customer") or subscription,
            state={"items": percentages},
            as_of=notice.occurred_at,
        )


def _percent(line: Object) -> float | None:
    """The percentage of tax within the amount of a line; None where the line does not tell it.

    A tax has `inclusive` before API version 2025-03-31, and `tax_behavior` since.
    """
    percent = Fraction(0)
    taxes = items(line, "taxes") or items(line, "tax_amounts")
    for tax in taxes:
        amount, base = whole(tax, "amount"), whole(tax, "taxable_amount")
        if flag(tax, "inclusive") is not True and text(tax, "tax_behavior") != "inclusive":
            continue
        if amount is None or amount < 0:
            return None
        if amount:
            if base is None or base <= 0:
                return None
            percent += _rate(amount, base)
    return float(percent) if taxes else None


def _rate(tax: int, base: int) -> Fraction:
    """The shortest percentage that makes this tax of this base, both rounded to minor units."""
    exact = Fraction(tax * 100, base)
    for digits in _DIGITS:
        short = Fraction(round(exact * 10**digits), 10**digits)
        if round((tax + base) * short / (100 + short)) == tax:
            return short
    return exact
