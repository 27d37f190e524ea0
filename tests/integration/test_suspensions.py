"""Suspensions: a play whose drafts are rejected too often goes silent only together with a proposal that says so."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from execops.adapters.enable import EnableAdapter
from execops.authority import policy
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, InvalidPayloadError, NotAllowedError
from execops.model import Json, Role, Status
from execops.plays.precision import SMALLEST
from execops.settings import Secret, Settings
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.integration.test_precision import decide, pending
from tests.performing import go
from tests.stripe_events import failed, take_in


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Suspensions are on, and one customer gets many messages."""
    return make_settings(contact_hours=0, suspend_below=0.5)


@pytest.fixture
async def off(ctx: Context, founder_token: Secret) -> Client:
    """The founder where suspensions are off."""
    return await Client.login(replace(ctx, settings=replace(ctx.settings, suspend_below=None)), founder_token)


async def waiting(ctx: Context) -> list[Json]:
    """The proposals to enable something again, the oldest first."""
    return await records.rows(
        ctx,
        "select id, status, urgency, payload, expires_at > now() + interval '5 years' as waits"
        " from action_proposals where action_type = 'enable' order by id",
    )


async def policies(ctx: Context) -> dict[str, tuple[bool, bool, str]]:
    """Each switch by its name: allowed, suspended, by whom."""
    rows = await records.rows(ctx, "select name, allowed, suspended, decided_by from policies")
    return {row["name"]: (row["allowed"], row["suspended"], row["decided_by"]) for row in rows}


async def trail(ctx: Context) -> list[tuple[str, str, str]]:
    """The audit rows of switches: the action, the actor's type, the name."""
    rows = await records.rows(
        ctx,
        "select action, actor_type, metadata_json ->> 'name' as name from audit_log"
        " where action like 'policy.%%' order by seq",
    )
    return [(row["action"], row["actor_type"], row["name"]) for row in rows]


async def test_a_play_is_suspended_with_an_audit_row_and_a_proposal(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * (SMALLEST - 1))
    assert await policies(ctx) == {}
    left = await records.pending_id(ctx)
    await decide(ctx, client, "r")
    assert await policies(ctx) == {"card_update": (False, True, "ExecOps")}
    assert await trail(ctx) == [("policy.suspended", "system", "card_update")]
    [proposal] = await waiting(ctx)
    assert (proposal["status"], proposal["urgency"], proposal["waits"]) == ("pending", "high", True)
    assert proposal["payload"] == {"kind": "play", "name": "card_update"}
    status = {play.name: play for play in await client.plays.list()}["card_update"]
    assert (status.enabled, status.suspended, status.state) == (False, True, "suspended")
    card = await client.proposals.card(proposal["id"])
    assert "0 of its last 10 drafts were approved" in card.proposal.title
    event = await take_in(ctx, failed("in_silent"))
    assert "the play card_update is disabled" in str(event.outcome)
    await client.proposals.approve(
        left, (await client.proposals.get(left)).version
    )  # what it drafted before can still be decided
    assert await go(ctx, left) is Status.EXECUTED
    await client.audit.verify()


async def test_a_suspension_outlives_the_process(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * SMALLEST)
    async with open_context(ctx.settings) as again:
        event = await take_in(again, failed("in_later"))
        assert "the play card_update is disabled" in str(event.outcome)
        assert len(await waiting(again)) == 1


@pytest.mark.parametrize(
    ("verdicts", "suspended"),
    [
        ("r", False),  # one rejection
        ("r" * 9, False),  # too few decisions
        ("a" + "r" * 9, True),  # 1 of 10
        ("aa" + "r" * 8, False),  # 2 of 10 may be chance
        ("a" * 6 + "r" * 14, False),  # 6 of 20 may be chance
        ("a" * 5 + "ar" * 5 + "r" * 10, True),  # 5 of the last 20
        ("e" + "r" * 9, True),  # an edited approval is an approval
        ("r" * 9 + "a", False),  # only a rejection judges
    ],
)
async def test_only_surely_poor_precision_suspends(
    ctx: Context, client: Client, verdicts: str, suspended: bool
) -> None:
    await decide(ctx, client, verdicts)
    assert ("card_update" in await policies(ctx)) is suspended
    assert len(await waiting(ctx)) == suspended


