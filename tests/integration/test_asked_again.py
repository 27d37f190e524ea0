"""Back to pending: every way back looks at the facts again, and so does the moment of sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import NotAcceptedError, RejectedError
from execops.model import Role, Status
from execops.plays.registry import all_plays
from execops.proposals.decided import Decided
from tests import records
from tests.performing import Scripted, go, status
from tests.stripe_events import failed, overdue, paid, take_in


class Later:
    """A clock that is ahead by so much."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """The moment by this clock."""
        return datetime.now(UTC) + self._ahead


WayBack = Callable[[Context, Client, Scripted, int], Awaitable[Decided]]
DEARER: dict[str, Any] = {"amount_due": 490000, "amount_remaining": 490000, "attempt_count": 2}


async def _undo(_: Context, client: Client, __: Scripted, proposal_id: int) -> Decided:
    return await client.proposals.undo(proposal_id, 1)


async def _edit_failed(_: Context, client: Client, __: Scripted, proposal_id: int) -> Decided:
    proposal = await client.proposals.get(proposal_id)
    return await client.proposals.edit(proposal_id, 1, records.with_text(proposal.payload, "In my words"))


@pytest.fixture(params=["undo", "edit of a failed one"])
async def back(
    request: pytest.FixtureRequest, here: Context, adapter: Scripted, approved: int
) -> tuple[WayBack, int]:
    """A way back to pending, and a proposal that can take it."""
    if request.param == "undo":
        return _undo, approved
    adapter.performs = [RejectedError("mailbox is full")]
    assert await go(here, approved) is Status.FAILED
    return _edit_failed, approved


async def test_a_payment_meanwhile_supersedes(
    here: Context, client: Client, adapter: Scripted, back: tuple[WayBack, int]
) -> None:
    way, proposal_id = back
    event = await records.record_event(here, paid())  # its job has not looked at proposals yet
    decided = await way(here, client, adapter, proposal_id)
    assert decided.status is Status.SUPERSEDED
    proposal = await records.proposal(here, proposal_id)
    assert (proposal.status, proposal.version) == (Status.SUPERSEDED, decided.version)
    assert proposal.outcome == "invoice ACME-0001 is paid"
    assert len(await records.jobs(here, "close_thread")) == 1
    await processing.process_event(here, event.id)
    assert await status(here, proposal_id) is Status.SUPERSEDED


async def test_another_amount_meanwhile_is_drafted(
    here: Context, client: Client, adapter: Scripted, back: tuple[WayBack, int]
) -> None:
    way, proposal_id = back
    await take_in(here, failed(**DEARER))  # noted only: a person had decided
    decided = await way(here, client, adapter, proposal_id)
    proposal = await records.proposal(here, proposal_id)
    assert (decided.status, decided.version) == (Status.PENDING, proposal.version)
    assert proposal.version > 1
    assert str(proposal.amount) == "$4,900.00"
    newest = proposal.newer_draft["payload"] if proposal.newer_draft else proposal.payload
    assert "$4,900.00" in newest["text"]
    assert proposal.payload["text"] == "In my words" or not proposal.edited


async def test_a_payment_that_was_processed_while_it_was_approved_is_not_lost(
    here: Context, client: Client, approved: int
) -> None:
    await take_in(here, paid())
    other = await take_in(here, overdue())
    assert (await client.proposals.undo(approved, 1)).status is Status.SUPERSEDED
    assert [summary.id for summary in await client.proposals.inbox()] == [
        outcome["proposal"] for outcome in records.results_of_play(other, "invoice_overdue")
    ]


async def test_a_customer_who_was_suppressed_meanwhile_waits_in_no_inbox(
    here: Context, client: Client, approved: int
) -> None:
    other = await records.drafted_id(here, overdue(), "invoice_overdue")
    await client.proposals.reject(other, (await records.proposal(here, other)).version, suppress=True)
    assert (await client.proposals.undo(approved, 1)).status is Status.SUPERSEDED
    assert await client.proposals.inbox() == []


async def test_without_a_change_the_version_and_the_time_stay(
    here: Context, client: Client, approved: int
) -> None:
    before = await records.proposal(here, approved)
    decided = await client.proposals.undo(approved, 1)
    after = await records.proposal(here, approved)
    assert (decided.status, decided.version) == (Status.PENDING, 1)
    assert (after.expires_at, after.payload, after.drafted_by) == (
        before.expires_at,
        before.payload,
        before.drafted_by,
    )


async def test_a_new_life_after_its_time_ran_out(
    here: Context, client: Client, adapter: Scripted, back: tuple[WayBack, int]
) -> None:
    way, proposal_id = back
    await let_time_run_out(here, proposal_id)
    assert (await way(here, client, adapter, proposal_id)).status is Status.PENDING
    proposal = await client.proposals.get(proposal_id)
    assert proposal.status is Status.PENDING
    left = proposal.expires_at - here.clock.now()
    assert here.settings.expiry_days - 1 <= left.days < here.settings.expiry_days
    assert [summary.id for summary in await client.proposals.inbox()] == [proposal_id]
    assert (await client.proposals.approve(proposal_id, proposal.version)).status is Status.APPROVED


async def test_a_play_that_breaks_does_not_keep_a_person_from_undoing(
    here: Context, client: Client, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise KeyError("a defect")

    monkeypatch.setitem(all_plays(), "card_update", replace(all_plays()["card_update"], assess=broken))
    assert (await client.proposals.undo(approved, 1)).status is Status.PENDING


async def test_the_looking_is_the_workers_and_the_undo_the_operators(
    here: Context, client: Client, approved: int
) -> None:
    await records.record_event(here, failed(**DEARER))
    await client.proposals.undo(approved, 1)
    rows = await records.rows(here, "select action, actor_type from audit_log order by seq desc limit 2")
    assert [tuple(row.values()) for row in rows] == [
        ("proposal.changed", "system"),
        ("proposal.undone", "user"),
    ]


# At send


async def let_time_run_out(ctx: Context, proposal_id: int) -> None:
    """Let the time of an approved or failed proposal run out, which no statement of a process could do."""
    async with records.as_owner(ctx) as owner, owner.transaction() as conn:
        await conn.execute(b"alter table action_proposals disable trigger proposal_guard_change")
        await conn.execute(
            "update action_proposals set decided_at = now() - interval '2 hours',"
            " expires_at = now() - interval '1 hour' where id = %s",
            (proposal_id,),
        )
    async with records.as_owner(ctx) as owner, owner.transaction() as conn:
        await conn.execute(b"alter table action_proposals enable always trigger proposal_guard_change")


async def _owe_more(ctx: Context, _: Client, __: int) -> None:
    await records.record_event(ctx, failed(**DEARER))


async def _move_house(ctx: Context, _: Client, __: int) -> None:
    await records.record_event(ctx, failed(attempt_count=2, customer_email="new@acme.example"))


async def _revoke(_: Context, client: Client, __: int) -> None:
    await client.operators.revoke("Grace")


async def _wait_too_long(ctx: Context, _: Client, proposal_id: int) -> None:
    await let_time_run_out(ctx, proposal_id)


@pytest.mark.parametrize("at", ["first", "later"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_owe_more, "the amount"),
        (_move_house, " to"),
        (_revoke, "Grace approved it and was revoked since"),
        (_wait_too_long, "its time ran out at"),
    ],
)
async def test_words_that_are_no_longer_true_are_asked_about_again(
    here: Context,
    client: Client,
    adapter: Scripted,
    change: Callable[[Context, Client, int], Awaitable[None]],
    why: str,
    at: str,
) -> None:
    grace = await records.new_client(here, "Grace", Role.FOUNDER)
    proposal_id = await records.pending_id(here)
    await grace.proposals.approve(proposal_id, 1)
    if at == "later":
        adapter.performs = [NotAcceptedError("busy")]
        assert await go(here, proposal_id) is Status.EXECUTING
    adapter.asked.clear()
    await change(here, client, proposal_id)
    assert await go(here, proposal_id) is Status.PENDING
    assert adapter.asked == []
    proposal = await client.proposals.get(proposal_id)
    assert proposal.status is Status.PENDING
    assert why in str(proposal.outcome)
    assert (await records.transitions(here, proposal_id)).count("proposal.returned") == 1
    assert await go(here, proposal_id) is Status.PENDING  # the job of the old approval
    await client.proposals.approve(proposal_id, proposal.version)
    assert await go(here, proposal_id) is Status.EXECUTED
    assert adapter.keys[-1] == await records.key(here, proposal_id, proposal.version, 2)


@pytest.mark.parametrize(
    ("days", "status", "why"),
    [
        (3, Status.EXECUTED, None),
        (11, Status.PENDING, "asked again: text, subject changed since the approval"),
    ],
)
async def test_a_reminder_that_waits_is_sent_until_its_tone_is_another_one(
    here: Context, client: Client, adapter: Scripted, days: int, status: Status, why: str | None
) -> None:
    """It was due five days ago: it is friendly for nine days more, whatever the number of days is then."""
    proposal_id = await records.drafted_id(here, overdue(), "invoice_overdue")
    await client.proposals.approve(proposal_id, 1)
    later = replace(here, clock=Later(timedelta(days=days)))
    assert await go(later, proposal_id) is status
    proposal = await client.proposals.get(proposal_id)
    assert (adapter.asked != []) is (status is Status.EXECUTED)
    if why is not None:
        assert proposal.outcome == why
        assert proposal.payload["subject"].startswith("Overdue: ")
        await client.proposals.approve(proposal_id, proposal.version)
        assert await go(later, proposal_id) is Status.EXECUTED


@pytest.fixture
async def edited(here: Context, client: Client) -> int:
    """The id of a proposal that was approved in a person's own words."""
    proposal_id = await records.pending_id(here)
    payload = records.with_text((await records.proposal(here, proposal_id)).payload, "In my words")
    await client.proposals.edit(proposal_id, 1, payload)
    await client.proposals.approve(proposal_id, 2)
    return proposal_id


