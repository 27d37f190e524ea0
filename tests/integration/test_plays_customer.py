"""The plays about customers with real events: drafted, coalesced, superseded, and equal in every API version."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.context import Context, SystemClock
from execops.ingest import events
from execops.model import Event, Proposal, Status, Urgency
from tests import records
from tests.plays_table import CANCELLED, about_invoice, card, customer, subscription
from tests.stripe_events import BASE, deliver, failed, paid

_START = datetime(2026, 9, 21, 18, 0, tzinfo=UTC)
_NOW = BASE
_DAY = 86_400
LARGE: dict[str, Any] = {"amount_due": 120_000, "amount_remaining": 120_000}
DUE = {"due_date": _NOW - 3 * _DAY, "next_payment_attempt": None}


class Clock:
    """A clock some hours after the events, whose dates follow from their numbers."""

    def now(self) -> datetime:
        return _START


@pytest.fixture
def here(ctx: Context) -> Context:
    """A context on the events' own day."""
    return replace(ctx, clock=Clock())


async def take_in(ctx: Context, payload: dict[str, Any]) -> Event:
    """Receive an event that is signed today and process it on the events' own day; returns it with its outcome."""
    receipt = await deliver(replace(ctx, clock=SystemClock()), payload)
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


def action_required(**changes: Any) -> dict[str, Any]:
    return about_invoice("invoice.payment_action_required", **changes)


def overdue(**changes: Any) -> dict[str, Any]:
    return about_invoice("invoice.overdue", **DUE | changes)


def cancelled(**changes: Any) -> dict[str, Any]:
    return subscription(**CANCELLED | changes)


async def only_proposal(ctx: Context, play: str) -> Proposal:
    """The only proposal of a play."""
    (proposal,) = await records.proposals_of_play(ctx, play)
    return proposal


async def outcome_of(ctx: Context, payload: dict[str, Any], play: str) -> dict[str, Any]:
    """The last entry about a play in the outcome of an event."""
    taken = await take_in(ctx, payload)
    assert taken.status == "processed"
    entry: dict[str, Any] = next(entry for entry in reversed(taken.outcome) if entry["play"] == play)
    return entry


Make = Callable[..., dict[str, Any]]
FIRST: dict[str, Make] = {
    "authenticate_payment": action_required,
    "card_expiring": card,
    "invoice_overdue": overdue,
    "owner_alert": lambda **changes: failed(**LARGE | changes),
    "save_offer": cancelled,
}
AGAIN: dict[str, dict[str, Any]] = {  # the changes in a later event
    "authenticate_payment": {"attempt_count": 2},
    "card_expiring": {"exp_month": 10},
    "invoice_overdue": {"amount_remaining": 2900},
    "owner_alert": {"attempt_count": 2},
    "save_offer": {"cancellation_details": {"feedback": "unused", "comment": None}},
}
OBJECTS = dict.fromkeys(FIRST, "cus_1") | {"card_expiring": "card_1", "save_offer": "sub_1"}
COVERED: dict[str, list[str]] = {"card_expiring": [], "save_offer": []}


@pytest.mark.parametrize("play", sorted(FIRST))
async def test_an_event_is_drafted_and_a_further_one_coalesces(here: Context, play: str) -> None:
    await take_in(here, customer())
    assert (await outcome_of(here, FIRST[play](), play))["result"] == "drafted"
    first = await only_proposal(here, play)
    assert (first.status, first.version, first.object_id, first.subject_key) == (
        Status.PENDING,
        1,
        OBJECTS[play],
        "cus_1",
    )
    assert first.dedupe_key == f"{play}:{OBJECTS[play]}"
    assert first.covers == COVERED.get(play, ["in_1"])
    here.adapters[first.action_type].validate(first.payload)

    assert (await outcome_of(here, FIRST[play](), play))["result"] == "unchanged"
    assert (await outcome_of(here, FIRST[play](**AGAIN[play]), play))["result"] == "coalesced"
    again = await only_proposal(here, play)
    assert (again.id, again.version, again.status) == (first.id, 2, Status.PENDING)
    assert again.payload != first.payload


def _undone() -> dict[str, Any]:
    return subscription(previous_attributes={"cancel_at_period_end": True, "cancel_at": _NOW + 10 * _DAY})


def _settled(**amounts: Any) -> list[tuple[str, Make, str]]:
    return [
        ("paid", lambda: paid(**amounts), "is paid"),
        ("voided", lambda: about_invoice("invoice.voided", status="void", **amounts), "was voided"),
        (
            "written off",
            lambda: about_invoice("invoice.marked_uncollectible", status="uncollectible", **amounts),
            "was written off",
        ),
        (
            "paid, as old versions say it",
            lambda: about_invoice("invoice.payment_succeeded", status="paid", **amounts),
            "is paid",
        ),
    ]


