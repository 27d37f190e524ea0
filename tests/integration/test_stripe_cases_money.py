"""Money that moved, and not money that was claimed, in every order of arrival.

Each story is told in all orders, for a customer of its own; the numbers are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from execops.books import ledger
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.sources.stripe.object_effects import effects_of
from tests import money_stories as stories
from tests.draws import orders_of
from tests.money_stories import AT, DAY, HOUR, LATER, Events, at, charge, refund, revenue
from tests.records import record_event, rows
from tests.stripe_cases import load_case


async def tell(ctx: Context, orders: Iterable[tuple[int, ...]], story: Callable[[int], Events]) -> list[str]:
    """Record a story in each of these orders; returns its customers, one an order."""
    customers = []
    for n, order in enumerate(orders):
        events = story(n)
        for place in order:
            await record_event(ctx, events[place])
        customers.append(f"cus_{n}")
    return customers


async def movements(ctx: Context, n: int) -> list[tuple[Any, ...]]:
    """The movements of a story but for the numbers in their ids: kind, day, amount, and whether it counts."""
    found = await rows(
        ctx,
        "select kind, occurred_at, amount_minor, currency, customer = %s as named, further, charge_minor"
        " from transactions where customer = %s order by occurred_at, kind, amount_minor",
        f"cus_{n}",
        f"cus_{n}",
    )
    return [tuple(row.values()) for row in found]


@pytest.mark.parametrize(
    ("story", "expected"),
    [  # gross, refunded, disputed, net, payments
        (stories.captured_in_part, (7000, 0, 0, 7000, 1)),
        (stories.captured_in_part_and_refunded, (7000, 3000, 0, 4000, 1)),
        (stories.expired, None),
        (stories.canceled_before_its_capture, None),
        (stories.captured_later, (10_000, 0, 0, 10_000, 1)),
        (stories.captured_twice, (8000, 0, 0, 8000, 1)),
        (stories.captured_without_the_amount, (7000, 0, 0, 7000, 1)),
        (stories.two_sums, (10_000, 5000, 0, 5000, 1)),
        (stories.two_sums_with_the_sums_before, (10_000, 5000, 0, 5000, 1)),
        (stories.sums_and_names, (10_000, 5000, 0, 5000, 1)),
        (stories.one_name_of_two, (10_000, 5000, 0, 5000, 1)),
        (stories.only_the_last_sum, (10_000, 5000, 0, 5000, 1)),
        (stories.refund_that_failed, (10_000, 0, 0, 10_000, 1)),
        (stories.failed_refund_of_a_sum, (10_000, 0, 0, 10_000, 1)),
        (stories.won, (10_000, 0, 0, 10_000, 1)),
        (stories.won_and_lost_again, (10_000, 0, 10_000, 0, 1)),
        (stories.disputed_in_part, (10_000, 0, 4000, 6000, 1)),
        (stories.disputed_after_its_refund, (10_000, 10_000, 10_000, -10_000, 1)),
        (stories.inquiry, (10_000, 0, 0, 10_000, 1)),
        (stories.in_the_words_of_2017, (10_000, 0, 10_000, 0, 1)),
        (stories.one_expanded_entry, (10_000, 0, 10_000, 0, 1)),
        (stories.one_entry_by_its_id, (10_000, 0, 10_000, 0, 1)),
        (stories.by_its_id_and_in_full, (10_000, 0, 9900, 100, 1)),
        (stories.debit_that_was_disputed, (10_000, 0, 10_000, 0, 1)),
        (stories.given_back_though_lost, (10_000, 0, 0, 10_000, 1)),
        (stories.won_and_refunded_later, (10_000, 4000, 0, 6000, 1)),
    ],
)  # fmt: skip
async def test_every_order_of_arrival_ends_in_the_same_ledger(
    ctx: Context, story: Callable[[int], Events], expected: tuple[int, ...] | None
) -> None:
    orders = orders_of(range(len(story(0))))
    customers = await tell(ctx, orders, story)
    assert await revenue(ctx) == ({} if expected is None else dict.fromkeys(customers, expected))
    booked = [await movements(ctx, n) for n in range(len(orders))]
    assert [
        [
            (kind, moment, amount, currency, further, share)
            for kind, moment, amount, currency, _, further, share in rows_of_order
        ]
        for rows_of_order in booked
    ] == [[(k, m, a, c, f, s) for k, m, a, c, _, f, s in booked[0]]] * len(orders)


async def test_money_is_counted_when_it_was_captured(ctx: Context) -> None:
    """Authorised on the 21st, captured on the 22nd."""
    await tell(ctx, [(0, 1, 2), (2, 1, 0)], stories.captured_later)
    assert await revenue(ctx, **{"from": "2026-09-21", "to": "2026-09-22"}) == {}
    both = dict.fromkeys(("cus_0", "cus_1"), (10_000, 0, 0, 10_000, 1))
    assert await revenue(ctx, **{"from": "2026-09-22", "to": "2026-09-23"}) == both


async def test_a_partial_capture_is_no_refund(ctx: Context) -> None:
    for payload in load_case("partial_capture", AT):
        await record_event(ctx, payload)
    assert await revenue(ctx) == {"cus_partcap": (7000, 0, 0, 7000, 1)}
    async with open_canvas(ctx) as canvas:
        refunds = await canvas.answer("refunds", {"group_by": "currency"}, DAY)
    assert refunds.rows == (("CAD", 0, 0),)


@pytest.mark.parametrize("backfill_first", [True, False])
async def test_a_refund_that_settled_in_another_currency_counts_once_in_that_of_the_charge(
    ctx: Context, backfill_first: bool
) -> None:
    """AUD 30 of a charge of AUD 100 went back; Stripe's own ledger has both in NZD."""
    paid, back = charge(0, currency="aud"), refund(0, amount=3000, currency="aud")
    common = {"object": "balance_transaction", "fee": 0, "currency": "nzd", "created": AT + HOUR}
    lines = [
        {"id": "txn_a", "type": "charge", "amount": 10_950, "source": paid} | common,
        {"id": "txn_b", "type": "refund", "amount": -3285, "source": back | {"charge": paid}} | common,
    ]

    async def backfill() -> None:
        async with ctx.transaction() as conn:
            for line in lines:
                await ledger.apply(conn, "stripe", effects_of(line, datetime.fromtimestamp(AT + LATER, UTC)))

    if backfill_first:
        await backfill()
    await record_event(ctx, at(0, "charge.succeeded", paid))
    await record_event(ctx, stories.refunded(HOUR + 1, paid | {"amount_refunded": 3000}, before=0))
    await record_event(ctx, at(HOUR, "charge.refund.updated", back))
    if not backfill_first:
        await backfill()
    assert await revenue(ctx) == {"cus_0": (10_000, 3000, 0, 7000, 1)}
    booked = await rows(ctx, "select external_id, currency from transactions order by external_id")
    assert [tuple(row.values()) for row in booked] == [("ch_0", "AUD"), ("re_0", "AUD")]
