"""A transfer is left out of income and spend only where its other half is in the books, in every order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from execops.books import cash, ledger
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.effects import Balance, Movement
from execops.model import Json
from execops.money import Money
from tests import records

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def moved(
    id_: str, day: str, minor: int, kind: str = "bank", purpose: str | None = None, currency: str = "USD"
) -> Movement:
    return Movement(
        external_id=id_,
        kind=kind,
        amount=Money(minor, currency),
        occurred_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
        counterparty="Stripe" if purpose == "payout" else "Savings" if purpose else "AWS",
        purpose=purpose,
    )


def line(id_: str, day: str, minor: int, currency: str = "USD") -> Movement:
    """A bank's line of Stripe's payout."""
    return moved(id_, day, minor, purpose="payout", currency=currency)


def payout(id_: str, day: str, minor: int, currency: str = "USD") -> Movement:
    """A payout as Stripe tells it: money that leaves Stripe."""
    return moved(id_, day, -minor, "payout", currency=currency)


async def book(ctx: Context, *movements: Movement) -> None:
    """Book each movement in a transaction of its own, bank lines and Stripe's by their own sources."""
    for movement in movements:
        async with ctx.transaction() as conn:
            await ledger.book(conn, "bank" if movement.kind.startswith("bank") else "stripe", (movement,))


async def kinds(ctx: Context) -> dict[str, str]:
    rows = await records.rows(ctx, "select external_id, kind from transactions where source = 'bank'")
    return {row["external_id"]: row["kind"] for row in rows}


async def runway(ctx: Context) -> Json:
    """The runway of the play, which the canvas gives too."""
    async with ctx.connection() as conn:
        answer = await cash.runway(conn, ctx.settings, NOW)
    async with open_canvas(ctx) as canvas:
        (row,) = (await canvas.answer("runway", {"currency": "USD"}, NOW.date())).records()
        burnt = await canvas.answer(
            "burn_rate", {"from": "2026-08-01", "to": "2026-11-01", "group_by": "currency"}, NOW.date()
        )
    assert (row["cash"], row["burn"], row["months"]) == (answer["cash"], answer["burn"], answer["months"])
    assert round(burnt.records()[0]["burn"] / 3) == answer["burn"]
    return answer


async def quarter(ctx: Context) -> None:
    """Three months of 38,191.00 out, and 34,500.00 a month that Stripe paid out; 375,000.00 in the bank."""
    async with ctx.transaction() as conn:
        await ledger.keep_balance(
            conn, Balance(account="bank:main", kind="current", amount=Money(37_500_000, "USD"), as_of=NOW)
        )
    for month in ("08", "09", "10"):
        await book(
            ctx,
            moved(f"out {month}", f"2026-{month}-05", -3_819_100),
            line(f"in {month}", f"2026-{month}-20", 3_450_000),
        )


async def test_bank_income_counts_without_stripe(ctx: Context) -> None:
    await quarter(ctx)
    answer = await runway(ctx)
    # 38,191.00 - 34,500.00 = 3,691.00 a month; 375,000.00 / 3,691.00 = 101.59 months.
    assert (answer["burn"], answer["months"]) == (369_100, 101.5)


async def test_a_payout_in_the_books_takes_its_line_out(ctx: Context) -> None:
    await quarter(ctx)
    charges = [moved(f"ch {month}", f"2026-{month}-16", 3_500_000, "charge") for month in ("08", "09", "10")]
    fees = [moved(f"fee {month}", f"2026-{month}-16", -50_000, "fee") for month in ("08", "09", "10")]
    await book(ctx, *charges, *fees)
    await book(ctx, *(payout(f"po {month}", f"2026-{month}-18", 3_450_000) for month in ("08", "09", "10")))
    assert {kind for id_, kind in (await kinds(ctx)).items() if id_.startswith("in")} == {"bank_transfer"}
    answer = await runway(ctx)
    # The charges are the income now, once: 38,191.00 - 35,000.00 + 500.00 = 3,691.00 a month, as before.
    assert (answer["burn"], answer["months"]) == (369_100, 101.5)


async def test_only_the_line_whose_payout_is_known_is_left_out(ctx: Context) -> None:
    await quarter(ctx)
    await book(ctx, payout("po", "2026-09-18", 3_450_000))
    assert {id_ for id_, kind in (await kinds(ctx)).items() if kind == "bank_transfer"} == {"in 09"}


