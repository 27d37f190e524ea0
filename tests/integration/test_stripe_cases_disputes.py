"""Disputes and payouts as Stripe's events tell them: the verdict, the stages, and each order of arrival."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context, SystemClock
from execops.ingest import events
from execops.model import Event, Json, Proposal, Status, Urgency
from execops.money import Money
from tests import records
from tests.draws import orders_of
from tests.performing import go
from tests.stripe_events import deliver, event, fixture

NOW = datetime.now(UTC).replace(microsecond=0)
PLAY = "dispute_response"
LOST = "dispute_lost"


def days(count: float) -> int:
    """The Unix time so many days from now."""
    return int((NOW + timedelta(days=count)).timestamp())


def charge(id_: str = "ch_1", *, at: float = -15, type_: str = "charge.succeeded", **changes: Any) -> Json:
    """A payment of $49.00 by Ella Stone's Visa card, so many days from now."""
    paid: Json = {
        "id": id_,
        "customer": "cus_1",
        "amount": 4900,
        "amount_captured": 4900,
        "amount_refunded": 0,
        "captured": True,
        "paid": True,
        "currency": "usd",
        "status": "succeeded",
        "created": days(at),
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        "billing_details": {"name": "Ella Stone", "email": "ella@stone.example"},
    }
    return event(type_, fixture("charge", **(paid | changes)), created=days(at))


def dispute(
    type_: str = "charge.dispute.created", *, at: float = -0.5, due: float = 12, **changes: Any
) -> Json:
    """An event about the dispute of the charge `ch_1`."""
    held: Json = {
        "id": "du_1",
        "charge": "ch_1",
        "amount": 4900,
        "currency": "usd",
        "created": days(-1),
        "reason": "fraudulent",
        "status": "needs_response",
        "is_charge_refundable": False,
        "enhanced_eligibility_types": [],
        "evidence_details": {
            "due_by": days(due),
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "balance_transactions": [],
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "case_type": "chargeback"}},
    }
    return event(type_, fixture("dispute", **(held | changes)), created=days(at))


def subscription(
    *, ended: float | None, type_: str = "customer.subscription.deleted", **changes: Any
) -> Json:
    """A subscription of $49.00 a month, which ended so many days from now, or still runs."""
    price = {"currency": "usd", "unit_amount": 4900, "recurring": {"interval": "month", "interval_count": 1}}
    state: Json = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active" if ended is None else "canceled",
        "start_date": days(-300),
        "created": days(-300),
        "cancel_at_period_end": False,
        "cancel_at": None,
        "canceled_at": None if ended is None else days(ended),
        "ended_at": None if ended is None else days(ended),
        "cancellation_details": {"reason": "cancellation_requested", "feedback": "unused", "comment": None},
        "pause_collection": None,
        "trial_end": None,
        "items": {"object": "list", "data": [{"id": "si_1", "quantity": 1, "price": price}]},
    }
    name = "customer.subscription.updated" if ended is None else type_
    return event(
        name, fixture("subscription", **(state | changes)), created=days(-1 if ended is None else ended)
    )


def customer(*, at: float = -200) -> Json:
    """The customer, since so many days."""
    ella = {"id": "cus_1", "name": "Ella Stone", "email": "ella@stone.example", "created": days(at)}
    return event("customer.updated", fixture("customer", **ella), created=days(at))


async def take_in(ctx: Context, payload: Json) -> Event:
    """Receive an event and process it, both now."""
    receipt = await deliver(replace(ctx, clock=SystemClock()), payload)
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


async def proposals(ctx: Context, play: str = PLAY) -> list[Proposal]:
    """Every proposal of a play, the oldest first."""
    return await records.proposals_of_play(ctx, play)


async def after(ctx: Context, payloads: Sequence[Json], play: str = PLAY) -> Proposal:
    """The one pending proposal after these events."""
    for payload in payloads:
        await take_in(ctx, payload)
    [waiting] = [proposal for proposal in await proposals(ctx, play) if proposal.status is Status.PENDING]
    return waiting


def renamed(payload: Json, number: int) -> Json:
    """The event, of another customer with objects of their own: many orders of events share one database."""
    own = json.dumps(payload)
    for name in ("evt_", "cus_1", "ch_1", "ch_2", "re_1", "re_2", "du_1", "sub_1", "issfr_1", "txn_1"):
        own = own.replace(name, f"{name}n{number}_")
    return dict(json.loads(own))


