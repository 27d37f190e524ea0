"""Deadlines: the time of a proposal follows its play, and what expired is drafted anew while its play would draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.graphs.checkpointer import saver
from execops.model import Proposal, Status
from tests import plays_table as table
from tests import records
from tests.performing import go
from tests.stripe_events import BASE, deliver, event, failed, fixture, invoice, paid, take_in


def in_days(days: float) -> datetime:
    """A moment in whole seconds, so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)


def disputed(due: datetime, type_: str = "charge.dispute.updated", **changes: Any) -> dict[str, Any]:
    """An event about the one dispute, whose evidence is due at this moment."""
    return table.dispute(type_, evidence_details={"due_by": int(due.timestamp())}, **changes)


def renamed() -> dict[str, Any]:
    """An event about the customer, who has neither a name nor an address of their own."""
    return event("customer.updated", fixture("customer", id="cus_1", name=None, email=None, phone="1"))


def charge(id_: str, at: int, **changes: Any) -> dict[str, Any]:
    """A charge of $49.00 to the customer's card that failed."""
    made = fixture(
        "charge", id=id_, customer="cus_1", amount=4900, currency="usd", invoice=None, refunds=None
    )
    return event("charge.failed", made | {"status": "failed", "created": BASE + at} | changes)


async def all_of(ctx: Context, play: str = "card_update") -> list[Proposal]:
    """Every proposal of a play, the oldest first."""
    rows = await records.rows(ctx, "select * from action_proposals where play = %s order by id", play)
    return [Proposal.from_row(row) for row in rows]


async def waits(ctx: Context, proposal: Proposal) -> bool:
    """Whether the thread of a proposal waits for its decision."""
    config = {"configurable": {"thread_id": proposal.thread_id}}
    return await saver(ctx.pool).waits(config)  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [9, 1 / 24, 30])
async def test_the_time_follows_a_deadline_that_moves(ctx: Context, days: float) -> None:
    await take_in(ctx, disputed(in_days(2), "charge.dispute.created"))
    moved = in_days(days)
    await take_in(ctx, disputed(moved))
    (proposal,) = await all_of(ctx, "dispute_response")
    assert proposal.status is Status.PENDING
    assert proposal.expires_at == moved


