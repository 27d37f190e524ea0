"""Switching plays and action types: who may, what it changes, what it leaves, what the audit log says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import NotAllowedError, NotFoundError
from execops.model import Role, Status
from execops.proposals import decisions
from tests import core
from tests.stripe_events import failed, paid, take_in


async def policies(ctx: Context) -> list[dict[str, Any]]:
    return await core.rows(
        ctx, "select kind, name, allowed, decided_by, why from policies order by kind, name"
    )


async def enabled(client: Client, name: str) -> bool:
    found = {each.name: each.enabled for each in await client.plays()}
    return (found | {each.name: each.enabled for each in await client.actions()})[name]


async def since(client: Client, count: int) -> list[tuple[Any, ...]]:
    """The audit log's entries after this many."""
    entries = [each.entry for each in reversed(await client.audit_latest(100)) if each.entry.seq > count]
    return [
        (e.action, e.actor_id, e.metadata_json["kind"], e.metadata_json["name"], e.metadata_json.get("why"))
        for e in entries
    ]


async def test_a_disabled_play_drafts_nothing_and_says_so(ctx: Context, client: Client) -> None:
    assert await client.set_play("card_update", False, "too many")
    event = await take_in(ctx, failed())
    said = [each for each in event.outcome if each["play"] == "card_update"]
    assert said == [
        {
            "play": "card_update",
            "proposal": None,
            "result": "no proposal",
            "why": "the play card_update is disabled",
        }
    ]
    assert [each.play for each in await client.inbox() if each.play == "card_update"] == []


async def test_the_other_plays_go_on(ctx: Context, client: Client) -> None:
    await client.set_play("invoice_overdue", False)
    await core.pending_id(ctx)
    assert "card_update" in [each.play for each in await client.inbox()]


async def test_what_waits_of_a_disabled_play_stays_and_is_decided(ctx: Context, client: Client) -> None:
    first, second, third = [await core.pending_id(ctx, f"in_{n}") for n in range(3)]
    await client.set_play("card_update", False)
    await take_in(ctx, failed("in_0", attempt_count=3))
    assert (await client.proposal(first)).status is Status.PENDING
    version = (await client.proposal(first)).version
    await client.approve(first, version)
    await processing.execute_proposal(ctx, first, 1)
    assert (await client.proposal(first)).status is Status.EXECUTED
    await client.reject(second, (await client.proposal(second)).version)
    await take_in(ctx, paid("in_2"))  # and it is still dropped when it is moot
    assert (await client.proposal(third)).status is Status.SUPERSEDED


async def test_once_enabled_a_replay_drafts_what_was_missed(ctx: Context, client: Client) -> None:
    await client.set_play("card_update", False)
    event = await take_in(ctx, failed())
    assert await client.set_play("card_update", True)
    assert await client.replay(event.id)
    await processing.process_event(ctx, event.id)
    assert "card_update" in [each.play for each in await client.inbox()]


async def test_a_forbidden_action_type_is_neither_approved_nor_performed(
    ctx: Context, client: Client
) -> None:
    approved, waiting = await core.pending_id(ctx, "in_1"), await core.pending_id(ctx, "in_2")
    version = (await client.proposal(waiting)).version
    await client.approve(approved, (await client.proposal(approved)).version)
    assert await client.set_action("email", False, "the domain is blocked")
    with pytest.raises(NotAllowedError, match="email is not allowed"):
        await client.approve(waiting, version)
    await processing.execute_proposal(ctx, approved, 1)
    assert (await client.proposal(approved)).status is Status.FAILED
    assert core.mails(ctx) == []
    assert await client.set_action("email", True)
    await client.approve(waiting, version)
    await processing.execute_proposal(ctx, waiting, 1)
    assert (await client.proposal(waiting)).status is Status.EXECUTED


@pytest.mark.parametrize(("kind", "name"), [("play", "card_update"), ("action", "slack")])
async def test_every_switch_is_audited(ctx: Context, client: Client, kind: str, name: str) -> None:
    switch = client.set_play if kind == "play" else client.set_action
    me, before = str(client.operator.id), (await client.audit_verify()).count
    assert await switch(name, False, "why not")
    assert await policies(ctx) == [
        {"kind": kind, "name": name, "allowed": False, "decided_by": "founder", "why": "why not"}
    ]
    assert await switch(name, True)
    assert await since(client, before) == [
        ("policy.forbidden", me, kind, name, "why not"),
        ("policy.allowed", me, kind, name, None),
    ]
    assert (await client.audit_verify()).ok


@pytest.mark.parametrize(("kind", "name"), [("play", "card_update"), ("action", "email")])
async def test_what_is_so_already_changes_nothing(ctx: Context, client: Client, kind: str, name: str) -> None:
    switch = client.set_play if kind == "play" else client.set_action
    before = (await client.audit_verify()).count
    assert not await switch(name, True, "it is")  # as it comes
    assert await policies(ctx) == []
    assert await switch(name, False, "first")
    assert not await switch(name, False, "second")
    assert [each["why"] for each in await policies(ctx)] == ["first"]
    assert (await client.audit_verify()).count == before + 1


