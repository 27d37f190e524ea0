"""The finance plays with real events: drafted, updated in place, superseded when they are moot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context, SystemClock
from execops.ingest import events
from execops.model import Event, Json, Proposal, Status, Urgency
from execops.plays.moments import day
from tests import records
from tests.integration.test_bank_import import Clock, csv_of, process, take
from tests.stripe_events import BASE, deliver, event, fixture

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def here(ctx: Context) -> Context:
    """A context on a fixed day."""
    return replace(ctx, clock=Clock(NOW))


async def take_in(ctx: Context, payload: Json) -> Event:
    """Receive an event now, and process it on the day of the context."""
    receipt = await deliver(replace(ctx, clock=SystemClock()), payload)
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def soon(days: int = 6) -> int:
    """A due date in the future by the database's clock too."""
    return int((datetime.now(UTC) + timedelta(days=days)).timestamp())


def dispute(type_: str = "charge.dispute.created", *, created: int | None = None, **changes: Any) -> Json:
    held = {
        "id": "dp_1",
        "charge": "ch_1",
        "amount": 4900,
        "status": "needs_response",
        "reason": "fraudulent",
        "evidence_details": {"due_by": soon()},
    }
    return event(type_, fixture("dispute", **(held | changes)), created=created)


def charge(**changes: Any) -> Json:
    billed = {
        "id": "ch_1",
        "customer": "cus_1",
        "billing_details": {"name": "Acme Inc", "email": "a@acme.example"},
    }
    return event("charge.succeeded", fixture("charge", **(billed | changes)))


def payout(type_: str = "payout.failed", *, created: int | None = None, **changes: Any) -> Json:
    sent = {"id": "po_1", "status": type_.removeprefix("payout."), "failure_code": "account_closed"}
    return event(type_, fixture("payout", **(sent | changes)), created=created)


def purchase(id_: str, minor: int, day: str, *, vendor: str = "AWS", **changes: Any) -> Json:
    merchant = {"name": vendor, "category": "computer_programming"}
    bought = {"id": id_, "amount": -minor, "created": stamp(day), "merchant_data": merchant}
    return event(
        "issuing_transaction.created",
        fixture("issuing.transaction", **(bought | changes)),
        created=stamp(day),
    )


def balance(minor: int, day: str) -> Json:
    available = [{"amount": minor, "currency": "usd", "source_types": {"card": minor}}]
    return event("balance.available", fixture("balance", available=available), created=stamp(day))


def outcome_of(event: Event, play: str) -> Json:
    (entry,) = [entry for entry in event.outcome if entry["play"] == play]
    return dict(entry)


async def pending(ctx: Context, event: Event, play: str) -> Proposal:
    return await records.proposal(ctx, outcome_of(event, play)["proposal"])


# dispute_response


async def test_a_dispute_is_drafted_and_superseded_when_it_is_closed(ctx: Context, client: Client) -> None:
    await take_in(ctx, charge())
    opened = await take_in(ctx, dispute())
    proposal = await pending(ctx, opened, "dispute_response")
    assert (proposal.urgency, proposal.object_id) == (Urgency.CRITICAL, "dp_1")
    assert "Acme Inc" in proposal.title
    assert abs(proposal.expires_at.timestamp() - soon()) < 60
    updated = await take_in(ctx, dispute("charge.dispute.updated", reason="duplicate"))
    assert outcome_of(updated, "dispute_response")["result"] == "coalesced"
    assert "duplicate" in (await records.proposal(ctx, proposal.id)).title
    closed = await take_in(ctx, dispute("charge.dispute.closed", status="won"))
    superseded, declined = [entry for entry in closed.outcome if entry["play"] == "dispute_response"]
    assert superseded == {
        "play": "dispute_response",
        "proposal": proposal.id,
        "result": "superseded",
        "why": "the dispute is won",
    }
    assert (declined["proposal"], declined["why"]) == (None, "the dispute is won")
    assert (await records.proposal(ctx, proposal.id)).status is Status.SUPERSEDED