async def ends(ctx: Context, payloads: Sequence[Json], play: str = PLAY, about: str = "du_1") -> set[str]:
    """The proposals that are pending at the end of each order of these events, in words, without the ids."""
    words = set()
    for number, order in enumerate(orders_of(payloads)):
        for payload in order:
            await take_in(ctx, renamed(payload, number))
        waiting = [
            proposal
            for proposal in await proposals(ctx, play)
            if proposal.status is Status.PENDING and proposal.object_id == f"{about}n{number}_"
        ]
        shown = [
            [proposal.title, proposal.verdict or proposal.reasoning, proposal.payload, proposal.evidence]
            for proposal in waiting
        ]
        words.add(json.dumps(shown).replace(f"n{number}_", ""))
    return words


# The verdict needs the customer of the charge, whom a dispute's events do not name


async def test_the_verdict_is_the_same_in_every_order_of_the_events(ctx: Context) -> None:
    story = [subscription(ended=-27), charge(), customer(), dispute(reason="subscription_canceled")]
    [words] = await ends(ctx, story)
    [[title, reasoning, payload, evidence]] = json.loads(words)
    until = dict(evidence)["Evidence due"]
    assert title == f"Dispute by Ella Stone (reason: subscription canceled), due {until}"
    assert "cancelled 12 days before the charge" in reasoning
    assert reasoning.startswith("Accept: ")
    assert "Notice of the renewal" not in payload["text"]


async def test_a_second_charge_that_arrives_later_changes_the_verdict(ctx: Context) -> None:
    before = await after(ctx, [charge(), dispute(reason="duplicate")])
    assert before.verdict.startswith("Decide. For ")
    twice = await after(ctx, [charge("ch_2", at=-14)])
    assert (twice.id, twice.verdict[:35]) == (before.id, "Accept: the customer was charged $4")
    returned = await after(
        ctx, [charge("ch_2", at=-14, type_="charge.refunded", amount_refunded=4900) | {"created": days(-2)}]
    )
    assert returned.verdict.startswith("Fight: the other charge of $49.00, ch_2")


async def test_a_refund_that_only_its_own_event_tells_is_the_evidence(ctx: Context) -> None:
    refund = fixture(
        "refund",
        id="re_2",
        charge="ch_2",
        payment_intent=None,
        amount=4900,
        currency="usd",
        status="succeeded",
        created=days(-3),
    )
    told = event("refund.created", refund, created=days(-3), api_version="2025-09-30.clover")
    [words] = await ends(ctx, [charge(), charge("ch_2", at=-14), told, dispute(reason="duplicate")])
    [[_, reasoning, *_]] = json.loads(words)
    assert reasoning.startswith("Fight: the other charge of $49.00, ch_2")


async def test_the_twin_of_an_old_charge_is_found_among_many_later_ones(ctx: Context) -> None:
    later = [charge(f"ch_later{number}", at=-25 + number, amount=900) for number in range(24)]
    twice = [charge("ch_2", at=-59), charge(at=-60)]
    proposal = await after(ctx, [*twice, *later, dispute(reason="duplicate")])
    assert proposal.verdict.startswith("Accept: the customer was charged $49.00 on ")


async def test_two_disputes_of_one_customer_know_each_other(ctx: Context) -> None:
    for payload in (charge(), charge("ch_2", at=-40), dispute(), dispute(id="du_2", charge="ch_2")):
        await take_in(ctx, payload)
    first, second = await proposals(ctx)
    assert ["Other disputes of the customer", "1: du_2 ($49.00, needs response)"] in first.evidence
    assert ["Other disputes of the customer", "1: du_1 ($49.00, needs response)"] in second.evidence


async def test_another_customers_facts_say_nothing(ctx: Context) -> None:
    other = subscription(ended=-27, id="sub_2", customer="cus_2")
    proposal = await after(ctx, [other, charge(), dispute(reason="subscription_canceled")])
    assert proposal.verdict.startswith("Decide: ")


async def test_a_customer_is_never_written_to_about_a_dispute(ctx: Context, client: Client) -> None:
    proposal = await after(ctx, [customer(), charge(), dispute()])
    assert proposal.payload["to"] == ctx.settings.finance_email
    assert proposal.subject_key == "du_1"


# Stages


def taken(fee: int = 1500) -> list[Json]:
    """The balance transaction with which Stripe takes the money and its fee."""
    entry = {"id": "txn_1", "object": "balance_transaction", "amount": -4900, "fee": fee, "currency": "usd",
             "net": -4900 - fee, "type": "adjustment", "reporting_category": "dispute", "source": "du_1",
             "created": days(-0.4)}  # fmt: skip
    return [entry]


