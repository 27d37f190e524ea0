"""A rejection is taken back within the undo window, with what it suppressed; after the window it is final."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, InvalidInputError, NotAllowedError
from execops.model import Actor, Role, Status
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.stripe_events import failed, overdue, paid, take_in

WINDOW = 600.0  # seconds: no test waits for it


@pytest.fixture
async def ctx(make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context with an undo window."""
    async with open_context(make_settings(undo_window=WINDOW), pool_size=8) as context:
        yield context


async def end_window(ctx: Context, *proposal_ids: int) -> None:
    """Let the window of these rejections end; the guards allow that to nobody."""
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await conn.execute("alter table action_proposals disable trigger ending_guard")
        await conn.execute("alter table action_proposals disable trigger proposal_guard_change")
        await conn.execute(
            "update action_proposals set due_at = now() where id = any(%s)", [list(proposal_ids)]
        )
        await conn.execute("alter table action_proposals enable always trigger ending_guard")
        await conn.execute("alter table action_proposals enable always trigger proposal_guard_change")


async def checkpoints(ctx: Context, thread: str) -> int:
    [row] = await records.rows(ctx, "select count(*) as n from checkpoints where thread_id = %s", thread)
    return int(row["n"])


async def test_it_is_pending_again_and_can_be_approved(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    thread = (await client.proposals.get(first)).thread_id
    rejected = await client.proposals.reject(first, 1, "a slip")
    assert rejected.undo_until is not None
    [job] = await records.jobs(ctx, "close_thread")
    assert WINDOW - 5 < job["delay"] <= WINDOW
    await processing.close_thread(ctx, thread)  # too early: it waits for the rest of the window
    assert await checkpoints(ctx, thread) > 0
    assert len(await records.jobs(ctx, "close_thread")) == 2
    assert (await client.proposals.undo(first, 1)).status is Status.PENDING
    proposal = await client.proposals.get(first)
    assert (proposal.decided_at, proposal.decided_by, proposal.outcome) == (None, None, None)
    assert (await client.proposals.card(first)).trail[-1].entry.action == "proposal.undone"
    assert await client.plays.precision() == []  # it counts as no decision
    await processing.close_thread(ctx, thread)  # the job of the first rejection
    assert await checkpoints(ctx, thread) > 0
    await client.proposals.approve(first, 1)
    assert (await client.audit.verify()).ok


async def test_after_the_window_it_is_final_and_the_thread_is_closed(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    thread = (await client.proposals.get(first)).thread_id
    await client.proposals.reject(first, 1)
    await end_window(ctx, first)
    with pytest.raises(ConflictError, match="time to take that back is over"):
        await client.proposals.undo(first, 1)
    await processing.close_thread(ctx, thread)
    assert await checkpoints(ctx, thread) == 0
    assert (await client.proposals.get(first)).status is Status.REJECTED


async def test_never_contact_again_is_lifted_and_what_ended_with_it_comes_back(
    ctx: Context, client: Client
) -> None:
    first = await records.pending_id(ctx, "in_1")
    second = await records.drafted_id(ctx, overdue("in_2", customer="cus_1"), "invoice_overdue")
    await client.proposals.reject(first, 1, "wrong key", suppress=True)
    assert (await client.proposals.get(second)).status is Status.SUPERSEDED
    assert len(await client.suppressions.list()) == 1
    with pytest.raises(ConflictError, match="nothing to undo"):
        await client.proposals.undo(second, 1)  # it comes back with the rejection alone
    assert (await client.proposals.undo(first, 1)).status is Status.PENDING
    assert await client.suppressions.list() == []
    back = await client.proposals.get(second)
    assert back.status is Status.PENDING
    assert "taken back" in (back.outcome or "")
    assert (await client.audit.verify()).ok


async def test_a_suppression_of_before_stays(ctx: Context, client: Client) -> None:
    first = await records.drafted_id(ctx, failed("in_1"), "card_update")
    await records.run(ctx, "insert into suppressions (subject_key, created_by) values ('cus_1', 'Ada')")
    await client.proposals.reject(first, 1, suppress=True)
    assert (
        await client.proposals.undo(first, 1)
    ).status is Status.SUPERSEDED  # the play declines: never contact
    assert len(await client.suppressions.list()) == 1


async def test_the_play_is_asked_again_on_the_way_back(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.reject(first, 1)
    await take_in(ctx, paid())
    undone = await client.proposals.undo(first, 1)
    assert undone.status is Status.SUPERSEDED
    assert (await client.proposals.get(first)).outcome == "invoice ACME-0001 is paid"


async def test_a_successor_keeps_its_place(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.reject(first, 1)
    second = await records.pending_id(ctx, "in_1", attempt_count=2)
    assert second != first
    with pytest.raises(ConflictError, match=f"Proposal {second} has taken the place"):
        await client.proposals.undo(first, 1)
    assert (await client.proposals.get(first)).status is Status.REJECTED


async def test_giving_up_is_final(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    await records.run(
        ctx, "update action_proposals set status = 'approved', decided_at = now() where id = %s", first,
        actor=Actor.user(client.operator),
    )  # fmt: skip
    await records.run(ctx, "update action_proposals set status = 'failed' where id = %s", first)
    await client.proposals.close(first, 1, "they paid by wire")
    with pytest.raises(ConflictError, match="time to take that back is over"):
        await client.proposals.undo(first, 1)


async def test_who_may_not_decide_takes_nothing_back(ctx: Context, client: Client) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.reject(first, 1)
    _, token = await client.operators.add("Vera", Role.VIEWER)
    with pytest.raises(NotAllowedError):
        await (await Client.login(ctx, token)).proposals.undo(first, 1)


@pytest.mark.parametrize(
    ("statement", "by_person", "state"),
    [
        (
            "update action_proposals set status = 'pending' where id = %s",
            False,
            "EX004",
        ),  # the system decides nothing
        ("update action_proposals set due_at = now() + interval '50 m' where id = %s", True, "EX003"),
        ("update action_proposals set ended_with = id where id = %s", True, "EX003"),
    ],
)
async def test_the_database_refuses(
    ctx: Context, client: Client, statement: str, by_person: bool, state: str
) -> None:
    first = await records.pending_id(ctx)
    await client.proposals.reject(first, 1)
    actor = Actor.user(client.operator) if by_person else Actor.system("worker")
    async with ctx.transaction(actor) as conn:
        with pytest.raises(psycopg.DatabaseError) as refused:
            async with conn.transaction():
                await conn.execute(statement.encode(), [first])
    assert refused.value.sqlstate == state


async def test_nobody_gives_an_end_a_window_that_it_had_not(ctx: Context, client: Client) -> None:
    """A superseded proposal, and one whose window ended, stay ended, also for an operator with psql."""
    first, second = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    await take_in(ctx, paid("in_1", customer="cus_1"))
    await client.proposals.reject(second, 1)
    await end_window(ctx, second)
    for number in (first, second):
        async with ctx.transaction(Actor.user(client.operator)) as conn:
            with pytest.raises(psycopg.DatabaseError, match="is final by now"):
                async with conn.transaction():
                    await conn.execute(
                        "update action_proposals set status = 'pending', due_at = now() + interval '1 m'"
                        " where id = %s",
                        [number],
                    )


async def test_several_at_once_with_one_reason(ctx: Context, client: Client) -> None:
    ids = [await records.pending_id(ctx, f"in_{number}") for number in range(1, 4)]
    answers = await client.proposals.reject_many(
        [(number, 1) for number in [*ids, 99]], "all settled by phone"
    )
    assert [getattr(answer, "status", None) for answer in answers] == [Status.REJECTED] * 3 + [None]
    assert {(await client.proposals.get(number)).outcome for number in ids} == {"all settled by phone"}
    closed = await client.proposals.close_many([(ids[0], 1)], "no")
    assert isinstance(closed[0], ConflictError)


async def test_attention_is_measured_by_operator_play_and_month(ctx: Context, client: Client) -> None:
    ids = [await records.pending_id(ctx, f"in_{number}") for number in range(1, 5)]
    await client.proposals.record_opening(ids[0], 1)
    await client.proposals.record_dwell(ids[0], 1, 3.0)
    await client.proposals.record_dwell(ids[0], 1, 1.5)
    await client.proposals.record_dwell(ids[1], 1, 9.0)  # never opened: nothing to add to
    await client.proposals.approve(ids[0], 1)
    await client.proposals.reject(ids[1], 1)
    await client.proposals.reject(ids[2], 1)
    await client.proposals.undo(ids[2], 1)
    [row] = await client.proposals.attention()
    assert (row.operator, row.play) == ("founder", "card_update")
    assert (row.decisions, row.approved, row.unopened, row.dwell_seconds) == (2, 1, 1, 4.5)
    assert row.approval_rate == 0.5
    assert row.decision_seconds is not None
    with pytest.raises(InvalidInputError, match="'fortnight' is not a period"):
        await client.proposals.attention("fortnight")
