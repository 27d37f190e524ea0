"""Triage by keys: fifty mixed proposals in one go, ranges, snoozes, views, and what protects from deciding unseen."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.widgets import Button

from execops.client import Client
from execops.context import Context
from execops.model import Status
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.stripe_events import expiring, failed, overdue, take_in
from tests.tui.inbox import Inbox, opened, propose
from tui import keyboard
from tui.app import InboxApp
from tui.colourless import Colourless
from tui.habits import Habits
from tui.screens.bulk import BulkScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.reject import RejectScreen
from tui.screens.snooze import SnoozeScreen
from tui.views import View

NEXT = Habits()  # as without any setting
WINDOW = 300.0  # seconds: no test waits for it


@pytest.fixture
async def ctx(make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context with an undo window."""
    async with open_context(make_settings(undo_window=WINDOW), pool_size=12) as context:
        yield context


async def statuses(client: Client) -> dict[int, Status]:
    return {row.id: row.effective_status for row in await client.proposals.history(limit=200)}


async def until_status(inbox: Inbox, client: Client, number: int, status: Status) -> None:
    """Wait until the core has recorded a decision, and the inbox knows of it."""
    await inbox.until(lambda: number not in inbox.screen.approvals.asked)
    assert (await client.proposals.get(number)).status is status


async def test_fifty_mixed_proposals_in_one_go(
    ctx: Context, client: Client, record_property: Callable[[str, object], None]
) -> None:
    """Card failures, overdue invoices and expiring cards, decided by a rule that a person could have in mind.

    Small card failures are approved, large ones snoozed until the next event, overdue invoices rejected with the offered
    reason, expiring cards rejected together with one reason.
    """
    for nth in range(51, 75):
        await propose(ctx, nth, amount_due=100_00 * (nth - 50), amount_remaining=100_00 * (nth - 50))
    for nth in range(21, 36):
        await take_in(ctx, overdue(f"in_{nth}", customer=f"cus_{nth}", customer_email=f"b@c{nth}.example"))
    for nth in range(36, 51):
        await take_in(ctx, expiring(f"card_{nth}", customer=f"cus_{nth}"))
    rows = list(await client.proposals.inbox(limit=200))
    assert len(rows) >= 50
    expected: dict[int, Status] = {}
    for row in rows:
        if row.play == "card_update":
            small = (row.amount_minor or 0) <= 1000_00
            expected[row.id] = Status.APPROVED if small else Status.SNOOZED
        else:
            expected[row.id] = Status.REJECTED
    keys = 0

    async def press(*names: str) -> None:
        nonlocal keys
        keys += len(names)
        await inbox.press(*names)

    async with opened(client, size=(120, 36), habits=NEXT) as inbox:
        begun = time.monotonic()
        await inbox.until(lambda: len(inbox.list.rows) == len(rows))
        while waiting := [
            row for row in rows if row.id in inbox.list.rows and row.id not in inbox.screen.approvals.kept
        ]:
            current = await inbox.card()
            if current.play == "card_update" and current.id in {row.id for row in waiting}:
                inbox.screen.inbox.open()
                if expected[current.id] is Status.APPROVED:
                    await press("a")
                    if isinstance(inbox.app.screen, ConfirmScreen):
                        await press("y")
                else:
                    await press("Z", "1", "enter")
            elif current.play == "invoice_overdue" and current.id in {row.id for row in waiting}:
                await press("r", "1", "enter")
            elif {row.id for row in waiting} <= inbox.list.marked.keys():
                await press("R", "2", "enter")
            elif current.id in inbox.list.marked or current.id in inbox.screen.approvals.kept:
                line, last = inbox.list.around() or (0, 0)
                await press("j" if line < last else "g")
            else:
                await press("space")
            await inbox.until(lambda: not inbox.screen.approvals.asked)
        seconds = time.monotonic() - begun
    by_id = await statuses(client)
    wrong = {number: by_id[number] for number in expected if by_id[number] is not expected[number]}
    assert wrong == {}, (Counter(expected.values()), inbox.app.said[-5:])
    record_property(
        "recovery",
        f"{len(expected)} mixed proposals decided by keys | {seconds:.1f} |"
        f" {keys} keys, {keys / len(expected):.2f} each, {len(wrong)} wrong",
    )
    assert keys / len(expected) < 3


