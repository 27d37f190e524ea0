"""Thresholds are in the currency of the company's books; an amount of another currency is compared at its rate."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from execops.books.facts import Facts
from execops.books.mrr import subscription_mrr
from execops.money import Money

_LARGE_MONTHS = 3  # of a customer's own MRR


def in_books(facts: Facts, amount: Money) -> Decimal | None:
    """The amount's worth in major units of the books' currency; None where no rate of its currency is set."""
    if amount.currency == facts.org["currency"]:
        return amount.major
    rate = dict(facts.org["rates"]).get(amount.currency)
    return None if rate is None else amount.major * Decimal(rate)


def is_large(facts: Facts, amount: Money, share: Fraction | int = 1) -> bool:
    """Whether an amount is at least `share` of the high amount.

    Without a rate it is large from three times the customer's own MRR in the same currency, whatever the share. An
    amount that can be compared with neither is not large.
    """
    worth = in_books(facts, amount)
    if worth is not None:
        high = facts.org["high_amount"]
        return worth >= high if share == 1 else Fraction(worth) >= Fraction(high) * share
    own = _own_mrr(facts, amount.currency)
    return own > 0 and amount.minor >= _LARGE_MONTHS * own


def below(facts: Facts, amount: Money, floor: int) -> bool:
    """Whether an amount is less than `floor` major units of the books' currency; without a rate it is not."""
    worth = in_books(facts, amount)
    return worth is not None and worth < floor


def _own_mrr(facts: Facts, currency: str) -> int:
    """The customer's MRR in a currency, in minor units; zero where it is not wholly known."""
    if any(subscription_mrr(subscription, facts.today).unknown for subscription in facts.subscriptions):
        return 0
    return sum(mrr.minor for mrr in facts.mrr() if mrr.currency == currency)