async def test_nothing_is_suspended_by_default(ctx: Context, off: Client) -> None:
    await decide(ctx, off, "r" * 25)
    assert (await policies(ctx), await waiting(ctx)) == ({}, [])
    [play] = [play for play in await off.plays.list() if play.name == "card_update"]
    assert play.state == "enabled, flagged"


async def test_approving_enables_it_and_the_count_begins_anew(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * SMALLEST)
    [proposal] = await waiting(ctx)
    await client.proposals.approve(proposal["id"], 1)
    assert (await policies(ctx))["card_update"][0] is False  # the undo window
    await client.proposals.undo(proposal["id"], 1)
    await client.proposals.approve(proposal["id"], 1)
    assert await go(ctx, proposal["id"]) is Status.EXECUTED
    assert await policies(ctx) == {"card_update": (True, False, "founder")}
    assert (await trail(ctx))[1:] == [("policy.allowed", "system", "card_update")]
    event = await take_in(ctx, failed("in_awake"))
    assert event.outcome[-1]["result"] == "drafted"
    await decide(ctx, client, "r" * (SMALLEST - 1))
    assert (await policies(ctx))["card_update"][0] is True
    await decide(ctx, client, "r")
    assert [row["status"] for row in await waiting(ctx)] == ["executed", "pending"]


async def test_a_rejected_proposal_leaves_it_off_and_an_operator_enables_it(
    ctx: Context, client: Client
) -> None:
    await decide(ctx, client, "r" * SMALLEST)
    [proposal] = await waiting(ctx)
    await client.proposals.reject(proposal["id"], 1)
    assert (await policies(ctx))["card_update"][:2] == (False, True)
    assert not await client.plays.set_allowed("play", "card_update", False)
    assert await client.plays.set_allowed("play", "card_update", True)
    assert await policies(ctx) == {"card_update": (True, False, "founder")}
    await decide(ctx, client, "r" * SMALLEST)
    assert await client.plays.set_allowed("play", "card_update", True)
    assert [row["status"] for row in await waiting(ctx)] == ["rejected", "superseded"]


async def test_a_survival_play_is_suspended_with_a_critical_proposal(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * SMALLEST, "runway_low")
    assert [(row["urgency"], row["payload"]["name"]) for row in await waiting(ctx)] == [
        ("critical", "runway_low")
    ]


async def test_an_action_type_is_judged_by_the_plays_that_go_on(ctx: Context, client: Client) -> None:
    """Two plays that are each too young to be judged; what was approved before the suspension is performed."""
    approved = await records.pending_id(ctx)
    await client.proposals.approve(approved, 1)
    for play in ("card_update", "overdue_reminder", "owner_alert"):
        await decide(ctx, client, "rrrr", play)
    assert await policies(ctx) == {"email": (False, True, "ExecOps")}
    [proposal] = await waiting(ctx)
    assert proposal["payload"] == {"kind": "action", "name": "email"}
    with pytest.raises(NotAllowedError, match="email is not allowed"):
        await client.proposals.approve(await pending(ctx), 1)
    assert await go(ctx, approved) is Status.EXECUTED
    action = {action.name: action for action in await client.plays.actions()}["email"]
    assert (action.enabled, action.state) == (False, "suspended")
    ops = await records.new_client(ctx, "olga", Role.OPS)
    with pytest.raises(NotAllowedError, match="Only a founder may enable action types"):
        await ops.proposals.approve(proposal["id"], 1)
    await client.proposals.approve(proposal["id"], 1)
    assert await go(ctx, proposal["id"]) is Status.EXECUTED
    assert (await policies(ctx))["email"][0] is True


async def test_rejections_of_a_suspended_play_do_not_count_against_its_action_type(
    ctx: Context, client: Client
) -> None:
    left = [await pending(ctx) for _ in range(3)]
    await decide(ctx, client, "r" * SMALLEST)
    for id_ in left:
        await client.proposals.reject(id_, 1)
    assert set(await policies(ctx)) == {"card_update"}


