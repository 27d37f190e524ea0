"""MRR in cases that a person who runs billing for years knows: figures computed by hand, in every order of arrival."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from execops.books import backfill, facts
from execops.books.facts import About
from execops.canvas.result import Answer
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.plays import wording
from execops.settings import Secret
from execops.sources.stripe.history import StripeHistory
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.fake_stripe import KEY, FakeStripe
from tests.stripe_cases import NOW, load_case
from tests.stripe_events import event, fixture, take_in

DAY = 86_400
Json = dict[str, Any]


async def moves(ctx: Context, customer: str) -> list[tuple[int, int, str, str]]:
    """The movements of a customer's MRR: seconds from now, minor units, currency, kind."""
    rows = await records.rows(
        ctx,
        "select at, delta_minor, currency, kind from mrr_changes where customer = %s order by at, currency",
        customer,
    )
    return [
        (int(row["at"].timestamp()) - NOW, row["delta_minor"], row["currency"], row["kind"]) for row in rows
    ]


async def level(ctx: Context, customer: str, at: int = NOW) -> dict[str, int]:
    """The MRR of a customer at a moment."""
    rows = await records.rows(
        ctx,
        "select currency, sum(delta_minor)::bigint as level from mrr_changes"
        " where customer = %s and at <= to_timestamp(%s) group by 1 having sum(delta_minor) <> 0",
        customer,
        at,
    )
    return {row["currency"]: row["level"] for row in rows}


async def forget(ctx: Context) -> None:
    """Forget what was taken in, so that the same events can arrive in another order."""
    for table in ("mrr_changes", "mrr_levels", "snapshots"):
        await records.run(ctx, f"delete from {table}")
    await records.run(ctx, "update events set dedupe_key = id::text")


async def answer(ctx: Context, metric: str, as_of: date = date(2026, 9, 21), **params: Any) -> Answer:
    """The canvas's answer about the month of the cases."""
    async with open_canvas(ctx) as canvas:
        period = {"from": date(2026, 9, 1), "to": date(2026, 10, 1)}
        return await canvas.answer(metric, period | params, as_of)


async def left_out(ctx: Context, subscription: str) -> list[str]:
    """The parts that the latest state of a subscription names and that nobody told."""
    [row] = await records.rows(ctx, "select state from snapshots where object_id = %s", subscription)
    unresolved: list[str] = row["state"]["unresolved"]
    return unresolved


def price(amount: int | None, **changes: Any) -> Json:
    recurring = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
    return {
        "id": f"price_{amount}",
        "object": "price",
        "currency": "usd",
        "unit_amount": amount,
        "recurring": recurring,
    } | changes


def item(amount: int | None = 10_000, *, quantity: int = 1, number: int = 0, **changes: Any) -> Json:
    own = {"id": f"si_{number}_{amount}", "object": "subscription_item", "quantity": quantity}
    return own | {"price": price(amount, **changes), "discounts": []}


def subscription(id_: str, *items: Json, **changes: Any) -> Json:
    return {
        "id": id_,
        "object": "subscription",
        "customer": "cus_1",
        "status": "active",
        "currency": "usd",
        "created": NOW - 90 * DAY,
        "start_date": NOW - 90 * DAY,
        "discounts": [],
        "items": {"object": "list", "data": list(items or [item()]), "has_more": False},
        "livemode": True,
    } | changes


def told(type_: str, stripe_object: Json, at: int) -> Json:
    """An event about an object, at a moment counted from now."""
    return event(type_, stripe_object, created=NOW + at)


def created(id_: str, *items: Json, at: int = -90 * DAY, **changes: Any) -> Json:
    return told("customer.subscription.created", subscription(id_, *items, **changes), at)


def updated(id_: str, *items: Json, at: int, **changes: Any) -> Json:
    return told("customer.subscription.updated", subscription(id_, *items, **changes), at)


def deleted(id_: str, *items: Json, at: int, **changes: Any) -> Json:
    ended = {"status": "canceled", "ended_at": NOW + at} | changes
    return told("customer.subscription.deleted", subscription(id_, *items, **ended), at)


