"""The tax that a price includes, and the products of a coupon: MRR without tax, discounts of some products, backdated starts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from execops.books import backfill
from execops.context import Context
from execops.settings import Secret
from execops.sources.stripe.history import StripeHistory
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.fake_stripe import KEY, FakeStripe, Reply, Request, fail
from tests.integration.test_stripe_cases_mrr import (
    DAY,
    HALF,
    created,
    discount,
    in_every_order,
    item,
    level,
    moves,
    subscription,
    told,
    updated,
)
from tests.stripe_cases import NOW
from tests.stripe_events import fixture, invoice, take_in

Json = dict[str, Any]


def rate(percentage: float, *, inclusive: bool) -> Json:
    own = {"id": f"txr_{percentage}", "object": "tax_rate"}
    return own | {"percentage": percentage, "inclusive": inclusive}


@pytest.mark.parametrize(
    ("of_subscription", "of_item", "minor"),
    [
        ([rate(20.0, inclusive=True)], [], 10_000),
        ([], [rate(20.0, inclusive=True)], 10_000),
        (
            [rate(20.0, inclusive=True)],
            [rate(50, inclusive=True)],
            8_000,
        ),  # an item's own rates replace the others
        ([rate(20.0, inclusive=True)], [rate(20.0, inclusive=False)], 12_000),
        ([rate(20.0, inclusive=False)], [], 12_000),
        ([rate(12.5, inclusive=True), rate(7.5, inclusive=True)], [], 10_000),
    ],
)
async def test_the_tax_within_a_price_is_no_revenue(
    ctx: Context, of_subscription: list[Json], of_item: list[Json], minor: int
) -> None:
    entry = item(12_000) | {"tax_rates": of_item}
    await take_in(ctx, created("sub_1", entry, default_tax_rates=of_subscription))
    assert await level(ctx, "cus_1") == {"USD": minor}


async def test_a_discount_is_taken_off_before_the_tax_within(ctx: Context) -> None:
    entry = item(24_000, recurring={"interval": "year", "interval_count": 1})
    coupon = {"id": "SIX", "object": "coupon", "amount_off": 6_000, "currency": "usd", "duration": "forever"}
    applied = discount(source={"type": "coupon", "coupon": coupon})
    rates = [rate(20, inclusive=True)]
    await take_in(ctx, created("sub_1", entry, discounts=[applied], default_tax_rates=rates))
    assert await level(ctx, "cus_1") == {"USD": 1_250}  # (24,000 - 6,000) / 1.2 / 12


def invoiced(percent: int, at: int, *, old: bool = False, gross: int = 10_000) -> Json:
    """An invoice of `sub_1` whose tax Stripe Tax computed, in the shape of 2024 or of today."""
    tax = round(gross * percent / (100 + percent))
    tax_line: Json = {"amount": tax, "taxable_amount": gross - tax}
    entry: Json = {"id": "il_1", "object": "line_item", "amount": gross}
    if old:
        entry |= {"subscription_item": "si_0_10000", "tax_amounts": [tax_line | {"inclusive": True}]}
        owner: Json = {"subscription": "sub_1"}
    else:
        details = {"subscription": "sub_1", "subscription_item": "si_0_10000"}
        entry |= {"parent": {"type": "subscription_item_details", "subscription_item_details": details}}
        entry |= {"taxes": [tax_line | {"tax_behavior": "inclusive"}]}
        owner = {
            "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}}
        }
    settled = {"status": "paid", "amount_paid": gross, "amount_remaining": 0, "lines": {"data": [entry]}}
    return told("invoice.paid", invoice("in_1", automatic_tax={"enabled": True}, **settled, **owner), at)


@pytest.mark.parametrize("old", [False, True])
async def test_an_invoice_tells_the_automatic_tax_within_a_price(ctx: Context, old: bool) -> None:
    events = [created("sub_1", automatic_tax={"enabled": True}), invoiced(19, -90 * DAY, old=old)]
    await in_every_order(ctx, events, [(-90 * DAY, 8_403, "USD", "new")])


async def test_the_same_rate_of_another_amount_changes_no_revenue(ctx: Context) -> None:
    await take_in(ctx, created("sub_1", automatic_tax={"enabled": True}))
    for number, gross in enumerate((10_000, 30_000, 333)):
        await take_in(ctx, invoiced(19, (number - 90) * DAY, gross=gross))
        assert await moves(ctx, "cus_1") == [(-90 * DAY, 8_403, "USD", "new")]


async def test_a_reversed_charge_leaves_the_whole_price(ctx: Context) -> None:
    await take_in(ctx, created("sub_1", automatic_tax={"enabled": True}))
    await take_in(ctx, invoiced(0, -80 * DAY))
    assert await level(ctx, "cus_1") == {"USD": 10_000}


async def test_a_coupon_for_one_invoice_hides_no_discount_that_lasts(ctx: Context) -> None:
    """The invoices after the first one have the customer's discount again."""
    once = {"id": "WELCOME", "object": "coupon", "percent_off": 100, "duration": "once"}
    applied = discount(source={"type": "coupon", "coupon": once})
    of_customer = discount("di_c", subscription=None)
    events = [
        told("customer.discount.created", of_customer, -90 * DAY),
        created("sub_1", discounts=[applied]),
        updated("sub_1", at=-80 * DAY),
    ]
    await in_every_order(ctx, events, [(-90 * DAY, 5_000, "USD", "new")])


# The products of a coupon


@pytest.fixture
async def reading(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=20)
    async with open_context(settings, pool_size=12) as ctx:
        yield ctx


