"""From a row of an answer to what is behind it, and back to the same row."""

from __future__ import annotations

import time

import pytest

from execops.client import Client
from execops.context import Context
from execops.errors import DatabaseUnavailableError
from execops.model import Status
from tests.records import pending_id, run
from tests.stripe_events import failed, take_in
from tests.tui.inbox import Inbox, opened, propose
from tests.tui.scenes import FixedClient, scene_data
from tui.screens.event import EventScreen
from tui.screens.inbox import InboxScreen
from tui.views import View

NARROW, WIDE = (80, 24), (160, 48)


async def failures(ctx: Context) -> None:
    """Three invoices whose payment failed just now, and in the table the latest first: 3, 2, 1."""
    now = int(time.time())
    for number in (1, 2, 3):
        await propose(ctx, number, created=now)


async def behind(inbox: Inbox, invoice: str) -> None:
    """The proposals behind the row of this invoice."""
    answer = inbox.canvas.answer
    assert answer is not None
    at = [row[3] for row in answer.rows].index(invoice)
    inbox.canvas.table.move_to(at)
    await inbox.press("enter")
    await inbox.until(lambda: inbox.list.rows.view is View.BEHIND)


async def test_a_row_leads_to_its_proposal_and_back(ctx: Context, client: Client) -> None:
    for number in (1, 2, 3):
        await take_in(ctx, failed(f"in_{number}", customer=f"cus_{number}", created=int(time.time())))
    async with opened(client, size=NARROW) as inbox:
        await inbox.card(3)
        await inbox.press("j")
        await inbox.card(2)
        pane = await inbox.answered("failed payments")
        await behind(inbox, "in_1")
        cursor = pane.table.cursor
        assert inbox.ids() == [1]
        assert inbox.list.has_focus
        assert "proposals of Failed payments, Acme Inc" in inbox.lines()[0]
        assert "esc to the canvas" in inbox.lines()[-1]
        await inbox.card(1)
        await inbox.press("escape")
        assert pane.table.has_focus
        assert pane.table.cursor == cursor
        assert pane.region.width == 80
        await inbox.press("escape")
        assert inbox.list.has_focus
        assert inbox.ids() == [3, 2, 1]
        await inbox.card(2)
        assert "ExecOps · inbox" in inbox.lines()[0]


@pytest.mark.one_door
async def test_beside_it_too_and_the_filter_and_marks_come_back(ctx: Context, client: Client) -> None:
    now = int(time.time())
    for number in (1, 2, 3):
        await propose(ctx, number, created=now)
    async with opened(client, size=WIDE) as inbox:
        await inbox.card(3)
        await inbox.press("slash")
        await inbox.write("card")
        await inbox.press("enter", "space")
        await inbox.until(lambda: inbox.list.marked == {3: 1})
        pane = await inbox.answered("failed payments")
        await behind(inbox, "in_2")
        assert inbox.ids() == [2]
        assert pane.region.width > 0, "the table stays beside it"
        assert not inbox.screen.search.display
        await inbox.press("slash")
        await inbox.write("nothing like it")
        await inbox.press("enter")
        await inbox.until(lambda: "Nothing matches." in inbox.text())
        await inbox.press("escape")
        assert inbox.ids() == [2], "first the filter goes"
        await inbox.press("escape")
        assert pane.table.has_focus
        assert inbox.ids() == [3, 2, 1]
        assert inbox.list.marked == {3: 1}
        assert inbox.screen.search.value == "card"


@pytest.mark.one_door
async def test_a_draft_about_several_invoices_stands_behind_all_of_them(ctx: Context, client: Client) -> None:
    for number in (1, 2):
        await take_in(ctx, failed(f"in_{number}", created=int(time.time())))
    async with opened(client, size=WIDE) as inbox:
        assert (await inbox.card(1)).covers == ["in_1", "in_2"]
        await inbox.answered("failed payments")
        for invoice in ("in_1", "in_2"):
            await behind(inbox, invoice)
            assert inbox.ids() == [1]
            await inbox.press("escape")


async def test_decisions_are_made_there_and_it_is_live(ctx: Context, client: Client) -> None:
    await failures(ctx)
    async with opened(client, size=WIDE) as inbox:
        await inbox.card()
        await inbox.answered("failed payments")
        await behind(inbox, "in_2")
        await inbox.card(2)
        await inbox.settled()
        await inbox.press("a")
        await inbox.until(
            lambda: inbox.list.current and inbox.list.current.effective_status is Status.APPROVED
        )
        assert (await client.proposals.get(2)).status is Status.APPROVED
        await client.proposals.reject(1, 1)  # elsewhere, about something else
        await pending_id(ctx, "in_9", customer="cus_9")
        await inbox.until(lambda: "2 pending" in inbox.text())
        assert inbox.ids() == [2], "what arrives is not behind this row"
        await inbox.press("escape", "tab")
        await inbox.until(lambda: 4 in inbox.ids() and 1 not in inbox.ids())


