"""Decisions: which operators may take them, on which proposals, and the conflict of a second decision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.authority import audit, permissions, policy
from execops.authority.permissions import WHO, Operation, Who
from execops.client import Client
from execops.context import Context
from execops.db import queries
from execops.errors import (
    ConflictError,
    InvalidInputError,
    InvalidPayloadError,
    NotAcceptedError,
    NotAllowedError,
    NotConfiguredError,
    NotFoundError,
)
from execops.model import Role, Status
from execops.proposals import decisions, drafting, execution, listing
from execops.proposals.decided import Decided
from execops.proposals.together import approve_many
from execops.settings import Secret, Settings
from tests import records
from tests.conftest import MakeSettings
from tests.performing import Scripted
from tests.stripe_events import expiring, failed, overdue, payer, take_in

Decide = Callable[[Client, int, int], Awaitable[Decided]]
NEW_TEXT = "A new text.\n"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Here one customer gets many messages; tests/integration/test_contact.py is about that."""
    return make_settings(contact_hours=0)


@pytest.fixture
async def founder(ctx: Context, founder_token: Secret) -> Client:
    """The client of the founder over Postgres, for what is the same through both doors once a decision is taken."""
    return await Client.login(ctx, founder_token)


async def edit(client: Client, proposal_id: int, version: int) -> Decided:
    payload = records.with_text((await client.proposals.get(proposal_id)).payload, NEW_TEXT)
    return await client.proposals.edit(proposal_id, version, payload)


# Each decision, the states in which it can be taken, and the state to which it leads.
DECISIONS: dict[str, tuple[Decide, set[Status], Status]] = {
    "approve": (
        lambda client, id_, version: client.proposals.approve(id_, version),
        {Status.PENDING},
        Status.APPROVED,
    ),
    "reject": (
        lambda client, id_, version: client.proposals.reject(id_, version),
        {Status.PENDING},
        Status.REJECTED,
    ),
    "edit": (edit, {Status.PENDING, Status.FAILED}, Status.PENDING),
    "undo": (
        lambda client, id_, version: client.proposals.undo(id_, version),
        {Status.APPROVED},
        Status.PENDING,
    ),
    "snooze": (
        lambda client, id_, version: client.proposals.snooze(id_, version, "event"),
        {Status.PENDING},
        Status.SNOOZED,
    ),
    "retry": (
        lambda client, id_, version: client.proposals.retry(id_, version),
        {Status.FAILED, Status.UNKNOWN},
        Status.APPROVED,
    ),
    "confirm": (
        lambda client, id_, version: client.proposals.confirm(id_, version),
        {Status.FAILED, Status.UNKNOWN},
        Status.EXECUTED,
    ),
    "close": (
        lambda client, id_, version: client.proposals.close(id_, version),
        {Status.FAILED, Status.UNKNOWN},
        Status.REJECTED,
    ),
}


async def proposal_in(ctx: Context, client: Client, status: Status, id_: str = "in_1") -> int:
    """Make a proposal in this state, in version 1; returns its id."""
    proposal_id = await records.pending_id(ctx, id_)
    if status in {Status.APPROVED, Status.EXECUTING, Status.EXECUTED, Status.FAILED, Status.UNKNOWN}:
        await client.proposals.approve(proposal_id, 1)
    if status in {Status.EXECUTING, Status.EXECUTED, Status.FAILED, Status.UNKNOWN}:
        await records.run(ctx, "update action_proposals set status = 'executing' where id = %s", proposal_id)
    if status in {Status.EXECUTED, Status.FAILED, Status.UNKNOWN, Status.SUPERSEDED, Status.EXPIRED}:
        await records.run(ctx, "update action_proposals set status = %s where id = %s", status, proposal_id)
    if status is Status.REJECTED:
        await client.proposals.reject(proposal_id, 1)
    if status is Status.SNOOZED:
        await client.proposals.snooze(proposal_id, 1, "event")
    assert (await records.proposal(ctx, proposal_id)).status is status
    return proposal_id


