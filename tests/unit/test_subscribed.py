"""A customer's plans in words: name, quantity, price, interval, and the state of each subscription."""

from __future__ import annotations

from typing import Any

import pytest

from execops.plays import subscribed
from tests.facts import facts


def item(**changes: Any) -> dict[str, Any]:
    return {
        "nickname": "Pro",
        "unit_amount": 4900,
        "currency": "USD",
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "quantity": 1,
    } | changes


def subscription(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": "sub_1", "status": "active", "items": list(items)} | changes


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([item()], "Pro, $49.00 a month; active"),
        ([item(quantity=5)], "Pro × 5, $49.00 a month each; active"),
        ([item(nickname=None)], "$49.00 a month; active"),
        ([item(nickname=None, quantity=3)], "$49.00 a month × 3; active"),
        ([item(interval_count=3)], "Pro, $49.00 every 3 months; active"),
        ([item(interval="year", unit_amount=50_000)], "Pro, $500.00 a year; active"),
        ([item(unit_amount="0.5")], "Pro, 0.005 USD a month; active"),
        ([item(unit_amount=98_000, currency="JPY")], "Pro, ¥98,000 a month; active"),
        ([item(usage_type="metered", unit_amount=None)], "Pro, by usage; active"),
        ([item(unit_amount=None, tiers=[{}])], "Pro, by tiers; active"),
        ([item(unit_amount=None, nickname=None, quantity=3)], "active"),
        ([item(), item(nickname="Seats", unit_amount=900, quantity=12)],
         "Pro, $49.00 a month + Seats × 12, $9.00 a month each; active"),
        ([item()] * 5, "Pro, $49.00 a month + Pro, $49.00 a month + Pro, $49.00 a month + 2 more; active"),
        ([], "active"),
    ],
)  # fmt: skip
def test_a_plan_has_name_quantity_price_and_interval(items: list[dict[str, Any]], words: str) -> None:
    current = facts(subscriptions=[subscription(*items)])
    assert subscribed.plans(current) == [("Plan", words)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "past_due"}, "past due"),
        ({"status": "unpaid"}, "unpaid, Stripe has stopped collecting"),
        ({"status": "trialing", "trial_end": "2026-11-30T00:00:00+00:00"}, "in trial until 30 November 2026"),
        ({"status": "incomplete"}, "not begun, its first payment is missing"),
        ({"paused": True}, "active, collection paused"),
        ({"status": "paused"}, "paused"),
        (
            {"cancel_at_period_end": True, "current_period_end": "2026-12-01T00:00:00+00:00"},
            "active, ends on 1 December 2026",
        ),
        ({"status": "canceled", "ended_at": "2026-11-01T00:00:00+00:00"}, "ended on 1 November 2026"),
        ({"status": "canceled"}, "ended"),
    ],
)
def test_a_plan_says_how_its_subscription_stands(changes: dict[str, Any], words: str) -> None:
    assert subscribed.plans(facts(subscriptions=[subscription(**changes)])) == [("Plan", words)]


def test_an_ended_plan_is_named_only_where_none_goes_on() -> None:
    old = subscription(
        item(nickname="Old"), id="sub_0", status="canceled", ended_at="2026-01-01T00:00:00+00:00"
    )
    last = subscription(
        item(nickname="Last"), id="sub_2", status="canceled", ended_at="2026-06-01T00:00:00+00:00"
    )
    assert subscribed.plans(facts(subscriptions=[old, last])) == [
        ("Plan", "Last, $49.00 a month; ended on 1 June 2026")
    ]
    running = [subscription(item(nickname=f"Plan {number}")) for number in range(5)]
    pairs = subscribed.plans(facts(subscriptions=[old, *running]))
    assert [label for label, _ in pairs] == ["Plan", "Plan", "Plan", "More plans"]
    assert pairs[-1] == ("More plans", "2")
    assert subscribed.plans(facts()) == []


def test_the_billing_reason_and_the_lines_are_told_once() -> None:
    renewal = {"billing_reason": "subscription_cycle", "lines": ["1 × Pro (at $49.00 / month)"]}
    assert subscribed.billed_for(renewal, renewal) == [
        ("Billed for", "a renewal: 1 × Pro (at $49.00 / month)")
    ]
    assert subscribed.billed_for({"billing_reason": "manual"}) == [("Billed for", "a one-off invoice")]
    assert subscribed.billed_for({"billing_reason": "unheard_of", "lines": []}) == []


@pytest.mark.parametrize("amount", ["1e999999", "-1e400000", "1e-999999", "NaN", "Infinity", "many", 10**40])
def test_a_price_beyond_all_sums_is_not_written_out(amount: object) -> None:
    priced = {"nickname": "Team", "unit_amount": amount, "currency": "USD", "interval": "month"}
    assert subscribed.plan(facts(), {"items": [priced], "status": "active"}) == "Team; active"
