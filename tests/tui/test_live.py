"""The inbox is live: it follows every change, keeps its place, and comes back by itself."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import force_setattr, replace
from textual.events import Compose, ScreenResume

from execops.client import Client
from execops.client.changes import Notice
from execops.context import Context
from execops.errors import DatabaseUnavailableError
from execops.model import Actor
from execops.proposals.listing import Summary
from execops.settings import Secret
from tests import records
from tests.stripe_events import failed, paid, take_in
from tests.tui.inbox import Counted, opened, propose
from tui import clock, feed, messages
from tui.messages import CountsRead, PageRead


async def test_a_proposal_arrives(ctx: Context, client: Client) -> None:
    async with opened(client) as inbox:
        assert inbox.ids() == []
        await propose(ctx)
        await inbox.card(1)
        await inbox.until(lambda: "1 pending" in inbox.text())


async def test_a_proposal_changes_in_place(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await take_in(ctx, failed("in_1", customer="cus_1", customer_name="Tenant 1", attempt_count=3))
        await inbox.until(lambda: inbox.list.current and inbox.list.current.version == 2)
        await inbox.card()
        assert "HIGH" in inbox.lines(inbox.list)[0]
        assert "the third attempt failed" in inbox.text()


async def test_a_proposal_leaves_and_says_why(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    await propose(ctx, 2)
    async with opened(client) as inbox:
        await inbox.card(2)
        await take_in(ctx, paid("in_2", customer="cus_2"))
        await inbox.heard("#2", "is superseded", "is paid")
        await inbox.card(1)
        await inbox.press("a")
        await inbox.heard("changed just now")


async def test_the_cursor_stays_on_its_proposal(ctx: Context, client: Client) -> None:
    for number in range(1, 21):
        await propose(ctx, number)
    async with opened(client) as inbox:
        await inbox.until(lambda: len(inbox.list.rows) == 20)
        await inbox.press(*"jjjjjjjjjjjj")
        await inbox.card(8)
        line = inbox.ids().index(8) - inbox.list.scroll_offset.y
        for number in range(21, 25):  # above it
            await propose(ctx, number, attempt_count=3)
        await inbox.until(lambda: len(inbox.list.rows) == 24)
        await client.proposals.reject(24, 1)  # above it
        await client.proposals.reject(7, 1)  # below it
        await take_in(ctx, failed("in_6", customer="cus_6", attempt_count=3))  # from below it to above it
        await inbox.until(lambda: len(inbox.list.rows) == 22 and inbox.ids()[3] == 6)
        assert inbox.list.current is not None
        assert inbox.list.current.id == 8
        assert inbox.ids().index(8) - inbox.list.scroll_offset.y == line, "nor does its line move"
        await client.proposals.reject(8, 1)
        await inbox.until(lambda: len(inbox.list.rows) == 21)
        await inbox.card(5)


async def test_a_filter_holds_for_what_arrives(ctx: Context, client: Client) -> None:
    await propose(ctx, 1)
    async with opened(client) as inbox:
        await inbox.press("slash")
        await inbox.write("cus_1 money")
        await inbox.press("enter")
        await propose(ctx, 2)
        await propose(ctx, 10)
        await inbox.until(lambda: 3 in inbox.ids())
        assert inbox.ids() == [3, 1]
        await inbox.press("escape")
        assert inbox.ids() == [3, 2, 1]


async def test_a_burst_reads_the_view_anew(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MANY", 3)
    async with opened(client, size=(80, 30)) as inbox:
        async with ctx.transaction(Actor.system("worker")) as conn:
            await conn.execute("select 1")
        for number in range(1, 9):
            await propose(ctx, number)
        async with ctx.transaction(Actor.system("worker")) as conn:
            await conn.execute("update action_proposals set urgency = 'low'")
        await inbox.until(lambda: len(inbox.list.rows) == 8 and "LOW" in inbox.lines(inbox.list)[7])
        assert inbox.ids() == list(range(8, 0, -1))


async def test_changes_of_a_burst_are_read_together(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From afar, where each takes a round trip, the list would stand still for many seconds."""
    for number in range(1, 7):
        await propose(ctx, number)
    async with opened(client, size=(80, 30)) as inbox:
        await inbox.until(lambda: len(inbox.ids()) == 6)
        counted = Counted(client.proposals.get)
        monkeypatch.setattr(client.proposals, "get", counted)
        before = len(inbox.of(messages.ProposalsChanged))
        for number in (*range(1, 7), 999):
            inbox.screen.feed.touch(number)
        await inbox.until(lambda: len(inbox.of(messages.ProposalsChanged)) > before)
        assert [row.id for row in inbox.of(messages.ProposalsChanged)[before].rows] == [1, 2, 3, 4, 5, 6]
        assert counted.most == feed.AT_ONCE


