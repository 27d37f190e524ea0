"""A customer who was written to lately: the inbox says so, and asks once more with the sentence on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import records
from tests.stripe_events import overdue
from tests.tui.inbox import BrokenMail, Inbox, execute, opened
from tui import keyboard, messages
from tui.screens import again
from tui.screens.again import AgainScreen


async def propose(ctx: Context, number: int) -> int:
    """A pending mail to the customer `cus_1`: 1 about a failed charge, 2 about an overdue invoice."""
    if number == 1:
        return await records.pending_id(ctx, number="ACME-0001")
    return await records.drafted_id(ctx, overdue(number="ACME-0002"), "invoice_overdue")


@pytest.fixture
async def inbox(ctx: Context, client: Client) -> AsyncIterator[Inbox]:
    """The inbox, with a mail to a customer who got another one just now."""
    await propose(ctx, 1)
    await client.proposals.approve(1, 1)
    assert (await execute(ctx, client, 1)).status is Status.EXECUTED
    await propose(ctx, 2)
    async with opened(client, size=(100, 40)) as inbox:
        await inbox.card(2)
        yield inbox


@pytest.fixture
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person reads what is painted in no time."""
    monkeypatch.setattr(again, "SETTLES", 0.0)
    monkeypatch.setattr(keyboard, "QUIET", 0.0)


@pytest.fixture
def read_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person never has the time to read."""
    monkeypatch.setattr(again, "SETTLES", 3600.0)


async def asked(inbox: Inbox) -> AgainScreen:
    """The question, painted."""
    await inbox.until(
        lambda: isinstance(inbox.app.screen, AgainScreen) and inbox.app.screen._painted_at is not None
    )
    screen = inbox.app.screen
    assert isinstance(screen, AgainScreen)
    return screen


def words(inbox: Inbox) -> str:
    """All that is on the screen, as one line."""
    return " ".join(inbox.text().replace("│", " ").split())


async def test_the_card_says_when_the_customer_was_last_written_to(inbox: Inbox) -> None:
    assert "Last written to: " in words(inbox)
    assert "(proposal 1)" in words(inbox)


@pytest.mark.usefixtures("read_at_once")
@pytest.mark.parametrize("key", ["a", "y"])
async def test_a_second_key_approves_with_the_sentence_shown(
    ctx: Context, client: Client, inbox: Inbox, key: str
) -> None:
    await inbox.press("a")
    await asked(inbox)
    assert "The customer was written to on " in words(inbox)
    assert "(proposal 1). Write again?" in words(inbox)
    assert "#2 $49.00" in words(inbox)
    assert (await client.proposals.get(2)).status is Status.PENDING
    await inbox.press(key)
    await inbox.until(lambda: inbox.of(messages.ProposalDecided))
    assert (await client.proposals.get(2)).status is Status.APPROVED
    assert (await execute(ctx, client, 2)).status is Status.EXECUTED
    [row] = await records.rows(ctx, "select again_after from action_proposals where id = 2")
    assert row["again_after"] == [1]


async def test_who_types_on_without_a_pause_answers_nothing(
    client: Client, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "SETTLES", 0.0)
    monkeypatch.setattr(keyboard, "QUIET", 3600.0)
    await inbox.press("a")
    await asked(inbox)
    await inbox.press("a", "y", "j")
    assert isinstance(inbox.app.screen, AgainScreen)
    assert (await client.proposals.get(2)).status is Status.PENDING
    assert not inbox.of(messages.ProposalDecided)


@pytest.mark.usefixtures("read_at_once")
@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_keeps_it_pending(client: Client, inbox: Inbox, key: str) -> None:
    await inbox.press("a")
    await asked(inbox)
    await inbox.press(key)
    await inbox.until(lambda: inbox.app.screen is inbox.screen)
    assert (await client.proposals.get(2)).status is Status.PENDING
    assert not inbox.of(messages.ProposalDecided)


@pytest.mark.parametrize(
    "keys", [("a", "a"), ("a", "a", "a", "a"), ("a", "y"), ("a", "left", "enter"), ("a", "j", "a")]
)
async def test_keys_that_arrive_together_do_not_answer(
    client: Client, inbox: Inbox, keys: tuple[str, ...]
) -> None:
    await inbox.burst(*keys)
    await asked(inbox)
    assert (await client.proposals.get(2)).status is Status.PENDING
    assert not inbox.of(messages.ProposalDecided)


@pytest.mark.usefixtures("read_never")
async def test_a_key_before_the_question_could_be_read_does_not_answer(client: Client, inbox: Inbox) -> None:
    await inbox.press("a")
    screen = await asked(inbox)
    await inbox.press("a", "y", "n", "left", "enter")
    assert inbox.app.screen is screen
    assert (await client.proposals.get(2)).status is Status.PENDING


@pytest.mark.usefixtures("read_at_once")
async def test_the_key_that_approves_answers_when_it_is_another_one(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await client.proposals.approve(1, 1)
    await propose(ctx, 2)
    async with opened(client, keymap={"inbox.approve": "ctrl+y"}) as inbox:
        await inbox.card(2)
        await inbox.press("ctrl+y")
        await asked(inbox)
        assert "is about to be written to" in words(inbox)
        await inbox.press("a")
        assert isinstance(inbox.app.screen, AgainScreen)
        await inbox.press("ctrl+y")
        await inbox.until(lambda: inbox.of(messages.ProposalDecided))
    assert (await client.proposals.get(2)).status is Status.APPROVED


@pytest.mark.usefixtures("read_at_once")
async def test_a_retry_asks_as_well(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await client.proposals.approve(1, 1)
    broken = replace(ctx, adapters={**ctx.adapters, "email": BrokenMail(answers=True)})
    assert (await execute(broken, client, 1)).status is Status.FAILED
    await propose(ctx, 2)
    await client.proposals.approve(2, 1)
    async with opened(client) as inbox:
        await inbox.press("u")
        await inbox.card(1)
        await inbox.press("t")
        await inbox.press("y")
        await asked(inbox)
        await inbox.press("y")
        await inbox.until(lambda: inbox.of(messages.ProposalDecided))
    assert (await client.proposals.get(1)).status is Status.APPROVED


async def test_the_question_takes_no_keys_of_a_line_that_is_typed(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await client.proposals.approve(1, 1)
    await propose(ctx, 2)
    async with opened(client) as inbox:
        await inbox.card(2)
        await inbox.burst("a", "slash", "y")
        await inbox.until(
            lambda: (
                isinstance(inbox.app.screen, AgainScreen)
                or any("#2 waits" in text for text in inbox.app.said)
            )
        )
    assert (await client.proposals.get(2)).status is Status.PENDING


async def test_of_several_approved_together_those_refused_are_said(ctx: Context, client: Client) -> None:
    for number in (1, 2):  # two customers who read mail at one address
        await records.pending_id(ctx, f"in_{number}", customer_email="billing@acme.example")
    await records.pending_id(ctx, "in_3")
    async with opened(client) as inbox:
        await inbox.card(3)
        await inbox.press("space", "space", "space")
        await inbox.press("A")
        await inbox.press("y")
        await inbox.until(lambda: "2 approved, 1 not" in inbox.text())
        assert "is about to be written to" in words(inbox)
