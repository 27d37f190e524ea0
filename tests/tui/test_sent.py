"""A first message in the inbox, and the card of an executed action, which names its message."""

from __future__ import annotations

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.text import maildir
from tests.tui.inbox import execute, opened
from tui import messages


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_card_of_an_executed_action_names_its_message(
    ctx: Context, client: Client, size: tuple[int, int]
) -> None:
    await client.proposals.request_first_message("email", "ada@example.com")
    async with opened(client, size=size) as inbox:
        await inbox.card(1)
        assert "First mail to ada@example.com" in inbox.text()
        assert "setup · first_message" in inbox.text()
        assert "Went" not in inbox.text()
        await inbox.press("a")
        await inbox.until(lambda: inbox.of(messages.ProposalDecided))
        assert (await execute(ctx, client, 1)).status is Status.EXECUTED
        await inbox.press("5")
        await inbox.until(lambda: "Went" in inbox.text())
        [entry] = maildir.scan(ctx.settings.outbox).entries
        words = " ".join(inbox.text().replace("│", " ").split())
        assert "Went into the outbox as <execops-" in words
        assert f"look at it: execops outbox show {entry.short_id}" in words