async def test_a_charge_that_arrives_after_its_dispute_names_the_customer(ctx: Context) -> None:
    opened = await take_in(ctx, dispute())
    proposal = await pending(ctx, opened, "dispute_response")
    assert "unknown customer" in proposal.title
    await take_in(ctx, charge())
    assert "Acme Inc" in (await records.proposal(ctx, proposal.id)).title


async def test_a_dispute_that_was_closed_before_it_was_opened_drafts_nothing(ctx: Context) -> None:
    late = soon(0)
    await take_in(ctx, dispute("charge.dispute.closed", status="won", created=late))
    opened = await take_in(ctx, dispute(created=late - 60))
    assert outcome_of(opened, "dispute_response")["why"] == "the dispute is won"


# payout_failed


async def test_a_failed_payout_is_drafted_and_superseded_when_it_is_paid(ctx: Context) -> None:
    failed = await take_in(ctx, payout())
    proposal = await pending(ctx, failed, "payout_failed")
    assert proposal.urgency is Urgency.CRITICAL
    again = await take_in(ctx, payout(failure_code="no_account"))
    assert outcome_of(again, "payout_failed")["result"] == "coalesced"
    assert (await records.proposal(ctx, proposal.id)).version == 2
    await take_in(ctx, payout("payout.paid", failure_code=None))
    ended = await records.proposal(ctx, proposal.id)
    assert (ended.status, ended.outcome) == (Status.SUPERSEDED, "payout po_1 has been paid")


async def test_a_late_failure_of_a_paid_payout_drafts_nothing(ctx: Context) -> None:
    at = soon(0)
    await take_in(ctx, payout("payout.paid", created=at))
    failed = await take_in(ctx, payout(created=at - 60))
    assert "has been paid" in outcome_of(failed, "payout_failed")["why"]


def sent(id_: str, days: int, type_: str = "payout.paid", **changes: Any) -> Json:
    """An event of so many days after the base about a payout of $3,000.00 that was begun half a day before."""
    at = BASE + days * 86_400
    event = payout(type_, id=id_, created=at, **({"amount": 300_000} | changes))
    event["data"]["object"]["created"] = at - 43_200
    return event


async def test_a_later_payout_that_covers_it_makes_a_failed_one_moot(ctx: Context) -> None:
    proposal = await pending(ctx, await take_in(ctx, sent("po_1", 0, "payout.failed")), "payout_failed")
    others: list[Json] = [
        {"id_": "po_small", "amount": 299_999},
        {"id_": "po_elsewhere", "destination": "ba_2"},
        {"id_": "po_euro", "currency": "eur"},
        {"id_": "po_debit", "amount": -300_000},
    ]
    for changes in others:
        await take_in(ctx, sent(days=1, **changes))
        assert (await records.proposal(ctx, proposal.id)).status is Status.PENDING, changes
    await take_in(ctx, sent("po_2", 1, amount=310_000))
    ended = await records.proposal(ctx, proposal.id)
    assert ended.status is Status.SUPERSEDED
    assert ended.outcome is not None
    assert ended.outcome.startswith(
        "a later payout of $3,100.00 (po_2) brought the money to the same bank account on "
    )


async def test_a_payout_arrives_on_a_day_of_the_companys_time_zone(ctx: Context) -> None:
    tokyo = replace(ctx, settings=replace(ctx.settings, time_zone="Asia/Tokyo"))
    failed = await take_in(tokyo, sent("po_1", 0, "payout.failed"))
    proposal = await pending(tokyo, failed, "payout_failed")
    evening = sent("po_2", 1)
    at = datetime.fromtimestamp(evening["created"], UTC).replace(hour=20, minute=0)
    evening["created"] = int(at.timestamp())
    await take_in(tokyo, evening)
    outcome = (await records.proposal(tokyo, proposal.id)).outcome or ""
    assert outcome.endswith(f"on {day(at + timedelta(hours=9))}")


