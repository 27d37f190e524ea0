"""Proposals: events become pending proposals, and every order, repetition and race ends in the same state."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from execops import processing
from execops.authority import policy
from execops.books.facts import About, gather
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError
from execops.graphs import runtime
from execops.ingest import events
from execops.model import Draft, Event, Role, Status, Urgency
from execops.money import Money
from execops.plays.money.card_update import PLAY
from execops.ports import Wording
from execops.proposals import drafting
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.stripe_events import BASE, deliver, event, failed, fixture, overdue, paid, take_in


def customer(type_: str = "customer.updated", **changes: Any) -> dict[str, Any]:
    """An event about the customer `cus_1`."""
    acme = {"id": "cus_1", "name": "Acme Inc", "email": "billing@acme.example", "deleted": False}
    return event(type_, fixture("customer") | acme | changes)


async def all_proposals(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(
        ctx, "select id, status, version, urgency, payload, outcome from action_proposals order by id"
    )


def result(event: Event) -> str:
    """The last result of card_update for this event."""
    return str(records.results_of_play(event)[-1]["result"])


# Drafting


async def test_a_failed_charge_is_drafted_as_pending(ctx: Context) -> None:
    processed = await take_in(ctx, failed())
    (outcome,) = records.results_of_play(processed)
    assert outcome["result"] == "drafted"
    proposal = await records.proposal(ctx, outcome["proposal"])
    assert (proposal.status, proposal.version, proposal.urgency) == (Status.PENDING, 1, Urgency.MEDIUM)
    assert (proposal.vertical, proposal.play, proposal.action_type) == ("money", "card_update", "email")
    assert (proposal.object_id, proposal.subject_key, proposal.covers) == ("cus_1", "cus_1", ["in_1"])
    assert (proposal.dedupe_key, proposal.amount) == ("card_update:cus_1", Money(4900, "USD"))
    assert proposal.payload["to"] == "billing@acme.example"
    assert (
        proposal.drafted_by.items()
        >= {"author": "rules", "play": "card_update", "rules": PLAY.version}.items()
    )
    assert (proposal.expires_at - proposal.created_at).days == ctx.settings.expiry_days


async def test_an_event_about_no_object_drafts_nothing(ctx: Context) -> None:
    payload = failed()
    del payload["data"]["object"]["id"]
    processed = await take_in(ctx, payload)
    assert (processed.status, processed.outcome) == ("processed", [])


async def test_a_disabled_play_drafts_nothing(ctx: Context, client: Client) -> None:
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.set_allowed(conn, client.operator, "play", "card_update", allowed=False, why="noise")
    processed = await take_in(ctx, failed())
    (outcome,) = records.results_of_play(processed)
    assert outcome["why"] == "the play card_update is disabled"
    assert await all_proposals(ctx) == []


async def test_a_suppressed_customer_gets_nothing(ctx: Context, client: Client) -> None:
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.suppress(conn, client.operator, "cus_1", "asked us to stop")
    processed = await take_in(ctx, failed())
    (outcome,) = records.results_of_play(processed)
    assert outcome["why"] == "cus_1 is never to be contacted"
    other = await take_in(ctx, failed("in_2", customer="cus_2"))
    assert result(other) == "drafted"


async def test_a_late_failure_of_a_paid_invoice_drafts_nothing(ctx: Context) -> None:
    late, settled = failed(), paid()
    await take_in(ctx, settled)
    processed = await take_in(ctx, late)
    assert {outcome["why"] for outcome in processed.outcome} == {"invoice ACME-0001 is paid"}
    assert await all_proposals(ctx) == []


@pytest.mark.parametrize("first", ["failed", "paid"])
async def test_paid_beats_failed_of_the_same_second_in_either_order(ctx: Context, first: str) -> None:
    payloads = [failed(created=BASE), paid(created=BASE)]
    for payload in payloads if first == "failed" else payloads[::-1]:
        await take_in(ctx, payload)
    assert [row["status"] for row in await all_proposals(ctx)] == (
        ["superseded"] if first == "failed" else []
    )
    (snapshot,) = await records.rows(ctx, "select state from snapshots where object_id = 'in_1'")
    assert snapshot["state"]["status"] == "paid"


# Coalescing


async def test_a_further_event_updates_the_pending_proposal(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    processed = await take_in(ctx, failed(attempt_count=2))
    assert records.results_of_play(processed) == [
        {"play": "card_update", "proposal": proposal_id, "result": "coalesced"}
    ]
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.version, proposal.title) == (2, "Payment failed: Acme Inc, attempt 2")
    linked = await records.rows(ctx, "select proposal_id from proposal_events")
    assert [row["proposal_id"] for row in linked] == [proposal_id] * 2
    assert await records.transitions(ctx, proposal_id) == ["proposal.drafted", "proposal.changed"]


async def test_a_further_event_with_the_same_facts_changes_nothing(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    assert result(await take_in(ctx, failed())) == "unchanged"
    assert (await records.proposal(ctx, proposal_id)).version == 1


async def test_urgency_never_falls(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx, attempt_count=3)
    assert (await records.proposal(ctx, proposal_id)).urgency is Urgency.HIGH
    await take_in(ctx, failed(attempt_count=1))
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.version, proposal.urgency) == (2, Urgency.HIGH)
    assert "attempt 1" in proposal.title


async def test_an_edited_payload_stays_and_the_newer_draft_stands_beside_it(
    ctx: Context, client: Client
) -> None:
    proposal_id = await records.pending_id(ctx)
    edited = records.with_text((await records.proposal(ctx, proposal_id)).payload, "In my own words.\n")
    await client.proposals.edit(proposal_id, 1, edited)
    await take_in(ctx, failed(attempt_count=3, amount_remaining=2900))
    proposal = await records.proposal(ctx, proposal_id)
    assert proposal.payload == edited
    assert proposal.newer_draft is not None
    assert "$29.00" in proposal.newer_draft["payload"]["text"]
    # The amount and the urgency follow today's facts, in a version of their own.
    assert (proposal.version, proposal.urgency, proposal.amount) == (3, Urgency.HIGH, Money(2900, "USD"))
    with pytest.raises(ConflictError):
        await client.proposals.approve(proposal_id, 2)


async def test_an_edited_payload_stays_while_the_rules_draft_the_same(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.edit(
        proposal_id, 1, records.with_text((await records.proposal(ctx, proposal_id)).payload, "Mine.\n")
    )
    await take_in(ctx, failed())
    assert (await records.proposal(ctx, proposal_id)).version == 2
    await take_in(ctx, customer())  # adds the date since when Acme is a customer, which is not in the text
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.version, proposal.newer_draft, proposal.payload["text"]) == (3, None, "Mine.\n")
    assert "Customer since" in {label for label, _ in proposal.evidence}


async def test_a_newer_draft_is_replaced_by_the_next_one(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.edit(
        proposal_id, 1, records.with_text((await records.proposal(ctx, proposal_id)).payload, "Mine.\n")
    )
    for email in ("one@acme.example", "two@acme.example"):
        await take_in(ctx, customer(email=email))
        proposal = await records.proposal(ctx, proposal_id)
        assert (proposal.newer_draft or {})["payload"]["to"] == email
        assert proposal.payload["to"] == "billing@acme.example"


async def test_a_model_changes_only_words(ctx: Context) -> None:
    recorded = await records.record_event(ctx, failed())
    async with ctx.connection() as conn:
        facts = await gather(conn, ctx.settings, ctx.clock.now(), About("in_1", "cus_1"))
    worded = PLAY.answer(facts)
    assert isinstance(worded, Draft)
    wording = Wording(
        payload={"to": "thief@evil.example", "text": "Better words.\n", "bcc": "thief@evil.example"},
        reasoning="Better reasons.",
        provenance={"author": "model", "model": "m-1"},
    )
    drafted = await drafting.draft(
        ctx, PLAY, recorded.id, facts.about, "event:1:card_update", wording, worded
    )
    assert drafted.proposal_id is not None
    proposal = await records.proposal(ctx, drafted.proposal_id)
    assert proposal.payload == worded.payload | {"text": "Better words.\n"}
    assert (proposal.reasoning, proposal.drafted_by["author"]) == ("Better reasons.", "model")
    # A later event about the customer does not bring the rules' words back.
    await take_in(ctx, customer())
    proposal = await records.proposal(ctx, drafted.proposal_id)
    assert (proposal.version, proposal.payload["text"], proposal.reasoning) == (
        2,
        "Better words.\n",
        "Better reasons.",
    )
    assert proposal.drafted_by["model"] == "m-1"


async def test_the_verdict_is_the_rules_own_and_follows_the_facts(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    first = await records.proposal(ctx, proposal_id)
    assert first.verdict.startswith("Send: the first attempt failed, ")
    await client.proposals.edit(proposal_id, 1, records.with_text(first.payload, "In my own words.\n"))
    await take_in(ctx, failed(attempt_count=3))
    proposal = await records.proposal(ctx, proposal_id)
    assert proposal.verdict.startswith("Send: the third attempt failed, ")
    assert (proposal.newer_draft or {})["verdict"] == proposal.verdict
    stored = await records.rows(
        ctx, "select verdict from proposal_versions where proposal_id = %s order by version", proposal_id
    )
    assert [row["verdict"] for row in stored] == [first.verdict, first.verdict, proposal.verdict]


async def test_a_translation_goes_with_the_words_and_not_into_the_payload(
    ctx: Context, client: Client
) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, languages=("en", "fr")))
    await take_in(ctx, customer(preferred_locales=["fr"]))
    proposal_id = await records.pending_id(ctx)
    drafted = await records.proposal(ctx, proposal_id)
    assert (drafted.language, drafted.translation["language"]) == ("fr", "en")
    assert drafted.translation["subject"].startswith("Your payment of $49.00 ")
    assert "translation" not in drafted.payload
    assert drafted.reads_as_drafted
    await client.proposals.edit(
        proposal_id, drafted.version, records.with_text(drafted.payload, "Bonjour.\n")
    )
    await take_in(ctx, customer(preferred_locales=["en"]))
    edited = await records.proposal(ctx, proposal_id)
    assert (edited.language, edited.translation) == ("fr", drafted.translation)
    assert not edited.reads_as_drafted
    assert ((edited.newer_draft or {})["language"], (edited.newer_draft or {})["translation"]) == ("en", {})


async def test_the_card_names_what_else_waits_about_the_subject(ctx: Context, client: Client) -> None:
    await take_in(ctx, failed(amount_due=120_000, amount_remaining=120_000))
    ids = [row["id"] for row in await records.rows(ctx, "select id from action_proposals order by id")]
    assert len(ids) == 2  # a mail to the customer, a message to the account owner
    cards = [await client.proposals.card(proposal_id) for proposal_id in ids]
    assert [[other.id for other in card.beside] for card in cards] == [[ids[1]], [ids[0]]]
    await client.proposals.reject(ids[1], 1)
    assert (await client.proposals.card(ids[0])).beside == []


async def test_words_for_an_outdated_draft_are_dropped(ctx: Context) -> None:
    recorded = await records.record_event(ctx, failed())
    async with ctx.connection() as conn:
        facts = await gather(conn, ctx.settings, ctx.clock.now(), About("in_1", "cus_1"))
    worded = PLAY.answer(facts)
    assert isinstance(worded, Draft)
    await records.record_event(ctx, failed(attempt_count=2))
    wording = Wording(payload={"text": "Old words.\n"}, reasoning="Old.", provenance={"author": "model"})
    drafted = await drafting.draft(
        ctx, PLAY, recorded.id, facts.about, "event:1:card_update", wording, worded
    )
    assert drafted.proposal_id is not None
    proposal = await records.proposal(ctx, drafted.proposal_id)
    assert proposal.drafted_by["author"] == "rules"
    assert "A second attempt" in proposal.payload["text"]


@pytest.mark.parametrize("status", ["approved", "executing", "failed", "unknown"])
async def test_an_event_about_a_decided_live_proposal_is_only_noted(
    ctx: Context, client: Client, status: str
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    if status != "approved":
        await records.run(ctx, "update action_proposals set status = 'executing' where id = %s", proposal_id)
    if status in {"failed", "unknown"}:
        await records.run(ctx, "update action_proposals set status = %s where id = %s", status, proposal_id)
    before = await records.proposal(ctx, proposal_id)
    processed = await take_in(ctx, failed(attempt_count=2))
    assert records.results_of_play(processed)[-1] == {
        "play": "card_update",
        "proposal": proposal_id,
        "result": "noted",
        "why": f"proposal {proposal_id} is {status}",
    }
    assert await records.proposal(ctx, proposal_id) == before


@pytest.mark.parametrize("status", ["executing", "unknown"])
async def test_a_failure_while_another_invoice_is_written_about_is_drafted_afterwards(
    ctx: Context, client: Client, status: str
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    for state in dict.fromkeys(["executing", status]):
        await records.run(ctx, "update action_proposals set status = %s where id = %s", state, proposal_id)
    (outcome,) = records.results_of_play(await take_in(ctx, failed("in_2")))
    assert outcome["why"] == f"proposal {proposal_id} is {status}, and not about all of this"
    await take_in(ctx, customer(phone="1"))
    assert len(await all_proposals(ctx)) == 1
    if status == "unknown":
        await client.proposals.confirm(proposal_id, 1)
    else:
        await records.run(ctx, "update action_proposals set status = 'executed' where id = %s", proposal_id)
    await take_in(ctx, customer(phone="2"))
    (_, anew) = await all_proposals(ctx)
    assert anew["status"] == "pending"
    assert (await records.proposal(ctx, anew["id"])).covers == ["in_1", "in_2"]


# Cool-down


async def test_within_the_cool_down_after_an_execution_nothing_is_drafted(
    ctx: Context, client: Client
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    await processing.execute_proposal(ctx, proposal_id, 1)
    processed = await take_in(ctx, failed(attempt_count=2))
    assert (
        records.results_of_play(processed)[-1]["why"]
        == f"proposal {proposal_id} was executed less than 48 h ago"
    )
    anew = await records.drafted_id(ctx, failed("in_2"), "card_update")  # another invoice of the customer
    assert (await records.proposal(ctx, anew)).covers == ["in_1", "in_2"]
    await client.proposals.approve(anew, 1, again=True)
    await processing.execute_proposal(ctx, anew, 1)
    held = records.results_of_play(await take_in(ctx, failed("in_2", attempt_count=2)))
    assert held[-1]["why"] == f"proposal {anew} was executed less than 48 h ago"


async def test_a_proposal_confirmed_without_an_attempt_cools_down_too(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    await records.run(ctx, "update action_proposals set status = 'failed' where id = %s", proposal_id)
    await client.proposals.confirm(proposal_id, 1)
    assert "executed less than 48 h ago" in records.results_of_play(await take_in(ctx, failed()))[-1]["why"]


async def test_without_cool_down_the_next_failure_is_drafted(
    ctx: Context, client: Client, make_settings: MakeSettings
) -> None:
    without_cool_down = replace(ctx, settings=make_settings(cooldown_hours=0))
    first = await records.pending_id(without_cool_down)
    await client.proposals.approve(first, 1)
    await processing.execute_proposal(without_cool_down, first, 1)
    assert await records.pending_id(without_cool_down, attempt_count=2) != first


async def test_a_rejected_proposal_does_not_cool_down(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.reject(first, 1)
    assert await records.pending_id(ctx, attempt_count=2) != first


# Expiry


async def test_every_reader_sees_a_lapsed_proposal_as_expired(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await records.expire(ctx, proposal_id)
    assert await client.proposals.inbox() == []
    assert (await client.proposals.counts()).pending == 0
    assert await client.proposals.history(status=Status.PENDING) == []
    (line,) = await client.proposals.history(status=Status.EXPIRED)
    assert line.effective_status is Status.EXPIRED
    assert (await client.proposals.history())[0].effective_status is Status.EXPIRED
    assert (await client.proposals.get(proposal_id)).status is Status.EXPIRED
    assert (await client.proposals.card(proposal_id)).proposal.status is Status.EXPIRED
    assert [row["status"] for row in await all_proposals(ctx)] == ["pending"]  # the view alone says it


@pytest.mark.parametrize(
    "decision", ["approve", "reject", "reject and suppress", "edit", "undo", "retry", "confirm", "close"]
)
async def test_a_decision_about_a_lapsed_proposal_writes_its_expiry_and_is_refused(
    ctx: Context, client: Client, decision: str
) -> None:
    proposal_id = await records.pending_id(ctx)
    payload = records.with_text((await records.proposal(ctx, proposal_id)).payload, "Edited.\n")
    await records.expire(ctx, proposal_id)
    calls = {
        "edit": lambda: client.proposals.edit(proposal_id, 1, payload),
        "undo": lambda: client.proposals.undo(proposal_id, 1),
        "reject and suppress": lambda: client.proposals.reject(proposal_id, 1, suppress=True),
    }
    decide = calls.get(decision) or (lambda: getattr(client.proposals, decision)(proposal_id, 1))
    with pytest.raises(ConflictError, match="is expired"):
        await decide()
    assert [(row["status"], row["outcome"]) for row in await all_proposals(ctx)] == [
        ("expired", drafting.LAPSED)
    ]
    assert (await records.transitions(ctx, proposal_id))[-1] == "proposal.expired"
    assert len(await records.jobs(ctx, "close_thread")) == 1
    assert await records.rows(ctx, "select 1 from suppressions") == []


async def test_drafting_over_a_lapsed_proposal_writes_its_expiry_first(ctx: Context) -> None:
    old = await records.pending_id(ctx)
    await records.expire(ctx, old)
    new = await records.pending_id(ctx, attempt_count=2)
    assert [(row["id"], row["status"]) for row in await all_proposals(ctx)] == [
        (old, "expired"),
        (new, "pending"),
    ]


async def test_persisting_over_a_lapsed_proposal_writes_its_expiry_first(ctx: Context) -> None:
    old = await records.pending_id(ctx)
    further = await records.record_event(ctx, failed(attempt_count=2))  # re-assesses no proposal
    await records.expire(ctx, old)
    outcome = await runtime.run_play(ctx, further.id, PLAY)
    assert outcome["result"] == "drafted"
    assert [row["status"] for row in await all_proposals(ctx)] == ["expired", "pending"]


# Re-assessing


@pytest.mark.parametrize(
    ("type_", "status", "why"),
    [
        ("invoice.paid", "paid", "is paid"),
        ("invoice.payment_succeeded", "paid", "is paid"),
        ("invoice.voided", "void", "was voided"),
        ("invoice.marked_uncollectible", "uncollectible", "was written off"),
    ],
)
@pytest.mark.parametrize("state", ["pending", "failed"])
async def test_a_settled_invoice_supersedes_its_proposal(
    ctx: Context, client: Client, type_: str, status: str, why: str, state: str
) -> None:
    proposal_id = await records.pending_id(ctx)
    if state == "failed":
        await client.proposals.approve(proposal_id, 1)
        await records.run(ctx, "update action_proposals set status = 'failed' where id = %s", proposal_id)
    settled = failed(status=status, amount_remaining=0)["data"]["object"]
    processed = await take_in(ctx, event(type_, settled))
    assert processed.outcome == [
        {
            "play": "card_update",
            "proposal": proposal_id,
            "result": "superseded",
            "why": f"invoice ACME-0001 {why}",
        }
    ]
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.status, proposal.outcome) == (Status.SUPERSEDED, f"invoice ACME-0001 {why}")


async def test_a_settled_invoice_supersedes_even_if_its_event_names_no_customer(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    await take_in(ctx, paid(customer=None))
    assert (await records.proposal(ctx, proposal_id)).status is Status.SUPERSEDED


async def test_one_proposal_covers_the_invoices_of_a_customer_as_long_as_they_are_open(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    assert result(await take_in(ctx, failed("in_2", number="ACME-0002"))) == "coalesced"
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.covers, proposal.amount) == (["in_1", "in_2"], Money(9800, "USD"))
    await take_in(ctx, paid("in_2", customer=None))
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.status, proposal.covers) == (Status.PENDING, ["in_1"])
    assert proposal.amount == Money(4900, "USD")
    assert "ACME-0002" not in proposal.payload["text"]
    await take_in(ctx, paid())
    assert (await records.proposal(ctx, proposal_id)).status is Status.SUPERSEDED


async def test_the_proposal_of_another_invoice_stays_pending(ctx: Context) -> None:
    first, second = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    await take_in(ctx, paid("in_1"))
    assert (await records.proposal(ctx, first)).status is Status.SUPERSEDED
    assert (await records.proposal(ctx, second)).status is Status.PENDING


async def test_a_changed_email_redrafts_the_proposal(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    processed = await take_in(ctx, customer(email="new@acme.example"))
    assert processed.outcome == [{"play": "card_update", "result": "redrafted", "proposal": proposal_id}]
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.version, proposal.payload["to"]) == (2, "new@acme.example")


async def test_a_changed_amount_redrafts_the_proposal(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    invoice = failed(amount_remaining=2900, amount_paid=2000)["data"]["object"]
    await take_in(ctx, event("invoice.updated", invoice))
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.version, proposal.amount) == (2, Money(2900, "USD"))
    assert "$29.00" in proposal.payload["subject"]


async def test_a_deleted_customer_supersedes_the_proposal(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    await take_in(ctx, customer("customer.deleted"))
    assert (await records.proposal(ctx, proposal_id)).status is Status.SUPERSEDED


# Repetition


async def test_processing_and_replaying_an_event_again_changes_nothing(ctx: Context, client: Client) -> None:
    processed = await take_in(ctx, failed())
    before = (
        await all_proposals(ctx),
        await records.transitions(ctx, records.results_of_play(processed)[0]["proposal"]),
    )
    await processing.process_event(ctx, processed.id)
    assert await client.events.replay(processed.id)
    assert not await client.events.replay(processed.id)  # the event waits already
    await processing.process_event(ctx, processed.id)
    assert (
        await all_proposals(ctx),
        await records.transitions(ctx, records.results_of_play(processed)[0]["proposal"]),
    ) == before
    async with ctx.connection() as conn:
        again = await events.get(conn, processed.id)
    assert (again.status, again.outcome) == (processed.status, processed.outcome)
    assert (await deliver(ctx, processed.payload_json)).duplicate


async def test_replaying_an_old_event_after_newer_ones_changes_nothing(ctx: Context, client: Client) -> None:
    processed = await take_in(ctx, failed())
    await take_in(ctx, failed(attempt_count=2))
    before = await all_proposals(ctx)
    await client.events.replay(processed.id)
    await processing.process_event(ctx, processed.id)
    assert await all_proposals(ctx) == before
    await client.proposals.reject(records.results_of_play(processed)[0]["proposal"], 2)
    await client.events.replay(processed.id)
    await processing.process_event(ctx, processed.id)
    assert [row["status"] for row in await all_proposals(ctx)] == ["rejected"]


async def test_an_event_processed_by_two_workers_at_once_is_drafted_once(ctx: Context) -> None:
    receipt = await deliver(ctx, failed())
    answers = await asyncio.gather(
        *[processing.process_event(ctx, receipt.event_id) for _ in range(4)], return_exceptions=True
    )
    assert {type(answer).__name__ for answer in answers} <= {"NoneType", "BusyError"}
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        processed = await events.get(conn, receipt.event_id)
    assert len(records.results_of_play(processed)) == 1
    assert [(row["version"], row["status"]) for row in await all_proposals(ctx)] == [(1, "pending")]


async def test_events_about_the_same_invoice_at_once_make_one_proposal(ctx: Context) -> None:
    receipts = [await deliver(ctx, failed(attempt_count=attempt)) for attempt in range(1, 6)]
    await asyncio.gather(*[processing.process_event(ctx, receipt.event_id) for receipt in receipts])
    (proposal,) = await all_proposals(ctx)
    assert "now tried 5 times" in proposal["payload"]["text"]


# Races: a lock holds each transaction at the step that matters


async def test_a_draft_waits_for_an_uncommitted_payment(ctx: Context) -> None:
    failure = await records.record_event(ctx, failed())
    settling = await deliver(ctx, paid())
    async with ctx.transaction() as conn:
        await records.record(conn, settling.event_id)
        running = asyncio.create_task(runtime.run_play(ctx, failure.id, PLAY))
        await records.until_blocked(ctx)
        assert await drafting.reassess(ctx, conn, "cus_1", "in_1") == ([], False)
    assert (await running)["why"] == "invoice ACME-0001 is paid"
    assert await all_proposals(ctx) == []


class _HeldDraft:
    """Holds a draft inside its transaction, just before it links the event to its new proposal."""

    def __init__(self, ctx: Context, failure: Event) -> None:
        self._ctx, self._failure = ctx, failure

    async def __aenter__(self) -> asyncio.Task[Any]:
        self._holding = self._ctx.transaction()
        conn = await self._holding.__aenter__()
        await conn.execute(b"select 1 from events where id = %s for update", (self._failure.id,))
        running = asyncio.create_task(runtime.run_play(self._ctx, self._failure.id, PLAY))
        await records.until_blocked(self._ctx)
        return running

    async def __aexit__(self, *_: object) -> None:
        await self._holding.__aexit__(None, None, None)


async def test_a_payment_waits_for_an_uncommitted_draft_and_supersedes_it(ctx: Context) -> None:
    failure = await records.record_event(ctx, failed())
    settling = await deliver(ctx, paid())
    async with _HeldDraft(ctx, failure) as running:
        paying = asyncio.create_task(processing.process_event(ctx, settling.event_id))
        await records.until_blocked(ctx, 2)
    assert (await running)["result"] == "drafted"
    await paying
    assert [row["status"] for row in await all_proposals(ctx)] == ["superseded"]


@pytest.mark.parametrize("customer_known", [True, False])
async def test_a_new_email_waits_for_an_uncommitted_draft_and_redrafts_it(
    ctx: Context, customer_known: bool
) -> None:
    if customer_known:
        await take_in(ctx, customer())
    failure = await records.record_event(ctx, failed())
    changing = await deliver(ctx, customer(email="new@acme.example"))
    async with _HeldDraft(ctx, failure) as running:
        changed = asyncio.create_task(processing.process_event(ctx, changing.event_id))
        await records.until_blocked(ctx, 2)
    await asyncio.gather(running, changed)
    assert [row["payload"]["to"] for row in await all_proposals(ctx)] == ["new@acme.example"]


async def test_a_suppression_waits_for_an_uncommitted_draft_and_supersedes_it(
    ctx: Context, client: Client
) -> None:
    first = await records.drafted_id(ctx, overdue(), "invoice_overdue")
    failure = await records.record_event(ctx, failed())
    async with _HeldDraft(ctx, failure) as running:
        rejecting = asyncio.create_task(client.proposals.reject(first, 1, suppress=True))
        await records.until_blocked(ctx, 2)
    await asyncio.gather(running, rejecting)
    assert [row["status"] for row in await all_proposals(ctx)] == ["rejected", "superseded"]


async def test_a_draft_does_not_wait_for_another_run_of_its_event(ctx: Context) -> None:
    # The other run holds the event and waits for the snapshot that this draft holds, so the draft must not wait for it.
    failure = await records.record_event(ctx, failed())
    async with ctx.transaction() as conn:
        assert (await events.take(conn, failure.id))[0] is not None
        async with asyncio.timeout(10):
            assert (await runtime.run_play(ctx, failure.id, PLAY))["result"] == "drafted"


async def test_two_drafts_of_the_same_key_make_one_proposal(ctx: Context) -> None:
    first, second = (
        await records.record_event(ctx, failed()),
        await records.record_event(ctx, failed(attempt_count=2)),
    )
    async with _HeldDraft(ctx, first) as running:
        other = asyncio.create_task(runtime.run_play(ctx, second.id, PLAY))
        await records.until_blocked(ctx, 2)
    assert (await running)["result"] == "drafted"
    assert (await other)["result"] == "unchanged"  # both drafts read the facts of both events
    assert len(await all_proposals(ctx)) == 1


# The ledger


async def transactions(ctx: Context) -> list[tuple[str, str, int]]:
    rows = await records.rows(ctx, "select external_id, kind, amount_minor from transactions order by id")
    return [(row["external_id"], row["kind"], row["amount_minor"]) for row in rows]


async def test_a_paid_invoice_is_booked_once_for_all_its_events(ctx: Context) -> None:
    invoice = paid()["data"]["object"]
    for type_ in ("invoice.paid", "invoice.payment_succeeded", "invoice.updated"):
        await take_in(ctx, event(type_, invoice))
    assert await transactions(ctx) == [("in_1", "invoice_paid", 4900)]


async def test_each_refund_is_booked_once(ctx: Context) -> None:
    def refund(id_: str, amount: int) -> dict[str, Any]:
        return fixture("refund", id=id_, amount=amount, currency="usd", charge="ch_1", status="succeeded")

    for type_ in ("refund.created", "refund.updated"):
        for payload in (refund("re_1", 1000), refund("re_2", 500)):
            await take_in(ctx, event(type_, payload))
    assert await transactions(ctx) == [("re_1", "refund", -1000), ("re_2", "refund", -500)]


async def test_the_evidence_shows_the_lifetime_payments(ctx: Context) -> None:
    await take_in(ctx, paid("in_0", amount_paid=10_000))
    refund = fixture(
        "refund", id="re_1", amount=2500, currency="usd", charge={"id": "ch_1", "customer": "cus_1"}
    )
    await take_in(ctx, event("refund.created", refund | {"status": "succeeded"}))
    proposal = await records.proposal(ctx, await records.pending_id(ctx))
    assert ["Lifetime paid", "$75.00 in 1 invoice"] in proposal.evidence


async def test_the_lifetime_counts_what_its_sum_is_of(ctx: Context) -> None:
    await take_in(ctx, paid("in_0", amount_paid=5800))
    for number in (1, 2):
        charge = fixture("charge", id=f"ch_{number}", customer="cus_1", amount=5800, amount_captured=5800)
        charge |= {
            "status": "succeeded",
            "payment_intent": f"pi_{number}",
            "balance_transaction": f"txn_{number}",
            "captured": True,
            "paid": True,
            "invoice": None,
            "currency": "usd",
        }
        await take_in(ctx, event("charge.succeeded", charge))
    proposal = await records.proposal(ctx, await records.pending_id(ctx))
    assert ["Lifetime paid", "$116.00 in 2 payments"] in proposal.evidence


async def test_only_a_newer_snapshot_replaces_a_snapshot(ctx: Context) -> None:
    old, new = customer(name="Old"), customer(name="New")
    await take_in(ctx, new)
    await take_in(ctx, old)
    (row,) = await records.rows(ctx, "select state from snapshots where object_id = 'cus_1'")
    assert row["state"]["name"] == "New"


async def test_only_the_latest_charges_of_a_customer_are_read(ctx: Context) -> None:
    await records.run(
        ctx,
        "insert into snapshots (object_id, object_type, subject_key, state, as_of)"
        " select 'ch_' || n, 'charge', 'cus_1', %s, now() + make_interval(secs => n) from generate_series(1, 50) n",
        Jsonb({"status": "failed"}),
    )
    async with ctx.connection() as conn:
        facts = await gather(conn, ctx.settings, ctx.clock.now(), About("ch_1", "cus_1"))
    assert [charge["id"] for charge in facts.charges[:20]] == [f"ch_{n}" for n in range(50, 30, -1)]
    assert facts.state == {"status": "failed"}
    assert len(facts.charges) == 21  # the latest twenty, and the object that the facts are about


# The inbox


async def test_the_inbox_lists_by_urgency_then_newest_first_in_pages(ctx: Context, client: Client) -> None:
    urgent = {"attempt_count": 3}
    ids = [await records.pending_id(ctx, f"in_{n}", **(urgent if n in {2, 4} else {})) for n in range(1, 6)]
    in_order = [ids[3], ids[1], ids[4], ids[2], ids[0]]
    assert [line.id for line in await client.proposals.inbox()] == in_order
    paged, after = [], None
    while page := await client.proposals.inbox(limit=2, after=after.position if after else None):
        paged += [line.id for line in page]
        after = page[-1]
    assert paged == in_order
    counts = await client.proposals.counts()
    assert (counts.pending, counts.critical, counts.stuck) == (5, 0, 0)
    history = await client.proposals.history(limit=2)
    assert [line.id for line in history] == ids[:-3:-1]
    assert [line.id for line in await client.proposals.history(before=history[-1].id)] == ids[2::-1]
    viewer = await records.new_client(ctx, "vera", Role.VIEWER)
    assert len(await viewer.proposals.inbox()) == 5


async def test_a_changed_channel_drafts_a_new_proposal(ctx: Context, make_settings: MakeSettings) -> None:
    """The action type of a proposal never changes: a new channel makes a new one at the play's next event."""
    big: dict[str, Any] = {"amount_due": 200_000, "amount_remaining": 200_000}
    await take_in(ctx, failed(**big))
    async with open_context(make_settings(account_owner="#accounts"), pool_size=4) as other:
        await take_in(other, paid("in_2", amount_paid=100))  # about the same customer: nothing changes
        await take_in(other, failed(attempt_count=2, **big))
        alerts = await records.rows(
            other, "select status, action_type from action_proposals where play = 'owner_alert' order by id"
        )
    assert [tuple(row.values()) for row in alerts] == [("superseded", "email"), ("pending", "slack")]
