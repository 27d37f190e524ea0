"""Customers who are never contacted: seen on the card and in a view of their own, and lifted there after a question."""

from __future__ import annotations

from execops.client import Client
from execops.context import Context
from execops.errors import NotFoundError
from tests.tui.inbox import Inbox, opened, propose
from tui.screens.suppressions import SuppressionsScreen


async def view(inbox: Inbox) -> SuppressionsScreen:
    """The view, once it is read."""
    await inbox.press("N")
    screen = inbox.app.screen
    assert isinstance(screen, SuppressionsScreen)
    await inbox.until(lambda: "Reading" not in inbox.text())
    return screen


async def test_the_card_says_it_and_the_view_lifts_it_after_a_question(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client, size=(200, 60)) as inbox:
        await inbox.card()
        await inbox.press("r", *"stop n5", "ctrl+n", "enter")
        await inbox.until(lambda: not inbox.ids())
        await inbox.press("U")
        await inbox.card(1)
        assert "rejected by founder, never contact again: stop n5" in inbox.text()
        assert "Rejected by founder just now, never contact again: stop n5" in inbox.text()
        screen = await view(inbox)
        assert "cus_1  just now by founder: stop n5" in inbox.text()
        await inbox.press("x")
        assert "May this customer be contacted again?" in inbox.text()
        await inbox.press("n")
        assert len(await client.suppressions.list()) == 1, "nothing is lifted without a clear yes"
        await inbox.press("x", "y")
        await inbox.until(lambda: "Lifted: cus_1 may be contacted again." in inbox.text())
        assert await client.suppressions.list() == []
        assert not screen.suppressions
        await inbox.press("x", "escape")
        assert inbox.app.screen is inbox.screen


async def test_an_empty_view_says_so_and_an_error_is_told(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await view(inbox)
        assert "None: plays may draft for every customer." in inbox.text()
        await inbox.press("escape")
        await client.proposals.reject(1, 1, suppress=True)
        await view(inbox)

        async def gone(subject_key: str, why: str | None = None) -> None:
            raise NotFoundError(f"{subject_key} is not suppressed; nothing was changed.")

        client.suppressions.lift = gone  # type: ignore[method-assign, assignment]
        await inbox.press("x", "y")
        await inbox.until(lambda: "cus_1 is not suppressed; nothing was changed." in inbox.text())


async def test_read_only_lists_and_lifts_nothing(ctx: Context, client: Client) -> None:
    await propose(ctx)
    await client.proposals.reject(1, 1, suppress=True)
    async with opened(client, readonly=True) as inbox:
        screen = await view(inbox)
        assert "cus_1" in inbox.text()
        assert "lifts one" not in inbox.text()
        await inbox.press("x")
        assert inbox.app.screen is screen
