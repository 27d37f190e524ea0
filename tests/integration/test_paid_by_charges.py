"""What customers paid without an invoice, as through a payment link, stands on the cards about them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from execops.books import facts
from execops.books.facts import About, Facts
from execops.context import Context
from execops.plays import wording
from tests.money_stories import AT, HOUR, at, charge, refund
from tests.records import record_event
from tests.stripe_events import fixture


async def gather(ctx: Context, customer: str) -> Facts:
    async with ctx.connection() as conn:
        now = datetime.fromtimestamp(AT + 2 * HOUR, UTC)
        return await facts.gather(conn, ctx.settings, now, About(customer, customer))


def lifetime(facts: Facts) -> list[str]:
    return [value for label, value in wording.about_customer(facts) if label == "Lifetime paid"]


@pytest.mark.parametrize("count", [1, 3])
async def test_charges_without_an_invoice_are_paid(ctx: Context, count: int) -> None:
    for number in range(count):
        bought = charge(
            0, id=f"ch_{number}", payment_intent=f"pi_{number}", amount=9_900, amount_captured=9_900
        )
        await record_event(ctx, at(number, "charge.succeeded", bought))
    await record_event(ctx, at(HOUR, "refund.created", refund(0, amount=900)))
    facts = await gather(ctx, "cus_0")
    assert lifetime(facts) == [["$90.00 in 1 payment"], ["$288.00 in 3 payments"]][count > 1]
    assert facts.paid == []  # of invoices


async def test_charges_of_invoices_count_once(ctx: Context) -> None:
    """A customer of invoices in dollars who once bought something in euros."""
    await record_event(ctx, at(0, "charge.succeeded", charge(0)))
    settled = fixture(
        "invoice", id="in_1", customer="cus_0", currency="usd", status="paid", amount_paid=10_000
    )
    await record_event(ctx, at(1, "invoice.paid", settled))
    euros = charge(
        0, id="ch_euros", payment_intent="pi_euros", currency="eur", amount=2_000, amount_captured=2_000
    )
    await record_event(ctx, at(2, "charge.succeeded", euros))
    assert lifetime(await gather(ctx, "cus_0")) == ["$100.00 in 1 invoice", "€20.00 in 1 payment"]


async def test_failed_charges_are_not_paid(ctx: Context) -> None:
    await record_event(ctx, at(0, "charge.failed", charge(0, status="failed", paid=False, amount_captured=0)))
    assert lifetime(await gather(ctx, "cus_0")) == []
