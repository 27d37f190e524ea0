"""Allowing and forbidding plays and action types: the roles that may, the effects, the audit log."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.client.plays_part import Kind
from execops.context import Context
from execops.errors import NotAllowedError, NotFoundError
from execops.model import Role, Status
from tests import records
from tests.stripe_events import failed, paid, payer, take_in


async def policies(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(
        ctx, "select kind, name, allowed, decided_by, why from policies order by kind, name"
    )


async def enabled(client: Client, name: str) -> bool:
    states = {standing.name: standing.enabled for standing in await client.plays.list()}
    return (states | {standing.name: standing.enabled for standing in await client.plays.actions()})[name]


async def since(client: Client, count: int) -> list[tuple[Any, ...]]:
    """The audit log's entries after this many."""
    entries = [
        trail_entry.entry
        for trail_entry in reversed(await client.audit.latest(100))
        if trail_entry.entry.seq > count
    ]
    return [
        (e.action, e.actor_id, e.metadata_json["kind"], e.metadata_json["name"], e.metadata_json.get("why"))
        for e in entries
    ]


async def test_a_disabled_play_drafts_nothing_and_says_so(ctx: Context, client: Client) -> None:
    assert await client.plays.set_allowed("play", "card_update", False, "too many")
    event = await take_in(ctx, failed())
    outcomes = [outcome for outcome in event.outcome if outcome["play"] == "card_update"]
    assert outcomes == [
        {
            "play": "card_update",
            "proposal": None,
            "result": "no proposal",
            "why": "the play card_update is disabled",
        }
    ]
    assert [summary.play for summary in await client.proposals.inbox() if summary.play == "card_update"] == []


async def test_the_other_plays_go_on(ctx: Context, client: Client) -> None:
    await client.plays.set_allowed("play", "invoice_overdue", False)
    await records.pending_id(ctx)
    assert "card_update" in [summary.play for summary in await client.proposals.inbox()]


async def test_what_waits_of_a_disabled_play_stays_and_is_decided(ctx: Context, client: Client) -> None:
    first, second, third = [await records.pending_id(ctx, f"in_{n}") for n in range(3)]
    await client.plays.set_allowed("play", "card_update", False)
    await take_in(ctx, failed("in_0", attempt_count=3, **payer("cus_0")))
    assert (await client.proposals.get(first)).status is Status.PENDING
    version = (await client.proposals.get(first)).version
    assert version == 2  # its words stay true
    await client.proposals.approve(first, version)
    await processing.execute_proposal(ctx, first, 1)
    assert (await client.proposals.get(first)).status is Status.EXECUTED
    await client.proposals.reject(second, (await client.proposals.get(second)).version)
    await take_in(ctx, paid("in_2", **payer("cus_2")))  # and it is still dropped when it is moot
    assert (await client.proposals.get(third)).status is Status.SUPERSEDED


async def test_once_enabled_a_replay_drafts_what_was_missed(ctx: Context, client: Client) -> None:
    await client.plays.set_allowed("play", "card_update", False)
    event = await take_in(ctx, failed())
    assert await client.plays.set_allowed("play", "card_update", True)
    assert await client.events.replay(event.id)
    await processing.process_event(ctx, event.id)
    assert "card_update" in [summary.play for summary in await client.proposals.inbox()]


async def test_a_forbidden_action_type_is_neither_approved_nor_performed(
    ctx: Context, client: Client
) -> None:
    approved, waiting = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    version = (await client.proposals.get(waiting)).version
    await client.proposals.approve(approved, (await client.proposals.get(approved)).version)
    assert await client.plays.set_allowed("action", "email", False, "the domain is blocked")
    with pytest.raises(NotAllowedError, match="email is not allowed"):
        await client.proposals.approve(waiting, version)
    await processing.execute_proposal(ctx, approved, 1)
    assert (await client.proposals.get(approved)).status is Status.FAILED
    assert records.mails(ctx) == []
    assert await client.plays.set_allowed("action", "email", True)
    await client.proposals.approve(waiting, version)
    await processing.execute_proposal(ctx, waiting, 1)
    assert (await client.proposals.get(waiting)).status is Status.EXECUTED


@pytest.mark.parametrize(("kind", "name"), [("play", "card_update"), ("action", "slack")])
async def test_every_switch_is_audited(ctx: Context, client: Client, kind: Kind, name: str) -> None:
    switch = partial(client.plays.set_allowed, kind)
    me, before = str(client.operator.id), (await client.audit.verify()).count
    assert await switch(name, False, "why not")
    assert await policies(ctx) == [
        {"kind": kind, "name": name, "allowed": False, "decided_by": "founder", "why": "why not"}
    ]
    assert await switch(name, True)
    assert await since(client, before) == [
        ("policy.forbidden", me, kind, name, "why not"),
        ("policy.allowed", me, kind, name, None),
    ]
    assert (await client.audit.verify()).ok


@pytest.mark.parametrize(("kind", "name"), [("play", "card_update"), ("action", "email")])
async def test_what_is_so_already_changes_nothing(
    ctx: Context, client: Client, kind: Kind, name: str
) -> None:
    switch = partial(client.plays.set_allowed, kind)
    before = (await client.audit.verify()).count
    assert not await switch(name, True, "it is")  # as it comes
    assert await policies(ctx) == []
    assert await switch(name, False, "first")
    assert not await switch(name, False, "second")
    assert [policy["why"] for policy in await policies(ctx)] == ["first"]
    assert (await client.audit.verify()).count == before + 1


