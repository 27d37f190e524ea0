"""Thresholds are in the currency of the company's books; an amount of another currency is compared at its rate.

Several amounts are compared by their sum, which has a worth where each of them has a rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from execops.books.facts import Facts
from execops.books.mrr import subscription_mrr
from execops.money import Money, decimals, storable

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


def are_large(facts: Facts, amounts: Sequence[Money]) -> bool:
    """Whether these amounts together are at least the high amount. One without a rate is compared as in `is_large`."""
    worth, without_rate = _compared(facts, amounts)
    with_rate = len(without_rate) < len(amounts)
    return (with_rate and worth >= facts.org["high_amount"]) or any(
        is_large(facts, amount) for amount in without_rate
    )


def at_stake(facts: Facts, amounts: Sequence[Money]) -> Money:
    """The one amount that stands for all of these, by which limits and approvals are decided. `amounts` is not empty.

    It is their sum, in the currency of the books where they have several. An amount without a rate takes the place of the
    sum: no limit of another currency allows it, and two operators approve it. A sum beyond 64 bits gives way to the largest amount.
    """
    minor: dict[str, int] = {}
    for amount in amounts:
        minor[amount.currency] = minor.get(amount.currency, 0) + amount.minor
    sums = [Money(total_minor, currency) for currency, total_minor in minor.items()]
    worth, without_rate = _compared(facts, sums)
    if len(sums) > 1 and not without_rate:
        books = facts.org["currency"]
        in_minor = worth.scaleb(decimals(books)).to_integral_value(ROUND_HALF_UP)
        return _stored(int(in_minor), books, amounts)
    largest = max(without_rate if len(sums) > 1 else sums, key=lambda amount: amount.major)
    parts = [amount for amount in amounts if amount.currency == largest.currency]
    return _stored(largest.minor, largest.currency, parts)


def below(facts: Facts, amount: Money, floor: int) -> bool:
    """Whether an amount is less than `floor` major units of the books' currency; without a rate it is not."""
    worth = in_books(facts, amount)
    return worth is not None and worth < floor


def all_below(facts: Facts, amounts: Sequence[Money], floor: int) -> bool:
    """Whether these amounts together are less than `floor` major units of the books' currency.

    They are not where one of them has no rate.
    """
    worth, without_rate = _compared(facts, amounts)
    return not without_rate and worth < floor


def _compared(facts: Facts, amounts: Sequence[Money]) -> tuple[Decimal, list[Money]]:
    """The worth in the books of the amounts that have a rate, and the amounts that have none."""
    worths = [(amount, in_books(facts, amount)) for amount in amounts]
    worth = sum((worth for _, worth in worths if worth is not None), Decimal(0))
    return worth, [amount for amount, worth in worths if worth is None]


def _stored(minor: int, currency: str, amounts: Sequence[Money]) -> Money:
    return Money(minor, currency) if storable(minor) else max(amounts, key=lambda amount: amount.major)


def _own_mrr(facts: Facts, currency: str) -> int:
    """The customer's MRR in a currency, in minor units; zero where it is not wholly known."""
    if any(subscription_mrr(subscription, facts.today).unknown for subscription in facts.subscriptions):
        return 0
    return sum(mrr.minor for mrr in facts.mrr() if mrr.currency == currency)
