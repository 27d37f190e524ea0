"""Precision, computed by hand: what is a decision, what is none, and which play is flagged."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.model import Role, Status
from execops.precision import LAST, Precision, Rate
from tests import core
from tests.stripe_events import paid, take_in

_numbers = count(1)
_INSERT = """
    insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key, payload,
                                  reasoning, drafted_by, dedupe_key, thread_id, expires_at)
    values ('high', 'money', %(play)s, %(action_type)s, 'A title', 'in_' || %(n)s, 'cus_' || %(n)s,
            '{"to": "a@example.com", "from": "us@example.com", "subject": "Hello", "text": "Text"}',
            'Because', '{"author": "rules"}', %(play)s || %(n)s, %(play)s || %(n)s, now() + interval '1 day')
    returning id"""


async def pending(ctx: Context, play: str = "card_update", action_type: str = "email") -> int:
    """A pending proposal, without an event behind it."""
    values = {"play": play, "action_type": action_type, "n": str(next(_numbers))}
    async with ctx.transaction() as conn:
        row = await (await conn.execute(_INSERT.encode(), values)).fetchone()
    assert row is not None
    return int(row["id"])


async def edited(client: Client, id_: int, text: str = "Another text") -> int:
    """The proposal's version after an edit."""
    found = await client.proposal(id_)
    return (await client.edit(id_, found.version, core.words(found.payload, text))).version


async def decide(ctx: Context, client: Client, verdicts: str, play: str = "card_update") -> None:
    """One proposal a letter: a approved, e approved with an edit, r rejected."""
    for verdict in verdicts:
        id_ = await pending(ctx, play)
        if verdict == "r":
            await client.reject(id_, 1)
        else:
            await client.approve(id_, await edited(client, id_) if verdict == "e" else 1)


async def of_play(client: Client, play: str = "card_update") -> Precision:
    """The precision of all that a play drafted."""
    for each in await client.precision():
        if (each.play, each.action_type) == (play, None):
            return each
    return Precision(play, None)


async def move(ctx: Context, id_: int, *statuses: Status) -> None:
    """What the system does with a proposal."""
    for status in statuses:
        await core.run(ctx, "update action_proposals set status = %s where id = %s", status, id_)


async def test_nothing_decided(ctx: Context, client: Client) -> None:
    await pending(ctx)
    assert await client.precision() == []
    assert await client.flagged_plays() == frozenset()
    [play] = [each for each in await client.plays() if each.name == "card_update"]
    assert play.precision == Precision("card_update", None)
    assert (play.precision.over_all.precision, play.precision.over_all.unedited) == (None, None)
    assert not play.precision.flagged


async def test_computed_by_hand(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "aaer" + "rae")  # 5 approved of 7, 3 of them as drafted
    rate = (await of_play(client)).over_all
    assert rate == Rate(decisions=7, approved=5, unedited_approvals=3)
    assert rate.precision == pytest.approx(5 / 7)
    assert rate.unedited == pytest.approx(3 / 5)
    await decide(ctx, client, "r", "owner_alert")
    assert (await of_play(client, "owner_alert")).over_all == Rate(1, 0, 0)
    assert (await of_play(client)).over_all == rate
    assert (await of_play(client, "owner_alert")).over_all.unedited is None


async def test_per_action_type_and_play(ctx: Context, client: Client) -> None:
    for play, action_type, verdict in (
        ("card_update", "email", "approve"),
        ("owner_alert", "email", "approve"),
        ("owner_alert", "email", "reject"),
        ("owner_alert", "slack", "reject"),
    ):
        id_ = await pending(ctx, play, action_type)
        await (client.approve(id_, 1) if verdict == "approve" else client.reject(id_, 1))
    found = [(each.play, each.action_type, each.over_all) for each in await client.precision()]
    assert found == [
        ("card_update", None, Rate(1, 1, 1)),
        ("card_update", "email", Rate(1, 1, 1)),
        ("owner_alert", None, Rate(3, 1, 1)),
        ("owner_alert", "email", Rate(2, 1, 1)),
        ("owner_alert", "slack", Rate(1, 0, 0)),
    ]
    actions = {each.name: each for each in await client.actions()}
    assert actions["email"].over_all == Rate(3, 2, 2)
    assert actions["slack"].over_all == Rate(1, 0, 0)
    assert [each.play for each in actions["email"].by_play] == ["card_update", "owner_alert"]
    assert actions["stripe_refund"].over_all == Rate()