def discount(id_: str = "di_1", **changes: Any) -> Json:
    coupon = {"id": "HALF", "object": "coupon", "percent_off": 50, "duration": "forever"}
    return {
        "id": id_,
        "object": "discount",
        "customer": "cus_1",
        "subscription": "sub_1",
        "source": {"type": "coupon", "coupon": coupon},
        "start": NOW - 90 * DAY,
        "end": None,
    } | changes


NAMED = {"type": "coupon", "coupon": "HALF"}  # a source whose coupon is only an id
HALF = discount()["source"]["coupon"]


async def in_every_order(ctx: Context, events: list[Json], expected: list[tuple[int, int, str, str]]) -> None:
    """Take in a customer's events in every order, each order for a customer of its own."""
    for number, order in enumerate(orders_of(events)):
        ours = [_renamed(payload, f"_{number}") for payload in order]
        for payload in ours:
            await take_in(ctx, payload)
        assert await moves(ctx, f"cus_1_{number}") == expected, [payload["type"] for payload in order]


def _renamed(value: Any, suffix: str) -> Any:
    """The same objects of another customer, with other ids."""
    if isinstance(value, dict):
        return {name: _renamed(entry, suffix) for name, entry in value.items()}
    if isinstance(value, list):
        return [_renamed(entry, suffix) for entry in value]
    own = isinstance(value, str) and value.startswith(
        ("cus_", "sub_", "di_", "si_", "price_", "evt_", "HALF")
    )
    return value + suffix if own and not value.startswith("sub_sched") else value


# The cases


async def test_a_coupon_that_ended_is_taken_off_no_more(ctx: Context) -> None:
    for order in orders_of(load_case("coupon_ended")):
        for payload in order:
            await take_in(ctx, payload)
        assert await level(ctx, "cus_promo") == {"SEK": 10_000}
        assert await moves(ctx, "cus_promo") == [
            (-120 * DAY, 5_000, "SEK", "new"),
            (-30 * DAY, 5_000, "SEK", "expansion"),
        ]
        await forget(ctx)


async def test_a_list_of_items_that_goes_on_is_not_whole(ctx: Context) -> None:
    for payload in load_case("items_has_more"):
        await take_in(ctx, payload)
    answers = {name: await answer(ctx, name) for name in ("mrr", "churn")}
    assert answers["mrr"].rows == ((date(2026, 9, 1), "CHF", 20_000, 20_000),)
    for unknown in (answers["mrr"].unknown, answers["churn"].unknown):
        assert unknown is not None
        assert "1 subscription is known only in part (more items than Stripe listed)" in unknown
        assert "execops backfill stripe --restart" in unknown
    assert await left_out(ctx, "sub_manyseats") == ["items"]
    [row] = await records.rows(ctx, "select level_minor, left_out from mrr_levels")
    assert (row["level_minor"], row["left_out"]) == (20_000, ["items"])


async def test_a_move_to_another_plan_is_no_churn(ctx: Context) -> None:
    events = load_case("moved_subscription")
    for order in orders_of(events):
        for payload in order:
            await take_in(ctx, payload)
        assert await moves(ctx, "cus_moved") == [
            (-60 * DAY, 10_000, "DKK", "new"),
            (-2 * DAY, 2_000, "DKK", "expansion"),
        ]
        await forget(ctx)


async def test_a_price_for_packages_counts_packages(ctx: Context) -> None:
    for payload in load_case("transform_quantity"):
        await take_in(ctx, payload)
    assert await level(ctx, "cus_packs") == {"GBP": 5_000}


# Prices

GRADUATED = [
    {"up_to": 5, "unit_amount": 1000, "flat_amount": 500},
    {"up_to": 10, "unit_amount": 800, "flat_amount": None},
    {"up_to": None, "unit_amount_decimal": "0.5", "flat_amount": None},
]