async def test_a_payout_begun_before_the_failure_brings_none_of_its_money(ctx: Context) -> None:
    failed = await take_in(ctx, sent("po_1", 0, "payout.failed"))
    proposal = await pending(ctx, failed, "payout_failed")
    on_its_way = sent("po_2", 1)
    on_its_way["data"]["object"]["created"] = BASE - 60
    await take_in(ctx, on_its_way)
    assert (await records.proposal(ctx, proposal.id)).status is Status.PENDING


async def test_a_later_payout_covers_as_many_failed_ones_as_it_holds(ctx: Context) -> None:
    first = await pending(ctx, await take_in(ctx, sent("po_1", -1, "payout.failed")), "payout_failed")
    second = await pending(ctx, await take_in(ctx, sent("po_2", 0, "payout.failed")), "payout_failed")
    await take_in(ctx, sent("po_3", 1, amount=500_000))
    assert (await records.proposal(ctx, first.id)).status is Status.SUPERSEDED
    assert (await records.proposal(ctx, second.id)).status is Status.PENDING
    await take_in(ctx, sent("po_4", 2, amount=300_000))
    assert (await records.proposal(ctx, second.id)).status is Status.SUPERSEDED


async def test_a_debit_that_was_collected_later_is_moot(ctx: Context) -> None:
    failed = await take_in(ctx, sent("po_1", 0, "payout.failed", amount=-50_000))
    proposal = await pending(ctx, failed, "payout_failed")
    await take_in(ctx, sent("po_2", 1, amount=-50_000))
    ended = await records.proposal(ctx, proposal.id)
    assert (ended.status, ended.outcome and ended.outcome.partition(" from ")[0]) == (
        Status.SUPERSEDED,
        "a later debit of $500.00 (po_2) collected the money",
    )


async def test_the_failure_of_a_payout_whose_money_has_arrived_drafts_nothing(ctx: Context) -> None:
    await take_in(ctx, sent("po_2", 1))
    late = await take_in(ctx, sent("po_1", 0, "payout.failed"))
    assert "a later payout of $3,000.00 (po_2)" in outcome_of(late, "payout_failed")["why"]


async def test_the_title_of_a_dispute_stays_true_while_it_waits(here: Context) -> None:
    due_by = {"due_by": soon(9)}
    first = await take_in(here, dispute(evidence_details=due_by))
    proposal = await pending(here, first, "dispute_response")
    days_later = replace(here, clock=Clock(NOW + timedelta(days=3)))
    second = await take_in(days_later, dispute("charge.dispute.updated", evidence_details=due_by))
    assert outcome_of(second, "dispute_response")["result"] == "unchanged"
    after = await records.proposal(here, proposal.id)
    assert (after.title, after.version) == (proposal.title, 1)
    assert after.title.endswith(f", due {dict(after.evidence)['Evidence due']}")


# spend_spike


async def history(ctx: Context, minor: int = 100_000) -> None:
    for month in ("08", "09", "10"):
        await take_in(ctx, purchase(f"ipi_{month}", minor, f"2026-{month}-03"))


async def test_purchases_of_a_vendor_are_one_proposal_a_month(here: Context) -> None:
    await history(here)
    quiet = await take_in(here, purchase("ipi_1", 105_000, "2026-11-03"))
    assert "is not over 10%" in outcome_of(quiet, "spend_spike")["why"]
    spike = await take_in(here, purchase("ipi_2", 10_000, "2026-11-10"))
    proposal = await pending(here, spike, "spend_spike")
    assert (proposal.object_id, proposal.urgency) == ("spend:2026-11:USD:AWS", Urgency.MEDIUM)
    more = await take_in(here, purchase("ipi_3", 50_000, "2026-11-12"))
    assert outcome_of(more, "spend_spike") == {
        "play": "spend_spike",
        "proposal": proposal.id,
        "result": "coalesced",
    }
    after = await records.proposal(here, proposal.id)
    assert (after.version, after.urgency) == (2, Urgency.HIGH)
    second = await take_in(here, purchase("ipi_4", 900_000, "2026-11-12", vendor="GCP"))
    assert "fewer than 3 full months of GCP" in outcome_of(second, "spend_spike")["why"]