async def test_words_of_a_person_are_kept_beside_the_newer_draft(
    here: Context, client: Client, edited: int
) -> None:
    await records.record_event(here, failed(**DEARER))
    assert await go(here, edited) is Status.PENDING
    proposal = await records.proposal(here, edited)
    assert proposal.payload["text"] == "In my words"
    assert proposal.newer_draft is not None
    await client.proposals.approve(edited, proposal.version)
    assert await go(here, edited) is Status.EXECUTED


async def test_words_of_a_person_are_sent_where_the_facts_stay(here: Context, edited: int) -> None:
    assert await go(here, edited) is Status.EXECUTED


async def test_an_approval_in_time_is_performed_although_its_time_ends_in_the_undo_window(
    here: Context, client: Client
) -> None:
    patient = replace(here, settings=replace(here.settings, undo_window=7300.0))
    proposal_id = await records.pending_id(patient)
    await client.proposals.approve(proposal_id, 1)
    await let_time_run_out(patient, proposal_id)
    assert await go(patient, proposal_id) is Status.EXECUTED


async def test_a_retry_of_one_that_failed_long_ago_is_performed(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [RejectedError("mailbox is full")]
    assert await go(here, approved) is Status.FAILED
    await let_time_run_out(here, approved)
    await client.proposals.retry(approved, 1)
    assert await go(here, approved) is Status.EXECUTED