async def test_after_a_decision_the_cursor_goes_to_the_next_that_waits(ctx: Context, client: Client) -> None:
    for nth in (1, 2, 3):
        await propose(ctx, nth)
    async with opened(client, habits=NEXT) as inbox:
        first, second, third = inbox.ids()
        await inbox.card()
        await inbox.press("a")
        assert (await inbox.card()).id == second
        await inbox.press("r", "enter")
        assert (await inbox.card()).id == third
        await until_status(inbox, client, second, Status.REJECTED)
        await inbox.press("z")  # the last decision first: the rejection
        await until_status(inbox, client, second, Status.PENDING)
        await inbox.until(lambda: inbox.list.current is not None and inbox.list.current.id == second)
        await inbox.press("z")
        await until_status(inbox, client, first, Status.PENDING)


async def test_keys_in_a_burst_hit_no_proposal_that_was_not_shown(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyboard, "QUIET", 60.0)  # however slow the machine, nobody has looked yet
    for nth in range(1, 5):
        await propose(ctx, nth)
    async with opened(client, habits=NEXT) as inbox:
        first, second, third, fourth = inbox.ids()
        await inbox.card()
        await inbox.burst("a", "a", "a")  # the second and third were typed before any other card was there
        await until_status(inbox, client, first, Status.APPROVED)
        assert Counter((await statuses(client)).values()) == {Status.APPROVED: 1, Status.PENDING: 3}
        await inbox.heard("look again")
        await inbox.card(second)
        await inbox.press("a")  # typed ahead still: it is dropped too
        monkeypatch.setattr(keyboard, "QUIET", 0.0)  # somebody has looked
        await inbox.burst("j", "a")  # moving says which one is meant: nothing is lost
        await until_status(inbox, client, third, Status.APPROVED)
        await inbox.card(fourth)
        await inbox.burst("r", "n", "o", "t", " ", "u", "s", "enter")
        await until_status(inbox, client, fourth, Status.REJECTED)
        assert (await client.proposals.get(fourth)).outcome == "not us"
        assert (await client.proposals.get(second)).status is Status.PENDING


async def test_a_decision_while_rows_arrive_is_about_the_row_that_was_shown(
    ctx: Context, client: Client
) -> None:
    for nth in (1, 2, 3):
        await propose(ctx, nth)
    async with opened(client, habits=NEXT) as inbox:
        shown = (await inbox.card()).id
        for nth in range(4, 8):
            await propose(ctx, nth, amount_due=5_000_000, amount_remaining=5_000_000, attempt_count=4)
        await inbox.until(lambda: len(inbox.list.rows) >= 7)
        await inbox.press("a")
        await inbox.until(lambda: not inbox.screen.approvals.asked)
        by_id = await statuses(client)
        assert [number for number, status in by_id.items() if status is Status.APPROVED] == [shown]


async def test_the_setting_keeps_the_cursor(ctx: Context, client: Client) -> None:
    for nth in (1, 2):
        await propose(ctx, nth)
    async with opened(client, habits=Habits(advances=False)) as inbox:
        first = (await inbox.card()).id
        await inbox.press("a")
        await inbox.until(lambda: not inbox.screen.approvals.asked)
        assert inbox.list.current is not None
        assert inbox.list.current.id == first


@pytest.mark.parametrize("size", [(45, 30), (80, 24)])
async def test_the_answers_of_a_long_question_are_in_sight(
    ctx: Context, client: Client, size: tuple[int, int]
) -> None:
    for nth in range(12):
        await propose(ctx, nth)
    async with opened(client, habits=NEXT, size=size) as inbox:
        await inbox.card()
        await inbox.press("v", "G", "v", "A")
        await inbox.until(lambda: isinstance(inbox.app.screen, BulkScreen))
        await inbox.pilot.pause()
        for answer in inbox.app.screen.query("Button"):
            assert inbox.app.screen.region.contains_region(answer.region)
            assert inbox.app.screen.get_widget_at(*answer.region.offset)[0] is answer


