"""Changes of one second: the values before each of them tell their order, whatever arrives first and however the ids sort."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from execops.books import ledger
from execops.context import Context
from execops.ingest import events
from tests import records
from tests.stripe_cases import NOW
from tests.stripe_events import event, take_in

Json = dict[str, Any]
STATE = "select state, tiebreak from snapshots where object_id = %s"
CHANGES = "select delta_minor, kind from mrr_changes where customer = %s order by id"
ROWS = """select (select jsonb_agg(to_jsonb(s) order by object_id) from snapshots s) as snapshots,
                 (select jsonb_agg(to_jsonb(l) - 'id' order by at, rank, tiebreak) from mrr_levels l) as levels,
                 (select jsonb_agg(to_jsonb(c) order by id) from mrr_changes c) as changes"""


def subscription(number: int, seats: int) -> Json:
    price = {"id": "price_1", "object": "price", "unit_amount": 1_000, "currency": "usd"}
    price |= {"recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}}
    snapshot = {
        "id": f"si_{number}",
        "object": "subscription_item",
        "quantity": seats,
        "price": price,
        "discounts": [],
    }
    return {
        "id": f"sub_{number}",
        "object": "subscription",
        "customer": f"cus_{number}",
        "status": "active",
        "currency": "usd",
        "created": NOW - 90,
        "discounts": [],
        "items": {"object": "list", "data": [snapshot], "has_more": False, "total_count": 1},
    }


def seats_changed(number: int, key: str, before: int, after: int) -> Json:
    """An event by which a subscription has other seats than before."""
    payload = event(
        "customer.subscription.updated",
        subscription(number, after),
        id=f"evt_{number}_{key}",
        created=NOW,
    )
    payload["data"]["previous_attributes"] = {
        "items": subscription(number, before)["items"],
        "quantity": before,
    }
    payload["data"]["object"]["quantity"] = after
    return payload


async def test_the_seats_after_the_last_change_of_a_second_count(ctx: Context) -> None:
    """15 seats become 16, 15 and 40 within one second: each arrival and each order of ids ends with 40."""
    number = 0
    for keys in ("abc", "cba", "bca"):
        for arrival in permutations(range(3)):
            number += 1
            story = [
                seats_changed(number, key, before, after)
                for key, (before, after) in zip(keys, [(15, 16), (16, 15), (15, 40)], strict=True)
            ]
            await take_in(
                ctx, event("customer.subscription.created", subscription(number, 15), created=NOW - 90)
            )
            for place in arrival:
                await take_in(ctx, story[place])
            [row] = await records.rows(ctx, STATE, f"sub_{number}")
            assert (row["state"]["items"][0]["quantity"], row["tiebreak"]) == (40, f"evt_{number}_c")
            changes = await records.rows(ctx, CHANGES, f"cus_{number}")
            assert [tuple(row.values()) for row in changes] == [(15_000, "new"), (25_000, "expansion")]


async def test_events_that_are_recorded_again_change_nothing(ctx: Context) -> None:
    for payload in (seats_changed(1, "b", 1, 5), seats_changed(1, "a", 5, 3)):
        await take_in(ctx, payload)
    before = await records.rows(ctx, ROWS)
    assert [level["level_minor"] for level in before[0]["levels"]] == [5_000, 3_000]
    for row in await records.rows(ctx, "select id from events order by id"):
        async with ctx.transaction() as conn:
            await ledger.record(conn, await events.get(conn, row["id"]))
    assert await records.rows(ctx, ROWS) == before


async def test_changes_without_a_single_order_go_by_the_ids_of_their_events(ctx: Context) -> None:
    """There and back again: the values before each change fit either order."""
    for number, keys in enumerate(("ab", "ba"), 1):
        for key, (before, after) in zip(keys, [(1, 5), (5, 1)], strict=True):
            await take_in(ctx, seats_changed(number, key, before, after))
    rows = [row for number in (1, 2) for row in await records.rows(ctx, STATE, f"sub_{number}")]
    assert [row["state"]["items"][0]["quantity"] for row in rows] == [1, 5]


async def test_an_event_that_was_ignored_or_pruned_puts_nothing_into_order(ctx: Context) -> None:
    await take_in(ctx, seats_changed(1, "b", 1, 5) | {"livemode": False})
    await take_in(ctx, seats_changed(1, "a", 5, 3))
    [row] = await records.rows(ctx, STATE, "sub_1")
    assert (row["state"]["items"][0]["quantity"], row["tiebreak"]) == (3, "evt_1_a")


async def test_a_customer_is_as_their_last_change_of_a_second_left_them(ctx: Context) -> None:
    """Two calls of a form that is saved: first the address, then the name."""
    number = 0
    for keys in ("ab", "ba"):
        for latest_first in (False, True):
            number += 1
            steps = [
                ({"email": None}, {"email": "old@acme.example"}),
                ({"email": "old@acme.example", "name": None}, {"email": "new@acme.example", "name": "Acme"}),
            ]
            story = []
            for key, (before, after) in zip(keys, steps, strict=True):
                bare = {"id": f"cus_{number}", "object": "customer", "name": None, "email": None}
                payload = event("customer.updated", bare | after, id=f"evt_{number}_{key}", created=NOW)
                payload["data"]["previous_attributes"] = before
                story.append(payload)
            for payload in reversed(story) if latest_first else story:
                await take_in(ctx, payload)
            [row] = await records.rows(ctx, STATE, f"cus_{number}")
            assert (row["state"]["email"], row["state"]["name"]) == ("new@acme.example", "Acme")
