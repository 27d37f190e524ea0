"""Two operators approve from an amount on: through the Client, until the action is performed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import AlreadyApprovedError, ConflictError, NotAllowedError
from execops.model import Role, Status
from execops.money import Money
from execops.proposals.decided import Decided
from tests import records
from tests.stripe_events import failed, take_in


@pytest.fixture
async def olga(ctx: Context, client: Client) -> Client:
    """A second operator; from 40 USD on, two approve, and the invoices of the tests are of 49."""
    olga = await records.new_client(ctx, "olga", Role.OPS)
    await client.policies.set_second_approval(Money(4000, "USD"), "the auditor asks for it")
    return olga


async def test_the_first_of_two_approvals_leaves_it_pending(
    ctx: Context, client: Client, olga: Client
) -> None:
    id_ = await records.pending_id(ctx)
    assert (await client.proposals.card(id_)).approvals_text == "0 of 2 approved"
    first = await olga.proposals.approve(id_, 1)
    assert (first.status, first.waits_for, first.executes_at) == (Status.PENDING, "1 of 2", None)
    assert await records.jobs(ctx, "execute_proposal") == []
    [line] = await client.proposals.inbox()
    assert line.approvals_text == "1 of 2"
    assert [row.approvals_text for row in await client.proposals.history()] == ["1 of 2"]
    card = await client.proposals.card(id_)
    assert card.approvals_text == "1 of 2 approved, by olga"
    assert card.trail[-1].words == "approved, 1 of 2"
    with pytest.raises(AlreadyApprovedError, match=r"olga has approved proposal 1@1 already \(1 of 2\)"):
        await olga.proposals.approve(id_, 1)
    second = await client.proposals.approve(id_, 1)
    assert (second.status, second.approvals, second.waits_for) == (Status.APPROVED, 2, "")
    assert [row.approvals_text for row in await client.proposals.history()] == [""]
    await processing.execute_proposal(ctx, id_, 1)
    assert (await client.proposals.get(id_)).status is Status.EXECUTED
    assert (await client.audit.verify()).ok


async def test_below_the_amount_one_is_enough(ctx: Context, client: Client, olga: Client) -> None:
    await client.policies.set_second_approval(Money(4901, "USD"))
    decided = await olga.proposals.approve(await records.pending_id(ctx), 1)
    assert (decided.status, decided.approvals_needed) == (Status.APPROVED, 1)


async def test_a_currency_without_a_rate_needs_two(ctx: Context, client: Client, olga: Client) -> None:
    id_ = await records.pending_id(ctx, currency="chf", amount_due=100, amount_remaining=100)
    assert (await olga.proposals.approve(id_, 1)).waits_for == "1 of 2"
    rated = replace(ctx, settings=replace(ctx.settings, rates=(("CHF", "1.1"),)))
    assert await client.policies.is_current()
    there = Client(rated, client.operator)
    assert not await there.policies.is_current()  # the rates of the day when the rule was set
    await there.policies.set_second_approval(Money(4000, "USD"))
    assert (await olga.proposals.approve(id_, 1)).status is Status.APPROVED


@pytest.mark.parametrize("rates", [(), (("CHF", "1.1"),)])
async def test_a_small_oldest_invoice_hides_no_large_one_of_another_currency(
    ctx: Context, client: Client, olga: Client, rates: tuple[tuple[str, str], ...]
) -> None:
    """$11 come first, and CHF 700,000 beside them: two approve, and a limit of $50 holds, with a rate and without one."""
    rated = replace(ctx, settings=replace(ctx.settings, rates=rates))
    await Client(rated, client.operator).policies.set_second_approval(Money(4000, "USD"))
    for id_, minor, currency in (("in_1", 1100, "usd"), ("in_2", 70_000_000, "chf")):
        dues: dict[str, Any] = {"amount_due": minor, "amount_remaining": minor, "attempt_count": 2}
        await take_in(rated, failed(id_, currency=currency, **dues))
    [line] = [line for line in await client.proposals.inbox() if line.play == "card_update"]
    limited = await records.new_client(ctx, "limited", Role.OPS, amount={"minor": 5000, "currency": "USD"})
    with pytest.raises(NotAllowedError, match=r"their limit is \$50\.00"):
        await Client(rated, limited.operator).proposals.approve(line.id, line.version)
    assert (await olga.proposals.approve(line.id, line.version)).waits_for == "1 of 2"


async def test_edit_and_new_facts_void_the_first(ctx: Context, client: Client, olga: Client) -> None:
    id_ = await records.pending_id(ctx)
    await olga.proposals.approve(id_, 1)
    payload = (await client.proposals.get(id_)).payload
    await client.proposals.edit(id_, 1, records.with_text(payload, "Please pay."))
    assert (await client.proposals.card(id_)).approvals_text == "0 of 2 approved"
    assert (await client.proposals.approve(id_, 2)).waits_for == "1 of 2"
    await take_in(ctx, failed(attempt_count=4))
    version = (await client.proposals.get(id_)).version
    assert version == 3
    assert (await olga.proposals.approve(id_, version)).waits_for == "1 of 2"


async def test_undo_voids_both_and_rejection_ends_it(ctx: Context, client: Client, olga: Client) -> None:
    id_ = await records.pending_id(ctx)
    await olga.proposals.approve(id_, 1)
    await client.proposals.approve(id_, 1)
    undone = await olga.proposals.undo(id_, 1)
    assert (undone.status, undone.approvals, undone.approvals_needed) == (Status.PENDING, 0, 2)
    assert (await client.proposals.approve(id_, 1)).waits_for == "1 of 2"
    await olga.proposals.reject(id_, 1, "no")
    assert (await client.proposals.get(id_)).approvals == 0


async def test_approving_several_counts_each(ctx: Context, client: Client, olga: Client) -> None:
    ids = [await records.pending_id(ctx, f"in_{number}") for number in (1, 2)]
    await olga.proposals.approve(ids[0], 1)
    answers = await client.proposals.approve_many([(id_, 1) for id_ in ids])
    assert [answer.waits_for for answer in answers if isinstance(answer, Decided)] == ["", "1 of 2"]
    again = await client.proposals.approve_many([(ids[1], 1)])
    assert isinstance(again[0], AlreadyApprovedError)


async def test_what_one_approved_before_the_rule_is_asked_again(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    await client.proposals.approve(id_, 1)
    await records.new_client(ctx, "olga", Role.OPS)
    await client.policies.set_second_approval(Money(4000, "USD"))
    await processing.execute_proposal(ctx, id_, 1)
    proposal = await client.proposals.get(id_)
    assert proposal.status is Status.PENDING
    assert proposal.outcome == "asked again: 2 operators approve it now, and one did"


async def test_the_second_of_an_operator_revoked_since_counts_no_more(
    ctx: Context, client: Client, olga: Client
) -> None:
    await records.new_client(ctx, "third", Role.OPS)
    id_ = await records.pending_id(ctx)
    await olga.proposals.approve(id_, 1)
    await client.proposals.approve(id_, 1)
    await client.operators.revoke("olga")
    await processing.execute_proposal(ctx, id_, 1)
    proposal = await client.proposals.get(id_)
    assert (proposal.status, proposal.approvals) == (Status.PENDING, 0)
    assert proposal.outcome == "asked again: olga approved it and was revoked since"


async def test_a_retry_of_what_two_approved_needs_one(ctx: Context, client: Client, olga: Client) -> None:
    id_ = await records.pending_id(ctx)
    await olga.proposals.approve(id_, 1)
    await client.proposals.approve(id_, 1)
    for status in ("executing", "failed"):
        await records.run(ctx, "update action_proposals set status = %s where id = %s", status, id_)
    assert (await olga.proposals.retry(id_, 1)).status is Status.APPROVED


async def test_the_rule_needs_two_who_may_approve(ctx: Context, client: Client) -> None:
    with pytest.raises(ConflictError, match=r"Two operators have to approve from \$5,000.00 on, and 1 may"):
        await client.policies.set_second_approval(Money(500_000, "USD"))
    small = {"minor": 499_999, "currency": "USD"}
    limited = await records.new_client(ctx, "limited", Role.OPS, amount=small)
    with pytest.raises(ConflictError, match="and 1 may"):
        await client.policies.set_second_approval(Money(500_000, "USD"))
    assert (await client.policies.set_second_approval(Money(499_999, "USD"))).amount is not None
    with pytest.raises(ConflictError, match="fewer than two could"):
        await client.operators.revoke("limited")
    with pytest.raises(NotAllowedError, match="Only a founder may say who approves twice"):
        await limited.policies.set_second_approval(None)
    rule = await client.policies.set_second_approval(None, "one is back")
    assert (rule.amount, rule.decided_by, rule.why) == (None, "founder", "one is back")
    await client.operators.revoke("limited")
    lines = [line.words for line in await client.audit.latest(3)]
    assert lines == [
        "revoked limited",
        "one approval is enough: one is back",
        "two operators approve from $4,999.99 on",
    ]
