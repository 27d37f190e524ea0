"""What the inbox shows: the list, the card, its states, and looking around in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import process_time
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual.geometry import Offset

from execops.client import Client
from execops.client.changes import Notice
from execops.context import Context
from execops.model import Actor, Status
from tests.job_worker import working
from tests.records import pending_id
from tests.stripe_events import deliver, event, invoice
from tests.tui.inbox import BrokenMail, execute, opened, propose
from tui import feed, messages, views
from tui.screens.reject import RejectScreen
from tui.views import View
from tui.widgets import inbox_pane
from tui.widgets.card_body import CardBody


async def three(ctx: Context) -> None:
    """A medium one, a high one, and the newest, medium too: in the list 2, 3, 1."""
    await propose(ctx, 1)
    address = "billing@acme.example"
    await propose(ctx, 2, amount_due=99_000, amount_remaining=99_000, attempt_count=3, customer_email=address)
    await propose(ctx, 3)


async def test_list_and_card_show_what_is_pending(ctx: Context, client: Client) -> None:
    await three(ctx)
    async with opened(client) as inbox:
        await inbox.card(2)
        rows = inbox.lines(inbox.list)
        assert [row.removeprefix("▌").split()[:2] for row in rows[:3]] == [
            ["HIGH", "$990.00"],
            ["MED", "$49.00"],
            ["MED", "$49.00"],
        ]
        ends = {row.index("00  Payment") for row in rows[:3]}
        assert len(ends) == 1, "amounts are aligned on the right"
        text = inbox.text()
        for part in (
            "3 pending",
            "no worker: approvals wait",
            "Send: the third attempt failed",
            "Facts",
            "To       billing@acme.example",
        ):
            assert part in text
        assert "Approving puts a mail from billing@localhost to billing@acme.example into the" in text
        assert (
            text.index("To  ") < text.index("Subject") < text.index("From  ") < text.index("Hello Tenant 2")
        )
        assert "a approve  r reject  Z snooze  e edit  enter more  ? help  / filter  c canvas" in text


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 12)])
async def test_layout_uses_the_space(ctx: Context, client: Client, size: tuple[int, int]) -> None:
    await three(ctx)
    async with opened(client, size=size) as inbox:
        await inbox.card()
        rows, card = inbox.list.region, inbox.screen.card.region
        if size[0] >= 120:
            assert (rows.y, rows.bottom) == (card.y, card.bottom)
            assert "Our team" in inbox.text(), "the whole draft is in view"
        else:
            assert (rows.x, rows.right) == (card.x, card.right)
        assert all(len(line) <= size[0] for line in inbox.lines())


async def test_empty(client: Client) -> None:
    async with opened(client) as inbox:
        await inbox.until(lambda: "Nothing needs you." in inbox.text())
        assert "0 pending" in inbox.text()
        await inbox.press("a", "r", "z", "enter", "j", "G", "y")
        assert not inbox.screen.card.display


async def test_loading_shows_before_anything_is_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = client.deployment.changes

    @asynccontextmanager
    async def late(**options: Any) -> AsyncIterator[AsyncIterator[Notice]]:
        await asyncio.Event().wait()
        async with changes(**options) as following:
            yield following

    monkeypatch.setattr(client.deployment, "changes", late)
    async with opened(client, live=False) as inbox:
        await inbox.until(lambda: "Reading…" in inbox.text())
        assert "○ connecting…" in inbox.text()


async def test_header_tells_live_paused_and_no_worker(ctx: Context, client: Client) -> None:
    async with working(ctx), opened(client) as inbox:
        assert inbox.header.state[0] == "● live"
        await client.deployment.pause("audit")
        inbox.screen.feed.recount()
        await inbox.until(lambda: "paused: approvals wait" in inbox.text())


async def test_header_leaves_out_what_does_not_fit(ctx: Context, client: Client) -> None:
    await three(ctx)
    async with opened(client, size=(60, 20)) as inbox:
        assert "3 pending" not in inbox.lines()[0] or len(inbox.lines()[0]) <= 60
        assert inbox.lines()[0].rstrip().endswith("no worker: approvals wait")


async def test_readonly_shows_all_and_decides_nothing(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client, readonly=True) as inbox:
        shown = await inbox.card()
        assert "read-only" in inbox.lines()[0]
        assert "approve" not in inbox.lines()[-1]
        for key in "arezfxt":
            await inbox.press(key)
        assert inbox.app.screen is inbox.screen
        assert inbox.app.said.count("Read-only: nothing is decided here.") == 7
        await inbox.press("enter")
        await asyncio.sleep(0.6)  # longer than a card must be in view
        assert not inbox.of(messages.CardOpened)
        assert (await client.proposals.get(shown.id)).status is Status.PENDING


async def test_moving(ctx: Context, client: Client) -> None:
    for number in range(1, 21):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.until(lambda: len(inbox.list.rows) == 20)

        def at() -> int:
            assert inbox.list.current is not None
            return inbox.ids().index(inbox.list.current.id)

        for key, line in (
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("up", 0),
            ("k", 0),
            ("G", 19),
            ("j", 19),
            ("g", 0),
        ):
            await inbox.press(key)
            assert at() == line, key
        page = inbox.list.size.height - 1
        await inbox.press("pagedown", "pagedown")
        assert at() == 2 * page
        await inbox.press("pageup")
        assert at() == page
        await inbox.press("end")
        assert inbox.list.scroll_offset.y == 20 - inbox.list.size.height
        await inbox.card(inbox.ids()[19])


async def test_a_click_moves_the_cursor_and_a_double_click_opens(ctx: Context, client: Client) -> None:
    await three(ctx)
    async with opened(client) as inbox:
        await inbox.pilot.click("#list", Offset(10, 2))
        await inbox.card(1)
        await inbox.pilot.click("#list", Offset(10, 1), times=2)
        await inbox.card(3)
        assert isinstance(inbox.screen.focused, CardBody)


async def test_a_click_on_a_key_presses_it(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.pilot.click("#keys", Offset(inbox.lines()[-1].index("reject"), 0))
        await inbox.until(lambda: isinstance(inbox.app.screen, RejectScreen))


async def test_enter_goes_into_the_card_and_counts_as_opened_at_once(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client, size=(80, 16)) as inbox:
        await inbox.card()
        await inbox.press("enter")
        body = inbox.screen.query_one(CardBody)
        assert body.has_focus
        await inbox.until(lambda: inbox.of(messages.CardOpened))
        await inbox.press("j", "j")
        assert body.scroll_offset.y == 2
        await inbox.press("G")
        assert body.scroll_offset.y == body.max_scroll_y > 2
        await inbox.press("g", "escape")
        assert body.scroll_offset.y == 0
        assert inbox.list.has_focus


async def test_a_card_in_view_counts_as_opened_once(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await propose(ctx, 2)
    async with opened(client) as inbox:
        await inbox.card(2)
        assert not inbox.of(messages.CardOpened), "it was not in view long enough"
        await inbox.press("j")
        await inbox.until(lambda: inbox.of(messages.CardOpened))
        await inbox.press("enter", "escape", "enter", "escape")
        assert [(each.proposal_id, each.version) for each in inbox.of(messages.CardOpened)] == [(1, 1)]
    async with ctx.connection() as conn:
        rows = await (await conn.execute("select proposal_id, version from openings")).fetchall()
    assert rows == [{"proposal_id": 1, "version": 1}]


async def test_a_covered_card_does_not_count_as_opened(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)
    monkeypatch.setattr(inbox_pane, "OPENED_AFTER", 1.0)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("question_mark")
        await asyncio.sleep(1.2)  # longer than a card must be in view
        assert not inbox.of(messages.CardOpened)
        await inbox.press("escape")
        await inbox.until(lambda: inbox.of(messages.CardOpened))


async def test_views_follow_each_other(ctx: Context, client: Client) -> None:
    await three(ctx)
    ctx.adapters["email"] = BrokenMail(answers=True)  # type: ignore[index]
    await client.proposals.approve(1, 1)
    await execute(ctx, client, 1)
    await client.proposals.reject(2, 1, "handled by phone")
    async with opened(client) as inbox:
        assert inbox.ids() == [3]
        await inbox.until(lambda: "u failed (1)" in inbox.lines()[-1])
        await inbox.press("u")
        await inbox.card(1)
        assert inbox.list.rows.view.value == View.FAILED
        assert "ExecOps · failed" in inbox.lines()[0]
        assert (
            "t retry  f went out  x close  e edit  enter more  ? help  / filter  c canvas"
            in inbox.lines()[-1]
        )
        assert "Failed: 550 no such mailbox" in inbox.text()
        await inbox.press("x")
        await inbox.until(lambda: "Give up #1? Nothing more is sent." in inbox.text())
        assert "Never contact" not in inbox.text()
        await inbox.press("2", "escape", "u")
        await inbox.until(lambda: "Nothing is unknown." in inbox.text())
        await inbox.press("u")
        await inbox.until(lambda: "Nothing is snoozed." in inbox.text())
        await inbox.press("u")
        await inbox.until(lambda: "Nothing was executed yet." in inbox.text())
        await inbox.press("u")
        await inbox.card(2)
        assert inbox.list.rows.view.value == View.DECIDED
        assert inbox.ids() == [2, 1]
        assert "Rejected by founder just now: handled by phone" in inbox.text()
        assert "▌ rejected" in inbox.text()
        await inbox.press("u")
        await inbox.card(3)
        await inbox.press("U")
        await inbox.card(2)
        inbox.screen.go_to(View.PENDING)
        await inbox.card(3)


async def test_every_view_shows_its_status(ctx: Context, client: Client) -> None:
    for number in range(1, 6):
        await propose(ctx, number)
    await client.proposals.approve(1, 1)
    await execute(ctx, client, 1)
    for number, answers in ((2, True), (3, False)):
        ctx.adapters["email"] = BrokenMail(answers=answers)  # type: ignore[index]
        await client.proposals.approve(number, 1)
        await execute(ctx, client, number)
    await client.proposals.reject(4, 1)
    async with opened(client) as inbox:
        for view, ids in (
            (View.PENDING, [5]),
            (View.FAILED, [2]),
            (View.UNKNOWN, [3]),
            (View.SNOOZED, []),
            (View.EXECUTED, [1]),
            (View.DECIDED, [4, 3, 2, 1]),
        ):
            await inbox.until(lambda: inbox.list.rows.view is view and inbox.ids() == ids)  # noqa: B023
            await inbox.press("u")


async def test_empty_views_say_so(client: Client) -> None:
    async with opened(client) as inbox:
        for empty in (
            "Nothing has failed.",
            "Nothing is unknown.",
            "Nothing is snoozed.",
            "Nothing was executed yet.",
            "Nothing was decided yet.",
            "Nothing needs you.",
        ):
            await inbox.press("u")
            await inbox.until(lambda: empty in inbox.text())  # noqa: B023


async def test_filter(ctx: Context, client: Client) -> None:
    await three(ctx)
    async with opened(client) as inbox:
        await inbox.card(2)
        await inbox.press("slash")
        await inbox.write("cus_1 money")
        await inbox.card(1)
        assert inbox.ids() == [1]
        await inbox.press("enter")
        assert inbox.list.has_focus
        await inbox.press("slash", *"x")
        await inbox.until(lambda: "Nothing matches. Esc clears the filter." in inbox.text())
        await inbox.press("escape")
        assert inbox.ids() == [2, 3, 1]
        assert inbox.list.current is not None
        assert not inbox.screen.search.display


async def test_what_is_typed_at_once_after_the_filter_key_is_no_command(ctx: Context, client: Client) -> None:
    await three(ctx)
    async with opened(client) as inbox:
        await inbox.card(2)
        for each in "/areq/z":
            key = "slash" if each == "/" else each
            inbox.app.post_message(events.Key(key, each))
        await inbox.until(lambda: inbox.screen.search.value == "areq/z")
        assert inbox.app.screen is inbox.screen
        assert inbox.app.is_running
        assert not inbox.of(messages.ProposalDecided)


async def test_filter_by_fields(ctx: Context, client: Client) -> None:
    await three(ctx)
    async with opened(client) as inbox:
        await inbox.card(2)
        for typed, ids in (
            ("urgency:high", [2]),
            ("u:high,med vertical:money", [2, 3, 1]),
            ("u:med play:card cus_1", [1]),
            ("play:dispute", []),
        ):
            inbox.screen.search.value = typed
            await inbox.until(lambda: inbox.ids() == ids)  # noqa: B023
        await inbox.press("slash")
        inbox.screen.search.value = ""
        await inbox.write("u:h")
        await inbox.until(lambda: "u:high" in inbox.text())
        await inbox.press("end", "right", "enter")
        assert inbox.screen.search.value == "u:high"
        assert inbox.ids() == [2]


async def test_help_is_generated_from_the_bindings_as_mapped(client: Client) -> None:
    async with opened(client, keymap={"inbox.approve": "ctrl+y"}, size=(100, 90)) as inbox:
        await inbox.press("question_mark")
        text = inbox.text()
        for part in ("ctrl+y  ", "inbox.approve", "Reject it", "move.page_down", "[keys]"):
            assert part in text
        await inbox.press("q")
        assert inbox.app.screen is inbox.screen
        assert inbox.app.is_running


async def test_palette_holds_the_actions(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("ctrl+p")
        assert "Search for commands" in inbox.text()
        await inbox.press(*"reject")
        await inbox.until(lambda: "Reject (r)" in inbox.text())
        await inbox.press("enter")
        await inbox.until(lambda: isinstance(inbox.app.screen, RejectScreen))


async def test_copy(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        await inbox.press("y")
        assert inbox.app.clipboard.startswith("to: billing@acme.example\nsubject: ")
        assert inbox.app.clipboard.endswith(shown.payload["text"])


async def test_remapped_keys(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await propose(ctx, 2)
    async with opened(client, keymap={"move.down": "n", "inbox.reject": "ctrl+r"}) as inbox:
        await inbox.card(2)
        assert "ctrl+r reject" in inbox.lines()[-1]
        await inbox.press("j", "r")
        assert inbox.app.screen is inbox.screen
        await inbox.press("n")
        await inbox.card(1)
        await inbox.press("ctrl+r")
        assert isinstance(inbox.app.screen, RejectScreen)


async def test_a_keymap_with_unknown_ids_is_told(client: Client) -> None:
    async with opened(client, keymap={"inbox.aprove": "b"}) as inbox:
        await inbox.heard("inbox.aprove")


async def test_quit(client: Client) -> None:
    async with opened(client) as inbox:
        await inbox.press("q")
        assert inbox.app.return_code == 0


EVIL = "\x1b]0;x\x07\x1b[2J\x9bA\x00Acme\u202eemcA\u200b [red]x[/] [/oops"


async def test_outside_text_is_cleaned_and_drawn_without_markup(ctx: Context, client: Client) -> None:
    await propose(ctx, customer_name=EVIL.replace("\x00", ""), number="N[/]")
    async with ctx.transaction(Actor.system("worker")) as conn:
        await conn.execute(
            "update action_proposals set title = title || %s, reasoning = '[bold\x1b[31m', verdict = '[i]\x1b[2J',"
            " payload = jsonb_set(payload, '{subject}', to_jsonb(%s::text))",
            (EVIL.replace("\x00", ""), "pay\u202elap\u200b now"),
        )
    async with opened(client, size=(160, 48)) as inbox:
        await inbox.card()
        text = inbox.text()
        assert "]0;x[2JAAcmeemcA [red]x[/] [/oops" in text
        assert "Subject  paylap now" in text
        assert "[bold[31m" in text
        assert "[i][2J" in text
        assert "Invoice     N[/], $49.00 open" in text
        assert "(2 invisible characters are not shown)" in text
        assert not {each for each in text if ord(each) < 32 and each != "\n"}
        assert not {"\x9b", "\u202e", "\u200b"} & set(text)
        await inbox.press("r")
        await inbox.until(lambda: "[/oops" in inbox.text())
        await inbox.press("5", "enter")
        await inbox.until(lambda: not inbox.ids())


async def test_a_toast_draws_outside_text_cleaned_too(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client, size=(120, 24), toasts=True) as inbox:
        inbox.screen.say(f"{EVIL} end")
        await inbox.until(lambda: "]0;x[2JAAcmeemcA [red]x[/]" in inbox.text())
        assert not {"\x1b", "\x9b", "\u202e"} & set(inbox.text())


async def test_what_cannot_be_done_is_not_offered_when_readonly(ctx: Context, client: Client) -> None:
    await propose(ctx)
    ctx.adapters["email"] = BrokenMail(answers=True)  # type: ignore[index]
    await client.proposals.approve(1, 1)
    await execute(ctx, client, 1)
    async with opened(client, readonly=True) as inbox:
        await inbox.press("u")
        await inbox.card()
        assert "Failed: 550 no such mailbox" in inbox.text()
        for effect in ("t tries again", "it went out", "gives it up"):
            assert effect not in inbox.text()


async def test_ten_thousand_rows_are_read_page_by_page(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FIRST_PAGE", 4)
    monkeypatch.setattr(views, "PAGE", 3)
    monkeypatch.setattr(feed, "AHEAD", 30.0)  # else a slow connection has the first page read twice
    for number in range(1, 13):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.until(lambda: len(inbox.list.rows) == 12)
        assert [len(each.page.rows) for each in inbox.of(messages.PageRead)] == [4, 3, 3, 2]
        assert inbox.ids() == list(range(12, 0, -1))
        assert inbox.list.current is not None
        assert inbox.list.current.id == 12


async def test_an_unexpected_error_is_shown_and_the_inbox_goes_on(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)

    async def broken(proposal_id: int, version: int, *, confirmed: bool) -> None:
        raise RuntimeError("[/what]")

    monkeypatch.setattr(client.proposals, "approve", broken)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.heard("Unexpected", "RuntimeError", "[/what]")
        await inbox.press("r")
        assert isinstance(inbox.app.screen, RejectScreen)


async def test_a_play_whose_drafts_are_mostly_rejected_is_flagged(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)

    async def flagged() -> frozenset[str]:
        return frozenset({"card_update"})

    async with opened(client, size=(160, 24)) as inbox:
        await inbox.card()
        assert "⚑" not in inbox.text()
        monkeypatch.setattr(client.plays, "flagged", flagged)
        inbox.screen.feed.recount()
        await inbox.until(lambda: "⚑ Payment failed" in inbox.lines(inbox.list)[0])
        await inbox.until(lambda: "⚑ its drafts are mostly" in inbox.text())


async def test_megabytes_are_cut_and_keys_still_work(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await propose(ctx, 2)
    async with ctx.transaction(Actor.system("worker")) as conn:
        await conn.execute(
            "update action_proposals set title = repeat('株', 1000000), reasoning = repeat(E'why \\n', 200000),"
            " evidence = jsonb_build_array(jsonb_build_array('a', repeat('b', 1000000))),"
            " payload = payload || jsonb_build_object('subject', repeat('s', 1000000), 'text', repeat('t ', 1000000))"
            " where id = 2"
        )
    async with opened(client) as inbox:
        begin = process_time()
        await inbox.card(2)
        assert all(cell_len(line) == 80 for line in inbox.lines())
        assert "…" in inbox.lines(inbox.list)[0]
        await inbox.press("enter", "G")
        assert "drafted" in inbox.text()
        await inbox.press("escape", "j")
        await inbox.card(1)
        assert process_time() - begin < 5
        assert "Hello Tenant 1" in inbox.text()


async def test_an_empty_inbox_says_how_to_connect_and_since_when(ctx: Context, client: Client) -> None:
    async with opened(client, size=(80, 24)) as inbox:
        await inbox.until(lambda: "No event has arrived yet." in inbox.text())
        assert "To connect Stripe, run: execops connect stripe" in inbox.text()
        await deliver(ctx, event("invoice.paid", invoice(), livemode=False))
        await inbox.until(
            lambda: "was ignored: a test-mode event: EXECOPS_STRIPE_MODE is live." in inbox.text()
        )
        assert "No event has arrived" not in inbox.text()
        number = await pending_id(ctx)
        await inbox.until(lambda: number in inbox.ids())
        await client.proposals.reject(number, 1)
        await inbox.until(lambda: "Empty since" in inbox.text())
        quiet = await client.proposals.quiet()
        assert quiet.since is not None
        assert (
            quiet.since.astimezone().strftime("Empty since %H:%M; the last event arrived at") in inbox.text()
        )