@pytest.mark.parametrize(
    ("mode", "quantity", "minor"),
    [
        ("graduated", 0, 500),
        ("graduated", 5, 5_500),
        ("graduated", 7, 7_100),  # 5 × 10.00 + 5.00 + 2 × 8.00
        ("graduated", 20, 9_505),  # … + 5 × 8.00 + 10 × 0.005
        ("volume", 5, 5_500),
        ("volume", 7, 5_600),
        ("volume", 20, 10),
    ],
)
async def test_a_price_in_tiers_is_its_tiers(ctx: Context, mode: str, quantity: int, minor: int) -> None:
    tiers: Json = {"billing_scheme": "tiered", "tiers_mode": mode, "tiers": GRADUATED}
    await take_in(ctx, created("sub_1", item(None, quantity=quantity, **tiers)))
    assert await level(ctx, "cus_1") == {"USD": minor}


@pytest.mark.parametrize(
    ("rounding", "quantity", "minor"), [("up", 401, 5_000), ("down", 499, 4_000), ("up", 0, 0)]
)
async def test_packages_are_rounded_as_the_price_says(
    ctx: Context, rounding: str, quantity: int, minor: int
) -> None:
    packages: Json = {"transform_quantity": {"divide_by": 100, "round": rounding}}
    await take_in(ctx, created("sub_1", item(1_000, quantity=quantity, **packages)))
    assert await level(ctx, "cus_1") == ({"USD": minor} if minor else {})


async def test_a_plan_for_packages_counts_packages(ctx: Context) -> None:
    plan = {"id": "plan_1", "amount": 1_000, "currency": "usd", "interval": "month"}
    plan["transform_usage"] = {"divide_by": 100, "round": "up"}
    await take_in(ctx, created("sub_1", {"id": "si_1", "quantity": 450, "plan": plan}))
    assert await level(ctx, "cus_1") == {"USD": 5_000}


async def test_a_price_in_another_currency_has_another_amount(ctx: Context) -> None:
    """A price of several currencies shows its default one, whatever the subscription pays in."""
    await take_in(ctx, created("sub_1", item(10_000), currency="eur"))
    assert await level(ctx, "cus_1") == {}
    assert await left_out(ctx, "sub_1") == ["price:price_10000"]
    options = {"eur": {"unit_amount": 9_000, "unit_amount_decimal": "9000"}}
    await take_in(ctx, told("price.updated", price(10_000, currency_options=options), 0))
    assert await level(ctx, "cus_1") == {"EUR": 9_000}
    assert await left_out(ctx, "sub_1") == []


async def test_a_change_to_an_unknown_price_is_no_churn(ctx: Context) -> None:
    events = [created("sub_1", item(10_000)), updated("sub_1", item(None, billing_scheme="tiered"), at=0)]
    await in_every_order(ctx, events, [(-90 * DAY, 10_000, "USD", "new"), (0, -10_000, "USD", "unknown")])


async def test_a_currency_that_is_none_leaves_the_price_out(ctx: Context) -> None:
    await take_in(ctx, created("sub_1", item(10_000, currency="dollars"), currency=None))
    await take_in(ctx, deleted("sub_1", item(10_000, currency="dollars"), currency=None, at=0))
    assert await moves(ctx, "cus_1") == []


# Statuses


@pytest.mark.parametrize("status", ["trialing", "incomplete", "unpaid", "paused", "incomplete_expired"])
async def test_only_active_and_past_due_pay(ctx: Context, status: str) -> None:
    await take_in(ctx, created("sub_1", status=status))
    assert await level(ctx, "cus_1") == {}


async def test_an_unpaid_subscription_has_churned(ctx: Context) -> None:
    events = [
        created("sub_1"),
        updated("sub_1", at=-20 * DAY, status="past_due"),
        updated("sub_1", at=-10 * DAY, status="unpaid"),
        updated("sub_1", at=0, status="active"),
    ]
    await in_every_order(
        ctx,
        events,
        [
            (-90 * DAY, 10_000, "USD", "new"),
            (-10 * DAY, -10_000, "USD", "churn"),
            (0, 10_000, "USD", "reactivation"),
        ],
    )


