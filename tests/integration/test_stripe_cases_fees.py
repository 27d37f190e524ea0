"""Fees known of one kind, or of one time, are not said to be all fees."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from execops.books import ledger
from execops.canvas.result import Answer
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.sources.stripe.object_effects import effects_of
from tests.money_stories import AT, DAY, HOUR, LATER, at, charge, dispute, entry
from tests.records import record_event, rows

BACKFILL = "backfill Stripe's balance transactions"


async def fees(ctx: Context, **params: Any) -> Answer:
    async with open_canvas(ctx) as canvas:
        return await canvas.answer("fees", params, DAY)


async def backfill(ctx: Context, n: int, moment: int, **changes: Any) -> None:
    """Read the entry of a charge of this second from Stripe's own ledger, with a fee of USD 3.20."""
    paid = charge(n, created=AT + moment)
    line: dict[str, Any] = {
        "id": f"txn_c{n}",
        "object": "balance_transaction",
        "type": "charge",
        "reporting_category": "charge",
    }
    line |= {"amount": 10_000, "fee": 320, "currency": "usd", "created": AT + moment, "source": paid}
    line |= changes
    async with ctx.transaction() as conn:
        await ledger.apply(conn, "stripe", effects_of(line, datetime.fromtimestamp(AT + moment, UTC)))


async def test_fees_for_disputes_are_not_all_fees(ctx: Context) -> None:
    """Events tell no processing fees: no row says zero, and the answer says what is not known."""
    await record_event(ctx, at(0, "charge.succeeded", charge(0)))
    await record_event(
        ctx, at(HOUR, "charge.dispute.created", dispute(0, entry("txn_a", -10_000, 0, fee=1500)))
    )
    for params in ({}, {"group_by": "currency"}, {"group_by": "type"}, {"currency": "USD"}):
        answer = await fees(ctx, **params)
        assert [row[-2] for row in answer.rows] == [1500]
        assert answer.unknown == f"no processing fee is known: {BACKFILL}"
    assert [row[0] for row in (await fees(ctx, group_by="type")).rows] == ["dispute_fee"]


async def test_fees_after_the_backfill_are_not_known(ctx: Context) -> None:
    await backfill(ctx, 0, 0)
    assert (await fees(ctx)).unknown is None
    assert (await fees(ctx, group_by="currency")).rows == (("USD", 320, 1),)
    await record_event(ctx, at(LATER, "charge.succeeded", charge(1, created=AT + LATER)))
    answer = await fees(ctx, group_by="currency")
    assert answer.rows == (("USD", 320, 1),)
    assert answer.unknown == f"processing fees are known from 2026-09-21 to 2026-09-21 only: {BACKFILL}"
    assert (await fees(ctx, **{"from": "2026-09-21", "to": "2026-09-22"})).unknown is None
    await backfill(ctx, 1, LATER)
    assert (await fees(ctx)).unknown is None


async def test_the_fee_of_a_won_dispute_comes_back(ctx: Context) -> None:
    await backfill(ctx, 0, 0)
    lines = [
        entry("txn_a", -10_000, 0, fee=1500),
        entry("txn_b", 10_000, 0, fee=-1500, created=AT + LATER),
    ]
    await record_event(ctx, at(LATER, "charge.dispute.closed", dispute(0, *lines, status="won")))
    assert (await fees(ctx, group_by="type")).rows == (("fee", "USD", 320, 1), ("dispute_fee", "USD", 0, 1))
    days = await fees(ctx, group_by="day", **{"from": "2026-09-22", "to": "2026-09-23"})
    assert [tuple(row) for row in days.rows] == [(date(2026, 9, 22), "USD", -1500, 0)]


OF_PLATFORM = {"type": "application_fee", "amount": 500, "currency": "usd", "application": "ca_1"}
OF_STRIPE = {"type": "stripe_fee", "amount": 300, "currency": "usd", "application": None}
TAX = {"type": "tax", "amount": 20, "currency": "usd", "application": None}


async def test_the_fee_of_a_platform_is_not_stripes(ctx: Context) -> None:
    """An account that a platform connected pays two fees in one sum; both are spent, one of them to Stripe."""
    paid = {"fee": 820, "fee_details": [OF_PLATFORM, OF_STRIPE, TAX]}
    back = {
        "id": "txn_back",
        "type": "refund",
        "reporting_category": "refund",
        "amount": -10_000,
        "source": "re_1",
    }
    back |= {"fee": -250, "fee_details": [OF_PLATFORM | {"amount": -250}]}
    await backfill(ctx, 0, 0, fee=820)  # as it was booked before its details were read
    for _ in range(2):  # a second run changes nothing
        await backfill(ctx, 0, 0, **paid)
        await backfill(ctx, 1, 60, **back)
    assert (await fees(ctx, group_by="type")).rows == (("fee", "USD", 320, 1),)
    movements = await rows(
        ctx,
        "select kind, amount_minor, counterparty from transactions where external_id ~ ':(platform_)?fee' order by id",
    )
    assert [tuple(row.values()) for row in movements] == [
        ("fee", -320, "Stripe"),
        ("adjustment", -500, None),
        ("adjustment", 250, None),
    ]


async def test_details_that_exceed_the_fee_are_not_a_platforms(ctx: Context) -> None:
    await backfill(ctx, 0, 0, fee_details=[OF_PLATFORM])
    assert (await fees(ctx, group_by="type")).rows == (("fee", "USD", 320, 1),)