async def test_a_refund_by_the_vendor_supersedes(here: Context) -> None:
    await history(here)
    spike = await take_in(here, purchase("ipi_1", 150_000, "2026-11-03"))
    proposal = await pending(here, spike, "spend_spike")
    await take_in(here, purchase("ipi_2", 45_000, "2026-11-04", type="refund"))
    ended = await records.proposal(here, proposal.id)
    assert ended.status is Status.SUPERSEDED
    assert "is not over 10%" in (ended.outcome or "")


async def test_cards_and_bank_add_up_to_one_vendor(here: Context, client: Client) -> None:
    await history(here)
    await take(here, client, csv_of(("2026-11-05", "AWS", "-600.00")))
    assert await records.rows(here, "select 1 from action_proposals") == []
    spike = await take_in(here, purchase("ipi_1", 60_000, "2026-11-06"))
    proposal = await pending(here, spike, "spend_spike")
    assert ["This month so far", "$1,200.00 in 2 payments"] in proposal.evidence
    (imported,) = await process(here)
    assert outcome_of(imported, "spend_spike")["result"] == "unchanged"


async def test_a_purchase_of_a_past_month_drafts_nothing(here: Context) -> None:
    await history(here)
    late = await take_in(here, purchase("ipi_1", 900_000, "2026-10-20"))
    assert outcome_of(late, "spend_spike")["why"] == "October 2026 is not the current month"


# runway_low


async def burning(ctx: Context, client: Client, a_month: str = "-1000.00", held: str = "4000.00") -> None:
    rows = [(f"2026-{month}-03", "Payroll", a_month) for month in ("08", "09", "10")]
    await take(ctx, client, csv_of(*rows, ("2026-10-31", "Fee", "0.00", held)))


async def test_runway_is_drafted_updated_and_superseded_when_it_is_back_over(
    here: Context, client: Client
) -> None:
    await burning(here, client)
    *_, last = await process(here)
    proposal = await pending(here, last, "runway_low")
    assert (proposal.object_id, proposal.subject_key, proposal.urgency) == (
        "runway:2026-11",
        "org:runway",
        Urgency.HIGH,
    )
    assert proposal.title == ("Runway: about 3.3 months left (4.0 months from 31 October 2026)")
    worse = await take_in(here, balance(-150_000, "2026-11-20"))
    assert outcome_of(worse, "runway_low") == {
        "play": "runway_low",
        "proposal": proposal.id,
        "result": "coalesced",
    }
    after = await records.proposal(here, proposal.id)
    assert (after.title, after.urgency) == (
        "Runway: about 1.8 months left (2.5 months by the balances; the oldest is of 31 October 2026)",
        Urgency.CRITICAL,
    )
    funded = await take_in(here, balance(900_000, "2026-11-21"))
    ended = await records.proposal(here, proposal.id)
    assert (ended.status, ended.outcome) == (
        Status.SUPERSEDED,
        "the runway is about 12.8 months, not under 6",
    )
    results = [entry["result"] for entry in funded.outcome if entry["play"] == "runway_low"]
    assert results == ["superseded", "no proposal"]


async def test_a_runway_that_waited_over_midnight_is_acknowledged_at_once(
    here: Context, client: Client
) -> None:
    rows = [(f"2026-{month}-03", "Payroll", "-1000.00") for month in ("08", "09", "10")]
    await take(here, client, csv_of(*rows, ("2026-11-20", "Fee", "0.00", "4000.00")))
    *_, last = await process(here)
    proposal = await pending(here, last, "runway_low")
    await client.proposals.approve(proposal.id, proposal.version)
    tomorrow = replace(here, clock=Clock(NOW + timedelta(days=1)))
    await processing.execute_proposal(tomorrow, proposal.id, 1)
    ended = await records.proposal(here, proposal.id)
    assert (ended.status, ended.outcome) == (Status.EXECUTED, None)