async def test_an_undone_approval_is_no_decision(ctx: Context, client: Client) -> None:
    id_ = await pending(ctx)
    await client.approve(id_, 1)
    await client.undo(id_)
    assert (await of_play(client)).over_all == Rate()
    await client.approve(id_, 1)
    await client.undo(id_)
    await client.reject(id_, 1)
    assert (await of_play(client)).over_all == Rate(1, 0, 0)


async def test_approved_again_after_undo_and_edit(ctx: Context, client: Client) -> None:
    id_ = await pending(ctx)
    await client.approve(id_, 1)
    await client.undo(id_)
    await client.approve(id_, await edited(client, id_))
    assert (await of_play(client)).over_all == Rate(1, 1, 0)


async def test_an_edit_alone_is_no_decision(ctx: Context, client: Client) -> None:
    id_ = await pending(ctx)
    version = await edited(client, id_)
    assert (await of_play(client)).over_all == Rate()
    await client.reject(id_, version)
    assert (await of_play(client)).over_all == Rate(1, 0, 0)


@pytest.mark.parametrize("after", ["retry", "confirm", "close"])
@pytest.mark.parametrize("ended", [Status.FAILED, Status.UNKNOWN])
async def test_what_follows_a_failure_is_about_the_execution(
    ctx: Context, client: Client, ended: Status, after: str
) -> None:
    id_ = await pending(ctx)
    await client.approve(id_, 1)
    await move(ctx, id_, Status.EXECUTING, ended)
    assert (await of_play(client)).over_all == Rate(1, 1, 1)
    await getattr(client, after)(id_, 1)
    assert (await of_play(client)).over_all == Rate(1, 1, 1)


async def test_an_approval_taken_back_to_edit_waits_for_the_next(ctx: Context, client: Client) -> None:
    id_ = await pending(ctx)
    await client.approve(id_, 1)
    await move(ctx, id_, Status.EXECUTING, Status.FAILED)
    version = await edited(client, id_)
    assert (await of_play(client)).over_all == Rate()
    await client.approve(id_, version)
    assert (await of_play(client)).over_all == Rate(1, 1, 0)


async def test_what_ended_by_itself_is_no_decision(ctx: Context, client: Client) -> None:
    await core.pending_id(ctx)
    await take_in(ctx, paid())
    expired = await pending(ctx)
    await move(ctx, expired, Status.EXPIRED)
    assert [each.effective_status for each in await client.history(limit=10)] == ["expired", "superseded"]
    assert (await of_play(client)).over_all == Rate()
    moot = await pending(ctx)  # approved, and then moot at send: the approval stands
    await client.approve(moot, 1)
    await move(ctx, moot, Status.SUPERSEDED)
    assert (await of_play(client)).over_all == Rate(1, 1, 1)


async def test_a_real_execution_counts_once(ctx: Context, client: Client) -> None:
    id_ = await core.pending_id(ctx)
    await client.approve(id_, 1)
    await processing.execute_proposal(ctx, id_, 1)
    assert (await client.proposal(id_)).status is Status.EXECUTED
    assert (await of_play(client)).over_all == Rate(1, 1, 1)


# The last twenty


async def test_the_last_twenty(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "aaaaa" + "r" * 8 + "ae" * 6)
    found = await of_play(client)
    assert found.over_all == Rate(25, 17, 11)
    assert found.last == Rate(20, 12, 6)


