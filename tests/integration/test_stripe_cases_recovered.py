"""Recovered is what was open when the action was executed, in every order of arrival."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from execops import processing
from execops.authority import audit
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import records
from tests.draws import orders_of
from tests.stripe_cases import load_case
from tests.stripe_events import event, failed, invoice, take_in

HOUR = 3600


async def execute(ctx: Context, client: Client, proposal_id: int) -> float:
    """Approve the proposal and execute it; returns the moment."""
    await client.proposals.approve(proposal_id, (await client.proposals.get(proposal_id)).version)
    proposal = await client.proposals.get(proposal_id)
    await processing.execute_proposal(ctx, proposal_id, proposal.approval_no)
    proposal = await client.proposals.get(proposal_id)
    assert proposal.status is Status.EXECUTED
    await processing.close_thread(ctx, proposal.thread_id)
    [attempt] = await records.executions(ctx, proposal_id)
    moment: float = attempt["finished_at"].timestamp()
    return moment


async def recovered(ctx: Context) -> list[tuple[str, int, int]]:
    """Currency, amount and number of invoices, as the canvas answers."""
    async with open_canvas(ctx) as canvas:
        # Payments of the next hours may be of tomorrow, where it is late.
        later = canvas.today() + timedelta(days=2)
        answer = await canvas.answer("recovered_revenue", {"group_by": "play"}, later)
    return [(currency, amount, count) for _, currency, amount, count in answer.rows]


def at(moment: float, type_: str, **changes: Any) -> dict[str, Any]:
    """An event of the invoice at this Unix time; USD 1,000 are due."""
    whole = {"amount_due": 100_000, "amount_remaining": 100_000, "amount_paid": 0}
    return event(type_, invoice("in_1", **(whole | changes)), created=int(moment))


def paid_at(moment: float, **changes: Any) -> dict[str, Any]:
    settled = {"status": "paid", "amount_paid": 100_000, "amount_remaining": 0, "next_payment_attempt": None}
    settled |= {"status_transitions": {"paid_at": int(moment)}}
    return at(moment, "invoice.paid", **(settled | changes))


async def test_what_was_paid_before_the_action_is_not_recovered(ctx: Context, client: Client) -> None:
    """HKD 1,000 due, HKD 600 paid before the mail."""
    open_, paid = load_case("recovered_partly_paid_before", int(time.time()))
    [proposal_id] = [
        result["proposal"]
        for result in (await take_in(ctx, open_)).outcome
        if result["play"] == "card_update"
    ]
    await execute(ctx, client, proposal_id)
    await take_in(ctx, paid)
    assert await recovered(ctx) == [("HKD", 40_000, 1)]
    last = (await client.proposals.card(proposal_id)).trail[-1]
    assert (last.entry.action, last.entry.metadata_json["amount_minor"]) == ("recovery.credited", 40_000)


@pytest.mark.parametrize("order", orders_of(range(4)))
async def test_every_order_of_arrival_ends_in_the_same_amount(
    ctx: Context, client: Client, order: tuple[int, ...]
) -> None:
    """Half of it was paid an hour before the mail, a fifth an hour after it, and the rest at last."""
    proposal_id = await records.pending_id(
        ctx, "in_1", amount_due=100_000, amount_remaining=100_000, created=int(time.time()) - 2 * HOUR
    )
    moment = await execute(ctx, client, proposal_id)
    events = [
        at(moment - HOUR, "invoice.updated", amount_paid=50_000, amount_remaining=50_000),
        at(moment + HOUR, "invoice.updated", amount_paid=70_000, amount_remaining=30_000),
        paid_at(moment + 2 * HOUR),
        paid_at(moment + 2 * HOUR) | {"type": "invoice.payment_succeeded"},
    ]
    for place in order:
        await take_in(ctx, events[place])
    assert await recovered(ctx) == [("USD", 50_000, 1)]
    async with ctx.connection() as conn:
        assert (await audit.verify(conn)).ok


@pytest.mark.parametrize(
    ("payment", "amount"),
    [
        ({}, 100_000),
        ({"paid_out_of_band": True}, 100_000),  # by bank transfer, and marked as paid
        ({"amount_paid": 0}, None),  # the customer's credit balance paid it: no money came
        ({"amount_due": 70_000, "amount_paid": 70_000}, 70_000),  # a credit note took 300 off
        ({"amount_paid": 120_000, "amount_overpaid": 20_000}, 100_000),  # the customer sent more than was due
        ({"currency": "jpy", "amount_paid": 1000}, 1000),  # nothing is known in this currency
    ],
)
async def test_no_more_is_recovered_than_was_open_and_was_paid(
    ctx: Context, client: Client, payment: dict[str, Any], amount: int | None
) -> None:
    proposal_id = await records.pending_id(ctx, "in_1", amount_due=100_000, amount_remaining=100_000)
    moment = await execute(ctx, client, proposal_id)
    await take_in(ctx, paid_at(moment + HOUR, **payment))
    assert [row[1] for row in await recovered(ctx)] == ([] if amount is None else [amount])


async def test_old_events_without_the_remaining_amount(ctx: Context, client: Client) -> None:
    told = failed("in_1", amount_due=100_000, amount_paid=60_000)
    del told["data"]["object"]["amount_remaining"]
    [proposal_id] = [
        result["proposal"] for result in (await take_in(ctx, told)).outcome if result["play"] == "card_update"
    ]
    moment = await execute(ctx, client, proposal_id)
    await take_in(ctx, paid_at(moment + HOUR))
    assert [row[1] for row in await recovered(ctx)] == [40_000]