async def test_a_range_is_rejected_with_one_reason_and_taken_back_together(
    ctx: Context, client: Client
) -> None:
    for nth in range(1, 5):
        await propose(ctx, nth)
    await take_in(ctx, overdue("in_9", customer="cus_9"))
    async with opened(client, habits=NEXT) as inbox:
        ids = inbox.ids()
        await inbox.press("v", "j", "j", "v")
        assert set(inbox.list.marked) == set(ids[:3])
        await inbox.press("shift+down")
        assert set(inbox.list.marked) == set(ids[:4])
        await inbox.press("G", "space", "R")
        await inbox.until(lambda: isinstance(inbox.app.screen, RejectScreen))
        assert "Reject these 5?" in inbox.text()
        await inbox.write("paid by wire")
        await inbox.press("enter")
        await inbox.heard("5 rejected")
        assert set((await statuses(client)).values()) == {Status.REJECTED}
        assert {(await client.proposals.get(number)).outcome for number in ids} == {"paid by wire"}
        await inbox.press("z")
        await inbox.heard("Taken back: 5 of 5")
        assert set((await statuses(client)).values()) == {Status.PENDING}


async def test_two_plays_are_not_approved_together(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await take_in(ctx, overdue("in_9", customer="cus_9"))
    async with opened(client) as inbox:
        await inbox.press("v", "G", "v", "A")
        await inbox.heard("Only one play is approved at once")
        assert not isinstance(inbox.app.screen, BulkScreen)


async def test_snooze_goes_out_of_sight_into_its_view_and_comes_back(ctx: Context, client: Client) -> None:
    for nth in (1, 2):
        await propose(ctx, nth)
    async with opened(client, size=(120, 36), habits=NEXT) as inbox:
        number = (await inbox.card()).id
        await inbox.press("Z")
        assert isinstance(inbox.app.screen, SnoozeScreen)
        await inbox.write("nonsense")
        await inbox.press("enter")
        await inbox.heard("does not say until when")
        await inbox.press("g")
        await inbox.settled()
        await inbox.press("Z", "3", "enter")
        await until_status(inbox, client, number, Status.SNOOZED)
        await inbox.until(lambda: number not in inbox.ids())
        await inbox.until(lambda: "4 snoozed 1" in inbox.lines()[1])
        await inbox.press("4")
        await inbox.until(lambda: inbox.ids() == [number])
        await inbox.card()
        assert "Snoozed until" in inbox.text()
        await inbox.press("Z")
        await until_status(inbox, client, number, Status.PENDING)
        await inbox.press("1")
        await inbox.until(lambda: number in inbox.ids())


async def test_days_that_begin_with_the_number_of_an_offer_are_days(ctx: Context, client: Client) -> None:
    """`3d` is three days, though `3` alone is the third that is offered."""
    await propose(ctx, 1)
    async with opened(client, size=(120, 36), habits=NEXT) as inbox:
        number = (await inbox.card()).id
        await inbox.press("Z")
        await inbox.write("3d")
        assert isinstance(inbox.app.screen, SnoozeScreen)
        before = datetime.now(UTC)
        await inbox.press("enter")
        await until_status(inbox, client, number, Status.SNOOZED)
        until = (await client.proposals.get(number)).snoozed_until
        assert until is not None
        assert before + timedelta(days=3) <= until <= datetime.now(UTC) + timedelta(days=3)


async def test_the_next_attempt_is_offered_where_one_is_planned(ctx: Context, client: Client) -> None:
    await propose(ctx, 1, next_payment_attempt=None)  # the last attempt: urgent, so above the other
    await propose(ctx, 2, next_payment_attempt=4_000_000_000)
    async with opened(client, size=(120, 36), habits=NEXT) as inbox:
        await inbox.card(1)
        await inbox.press("Z")
        await inbox.until(lambda: "1-4 · enter snoozes" in inbox.text())
        assert "the next attempt to charge" not in inbox.text()
        await inbox.press("escape", "j")
        await inbox.card(2)
        await inbox.press("Z")
        await inbox.until(lambda: "1-5 · enter snoozes" in inbox.text())
        assert "the next attempt to charge, " in inbox.text()
        await inbox.press("5", "enter")  # the last that is offered: in a week
        await until_status(inbox, client, 2, Status.SNOOZED)


async def test_an_event_brings_a_snoozed_row_back_while_the_inbox_is_open(
    ctx: Context, client: Client
) -> None:
    await propose(ctx, 1)
    async with opened(client, habits=NEXT) as inbox:
        number = (await inbox.card()).id
        await inbox.press("Z", "enter")
        await inbox.until(lambda: not inbox.ids())
        await take_in(ctx, failed("in_1", customer="cus_1", attempt_count=1))
        await inbox.until(lambda: inbox.ids() == [number])


async def test_a_date_brings_a_snoozed_row_back_while_the_inbox_is_open(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    async with opened(client, habits=NEXT) as inbox:
        number = (await inbox.card()).id
        await inbox.press("Z", "3", "enter")
        await inbox.until(lambda: not inbox.ids())
        async with records.as_owner(ctx) as owner, owner.connection() as conn:
            await conn.execute("alter table action_proposals disable trigger user")
            await conn.execute("update action_proposals set snoozed_until = now() + interval '2 s'")
            await conn.execute("alter table action_proposals enable trigger user")
        inbox.screen.feed.recount()
        await inbox.until(lambda: inbox.ids() == [number])


async def test_views_have_numbers_counts_and_names(ctx: Context, client: Client) -> None:
    for nth in (1, 2, 3):
        await propose(ctx, nth)
    habits = Habits(views={"large": "urgency:high,critical", "of two": "#2"}, filter="#3")
    async with opened(client, size=(120, 36), habits=habits) as inbox:
        await inbox.until(lambda: inbox.ids() == [3])
        await inbox.press("escape")
        await inbox.until(lambda: len(inbox.ids()) == 3)
        await inbox.until(lambda: "8 of two 1" in inbox.lines()[1])
        await inbox.press("8")
        await inbox.until(lambda: inbox.ids() == [2])
        assert "of two" in inbox.lines()[0]
        await inbox.press("6")
        await inbox.until(lambda: inbox.list.rows.view is View.DECIDED)
        await inbox.press("1")
        await inbox.until(lambda: len(inbox.ids()) == 3)


async def test_pause_and_resume(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    async with opened(client) as inbox:
        await inbox.press("P", "n")
        assert not (await client.deployment.health()).paused
        await inbox.press("P", "y")
        await inbox.heard("Paused")
        await inbox.until(lambda: "paused" in inbox.header.state[0])
        await inbox.press("P", "y")
        await inbox.heard("Resumed")
        assert not (await client.deployment.health()).paused


async def test_from_the_card_to_the_canvas_of_the_customer_and_back(ctx: Context, client: Client) -> None:
    for nth in (1, 2):
        await propose(ctx, nth)
    async with opened(client, size=(120, 36)) as inbox:
        await inbox.press("j")
        row = inbox.list.current
        assert row is not None
        await inbox.press("w")
        await inbox.until(lambda: inbox.screen.panes.canvas is not None and inbox.canvas.asked is not None)
        assert inbox.canvas.asked is not None
        assert inbox.canvas.asked.answer is not None
        assert inbox.canvas.asked.answer.metric == "movements"
        assert row.subject_key in inbox.canvas.question
        await inbox.press("escape", "escape")
        await inbox.until(lambda: inbox.screen.panes.canvas is None)
        assert inbox.list.current is not None
        assert inbox.list.current.id == row.id


async def test_many_unlooked_at_in_a_row_are_asked_about_once(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.widgets.inbox_pane.OPENED_AFTER", 3600.0)
    for nth in range(1, 9):
        await propose(ctx, nth)
    async with opened(client, habits=NEXT) as inbox:
        asked = 0
        for _ in range(8):
            await inbox.card()
            await inbox.press("a")
            if isinstance(inbox.app.screen, ConfirmScreen):
                asked += 1
                assert "without opening" in inbox.text()
                await inbox.press("y")
            await inbox.until(lambda: not inbox.screen.approvals.asked)
        assert asked == 1
    assert set((await statuses(client)).values()) == {Status.APPROVED}
    [attention] = await client.proposals.attention()
    assert (attention.decisions, attention.unopened) == (8, 8)


async def test_the_time_in_view_is_recorded(ctx: Context, client: Client) -> None:
    for nth in (1, 2):
        await propose(ctx, nth)
    async with opened(client, habits=NEXT) as inbox:
        await inbox.card()
        await inbox.press("enter", "escape", "a")
        await inbox.until(lambda: not inbox.screen.approvals.asked)
        await inbox.card()
    [attention] = await client.proposals.attention()
    assert attention.unopened == 0
    assert attention.dwell_seconds is not None


# On a telephone


async def test_everything_is_decided_by_taps_on_a_telephone(ctx: Context, client: Client) -> None:
    for nth in (1, 2, 3, 4):
        await propose(ctx, nth)

    async def tap(inbox: Inbox, words: str) -> None:
        lines = inbox.lines()
        y = max(number for number, line in enumerate(lines) if words in line)
        await inbox.pilot.click(offset=(lines[y].index(words), y))
        await inbox.handled()

    async with opened(client, size=(45, 30), habits=NEXT) as inbox:
        first, second, third, fourth = inbox.ids()
        await inbox.card()
        card = inbox.screen.card.region
        text = "\n".join(inbox.lines()[card.y : card.bottom])
        places = [text.index(words) for words in (str(inbox.list.rows[0].amount), "To     ", "Draft")]
        assert places == sorted(places), "what decides comes first"
        await tap(inbox, "a approve")
        await until_status(inbox, client, first, Status.APPROVED)
        await inbox.card(second)
        await tap(inbox, "r reject")
        await inbox.until(lambda: isinstance(inbox.app.screen, RejectScreen))
        await inbox.pilot.click(inbox.app.screen.query_one("#reject", Button))
        await until_status(inbox, client, second, Status.REJECTED)
        await inbox.card(third)
        await tap(inbox, "Z snooze")
        await inbox.until(lambda: isinstance(inbox.app.screen, SnoozeScreen))
        await inbox.pilot.click(inbox.app.screen.query_one("#until-tomorrow", Button))
        await until_status(inbox, client, third, Status.SNOOZED)
        await inbox.card(fourth)
        await tap(inbox, "z undo")
        await until_status(inbox, client, second, Status.PENDING)


# Colours


def test_no_color_leaves_no_colour_at_all() -> None:
    style = Style(color="red", bgcolor="#123456", bold=True, link="https://example.com")
    [segment] = Colourless().apply([Segment("text", style)], Color.parse("black"))
    assert segment.text == "text"
    assert segment.style is not None
    assert (segment.style.color, segment.style.bgcolor, segment.style.bold) == (None, None, True)


async def test_an_inbox_under_no_color_draws_none(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx, 1)
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(client) as inbox:
        await inbox.card()
        drawn: list[Any] = [
            segment for strip in inbox.app.screen._compositor.render_strips() for segment in strip
        ]
        filtered = [
            segment
            for line_filter in inbox.app.get_line_filters()
            for segment in line_filter.apply(drawn, Color(0, 0, 0))
        ]
        assert len(inbox.app.get_line_filters()) == 1
        assert filtered
        assert all(
            segment.style is None or (segment.style.color is None and segment.style.bgcolor is None)
            for segment in filtered
        )


async def test_the_theme_that_is_chosen_is_kept(ctx: Context, client: Client, tmp_path: Path) -> None:
    chosen: list[str] = []
    async with opened(client, habits=Habits(theme="nord", keep_theme=chosen.append)) as inbox:
        assert inbox.app.theme == "nord"
        assert chosen == []
        inbox.app.theme = "gruvbox"
        await inbox.until(lambda: chosen)
    assert chosen == ["gruvbox"]
    assert InboxApp(client, habits=Habits(theme="no such theme")).theme == "execops"