async def test_a_subscription_ends_when_it_says_so(ctx: Context) -> None:
    late = told(
        "customer.subscription.deleted",
        subscription("sub_1", status="canceled", ended_at=NOW - 10 * DAY),
        -9 * DAY,
    )
    await in_every_order(
        ctx,
        [created("sub_1"), late],
        [(-90 * DAY, 10_000, "USD", "new"), (-10 * DAY, -10_000, "USD", "churn")],
    )


# Movements


async def test_a_second_subscription_is_an_expansion_and_its_end_a_contraction(ctx: Context) -> None:
    events = [
        created("sub_1"),
        created("sub_2", item(3_000), at=-40 * DAY),
        deleted("sub_2", item(3_000), at=-10 * DAY),
        deleted("sub_1", at=0),
    ]
    await in_every_order(
        ctx,
        events,
        [
            (-90 * DAY, 10_000, "USD", "new"),
            (-40 * DAY, 3_000, "USD", "expansion"),
            (-10 * DAY, -3_000, "USD", "contraction"),
            (0, -10_000, "USD", "churn"),
        ],
    )


@pytest.mark.parametrize(
    ("begins", "ends", "of_dollars", "of_euros"),
    [
        (-40, None, "contraction", None),  # the other subscription goes on
        (-10, None, "contraction", None),  # it moved to the other currency
        (-9.5, None, "contraction", None),
        (-40, 0, "contraction", "churn"),
        (-40, -9.5, "churn", "churn"),  # both end within a day, as those of a customer who is deleted
        (-40, -10, "churn", "churn"),
        (-8, None, "churn", None),
    ],
)
async def test_a_customer_with_an_mrr_in_another_currency_has_not_left(
    ctx: Context, begins: float, ends: int | None, of_dollars: str, of_euros: str | None
) -> None:
    """Stripe counts a customer as churned when all their subscriptions ended, whatever they are billed in."""
    euros: Json = {"currency": "eur"}
    events = [
        created("sub_1"),
        deleted("sub_1", at=-10 * DAY),
        created("sub_2", item(6_000, **euros), at=int(begins * DAY), **euros),
    ]
    expected = [
        (-90 * DAY, 10_000, "USD", "new"),
        (-10 * DAY, -10_000, "USD", of_dollars),
        (int(begins * DAY), 6_000, "EUR", "new"),
    ]
    if ends is not None:
        events.append(deleted("sub_2", item(6_000, **euros), at=int(ends * DAY), **euros))
        expected.append((int(ends * DAY), -6_000, "EUR", str(of_euros)))
    await in_every_order(ctx, events, sorted(expected, key=lambda move: (move[0], move[2])))
    churned = {row[1]: row[2:5] for row in (await answer(ctx, "churn", customer="cus_1_0")).rows}
    has_ended = ends is not None
    assert churned["USD"] == ((0, 10_000, 0) if of_dollars == "contraction" else (10_000, 0, int(has_ended)))


@pytest.mark.parametrize(
    ("amount", "gap", "expected"),
    [
        (12_000, 3600, [(-10 * DAY + 3600, 2_000, "USD", "expansion")]),
        (8_000, 3600, [(-10 * DAY + 3600, -2_000, "USD", "contraction")]),
        (10_000, 3600, []),
        (12_000, -3600, [(-10 * DAY, 2_000, "USD", "expansion")]),
        (
            12_000,
            3 * DAY,
            [(-10 * DAY, -10_000, "USD", "churn"), (-7 * DAY, 12_000, "USD", "reactivation")],
        ),
    ],
)
async def test_an_end_and_a_start_within_a_day_are_a_move(
    ctx: Context, amount: int, gap: int, expected: list[tuple[int, int, str, str]]
) -> None:
    events = [
        created("sub_1"),
        deleted("sub_1", at=-10 * DAY),
        created("sub_2", item(amount), at=-10 * DAY + gap),
    ]
    await in_every_order(ctx, events, [(-90 * DAY, 10_000, "USD", "new"), *expected])


