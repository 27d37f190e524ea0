"""The plan of a subscription: its next payment, its name, and the fields that Stripe's objects rarely tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from execops.books.mrr import one_payment, subscription_mrr
from execops.model import Json
from execops.money import Money
from execops.plays import plans
from execops.sources.stripe.event_effects import read_object
from execops.sources.stripe.fields import Notice
from tests.facts import facts
from tests.stripe_events import fixture

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def item(amount: int = 4900, **changes: Any) -> Json:
    return {
        "unit_amount": amount,
        "quantity": 1,
        "currency": "USD",
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
    } | changes


def state(*items: Json, **changes: Any) -> Json:
    return {"status": "trialing", "items": list(items) or [item()], "discounts": []} | changes


HALF = {"id": "di_1", "percent_off": 50, "duration": "forever"}


@pytest.mark.parametrize(
    ("subscription", "amount"),
    [
        (state(), 4900),
        (state(item(quantity=3)), 14_700),
        (state(item(), item(1000)), 5900),
        (state(item(49_000, interval="year")), 49_000),
        (state(item(500, interval="week")), 500),
        (state(item(500, interval="day", interval_count=10)), 500),
        (state(item(9000, interval_count=3)), 9000),
        (state(item(0)), 0),
        (state(item(12_000, tax_within=20.0)), 12_000),  # the invoice asks for the tax in it too
        (state(discounts=[HALF]), 2450),
        (state(discounts=[HALF | {"end": "2026-11-01T00:00:00+00:00"}]), 4900),
        (state(status="past_due", paused=True), 4900),
        (state(discounts=[HALF | {"duration": "once"}]), None),
        (state(discounts=[{"id": "di_1", "duration": None}]), None),
        (state(item(), item(49_000, interval="year")), None),
        (state(item(usage_type="metered")), None),
        (state(item(), item(usage_type="metered")), None),
        (state(item(), item(currency="EUR")), None),
        (state(item(unit_amount=None)), None),
        (state(unresolved=["items"]), None),
        (state(items=[]), None),
    ],
)
def test_one_payment_is_the_amount_of_each_invoice_or_not_known(
    subscription: Json, amount: int | None
) -> None:
    assert one_payment(subscription, NOW) == (None if amount is None else Money(amount, "USD"))


TIERS = [{"up_to": 1, "unit": "0.5", "flat": "0"}, {"up_to": None, "unit": "0.5", "flat": "0"}]


@pytest.mark.parametrize(
    ("items", "minor"),
    [
        ([item(unit_amount="0.5", quantity=1001)], 501),
        ([item(unit_amount="0.5", quantity=1003)], 502),
        ([item(unit_amount="0.05", quantity=30)], 2),  # the example of Stripe's page
        ([item(30, interval="year")], 3),
        ([item(unit_amount="0.5"), item(unit_amount="0.5")], 2),  # each line of an invoice by itself
        ([item(unit_amount=None, tiers=TIERS, tiers_mode="graduated", quantity=2)], 2),
        ([item(unit_amount=None, tiers=TIERS, tiers_mode="volume", quantity=3)], 2),
        ([item(unit_amount="0.49")], 0),
    ],
)
def test_half_a_cent_is_rounded_up_as_on_an_invoice(items: list[Json], minor: int) -> None:
    """https://docs.stripe.com/billing/subscriptions/decimal-amounts, "Rounding"."""
    subscription = state(*items, status="active")
    assert subscription_mrr(subscription, NOW).money() == [Money(minor, "USD")]
    assert facts(subscriptions=[subscription]).mrr() == [Money(minor, "USD")]


def test_a_discount_of_the_customer_leaves_the_payment_unknown() -> None:
    assert plans.payment(facts(), state(), NOW) == Money(4900, "USD")
    assert plans.payment(facts(customer={"discounted": True}), state(), NOW) is None


