"""Facts: the figures beside a draft agree with figures computed by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execops.books.facts import Facts
from execops.money import Money
from tests.facts import facts


def item(unit_amount: int | None, interval: str | None = "month", **changes: Any) -> dict[str, Any]:
    return {
        "unit_amount": unit_amount,
        "currency": "USD",
        "interval": interval,
        "interval_count": 1,
        "usage_type": "licensed",
        "quantity": 1,
    } | changes


def subscription(*items: dict[str, Any], status: str = "active") -> dict[str, Any]:
    return {"id": "sub_1", "status": status, "items": list(items)}


@pytest.mark.parametrize(
    ("items", "minor"),
    [
        ([item(4900)], 4900),
        ([item(4900, quantity=3)], 14700),
        ([item(120000, "year")], 10000),  # 1,200.00 ÷ 12
        ([item(30000, interval_count=3)], 10000),  # a quarter: 300.00 ÷ 3
        ([item(1200, "week")], 5200),  # 12.00 × 52 ÷ 12
        ([item(1200, "week", interval_count=2)], 2600),
        ([item(120, "day")], 3650),  # 1.20 × 365 ÷ 12
        ([item(1000, "year")], 83),  # 83.33… rounded once, at the end
        ([item(1000, "year"), item(1000, "year"), item(1000, "year")], 250),
        ([item(4900, quantity=0)], 0),
    ],
)
def test_mrr_is_unit_amount_times_quantity_by_months(items: list[dict[str, Any]], minor: int) -> None:
    assert facts(subscriptions=[subscription(*items)]).mrr() == [Money(minor, "USD")]


@pytest.mark.parametrize(
    "one",
    [
        item(None),  # a price in tiers has no amount before it is used
        item(4900, usage_type="metered"),
        item(4900, None),
        item(4900, "fortnight"),
        item(4900, currency=None),
        item(4900, interval_count=0),
    ],
)
def test_mrr_leaves_out_items_without_a_fixed_price(one: dict[str, Any]) -> None:
    assert facts(subscriptions=[subscription(one)]).mrr() == []


def test_mrr_counts_paying_subscriptions_only() -> None:
    states = ["active", "past_due", "unpaid", "trialing", "canceled", "incomplete", "paused"]
    many = [subscription(item(100), status=status) for status in states]
    assert facts(subscriptions=many).mrr() == [Money(200, "USD")]  # Stripe counts an unpaid one as churned


def test_mrr_never_adds_currencies() -> None:
    one = subscription(item(4900), item(1000, currency="JPY"), item(5000, currency="EUR"))
    assert facts(subscriptions=[one]).mrr() == [Money(5000, "EUR"), Money(1000, "JPY"), Money(4900, "USD")]


def test_a_customers_own_snapshot_comes_before_the_invoice() -> None:
    invoice = {"customer_name": "Old name", "customer_email": "old@acme.example"}
    assert facts(state=invoice).customer_email == "old@acme.example"
    current = facts(state=invoice, customer={"name": "Acme", "email": "new@acme.example"})
    assert (current.customer_name, current.customer_email) == ("Acme", "new@acme.example")
    assert facts(state=invoice, customer={"name": None, "email": None}).customer_name == "Old name"
    assert facts().customer_name is None


def test_a_deleted_customer_has_no_address() -> None:
    gone = facts(state={"customer_email": "old@acme.example"}, customer={"deleted": True})
    assert gone.customer_email is None


def test_facts_survive_json() -> None:
    current = facts(subscriptions=[subscription(item(1))], paid=[{"currency": "USD", "amount_minor": 1}])
    assert Facts.from_json(json.loads(json.dumps(current.to_json()))) == current


def test_an_answer_about_facts_is_computed_once_and_is_no_part_of_them() -> None:
    calls: list[Facts] = []

    def read(about: Facts) -> int:
        calls.append(about)
        return len(calls)

    first = facts()
    assert [first.once(read), first.once(read)] == [1, 1]
    assert first == facts()
    assert Facts.from_json(first.to_json()).once(read) == 2