async def test_two_subscriptions_may_become_one_and_one_become_two(ctx: Context) -> None:
    two = [created("sub_1"), created("sub_2", item(5_000), at=-80 * DAY)]
    one = [
        deleted("sub_1", at=-10 * DAY),
        created("sub_3", item(15_000), at=-10 * DAY + 60),
        deleted("sub_2", item(5_000), at=-10 * DAY + 120),
    ]
    again = [
        deleted("sub_3", item(15_000), at=0),
        created("sub_4", item(9_000), at=30),
        created("sub_5", item(4_000), at=40),
    ]
    expected = [
        (-90 * DAY, 10_000, "USD", "new"),
        (-80 * DAY, 5_000, "USD", "expansion"),
        (40, -2_000, "USD", "contraction"),
    ]
    for payload in [*again, *two, *one]:
        await take_in(ctx, payload)
    assert await moves(ctx, "cus_1") == expected


async def test_a_subscription_that_is_paid_in_the_second_of_its_creation_is_active(ctx: Context) -> None:
    events = [
        created("sub_1", at=0, status="incomplete"),
        updated("sub_1", at=0, status="active"),
        updated("sub_1", at=0, status="active", latest_invoice="in_1"),
    ]
    await in_every_order(ctx, events, [(0, 10_000, "USD", "new")])


# Discounts


async def test_a_discount_counts_from_its_start_to_its_end(ctx: Context) -> None:
    events = [
        created("sub_1"),
        told("customer.discount.created", discount(start=NOW - 60 * DAY, end=NOW - 10 * DAY), -60 * DAY),
        told("customer.discount.deleted", discount(start=NOW - 60 * DAY, end=NOW - 10 * DAY), -10 * DAY),
    ]
    await in_every_order(
        ctx,
        events,
        [
            (-90 * DAY, 10_000, "USD", "new"),
            (-60 * DAY, -5_000, "USD", "contraction"),
            (-10 * DAY, 5_000, "USD", "expansion"),
        ],
    )


async def test_a_discount_that_is_only_an_id_is_resolved_by_what_else_was_told(ctx: Context) -> None:
    events = [
        created("sub_1", discounts=["di_1"]),
        told("customer.discount.created", discount(source=NAMED), -90 * DAY),
        told("coupon.created", HALF, -100 * DAY),
    ]
    await in_every_order(ctx, events, [(-90 * DAY, 5_000, "USD", "new")])


async def test_a_poorer_message_takes_no_discount_away(ctx: Context) -> None:
    events = [
        created("sub_1", discounts=[discount()]),
        updated("sub_1", at=-20 * DAY, discounts=["di_1"], status="past_due"),
        updated("sub_1", at=-10 * DAY, discounts=["di_1"]),
    ]
    await in_every_order(ctx, events, [(-90 * DAY, 5_000, "USD", "new")])


async def test_a_discount_that_nobody_told_leaves_the_sum_in_part(ctx: Context) -> None:
    await take_in(ctx, created("sub_1", discounts=["di_1"]))
    assert await left_out(ctx, "sub_1") == ["discount:di_1"]
    assert [row["left_out"] for row in await records.rows(ctx, "select left_out from mrr_levels")] == [
        ["discount:di_1"]
    ]


