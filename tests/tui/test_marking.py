"""Several at once: marked, asked about, and answered one by one."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import force_setattr

from execops.client import Client
from execops.client.proposals_part import Card
from execops.context import Context
from execops.model import Actor, Status
from execops.money import Money
from tests.stripe_events import failed, paid, take_in
from tests.tui.inbox import Counted, Inbox, opened, propose
from tests.tui.test_deciding import decisions, slow, slow_client
from tui import keyboard, marked_keys, messages
from tui.decider import AT_ONCE
from tui.screens.bulk import BulkScreen
from tui.screens.reader import ReaderScreen

__all__ = ["slow", "slow_client"]


async def marked(inbox: Inbox, count: int) -> None:
    """Mark the first rows."""
    for number in range(1, count + 1):
        await inbox.press("space")
        await inbox.until(lambda: len(inbox.list.marked) == number)  # noqa: B023


async def asked(inbox: Inbox) -> None:
    """Wait for the question."""
    await inbox.press("A")
    await inbox.until(lambda: isinstance(inbox.app.screen, BulkScreen))


@pytest.mark.one_door
async def test_space_marks_and_moves_on_and_marks_are_seen(ctx: Context, client: Client) -> None:
    for number in (1, 2, 3):
        await propose(ctx, number)
    async with opened(client, size=(100, 24)) as inbox:
        await inbox.card(3)
        await inbox.press("A")
        await inbox.heard("Nothing is marked")
        await marked(inbox, 2)
        assert inbox.list.marked == {3: 1, 2: 1}
        assert [row[1] for row in inbox.lines(inbox.list)[:3]] == ["✓", "✓", " "]
        assert "A approve 2 marked" in inbox.lines()[-1]
        await inbox.press("k", "space")
        assert inbox.list.marked == {3: 1}


async def test_marked_are_approved_after_a_question_that_shows_recipients(
    ctx: Context, slow: Context, slow_client: Client
) -> None:
    for number in (1, 2, 3):
        await propose(ctx, number, customer_email=f"ap{number}@acme.example")
    async with opened(slow_client) as inbox:
        await inbox.card(3)
        await marked(inbox, 2)
        await asked(inbox)
        text = inbox.text()
        assert "Approve these 2, all of card_update?" in text
        assert "to ap3@acme.example" in text
        assert "to ap2@acme.example" in text
        assert isinstance(inbox.app.screen, BulkScreen)
        assert "ap1@acme.example" not in "".join(inbox.lines(inbox.app.screen.body))
        await inbox.press("n")
        assert not decisions(inbox)
        assert len(inbox.list.marked) == 2
        await asked(inbox)
        await inbox.press("y")
        await inbox.heard("2 approved.")
        await inbox.until(lambda: len(decisions(inbox)) == 2)
        assert not inbox.list.marked
        for id_, status in ((1, Status.PENDING), (2, Status.APPROVED), (3, Status.APPROVED)):
            assert (await slow_client.proposals.get(id_)).status is status
        await inbox.press("z")  # what was approved together is taken back together
        await inbox.heard("2 of 2 are pending again")
        await inbox.until(lambda: not inbox.screen.approvals)
        assert (await slow_client.proposals.get(3)).status is Status.PENDING


async def test_each_of_the_marked_has_its_own_answer(ctx: Context, client: Client) -> None:
    for number in (1, 2, 3):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.card(3)
        await marked(inbox, 3)
        await asked(inbox)
        await client.proposals.reject(2, 1, "by phone")  # while we look at the question
        await inbox.press("y")
        await inbox.until(lambda: isinstance(inbox.app.screen, ReaderScreen))
        text = inbox.text()
        assert "2 approved, 1 not" in text
        assert text.count("✓ approved") == 2
        assert "✗ not       #2" in text
        assert "decided by founder" in text
        await inbox.press("escape")
        assert (await client.proposals.get(2)).status is Status.REJECTED
        assert {(each[1], each[3]) for each in decisions(inbox)} == {
            (1, Status.APPROVED),
            (3, Status.APPROVED),
        }


@pytest.mark.one_door
async def test_a_mark_is_of_a_version(ctx: Context, client: Client) -> None:
    for number in (1, 2):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.card(2)
        await marked(inbox, 2)
        await take_in(ctx, failed("in_1", customer="cus_1", customer_name="Tenant 1", attempt_count=3))
        await inbox.heard("No longer marked, as it changed: #1")
        assert inbox.list.marked == {2: 1}
        await take_in(ctx, paid("in_2", customer="cus_2"))
        await inbox.heard("No longer marked, as it changed: #2")


@pytest.mark.one_door
async def test_what_changed_unseen_is_left_out_of_the_question(ctx: Context, client: Client) -> None:
    for number in (1, 2):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.card(2)
        await marked(inbox, 2)
        inbox.list.marked[1] = 7
        await asked(inbox)
        await inbox.heard("Left out: #1")
        assert "Approve this one, all of card_update?" in inbox.text()


@pytest.mark.one_door
async def test_only_one_play_is_approved_at_once(ctx: Context, client: Client) -> None:
    for number in (1, 2):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.card(2)
        await marked(inbox, 1)
        row = inbox.list.rows.known(1)
        assert row is not None
        force_setattr(row, "play", "dispute_response")
        await inbox.press("space", "A")
        await inbox.heard("Only one play is approved at once", "dispute_response", "card_update")
        assert inbox.list.marked == {2: 1, 1: 1}


@pytest.mark.one_door
async def test_nothing_is_marked_that_cannot_be_approved(ctx: Context, client: Client) -> None:
    await propose(ctx)
    await client.proposals.reject(1, 1)
    async with opened(client) as inbox:
        inbox.screen.go_to(inbox.list.rows.view.previous)
        await inbox.card(1)
        await inbox.press("space")
        await inbox.heard("Only what waits for a decision can be marked; #1 does not.")
    async with opened(client, readonly=True) as inbox:
        await inbox.press("space", "A")
        assert inbox.app.said == ["Read-only: nothing is decided here."] * 2


@pytest.mark.one_door
async def test_what_moves_money_asks_once_more(ctx: Context, client: Client) -> None:
    async with ctx.transaction(Actor.system("worker")) as conn:
        await conn.execute(
            "insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key,"
            " payload, reasoning, evidence, drafted_by, amount_minor, currency, dedupe_key, thread_id,"
            " expires_at, version, payload_sha256, last_actor) values ('medium', 'money', 'refund',"
            " 'stripe_refund', 'Refund Acme', 'ch_1', 'cus_1', '{\"charge\": \"ch_1\", \"amount\": \"49.00 USD\"}', 'Paid twice.', '[]',"
            " '{}', 4900, 'USD', 'refund:ch_1', 't', now() + interval '1 day', 1, '', '{}')"
        )
    async with opened(client) as inbox:
        shown = await inbox.card(1)
        assert shown.amount == Money(4900, "USD")
        assert "Approving refunds $49.00 of the payment ch_1" in inbox.text()
        await inbox.press("a")
        await inbox.until(lambda: "This cannot be taken back once it is done." in inbox.text())
        await inbox.until(lambda: "It refunds $49.00 of the payment ch_1." in inbox.text())
        await inbox.press("y")
        await inbox.until(lambda: inbox.of(messages.DecisionRefused))
        await inbox.heard("stripe_refund is not allowed")
        assert inbox.ids() == [1]


@pytest.mark.one_door
async def test_cards_that_come_too_late_ask_nothing(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are free by then: a question under a person who writes a reason would take a letter of it for a yes."""
    for number in (1, 2):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.card(2)
        await marked(inbox, 2)
        monkeypatch.setattr(marked_keys, "PATIENCE", 0.05)
        may_come, read = asyncio.Event(), client.proposals.card

        async def late(proposal_id: int) -> Card:
            await may_come.wait()
            return await read(proposal_id)

        monkeypatch.setattr(client.proposals, "card", late)
        await inbox.press("A")
        await inbox.heard("could not be read in time")
        may_come.set()
        await inbox.until(lambda: inbox.of(messages.MarkedRead))
        assert not isinstance(inbox.app.screen, BulkScreen)
        monkeypatch.setattr(
            marked_keys, "PATIENCE", keyboard.PATIENCE
        )  # a busy machine may take longer than a moment
        await asked(inbox)  # the same key once more asks


async def test_the_cards_of_what_is_marked_are_read_together(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 7):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.card(6)
        await marked(inbox, 6)
        counted = Counted(client.proposals.card)
        monkeypatch.setattr(client.proposals, "card", counted)
        await asked(inbox)
        assert counted.most == AT_ONCE
        (question,) = inbox.of(messages.MarkedRead)
        assert [card.proposal.id for card in question.cards] == [6, 5, 4, 3, 2, 1]