async def test_the_time_begins_anew_with_a_new_draft(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    await take_in(ctx, renamed())
    await records.run(
        ctx, "update action_proposals set expires_at = now() + interval '1 hour' where id = %s", proposal_id
    )
    await take_in(ctx, renamed())
    (same,) = await all_of(ctx)
    assert same.expires_at < in_days(1)  # nothing was drafted anew
    await take_in(ctx, failed(attempt_count=2))
    (newer,) = await all_of(ctx)
    assert (newer.id, newer.version) == (proposal_id, same.version + 1)
    assert newer.expires_at > in_days(ctx.settings.expiry_days - 1)


async def test_a_deadline_that_moves_while_it_is_approved_asks_again(ctx: Context, client: Client) -> None:
    await take_in(ctx, disputed(in_days(2), "charge.dispute.created"))
    (proposal,) = await all_of(ctx, "dispute_response")
    await client.proposals.approve(proposal.id, proposal.version)
    moved = in_days(1 / 24)
    await take_in(ctx, disputed(moved))
    assert await go(ctx, proposal.id) is Status.PENDING
    (again,) = await all_of(ctx, "dispute_response")
    assert again.expires_at == moved
    assert again.version > proposal.version


NEXT_EVENTS: dict[str, list[dict[str, Any]]] = {
    "of the customer": [renamed()],
    "of the object, which wakes the play": [failed(attempt_count=2)],
    "of another object": [failed("in_9")],
    "several": [renamed(), failed("in_9"), renamed()],
}


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("events", NEXT_EVENTS.values(), ids=NEXT_EVENTS)
async def test_what_expired_is_drafted_anew_by_the_next_event(
    ctx: Context, client: Client, events: Sequence[dict[str, Any]], written: bool
) -> None:
    first = await records.pending_id(ctx)
    await records.expire(ctx, first)
    if written:
        with pytest.raises(Exception, match="expired"):
            await client.proposals.approve(first, 1)
    for payload in events:
        await take_in(ctx, payload)
    old, *anew = await all_of(ctx)
    assert old.status is Status.EXPIRED
    (proposal,) = anew
    assert proposal.status is Status.PENDING
    failing = {payload["data"]["object"]["id"] for payload in events if payload["type"].startswith("invoice")}
    assert set(proposal.covers) == {"in_1"} | failing
    assert await waits(ctx, proposal)
    await client.proposals.approve(proposal.id, proposal.version)
    assert await go(ctx, proposal.id) is Status.EXECUTED


async def test_what_expires_again_and_again_is_drafted_each_time(ctx: Context) -> None:
    await records.pending_id(ctx)
    for times in range(2, 5):
        await records.expire(ctx, (await all_of(ctx))[-1].id)
        await take_in(ctx, renamed())
        proposals = await all_of(ctx)
        assert [proposal.status for proposal in proposals] == [Status.EXPIRED] * (times - 1) + [
            Status.PENDING
        ]
        assert await waits(ctx, proposals[-1])


async def test_an_expired_dispute_is_drafted_anew_although_only_its_beginning_wakes_the_play(
    ctx: Context,
) -> None:
    await take_in(ctx, disputed(in_days(2), "charge.dispute.created"))
    await records.expire(ctx, (await all_of(ctx, "dispute_response"))[0].id)
    await take_in(ctx, disputed(in_days(9)))
    _, anew = await all_of(ctx, "dispute_response")
    assert anew.status is Status.PENDING


async def test_what_expired_and_is_moot_is_not_drafted_anew(ctx: Context) -> None:
    await records.expire(ctx, await records.pending_id(ctx))
    await take_in(ctx, paid())
    await take_in(ctx, renamed())
    assert [proposal.status for proposal in await all_of(ctx)] == [Status.EXPIRED]


async def test_what_expired_and_was_decided_since_is_not_drafted_anew(ctx: Context, client: Client) -> None:
    await records.expire(ctx, await records.pending_id(ctx))
    await take_in(ctx, failed(attempt_count=2))
    await client.proposals.reject((await all_of(ctx))[-1].id, 1)
    await take_in(ctx, renamed())
    assert [proposal.status for proposal in await all_of(ctx)] == [Status.EXPIRED, Status.REJECTED]


async def test_two_that_expired_are_both_drafted_anew(ctx: Context) -> None:
    due = {"due_date": BASE - 3 * 86_400, "next_payment_attempt": None, "collection_method": "send_invoice"}
    await records.pending_id(ctx)
    await take_in(ctx, event("invoice.overdue", invoice("in_2", **due)))
    await records.run(
        ctx, "update action_proposals set expires_at = now() - interval '1 s' where status = 'pending'"
    )
    await take_in(ctx, renamed())
    for play, covered in (("card_update", ["in_1"]), ("invoice_overdue", ["in_2"])):
        old, anew = await all_of(ctx, play)
        assert (old.status, anew.status) == (Status.EXPIRED, Status.PENDING)
        assert anew.covers == covered
        assert await waits(ctx, anew)


async def test_what_expired_is_drafted_anew_although_its_first_invoice_waits(ctx: Context) -> None:
    """The event of the expired proposal is about one invoice; the proposal is about all of the customer."""
    passing = charge("ch_1", 3, failure_code="insufficient_funds")
    await records.pending_id(ctx)
    await take_in(ctx, failed("in_2", attempt_count=2, amount_due=5900, amount_remaining=5900))
    await records.expire(ctx, (await all_of(ctx))[-1].id)
    await take_in(ctx, passing)
    old, anew = await all_of(ctx)
    assert (old.status, anew.status) == (Status.EXPIRED, Status.PENDING)
    assert anew.covers == ["in_2"]
    assert await waits(ctx, anew)


async def test_what_expired_is_drafted_anew_by_an_event_that_itself_asks_for_nothing(ctx: Context) -> None:
    await records.pending_id(ctx, attempt_count=2, amount_due=5900, amount_remaining=5900)
    await take_in(ctx, charge("ch_1", 3, failure_code="insufficient_funds"))
    await records.expire(ctx, (await all_of(ctx))[-1].id)
    taken = await take_in(ctx, failed("in_2"))
    assert "may pass by itself" in records.results_of_play(taken)[0]["why"]
    old, anew = await all_of(ctx)
    assert (old.status, anew.status) == (Status.EXPIRED, Status.PENDING)
    assert anew.covers == ["in_1"]


async def test_processing_the_next_event_twice_drafts_once(ctx: Context) -> None:
    await records.expire(ctx, await records.pending_id(ctx))
    receipt = await deliver(ctx, renamed())
    for _ in range(2):
        await processing.process_event(ctx, receipt.event_id)
        await records.run(ctx, "update events set status = 'received' where id = %s", receipt.event_id)
    assert [proposal.status for proposal in await all_of(ctx)] == [Status.EXPIRED, Status.PENDING]