MOOT: list[tuple[str, str, Make, str]] = [
    *(("authenticate_payment", *story) for story in _settled()),
    *(("invoice_overdue", *story) for story in _settled()),
    *(("owner_alert", *story) for story in _settled(**LARGE)),
    ("invoice_overdue", "moved", lambda: about_invoice("invoice.updated", due_date=_NOW + 9 * _DAY), "is not due"),
    ("card_expiring", "removed", lambda: card(type_="customer.source.deleted"), "was removed"),
    ("card_expiring", "renewed", lambda: card(type_="customer.source.updated", exp_year=2030), "is good until"),
    (
        "card_expiring",
        "another default",
        lambda: customer(type_="customer.updated", default_source="card_2"),
        "pays with another payment method",
    ),
    ("save_offer", "undone", _undone, "is not set to cancel"),
    (
        "save_offer",
        "ended",
        lambda: subscription(type_="customer.subscription.deleted", status="canceled"),
        "has ended",
    ),
    (
        "save_offer",
        "customer deleted",
        lambda: customer(type_="customer.deleted"),
        "the customer was deleted",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("play", "how", "then", "why"), MOOT, ids=[f"{story[0]}-{story[1]}" for story in MOOT]
)
async def test_a_moot_proposal_is_superseded(
    here: Context, play: str, how: str, then: Make, why: str
) -> None:
    await take_in(here, customer())
    await take_in(here, FIRST[play]())
    proposal = await only_proposal(here, play)
    taken = await take_in(here, then())
    superseded = next(entry for entry in taken.outcome if entry["proposal"] == proposal.id)
    assert superseded["result"] == "superseded"
    assert why in superseded["why"]
    assert (await only_proposal(here, play)).status is Status.SUPERSEDED


async def test_a_payment_that_comes_first_drafts_nothing(here: Context) -> None:
    late = [action_required(), overdue(), failed(**LARGE)]
    await take_in(here, paid())
    for payload, play in zip(late, ["authenticate_payment", "invoice_overdue", "owner_alert"], strict=True):
        assert "is paid" in (await outcome_of(here, payload, play))["why"]
    assert await records.rows(here, "select id from action_proposals") == []


async def test_a_large_failure_goes_to_the_customer_and_to_the_owner(here: Context) -> None:
    await take_in(here, failed(**LARGE))
    assert (await only_proposal(here, "card_update")).payload["to"] == "billing@acme.example"
    alert = await only_proposal(here, "owner_alert")
    assert (alert.payload["to"], alert.urgency) == ("owner@localhost", Urgency.HIGH)


async def test_a_small_failure_alerts_nobody_unless_of_a_top_customer(here: Context) -> None:
    assert "not among the top tenth" in (await outcome_of(here, failed(), "owner_alert"))["why"]
    for at in range(2, 12):  # ten others, who paid less
        await take_in(here, paid(f"in_p{at}", customer=f"cus_{at}", amount_paid=100 * at))
    await take_in(here, paid("in_p1", amount_paid=500_000))
    await take_in(here, failed("in_2"))
    proposal = await only_proposal(here, "owner_alert")
    assert (proposal.object_id, proposal.covers) == ("cus_1", ["in_1", "in_2"])
    assert proposal.title == "Payment of a top customer failed: Acme Inc, attempt 1"


async def test_feedback_that_comes_later_is_taken_into_the_draft(here: Context) -> None:
    """The portal asks for the reason after the cancellation. It sends a further update, which sets no end."""
    await take_in(here, customer())
    await take_in(here, cancelled())
    payload = cancelled(
        cancellation_details={"feedback": "too_expensive", "comment": None},
        previous_attributes={"cancellation_details": {"feedback": None}},
    )
    taken = await take_in(here, payload)
    assert [entry["result"] for entry in taken.outcome] == ["redrafted"]
    proposal = await only_proposal(here, "save_offer")
    assert "the price was the reason" in proposal.payload["text"]
    assert ["Reason given", "too expensive"] in proposal.evidence


async def test_any_other_update_of_a_cancelled_subscription_drafts_nothing(here: Context) -> None:
    taken = await take_in(here, cancelled(previous_attributes={"quantity": 2}))
    assert taken.status == "processed"
    assert [result["play"] for result in taken.outcome] == ["large_cancellation"]  # it looks for a cut
    assert taken.outcome[0]["proposal"] is None


async def test_a_cancellation_set_again_is_asked_about_again(here: Context) -> None:
    await take_in(here, customer())
    for payload in (cancelled(), _undone(), cancelled()):
        await take_in(here, payload)
    assert [proposal.status for proposal in await records.proposals_of_play(here, "save_offer")] == [
        Status.SUPERSEDED,
        Status.PENDING,
    ]


async def test_an_address_that_comes_later_leads_to_the_mail(here: Context) -> None:
    assert (await outcome_of(here, card(), "card_expiring"))["result"] == "no proposal"
    await take_in(here, customer())
    assert (await only_proposal(here, "card_expiring")).payload["to"] == "billing@acme.example"


# Versions of Stripe's API

OLD, ITEMS, SUMS, EXPANDED, BASIL = "2017-08-15", "2019-12-03", "2022-11-15", "2024-06-20", "2025-03-31.basil"
VERSIONS = [OLD, ITEMS, SUMS, EXPANDED, BASIL]
NAMELESS = "the newest, of a customer without a name"


def shaped(payload: dict[str, Any], version: str) -> dict[str, Any]:
    """The event as this version of the API would send it, with fields moved, renamed or left out."""
    event = copy.deepcopy(payload) | {"api_version": version}
    stripe_object = event["data"]["object"]
    {"invoice": _invoice, "subscription": _subscription, "customer": _customer}.get(
        stripe_object["object"], _as_is
    )(stripe_object, version)
    if version == EXPANDED and stripe_object["object"] != "customer":
        stripe_object["customer"] = {"id": stripe_object["customer"], "object": "customer"}
    return event


def _as_is(stripe_object: dict[str, Any], version: str) -> None:
    """Leave the object alone, because a card is the same in every version."""


def _invoice(invoice: dict[str, Any], version: str) -> None:
    if (
        version != BASIL
    ):  # https://docs.stripe.com/changelog/basil/2025-03-31/adds-new-parent-field-to-invoicing-objects
        del invoice["parent"]
        invoice["subscription"] = "sub_1"
    if version == OLD:  # flags instead of a status, a date instead of created, the customer only by id
        status = invoice.pop("status")
        invoice |= {
            "date": invoice.pop("created"),
            "paid": status == "paid",
            "closed": status != "open",
            "forgiven": False,
        }
        for name in ("customer_name", "customer_email", "status_transitions"):
            del invoice[name]


def _subscription(subscription: dict[str, Any], version: str) -> None:
    (item,) = subscription["items"]["data"]
    if version != BASIL:  # the period is the subscription's own
        subscription["current_period_end"] = item.pop("current_period_end")
    if version in {OLD, ITEMS}:  # a plan instead of a price
        price = item.pop("price")
        item["plan"] = {
            "object": "plan",
            "amount": price["unit_amount"],
            "currency": price["currency"],
            "interval": price["recurring"]["interval"],
            "interval_count": 1,
        }
    if version == OLD:  # before cancel_at, cancellation_details and discounts as a list
        del (
            subscription["discounts"],
            subscription["cancel_at"],
            subscription["cancellation_details"],
            subscription["pause_collection"],
        )
        subscription |= {"plan": item["plan"], "quantity": item["quantity"], "discount": None}


def _customer(customer: dict[str, Any], version: str) -> None:
    if version == OLD:  # before `name`; a description is a note of the company's own
        customer["description"] = customer.pop("name")
        del customer["invoice_settings"]


def _shown(proposal: Proposal) -> dict[str, Any]:
    return {
        "title": proposal.title,
        "urgency": proposal.urgency,
        "action_type": proposal.action_type,
        "payload": proposal.payload,
        "reasoning": proposal.reasoning,
        "evidence": proposal.evidence,
        "amount": proposal.amount,
    }


@pytest.mark.parametrize("play", sorted([*FIRST, "card_update"]))
async def test_every_version_of_the_api_leads_to_the_same_draft(here: Context, play: str) -> None:
    """The oldest version knows no name, so its draft is that of the newest one about a customer without a name."""
    make: Make = FIRST.get(play, failed)
    drafts: dict[str, dict[str, Any]] = {}
    for at, version in enumerate([*VERSIONS, NAMELESS]):
        cus = f"cus_v{at}"
        ids: dict[str, Any] = {"id": f"it_v{at}", "customer": cus}
        named: dict[str, Any] = {"name": None} if version == NAMELESS else {}
        of_invoice: dict[str, Any] = {"customer_name": None} if version == NAMELESS else {}
        payloads = [customer(cus, default_source=f"it_v{at}", **named)]
        if play == "save_offer":
            payloads.append(make(quantity=3, **ids))
        else:
            payloads += [
                subscription(id=f"sub_v{at}", customer=cus, quantity=3, previous_attributes={}),
                make(**ids) if play == "card_expiring" else make(**ids | of_invoice),
            ]
        for payload in payloads:
            await take_in(here, shaped(payload, BASIL if version == NAMELESS else version))
        drafts[version] = _shown((await records.proposals_of_play(here, play))[-1])
        label = "MRR of this customer" if play == "save_offer" else "MRR"
        assert [label, "$147.00"] in drafts[version]["evidence"]
        greeting, payer = ("Hello,", "billing@acme.example")
        if version not in {OLD, NAMELESS}:
            greeting, payer = ("Hello Acme Inc,", "Acme Inc")
        payload = drafts[version]["payload"]
        if play == "owner_alert":
            assert payload["subject"] == f"A payment of $1,200.00 by {payer} failed"
        else:
            assert payload["text"].startswith(f"{greeting}\n")
        if play not in {"card_expiring", "save_offer"}:
            await take_in(here, shaped(paid(**ids), BASIL if version == NAMELESS else version))
    assert drafts.pop(OLD) == drafts.pop(NAMELESS)
    assert drafts == dict.fromkeys([ITEMS, SUMS, EXPANDED, BASIL], drafts[BASIL])
    ends = {proposal.status for proposal in await records.proposals_of_play(here, play)}
    assert ends == {Status.PENDING if play in {"card_expiring", "save_offer"} else Status.SUPERSEDED}
