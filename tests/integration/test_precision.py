"""Precision, checked against numbers made by hand: which changes are decisions, and which plays are flagged."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.model import Role, Status
from execops.plays.precision import LAST, Precision, Rate
from execops.settings import Settings
from tests import records
from tests.conftest import MakeSettings
from tests.stripe_events import paid, take_in

_numbers = count(1)
_INSERT = """
    insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key, payload,
                                  reasoning, drafted_by, dedupe_key, thread_id, expires_at)
    values ('high', 'money', %(play)s, %(action_type)s, 'A title', 'in_' || %(n)s, 'cus_' || %(n)s,
            '{"to": "a@example.com", "from": "us@example.com", "subject": "Hello", "text": "Text"}',
            'Because', '{"author": "rules"}', %(play)s || %(n)s, %(play)s || %(n)s, now() + interval '1 day')
    returning id"""


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Here one customer gets many messages; tests/integration/test_contact.py is about that."""
    return make_settings(contact_hours=0)


async def pending(ctx: Context, play: str = "card_update", action_type: str = "email") -> int:
    """The id of a pending proposal that no event led to."""
    values = {"play": play, "action_type": action_type, "n": str(next(_numbers))}
    async with ctx.transaction() as conn:
        row = await (await conn.execute(_INSERT.encode(), values)).fetchone()
    assert row is not None
    return int(row["id"])


async def edited(client: Client, id_: int, text: str = "Another text") -> int:
    """Edit the proposal; returns its new version."""
    proposal = await client.proposals.get(id_)
    return (
        await client.proposals.edit(id_, proposal.version, records.with_text(proposal.payload, text))
    ).version


async def decide(ctx: Context, client: Client, verdicts: str, play: str = "card_update") -> None:
    """Decide one proposal for each letter: `a` approves, `e` edits and approves, `r` rejects."""
    for verdict in verdicts:
        id_ = await pending(ctx, play)
        if verdict == "r":
            await client.proposals.reject(id_, 1)
        else:
            await client.proposals.approve(id_, await edited(client, id_) if verdict == "e" else 1)


async def of_play(client: Client, play: str = "card_update") -> Precision:
    """The precision of a play over all its action types."""
    for row in await client.plays.precision():
        if (row.play, row.action_type) == (play, None):
            return row
    return Precision(play, None)


async def move(ctx: Context, id_: int, *statuses: Status) -> None:
    """Move a proposal through these statuses in the system's name."""
    for status in statuses:
        await records.run(ctx, "update action_proposals set status = %s where id = %s", status, id_)


async def test_a_play_without_decisions_has_no_precision(ctx: Context, client: Client) -> None:
    await pending(ctx)
    assert await client.plays.precision() == []
    assert await client.plays.flagged() == frozenset()
    [play] = [play for play in await client.plays.list() if play.name == "card_update"]
    assert play.precision == Precision("card_update", None)
    assert (play.precision.over_all.precision, play.precision.over_all.unedited) == (None, None)
    assert not play.precision.flagged


async def test_precision_counts_approvals_among_decisions(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "aaer" + "rae")  # 5 approved of 7, 3 of them as drafted
    rate = (await of_play(client)).over_all
    assert rate == Rate(decisions=7, approved=5, unedited_approvals=3)
    assert rate.precision == pytest.approx(5 / 7)
    assert rate.unedited == pytest.approx(3 / 5)
    await decide(ctx, client, "r", "owner_alert")
    assert (await of_play(client, "owner_alert")).over_all == Rate(1, 0, 0)
    assert (await of_play(client)).over_all == rate
    assert (await of_play(client, "owner_alert")).over_all.unedited is None


