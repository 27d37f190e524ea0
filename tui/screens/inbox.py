"""The inbox's one screen: handles keys and messages, and hands them to the parts."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.dom import DOMNode
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from execops.client import Client
from tui import key_hints, keys, messages, status_text
from tui.approvals import Approvals
from tui.bell import Bell
from tui.card_gate import CardGate
from tui.decided_side import DecidedSide
from tui.decider import Decider
from tui.decision_keys import DecisionKeys
from tui.feed import Feed
from tui.habits import Habits
from tui.key import Key
from tui.keyboard import Keyboard
from tui.list_side import READING, ListSide
from tui.marked_keys import MarkedKeys
from tui.pausing import Pausing
from tui.shared import Shared
from tui.terms import TermSuggester
from tui.views import View
from tui.widgets.header import InboxHeader
from tui.widgets.inbox_pane import InboxPane
from tui.widgets.key_bar import KeyBar
from tui.widgets.panes import Panes
from tui.widgets.status_line import StatusLine
from tui.widgets.view_bar import ViewBar

WIDE = 120  # columns from which the card stands beside the list
AGES = 20.0  # seconds between redrawings of the ages
PAUSES = 2000  # rows from which a full garbage collection, which looks through them all, would hold up a key


class InboxScreen(Screen[None]):
    """Header, list and card, canvas, a line of words, a line of keys."""

    AUTO_FOCUS = "#list"
    BINDINGS = keys.bindings(*keys.OF_SCREEN)

    def __init__(
        self,
        client: Client,
        keyboard: Keyboard,
        bell: Bell,
        *,
        readonly: bool,
        keymap: Mapping[str, str],
        habits: Habits,
    ) -> None:
        super().__init__()
        self.readonly, self.keymap, self.bell, self._wanted = readonly, keymap, bell, habits.filter
        self.approvals = Approvals()
        self.shared = Shared(
            face=self, client=client, readonly=readonly, keymap=keymap, keyboard=keyboard,
            approvals=self.approvals, decider=Decider(client, self.post_message),
        )  # fmt: skip
        self.feed = Feed(client, self.post_message)
        self.gate = CardGate(keyboard, lambda why: self.shared.refuse(why, until_quiet=True))
        self.header = InboxHeader(readonly=readonly, id="header")
        self.inbox = InboxPane(id="inbox")
        self.list, self.card = self.inbox.list, self.inbox.card
        self.list.rows.refilter(self._wanted)
        self.search = Input(
            placeholder="words, urgency:high, vertical:money, play:card",
            suggester=TermSuggester(lambda: self.list.rows.everything()),
            id="filter",
            compact=True,
        )
        self.panes = Panes(self.inbox, home=self.list, id="panes")
        self.status = StatusLine(id="status")
        self.bar = KeyBar(keymap, id="keys")
        self.list_side = ListSide(self.list, self.search, self.feed, self.approvals, keymap)
        self.inbox.connect(
            self.shared, self.gate, self.list_side, lambda: self.header.health, lambda: self.panes.covered
        )
        self.panes.connect(self.shared, self.list_side)
        self.list_side.saved = habits.views
        self.views = ViewBar(id="views")
        self.decisions = DecisionKeys(
            self.shared, self.inbox, self.gate, lambda: self.app.suspend(), advances=habits.advances
        )
        self.marked = MarkedKeys(self.shared, self.inbox, advances=habits.advances)
        self.pausing = Pausing(self.shared, self.feed)
        self.decided = DecidedSide(self.shared, self.list_side)
        self._following: asyncio.Task[None] | None = None
        self._second: Timer

    def compose(self) -> ComposeResult:
        """Header, list and card, words, keys; the filter comes when the first rows are there."""
        self.set_class(self.app.size.width >= WIDE, "-wide", update=False)
        yield self.header
        yield self.views
        yield self.panes
        yield self.status
        yield self.bar

    async def on_mount(self) -> None:
        """Follow the database, from now until the end."""
        self.list.say(READING)
        self.tidy()
        self.list.focus()
        self.set_interval(AGES, self._pass_time)
        self._second = self.set_interval(1.0, self._pass_a_second, pause=True)
        self.start(self._follow(), "feed")
        for message in await self.feed.held():  # a message that is posted comes after the first frame
            await self._dispatch_message(message)

    def begin(self) -> None:
        """Follow while the screen is made, so that the first rows come with the first frame if they can."""
        self._following = self.feed.begin()

    async def _follow(self) -> None:
        self._following = self._following or asyncio.create_task(self.feed.run(), name="inbox feed")
        await asyncio.shield(self._following)

    async def on_unmount(self) -> None:
        """Stop following, and leave nothing half done; the connection is closed before the app ends."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait({self._following})
        await self.shared.decider.leave()

    # As the parts see it

    def say(self, text: str, severity: str = "information") -> None:
        """Show a short word for a while."""
        self.app.notify(text, severity=severity, markup=False)  # type: ignore[arg-type]

    def start(self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False) -> None:
        """Run this as a Textual worker; an exclusive one replaces that of its group."""
        self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    def push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        """Open a dialog."""
        self.app.push_screen(screen, then)

    def tidy(self) -> None:
        """Show what follows from the state of the parts: the card, the words of an empty list, the keys."""
        self.inbox.tidy()
        self.header.title = self.list_side.title
        self.views.tabs = self.list_side.tabs(self.header.counts)
        self.list.say(self.list_side.empty_text(self.header.offline))
        if self.panes.in_canvas and self.panes.pane is not None:
            self.bar.hints = key_hints.of_canvas(self.panes.pane, self.focused)
        elif self.focused is self.search:
            self.bar.hints = key_hints.IN_FILTER
        else:
            self.bar.hints = key_hints.of_inbox(
                self.list_side, self.approvals, self.header.counts, self.card, self.focused, readonly=self.readonly
            )  # fmt: skip

    def owner(self, key: Key) -> DOMNode:
        """The node whose action a key is."""
        if key is keys.OPEN:
            return self.list
        if key in keys.OF_CANVAS and self.panes.pane is not None:
            return self.panes.pane
        return self.inbox if key in keys.OF_PANE else self.panes if key in keys.OF_PANES else self

    @on(Worker.StateChanged)
    def _show_what_broke(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.approvals.forget_asked()
            error = event.worker.error
            self.say(f"Unexpected: {type(error).__name__}: {error}", "error")

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does this here: in the filter letters are letters, in the canvas nothing is decided."""
        if action not in keys.ACTIONS_OF_SCREEN:
            return True
        if self.panes.in_canvas:
            return action == keys.HELP.action
        return self.focused is not self.search or action == keys.BACK.action

    def action_decide(self, decision: str) -> None:
        """Decide about the proposal under the cursor."""
        self.decisions.press(decision)

    def action_undo(self) -> None:
        """Take the last decision back."""
        self.decisions.undo()

    def action_decide_marked(self, decision: str) -> None:
        """Approve, reject or give up all that is marked."""
        self.marked.press(decision)

    def action_pause(self) -> None:
        """Pause all executions, or resume them, after a question."""
        self.pausing.press(self.header.health)

    def action_view(self, step: int) -> None:
        """Go to the next view, or to the one before."""
        self.go_to(self.list_side.view.next if step > 0 else self.list_side.view.previous)

    def go_to(self, view: View) -> None:
        """Show a view, from its start."""
        self.list_side.go_to(view)
        self._show_list()

    def action_view_number(self, number: int) -> None:
        """Show the view with this number of the bar of views."""
        self.list_side.go_to_number(number)
        self._show_list()

    def _show_list(self) -> None:
        self.panes.uncover()
        self.set_focus(self.list)
        self.tidy()

    def furnish(self) -> None:
        """Mount the filter, out of sight, unless the inbox ends already."""
        if self.card.is_attached and not self.search.is_attached:
            self.search.display = bool(self._wanted)
            if self._wanted:  # else it would take what is typed
                self.call_after_refresh(setattr, self.search, "value", self._wanted)
            self.mount(self.search, before="#panes")

    def action_filter(self) -> None:
        """Type the words to filter by."""
        self.furnish()
        self.search.display = True
        self.set_focus(self.search)

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.list_side.filter(event.value)
        self.tidy()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self.search.display = bool(self.search.value)
        self.set_focus(self.list)

    def action_back(self) -> None:
        """Leave the card, or the filter; in the list, clear the filter, else go back to the row of the canvas."""
        if self.focused is self.list and not self.search.value and self.panes.back_to_canvas():
            self.tidy()
            return
        if self.focused is self.list or self.focused is self.search:
            self.search.value = ""
            self.search.display = False
        self.set_focus(self.list)

    def action_suppressions(self) -> None:
        """Show the customers who are never contacted."""
        from tui.screens.suppressions import screen_of

        self.push(screen_of(self.shared))

    def action_help(self) -> None:
        """Show the keys."""
        from tui.screens.help import HelpScreen

        self.push(HelpScreen(self.keymap))

    def on_descendant_focus(self) -> None:
        """Other keys do something elsewhere."""
        self.panes.follow_focus(self.focused)
        self.tidy()

    @on(Panes.SideChanged)
    def _follow_side(self, event: Panes.SideChanged) -> None:
        if event.uncovered:
            self.inbox.open_soon()
        self.tidy()

    def on_screen_resume(self) -> None:
        """A card that was covered comes into view."""
        if self.card.card is not None:
            self.inbox.open_soon()

    # Decisions of this console

    @on(messages.ProposalDecided)
    def _take_decision(self, event: messages.ProposalDecided) -> None:
        if self.decided.take(event):
            self._second.resume()
        self._reread(event.decided.proposal_id)

    @on(messages.DecisionRefused)
    def _take_refusal(self, event: messages.DecisionRefused) -> None:
        self.approvals.answered(event.proposal_id)
        self.start(self.decisions.explain(event), "conflicts")
        self._reread(event.proposal_id)

    @on(messages.WrittenLately)
    def _ask_again(self, event: messages.WrittenLately) -> None:
        self.approvals.answered(event.proposal.id)
        if self.is_current and not self.panes.in_canvas and not isinstance(self.focused, Input):
            self.decisions.ask_again(event)
        else:  # a dialog of its own would take the keys of what the person does now
            self.shared.say(f"#{event.proposal.id} waits: {event.error.sentence}", "warning")
        self._reread(event.proposal.id)

    def _reread(self, proposal_id: int) -> None:
        self.feed.recount()
        self.feed.touch(proposal_id)
        self.inbox.judge()
        self.tidy()

    @on(messages.MarkedRead)
    @on(messages.MarkedDecided)
    def _take_marked(self, event: messages.MarkedRead | messages.MarkedDecided) -> None:
        if isinstance(event, messages.MarkedRead):
            self.marked.ask(event)
            return
        self.marked.take_answers(event)
        for proposal, _ in event.answers:
            self.feed.touch(proposal.id)
        self.tidy()

    # Messages of the feed

    @on(messages.PageRead)
    def _take_page(self, event: messages.PageRead) -> None:
        self.call_after_refresh(self._painted)
        if event.page.view is View.PENDING:
            self.bell.take_page(event.page.rows, is_last=event.page.until is None)
        if self.list_side.take_page(event.page):
            self.tidy()
            if event.page.until is None and self.list.rows.total > PAUSES:
                gc.freeze()

    def _painted(self) -> None:
        """The frame stands: everything that it did without may come now."""
        self.card.furnish()
        self.furnish()
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        self.feed.go_on()

    @on(messages.ProposalsChanged)
    def _take_changes(self, event: messages.ProposalsChanged) -> None:
        self.bell.take(event.rows)
        for row in self.list_side.take_changes(event):
            self.say(*status_text.ended(row))
        self.tidy()

    @on(messages.CountsRead)
    def _take_counts(self, event: messages.CountsRead) -> None:
        self.header.counts, self.header.health = event.counts, event.health
        self.list_side.quiet = event.quiet
        self.bell.count(event.counts)
        self.list_side.flag(event.flagged)
        self.list_side.count_saved()
        self.card.flagged = event.flagged
        if self.list.current is not None:
            self.card.announce(self.list.current)
        self.inbox.judge()
        self.tidy()

    @on(messages.PulseRead)
    def _take_pulse(self, event: messages.PulseRead) -> None:
        self.header.take_pulse(event.pulse)
        self.inbox.judge()

    @on(messages.WentLive)
    def _go_live(self) -> None:
        self.header.live, self.header.offline = True, None
        for proposal_id in self.approvals.executes_at:
            self.feed.touch(proposal_id)
        self.panes.side.ask_again()
        self.tidy()

    @on(messages.WentOffline)
    def _go_offline(self, event: messages.WentOffline) -> None:
        self.header.live, self.header.offline = False, event
        self.call_after_refresh(self._painted)
        self._second.resume()
        self.tidy()

    def _pass_a_second(self) -> None:
        if not self.approvals.counting() and self.header.offline is None:
            self._second.pause()
            self.feed.recount()
        self.header.refresh()
        self.inbox.judge()

    def _pass_time(self) -> None:
        self.list_side.reread_lapsed()
        if self.approvals.counting():
            self._second.resume()
        self.inbox.judge()
