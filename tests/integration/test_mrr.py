"""MRR follows every state of a subscription, in every currency that it ever had."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from execops.context import Context
from tests import records
from tests.stripe_events import event, fixture, take_in

START = 1_790_000_000


def licensed(amount: Any = 1000, currency: str = "usd", **changes: Any) -> dict[str, Any]:
    """An item whose price has an amount a month."""
    price = {
        "id": f"price_{currency}",
        "currency": currency,
        "unit_amount": amount,
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    }
    return {"id": f"si_{currency}", "quantity": 1, "price": price} | changes


def metered(currency: str | None = "usd") -> dict[str, Any]:
    """An item whose price depends on use."""
    item = licensed(None, "usd")
    item["price"] |= {
        "currency": currency,
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "metered"},
    }
    return item


def state(number: int, subscription: str, *items: dict[str, Any]) -> dict[str, Any]:
    """An event that shows the subscription with these items, `number` seconds after the start."""
    changed = fixture(
        "subscription",
        id=subscription,
        customer=f"cus_{subscription}",
        status="active",
        pause_collection=None,
        items={"object": "list", "data": list(items)},
        discount=None,
        discounts=[],
        plan=None,
        currency=None,  # not told; else a price in another currency would need the amount in this one
    )
    kind = "customer.subscription.updated"
    return event(kind, changed, created=START + number, id=f"evt_{subscription}_{number}")


async def changes(ctx: Context, subscription: str) -> list[tuple[int, str, int, str]]:
    changes = await records.rows(
        ctx,
        "select at, currency, delta_minor, kind from mrr_changes where subscription = %s order by at, currency",
        subscription,
    )
    return [
        (int(row["at"].timestamp()) - START, row["currency"], row["delta_minor"], row["kind"])
        for row in changes
    ]


NEW = (0, "USD", 1000, "new")
GONE = (1, "USD", -1000, "churn")
NOT_KNOWN = (1, "USD", -1000, "unknown")  # a price that is not told is not a price of zero
STORIES = {
    "metered": ([[licensed()], [metered()]], [NEW, GONE]),
    "tiered": ([[licensed()], [licensed(None)]], [NEW, NOT_KNOWN]),
    "no items": ([[licensed()], []], [NEW, NOT_KNOWN]),
    "no currency": ([[licensed()], [metered(None)]], [NEW, GONE]),
    "another currency": (
        [[licensed()], [licensed(900, "eur")], [licensed()]],
        [
            NEW,
            (1, "EUR", 900, "new"),
            (1, "USD", -1000, "churn"),
            (2, "EUR", -900, "contraction"),  # the customer stays, in dollars
            (2, "USD", 1000, "reactivation"),
        ],
    ),
    "one of two": (
        [[licensed(), licensed(900, "eur")], [licensed(), metered("eur")]],
        [(0, "EUR", 900, "new"), NEW, (1, "EUR", -900, "contraction")],
    ),
    "an amount beyond bigint": ([[licensed()], [licensed(2**63)]], [NEW, NOT_KNOWN]),
    "a sum beyond bigint": ([[licensed()], [licensed(2**62, quantity=4)]], [NEW, NOT_KNOWN]),
}


@pytest.mark.parametrize("name", STORIES)
async def test_a_state_ends_the_levels_that_it_leaves_out(ctx: Context, name: str) -> None:
    states, expected = STORIES[name]
    for run, order in enumerate(permutations(range(len(states)))):
        subscription = f"sub_{run}"
        for number in order:
            await take_in(ctx, state(number, subscription, *states[number]))
        assert await changes(ctx, subscription) == expected, order
