"""Numbers from outside that no column can hold: they read as missing, and nothing fails."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from execops import processing
from execops.books import cash, facts
from execops.books.facts import About
from execops.canvas import catalogue
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.db import storable
from execops.ingest import events
from execops.model import Event, EventStatus
from execops.money import Money
from tests import records
from tests.stripe_events import deliver, event, failed, fixture, invoice, paid, take_in

LARGEST = 2**63 - 1
ODD = {
    "large": 10**20,
    "negative": -(10**20),
    "largest": LARGEST,
    "smallest": -LARGEST,
    "float": 1e300,
    "small float": -1e-300,
    "string": "99999999999999999999",
    "exponent": "1e999999999",
    "words": "many",
    "boolean": True,
}
SUBSCRIPTION = {"customer": "cus_1", "status": "active", "pause_collection": None}
OBJECTS: dict[str, Callable[[], dict[str, Any]]] = {
    "invoice.payment_failed": invoice,
    "invoice.paid": lambda: invoice(status="paid", amount_paid=4900),
    "invoice.overdue": invoice,
    "charge.failed": lambda: fixture("charge", id="ch_1", customer="cus_1", status="failed"),
    "charge.succeeded": lambda: fixture("charge", id="ch_1", customer="cus_1", status="succeeded"),
    "charge.refunded": lambda: fixture("charge", id="ch_1", customer="cus_1", status="succeeded"),
    "refund.created": lambda: fixture("refund", id="re_1"),
    "charge.dispute.created": lambda: fixture(
        "dispute", id="du_1", balance_transactions=[fixture("balance_transaction", id="txn_1")]
    ),
    "payout.failed": lambda: fixture("payout", id="po_1", status="failed"),
    "balance.available": lambda: fixture("balance"),
    "issuing_transaction.created": lambda: fixture("issuing.transaction", id="ipi_1"),
    "customer.source.expiring": lambda: fixture("card", id="card_1", customer="cus_1"),
    "customer.subscription.trial_will_end": lambda: fixture(
        "subscription", id="sub_1", **SUBSCRIPTION | {"status": "trialing"}
    ),
    "invoice.upcoming": lambda: invoice(id=None, subscription="sub_1"),
    "payment_method.updated": lambda: fixture("payment_method", id="pm_1", customer="cus_1"),
    "customer.subscription.updated": lambda: fixture("subscription", id="sub_1", **SUBSCRIPTION),
    "customer.subscription.deleted": lambda: fixture("subscription", id="sub_1", **SUBSCRIPTION),
}


def with_each_number(value: Any, odd: object) -> Any:
    """The value with this one in the place of every number, and of every amount that is not known."""
    if isinstance(value, dict):
        return {
            name: odd
            if name
            in {"unit_amount_decimal", "percent_off", "amount_off", "quantity", "next_payment_attempt"}
            else with_each_number(part, odd)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [with_each_number(part, odd) for part in value]
    return odd if isinstance(value, int | float) and not isinstance(value, bool) else value


def numbers(ctx_payload: dict[str, Any], odd: object) -> Iterator[dict[str, Any]]:
    """The event with all numbers of its object replaced, alone and beside the values before the change."""
    payload = copy.deepcopy(ctx_payload)
    payload["data"]["object"] = with_each_number(payload["data"]["object"], odd)
    yield payload
    beside = copy.deepcopy(payload)
    beside["id"] += "_b"
    beside["data"]["previous_attributes"] = {"amount_refunded": -(10**18), "quantity": odd}
    yield beside


# A job processes an event in one of two ways. Every object comes in both, and so does every place of a number.
IN_STEPS = (False, True, True, False)


async def processed(ctx: Context, payload: dict[str, Any], *, in_steps: bool) -> Event:
    """Process an event in one of the ways that a job may; returns it."""
    receipt = await deliver(ctx, payload)
    await processing.process_event(ctx, receipt.event_id, in_steps=in_steps)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


@pytest.mark.parametrize("kind", ODD)
async def test_no_number_fails_an_event(ctx: Context, kind: str) -> None:
    ways = itertools.cycle(IN_STEPS)
    for name, make in OBJECTS.items():
        for payload in numbers(event(name, make()), ODD[kind]):
            taken = await processed(ctx, payload, in_steps=next(ways))
            assert taken.status is EventStatus.PROCESSED, name


async def test_no_single_number_fails_an_event(ctx: Context) -> None:
    ways = itertools.cycle(IN_STEPS)
    for name, make in OBJECTS.items():
        for field, value in make().items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                payload = event(name, make() | {field: 10**20})
                taken = await processed(ctx, payload, in_steps=next(ways))
                assert taken.status is EventStatus.PROCESSED, (name, field)


async def test_an_attempt_count_beyond_bigint_is_noted(ctx: Context) -> None:
    taken = await take_in(ctx, failed(attempt_count=10**20))
    assert taken.status is EventStatus.PROCESSED
    assert taken.payload_json["data"]["object"]["attempt_count"] == 10**20
    assert taken.payload_json["_execops_unreadable"] == [
        f"number {10**20} is beyond 64 bits and reads as missing"
    ]
    assert [result["result"] for result in records.results_of_play(taken)] == ["drafted"]
    proposal_id = records.results_of_play(taken)[0]["proposal"]
    assert "attempt 1" in (await records.proposal(ctx, proposal_id)).title


@pytest.mark.parametrize("number", [LARGEST, -LARGEST, 12, 1.5e30])
def test_a_number_that_fits_is_not_noted(number: float) -> None:
    body = json.dumps({"n": [{"m": number}], "id": "12345678901234567890"}).encode()
    assert "_execops_unreadable" not in storable.parse(body).payload


@pytest.mark.parametrize("text", ["é", "e"])
@pytest.mark.parametrize("number", [2**63, -(2**63), 2**64 - 1, 10**400])
def test_a_number_beyond_bigint_is_noted(number: int, text: str) -> None:
    parsed = storable.parse(json.dumps({"n": [{"m": number}], text: text}, ensure_ascii=False).encode())
    assert parsed.payload["n"] == [{"m": number}]
    (note,) = parsed.payload["_execops_unreadable"]
    assert note.startswith(f"number {str(number)[:40]} is beyond 64 bits")


async def test_a_lifetime_beyond_bigint_is_left_out(ctx: Context) -> None:
    for number in range(3):
        await take_in(ctx, paid(f"in_{number}", amount_paid=LARGEST))
    taken = await take_in(ctx, failed("in_9"))
    assert [result["result"] for result in records.results_of_play(taken)] == ["drafted"]
    async with ctx.connection() as conn:
        current = await facts.gather(conn, ctx.settings, ctx.clock.now(), About("in_9", "cus_1"))
    assert current.paid == []


async def book(ctx: Context, kind: str, amount: int, at: str, counterparty: str | None = None) -> None:
    await records.run(
        ctx,
        "insert into transactions (occurred_at, kind, amount_minor, currency, counterparty, customer, source,"
        " external_id) select %s, %s, %s, 'USD', %s, 'cus_1', 'test', gen_random_uuid()::text"
        " from generate_series(1, 3)",
        at,
        kind,
        amount,
        counterparty,
    )


async def test_sums_beyond_bigint_make_spend_and_runway_unknown(ctx: Context) -> None:
    now = ctx.clock.now()
    zone = ZoneInfo(ctx.settings.time_zone)
    for back in range(5):
        await book(ctx, "bank", -LARGEST, cash.month_start(now, zone, back).isoformat(), "AWS")
    for account in ("bank:a", "bank:b"):
        await records.run(
            ctx,
            "insert into balances (account, kind, amount_minor, currency, as_of) values (%s, 'current', %s, 'USD', %s)",
            account,
            LARGEST,
            now,
        )
    month = cash.month_name(now, zone)
    async with ctx.connection() as conn:
        spend = await cash.vendor_spend(conn, ctx.settings, now, cash.spend_object("AWS", "USD", month))
        runway = await cash.runway(conn, ctx.settings, now)
    assert spend is not None
    assert "larger than an amount can be" in spend["unknown"]
    assert (runway["cash"], runway["burn"], runway["months"]) == (None, None, None)
    assert "larger than an amount can be" in runway["unknown"]
    for type_, make in OBJECTS.items():  # the plays that ask for them
        assert (await take_in(ctx, event(type_, make()))).status is EventStatus.PROCESSED


async def test_every_metric_answers_sums_beyond_bigint(ctx: Context) -> None:
    kinds = ["charge", "refund", "dispute", "dispute_fee", "fee", "issuing", "bank", "payout", "invoice_paid"]
    for kind in [*kinds, "adjustment"]:
        for amount in (LARGEST, -LARGEST):
            for at in ("2026-03-03", "2026-04-04", "2026-05-05"):
                await book(ctx, kind, amount, at, "AWS")
        await book(ctx, kind, -LARGEST if kind in {"issuing", "bank"} else LARGEST, "2026-05-06", "AWS")
    for number in range(3):
        await records.run(
            ctx,
            "insert into mrr_changes (customer, subscription, at, delta_minor, currency, kind)"
            " values ('cus_1', %s, '2026-03-03', %s, 'USD', 'new'), ('cus_1', %s, '2026-05-05', %s, 'USD', 'churn')",
            f"sub_{number}",
            LARGEST,
            f"sub_{number}",
            -LARGEST,
        )
        await records.run(
            ctx,
            "insert into mrr_levels (subscription, customer, at, currency, tiebreak, level_minor)"
            " values (%s, 'cus_1', '2026-03-03', 'USD', '', %s)",
            f"sub_{number}",
            LARGEST,
        )
        await records.run(
            ctx,
            "insert into balances (account, kind, amount_minor, currency, as_of)"
            " values (%s, 'current', %s, 'USD', '2026-03-03')",
            f"bank:{number}",
            LARGEST,
        )
    await take_in(ctx, event("charge.dispute.created", fixture("dispute", id="du_1", amount=10**30)))
    today = date(2026, 5, 20)
    async with open_canvas(ctx) as canvas:
        for name, metric in catalogue.load().items():
            for group in metric.groups if "group_by" in metric.params else (None,):
                params: dict[str, Any] = {} if group is None else {"group_by": group}
                if "from" in metric.params:
                    params |= {"from": "2026-03-01", "to": "2026-06-01"}
                answer = await canvas.answer(name, params, today)
                json.dumps(answer.to_json(), default=str)
                assert not any(isinstance(cell, Decimal) for row in answer.rows for cell in row)
        net = await canvas.answer("net_revenue", {"from": "2026-05-06", "to": "2026-05-07"}, today)
        assert any(isinstance(cell, int) and cell > LARGEST for row in net.rows for cell in row)


async def test_open_invoices_beyond_bigint_are_drafted_about_together(ctx: Context) -> None:
    """Each amount fits, and their sum does not: the largest of them stands for all."""
    largest = 2**62 + 1
    for number, due in ((1, 2**62), (2, largest)):
        amounts = {"amount_due": due, "amount_remaining": due, "attempt_count": 3}
        receipt = await take_in(ctx, failed(f"in_{number}", **amounts))
        assert (receipt.status, receipt.error) == ("processed", None)
    for play in ("card_update", "owner_alert"):
        [proposal] = await records.proposals_of_play(ctx, play)
        assert proposal.amount == Money(largest, "USD")