async def test_two_at_once_change_it_once(ctx: Context, client: Client) -> None:
    before = (await client.audit.verify()).count
    async with ctx.transaction() as conn:  # both read before either writes
        await conn.execute(b"lock table policies in share row exclusive mode")
        racing = [
            asyncio.create_task(client.plays.set_allowed("play", "card_update", False, why)) for why in "ab"
        ]
        await records.until_blocked(ctx, 2)
    assert sorted(await asyncio.gather(*racing)) == [False, True]
    assert (await client.audit.verify()).count == before + 1


async def test_money_is_off_until_a_founder_allows_it(ctx: Context, client: Client) -> None:
    olga = await records.new_client(ctx, "olga", Role.OPS)
    for name in ("stripe_refund", "stripe_retry_invoice"):
        assert not await enabled(client, name)
        with pytest.raises(NotAllowedError, match="Only a founder may enable action types"):
            await olga.plays.set_allowed("action", name, True)
        assert not await enabled(client, name)
        assert await client.plays.set_allowed("action", name, True, "small ones")
        assert await enabled(client, name)
        assert await olga.plays.set_allowed("action", name, False)  # stopping it anybody may who decides
        assert not await enabled(client, name)


async def test_action_types_are_known_without_an_adapter(ctx: Context, client: Client) -> None:
    here = replace(client._ctx, adapters={"email": ctx.adapters["email"]})
    actions = {action.name: action for action in await Client(here, client.operator).plays.actions()}
    assert {"email", "slack", "notice"} <= actions.keys()
    assert "stripe_refund" not in actions  # no play drafts it, whoever performs it
    assert [name for name, action in actions.items() if action.adapter] == ["email"]
    assert [name for name, action in actions.items() if action.enabled] == ["email"]
    assert "card_update" in actions["email"].plays


async def test_ops_switches_plays(ctx: Context, client: Client) -> None:
    olga = await records.new_client(ctx, "olga", Role.OPS)
    assert await olga.plays.set_allowed("play", "card_update", False)
    assert await olga.plays.set_allowed("play", "card_update", True)
    assert [policy["decided_by"] for policy in await policies(ctx)] == ["olga"]


async def test_a_limited_operator_switches_nothing(ctx: Context, client: Client) -> None:
    limited = await records.new_client(ctx, "limited", Role.OPS, vertical=["money"])
    for allowed in (False, True):
        with pytest.raises(NotAllowedError, match=r"limited has limits \(vertical money\) and may not"):
            await limited.plays.set_allowed("play", "card_update", allowed)
    with pytest.raises(NotAllowedError, match="may not disable action types"):
        await limited.plays.set_allowed("action", "email", False)
    assert await policies(ctx) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE])
async def test_viewers_and_services_switch_nothing(ctx: Context, client: Client, role: Role) -> None:
    nobody = await records.new_client(ctx, "nobody", role)
    before = (await client.audit.verify()).count
    for allowed in (False, True):
        with pytest.raises(NotAllowedError):
            await nobody.plays.set_allowed("play", "card_update", allowed)
        with pytest.raises(NotAllowedError):
            await nobody.plays.set_allowed("action", "email", allowed)
    assert await policies(ctx) == []
    assert (await client.audit.verify()).count == before


async def test_an_operator_revoked_meanwhile_switches_nothing(ctx: Context, client: Client) -> None:
    olga = await records.new_client(ctx, "olga", Role.OPS)
    await client.operators.revoke("olga")
    with pytest.raises(NotAllowedError, match="no longer"):
        await olga.plays.set_allowed("play", "card_update", False)
    with pytest.raises(NotAllowedError, match="no longer"):
        await olga.plays.set_allowed("action", "email", False)
    assert await policies(ctx) == []


async def test_a_founder_who_is_none_any_more_enables_nothing(ctx: Context, client: Client) -> None:
    former = await records.new_client(ctx, "former", Role.FOUNDER)
    demote = "update operators set role = 'ops' where name = 'former'"
    await records.run(ctx, demote, actor=records.actor_of(client))
    with pytest.raises(NotAllowedError, match="Only a founder"):
        await former.plays.set_allowed("action", "stripe_refund", True)


async def test_one_who_no_longer_decides_switches_nothing(ctx: Context, client: Client) -> None:
    former = await records.new_client(ctx, "former", Role.OPS)
    demote = "update operators set role = 'viewer' where name = 'former'"
    await records.run(ctx, demote, actor=records.actor_of(client))
    kinds: tuple[tuple[Kind, str], ...] = (("play", "card_update"), ("action", "email"))
    for kind, name in kinds:
        with pytest.raises(NotAllowedError):
            await former.plays.set_allowed(kind, name, False)
    assert await policies(ctx) == []


async def test_unknown_names(ctx: Context, client: Client) -> None:
    for allowed in (False, True):
        with pytest.raises(NotFoundError, match="no play called 'email'"):
            await client.plays.set_allowed("play", "email", allowed)
        with pytest.raises(NotFoundError, match="no action type called 'card_update'"):
            await client.plays.set_allowed("action", "card_update", allowed)
    assert await policies(ctx) == []


async def test_pausing_is_no_switch_of_these(ctx: Context, client: Client) -> None:
    await client.deployment.pause()
    assert await enabled(client, "card_update")
    assert await enabled(client, "email")
    with pytest.raises(NotFoundError):
        await client.plays.set_allowed("action", "executions", True)
