"""Debits that a bank answers days later: what failed never was revenue, and its customer got nothing back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from execops.books import ledger
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.effects import Effects
from execops.sources.stripe.object_effects import effects_of
from tests.draws import orders_of
from tests.records import rows
from tests.stripe_cases import NOW
from tests.stripe_events import event, fixture, take_in

DAY = 86_400
Json = dict[str, Any]


def debit(status: str, method: str = "sepa_debit", **changes: Any) -> Json:
    about = {"status": status, "paid": status == "succeeded", "captured": True, "created": NOW - 40 * DAY}
    amounts = {"amount": 22_000, "amount_captured": 22_000 if status == "succeeded" else 0, "currency": "eur"}
    details = {"payment_method_details": {"type": method, method: {}}, "balance_transaction": "txn_1"}
    plain = {"refunds": None, "amount_refunded": 0, "invoice": None, "payment_intent": "pi_1"}
    return fixture("charge", id="py_1", customer="cus_1") | about | amounts | details | plain | changes


def entries(charge: Json) -> list[Json]:
    """The entries of Stripe's ledger: one when the debit was sent, and one that takes it back."""
    line = {"object": "balance_transaction", "currency": "eur", "fee": 0, "source": charge}
    sent = line | {"id": "txn_1", "type": "payment", "reporting_category": "charge", "amount": 22_000}
    sent |= {"net": 22_000, "created": NOW - 40 * DAY}
    back = line | {"id": "txn_2", "type": "payment_failure_refund", "reporting_category": "charge_failure"}
    back |= {"amount": -22_000, "net": -22_000, "created": NOW - 35 * DAY}
    return [sent, back] if charge["status"] == "failed" else [sent]


async def read_entries(ctx: Context, charge: Json) -> None:
    async with ctx.transaction() as conn:
        for entry in entries(charge):
            effects: Effects = effects_of(entry, datetime.fromtimestamp(NOW, UTC))
            await ledger.apply(conn, "stripe", effects)


async def answer(ctx: Context, metric: str) -> list[tuple[Any, ...]]:
    async with open_canvas(ctx) as canvas:
        period = {
            "from": datetime(2026, 8, 1, tzinfo=UTC).date(),
            "to": datetime(2026, 10, 1, tzinfo=UTC).date(),
        }
        answer = await canvas.answer(metric, period | {"group_by": "currency"}, period["to"])
    return [row for row in answer.rows if any(value for value in row[2:])]


@pytest.mark.parametrize("order", orders_of(("pending", "failed", "entries")))
async def test_a_debit_that_failed_is_neither_revenue_nor_a_refund(
    ctx: Context, order: tuple[str, ...]
) -> None:
    """https://support.stripe.com/questions/changes-to-balance-transaction-behavior-for-debit-payment-methods."""
    for step in order:
        if step == "entries":
            await read_entries(ctx, debit("failed", failure_code="insufficient_funds"))
        else:
            days = 40 if step == "pending" else 35
            await take_in(ctx, event(f"charge.{step}", debit(step), created=NOW - days * DAY))
    assert await rows(ctx, "select kind, amount_minor from transactions") == []
    assert await answer(ctx, "net_revenue") == []
    assert await answer(ctx, "refunds") == []


@pytest.mark.parametrize("order", orders_of(("pending", "succeeded", "entries")))
async def test_a_debit_that_succeeded_counts_once_on_the_day_it_was_made(
    ctx: Context, order: tuple[str, ...]
) -> None:
    for step in order:
        if step == "entries":
            await read_entries(ctx, debit("succeeded"))
        else:
            days = 40 if step == "pending" else 35
            await take_in(ctx, event(f"charge.{step}", debit(step), created=NOW - days * DAY))
    [moved] = await rows(ctx, "select kind, amount_minor, occurred_at from transactions")
    assert (moved["kind"], moved["amount_minor"]) == ("charge", 22_000)
    assert moved["occurred_at"] == datetime.fromtimestamp(NOW - 40 * DAY, UTC)


async def test_an_entry_of_a_debit_under_way_waits_for_the_bank(ctx: Context) -> None:
    await read_entries(ctx, debit("pending"))
    assert await rows(ctx, "select kind from transactions") == []
    await read_entries(ctx, debit("succeeded"))
    assert [row["kind"] for row in await rows(ctx, "select kind from transactions")] == ["charge"]
