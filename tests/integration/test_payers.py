"""Refunds and disputes belong to the customer who paid, in whichever order the events arrive."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from execops.books import facts, ledger
from execops.books.facts import About
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.money import Money
from execops.sources.stripe.event_effects import read_object
from execops.sources.stripe.fields import Notice
from tests.draws import orders_of
from tests.records import record_event, rows, until_blocked
from tests.stripe_events import event, fixture, invoice

DAY = date(2026, 9, 25)
AT = int(datetime(2026, 9, 21, 12, tzinfo=UTC).timestamp())
SEEN = datetime.fromtimestamp(AT + 200, UTC)
Events = list[tuple[str, dict[str, Any]]]


def charge(n: int, **changes: Any) -> dict[str, Any]:
    paid = {"amount": 100_000, "amount_captured": 100_000, "amount_refunded": 0, "currency": "usd"}
    paid |= {"status": "succeeded", "captured": True, "created": AT, "refunds": None, "invoice": None}
    names = {"id": f"ch_{n}", "customer": f"cus_{n}", "payment_intent": f"pi_{n}"}
    return fixture("charge", **(paid | names | changes))


def refund(n: int, **changes: Any) -> dict[str, Any]:
    whole = {"amount": 100_000, "currency": "usd", "status": "succeeded", "created": AT + 60}
    names = {"id": f"re_{n}", "charge": f"ch_{n}", "payment_intent": f"pi_{n}", "customer": None}
    return fixture("refund", **(whole | names | changes))


def dispute(n: int, **changes: Any) -> dict[str, Any]:
    entry = {
        "id": f"txn_{n}",
        "object": "balance_transaction",
        "type": "adjustment",
        "reporting_category": "dispute",
        "source": f"dp_{n}",
        "amount": -20_000,
        "fee": 1500,
        "currency": "usd",
        "created": AT + 120,
    }
    names = {"id": f"dp_{n}", "charge": f"ch_{n}", "payment_intent": f"pi_{n}"}
    taken = {"amount": 20_000, "currency": "usd", "balance_transactions": [entry]}
    return fixture("dispute", **(names | taken | changes))


def intent(n: int, **changes: Any) -> dict[str, Any]:
    names = {"id": f"pi_{n}", "customer": f"cus_{n}", "latest_charge": f"ch_{n}"}
    return fixture("payment_intent", **(names | changes))


def named(n: int) -> tuple[str, dict[str, Any]]:
    return "customer.created", fixture("customer", id=f"cus_{n}", name=f"Big Co {n}")


def by_charge(n: int) -> Events:
    return [
        named(n),
        ("charge.succeeded", charge(n)),
        ("refund.created", refund(n, amount=30_000, payment_intent=None)),
        ("charge.dispute.created", dispute(n, payment_intent=None)),
    ]


def by_intent(n: int) -> Events:
    return [
        ("charge.succeeded", charge(n)),
        ("refund.created", refund(n, id=f"re_{n}_a", amount=10_000, charge=None)),
        ("refund.created", refund(n, id=f"re_{n}_b", amount=20_000, charge=None)),
        ("charge.dispute.created", dispute(n, charge=None)),
    ]


def by_the_intents_own_event(n: int) -> Events:
    return [
        ("payment_intent.succeeded", intent(n)),
        ("charge.succeeded", charge(n, customer=None, payment_intent=None)),
        ("refund.created", refund(n, amount=30_000, payment_intent=None)),
        ("charge.dispute.created", dispute(n, payment_intent=None)),
    ]


def customer_known_later(n: int) -> Events:
    return [
        ("charge.succeeded", charge(n, customer=None)),
        ("charge.updated", charge(n)),
        ("refund.created", refund(n, amount=30_000)),
        ("charge.dispute.created", dispute(n)),
    ]


def by_invoice(n: int) -> Events:
    payments = {
        "object": "list",
        "data": [{"payment": {"type": "payment_intent", "payment_intent": f"pi_{n}"}}],
    }
    paid = {"customer": f"cus_{n}", "status": "paid", "amount_paid": 100_000, "payments": payments}
    return [
        ("charge.succeeded", charge(n, customer=None)),
        ("invoice.paid", invoice(f"in_{n}", **paid)),
        ("refund.created", refund(n, amount=30_000)),
        ("charge.dispute.created", dispute(n)),
    ]


def refunded_sum_of_a_guest(n: int) -> Events:
    """API versions before 2024-10-28 report the refunded sum of a charge."""
    return [
        ("charge.succeeded", charge(n, customer=None)),
        ("charge.refunded", charge(n, customer=None, amount_refunded=30_000)),
        ("charge.updated", charge(n, amount_refunded=30_000)),
        ("charge.dispute.created", dispute(n)),
    ]


def payload_of(type_: str, stripe_object: dict[str, Any]) -> dict[str, Any]:
    payload = event(type_, stripe_object, created=AT + 200)
    if type_ == "charge.refunded":
        payload["data"]["previous_attributes"] = {"amount_refunded": 0}
        payload["api_version"] = "2023-10-16"
    return payload


@pytest.mark.parametrize(
    "story",
    [
        by_charge,
        by_intent,
        by_the_intents_own_event,
        customer_known_later,
        by_invoice,
        refunded_sum_of_a_guest,
    ],
)
async def test_every_order_of_arrival_names_the_customer(ctx: Context, story: Any) -> None:
    orders = orders_of(range(4))
    for n, order in enumerate(orders):
        events = story(n)
        for place in order:
            await record_event(ctx, payload_of(*events[place]))
    async with open_canvas(ctx) as canvas:
        top = await canvas.answer("top_customers", {"limit": 100}, DAY)
        revenue = await canvas.answer("net_revenue", {"group_by": "customer"}, DAY)
        refunds = await canvas.answer("refunds", {"group_by": "customer"}, DAY)
    everybody = {f"cus_{n}" for n in range(len(orders))}
    assert {row[0]: row[3:] for row in top.rows} == dict.fromkeys(everybody, (50_000, 1))
    assert {row[0]: row[2:] for row in revenue.rows} == dict.fromkeys(
        everybody, (100_000, 30_000, 20_000, 50_000, 1)
    )
    assert {row[0]: row[2] for row in refunds.rows} == dict.fromkeys(everybody, 30_000)
    unnamed = await rows(ctx, "select external_id from transactions where customer is null or kind = 'fee'")
    assert unnamed == []


async def test_a_customer_whose_money_went_back_is_no_top_customer(ctx: Context) -> None:
    for type_, stripe_object in (
        named(1),
        ("refund.created", refund(1)),
        ("charge.succeeded", charge(1)),
        ("invoice.paid", invoice("in_1", customer="cus_1", status="paid", amount_paid=100_000)),
        named(2),
        ("charge.succeeded", charge(2, amount=1000, amount_captured=1000)),
    ):
        await record_event(ctx, payload_of(type_, stripe_object))
    async with open_canvas(ctx) as canvas:
        top = await canvas.ask("top customers", DAY)
        refunds = await canvas.ask("refunds for Big Co 1 in September", DAY)
    assert top.answer is not None
    assert refunds.answer is not None
    assert [row[1] for row in top.answer.rows] == ["Big Co 2"]
    assert [row[2] for row in refunds.answer.rows] == [100_000]
    assert await paid_by(ctx, "cus_1") == [Money(0, "USD")]


async def test_disputes_are_taken_off_what_a_customer_paid_and_given_back_when_won(ctx: Context) -> None:
    await record_event(
        ctx, payload_of("invoice.paid", invoice("in_1", customer="cus_1", status="paid", amount_paid=100_000))
    )
    await record_event(ctx, payload_of("charge.dispute.created", dispute(1)))
    await record_event(ctx, payload_of("charge.succeeded", charge(1)))
    assert await paid_by(ctx, "cus_1") == [Money(80_000, "USD")]
    [entry] = dispute(1)["balance_transactions"]
    back = entry | {"id": "txn_back", "amount": 20_000, "fee": 0, "reporting_category": "dispute_reversal"}
    won = dispute(1, status="won", balance_transactions=[entry, back])
    await record_event(ctx, payload_of("charge.dispute.closed", won))
    assert await paid_by(ctx, "cus_1") == [Money(100_000, "USD")]


async def test_the_refund_of_a_charge_without_an_invoice_leaves_what_the_invoices_paid(ctx: Context) -> None:
    for type_, stripe_object in (
        ("charge.succeeded", charge(2, customer="cus_1", amount=5000, amount_captured=5000)),
        ("refund.created", refund(2, amount=5000)),
    ):
        await record_event(ctx, payload_of(type_, stripe_object))
    assert await paid_by(ctx, "cus_1") == []  # nothing was paid by invoice, and nothing is below zero
    for type_, stripe_object in (
        ("charge.succeeded", charge(1)),
        ("invoice.paid", invoice("in_1", customer="cus_1", status="paid", amount_paid=100_000)),
    ):
        await record_event(ctx, payload_of(type_, stripe_object))
    assert await paid_by(ctx, "cus_1") == [Money(100_000, "USD")]


async def paid_by(ctx: Context, customer: str) -> list[Money]:
    async with ctx.connection() as conn:
        known = await facts.gather(conn, ctx.settings, ctx.clock.now(), About("in_1", customer))
    return [Money(paid["amount_minor"], paid["currency"]) for paid in known.paid]


@pytest.mark.parametrize("charge_first", [True, False])
async def test_a_charge_and_its_refund_that_are_written_at_once_meet(
    ctx: Context, charge_first: bool
) -> None:
    effects = [
        read_object(Notice(occurred_at=SEEN, type=type_, api_version="2025-03-31.basil"), stripe_object)
        for type_, stripe_object in (("charge.succeeded", charge(1)), ("refund.created", refund(1)))
    ]
    first, second = effects if charge_first else effects[::-1]

    async def write_second() -> None:
        async with ctx.transaction() as conn:
            await ledger.apply(conn, "stripe", second)

    async with ctx.transaction() as conn:
        await ledger.apply(conn, "stripe", first)
        writer = asyncio.create_task(write_second())
        await until_blocked(ctx)
    await writer
    customers = await rows(ctx, "select external_id, customer from transactions order by external_id")
    assert [(row["external_id"], row["customer"]) for row in customers] == [
        ("ch_1", "cus_1"),
        ("re_1", "cus_1"),
    ]