@pytest.mark.parametrize(
    ("subscription", "name"),
    [
        (state(description="Team, yearly"), "Team, yearly"),
        (state(item(nickname="Team")), "Team"),
        (state(item(nickname="team_usd_2026")), None),
        (state(item(nickname="Team"), item(nickname="Seats")), None),
        (state(), None),
    ],
)
def test_a_plan_has_a_name_only_where_one_is_meant_for_the_customer(
    subscription: Json, name: str | None
) -> None:
    assert plans.name(facts(), subscription) == name


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["1 × Team (at $49.00 / month)"], "Team"),
        (["12 × Team (EU) (at €9.00 / month)"], "Team (EU)"),
        (["1,200 × Seat (at $1.00 / year)"], "Seat"),
        (["1 × Équipe"], "Équipe"),
        (["5 × Team (Tier 1 at $9.00 / month)", "2 × Team (Tier 2 at $7.00 / month)"], "Team"),
        (["Trial period for Team"], "Team"),
        (["1 × Team (at $49.00 / month)", "Unused time on Pro after 16 May 2026"], None),
        (["1 × Team (at $49.00 / month)", "2 × Extra seats (at $5.00 / month)"], None),
        (["Consulting in May"], None),
        (["1 × " + "Team " * 9], None),
        ([], None),
    ],
)
def test_the_name_of_the_product_stands_on_the_invoices_of_the_subscription(
    lines: list[str], name: str | None
) -> None:
    billed: Json = {"id": "in_1", "subscription": "sub_1", "lines": lines, "as_of": NOW.isoformat()}
    another = billed | {"id": "in_2", "subscription": "sub_2", "lines": ["1 × Storage (at $9.00 / month)"]}
    about = facts(invoices=[billed, another])
    assert plans.name(about, state(item(nickname="team_2026"), id="sub_1")) == name
    assert plans.name(about, state(item(nickname="team_2026"), id="sub_1", description="Mine")) == "Mine"


def read(name: str, **changes: Any) -> Json:
    notice = Notice(occurred_at=NOW, type="test")
    return read_object(notice, fixture(name, **changes)).snapshots[0].state


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, None),
        ({"tax_percent": 19.0}, True),
        ({"automatic_tax": {"enabled": True}}, True),
        ({"default_tax_rates": [{"id": "txr_1", "inclusive": False}]}, True),
        ({"default_tax_rates": [{"id": "txr_1", "inclusive": True}]}, None),
    ],
)
def test_tax_on_top_is_read_where_it_may_come(changes: Json, told: bool | None) -> None:
    assert read("subscription", **changes).get("tax_on_top") is told


def test_an_inclusive_price_has_no_tax_on_top() -> None:
    shape = fixture("subscription", automatic_tax={"enabled": True})
    shape["items"]["data"][0]["price"]["tax_behavior"] = "inclusive"
    assert "tax_on_top" not in read("subscription", **shape)


@pytest.mark.parametrize(
    ("missing", "told"), [("create_invoice", None), ("cancel", "cancel"), ("pause", "pause")]
)
def test_the_end_of_a_trial_is_read_where_stripe_makes_no_invoice(missing: str, told: str | None) -> None:
    settings = {"end_behavior": {"missing_payment_method": missing}}
    assert read("subscription", trial_settings=settings).get("missing_method") == told


def test_a_subscription_that_never_began_is_told_apart_from_one_that_ended() -> None:
    assert read("subscription", status="incomplete_expired")["never_began"] is True
    assert "never_began" not in read("subscription", status="canceled")


@pytest.mark.parametrize(("changes", "credit"), [({"balance": -500}, 500), ({"balance": 0}, 0)])
def test_a_credit_is_a_balance_below_zero(changes: Json, credit: int) -> None:
    assert plans.credit(facts(customer=read("customer", **changes))) == credit


def test_an_old_version_calls_the_balance_otherwise() -> None:
    shape = fixture("customer", account_balance=-700)
    del shape["balance"]
    notice = Notice(occurred_at=NOW, type="test")
    assert read_object(notice, shape).snapshots[0].state["balance"] == -700


def test_an_invoice_to_come_tells_nothing() -> None:
    notice = Notice(occurred_at=NOW, type="invoice.upcoming")
    assert read_object(notice, fixture("invoice", id="upcoming_in_1", status="open")).snapshots == ()


@pytest.mark.parametrize(
    ("details", "wallet"),
    [
        ({"wallet": {"type": "apple_pay"}}, "apple_pay"),
        ({"wallet": None, "tokenization_method": "android_pay"}, "android_pay"),
        ({"wallet": None}, None),
    ],
)
def test_the_wallet_of_a_card_is_read(details: Json, wallet: str | None) -> None:
    assert read("payment_method", card={"brand": "visa"} | details).get("wallet") == wallet


@pytest.mark.parametrize(
    ("newer", "name"),
    [
        ({"lines": ["1 × Pro (at $99.00 / month)"]}, "Pro"),
        ({"lines": ["Remaining time on Pro after 16 May 2026"]}, None),
        ({"lines": ["1 × Setup"], "billing_reason": "manual"}, "Team"),
    ],
)
def test_the_newest_renewal_names_the_plan(newer: Json, name: str | None) -> None:
    older: Json = {"id": "in_1", "subscription": "sub_1", "lines": ["1 × Team (at $49.00 / month)"]}
    older |= {"as_of": NOW.isoformat(), "created": "2026-10-01T00:00:00+00:00"}
    about = facts(invoices=[older, older | {"id": "in_2", "created": "2026-11-01T00:00:00+00:00"} | newer])
    assert plans.name(about, state(item(nickname="team_2026"), id="sub_1")) == name