def two_products() -> list[Json]:
    entries = [item(4_000, number=1), item(6_000, number=2)]
    for entry, product in zip(entries, ("prod_1", "prod_2"), strict=True):
        entry["price"]["product"] = product
    return entries


def limited(fake: FakeStripe, coupon_id: str = "HALF-OFF") -> Json:
    """A coupon of the first product. The API tells the product where it is asked to, as Stripe's does."""
    coupon: Json = HALF | {"id": coupon_id}
    path = f"/v1/coupons/{coupon_id}"

    def answer(request: Request) -> Reply | None:
        if request.path != path:
            return None
        expands = request.params.get("expand[0]") == "applies_to"
        limits = {"applies_to": {"products": ["prod_1"]}} if expands else {}
        return Reply(body=json.dumps(coupon | limits).encode())

    fake.script = answer
    return coupon


async def fill(ctx: Context) -> None:
    history = StripeHistory(ctx.settings, rate=1000)
    try:
        await backfill.run(ctx, "stripe", history, since=datetime.fromtimestamp(NOW - 100 * DAY, UTC))
    finally:
        await history.close()


async def test_a_coupon_of_some_products_lowers_only_these(reading: Context, fake: FakeStripe) -> None:
    """No webhook tells the products: https://docs.stripe.com/api/coupons/object#coupon_object-applies_to."""
    applied = discount(source={"type": "coupon", "coupon": limited(fake)})
    await take_in(reading, created("sub_1", *two_products(), discounts=[applied]))
    assert await level(reading, "cus_1") == {"USD": 8_000}
    before = fake.paths().count("/v1/coupons/HALF-OFF")
    await take_in(reading, updated("sub_1", *two_products(), at=-DAY, discounts=[applied], status="past_due"))
    assert await level(reading, "cus_1") == {"USD": 8_000}
    assert (before, fake.paths().count("/v1/coupons/HALF-OFF")) == (1, 1)


@pytest.mark.parametrize("order", orders_of(("events", "backfill")))
async def test_a_backfill_and_events_take_off_the_same(
    ctx: Context, reading: Context, fake: FakeStripe, order: tuple[str, ...]
) -> None:
    """The context of the events has no key, so that only the backfill tells the products."""
    applied = discount(source={"type": "coupon", "coupon": limited(fake)})
    fake.add("subscriptions", subscription("sub_1", *two_products(), discounts=[applied]))
    for step in order:
        if step == "backfill":
            await fill(reading)
        else:
            await take_in(ctx, created("sub_1", *two_products(), discounts=[applied]))
    assert await moves(ctx, "cus_1") == [(-90 * DAY, 8_000, "USD", "new")]


async def test_a_backfill_asks_for_each_coupon_once(reading: Context, fake: FakeStripe) -> None:
    applied = discount(source={"type": "coupon", "coupon": limited(fake)})
    holder = fixture("customer", id="cus_2", created=NOW - 95 * DAY, livemode=True)
    fake.add("customers", holder | {"discount": applied | {"id": "di_2", "subscription": None}})
    fake.add("subscriptions", subscription("sub_1", *two_products(), discounts=[applied]))
    await fill(reading)
    assert fake.paths().count("/v1/coupons/HALF-OFF") == 1
    assert await level(reading, "cus_1") == {"USD": 8_000}


@pytest.mark.parametrize("of_customer", [False, True])
async def test_a_discount_of_a_customer_or_an_item_knows_its_products(
    reading: Context, fake: FakeStripe, of_customer: bool
) -> None:
    source = {"type": "coupon", "coupon": limited(fake)}
    entries = two_products()
    if of_customer:
        of_all = discount("di_c", subscription=None, source=source)
        await take_in(reading, told("customer.discount.created", of_all, -90 * DAY))
    else:
        entries[1]["discounts"] = [discount(subscription_item=entries[1]["id"], source=source)]
    await take_in(reading, created("sub_1", *entries))
    assert await level(reading, "cus_1") == {"USD": 8_000 if of_customer else 10_000}


@pytest.mark.parametrize("status", [404, 403])
async def test_a_coupon_that_cannot_be_read_applies_to_all(
    reading: Context, fake: FakeStripe, status: int
) -> None:
    """A deleted coupon still lowers the subscriptions that have it. A restricted key may not be allowed to read it."""
    fake.script = lambda request: (
        fail(status, "No such coupon", code="resource_missing") if "coupons" in request.path else None
    )
    applied = discount(source={"type": "coupon", "coupon": HALF})
    read = await take_in(reading, created("sub_1", *two_products(), discounts=[applied]))
    assert await level(reading, "cus_1") == {"USD": 5_000}
    assert not [entry for entry in read.outcome if "reads" in entry]


# Backdated


@pytest.mark.parametrize("order", orders_of(("events", "backfill")))
async def test_a_backdated_subscription_counts_from_its_creation(
    ctx: Context, reading: Context, fake: FakeStripe, order: tuple[str, ...]
) -> None:
    """It was not active before, as https://support.stripe.com/questions/billing-analytics counts."""
    backdated = {"start_date": NOW - 200 * DAY, "created": NOW - 50 * DAY}
    fake.add("subscriptions", subscription("sub_1", **backdated))
    for step in order:
        if step == "backfill":
            await fill(reading)
            assert await moves(ctx, "cus_1") == [(-50 * DAY, 10_000, "USD", "new")]
        else:
            await take_in(ctx, created("sub_1", at=-50 * DAY, **backdated))
    assert await moves(ctx, "cus_1") == [(-50 * DAY, 10_000, "USD", "new")]
