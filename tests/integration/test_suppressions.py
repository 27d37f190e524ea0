"""Customers who are never contacted: listed, lifted by a person, and audited; decided rows in order of decision."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.client.changes import Change, PolicyChange
from execops.context import Context
from execops.errors import InvalidInputError, NotAllowedError, NotFoundError
from execops.health import Pulse
from execops.model import Role, Status
from execops.settings import Secret
from tests.integration.test_stripe_cases_disputes import charge, customer
from tests.integration.test_stripe_cases_warnings import warning
from tests.performing import status
from tests.stripe_events import failed, take_in


async def suppress(ctx: Context, client: Client) -> None:
    """Reject the proposal about cus_1, and never contact cus_1 again."""
    await take_in(ctx, failed("in_1", customer="cus_1"))
    [row] = await client.proposals.inbox()
    await client.proposals.reject(row.id, row.version, "asked us to stop", suppress=True)


async def test_a_suppression_is_listed_and_the_trail_of_the_rejection_says_it(
    ctx: Context, client: Client
) -> None:
    assert await client.suppressions.list() == []
    await suppress(ctx, client)
    [suppression] = await client.suppressions.list()
    assert (suppression.subject_key, suppression.created_by) == ("cus_1", "founder")
    assert suppression.why == "asked us to stop"
    rejected = (await client.proposals.card(1)).trail[-1].entry
    assert rejected.action == "proposal.rejected"
    assert rejected.metadata_json["suppress"] is True
    await take_in(ctx, failed("in_2", customer="cus_2"))
    await client.proposals.reject(2, 1, "not now")
    assert "suppress" not in (await client.proposals.card(2)).trail[-1].entry.metadata_json


async def test_lifting_lets_plays_draft_again_and_is_audited(ctx: Context, client: Client) -> None:
    await suppress(ctx, client)
    await take_in(ctx, failed("in_2", customer="cus_1"))
    assert not await client.proposals.inbox()
    lifted = await client.suppressions.lift("cus_1", "they wrote again")
    assert lifted.subject_key == "cus_1"
    assert await client.suppressions.list() == []
    entry = (await client.audit.latest(1))[0].entry
    assert (entry.action, entry.actor_type, entry.actor_id) == (
        "suppression.removed",
        "user",
        str(client.operator.id),
    )
    assert entry.metadata_json == {"reason": "they wrote again", "subject": "cus_1"}
    await take_in(ctx, failed("in_3", customer="cus_1"))
    assert {row.subject_key for row in await client.proposals.inbox()} == {"cus_1"}
    assert (await client.audit.verify()).ok


async def test_an_unknown_customer_is_not_found_and_a_viewer_may_not_lift(
    ctx: Context, client: Client
) -> None:
    await suppress(ctx, client)
    with pytest.raises(NotFoundError, match="cus_9 is not suppressed"):
        await client.suppressions.lift("cus_9")
    for role in (Role.VIEWER, Role.SERVICE):
        _, token = await client.operators.add(f"Eve the {role}", role)
        with pytest.raises(NotAllowedError):
            await (await Client.login(ctx, token)).suppressions.lift("cus_1")
    operator, token = await client.operators.add("Ola", Role.OPS)
    ola = await Client.login(ctx, token)
    await client.operators.revoke(operator.name)
    with pytest.raises(NotAllowedError, match="no longer"):
        await ola.suppressions.lift("cus_1")
    assert len(await client.suppressions.list()) == 1


async def test_what_was_decided_last_comes_first_on_every_page(ctx: Context, client: Client) -> None:
    for number in range(1, 8):
        await take_in(ctx, failed(f"in_{number}", customer=f"cus_{number}"))
    order = [3, 1, 6, 2, 7, 5]
    for proposal_id in order:
        await client.proposals.reject(proposal_id, 1)
    assert [row.id for row in await client.proposals.decided()] == order[::-1]
    pages, last = [], None
    while page := await client.proposals.decided(limit=2, after=last):
        pages.append([row.id for row in page])
        last = page[-1]
    assert pages == [[5, 7], [2, 6], [1, 3]]
    assert [row.id for row in await client.proposals.decided(status=Status.REJECTED)] == order[::-1]
    assert not await client.proposals.decided(status=Status.EXECUTED)


async def test_changes_tell_of_policies_and_carry_a_pulse(ctx: Context, client: Client) -> None:
    async with client.deployment.changes(pulse_every=0.05) as notices:
        assert await anext(notices) == Pulse(workers=0, paused=False)
        await client.deployment.pause()
        seen = [await anext(notices) for _ in range(4)]
        assert PolicyChange("system", "executions", False) in seen
        assert Pulse(workers=0, paused=True) in seen
        await client.plays.set_allowed("play", "card_update", False)
        await take_in(ctx, failed("in_1", customer="cus_1"))
        await client.plays.set_allowed("play", "card_update", True)
        while (notice := await anext(notices)) != PolicyChange("play", "card_update", True):
            assert isinstance(notice, Pulse | PolicyChange | Change)
    async with client.deployment.changes() as notices:
        await client.deployment.resume()
        assert await anext(notices) == PolicyChange("system", "executions", True)


async def test_changes_of_another_org_are_not_told(ctx: Context, client: Client) -> None:
    async with client.deployment.changes() as notices:
        async with ctx.connection() as conn:
            await conn.execute(
                "select pg_notify('execops_policies',"
                ' \'{"org": "other", "kind": "play", "name": "x", "allowed": true}\')'
            )
        await client.deployment.pause()
        assert await anext(notices) == PolicyChange("system", "executions", False)


async def test_never_again_at_a_warning_means_the_customer_of_its_payment(
    ctx: Context, founder_token: Secret
) -> None:
    """The events of a warning name the payment alone, so its proposal has the warning as its subject."""
    ctx = replace(ctx, settings=replace(ctx.settings, undo_window=600.0))
    client = await Client.login(ctx, founder_token)
    for payload in (charge(), customer(), warning(), failed("in_1", customer="cus_1")):
        await take_in(ctx, payload)
    plays = {line.play: line for line in await client.proposals.inbox()}
    warned, mail = plays["early_fraud_warning"], plays["card_update"]
    assert (await client.proposals.get(warned.id)).subject_key == "issfr_1"
    await client.proposals.reject(warned.id, warned.version, "leave them alone", suppress=True)
    assert [entry.subject_key for entry in await client.suppressions.list()] == ["cus_1"]
    assert await status(ctx, mail.id) is Status.SUPERSEDED
    undone = await client.proposals.undo(warned.id, warned.version)
    assert (undone.status, await status(ctx, mail.id)) == (Status.PENDING, Status.PENDING)
    assert await client.suppressions.list() == []


async def test_never_again_needs_a_customer_who_is_known(ctx: Context, client: Client) -> None:
    await take_in(ctx, warning())  # of a payment that the books do not have
    [line] = await client.proposals.inbox()
    with pytest.raises(InvalidInputError, match="is about no customer that is known; nothing was changed"):
        await client.proposals.reject(line.id, line.version, suppress=True)
    assert await status(ctx, line.id) is Status.PENDING
    assert await client.suppressions.list() == []