@pytest.mark.parametrize(
    ("coupon", "end", "minor"),
    [
        ({"percent_off": 25, "duration": "forever"}, None, 7_500),
        ({"percent_off": 25, "duration": "once"}, None, 10_000),
        ({"percent_off": 25, "duration": "repeating", "duration_in_months": 4}, None, 7_500),
        ({"percent_off": 25, "duration": "repeating", "duration_in_months": 2}, None, 10_000),
        ({"percent_off": 25, "duration": "repeating", "duration_in_months": 9}, NOW - DAY, 10_000),
        ({"amount_off": 1_500, "currency": "usd", "duration": "forever"}, None, 8_500),
        ({"amount_off": 15_000, "currency": "usd", "duration": "forever"}, None, 0),
        ({"percent_off": 25, "duration": "forever", "applies_to": {"products": ["prod_2"]}}, None, 10_000),
    ],
)
@pytest.mark.parametrize("shape", ["discount", "discounts", "both", "item"])
async def test_coupons_by_their_duration_in_every_shape(
    ctx: Context, shape: str, coupon: Json, end: int | None, minor: int
) -> None:
    applied = discount(source={"type": "coupon", "coupon": {"id": "C", "object": "coupon"} | coupon}, end=end)
    old = {name: value for name, value in applied.items() if name != "source"}
    old["coupon"] = applied["source"]["coupon"]
    entry = item()
    entry["price"]["product"] = "prod_1"
    shapes: dict[str, Json] = {
        "discount": {"discount": old},
        "discounts": {"discounts": [applied]},
        "both": {"discount": old, "discounts": ["di_1"]},
        "item": {},
    }
    if shape == "item":
        entry["discounts"] = [applied | {"subscription_item": entry["id"]}]
    await take_in(ctx, created("sub_1", entry, **shapes[shape]))
    assert await level(ctx, "cus_1") == ({"USD": minor} if minor else {})


async def test_a_customers_discount_counts_where_the_subscription_has_none(ctx: Context) -> None:
    of_customer = discount("di_c", subscription=None, start=NOW - 50 * DAY)
    own = discount("di_1", source={"type": "coupon", "coupon": HALF | {"id": "TENTH", "percent_off": 10}})
    events = [
        created("sub_1"),
        created("sub_2", discounts=[own | {"subscription": "sub_2"}], at=-80 * DAY),
        told("customer.discount.created", of_customer, -50 * DAY),
        told("customer.discount.deleted", of_customer, 0),
    ]
    await in_every_order(
        ctx,
        events,
        [
            (-90 * DAY, 10_000, "USD", "new"),
            (-80 * DAY, 9_000, "USD", "expansion"),
            (-50 * DAY, -5_000, "USD", "contraction"),
            (0, 5_000, "USD", "expansion"),
        ],
    )


async def test_another_coupon_in_its_place_ends_a_discount(ctx: Context) -> None:
    tenth = discount("di_2", start=NOW - 10 * DAY)
    tenth["source"] = {"type": "coupon", "coupon": HALF | {"id": "TENTH", "percent_off": 10}}
    replaced = told("customer.discount.updated", tenth, -10 * DAY)
    replaced["data"]["previous_attributes"] = {"id": "di_1", "start": NOW - 90 * DAY}
    await in_every_order(
        ctx,
        [created("sub_1", discounts=[discount()]), replaced],
        [(-90 * DAY, 5_000, "USD", "new"), (-10 * DAY, 4_000, "USD", "expansion")],
    )


# With a key


@pytest.fixture
async def reading(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=2)
    async with open_context(settings, pool_size=12) as ctx:
        yield ctx


def put_many_seats(fake: FakeStripe) -> Json:
    """A subscription of 25 items of CHF 20.00, ten of which it lists itself."""
    [payload] = load_case("items_has_more")
    seats = payload["data"]["object"]
    entries = []
    for number in range(25):
        entry = copy.deepcopy(seats["items"]["data"][0])
        entry |= {"id": f"si_{number}_2000", "subscription": "sub_manyseats", "created": NOW - number}
        entry["price"]["id"] = f"price_{number}_2000"
        entries.append(entry)
    fake.add("subscriptions", seats | {"livemode": True})
    fake.add("subscription_items", *entries)
    return payload


async def test_the_other_items_are_asked_for(reading: Context, fake: FakeStripe) -> None:
    await take_in(reading, put_many_seats(fake))
    assert await level(reading, "cus_manyseats") == {"CHF": 50_000}
    assert await left_out(reading, "sub_manyseats") == []
    assert {move[3] for move in await moves(reading, "cus_manyseats")} == {"new"}