async def test_a_lapsed_proposal_leaves(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        row = inbox.list.rows.known((await inbox.card()).id)
        assert row is not None
        async with records.as_owner(ctx) as owner, owner.connection() as conn:
            await conn.execute("alter table action_proposals disable trigger user")
            await conn.execute("update action_proposals set expires_at = now() - interval '1 s'")
            await conn.execute("alter table action_proposals enable trigger user")
        force_setattr(row, "expires_at", clock.now())
        inbox.screen._pass_time()
        await inbox.until(lambda: "Nothing needs you." in inbox.text())


async def test_a_clock_that_is_wrong_hides_nothing(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proposal that is pending by the clock of the database stays, and is not read anew all the time."""
    await propose(ctx)
    async with opened(client) as inbox:
        shown = await inbox.card()
        pages = len(inbox.of(messages.PageRead))
        monkeypatch.setattr(clock, "now", lambda: shown.expires_at + timedelta(days=2))
        inbox.screen._pass_time()
        await inbox.until(lambda: len(inbox.of(messages.PageRead)) > pages)
        assert inbox.ids() == [shown.id]
        pages = len(inbox.of(messages.PageRead))
        inbox.screen._pass_time()
        inbox.screen.feed.touch(shown.id)  # what is asked for later is read later
        await inbox.until(lambda: inbox.of(messages.ProposalsChanged))
        assert len(inbox.of(messages.PageRead)) == pages
        assert inbox.ids() == [shown.id]


async def test_offline_is_shown_and_everything_missed_is_read_on_return(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BACKOFF", (0.05,))
    for number in (1, 2, 3):
        await propose(ctx, number)
    back, changes = asyncio.Event(), client.deployment.changes

    @asynccontextmanager
    async def unreachable(**options: Any) -> AsyncIterator[AsyncIterator[Notice]]:
        if not back.is_set():
            raise DatabaseUnavailableError("Postgres does not answer; nothing was changed.")
        async with changes(**options) as following:
            yield following

    async with opened(client) as inbox:
        await inbox.card(3)
        monkeypatch.setattr(client.deployment, "changes", unreachable)
        async with ctx.connection() as conn:
            await conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'execops inbox' and datname = current_database()"
            )
        await inbox.until(lambda: "○ offline" in inbox.lines()[0])
        assert inbox.ids() == [3, 2, 1], "what was read stays readable"
        await client.proposals.reject(2, 1)
        await take_in(ctx, failed("in_1", customer="cus_1", attempt_count=3))
        await propose(ctx, 4)
        await inbox.until(lambda: len(inbox.of(messages.WentOffline)) > 2)
        assert inbox.ids() == [3, 2, 1]
        back.set()
        await inbox.until(lambda: inbox.header.live)
        await inbox.until(lambda: inbox.ids() == [1, 4, 3])
        assert inbox.list.current is not None
        assert inbox.list.current.id == 3
        await propose(ctx, 5)
        await inbox.until(lambda: len(inbox.list.rows) == 4)


async def test_offline_from_the_start(ctx: Context, client: Client) -> None:
    away = Client(replace(ctx, url=Secret("postgresql://127.0.0.1:1/nowhere")), client.operator)
    async with opened(away, live=False) as inbox:
        await inbox.until(lambda: "○ offline, trying again" in inbox.text())
        assert "Postgres does not answer" in inbox.text()


async def test_a_decision_while_offline_is_told_and_changes_nothing(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)

    async def unavailable(proposal_id: int, version: int, *, confirmed: bool) -> None:
        raise DatabaseUnavailableError(
            "Postgres does not answer; nothing was changed.", hint="Check that it runs."
        )

    monkeypatch.setattr(client.proposals, "approve", unavailable)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("a")
        await inbox.heard("Postgres does not answer", "Check that it runs.")
        assert inbox.ids() == [1]
        assert not inbox.screen.approvals.asked


async def test_the_first_frame_has_rows_and_everything_else_follows(ctx: Context, client: Client) -> None:
    await propose(ctx)
    gc.disable()  # as the command does while it starts
    try:
        async with opened(client, early=True) as inbox:
            handled = [type(each) for each in inbox.posted]
            assert handled.index(PageRead) < handled.index(ScreenResume) < handled.index(CountsRead)
            # The widgets of the first frame, and those that come after it: the filter, and five of the card.
            assert handled[: handled.index(ScreenResume)].count(Compose) == 10
            assert handled.count(Compose) >= 16
            assert gc.isenabled()
            await inbox.press("slash", "C", "u")
            await inbox.until(lambda: inbox.screen.search.value == "Cu")
            await propose(ctx, 2)
            await inbox.until(lambda: len(inbox.list.rows) == 2)
    finally:
        gc.enable()
        gc.unfreeze()


async def test_leaving_for_another_view_before_the_first_rows_holds_nothing_up(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer, read = asyncio.Event(), asyncio.Event(), client.proposals.inbox

    async def late(**options: Any) -> Sequence[Summary]:
        asked.set()
        await answer.wait()
        return await read(**options)

    monkeypatch.setattr(client.proposals, "inbox", late)
    async with opened(client, live=False) as inbox:
        await asked.wait()
        await inbox.press("u")
        answer.set()
        await inbox.until(lambda: "Nothing has failed." in inbox.text())
        await inbox.until(lambda: inbox.header.live and inbox.header.counts is not None)
