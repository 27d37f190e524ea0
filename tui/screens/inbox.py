"""The inbox: the list, the card of the row under the cursor, and everything that changes while one looks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from execops.client import Client
from execops.model import Status
from execops.proposals import Summary
from tui import clock, keys, messages, standing
from tui.feed import Feed
from tui.rows import Rows
from tui.screens.help import HelpScreen
from tui.screens.looking import LookingScreen
from tui.text import clean
from tui.views import View
from tui.widgets.card import ProposalCard
from tui.widgets.card_body import CardBody
from tui.widgets.header import InboxHeader
from tui.widgets.key_bar import KeyBar
from tui.widgets.proposal_list import ProposalList

AGES = 20.0  # seconds between redrawings of the ages
SAID = {
    "retry": "is tried again",
    "confirm": "counts as done",
    "reject": "is rejected",
    "close": "is given up",
}
EMPTY = {View.PENDING: "Nothing needs you.", View.STUCK: "Nothing has failed.", View.HISTORY: "Nothing yet."}


class InboxScreen(LookingScreen):
    """The one screen of the inbox."""

    BINDINGS = keys.bindings(*keys.DECISIONS, *keys.LOOKING)

    def __init__(self, client: Client, *, readonly: bool, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self.client, self.readonly, self.keymap = client, readonly, keymap
        self.feed = Feed(client, self.post_message)
        self.header = InboxHeader(readonly=readonly, id="header")
        self.list = ProposalList(id="list")
        self.card = ProposalCard(id="card")
        self.bar = KeyBar(keymap, id="keys")
        self.search = Input(placeholder="words that a row must hold", id="filter", compact=True)
        self.list.note_of = self.note
        self._loaded = False
        self._following: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        """Header, filter, list and card, keys."""
        yield self.header
        yield self.search
        with Container(id="panes"):
            yield self.list
            yield self.card
        yield self.bar

    def on_mount(self) -> None:
        """Follow, from now until the end."""
        self.search.display = False
        self.list.say("Reading…")
        self.tidy()
        self.list.focus()
        self.set_interval(AGES, self._pass_time)
        self._second = self.set_interval(1.0, self._pass_a_second, pause=True)
        self.watch(self.app, "app_focus", self.pay_attention, init=False)
        self._follow()

    @work(group="feed", exit_on_error=False)
    async def _follow(self) -> None:
        self._following = asyncio.create_task(self.feed.run(), name="inbox feed")
        await asyncio.shield(self._following)

    async def on_unmount(self) -> None:
        """Stop following; the connection is closed before the app ends."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait({self._following})

    @on(Worker.StateChanged)
    def _show_what_broke(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.deciding.clear()
            error = event.worker.error
            self.say(f"Unexpected: {type(error).__name__}: {error}", "error")

    # What was read

    @on(messages.PageRead)
    def _take_page(self, event: messages.PageRead) -> None:
        if event.page.view is self.list.rows.view:
            self._loaded = True
            self.list.change(lambda rows: rows.merge(event.page, self.approvals.keys() | self.deciding))
            self.tidy()

    @on(messages.ProposalsChanged)
    def _take_changes(self, event: messages.ProposalsChanged) -> None:
        current = self.list.current

        def change(rows: Rows) -> None:
            for row in event.rows:
                if event.asked_at < self.decided_at.get(row.id, 0.0):
                    continue  # decided here since; it is read once more
                if row.id in self.approvals and row.effective_status not in standing.UNDER_WAY:
                    del self.approvals[row.id]
                    self.say(*standing.ended(row))
                elif current and row.id == current.id and self._left_by_itself(row, rows):
                    self.say(*standing.ended(row))
                if rows.view.includes(row) or (row.id in rows and self._stays(row)):
                    rows.put(row)
                else:
                    rows.drop(row.id)

        self.list.change(change)
        self.tidy()

    def _left_by_itself(self, row: Summary, rows: Rows) -> bool:
        return (
            row.id not in self.deciding
            and rows.view is View.PENDING
            and not (rows.view.includes(row) or self._stays(row))
        )

    def _stays(self, row: Summary) -> bool:
        return row.effective_status in standing.UNDER_WAY and (
            row.id in self.approvals or row.id in self.deciding
        )

    @on(messages.CountsRead)
    def _take_counts(self, event: messages.CountsRead) -> None:
        self.header.counts, self.header.health = event.counts, event.health
        self.list.refresh()
        self.judge()
        self.tidy()

    @on(messages.WentLive)
    def _go_live(self) -> None:
        self.header.live, self.header.offline = True, None
        for proposal_id in self.approvals:
            self.feed.touch(proposal_id)
        self.tidy()

    @on(messages.WentOffline)
    def _go_offline(self, event: messages.WentOffline) -> None:
        self.header.live, self.header.offline = False, event
        self._second.resume()
        self.tidy()

    @on(messages.ProposalDecided)
    def _take_decision(self, event: messages.ProposalDecided) -> None:
        decided = event.decided
        self.deciding.discard(decided.proposal_id)
        self.decided_at[decided.proposal_id] = monotonic()
        rows = self.list.rows
        if event.decision == "approve" and decided.executes_at:
            if rows.view is not View.PENDING or rows.known(decided.proposal_id):  # else it is done by now
                self.approvals[decided.proposal_id] = decided.executes_at
                self._second.resume()
        elif event.decision == "undo":
            self.approvals.pop(decided.proposal_id, None)
            self.say(f"Taken back: #{decided.proposal_id} is pending again.")
        elif event.decision in SAID:
            self.say(f"#{decided.proposal_id} {SAID[event.decision]}.")
            if rows.view is not View.HISTORY:
                self.list.change(lambda rows: rows.drop(decided.proposal_id))
        self.feed.recount()
        self.feed.touch(decided.proposal_id)
        self.list.refresh()
        self.judge()
        self.tidy()

    # Looking elsewhere

    def on_descendant_focus(self) -> None:
        """Other keys do something elsewhere."""
        self.bar.shown = self._keys()

    def action_next_view(self) -> None:
        """The next view, from its start."""
        view = self.list.rows.view.next
        self.header.view, self._loaded = view, False
        rows = Rows(view)
        rows.refilter(self.search.value)
        self.list.show(rows)
        self.list.focus()
        self.feed.show(view)
        self.tidy()

    def action_filter(self) -> None:
        """Type the words to filter by."""
        self.search.display = True
        self.search.focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.list.change(lambda rows: rows.refilter(event.value))
        self.tidy()

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.search.display = bool(self.search.value)
        self.list.focus()

    def action_back(self) -> None:
        """Out of the card or the filter; in the list, without a filter."""
        if self.focused is self.list or self.focused is self.search:
            self.search.value = ""
            self.search.display = False
        self.list.focus()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpScreen(self.keymap))

    # Time, and what it changes

    def _pass_a_second(self) -> None:
        waiting = [standing.seconds_left(moment) for moment in self.approvals.values()]
        if not any(waiting) and self.header.offline is None:
            self._second.pause()
            self.feed.recount()
        self.header.refresh()
        self.list.refresh()
        self.judge()

    def _pass_time(self) -> None:
        lapsed = [
            row.id
            for row in (self.list.rows[line] for line in range(len(self.list.rows)))
            if row.effective_status is Status.PENDING and row.expires_at <= clock.now()
        ]
        if lapsed:
            self.list.change(lambda rows: rows.drop(*lapsed))
        self.list.refresh()
        self.judge()

    def tidy(self) -> None:
        """What is in view, and which keys do something, follow from what there is."""
        rows, current = self.list.rows, self.list.current
        self.set_class(current is None, "-empty")
        if current is None:
            self.card.card = None
            if self.focused is not None and isinstance(self.focused, CardBody):
                self.list.focus()
        if rows.filter and rows.total:
            self.list.say("No row holds these words. esc shows all again.")
        elif self.header.offline is not None and not rows.total:
            self.list.say(clean(self.header.offline.error.message))
        else:
            self.list.say(EMPTY[rows.view] if self._loaded else "Reading…")
        self.bar.shown = self._keys()

    def _keys(self) -> list[tuple[keys.Key, str]]:
        current = self.list.current
        shown: list[keys.Key] = []
        if current is not None and not self.readonly:
            shown = standing.offered(current.effective_status, under_way=current.id in self.approvals)
        stuck = self.header.counts.stuck if self.header.counts else 0
        view = {View.PENDING: "pending", View.STUCK: f"failed ({stuck})" if stuck else "failed"}.get(
            self.list.rows.view.next, "history"
        )
        if self.focused is self.search:
            return [(keys.OPEN, "to the list"), (keys.BACK, "show all")]
        if isinstance(self.focused, CardBody):
            shown = [keys.BACK, *shown]
        rest = ((keys.FILTER, "filter"), (keys.VIEW, view), (keys.HELP, "help"), (keys.QUIT, "quit"))
        return [*((key, key.label) for key in shown), *rest]
