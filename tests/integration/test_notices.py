"""Notices keep every guarantee: a recorded approval, one execution, the audit log, and no act for a moot one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from execops.adapters.notice import NoticeAdapter
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, InvalidPayloadError
from execops.model import Json, Status
from execops.settings import Secret
from tests import records
from tests.performing import Killed, attempts, go
from tests.stripe_events import event, fixture, take_in


@pytest.fixture
def alone(ctx: Context) -> Context:
    """The Context of a team of one."""
    return replace(ctx, settings=replace(ctx.settings, account_owner_email=None, finance_email=None))


@pytest.fixture
async def founder(alone: Context, founder_token: Secret) -> Client:
    """The founder, alone."""
    return await Client.login(alone, founder_token)


async def notice(ctx: Context) -> int:
    """The id of a pending notice about a failed payout."""
    return await records.drafted_id(ctx, payout("failed"), "payout_failed")


def payout(status: str) -> Json:
    """The event of the payout `po_1`."""
    return event(f"payout.{status}", fixture("payout", id="po_1", status=status))


async def test_an_acknowledgement_is_recorded_and_performed_once(alone: Context, founder: Client) -> None:
    proposal_id = await notice(alone)
    await founder.proposals.approve(proposal_id, 1)
    assert await go(alone, proposal_id) is Status.EXECUTED
    assert await go(alone, proposal_id) is Status.EXECUTED
    assert await attempts(alone, proposal_id) == [("succeeded", None)]
    trail = (await founder.proposals.card(proposal_id)).trail
    assert [step.actor for step in trail if step.entry.action == "proposal.approved"] == ["founder"]
    await founder.audit.verify()
    assert not alone.settings.outbox.exists()
    with pytest.raises(ConflictError):
        await founder.proposals.approve(proposal_id, 1)


async def test_without_an_approval_nothing_is_performed(alone: Context) -> None:
    proposal_id = await notice(alone)
    assert await go(alone, proposal_id) is Status.PENDING
    assert await attempts(alone, proposal_id) == []


async def test_a_notice_whose_cause_is_gone_is_superseded(alone: Context, founder: Client) -> None:
    proposal_id = await notice(alone)
    await founder.proposals.approve(proposal_id, 1)
    await take_in(alone, payout("paid"))
    assert await go(alone, proposal_id) is Status.SUPERSEDED
    assert await attempts(alone, proposal_id) == []


async def test_an_acknowledgement_that_a_killed_worker_left_is_made_again(
    alone: Context, founder: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = await notice(alone)
    await founder.proposals.approve(proposal_id, 1)

    async def die(*_: object, **__: object) -> Json:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(NoticeAdapter, "perform", die)
        with pytest.raises(Killed):
            await go(alone, proposal_id)
    assert await go(alone, proposal_id) is Status.EXECUTING
    assert await go(alone, proposal_id) is Status.EXECUTED
    assert [state for state, _ in await attempts(alone, proposal_id)] == ["failed", "succeeded"]


async def test_a_notice_is_edited_as_words(alone: Context, founder: Client) -> None:
    proposal_id = await notice(alone)
    payload = (await founder.proposals.get(proposal_id)).payload
    with pytest.raises(InvalidPayloadError, match="no field 'to'"):
        await founder.proposals.edit(proposal_id, 1, payload | {"to": "me@b.example"})
    edited = await founder.proposals.edit(proposal_id, 1, payload | {"text": "Call the bank at nine."})
    assert edited.version == 2


async def test_once_a_channel_is_set_it_is_a_message(alone: Context) -> None:
    proposal_id = await notice(alone)
    team = replace(alone, settings=replace(alone.settings, finance_channel="#finance"))
    again = await records.drafted_id(team, payout("failed"), "payout_failed")
    assert (await records.proposal(alone, proposal_id)).status is Status.SUPERSEDED
    proposal = await records.proposal(alone, again)
    assert (proposal.action_type, proposal.payload["channel"]) == ("slack", "#finance")