async def test_what_arrives_behind_the_row_is_shown(ctx: Context, client: Client) -> None:
    await pending_id(ctx, "in_1")
    async with opened(client, size=WIDE) as inbox:
        await inbox.card()
        await inbox.answered("proposals")
        await inbox.press("enter")
        await inbox.until(lambda: inbox.list.rows.view is View.BEHIND)
        await pending_id(ctx, "in_2", customer="cus_2")
        await inbox.until(lambda: inbox.ids() == [2, 1])


@pytest.mark.one_door
async def test_another_view_leaves_it_and_c_goes_back(ctx: Context, client: Client) -> None:
    await failures(ctx)
    async with opened(client, size=NARROW) as inbox:
        await inbox.card()
        pane = await inbox.answered("failed payments")
        await behind(inbox, "in_2")
        await inbox.press("c")
        assert pane.line.has_focus
        assert inbox.ids() == [3, 2, 1]
        await inbox.press("down")
        assert pane.table.has_focus
        await behind(inbox, "in_2")
        await inbox.press("u")
        await inbox.until(lambda: inbox.list.rows.view is View.PENDING and len(inbox.ids()) == 3)
        await inbox.press("escape")
        assert inbox.list.has_focus, "there is nothing to go back to"
        await inbox.press("tab")
        assert pane.table.has_focus
        inbox.screen.go_to(View.FAILED)  # as the palette does
        await inbox.until(lambda: "Nothing has failed." in inbox.text())


async def test_the_events_behind_a_row(ctx: Context, client: Client) -> None:
    await failures(ctx)
    async with opened(client, size=NARROW) as inbox:
        pane = await inbox.answered("failed payments")
        await inbox.press("j", "s")
        await inbox.until(lambda: "invoice.payment_failed" in inbox.text())
        assert isinstance(inbox.app.screen, EventScreen)
        await inbox.press("escape")
        assert pane.table.has_focus
        assert pane.table.cursor == 1


async def test_a_row_with_events_only_shows_them_and_one_with_nothing_says_so() -> None:
    async with opened(FixedClient(scene_data()), size=NARROW) as inbox:
        pane = await inbox.answered("top customers")
        await inbox.press("G", "enter")
        await inbox.until(lambda: isinstance(inbox.app.screen, EventScreen))
        await inbox.press("escape")
        assert (pane.table.has_focus, pane.table.cursor) == (True, 4)
        await inbox.press("g", "s")
        await inbox.heard("This row has no events, only proposals.")
        await inbox.answered("net revenue")
        await inbox.press("enter")
        await inbox.heard("No proposal and no event stands behind this row.")
        assert inbox.screen.is_current
        assert isinstance(inbox.app.screen, InboxScreen)


@pytest.mark.one_door
async def test_what_cannot_be_read_is_told_and_changes_nothing(ctx: Context, client: Client) -> None:
    async def away(answer: object, at: int) -> None:
        raise DatabaseUnavailableError("Postgres does not answer; nothing was changed.", hint="Check it.")

    await failures(ctx)
    async with opened(client) as inbox:
        pane = await inbox.answered("failed payments")
        client.canvas.behind = away  # type: ignore[method-assign, assignment]
        await inbox.press("enter")
        await inbox.heard("Postgres does not answer", "Check it.")
        assert pane.table.has_focus


async def test_the_latest_of_many_are_shown_and_that_is_said(ctx: Context, client: Client) -> None:
    await run(
        ctx,
        "insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key,"
        " payload, reasoning, drafted_by, dedupe_key, thread_id, expires_at, version, payload_sha256, last_actor)"
        " select 'low', 'money', 'card_update', 'email', 'T' || n, 'in_' || n, 'cus_' || n, '{}', 'R', '{}',"
        " 'k' || n, 't' || n, now() + interval '1 day', 1, '', '{}' from generate_series(1, %s) n",
        230,
    )
    await take_in(ctx, failed("in_x", created=int(time.time())))  # events are known
    async with opened(client) as inbox:
        await inbox.answered("proposals")
        await inbox.press("enter")
        await inbox.heard("There are more than shown")
        await inbox.until(lambda: len(inbox.ids()) == 200)