async def test_precision_is_counted_for_each_action_type_and_play(ctx: Context, client: Client) -> None:
    for play, action_type, verdict in (
        ("card_update", "email", "approve"),
        ("owner_alert", "email", "approve"),
        ("owner_alert", "email", "reject"),
        ("owner_alert", "slack", "reject"),
    ):
        id_ = await pending(ctx, play, action_type)
        await (client.proposals.approve(id_, 1) if verdict == "approve" else client.proposals.reject(id_, 1))
    rows = [(row.play, row.action_type, row.over_all) for row in await client.plays.precision()]
    assert rows == [
        ("card_update", None, Rate(1, 1, 1)),
        ("card_update", "email", Rate(1, 1, 1)),
        ("owner_alert", None, Rate(3, 1, 1)),
        ("owner_alert", "email", Rate(2, 1, 1)),
        ("owner_alert", "slack", Rate(1, 0, 0)),
    ]
    actions = {action.name: action for action in await client.plays.actions()}
    assert actions["email"].over_all == Rate(3, 2, 2)
    assert actions["slack"].over_all == Rate(1, 0, 0)
    assert [row.play for row in actions["email"].by_play] == ["card_update", "owner_alert"]
    assert actions["stripe_refund"].over_all == Rate()


async def test_an_undone_approval_is_not_a_decision(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    await client.proposals.approve(id_, 1)
    await client.proposals.undo(id_, 1)
    assert (await of_play(client)).over_all == Rate()
    await client.proposals.approve(id_, 1)
    await client.proposals.undo(id_, 1)
    await client.proposals.reject(id_, 1)
    assert (await of_play(client)).over_all == Rate(1, 0, 0)


async def test_an_approval_after_undo_and_edit_counts_as_edited(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    await client.proposals.approve(id_, 1)
    await client.proposals.undo(id_, 1)
    await client.proposals.approve(id_, await edited(client, id_))
    assert (await of_play(client)).over_all == Rate(1, 1, 0)


async def test_an_edit_alone_is_not_a_decision(ctx: Context, client: Client) -> None:
    id_ = await pending(ctx)
    version = await edited(client, id_)
    assert (await of_play(client)).over_all == Rate()
    await client.proposals.reject(id_, version)
    assert (await of_play(client)).over_all == Rate(1, 0, 0)


@pytest.mark.parametrize("after", ["retry", "confirm", "close"])
@pytest.mark.parametrize("ended", [Status.FAILED, Status.UNKNOWN])
async def test_a_decision_after_a_failure_does_not_change_precision(
    ctx: Context, client: Client, ended: Status, after: str
) -> None:
    id_ = await pending(ctx)
    await client.proposals.approve(id_, 1)
    await move(ctx, id_, Status.EXECUTING, ended)
    assert (await of_play(client)).over_all == Rate(1, 1, 1)
    await getattr(client.proposals, after)(id_, 1)
    assert (await of_play(client)).over_all == Rate(1, 1, 1)


async def test_an_edit_after_a_failure_takes_the_approval_back(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    await client.proposals.approve(id_, 1)
    await move(ctx, id_, Status.EXECUTING, Status.FAILED)
    version = await edited(client, id_)
    assert (await of_play(client)).over_all == Rate()
    await client.proposals.approve(id_, version)
    assert (await of_play(client)).over_all == Rate(1, 1, 0)


async def test_a_proposal_that_ended_by_itself_is_not_a_decision(ctx: Context, client: Client) -> None:
    await records.pending_id(ctx)
    await take_in(ctx, paid())
    expired = await pending(ctx)
    await move(ctx, expired, Status.EXPIRED)
    assert [line.effective_status for line in await client.proposals.history(limit=10)] == [
        "expired",
        "superseded",
    ]
    assert (await of_play(client)).over_all == Rate()
    moot = await pending(ctx)  # approved, then moot when it is sent: the approval still counts
    await client.proposals.approve(moot, 1)
    await move(ctx, moot, Status.SUPERSEDED)
    assert (await of_play(client)).over_all == Rate(1, 1, 1)


async def test_a_real_execution_counts_once(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    await client.proposals.approve(id_, 1)
    await processing.execute_proposal(ctx, id_, 1)
    assert (await client.proposals.get(id_)).status is Status.EXECUTED
    assert (await of_play(client)).over_all == Rate(1, 1, 1)


# The last twenty decisions


async def test_the_last_twenty_decisions_are_counted_apart(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "aaaaa" + "r" * 8 + "ae" * 6)
    precision = await of_play(client)
    assert precision.over_all == Rate(25, 17, 11)
    assert precision.last == Rate(20, 12, 6)


async def test_a_retry_does_not_move_an_old_decision_among_the_last(ctx: Context, client: Client) -> None:
    old = await pending(ctx)
    await client.proposals.approve(old, 1)
    await move(ctx, old, Status.EXECUTING, Status.FAILED)
    await decide(ctx, client, "r" * LAST)
    await client.proposals.retry(old, 1)
    precision = await of_play(client)
    assert (precision.over_all, precision.last) == (Rate(21, 1, 1), Rate(20, 0, 0))


@pytest.mark.parametrize(
    ("verdicts", "flagged"),
    [
        ("r" * 19, False),  # one short of twenty
        ("r" * 20, True),
        ("r" * 10 + "a" * 10, False),  # exactly half
        ("r" * 11 + "a" * 9, True),
        ("r" * 11 + "e" * 9, True),  # an edited approval is an approval
        ("r" * 10 + "e" * 10, False),
        ("r" * 30 + "a" * 10 + "r" * 10, False),  # decisions before the last twenty do not count
        ("a" * 30 + "r" * 11 + "a" * 9, True),
    ],
)
async def test_a_play_is_flagged_when_most_of_its_last_twenty_are_rejected(
    ctx: Context, client: Client, verdicts: str, flagged: bool
) -> None:
    await decide(ctx, client, "a" * 20, "owner_alert")
    await decide(ctx, client, verdicts)
    assert await client.plays.flagged() == ({"card_update"} if flagged else set())
    assert (await of_play(client)).flagged is flagged
    plays = {play.name: play for play in await client.plays.list()}
    assert plays["card_update"].precision.flagged is flagged


async def test_an_undo_brings_an_older_decision_back_among_the_last(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * 11 + "a" * 9)
    assert await client.plays.flagged() == {"card_update"}
    last = await pending(ctx)
    await client.proposals.approve(last, 1)  # 10 of 20: the oldest rejection is no longer among them
    assert await client.plays.flagged() == frozenset()
    await client.proposals.undo(last, 1)
    assert await client.plays.flagged() == {"card_update"}
    assert (await of_play(client)).last == Rate(20, 9, 9)


async def test_a_viewer_sees_the_precision_too(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "ar")
    viewer = await records.new_client(ctx, "vera", Role.VIEWER)
    assert await viewer.plays.precision() == await client.plays.precision()


# The table of verdicts


async def test_the_verdicts_are_those_of_the_audit_log(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "aer")
    undone, reopened, closed, retried, moot = [await pending(ctx) for _ in range(5)]
    for id_ in (undone, reopened, closed, retried, moot):
        await client.proposals.approve(id_, 1)
    await client.proposals.undo(undone, 1)
    await move(ctx, moot, Status.SUPERSEDED)
    for id_ in (reopened, closed, retried):
        await move(ctx, id_, Status.EXECUTING, Status.FAILED)
    await edited(client, reopened)
    await client.proposals.close(closed, 1)
    await client.proposals.retry(retried, 1)
    columns = (
        "select proposal_id, org_id, play, action_type, approved, edited from verdicts order by proposal_id"
    )
    kept = await records.rows(ctx, columns)
    assert len(kept) == 6
    from_log = """
        select p.id as proposal_id, p.org_id, p.play, p.action_type, latest.to_status = 'approved' as approved, p.edited
        from action_proposals p
        join lateral (select a.to_status from audit_log a
                      where a.proposal_id = p.id and a.from_status <> a.to_status
                        and 'pending' in (a.from_status, a.to_status)
                      order by a.seq desc limit 1) latest on latest.to_status in ('approved', 'rejected')
        order by p.id"""
    assert await records.rows(ctx, from_log) == kept


@pytest.mark.fresh_database
async def test_the_query_plan_does_not_sort_all_verdicts(ctx: Context) -> None:
    """Postgres reads the last twenty verdicts of a play from the index, however many there are."""
    await records.run(
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