def inquiry(type_: str = "charge.dispute.created", *, at: float = -0.5, **changes: Any) -> Json:
    """An event about the dispute while the bank only inquires."""
    return dispute(type_, at=at, status="warning_needs_response", is_charge_refundable=True, **changes)


def chargeback(type_: str = "charge.dispute.updated", *, at: float = -0.4, **changes: Any) -> Json:
    """An event about the dispute once the bank has taken the money."""
    return dispute(type_, at=at, balance_transactions=taken(), **changes)


def lost(*, at: float = -0.1, **changes: Any) -> Json:
    """The event of the dispute's loss."""
    return dispute("charge.dispute.closed", at=at, status="lost", balance_transactions=taken(), **changes)


async def test_every_order_of_the_stages_ends_with_the_last_one(ctx: Context) -> None:
    [words] = await ends(ctx, [charge(), inquiry(), chargeback(), lost()], LOST)
    [[title, reasoning, _, _]] = json.loads(words)
    assert title == "Dispute lost: Ella Stone (reason: fraudulent)"
    assert reasoning == "Lost: $49.00 and Stripe's fee of $15.00 are gone for good"


async def test_stages_of_one_second_end_alike(ctx: Context) -> None:
    same = [inquiry(), chargeback(at=-0.5), chargeback("charge.dispute.funds_withdrawn", at=-0.5)]
    [words] = await ends(ctx, same)
    [[title, *_, evidence]] = json.loads(words)
    until = dict(evidence)["Evidence due"]
    assert title == f"Dispute by an unknown customer (reason: fraudulent), due {until}"
    assert ["Stripe's fee", "$15.00"] in evidence


async def test_each_stage_supersedes_the_proposal_of_the_one_before(ctx: Context) -> None:
    for payload in (charge(), inquiry(), chargeback(), lost()):
        last = await take_in(ctx, payload)
    drafts = [*await proposals(ctx), *await proposals(ctx, LOST)]
    assert [(proposal.dedupe_key, proposal.status, proposal.outcome) for proposal in drafts] == [
        ("dispute_response:du_1:inquiry", Status.SUPERSEDED, "the dispute has moved on"),
        ("dispute_response:du_1:chargeback", Status.SUPERSEDED, "the dispute is lost"),
        ("dispute_lost:du_1:lost", Status.PENDING, None),
    ]
    results = [(entry["play"], entry["result"]) for entry in last.outcome if entry["play"] in {PLAY, LOST}]
    assert results[:3] == [(PLAY, "superseded"), (PLAY, "no proposal"), (LOST, "drafted")]
    assert results[3:] == [(LOST, "unchanged")] * 2  # the earlier events are asked again, and add nothing


async def test_a_stage_is_drafted_whatever_was_executed_before(ctx: Context, client: Client) -> None:
    stages = ((inquiry(), PLAY, "inquiry"), (chargeback(), PLAY, "chargeback"), (lost(), LOST, "lost"))
    for payload, play, stage in stages:
        proposal = await after(ctx, [payload], play)
        assert proposal.dedupe_key == f"{play}:du_1:{stage}"
        await client.proposals.approve(proposal.id, proposal.version)
        assert await go(ctx, proposal.id) is Status.EXECUTED
    assert (len(await proposals(ctx)), len(await proposals(ctx, LOST))) == (2, 1)


async def test_within_a_stage_an_executed_proposal_holds(ctx: Context, client: Client) -> None:
    proposal = await after(ctx, [chargeback("charge.dispute.created")])
    await client.proposals.approve(proposal.id, proposal.version)
    assert await go(ctx, proposal.id) is Status.EXECUTED
    again = await take_in(ctx, chargeback("charge.dispute.funds_withdrawn", at=-0.3))
    [entry] = [entry for entry in again.outcome if entry["play"] == PLAY]
    assert entry["why"] == f"proposal {proposal.id} was executed less than 48 h ago"


async def test_within_a_stage_a_rejected_proposal_holds(ctx: Context, client: Client) -> None:
    proposal = await after(ctx, [inquiry()])
    await client.proposals.reject(proposal.id, proposal.version)
    again = await take_in(ctx, inquiry("charge.dispute.updated", at=-0.45))
    [entry] = [entry for entry in again.outcome if entry["play"] == PLAY]
    assert entry["why"] == f"proposal {proposal.id} was rejected in this stage"
    assert (await after(ctx, [chargeback()])).dedupe_key == "dispute_response:du_1:chargeback"


