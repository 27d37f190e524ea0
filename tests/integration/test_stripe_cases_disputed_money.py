"""Disputes by the money that moved: one case each, in the currency that moved, for the customer of the charge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from execops.books import facts, ledger
from execops.books.facts import About
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.money import Money
from execops.sources.stripe.object_effects import effects_of
from tests import money_stories as stories
from tests.draws import orders_of
from tests.money_stories import AT, DAY, HOUR, LATER, Events, at, charge, dispute, entry, revenue
from tests.records import record_event, rows
from tests.stripe_cases import load_case
from tests.stripe_events import event, fixture, invoice


async def disputes(ctx: Context, **params: Any) -> list[dict[str, Any]]:
    """The rows of the metric that say anything, by column."""
    async with open_canvas(ctx) as canvas:
        answer = await canvas.answer("disputes", params, DAY)
    assert answer.unknown is None
    return [
        row
        for row in answer.records()
        if any(row[name] for name in ("disputes", "taken", "won_back", "lost"))
    ]


def day_of(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


async def test_a_dispute_in_another_currency_counts_once_with_the_charge_beside_it(ctx: Context) -> None:
    """Two lines, NZD 109.50 and 0.60, for a charge of AUD 100.00."""
    for payload in load_case("dispute_fx", AT):
        await record_event(ctx, payload)
    sums = {"disputes": 1, "taken": 11_010, "won_back": 0, "lost": 11_010, "charged": (Money(10_000, "AUD"),)}
    assert await disputes(ctx, group_by="currency") == [{"currency": "NZD"} | sums]
    assert await disputes(ctx, group_by="reason") == [{"reason": "fraudulent", "currency": "NZD"} | sums]
    assert await disputes(ctx) == [{"month": date(2026, 9, 1), "currency": "NZD"} | sums]
    async with open_canvas(ctx) as canvas:
        top = await canvas.answer("top_customers", {}, DAY)
        [net] = [row for row in (await canvas.answer("net_revenue", {}, DAY)).rows if any(row[2:])]
        told = (await canvas.answer("disputes", {"group_by": "currency"}, DAY)).to_json()
    assert top.rows == ()  # what the customer paid went back
    assert await revenue(ctx) == {"cus_fxdis": (10_000, 0, 10_000, 0, 1)}
    assert net[1:] == ("AUD", 10_000, 0, 10_000, 0, 1)
    [row] = [row for row in told["rows"] if row["taken"]]
    assert row["charged"] == [{"amount_minor": 10_000, "currency": "AUD"}]


@pytest.mark.parametrize("order", orders_of(range(4)))
async def test_a_dispute_in_another_currency_that_is_won_leaves_nothing(
    ctx: Context, order: tuple[int, ...]
) -> None:
    """JPY has no decimals, KWD three: KWD 31.250 paid, JPY 15,001 taken in two lines, and given back in full."""
    jpy = {"currency": "jpy"}
    lines = [entry("txn_a", -15_000, 0, **jpy), entry("txn_b", -1, 0, created=AT + LATER, **jpy)]
    back = entry("txn_c", 15_001, 0, created=AT + 2 * LATER, **jpy)
    kwd = {"amount": 31_250, "currency": "kwd"}
    events = [
        at(0, "charge.succeeded", charge(0, amount_captured=31_250, **kwd)),
        at(HOUR, "charge.dispute.funds_withdrawn", dispute(0, lines[0], **kwd)),
        at(LATER, "charge.dispute.updated", dispute(0, *lines, **kwd)),
        at(2 * LATER, "charge.dispute.closed", dispute(0, *lines, back, status="won", **kwd)),
    ]
    for place in order:
        await record_event(ctx, events[place])
    [total] = await disputes(ctx, group_by="currency")
    assert total == {
        "currency": "JPY", "disputes": 1, "taken": 15_001, "won_back": 15_001, "lost": 0, "charged": (Money(0, "KWD"),),
    }  # fmt: skip
    first = await disputes(ctx, group_by="day", **{"from": "2026-09-21", "to": "2026-09-22"})
    assert [(row["disputes"], row["taken"], row["charged"]) for row in first] == [
        (1, 15_000, (Money(31_248, "KWD"),))  # 31,250 times 15,000 of 15,001
    ]
    assert await revenue(ctx) == {"cus_0": (31_250, 0, 0, 31_250, 1)}


async def test_an_inquiry_takes_nothing(ctx: Context) -> None:
    for payload in load_case("inquiry_closed", AT):
        await record_event(ctx, payload)
    for params in ({}, {"group_by": "currency"}, {"group_by": "reason"}):
        async with open_canvas(ctx) as canvas:
            answer = await canvas.answer("disputes", params, DAY)
        assert answer.unknown is None
        [row] = answer.records()
        assert (row["currency"], row["disputes"], row["taken"], row["won_back"], row["lost"]) == (
            "MXN",
            0,
            0,
            0,
            0,
        )


async def test_a_case_just_opened_counts_by_reason_and_by_status(ctx: Context) -> None:
    just_opened = {"status": "needs_response", "reason": "fraudulent", "balance_transactions": []}
    inquiry = {"status": "warning_needs_response", "reason": "general", "balance_transactions": []}
    for id_, state in (("dp_1", just_opened), ("dp_2", inquiry)):
        held = fixture("dispute", id=id_, charge="ch_1", amount=4900, currency="usd", created=AT, **state)
        await record_event(ctx, event("charge.dispute.created", held, created=AT))
    cases = {
        "status": [("needs_response", 1), ("warning_needs_response", 1)],
        "reason": [("fraudulent", 1), ("general", 0)],
    }
    for group, expected in cases.items():
        async with open_canvas(ctx) as canvas:
            answer = await canvas.answer("disputes", {"group_by": group}, DAY)
        shown = [(row[group], row["disputes"]) for row in answer.records()]
        assert sorted(shown) == expected
        assert {(row["taken"], row["lost"]) for row in answer.records()} == {(0, 0)}
    async with open_canvas(ctx) as canvas:
        by_time = await canvas.answer("disputes", {"group_by": "currency"}, DAY)
    assert [row["disputes"] for row in by_time.records()] == [0]


@pytest.mark.parametrize(
    ("story", "expected"),
    [  # disputes, taken, won back, lost
        (stories.won, (1, 10_000, 10_000, 0)),
        (stories.won_and_lost_again, (1, 20_000, 10_000, 10_000)),
        (stories.disputed_in_part, (1, 4000, 0, 4000)),
        (stories.disputed_after_its_refund, (1, 10_000, 0, 10_000)),
        (stories.inquiry, None),
        (stories.in_the_words_of_2017, (1, 10_000, 0, 10_000)),
        (stories.one_expanded_entry, (1, 10_000, 0, 10_000)),
        (stories.one_entry_by_its_id, (1, 10_000, 0, 10_000)),
        (stories.by_its_id_and_in_full, (1, 9900, 0, 9900)),
        (stories.debit_that_was_disputed, (1, 10_000, 0, 10_000)),
    ],
)
async def test_a_case_counts_once_by_time_and_by_reason(
    ctx: Context, story: Callable[[int], Events], expected: tuple[int, ...] | None
) -> None:
    for payload in story(0):
        await record_event(ctx, payload)
    for group in ("currency", "quarter", "reason"):
        shown = [
            (row["disputes"], row["taken"], row["won_back"], row["lost"])
            for row in await disputes(ctx, group_by=group)
        ]
        assert shown == ([] if expected is None else [expected]), group


@pytest.mark.parametrize("backfill_first", [True, False])
async def test_webhooks_and_a_backfill_of_one_dispute_count_once(ctx: Context, backfill_first: bool) -> None:
    lines = [entry("txn_a", -10_950, 0, currency="nzd", fee=2500), entry("txn_b", -60, 0, currency="nzd")]
    told = dispute(0, *lines, currency="aud")
    webhooks = [
        at(0, "charge.succeeded", charge(0, currency="aud")),
        at(HOUR, "charge.dispute.funds_withdrawn", told),
    ]
    seen = datetime.fromtimestamp(AT + LATER, UTC)
    read = [
        effects_of(line | {"source": told | {"charge": charge(0, currency="aud")}}, seen) for line in lines
    ]

    async def backfill() -> None:
        async with ctx.transaction() as conn:
            for effects in read:
                await ledger.apply(conn, "stripe", effects)

    if backfill_first:
        await backfill()
    for payload in webhooks:
        await record_event(ctx, payload)
    if not backfill_first:
        await backfill()
    [total] = await disputes(ctx, group_by="currency")
    assert (total["disputes"], total["taken"], total["charged"]) == (1, 11_010, (Money(10_000, "AUD"),))
    fees = await rows(ctx, "select amount_minor, currency from transactions where kind = 'dispute_fee'")
    assert [tuple(row.values()) for row in fees] == [(-2500, "NZD")]
    assert await revenue(ctx) == {"cus_0": (10_000, 0, 10_000, 0, 1)}


async def test_the_lifetime_of_a_customer_is_less_what_was_disputed_in_the_currency_of_the_charge(
    ctx: Context,
) -> None:
    [paid, taken] = load_case("dispute_fx", AT)
    bill = invoice("in_fx", customer="cus_fxdis", status="paid", amount_paid=25_000, currency="aud")
    for payload in (taken, paid, at(0, "invoice.paid", bill)):
        await record_event(ctx, payload)
    async with ctx.connection() as conn:
        known = await facts.gather(conn, ctx.settings, ctx.clock.now(), About("in_fx", "cus_fxdis"))
    assert [(sums["currency"], sums["amount_minor"]) for sums in known.paid] == [("AUD", 15_000)]
