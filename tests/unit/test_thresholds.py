"""Thresholds hold in the company's money: another currency is compared at its rate, or by the customer's own MRR."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from execops.books.facts import Facts
from execops.money import Money
from execops.plays.thresholds import below, in_books, is_large
from tests.facts import facts

RATES = [["EUR", "1.08"], ["JPY", "0.0065"], ["KWD", "3.25"]]


def with_rates(**changes: Any) -> Facts:
    return facts(org={"rates": RATES}, **changes)


def subscription(unit_amount: int | None, currency: str = "JPY", **changes: Any) -> dict[str, Any]:
    """A paying subscription of one item a month."""
    item = {
        "unit_amount": unit_amount,
        "currency": currency,
        "quantity": 1,
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
    }
    return {"id": f"sub_{unit_amount}", "status": "active", "items": [item], **changes}


@pytest.mark.parametrize(
    ("minor", "currency", "worth"),
    [
        (100_000, "USD", "1000.00"),
        (100_000, "EUR", "1080"),
        (1_200, "JPY", "7.8"),
        (1_000, "KWD", "3.25"),
        (-100_000, "EUR", "-1080"),
        (2**63 - 1, "JPY", "59951918239556042.7455"),
    ],
)
def test_an_amount_has_its_worth_in_the_books(minor: int, currency: str, worth: str) -> None:
    assert in_books(with_rates(), Money(minor, currency)) == Decimal(worth)


def test_the_books_currency_is_never_converted() -> None:
    books = facts(org={"currency": "EUR", "rates": [["EUR", "1.08"], ["USD", "0.93"]]})
    assert in_books(books, Money(100_000, "EUR")) == 1000
    assert in_books(books, Money(100_000, "USD")) == 930


def test_an_amount_without_a_rate_has_no_worth() -> None:
    assert in_books(with_rates(), Money(100, "GBP")) is None
    assert in_books(facts(), Money(100, "EUR")) is None


def test_rates_are_read_from_a_thread_too() -> None:
    read_back = Facts.from_json(json.loads(json.dumps(facts(org={"rates": (("EUR", "1.08"),)}).to_json())))
    assert in_books(read_back, Money(100, "EUR")) == Decimal("1.08")


@pytest.mark.parametrize(
    ("minor", "currency", "large"),
    [
        (100_000, "USD", True),
        (99_999, "USD", False),
        (92_593, "EUR", True),  # 925.93 × 1.08 = 1,000.0044
        (92_592, "EUR", False),  # 925.92 × 1.08 = 999.9936
        (1_200, "JPY", False),
        (153_847, "JPY", True),  # × 0.0065 = 1,000.0055
        (153_846, "JPY", False),  # × 0.0065 = 999.999
    ],
)
def test_large_begins_at_the_high_amount_of_the_books(minor: int, currency: str, large: bool) -> None:
    assert is_large(with_rates(), Money(minor, currency)) is large


def test_a_share_of_the_high_amount_can_be_asked_for() -> None:
    assert is_large(facts(), Money(10_000, "USD"), share=Fraction(1, 10))
    assert not is_large(facts(), Money(9_999, "USD"), share=Fraction(1, 10))


def test_without_a_rate_three_times_the_customers_own_mrr_is_large() -> None:
    customer = facts(subscriptions=[subscription(1_000), subscription(500)])
    assert is_large(customer, Money(4_500, "JPY"))
    assert not is_large(customer, Money(4_499, "JPY"))
    assert not is_large(customer, Money(1_500, "JPY"), share=Fraction(1, 10)), "a share is of the high amount"


def test_a_rate_goes_before_the_customers_own_mrr() -> None:
    assert not is_large(with_rates(subscriptions=[subscription(300)]), Money(1_200, "JPY"))


@pytest.mark.parametrize(
    "subscriptions",
    [
        [],
        [subscription(300, "EUR")],  # an MRR in another currency tells nothing of yen
        [subscription(300), subscription(None)],  # an MRR that is not wholly known may be any
        [subscription(300, status="trialing")],
    ],
)
def test_an_amount_that_cannot_be_compared_is_not_large(subscriptions: list[dict[str, Any]]) -> None:
    assert not is_large(facts(subscriptions=subscriptions), Money(1_200, "JPY"))


@pytest.mark.parametrize(
    ("minor", "currency", "is_below"),
    [
        (49_999, "USD", True),
        (50_000, "USD", False),
        (46_296, "EUR", True),  # × 1.08 = 499.9968
        (46_297, "EUR", False),  # × 1.08 = 500.0076
        (50_000, "JPY", True),
        (76_924, "JPY", False),  # × 0.0065 = 500.006
        (1, "GBP", False),  # no rate
    ],
)
def test_a_floor_is_in_the_books_currency(minor: int, currency: str, is_below: bool) -> None:
    assert below(with_rates(), Money(minor, currency), 500) is is_below