async def test_a_decision_is_taken_in_its_states_and_a_conflict_in_all_others(
    ctx: Context, client: Client
) -> None:
    for status in Status:
        stays = await proposal_in(ctx, client, status, f"in_{status}")
        before = await records.proposal(ctx, stays)
        trail = await records.transitions(ctx, stays)
        word = Status.PENDING if status is Status.SNOOZED else status  # so says its row
        for name, (decide, states, leads_to) in DECISIONS.items():
            if word in states:
                proposal_id = await proposal_in(ctx, client, status, f"in_{status}_{name}")
                decided = await decide(client, proposal_id, 1)
                assert decided.status is leads_to
                assert (await records.proposal(ctx, proposal_id)).status is leads_to
                continue
            with pytest.raises(ConflictError, match=rf"is {word}\b"):
                await decide(client, stays, 1)
            assert await records.proposal(ctx, stays) == before
            assert await records.transitions(ctx, stays) == trail


async def make_decidable(ctx: Context, client: Client) -> list[tuple[str, Decide, int]]:
    """Make a proposal for each decision, in a state in which the decision can be taken.

    Returns the name of the decision, its function and the id of the proposal.
    """
    return [
        (name, decide, await proposal_in(ctx, client, min(states, key=list(Status).index), f"in_{name}"))
        for name, (decide, states, _) in DECISIONS.items()
    ]


async def test_a_decision_on_another_version_is_a_conflict(ctx: Context, client: Client) -> None:
    for _, decide, proposal_id in await make_decidable(ctx, client):
        before = await records.proposal(ctx, proposal_id)
        for version in (0, 2):
            with pytest.raises(ConflictError, match="is at version 1"):
                await decide(client, proposal_id, version)
        assert await records.proposal(ctx, proposal_id) == before


async def test_a_decision_on_no_proposal_is_not_found(client: Client) -> None:
    for name, (decide, _, _) in DECISIONS.items():
        with pytest.raises(NotFoundError):
            await (client.proposals.edit(99, 1, {}) if name == "edit" else decide(client, 99, 1))


async def test_viewers_and_services_never_decide(ctx: Context, client: Client) -> None:
    bystanders = [await records.new_client(ctx, role, role) for role in (Role.VIEWER, Role.SERVICE)]
    for _, decide, proposal_id in await make_decidable(ctx, client):
        before = await records.proposal(ctx, proposal_id)
        for bystander in bystanders:
            with pytest.raises(NotAllowedError):
                await decide(bystander, proposal_id, 1)
            assert await records.proposal(ctx, proposal_id) == before


OTHER_LIMITS: list[dict[str, Any]] = [
    {"vertical": ["customer_fire"]},
    {"action": ["slack"]},
    {"vertical": []},
    {"amount": {"minor": 4899, "currency": "USD"}},
    {"amount": {"minor": 0, "currency": "USD"}, "vertical": ["money"]},
    {"amount": {"minor": 10**9, "currency": "EUR"}},
]


async def test_an_ops_operator_decides_only_within_their_limits(ctx: Context, client: Client) -> None:
    outside = [
        await records.new_client(ctx, f"outside {number}", Role.OPS, **limits)
        for number, limits in enumerate(OTHER_LIMITS)
    ]
    within = await records.new_client(
        ctx,
        "within",
        Role.OPS,
        vertical=["money"],
        action=["email"],
        amount={"minor": 4900, "currency": "USD"},
    )
    for name, decide, proposal_id in await make_decidable(ctx, client):
        before = await records.proposal(ctx, proposal_id)
        for operator in outside:
            with pytest.raises(NotAllowedError):
                await decide(operator, proposal_id, 1)
            assert await records.proposal(ctx, proposal_id) == before
        assert (await decide(within, proposal_id, 1)).status is DECISIONS[name][2]


async def test_a_revoked_operator_decides_nothing(ctx: Context, client: Client) -> None:
    olga = await records.new_client(ctx, "olga", Role.OPS)  # their console stays open
    await client.operators.revoke("olga")
    for _, decide, proposal_id in await make_decidable(ctx, client):
        before = await records.proposal(ctx, proposal_id)
        with pytest.raises(NotAllowedError, match="no longer"):
            await decide(olga, proposal_id, 1)
        assert await records.proposal(ctx, proposal_id) == before
    for switch in (olga.deployment.pause, olga.deployment.resume):
        with pytest.raises(NotAllowedError, match="no longer"):
            await switch()


