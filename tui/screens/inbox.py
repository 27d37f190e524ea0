"""The inbox: the list, the card of the row under the cursor, and everything that changes while one looks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from execops.client import Card, Client
from execops.errors import ExecOpsError
from execops.model import Status
from execops.proposals import Summary
from tui import clock, draft, keys, messages, standing
from tui.feed import Feed
from tui.rows import Rows
from tui.screens.deciding import DecidingScreen
from tui.screens.help import HelpScreen
from tui.text import clean
from tui.views import View
from tui.widgets.card import CardBody, ProposalCard
from tui.widgets.header import InboxHeader
from tui.widgets.key_bar import KeyBar
from tui.widgets.proposal_list import ProposalList

OPENED_AFTER = 0.5  # seconds in view
QUIET = 0.02  # seconds: a cursor that runs on reads no cards
ATTENTION = 5.0  # seconds between looks at the workers while a person is here
AGES = 20.0  # seconds between redrawings of the ages
EMPTY = {View.PENDING: "Nothing needs you.", View.STUCK: "Nothing has failed.", View.HISTORY: "Nothing yet."}


class InboxScreen(DecidingScreen):
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
        self.list.note_of = self._note
        self.opened: set[tuple[int, int]] = set()
        self._opening: Timer | None = None
        self._looked_at = monotonic()
        self._loaded = False

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
        self._arrange()
        self.list.focus()
        self.set_interval(AGES, self._pass_time)
        self._second = self.set_interval(1.0, self._pass_a_second, pause=True)
        self.watch(self.app, "app_focus", self._pay_attention, init=False)
        self._follow()

    @work(group="feed", exit_on_error=False)
    async def _follow(self) -> None:
        await self.feed.run()

    @on(Worker.StateChanged)
    def _show_what_broke(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            self.say(f"Unexpected: {type(error).__name__}: {error}", "error")

    # What was read

    @on(messages.PageRead)
    def _take_page(self, event: messages.PageRead) -> None:
        if event.page.view is self.list.rows.view:
            self._loaded = True
            self.list.change(lambda rows: rows.merge(event.page, self.approvals.keys() | self.deciding))
            self._arrange()

    @on(messages.ProposalsChanged)
    def _take_changes(self, event: messages.ProposalsChanged) -> None:
        current = self.list.current

        def change(rows: Rows) -> None:
            for row in event.rows:
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
        self._arrange()

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
        self._pass_time()
        self._arrange()

    @on(messages.WentLive)
    def _go_live(self) -> None:
        self.header.live, self.header.offline = True, None
        self._arrange()

    @on(messages.WentOffline)
    def _go_offline(self, event: messages.WentOffline) -> None:
        self.header.live, self.header.offline = False, event
        self._second.resume()
        self._arrange()

    @on(messages.ProposalDecided)
    def _take_decision(self, event: messages.ProposalDecided) -> None:
        decided = event.decided
        self.deciding.discard(decided.proposal_id)
        row = self.list.rows.known(decided.proposal_id)
        if event.decision == "approve" and decided.executes_at and row and self._under_way_or_new(row):
            self.approvals[decided.proposal_id] = decided.executes_at
            self._second.resume()
        elif event.decision == "undo":
            self.approvals.pop(decided.proposal_id, None)
            self.say(f"Taken back: #{decided.proposal_id} is pending again.")
        elif event.decision in {"retry", "reject", "close", "confirm"}:
            done = {"retry": "is tried again", "confirm": "counts as done"}.get(event.decision, "is rejected")
            self.say(f"#{decided.proposal_id} {done}.")
        self._pay_attention()
        self.feed.touch(decided.proposal_id)
        self.list.refresh()
        self._judge()

    def _under_way_or_new(self, row: Summary) -> bool:
        return row.effective_status is Status.PENDING or row.effective_status in standing.UNDER_WAY

    # What is looked at

    @on(ProposalList.Highlighted)
    def _look_at(self, event: ProposalList.Highlighted) -> None:
        if event.by_person:
            self._pay_attention()
        summary = self.list.current
        if summary is None or event.summary is not summary:
            self._arrange()
            return
        before = self.card.card.proposal.id if self.card.card else None
        if not event.by_person and before is not None and before != summary.id:
            self.changed_at = monotonic()
        elif event.by_person:
            self.changed_at = float("-inf")
        self.card.announce(summary)
        self._read_card(summary.id)
        self._arrange()

    @work(group="card", exclusive=True, exit_on_error=False)
    async def _read_card(self, proposal_id: int) -> None:
        await asyncio.sleep(QUIET)
        try:
            self.post_message(messages.CardRead(await self.client.card(proposal_id)))
        except ExecOpsError as error:
            self.post_message(messages.CardRefused(proposal_id, error))

    @on(messages.CardRead)
    def _show_card(self, event: messages.CardRead) -> None:
        summary, proposal = self.list.current, event.card.proposal
        if summary is None or summary.id != proposal.id:
            return
        before = self.card.card.proposal if self.card.card else None
        if before is not None and before.version != proposal.version:
            self.changed_at = monotonic()
        self.card.show(event.card, summary, self._verdict(event.card))
        self._arrange()
        if self._opening is not None:
            self._opening.stop()
        if self.focused is not None and isinstance(self.focused, CardBody):
            self._open()
        else:
            self._opening = self.set_timer(OPENED_AFTER, self._open)

    @on(messages.CardRefused)
    def _show_no_card(self, event: messages.CardRefused) -> None:
        if self.list.current is not None and self.list.current.id == event.proposal_id:
            self.card.refuse(event.error.message)

    def _open(self) -> None:
        """The card counts as opened, where it is in view and can be decided about."""
        card = self.card.card
        if card is None or self.readonly or not self.is_current:
            return
        proposal = card.proposal
        seen = (proposal.id, proposal.version)
        if seen not in self.opened and (
            proposal.status is Status.PENDING or proposal.status in standing.STUCK
        ):
            self.opened.add(seen)
            self._record_opening(*seen)

    def on_screen_resume(self) -> None:
        """A card that was covered comes into view."""
        if self._loaded and self.card.card is not None:
            self._opening = self.set_timer(OPENED_AFTER, self._open)

    @work(group="openings", exit_on_error=False)
    async def _record_opening(self, proposal_id: int, version: int) -> None:
        try:
            await self.client.record_opening(proposal_id, version)
        except ExecOpsError:
            self.opened.discard((proposal_id, version))  # the header says that the database is away
        else:
            self.post_message(messages.CardOpened(proposal_id, version))

    @on(ProposalList.Opened)
    def _go_into_card(self) -> None:
        self.query_one(CardBody).focus()
        self._open()

    # Looking elsewhere

    def action_next_view(self) -> None:
        """The next view, from its start."""
        view = self.list.rows.view.next
        self.header.view, self._loaded = view, False
        rows = Rows(view)
        rows.refilter(self.search.value)
        self.list.show(rows)
        self.list.focus()
        self.feed.show(view)
        self._arrange()

    def action_filter(self) -> None:
        """Type the words to filter by."""
        self.search.display = True
        self.search.focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.list.change(lambda rows: rows.refilter(event.value))
        self._arrange()

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

    def action_copy(self) -> None:
        """The draft, as it is shown, into the clipboard (OSC 52, so that it works over SSH)."""
        if self.card.card is not None:
            self.app.copy_to_clipboard(clean(draft.to_text(self.card.card.proposal.payload), lines=True))
            self.say("The draft is copied.")

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpScreen(self.keymap))

    # Time, and what it changes

    def _pay_attention(self) -> None:
        """Look at the workers again, as nothing tells when one starts or dies; only while a person is here."""
        if monotonic() - self._looked_at > ATTENTION or self.deciding:
            self._looked_at = monotonic()
            self.feed.recount()

    def _pass_a_second(self) -> None:
        waiting = [standing.seconds_left(moment) for moment in self.approvals.values()]
        if not any(waiting) and self.header.offline is None:
            self._second.pause()
            self.feed.recount()
        self.header.refresh()
        self.list.refresh()
        self._judge()

    def _pass_time(self) -> None:
        lapsed = [
            row.id
            for row in (self.list.rows[line] for line in range(len(self.list.rows)))
            if row.effective_status is Status.PENDING and row.expires_at <= clock.now()
        ]
        if lapsed:
            self.list.change(lambda rows: rows.drop(*lapsed))
        self.list.refresh()
        self._judge()

    def _note(self, summary: Summary) -> str | None:
        if summary.id in self.deciding:
            return "…"
        executes_at = self.approvals.get(summary.id)
        status = (
            Status.APPROVED
            if executes_at and summary.effective_status is Status.PENDING
            else summary.effective_status
        )
        if self.list.rows.view is not View.PENDING and executes_at is None:
            return None
        return standing.note(status, executes_at, self.header.health)

    def _verdict(self, card: Card) -> Content:
        return standing.verdict(card, self.approvals.get(card.proposal.id), self.header.health, self.keymap)

    def _judge(self) -> None:
        if self.card.card is not None and self.list.current is not None:
            self.card.judge(self._verdict(self.card.card))

    def _arrange(self) -> None:
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
        current, shown = self.list.current, list[keys.Key]()
        if not self.readonly and current is not None:
            if current.effective_status in standing.STUCK:
                shown = [keys.RETRY, keys.CONFIRM, keys.CLOSE]
                shown += [keys.EDIT] if current.effective_status is Status.FAILED else []
            elif current.effective_status in standing.UNDER_WAY or current.id in self.approvals:
                shown = [keys.UNDO]
            elif current.effective_status is Status.PENDING:
                shown = [keys.APPROVE, keys.REJECT, keys.EDIT, keys.UNDO]
        stuck = self.header.counts.stuck if self.header.counts else 0
        view = {View.PENDING: "pending", View.STUCK: f"failed ({stuck})" if stuck else "failed"}.get(
            self.list.rows.view.next, "history"
        )
        rest = ((keys.FILTER, "filter"), (keys.VIEW, view), (keys.HELP, "help"), (keys.QUIT, "quit"))
        return [*((key, key.label) for key in shown), *rest]