async def test_a_retry_makes_no_old_decision_new(ctx: Context, client: Client) -> None:
    old = await pending(ctx)
    await client.approve(old, 1)
    await move(ctx, old, Status.EXECUTING, Status.FAILED)
    await decide(ctx, client, "r" * LAST)
    await client.retry(old, 1)
    found = await of_play(client)
    assert (found.over_all, found.last) == (Rate(21, 1, 1), Rate(20, 0, 0))


@pytest.mark.parametrize(
    ("verdicts", "flagged"),
    [
        ("r" * 19, False),  # one short of twenty
        ("r" * 20, True),
        ("r" * 10 + "a" * 10, False),  # exactly half
        ("r" * 11 + "a" * 9, True),
        ("r" * 11 + "e" * 9, True),  # an edited approval is an approval
        ("r" * 10 + "e" * 10, False),
        ("r" * 30 + "a" * 10 + "r" * 10, False),  # what was before the last twenty is forgiven
        ("a" * 30 + "r" * 11 + "a" * 9, True),
    ],
)
async def test_flagged(ctx: Context, client: Client, verdicts: str, flagged: bool) -> None:
    await decide(ctx, client, "a" * 20, "owner_alert")
    await decide(ctx, client, verdicts)
    assert await client.flagged_plays() == ({"card_update"} if flagged else set())
    assert (await of_play(client)).flagged is flagged
    standing = {each.name: each for each in await client.plays()}
    assert standing["card_update"].precision.flagged is flagged


async def test_an_undo_brings_an_older_decision_back_among_the_last(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * 11 + "a" * 9)
    assert await client.flagged_plays() == {"card_update"}
    last = await pending(ctx)
    await client.approve(last, 1)  # 10 of 20: the oldest rejection fell out
    assert await client.flagged_plays() == frozenset()
    await client.undo(last)
    assert await client.flagged_plays() == {"card_update"}
    assert (await of_play(client)).last == Rate(20, 9, 9)


async def test_anybody_may_look(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "ar")
    viewer = await core.someone(ctx, "vera", Role.VIEWER)
    assert await viewer.precision() == await client.precision()


# Where it is kept


async def test_the_verdicts_are_those_of_the_audit_log(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "aer")
    undone, reopened, closed, retried, moot = [await pending(ctx) for _ in range(5)]
    for id_ in (undone, reopened, closed, retried, moot):
        await client.approve(id_, 1)
    await client.undo(undone)
    await move(ctx, moot, Status.SUPERSEDED)
    for id_ in (reopened, closed, retried):
        await move(ctx, id_, Status.EXECUTING, Status.FAILED)
    await edited(client, reopened)
    await client.close(closed, 1)
    await client.retry(retried, 1)
    columns = (
        "select proposal_id, org_id, play, action_type, approved, edited from verdicts order by proposal_id"
    )
    kept = await core.rows(ctx, columns)
    assert len(kept) == 6
    from_log = """
        select p.id as proposal_id, p.org_id, p.play, p.action_type, latest.to_status = 'approved' as approved, p.edited
        from action_proposals p
        join lateral (select a.to_status from audit_log a
                      where a.proposal_id = p.id and a.from_status <> a.to_status
                        and 'pending' in (a.from_status, a.to_status)
                      order by a.seq desc limit 1) latest on latest.to_status in ('approved', 'rejected')
        order by p.id"""
    assert await core.rows(ctx, from_log) == kept


async def test_the_plan_does_not_sort_what_was_ever_decided(ctx: Context) -> None:
    """The last twenty of a play come from the index, however many there are."""
    await core.run(
        ctx,
        "insert into verdicts (proposal_id, play, action_type, approved, edited, decided_at)"
        " select id, play, 'email', true, false, now() from action_proposals",
    )
    async with ctx.transaction() as conn:
        await conn.execute(b"set local enable_seqscan = off")
        rows: list[Any] = await (
            await conn.execute(
                b"explain select approved from verdicts where org_id = 'default' and play = 'card_update'"
                b" order by decided_at desc, proposal_id desc limit 20"
            )
        ).fetchall()
    plan = "\n".join(row["QUERY PLAN"] for row in rows)
    assert "verdicts_by_play" in plan
    assert "Sort" not in plan