HALVES = (
    line("line a", "2026-11-04", 10_000),
    line("line b", "2026-11-05", 10_000),
    payout("po a", "2026-11-02", 10_000),
    payout("po b", "2026-11-03", 10_000),
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
async def test_payouts_of_the_same_amount_are_paired_in_every_order(
    ctx: Context, order: Sequence[int]
) -> None:
    await book(ctx, *(HALVES[at] for at in order))
    assert await kinds(ctx) == {"line a": "bank_transfer", "line b": "bank_transfer"}


async def test_one_payout_takes_out_one_line(ctx: Context) -> None:
    await book(ctx, *HALVES[:3])
    assert sorted((await kinds(ctx)).values()) == ["bank", "bank_transfer"]


@pytest.mark.parametrize(
    ("half", "kind"),
    [
        (
            payout("po", "2026-11-19T15:00", 10_000),
            "bank_transfer",
        ),  # instant: the bank's day began before it
        (payout("po", "2026-11-06", 10_000), "bank_transfer"),  # two weeks under way
        (payout("po", "2026-11-04", 10_000), "bank"),
        (payout("po", "2026-11-22", 10_000), "bank"),
        (payout("po", "2026-11-18", 10_001), "bank"),
        (payout("po", "2026-11-18", -10_000), "bank"),
        (payout("po", "2026-11-18", 10_000, "EUR"), "bank"),
        (moved("ch", "2026-11-18", -10_000, "charge"), "bank"),
        (moved("re", "2026-11-18", -10_000, "refund"), "bank"),
    ],
)
async def test_a_half_has_the_amount_the_currency_and_about_the_day(
    ctx: Context, half: Movement, kind: str
) -> None:
    await book(ctx, line("line", "2026-11-19", 10_000), half)
    assert await kinds(ctx) == {"line": kind}


async def test_money_that_stripe_takes_back_is_paired_too(ctx: Context) -> None:
    await book(
        ctx,
        payout("po", "2026-11-02", -10_000),  # a negative payout: Stripe debits the bank
        line("debit", "2026-11-04", -10_000),
        moved("tu", "2026-11-05", 70_000, "topup"),
        line("topped up", "2026-11-04", -70_000),
        moved("po returned", "2026-11-06", 20_000, "payout"),
        line("given back", "2026-11-06", -20_000),
    )
    assert set((await kinds(ctx)).values()) == {"bank_transfer"}


async def test_both_halves_at_two_banks_are_left_out(ctx: Context) -> None:
    await book(ctx, moved("out", "2026-11-02", -500_000, purpose="transfer"))
    assert await kinds(ctx) == {"out": "bank"}
    await book(ctx, moved("in", "2026-11-04", 500_000, purpose="transfer"))
    assert await kinds(ctx) == {"out": "bank_transfer", "in": "bank_transfer"}
    await book(ctx, moved("again", "2026-11-05", 500_000, purpose="transfer"))
    assert (await kinds(ctx))["again"] == "bank"


async def test_a_transfer_is_not_paired_with_a_payment(ctx: Context) -> None:
    await book(
        ctx,
        moved("out", "2026-11-02", -500_000, purpose="transfer"),
        moved("customer", "2026-11-03", 500_000),
        moved("late", "2026-11-08", 500_000, purpose="transfer"),
    )
    assert set((await kinds(ctx)).values()) == {"bank"}


async def test_a_transfer_finds_the_half_that_its_bank_labels(ctx: Context) -> None:
    await book(ctx, moved("own", "2026-11-02", 500_000, "bank_transfer"))
    await book(ctx, moved("out", "2026-11-02", -500_000, purpose="transfer"))
    assert await kinds(ctx) == {"own": "bank_transfer", "out": "bank_transfer"}


async def test_two_halves_that_are_booked_at_once_are_paired(ctx: Context) -> None:
    """Neither transaction sees the other's row before its commit."""
    await asyncio.gather(*(book(ctx, half) for half in HALVES))
    assert set((await kinds(ctx)).values()) == {"bank_transfer"}


async def test_two_writers_of_the_same_payouts_do_not_wait_for_each_other(ctx: Context) -> None:
    """A backfill books a page of payouts while the event of one of them is booked."""
    payouts = tuple(payout(f"po {n}", "2026-11-02", 10_000 + n) for n in range(5))
    lines = tuple(line(f"line {n}", "2026-11-04", 10_000 + n) for n in range(5))

    async def page(order: tuple[Movement, ...]) -> None:
        async with ctx.transaction() as conn:
            await ledger.book(conn, "stripe", order)

    async def statement() -> None:
        async with ctx.transaction() as conn:
            await ledger.book(conn, "bank", lines)

    await asyncio.gather(page(payouts), page(payouts[::-1]), statement(), page(payouts[2:]))
    assert set((await kinds(ctx)).values()) == {"bank_transfer"}


async def test_the_sums_follow_a_line_that_is_paired(ctx: Context) -> None:
    await book(ctx, *HALVES)
    rows: list[dict[str, Any]] = await records.rows(
        ctx,
        "select kind, sum(money_in) as money_in, sum(moves_in) as moves_in from rollup_kinds"
        " where grain = 'day' group by kind order by kind",
    )
    sums = {row["kind"]: (row["money_in"], row["moves_in"]) for row in rows}
    assert (sums["bank"], sums["bank_transfer"]) == ((0, 0), (20_000, 2))
