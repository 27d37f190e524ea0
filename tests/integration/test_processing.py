"""Every order of a subject's events, with duplicates, ends in the same ledger, snapshots and live proposals."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from execops.context import Context
from execops.model import Proposal
from tests import records
from tests.plays_table import subscription
from tests.stripe_events import BASE, event, failed, fixture, invoice, paid, take_in

Row = tuple[Any, ...]


def story(tag: str) -> list[dict[str, Any]]:
    """The events of one customer, in order; a few of them share a second."""
    customer, first, second = f"cus_{tag}", f"in_{tag}_1", f"in_{tag}_2"

    def bill(id_: str, **changes: Any) -> dict[str, Any]:
        unknown = {"customer": customer, "customer_name": None, "customer_email": None}
        return invoice(id_, **(unknown | changes))

    def plan(**changes: Any) -> dict[str, Any]:
        price = {"id": "price_1", "currency": "usd", "unit_amount": 4900, "recurring": {"interval": "month"}}
        item = {"id": "si_1", "quantity": changes.pop("quantity", 1), "price": price}
        shape = {"id": f"sub_{tag}", "customer": customer, "status": "active", "cancel_at_period_end": False}
        shape |= {"cancel_at": None, "canceled_at": None, "ended_at": None, "pause_collection": None}
        return fixture("subscription", **(shape | {"discounts": [], "items": {"data": [item]}} | changes))

    def person(**changes: Any) -> dict[str, Any]:
        return fixture("customer", id=customer, name="Acme Inc", email="old@acme.example", **changes)

    def charge(id_: str, **changes: Any) -> dict[str, Any]:
        shape = {"customer": customer, "amount": 4900, "currency": "usd", "invoice": None, "captured": True}
        return fixture("charge", id=f"ch_{tag}_{id_}", refunds=None, **(shape | changes))

    settled = {"status": "paid", "amount_paid": 4900, "amount_remaining": 0, "next_payment_attempt": None}
    occurrences = [
        ("customer.created", person(), 1),
        ("customer.subscription.created", plan(), 2),
        ("invoice.payment_failed", bill(first, attempt_count=1), 3),
        ("charge.failed", charge("a", status="failed", failure_code="card_declined"), 3),
        ("customer.updated", person() | {"email": "new@acme.example"}, 4),
        ("invoice.payment_failed", bill(first, attempt_count=2), 5),
        ("invoice.updated", bill(first, attempt_count=2), 5),
        ("customer.subscription.updated", plan(quantity=3), 6),
        ("invoice.payment_failed", bill(second), 7),
        ("charge.succeeded", charge("b", status="succeeded", amount_captured=4900), 8),
        ("invoice.paid", bill(second, **settled), 8),
        ("invoice.payment_succeeded", bill(second, **settled), 8),
        (
            "refund.created",
            fixture("refund", id=f"re_{tag}", charge=f"ch_{tag}_b", amount=900, created=BASE + 9),
            9,
        ),
        ("charge.refunded", charge("b", status="succeeded", amount_captured=4900, amount_refunded=900), 9),
    ]
    return [
        event(type_, obj, created=BASE + at) | {"id": f"evt_{tag}_{number}"}
        for number, (type_, obj, at) in enumerate(occurrences)
    ]


async def outcome(ctx: Context, tag: str) -> dict[str, list[Row]]:
    """The ledger, snapshots, MRR and live proposals of one story; its tag is replaced, so that stories compare."""
    queries = {
        "ledger": "select kind, amount_minor, currency, external_id, occurred_at, customer from transactions"
        " where external_id like %(of)s order by external_id",
        "snapshots": "select object_id, object_type, state, as_of, rank from snapshots"
        " where object_id like %(of)s order by object_id",
        "mrr": "select customer, at, delta_minor, currency, kind from mrr_changes"
        " where customer like %(of)s order by at, delta_minor",
        "live": "select play, object_id, covers, payload, urgency, title from action_proposals"
        " where subject_key like %(of)s and status in ('pending', 'approved', 'executing', 'failed', 'unknown')"
        " order by play, object_id",
    }
    records: dict[str, list[Row]] = {}
    async with ctx.connection() as conn:
        for name, query in queries.items():
            rows = await (await conn.execute(query.encode(), {"of": f"%\\_{tag}%"})).fetchall()
            records[name] = json.loads(
                json.dumps([list(row.values()) for row in rows], default=str).replace(tag, "TAG")
            )
    return records


@pytest.mark.parametrize("seed", range(3))
async def test_every_order_of_events_ends_in_the_same_state(ctx: Context, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(
        10
    ):  # so that no customer of a story is ever among those who paid most: see `owner_alert`
        large = paid(f"in_large_{number}", customer=f"cus_large_{number}", amount_paid=1_000_000)
        await take_in(ctx, large)
    for payload in story("x0"):
        await take_in(ctx, payload)
    expected = await outcome(ctx, "x0")
    assert [row[0] for row in expected["ledger"]] == ["charge", "invoice_paid", "refund"]
    assert [row[4] for row in expected["mrr"]] == ["new", "expansion"]
    assert [(row[0], row[2], row[3]["to"]) for row in expected["live"]] == [
        ("card_update", ["in_TAG_1"], "new@acme.example")
    ]
    for number in range(1, 8):
        tag = f"x{number}"
        events = story(tag)
        events += chance.choices(events, k=4)
        chance.shuffle(events)
        for payload in events:
            await take_in(ctx, payload)
        order = [payload["type"] for payload in events]
        assert await outcome(ctx, tag) == expected, order


async def card_mail(ctx: Context) -> Proposal:
    """The only card_update proposal."""
    (row,) = await records.rows(ctx, "select id from action_proposals where play = 'card_update'")
    return await records.proposal(ctx, row["id"])


async def test_a_play_that_declines_about_one_invoice_redrafts_what_it_drafted_about_another(
    ctx: Context,
) -> None:
    await take_in(ctx, failed("in_1", attempt_count=2))
    await take_in(ctx, failed("in_2", attempt_count=2, number="ACME-0002"))
    assert (await card_mail(ctx)).covers == ["in_1", "in_2"]
    taken = await take_in(ctx, failed("in_2", billing_reason="subscription_create", number="ACME-0002"))
    redrafted, declined = records.results_of_play(taken)
    assert (redrafted["result"], declined["result"]) == ("redrafted", "no proposal")
    proposal = await card_mail(ctx)
    assert proposal.covers == ["in_1"]
    assert "ACME-0002" not in proposal.payload["text"]


async def test_an_event_about_a_settled_invoice_drafts_nothing_about_the_others(ctx: Context) -> None:
    late = failed("in_1")
    await take_in(ctx, paid("in_1"))
    await take_in(ctx, failed("in_2"))
    taken = await take_in(ctx, late)
    assert [entry["why"] for entry in records.results_of_play(taken)] == ["invoice ACME-0001 is paid"]
    assert (await card_mail(ctx)).covers == ["in_2"]


async def test_an_invoice_that_nobody_has_tried_to_collect_yet_is_in_no_mail(ctx: Context) -> None:
    large: dict[str, Any] = {"amount_due": 900_000, "amount_remaining": 900_000, "number": "ACME-0002"}
    await take_in(ctx, failed("in_1", attempt_count=2))
    await take_in(ctx, event("invoice.finalized", invoice("in_2", attempt_count=0, **large)))
    assert (await card_mail(ctx)).covers == ["in_1"]
    await take_in(ctx, failed("in_2", **large))
    assert (await card_mail(ctx)).covers == ["in_1", "in_2"]


async def test_what_was_moot_for_a_while_is_drafted_again(ctx: Context) -> None:
    """Whether the subscription was paused before the failure or after it, once it goes on the customer is asked."""
    paused = {"pause_collection": {"behavior": "void", "resumes_at": None}}
    for number, order in enumerate(("fail pause resume", "pause fail resume")):
        of: dict[str, Any] = {"customer": f"cus_{number}"}
        plan: dict[str, Any] = of | {"id": f"sub_{number}", "previous_attributes": {}}
        bill = of | {"customer_email": f"billing@c{number}.example", "subscription": f"sub_{number}"}
        for step in order.split():
            if step == "fail":
                await take_in(ctx, failed(f"in_{number}", attempt_count=2, **bill))
            else:
                await take_in(ctx, subscription(**plan | (paused if step == "pause" else {})))
    rows = await records.rows(
        ctx, "select subject_key, status from action_proposals where play = 'card_update'"
    )
    assert sorted((row["subject_key"], row["status"]) for row in rows) == [
        ("cus_0", "pending"),
        ("cus_0", "superseded"),
        ("cus_1", "pending"),
    ]