async def test_rejections_at_the_same_moment_suspend_once(
    ctx: Context, client: Client, founder_token: Secret
) -> None:
    await decide(ctx, client, "r" * (SMALLEST - 2))
    ids = [await pending(ctx) for _ in range(6)]
    async with open_context(ctx.settings) as process:
        beside = await Client.login(process, founder_token)
        doors = [client, beside] * 3
        await asyncio.gather(*(door.proposals.reject(id_, 1) for door, id_ in zip(doors, ids, strict=True)))
    assert (await policies(ctx)) == {"card_update": (False, True, "ExecOps")}
    assert len(await waiting(ctx)) == 1
    assert await trail(ctx) == [("policy.suspended", "system", "card_update")]


# The guards of the database


_SUSPEND = (
    "insert into policies (kind, name, allowed, suspended, decided_by, last_actor)"
    " values ('play', 'owner_alert', false, true, 'ExecOps', '{}')"
)


async def test_the_processes_suspend_nothing_without_a_rejection_and_a_proposal(
    ctx: Context, client: Client
) -> None:
    await decide(ctx, client, "r" * SMALLEST)
    for statement in (
        _SUSPEND,
        _SUSPEND.replace("true, 'ExecOps'", "false, 'ExecOps'"),
        "update policies set allowed = true, suspended = false where name = 'card_update'",
        "update policies set suspended = false where name = 'card_update'",
        "update policies set why = 'another reason' where name = 'card_update'",
    ):
        with pytest.raises(NotAllowedError, match="needs an operator"):
            async with ctx.transaction() as conn:
                await conn.execute(statement.encode())


async def test_a_proposal_to_enable_one_thing_enables_no_other(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * SMALLEST)
    await decide(ctx, client, "r" * SMALLEST, "owner_alert")
    first, second = await waiting(ctx)
    await client.proposals.approve(first["id"], 1)
    assert await go(ctx, first["id"]) is Status.EXECUTED
    states = await policies(ctx)
    assert (states["card_update"][0], states["owner_alert"][0]) == (True, False)
    with pytest.raises(NotAllowedError):
        async with ctx.transaction() as conn:
            await policy.enable_again(conn, "play", "owner_alert", 1, "by itself")
    assert (await waiting(ctx))[1]["status"] == second["status"] == "pending"


async def test_only_one_that_waits_long_is_a_proposal_to_enable(ctx: Context, client: Client) -> None:
    """A proposal that may expire unseen does not do: the guard refuses the suspension, and the rejection with it."""
    await records.run(
        ctx,
        "create function shorten() returns trigger language plpgsql as $$ begin"
        " new.expires_at := now() + interval '14 days'; return new; end $$",
    )
    await records.run(
        ctx,
        "create trigger a_shorten before insert on action_proposals for each row"
        " when (new.action_type = 'enable') execute function shorten()",
    )
    await decide(ctx, client, "r" * (SMALLEST - 1))
    with pytest.raises(NotAllowedError):
        await decide(ctx, client, "r")
    assert (await policies(ctx), await waiting(ctx)) == ({}, [])


def test_the_payload_names_one_play_or_action_type(settings: Settings) -> None:
    adapter = EnableAdapter()
    adapter.validate({"kind": "action", "name": "email"})
    assert adapter.describe({"kind": "play", "name": "card_update"}).startswith(
        "enables the play card_update"
    )
    for payload in ({"kind": "system", "name": "executions"}, {"kind": "play", "name": ""}, {"kind": "play"}):
        with pytest.raises(InvalidPayloadError):
            adapter.validate(payload)


async def test_an_operator_with_limits_enables_nothing(ctx: Context, client: Client) -> None:
    await decide(ctx, client, "r" * SMALLEST)
    [proposal] = await waiting(ctx)
    with pytest.raises(ConflictError):
        await client.proposals.approve(proposal["id"], 2)
    limited = await records.new_client(ctx, "lena", Role.OPS, vertical=["setup"])
    with pytest.raises(NotAllowedError, match="limits"):
        await limited.proposals.approve(proposal["id"], 1)