async def test_one_function_authorises(ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*asked: object, **_: object) -> None:
        raise NotAllowedError(f"asked about {asked[1]}")

    decidable = await make_decidable(ctx, client)
    monkeypatch.setattr(permissions, "authorise", refuse)
    for name, decide, proposal_id in decidable:
        with pytest.raises(NotAllowedError, match=f"asked about {name}"):
            await decide(client, proposal_id, 1)


# Approving


async def test_approving_records_the_operator_and_schedules_after_the_undo_window(
    ctx: Context, founder: Client, make_settings: MakeSettings
) -> None:
    here = replace(ctx, settings=make_settings(undo_window=30.0))
    proposal_id = await records.pending_id(ctx)
    decided = await decisions.approve(here, founder.operator, proposal_id, 1)
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.decided_by, proposal.approval_no) == (founder.operator.id, 1)
    assert proposal.decided_at is not None
    assert decided.executes_at is not None
    assert (decided.executes_at - proposal.decided_at).total_seconds() == 30
    (job,) = await records.jobs(ctx, "execute_proposal")
    assert job["args"] == {"proposal_id": proposal_id, "approval_no": 1}
    assert 25 < job["delay"] <= 30
    async with ctx.connection() as conn:
        last = (await audit.trail(conn, proposal_id))[-1]
    assert (last.actor, last.entry.action, last.entry.version) == ("founder", "proposal.approved", 1)
    assert last.entry.payload_sha256 == proposal.payload_sha256