async def test_a_known_discount_is_not_asked_for_again(reading: Context, fake: FakeStripe) -> None:
    fake.add("customers", fixture("customer", id="cus_1", created=NOW, livemode=True))
    fake.add("subscriptions", subscription("sub_1", discounts=[discount()]))
    fake.add("subscription_items", item() | {"subscription": "sub_1", "created": NOW})
    await take_in(reading, updated("sub_1", at=-20 * DAY, discounts=["di_1"]))
    assert await level(reading, "cus_1") == {"USD": 5_000}
    asked = len(fake.requests)
    await take_in(reading, updated("sub_1", at=-10 * DAY, discounts=["di_1"], status="past_due"))
    assert not [path for path in fake.paths()[asked:] if path != "/v1/subscriptions"]
    assert await level(reading, "cus_1") == {"USD": 5_000}


async def test_tiers_are_asked_for(reading: Context, fake: FakeStripe) -> None:
    tiered: Json = {"billing_scheme": "tiered", "tiers_mode": "graduated"}
    poor = subscription("sub_1", item(None, quantity=7, **tiered))
    fake.add("subscriptions", poor)
    rich = item(None, quantity=7, **tiered, tiers=GRADUATED)
    fake.add("subscription_items", rich | {"subscription": "sub_1", "created": NOW})
    await take_in(reading, told("customer.subscription.updated", poor, 0))
    assert await level(reading, "cus_1") == {"USD": 7_100}


async def test_a_coupon_that_is_only_an_id_is_asked_for(reading: Context, fake: FakeStripe) -> None:
    fake.add("coupons", HALF | {"created": NOW})
    await take_in(reading, created("sub_1"))
    applied = discount(source=NAMED, start=NOW - 10 * DAY)
    await take_in(reading, told("customer.discount.created", applied, -10 * DAY))
    assert await level(reading, "cus_1") == {"USD": 5_000}


async def test_a_read_that_fails_leaves_the_sum_in_part(reading: Context, fake: FakeStripe) -> None:
    [payload] = load_case("items_has_more")
    taken = await take_in(reading, payload)
    assert taken.status == "processed"
    assert any("no such object" in entry.get("reads", "") for entry in taken.outcome)
    assert await left_out(reading, "sub_manyseats") == ["items"]


@pytest.mark.parametrize("restart", [True, False])
async def test_a_backfill_repairs_what_webhooks_left_out(
    ctx: Context, reading: Context, fake: FakeStripe, restart: bool
) -> None:
    await take_in(ctx, put_many_seats(fake))  # without a key
    assert await level(ctx, "cus_manyseats") == {"CHF": 20_000}
    history = StripeHistory(reading.settings, rate=1000)
    since = datetime.fromtimestamp(NOW - 365 * DAY, UTC)
    result = await backfill.run(reading, "stripe", history, since=since, restart=restart)
    await history.close()
    assert result.finished
    assert await level(ctx, "cus_manyseats") == {"CHF": 50_000}
    assert await left_out(ctx, "sub_manyseats") == []
    assert (await answer(ctx, "mrr")).unknown is None


async def test_a_backfill_reads_the_coupon_of_a_customers_discount(
    reading: Context, fake: FakeStripe
) -> None:
    of_customer = discount("di_c", subscription=None, source=NAMED)
    fake.add("customers", fixture("customer", id="cus_1", created=NOW, livemode=True, discount=of_customer))
    fake.add("coupons", HALF | {"created": NOW})
    fake.add("subscriptions", subscription("sub_1"))
    history = StripeHistory(reading.settings, rate=1000)
    await backfill.run(reading, "stripe", history, since=datetime.fromtimestamp(NOW - 365 * DAY, UTC))
    await history.close()
    assert await level(reading, "cus_1") == {"USD": 5_000}


async def test_a_backfill_takes_an_unpaid_subscription_as_paid_until_its_period(
    reading: Context, fake: FakeStripe
) -> None:
    unpaid = subscription("sub_1", status="unpaid", current_period_start=NOW - 20 * DAY)
    fake.add("subscriptions", unpaid)
    history = StripeHistory(reading.settings, rate=1000)
    await backfill.run(reading, "stripe", history, since=datetime.fromtimestamp(NOW - 365 * DAY, UTC))
    await history.close()
    assert await moves(reading, "cus_1") == [
        (-90 * DAY, 10_000, "USD", "new"),
        (-20 * DAY, -10_000, "USD", "churn"),
    ]