async def test_a_new_month_supersedes_the_old_ones_proposal(here: Context, client: Client) -> None:
    await burning(here, client)
    *_, last = await process(here)
    old = await pending(here, last, "runway_low")
    december = replace(here, clock=Clock(datetime(2026, 12, 2, tzinfo=UTC)))
    await take(december, client, csv_of(("2026-11-03", "Payroll", "-1000.00", "3000.00")))
    *_, last = await process(december)
    new = await pending(december, last, "runway_low")
    assert new.object_id == "runway:2026-12"
    assert new.title == ("Runway: about 2.0 months left (3.0 months from 3 November 2026)")
    ended = await records.proposal(december, old.id)
    assert (ended.status, ended.outcome) == (Status.SUPERSEDED, "November 2026 is not the current month")


async def test_an_event_of_a_past_month_drafts_nothing(here: Context, client: Client) -> None:
    await burning(here, client)
    late = await take_in(here, balance(100, "2026-10-30"))
    assert outcome_of(late, "runway_low")["why"] == "October 2026 is not the current month"


async def test_an_unknown_runway_says_what_to_connect(here: Context) -> None:
    bought = await take_in(here, purchase("ipi_1", 100, "2026-11-20"))
    assert "no bank balance is known: import a bank file" in outcome_of(bought, "runway_low")["why"]
    paid = await take_in(here, payout("payout.paid", created=stamp("2026-11-20")))
    assert outcome_of(paid, "runway_low")["result"] == "no proposal"


async def test_a_healthy_runway_drafts_nothing(here: Context, client: Client) -> None:
    await burning(here, client, held="6700.00")  # 6.7 months on 31 October, and 22 days later
    for imported in await process(here):
        assert outcome_of(imported, "runway_low")["why"] == "the runway is about 6.0 months, not under 6"


# account_restricted


def account(*, created: int | None = None, **changes: Any) -> Json:
    fields = {
        "id": "acct_1",
        "object": "account",
        "charges_enabled": True,
        "payouts_enabled": True,
        "details_submitted": True,
        "requirements": {"currently_due": [], "past_due": []},
    }
    return event("account.updated", fields | changes, created=created)


def asked(*names: str, **changes: Any) -> Json:
    return {"currently_due": list(names), "past_due": [], "current_deadline": soon(30)} | changes


async def test_a_restricted_account_is_told_and_superseded_when_it_is_fine(ctx: Context) -> None:
    opened = await take_in(ctx, account(payouts_enabled=False, requirements=asked("external_account")))
    proposal = await pending(ctx, opened, "account_restricted")
    assert (proposal.urgency, proposal.object_id) == (Urgency.CRITICAL, "acct_1")
    assert proposal.title == "Stripe has stopped payouts: it asks for a bank account for payouts"
    await take_in(ctx, account())
    proposal = await records.proposal(ctx, proposal.id)
    assert proposal.status is Status.SUPERSEDED
    assert proposal.outcome == "account acct_1 may do everything, and Stripe asks for nothing"


async def test_an_older_state_of_the_account_changes_nothing(ctx: Context) -> None:
    await take_in(ctx, account())
    late = await take_in(ctx, account(payouts_enabled=False, created=stamp("2026-11-01")))
    assert outcome_of(late, "account_restricted")["proposal"] is None


async def test_a_stop_takes_the_place_of_the_deadline(ctx: Context) -> None:
    due = await pending(
        ctx, await take_in(ctx, account(requirements=asked("company.tax_id"))), "account_restricted"
    )
    assert due.urgency is Urgency.HIGH
    stopped = await take_in(
        ctx,
        account(
            charges_enabled=False,
            requirements=asked("company.tax_id", disabled_reason="requirements.past_due"),
        ),
    )
    results = records.results_of_play(stopped, "account_restricted")
    assert [result["result"] for result in results] == ["superseded", "drafted"]
    assert (await records.proposal(ctx, due.id)).status is Status.SUPERSEDED
    assert (await records.proposal(ctx, results[-1]["proposal"])).urgency is Urgency.CRITICAL


async def test_a_connected_account_is_not_ones_own(ctx: Context) -> None:
    connected = await take_in(ctx, account(payouts_enabled=False) | {"account": "acct_1"})
    assert await records.rows(ctx, "select 1 from action_proposals") == []
    assert "connected account" in str(connected.outcome)