async def test_two_at_once_change_it_once(ctx: Context, client: Client) -> None:
    before = (await client.audit_verify()).count
    async with ctx.transaction() as conn:  # both read before either writes
        await conn.execute(b"lock table policies in share row exclusive mode")
        racing = [asyncio.create_task(client.set_play("card_update", False, each)) for each in "ab"]
        await core.blocked(ctx, 2)
    assert sorted(await asyncio.gather(*racing)) == [False, True]
    assert (await client.audit_verify()).count == before + 1


async def test_money_is_off_until_a_founder_allows_it(ctx: Context, client: Client) -> None:
    olga = await core.someone(ctx, "olga", Role.OPS)
    for name in ("stripe_refund", "stripe_retry_invoice"):
        assert not await enabled(client, name)
        with pytest.raises(NotAllowedError, match="Only a founder may enable action types"):
            await olga.set_action(name, True)
        assert not await enabled(client, name)
        assert await client.set_action(name, True, "small ones")
        assert await enabled(client, name)
        assert await olga.set_action(name, False)  # stopping it anybody may who decides
        assert not await enabled(client, name)


async def test_action_types_are_known_without_an_adapter(ctx: Context, client: Client) -> None:
    here = replace(client._ctx, adapters={"email": ctx.adapters["email"]})
    found = {each.name: each for each in await Client(here, client.operator).actions()}
    assert {"email", "slack", "stripe_refund", "stripe_retry_invoice"} <= found.keys()
    assert [name for name, each in found.items() if each.adapter] == ["email"]
    assert [name for name, each in found.items() if each.enabled] == ["email"]
    assert "card_update" in found["email"].plays


async def test_ops_switches_plays(ctx: Context, client: Client) -> None:
    olga = await core.someone(ctx, "olga", Role.OPS)
    assert await olga.set_play("card_update", False)
    assert await olga.set_play("card_update", True)
    assert [each["decided_by"] for each in await policies(ctx)] == ["olga"]


async def test_ops_switches_plays_of_its_verticals(ctx: Context, client: Client) -> None:
    within = await core.someone(ctx, "within", Role.OPS, verticals=["money"])
    outside = await core.someone(ctx, "outside", Role.OPS, verticals=["customer_fire"])
    for allowed in (False, True):
        with pytest.raises(NotAllowedError, match="outside may not"):
            await outside.set_play("card_update", allowed)
        assert await within.set_play("card_update", allowed)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE])
async def test_viewers_and_services_switch_nothing(ctx: Context, client: Client, role: Role) -> None:
    nobody = await core.someone(ctx, "nobody", role)
    before = (await client.audit_verify()).count
    for allowed in (False, True):
        with pytest.raises(NotAllowedError):
            await nobody.set_play("card_update", allowed)
        with pytest.raises(NotAllowedError):
            await nobody.set_action("email", allowed)
    assert await policies(ctx) == []
    assert (await client.audit_verify()).count == before


async def test_an_operator_revoked_meanwhile_switches_nothing(ctx: Context, client: Client) -> None:
    olga = await core.someone(ctx, "olga", Role.OPS)
    await client.revoke_operator("olga")
    with pytest.raises(NotAllowedError, match="no longer"):
        await olga.set_play("card_update", False)
    with pytest.raises(NotAllowedError, match="no longer"):
        await olga.set_action("email", False)
    assert await policies(ctx) == []


async def test_a_founder_who_is_none_any_more_enables_nothing(ctx: Context, client: Client) -> None:
    former = await core.someone(ctx, "former", Role.FOUNDER)
    await core.run(ctx, "update operators set role = 'ops' where name = 'former'")
    with pytest.raises(NotAllowedError, match="Only a founder"):
        await former.set_action("stripe_refund", True)


async def test_one_who_no_longer_decides_switches_nothing(ctx: Context, client: Client) -> None:
    former = await core.someone(ctx, "former", Role.OPS)
    await core.run(ctx, "update operators set role = 'viewer' where name = 'former'")
    for switch, name in ((former.set_play, "card_update"), (former.set_action, "email")):
        with pytest.raises(NotAllowedError):
            await switch(name, False)
    assert await policies(ctx) == []


async def test_unknown_names(ctx: Context, client: Client) -> None:
    for allowed in (False, True):
        with pytest.raises(NotFoundError, match="no play called 'email'"):
            await client.set_play("email", allowed)
        with pytest.raises(NotFoundError, match="no action type called 'card_update'"):
            await client.set_action("card_update", allowed)
    assert await policies(ctx) == []


async def test_pausing_is_no_switch_of_these(ctx: Context, client: Client) -> None:
    await decisions.pause(ctx, client.operator, None)
    assert await enabled(client, "card_update")
    assert await enabled(client, "email")
    with pytest.raises(NotFoundError):
        await client.set_action("executions", True)