async def test_an_approved_stage_that_is_over_is_not_sent(ctx: Context, client: Client) -> None:
    proposal = await after(ctx, [inquiry()])
    await client.proposals.approve(proposal.id, proposal.version)
    await take_in(ctx, chargeback())
    assert await go(ctx, proposal.id) is Status.SUPERSEDED
    first, second = await proposals(ctx)
    assert first.outcome == "moot before it was sent: the dispute has moved on"
    assert (second.dedupe_key, second.status) == ("dispute_response:du_1:chargeback", Status.PENDING)


async def test_an_undone_approval_of_a_stage_that_is_over_is_superseded(ctx: Context, client: Client) -> None:
    proposal = await after(ctx, [inquiry()])
    await client.proposals.approve(proposal.id, proposal.version)
    await take_in(ctx, chargeback())
    await client.proposals.undo(proposal.id, proposal.version)
    first, _ = await proposals(ctx)
    assert (first.status, first.outcome) == (Status.SUPERSEDED, "the dispute has moved on")


async def test_only_the_withdrawal_of_the_money_tells_the_chargeback(ctx: Context) -> None:
    for payload in (charge(), inquiry(), chargeback("charge.dispute.funds_withdrawn")):
        await take_in(ctx, payload)
    assert [proposal.dedupe_key for proposal in await proposals(ctx)] == [
        "dispute_response:du_1:inquiry",
        "dispute_response:du_1:chargeback",
    ]


async def test_evidence_that_was_sent_ends_the_proposal(ctx: Context) -> None:
    await take_in(ctx, chargeback("charge.dispute.created"))
    sent = {"due_by": days(12), "has_evidence": True, "past_due": False, "submission_count": 1}
    await take_in(ctx, chargeback(at=-0.2, status="under_review", evidence_details=sent))
    [proposal] = await proposals(ctx)
    assert (proposal.status, proposal.outcome) == (
        Status.SUPERSEDED,
        "the evidence was sent already: the bank decides now",
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("won", "the dispute is won"),
        ("warning_closed", "the dispute is closed without a chargeback"),
        ("charge_refunded", "the dispute is closed: the charge was refunded"),
        ("prevented", "the dispute was prevented"),
    ],
)
async def test_a_dispute_that_ended_well_asks_nothing(ctx: Context, status: str, why: str) -> None:
    await take_in(ctx, inquiry())
    closed = await take_in(ctx, dispute("charge.dispute.closed", at=-0.1, status=status))
    assert {entry["why"] for entry in closed.outcome if entry["play"] == PLAY} == {why}
    assert [proposal.status for proposal in await proposals(ctx)] == [Status.SUPERSEDED]


async def test_a_bank_debit_is_lost_at_once(ctx: Context) -> None:
    debit = {"type": "us_bank_account", "us_bank_account": {"bank_name": "STRIPE TEST BANK", "last4": "6789"}}
    returned = dispute(
        status="lost", reason="insufficient_funds", payment_method_details={"type": "us_bank_account"}
    )
    closed = dispute(
        "charge.dispute.closed", at=-0.45, status="lost", reason="insufficient_funds",
        payment_method_details={"type": "us_bank_account"},
    )  # fmt: skip
    [words] = await ends(ctx, [charge(payment_method_details=debit), returned, closed], LOST)
    [[title, reasoning, payload, _]] = json.loads(words)
    assert title == "Debit returned: Ella Stone (reason: insufficient funds)"
    assert reasoning == "Returned: the bank took back $49.00; a returned bank debit cannot be fought"
    assert "to pay again, once the account has the money or in another way" in payload["text"]


async def test_a_lost_dispute_is_not_critical(ctx: Context) -> None:
    assert (await after(ctx, [charge(), lost()], LOST)).urgency is Urgency.HIGH


# Payouts


def payout(amount: int, **changes: Any) -> Json:
    """A payout that failed; a negative amount is Stripe's debit of the company's bank account."""
    sent: Json = {"id": "po_1", "amount": amount, "currency": "usd", "status": "failed",
                  "failure_code": "insufficient_funds", "failure_message": None, "created": days(-1),
                  "arrival_date": days(0)}  # fmt: skip
    return event("payout.failed", fixture("payout", **(sent | changes)), created=days(0))


async def test_a_debit_that_failed_is_no_payout(ctx: Context) -> None:
    proposal = await after(ctx, [payout(-250_000)], "payout_failed")
    assert proposal.title == "Stripe could not collect $2,500.00"
    assert proposal.amount == Money(250_000, "USD")
    text = proposal.payload["text"]
    for words in (
        "Your Stripe balance stays negative",
        "tries again",
        "put $2,500.00 into the bank account",
        "add",
    ):
        assert words in text
    for words in ("-$", "The money is back", "try the payout again", "did not reach"):
        assert words not in text + proposal.reasoning