async def test_a_price_that_is_only_an_id_is_asked_for(reading: Context, fake: FakeStripe) -> None:
    poor = subscription("sub_1", item() | {"price": "price_10000"})
    fake.add("subscriptions", poor)
    fake.add("subscription_items", item() | {"subscription": "sub_1", "created": NOW})
    await take_in(reading, told("customer.subscription.updated", poor, 0))
    assert await level(reading, "cus_1") == {"USD": 10_000}
    assert await left_out(reading, "sub_1") == []


@pytest.mark.parametrize("changed", [True, False])
async def test_a_list_from_before_a_change_of_the_items_is_not_whole(
    ctx: Context, reading: Context, fake: FakeStripe, changed: bool
) -> None:
    payload = put_many_seats(fake)
    await take_in(reading, payload)
    assert await level(ctx, "cus_manyseats") == {"CHF": 50_000}
    later = await records.rows(ctx, "select as_of from snapshots where object_type = 'subscription_items'")
    poor = told("customer.subscription.updated", payload["data"]["object"] | {"status": "past_due"}, 0)
    poor["created"] = int(later[0]["as_of"].timestamp()) + 1
    poor["data"]["previous_attributes"] = {"items": "other ones"} if changed else {"status": "active"}
    await records.run(
        ctx,
        "update snapshots set as_of = as_of - interval '1 day' where object_type = %s",
        "subscription_items",
    )
    await take_in(ctx, poor)  # without a key
    assert await left_out(ctx, "sub_manyseats") == (["items"] if changed else [])


# Words


async def test_a_draft_never_calls_a_part_of_the_mrr_the_whole(ctx: Context) -> None:
    for payload in load_case("items_has_more"):
        await take_in(ctx, payload)
    await take_in(ctx, created("sub_1", item(None, billing_scheme="tiered")))

    async def mrr_of(customer: str) -> str:
        async with ctx.transaction() as conn:
            known = await facts.gather(
                conn, ctx.settings, datetime.fromtimestamp(NOW, UTC), About(customer, customer)
            )
        return dict(wording.about_customer(known))["MRR"]

    assert await mrr_of("cus_manyseats") == "CHF 200.00, not whole: it has more items than are known"
    assert await mrr_of("cus_1") == "not known: the amount of a price is not known"


async def test_a_discounts_end_counts_on_its_day_and_not_before(ctx: Context) -> None:
    applied = discount(end=NOW + 5 * DAY)
    await take_in(ctx, created("sub_1", discounts=[applied]))
    assert (await answer(ctx, "mrr")).rows == ((date(2026, 9, 1), "USD", 5_000, 0),)
    later = await answer(ctx, "mrr", date(2026, 9, 26))
    assert later.rows == ((date(2026, 9, 1), "USD", 10_000, 5_000),)
    await take_in(ctx, deleted("sub_1", at=DAY))
    assert await moves(ctx, "cus_1") == [(-90 * DAY, 5_000, "USD", "new"), (DAY, -5_000, "USD", "churn")]


async def test_a_schedule_is_read_and_moves_nothing(ctx: Context) -> None:
    schedule = {
        "id": "sub_sched_1",
        "object": "subscription_schedule",
        "customer": "cus_1",
        "subscription": "sub_1",
        "status": "active",
        "end_behavior": "cancel",
        "phases": [{"start_date": NOW, "end_date": NOW + 300 * DAY}],
    }
    await take_in(ctx, created("sub_1", schedule="sub_sched_1"))
    await take_in(ctx, told("subscription_schedule.created", schedule, 0))
    assert await moves(ctx, "cus_1") == [(-90 * DAY, 10_000, "USD", "new")]
    async with ctx.transaction() as conn:
        known = await facts.gather(
            conn, ctx.settings, datetime.fromtimestamp(NOW, UTC), About("sub_1", "cus_1")
        )
    [linked] = known.linked
    assert (linked["type"], linked["end_behavior"]) == ("subscription_schedule", "cancel")
