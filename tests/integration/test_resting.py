"""Open invoices that rest: whatever happens, an event that leaves them out answers as one that reads them all."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from execops import processing
from execops.books import resting
from execops.books.facts import About
from execops.client import Client
from execops.context import Context
from execops.model import Declined, Json
from execops.plays import receivables
from execops.plays.registry import all_plays
from execops.plays.routing import judging
from execops.plays.routing.router import Woken
from tests import records
from tests.plays_table import CANCELLED, subscription
from tests.stripe_events import BASE, deliver, event, failed, fixture, invoice, overdue, paid, take_in

TOGETHER = [play for play in all_plays().values() if play.together]
CUSTOMER = About("cus_1", "cus_1")
PLAN: dict[str, Any] = {"customer": "cus_1", "previous_attributes": {}}
WALKS = int(os.environ.get("EXECOPS_SOAK_WALKS", "1"))
SMALL: dict[str, Any] = {"amount_due": 400, "amount_remaining": 400}


@dataclass
class Later:
    """A clock that is ahead, and goes on as it is moved."""

    by: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC) + self.by


async def _resting(ctx: Context, now: datetime) -> set[str]:
    """The invoices that rest now, as far as the database tells."""
    rows = await records.rows(
        ctx,
        "select invoice from open_invoices join resting_subjects using (org_id, subject_key, context)"
        " where rests_until > %s",
        now,
    )
    return {row["invoice"] for row in rows}


async def _compare(ctx: Context) -> int:
    """Ask about the customer with and without the invoices that rest, and compare; returns how many were left out."""
    async with ctx.transaction() as conn:
        judge = judging.Judge(ctx, conn)
        answers = await judge.ask([Woken(play, CUSTOMER) for play in TOGETHER], seeks_draft=True)
        whole = judging.Judge(ctx, conn)
        rules = await whole.rules({"cus_1"})
        read = (await whole.read((play, CUSTOMER) for play in TOGETHER))[CUSTOMER]
        enough, _ = await judge.enough([(play, CUSTOMER) for play in TOGETHER])
        reader = judge._reader
        partly = await reader.gather({CUSTOMER: resting.NEEDS}, awake_only=True)
    wanted = {play.name: judging.answer(rules, play, read) for play in TOGETHER}
    assert [answer.declined is None for answer in answers] == [
        not isinstance(wanted[play.name], Declined) for play in TOGETHER
    ]
    drafts = {play: answer for play, answer in wanted.items() if not isinstance(answer, Declined)}
    assert {answer.play.name: answer.draft for answer in answers if answer.draft} == drafts
    assert {play: judging.answer(rules, all_plays()[play], enough[CUSTOMER]) for play in drafts} == drafts
    invoices = partly[CUSTOMER].invoices
    if not isinstance(invoices, resting.Unread):
        return 0
    left_out = {state["id"] for state in read.invoices} - {state["id"] for state in invoices.awake}
    for open_invoice in receivables.of_facts(read):
        if open_invoice.id in left_out:
            for play in TOGETHER:
                assert play.rests is not None
                assert play.rests(read, [open_invoice]), (play.name, open_invoice)
    return len(left_out)


def _charge(chance: Random) -> Json:
    number = chance.randrange(9)
    named = {"invoice": f"in_{chance.randrange(30)}"} if chance.random() < 0.5 else {}
    status = chance.choice(["failed", "failed", "pending", "succeeded"])
    code = chance.choice(["insufficient_funds", "lost_card", "authentication_required", "generic_decline"])
    charge = fixture(
        "charge",
        id=f"ch_{number}",
        customer="cus_1",
        payment_intent=f"pi_{number}",
        amount=chance.choice([400, 700, 4900]),
        currency="usd",
        status=status,
        paid=status == "succeeded",
        created=BASE + chance.randrange(100),
        failure_code="card_declined" if status == "failed" else None,
        **named,
    )
    if status == "failed":
        charge["outcome"] = {
            "type": "issuer_declined",
            "reason": code,
            "network_status": "declined_by_network",
        }
    return event(f"charge.{'failed' if status == 'failed' else status}", charge)


def _step(chance: Random) -> Json:
    """An event about the customer: mostly one more small invoice, now and then something that wakes the others."""
    name = f"in_{chance.randrange(30)}"
    tells: dict[str, Any] = {
        "hosted_invoice_url": f"https://invoice.stripe.com/i/acct_1/live_{name}_",
        "customer_name": chance.choice(["Acme Inc", "Acme Inc", "Acme", None]),
        "customer_email": chance.choice(["billing@acme.example", "accounts@acme.example", None]),
        "account_name": chance.choice(["Our team", None]),
    }
    plan = PLAN | {"id": f"sub_{chance.randrange(2)}"}
    ahead = BASE + 2 * 86_400 + 3_600 * chance.randrange(-10, 60)
    steps = [
        lambda: failed(
            name,
            **tells | SMALL,
            attempt_count=1,
            next_payment_attempt=ahead,
            subscription=chance.choice([None, "sub_0", "sub_1"]),
        ),
        lambda: failed(
            name, **tells | {"amount_due": 700, "amount_remaining": 700}, next_payment_attempt=ahead
        ),
        lambda: overdue(name, **tells | {"amount_due": 150, "amount_remaining": 150, "due_date": ahead}),
        lambda: overdue(name, **tells | {"amount_due": 8, "amount_remaining": 8}),
        lambda: failed(name, **tells | {"attempt_count": chance.choice([1, 2])}),
        lambda: paid(name, **tells),
        lambda: event("invoice.voided", invoice(name, status="void")),
        lambda: event("invoice.payment_action_required", invoice(name, customer_email=None)),
        lambda: _charge(chance),
        lambda: event(
            "customer.updated", fixture("customer", id="cus_1", email=chance.choice([None, "a@b.example"]))
        ),
        lambda: subscription(**plan),
        lambda: subscription(**plan | CANCELLED),
        lambda: subscription(**plan | {"pause_collection": {"behavior": "void", "resumes_at": None}}),
        lambda: subscription(**plan | {"cancellation_details": {"comment": "Do not contact me again."}}),
    ]
    weights = [14, 6, 4, 2, 1, 3, 2, 1, 6, 1, 1, 1, 1, 1]
    return chance.choices(steps, weights)[0]()


@pytest.mark.parametrize("seed", range(WALKS))
async def test_an_event_answers_as_one_that_reads_all(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """A walk of events and of time: after each step, and at the moments between, no answer hangs on what rests."""
    monkeypatch.setattr(resting, "BATCH", 2)
    chance, clock = Random(seed), Later()
    here = replace(ctx, clock=clock)
    left_out = 0
    for _ in range(90):
        payload = _step(chance)
        if chance.random() < 0.3:  # the ledger has it before the job that judges by it
            await records.record_event(ctx, payload)
            left_out += await _compare(here)
        receipt = await deliver(ctx, payload)
        await processing.process_event(here, receipt.event_id)
        left_out += await _compare(here)
        if chance.random() < 0.15:
            clock.by += timedelta(hours=chance.choice([1, 3, 9, 30]))
            left_out += await _compare(here)
        if chance.random() < 0.1:
            await records.run(
                ctx,
                "update action_proposals set status = 'superseded', outcome = 'a test' where status = 'pending'",
            )
    assert left_out > 90, "the walk left nothing out"


def _failed_charge(number: int, amount: int, **changes: Any) -> Json:
    charge = fixture(
        "charge",
        id=f"ch_{number}",
        customer="cus_1",
        amount=amount,
        currency="usd",
        status="failed",
        created=BASE + 10,
        **changes,
    )
    return event("charge.failed", charge)


async def _many(ctx: Context, number: int = 40) -> None:
    for position in range(number):
        await take_in(ctx, failed(f"in_{position}", **SMALL))


async def test_invoices_rest_until_something_changes(ctx: Context, client: Client) -> None:
    await _many(ctx)
    resting_now = await _resting(ctx, datetime.now(UTC))
    assert len(resting_now) >= 40 - resting.BATCH - 1
    sleeper = min(resting_now)
    await take_in(ctx, event("invoice.updated", invoice(sleeper, **SMALL)))
    assert sleeper not in await _resting(ctx, datetime.now(UTC))
    await take_in(ctx, event("customer.updated", fixture("customer", id="cus_1")))
    assert await _resting(ctx, datetime.now(UTC)) == set()
    for _ in range(2):  # what changed must stand once before invoices rest by it
        await take_in(ctx, event("invoice.updated", invoice(sleeper, **SMALL)))
    assert len(await _resting(ctx, datetime.now(UTC))) == 39


async def test_a_payment_wakes_the_invoices_that_it_may_be_of(ctx: Context, client: Client) -> None:
    """One that names its invoice wakes that one. Another wakes those of its amount."""
    amounts = {number: {"amount_due": 400 + number, "amount_remaining": 400 + number} for number in range(40)}
    for number, amount in amounts.items():
        await take_in(ctx, failed(f"in_{number}", **amount))
    before = await _resting(ctx, datetime.now(UTC))
    assert {"in_3", "in_7"} <= before
    await take_in(ctx, _failed_charge(1, 9000, invoice="in_3"))
    assert await _resting(ctx, datetime.now(UTC)) == before - {"in_3"}
    await take_in(ctx, _failed_charge(2, 407))
    assert await _resting(ctx, datetime.now(UTC)) == before - {"in_3", "in_7"}
    assert await _compare(ctx) == len(before) - 2


async def test_an_invoice_that_another_transaction_changes_is_not_laid_to_rest(
    ctx: Context, client: Client
) -> None:
    """It is left out where the other transaction still runs, which may wait for the subject, and where it has committed."""
    await _many(ctx, resting.BATCH)
    now = datetime.now(UTC)
    states = await records.rows(ctx, "select invoice, changes from open_invoices order by invoice")
    context = UUID(int=1)
    changes = {row["invoice"]: row["changes"] for row in states}
    awake = resting.Awake("cus_1", changes, frozenset(), True, context, context, {}, is_new=False)
    changed, changing, *others = changes
    touch = "update snapshots set as_of = as_of + interval '1 second' where object_id = %s"
    await records.run(ctx, touch, changed)
    async with ctx.transaction() as writer, ctx.transaction() as conn:
        await writer.execute(touch.encode(), (changing,))
        await resting.lay_to_rest(conn, awake, dict.fromkeys(changes, now + timedelta(days=1)))
    rows = await records.rows(ctx, "select invoice from open_invoices where context = %s", context)
    assert {row["invoice"] for row in rows} == set(others)


def test_every_play_about_invoices_together_says_which_rest() -> None:
    assert [play.name for play in all_plays().values() if play.together != (play.rests is not None)] == []