async def test_of_two_decisions_at_once_one_is_a_conflict(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    olga = await records.new_client(ctx, "olga", Role.OPS)
    async with ctx.transaction() as conn:  # it releases both at once
        await drafting.lock(conn, proposal_id)
        racing = [
            asyncio.create_task(client.proposals.approve(proposal_id, 1)),
            asyncio.create_task(olga.proposals.reject(proposal_id, 1)),
        ]
        await records.until_blocked(ctx, 2)
    answers = await asyncio.gather(*racing, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["ConflictError", "Decided"]
    assert len(await records.transitions(ctx, proposal_id)) == 2


async def test_the_conflict_names_the_operator_who_was_faster(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    olga = await records.new_client(ctx, "olga", Role.OPS)
    await olga.proposals.reject(proposal_id, 1, "not now")
    with pytest.raises(ConflictError, match=r"is rejected, decided by olga at .* \(not now\)"):
        await client.proposals.approve(proposal_id, 1)


async def test_an_action_type_that_is_not_allowed_is_not_approved(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.set_allowed(conn, client.operator, "action", "email", allowed=False, why=None)
    with pytest.raises(NotAllowedError, match="email is not allowed"):
        await client.proposals.approve(proposal_id, 1)
    assert (await records.proposal(ctx, proposal_id)).status is Status.PENDING


async def test_a_payload_that_cannot_be_sent_is_not_approved(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx, customer_email="nobody")
    with pytest.raises(InvalidPayloadError, match="to is not one mail address"):
        await client.proposals.approve(proposal_id, 1)
    without_adapters = replace(ctx, adapters={})
    with pytest.raises(NotAllowedError, match="email is not allowed"):
        await decisions.approve(without_adapters, client.operator, proposal_id, 1)
    for allowed in (False, True):  # a founder may allow it without an adapter
        await client.plays.set_allowed("action", "email", allowed)
    with pytest.raises(NotConfiguredError):
        await decisions.approve(without_adapters, client.operator, proposal_id, 1)


async def test_approving_several_returns_an_answer_for_each(ctx: Context, founder: Client) -> None:
    ids = [await records.pending_id(ctx, id_) for id_ in ("in_1", "in_2", "in_3")]
    await take_in(ctx, failed("in_2", attempt_count=2, **payer("cus_2")))
    answers = await approve_many(ctx, founder.operator, [(id_, 1) for id_ in [*ids, 99]])
    assert [type(answer) for answer in answers] == [Decided, ConflictError, Decided, NotFoundError]
    statuses = [(await records.proposal(ctx, id_)).status.value for id_ in ids]
    assert statuses == ["approved", "pending", "approved"]


async def test_several_of_different_plays_are_not_approved_together(
    ctx: Context, founder: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await records.pending_id(ctx, id_) for id_ in ("in_1", "in_2")]
    get = listing.get

    async def other_play(conn: Any, proposal_id: int) -> Any:
        proposal = await get(conn, proposal_id)
        return replace(proposal, play="another") if proposal and proposal_id == ids[1] else proposal

    monkeypatch.setattr(listing, "get", other_play)
    with pytest.raises(InvalidInputError, match="same play"):
        await approve_many(ctx, founder.operator, [(id_, 1) for id_ in ids])
    monkeypatch.undo()
    assert [(await records.proposal(ctx, id_)).status.value for id_ in ids] == ["pending", "pending"]


# Rejecting


async def test_rejecting_records_the_reason(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.reject(proposal_id, 1, "they called already")
    assert (await records.proposal(ctx, proposal_id)).outcome == "they called already"
    async with ctx.connection() as conn:
        last = (await audit.trail(conn, proposal_id))[-1].entry
    assert (last.action, last.metadata_json["reason"]) == ("proposal.rejected", "they called already")


async def test_suppressing_supersedes_the_other_proposals_of_the_customer(
    ctx: Context, client: Client
) -> None:
    ids = [
        await records.pending_id(ctx),
        await records.drafted_id(ctx, overdue(), "invoice_overdue"),
        await records.drafted_id(ctx, expiring(), "card_expiring"),
    ]
    other = await records.pending_id(ctx, "in_4")
    await client.proposals.reject(ids[1], 1, "leave them alone", suppress=True)
    statuses = [(await records.proposal(ctx, id_)).status.value for id_ in [*ids, other]]
    assert statuses == ["superseded", "rejected", "superseded", "pending"]
    async with ctx.connection() as conn:
        assert (await policy.read(conn, "cus_1")).suppressed("cus_1")
        assert (await audit.trail(conn, ids[0]))[-1].actor == "worker"
    refused = records.results_of_play(await take_in(ctx, failed("in_5")))
    assert [result["why"] for result in refused] == ["cus_1 is never to be contacted"]


async def test_a_refused_rejection_suppresses_no_customer(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    with pytest.raises(ConflictError):
        await client.proposals.reject(proposal_id, 2, suppress=True)
    with pytest.raises(NotFoundError):
        await client.proposals.reject(99, 1, suppress=True)
    assert await records.rows(ctx, "select 1 from suppressions") == []


# Editing


async def test_editing_makes_a_new_version_that_must_be_approved(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    decided = await edit(client, proposal_id, 1)
    proposal = await records.proposal(ctx, proposal_id)
    assert (decided.version, proposal.version, proposal.edited, proposal.payload["text"]) == (
        2,
        2,
        True,
        NEW_TEXT,
    )
    with pytest.raises(ConflictError):
        await client.proposals.approve(proposal_id, 1)
    await client.proposals.approve(proposal_id, 2)
    versions = (await client.proposals.card(proposal_id)).versions
    assert [version["author"] for version in versions] == ["rules", f"operator:{client.operator.id}"]


async def test_editing_a_failed_proposal_makes_it_pending_again(ctx: Context, founder: Client) -> None:
    proposal_id = await proposal_in(ctx, founder, Status.FAILED)
    await edit(founder, proposal_id, 1)
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.status, proposal.version, proposal.decided_by, proposal.outcome) == (
        Status.PENDING,
        2,
        None,
        None,
    )
    await processing.execute_proposal(ctx, proposal_id, 1)
    assert records.mails(ctx) == []


INVALID: list[dict[str, Any]] = [
    {"text": ""},
    {"to": "two@a.example, b@c.example"},
    {"subject": "a\nb"},
    {"bcc": "x@y.example"},
    {"text": "\x00"},
]


async def test_an_edit_is_validated_by_the_action_type(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    before = await records.proposal(ctx, proposal_id)
    for change in INVALID:
        with pytest.raises(InvalidPayloadError):
            await client.proposals.edit(proposal_id, 1, before.payload | change)
        assert await records.proposal(ctx, proposal_id) == before, change


async def test_only_a_founder_changes_receiver_and_sender(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    olga = await records.new_client(ctx, "olga", Role.OPS)
    for version, field in enumerate(("to", "from", "reply_to"), 1):
        before = await records.proposal(ctx, proposal_id)
        changed = before.payload | {field: "other@acme.example"}
        with pytest.raises(NotAllowedError, match=field):
            await olga.proposals.edit(proposal_id, version, changed)
        assert await records.proposal(ctx, proposal_id) == before
        await client.proposals.edit(proposal_id, version, changed)
        assert (await records.proposal(ctx, proposal_id)).payload == changed
    worded = changed | {"subject": "Words", "text": "are for all who decide.\n"}
    assert (await olga.proposals.edit(proposal_id, 4, worded)).version == 5


async def test_an_edit_that_changes_nothing_is_a_conflict(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    with pytest.raises(ConflictError, match="reads exactly so"):
        await client.proposals.edit(proposal_id, 1, (await records.proposal(ctx, proposal_id)).payload)


# Undoing and retrying


async def test_undo_makes_it_pending_and_the_older_job_does_nothing(ctx: Context, founder: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await founder.proposals.approve(proposal_id, 1)
    await founder.proposals.undo(proposal_id, 1)
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.status, proposal.version, proposal.decided_by, proposal.decided_at) == (
        Status.PENDING,
        1,
        None,
        None,
    )
    await processing.execute_proposal(ctx, proposal_id, 1)
    await founder.proposals.approve(proposal_id, 1)
    await processing.execute_proposal(ctx, proposal_id, 1)  # the job of the approval that was undone
    assert records.mails(ctx) == []
    await processing.execute_proposal(ctx, proposal_id, 2)
    assert len(records.mails(ctx)) == 1
    assert await records.transitions(ctx, proposal_id) == [
        "proposal.drafted",
        "proposal.approved",
        "proposal.undone",
        "proposal.approved",
        "execution.started",
        "proposal.executing",
        "execution.succeeded",
        "proposal.executed",
    ]


async def test_undo_takes_back_only_the_named_version_and_only_once(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await edit(client, proposal_id, 1)
    await client.proposals.approve(proposal_id, 2)
    approved, trail = await records.proposal(ctx, proposal_id), await records.transitions(ctx, proposal_id)
    for version in (1, 3):
        with pytest.raises(ConflictError, match=f"is at version 2, you saw {version}"):
            await client.proposals.undo(proposal_id, version)
    assert await records.proposal(ctx, proposal_id) == approved
    assert await records.transitions(ctx, proposal_id) == trail
    await client.proposals.undo(proposal_id, 2)
    undone, trail = await records.proposal(ctx, proposal_id), await records.transitions(ctx, proposal_id)
    with pytest.raises(ConflictError, match="is pending: there is nothing to undo"):
        await client.proposals.undo(proposal_id, 2)
    assert await records.proposal(ctx, proposal_id) == undone
    assert await records.transitions(ctx, proposal_id) == trail


async def test_an_execution_waits_for_an_open_undo(ctx: Context, founder: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await founder.proposals.approve(proposal_id, 1)
    async with ctx.transaction(records.actor_of(founder)) as conn:
        await drafting.lock(conn, proposal_id)
        await queries.run(conn, decisions.SQL["ask_again"], id=proposal_id, why=None, expiry_days=14)
        running = asyncio.create_task(processing.execute_proposal(ctx, proposal_id, 1))
        await records.until_blocked(ctx)
    await running
    assert (await records.proposal(ctx, proposal_id)).status is Status.PENDING
    assert await records.executions(ctx, proposal_id) == []
    assert records.mails(ctx) == []


async def test_an_undo_waits_for_a_beginning_execution_and_is_refused(ctx: Context, founder: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await founder.proposals.approve(proposal_id, 1)
    proposal = await records.proposal(ctx, proposal_id)
    async with ctx.transaction() as conn:
        await drafting.lock(conn, proposal_id)
        await execution._start(conn, proposal)
        await drafting.set_status(conn, proposal, Status.EXECUTING, None)
        undoing = asyncio.create_task(founder.proposals.undo(proposal_id, 1))
        await records.until_blocked(ctx)
    with pytest.raises(ConflictError, match="is executing: there is nothing to undo"):
        await undoing


async def current_key(ctx: Context, proposal_id: int) -> str:
    proposal = await records.proposal(ctx, proposal_id)
    return await records.key(ctx, proposal_id, proposal.version, proposal.approval_no)


async def test_a_retry_after_failed_takes_a_new_key_and_after_unknown_the_same(
    ctx: Context, founder: Client
) -> None:
    proposal_id = await proposal_in(ctx, founder, Status.FAILED)
    first = await current_key(ctx, proposal_id)
    await founder.proposals.retry(proposal_id, 1)
    second = await current_key(ctx, proposal_id)
    assert second != first
    for status in ("executing", "unknown"):
        await records.run(ctx, "update action_proposals set status = %s where id = %s", status, proposal_id)
    await founder.proposals.retry(proposal_id, 1)
    assert await current_key(ctx, proposal_id) == second
    job = (await records.jobs(ctx, "execute_proposal"))[-1]
    assert (job["args"]["approval_no"], job["delay"]) == (2, 0)


async def test_a_confirmed_proposal_names_the_operator(ctx: Context, client: Client) -> None:
    proposal_id = await proposal_in(ctx, client, Status.UNKNOWN)
    await client.proposals.confirm(proposal_id, 1)
    assert (await records.proposal(ctx, proposal_id)).outcome == "confirmed by founder"


async def test_a_closed_proposal_keeps_the_reason(ctx: Context, client: Client) -> None:
    proposal_id = await proposal_in(ctx, client, Status.FAILED)
    await client.proposals.close(proposal_id, 1, "gave up")
    proposal = await records.proposal(ctx, proposal_id)
    assert (proposal.status, proposal.outcome) == (Status.REJECTED, "gave up")


# Pausing


async def test_a_pause_stops_executions_until_resumed(ctx: Context, client: Client) -> None:
    first, second = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    await client.proposals.approve(first, 1)
    await client.deployment.pause("an incident")
    await client.proposals.approve(second, 1)
    for proposal_id in (first, second):
        await processing.execute_proposal(ctx, proposal_id, 1)
        assert (await records.proposal(ctx, proposal_id)).status is Status.APPROVED
    assert records.mails(ctx) == []
    await records.drop_jobs(ctx)
    assert await client.deployment.resume() == 2
    for job in await records.jobs(ctx, "execute_proposal"):
        await processing.execute_proposal(ctx, **job["args"])
    assert len(records.mails(ctx)) == 2
    assert await client.deployment.resume() == 0  # nothing is paused


async def test_pausing_again_records_operator_and_reason(ctx: Context, client: Client) -> None:
    await client.deployment.pause("an incident")
    olga = await records.new_client(ctx, "olga", Role.OPS)
    await olga.deployment.pause("another one")
    async with ctx.connection() as conn:
        switch = (await policy.switches(conn))[("system", "executions")]
        entry = (await audit.latest(conn, 1))[0]
    assert (switch.allowed, switch.decided_by, switch.why) == (False, "olga", "another one")
    assert (entry.actor, entry.entry.action) == ("olga", "policy.forbidden")


async def test_resuming_keeps_the_undo_window(
    ctx: Context, founder: Client, make_settings: MakeSettings
) -> None:
    here = replace(ctx, settings=make_settings(undo_window=60.0))
    proposal_id = await records.pending_id(here)
    await founder.deployment.pause()
    await decisions.approve(here, founder.operator, proposal_id, 1)
    await records.drop_jobs(here)
    await Client(here, founder.operator).deployment.resume()
    (job,) = await records.jobs(here, "execute_proposal")
    assert 50 < job["delay"] <= 60


@pytest.mark.parametrize("wait", [1800.0, 0.0])
async def test_resuming_leaves_alone_what_has_a_job_that_waits(
    ctx: Context, founder: Client, wait: float
) -> None:
    adapter = Scripted()
    adapter.performs = [NotAcceptedError("too many requests", retry_after=wait)]
    here = replace(ctx, adapters={**ctx.adapters, "email": adapter})
    first, second = await records.pending_id(here, "in_1"), await records.pending_id(here, "in_2")
    for proposal_id in (first, second):
        await founder.proposals.approve(proposal_id, 1)
    await records.drop_jobs(here)
    await processing.execute_proposal(here, first, 1)
    before = await records.jobs(here, "execute_proposal")
    for _ in range(3):
        await founder.deployment.pause()
        assert await founder.deployment.resume() == 2
    after = await records.jobs(here, "execute_proposal")
    assert [job["args"]["proposal_id"] for job in after] == [first, second]
    assert after[0]["delay"] == pytest.approx(before[0]["delay"], abs=30)


async def test_resuming_enqueues_an_execution_that_just_saw_the_pause(ctx: Context, founder: Client) -> None:
    await founder.deployment.pause()
    proposal_id = await records.pending_id(ctx)
    async with ctx.transaction() as conn:  # it stands for an execution that saw the pause
        await policy.hold_executions(conn, proposal_id)
        assert (await policy.read(conn)).paused
        resuming = asyncio.create_task(founder.deployment.resume())
        await records.until_blocked(ctx)
        await founder.proposals.approve(proposal_id, 1)
        await records.drop_jobs(ctx)
    assert await resuming == 1
    assert len(await records.jobs(ctx, "execute_proposal")) == 1


async def test_an_execution_waits_for_an_open_resume(ctx: Context, founder: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await founder.deployment.pause()
    await founder.proposals.approve(proposal_id, 1)
    async with ctx.transaction(records.actor_of(founder)) as conn:
        await policy.set_allowed(conn, founder.operator, "system", "executions", allowed=True, why=None)
        running = asyncio.create_task(processing.execute_proposal(ctx, proposal_id, 1))
        await records.until_blocked(ctx)
    await running
    assert len(records.mails(ctx)) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE])
async def test_viewers_and_services_neither_pause_nor_resume(ctx: Context, role: Role) -> None:
    bystander = await records.new_client(ctx, "bystander", role)
    with pytest.raises(NotAllowedError):
        await bystander.deployment.pause()
    with pytest.raises(NotAllowedError):
        await bystander.deployment.resume()


# Openings


async def test_an_opening_is_recorded_once_for_each_operator_and_version(
    ctx: Context, client: Client
) -> None:
    proposal_id = await records.pending_id(ctx)
    olga = await records.new_client(ctx, "olga", Role.OPS)
    for viewer in (client, client, olga):
        await viewer.proposals.record_opening(proposal_id, 1)
    await client.proposals.record_opening(proposal_id, 7)  # there is no such version
    await client.proposals.record_opening(99, 1)
    openings = await records.rows(ctx, "select version, operator_id from openings order by operator_id")
    assert openings == [
        {"version": 1, "operator_id": client.operator.id},
        {"version": 1, "operator_id": olga.operator.id},
    ]


async def test_the_time_to_decision_counts_the_opening_of_the_deciding_operator(
    ctx: Context, founder: Client
) -> None:
    assert (await founder.proposals.counts()).median_decision_seconds is None
    olga = await records.new_client(ctx, "olga", Role.OPS)
    opened = {"in_1": 10, "in_2": 20, "in_3": 600}  # seconds before the decision
    for name, seconds in opened.items():
        proposal_id = await records.pending_id(ctx, name)
        for viewer in (founder, olga):
            await viewer.proposals.record_opening(proposal_id, 1)
        await records.run(
            ctx,
            "update openings set opened_at = opened_at - make_interval(secs => %s) where proposal_id = %s"
            " and operator_id = %s",
            seconds,
            proposal_id,
            founder.operator.id,
        )
        if name == "in_1":
            await founder.proposals.reject(proposal_id, 1)
        else:
            await founder.proposals.approve(proposal_id, 1)
    median = (await founder.proposals.counts()).median_decision_seconds
    assert median == pytest.approx(20, abs=5)
    # A decision without an opening and a later retry do not count.
    await founder.proposals.reject(await records.pending_id(ctx, "in_4"), 1)
    await records.run(ctx, "update action_proposals set status = 'failed' where id = %s", proposal_id)
    await founder.proposals.retry(proposal_id, 1)
    assert (await founder.proposals.counts()).median_decision_seconds == median


def test_this_table_holds_all_decisions() -> None:
    decided = {operation.value for operation, who in WHO.items() if who is Who.DECIDER}
    about_no_proposal = {Operation.REPLAY.value, Operation.BE_NOTIFIED.value}
    assert set(DECISIONS) == decided - about_no_proposal
