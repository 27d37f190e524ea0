"""List and card, kept together: the card of the row under the cursor, and what can be looked at from there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import on
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer

from execops.client.proposals_part import Card
from execops.health import Health
from execops.model import Status
from execops.proposals.listing import Summary
from tui import draft, keys, messages
from tui.card_gate import CardGate
from tui.card_side import OPENED_AFTER, CardSide
from tui.list_side import ListSide
from tui.shared import Shared
from tui.text import WHOLE, clean
from tui.widgets.card import ProposalCard
from tui.widgets.card_body import CardBody
from tui.widgets.proposal_list import ProposalList

WAITING = frozenset({Status.PENDING, Status.FAILED, Status.UNKNOWN})


class InboxPane(Container):
    """Reads the card of the row under the cursor, and records when it counts as opened."""

    BINDINGS = keys.bindings(*keys.MARKING, keys.EVENT, keys.BROWSE, keys.COPY)

    def __init__(self, *, id: str) -> None:  # noqa: A002  Textual's name
        self.list = ProposalList(id="list")
        self.card = ProposalCard(id="card")
        super().__init__(self.list, self.card, id=id)
        self.card.display = False
        self._opening: Timer | None = None
        self._anchor: int | None = None  # the proposal at which a range of marks begins

    def connect(
        self,
        shared: Shared,
        gate: CardGate,
        list_side: ListSide,
        health: Callable[[], Health | None],
        covered: Callable[[], bool],
    ) -> None:
        """Take the parts that this pane works with; before it is mounted."""
        self._shared, self._gate, self._list_side, self._covered = shared, gate, list_side, covered
        keymap = None if shared.readonly else shared.keymap
        self.side = CardSide(self.card, gate, shared.approvals, health, keymap)
        gate.read = self._read_unless_reading
        self.list.note_of = lambda row: shared.approvals.note(row, list_side.view, health())

    def advance(self) -> None:
        """Go to the next proposal that waits for a decision; a key that was pressed before it is shown decides nothing."""
        approvals, self.side.advances = self._shared.approvals, True
        self.list.advance(lambda row: approvals.status(row) in WAITING and row.id not in approvals.asked)

    def judge(self) -> None:
        """Bring the words about decisions under way up to date, beside the rows and on the card."""
        self.list.refresh()
        if self.list.current is not None:
            self.side.judge()

    def tidy(self) -> None:
        """Show the card only where there is a row for it."""
        self.card.display = self.list.current is not None
        if self.list.current is None:
            self.card.card = None
            if isinstance(self.screen.focused, CardBody):
                self.screen.set_focus(self.list)

    # The card of the row under the cursor

    @on(ProposalList.Highlighted)
    def _look_at(self, event: ProposalList.Highlighted) -> None:
        row = self.list.current
        if row is None:
            self._gate.row_changed(None)
        elif event.summary is row:
            dwelt = self.side.look_at(row, by_person=event.by_person)
            if dwelt is not None:
                self._shared.face.start(self._shared.decider.record_dwell(*dwelt), "openings")
            self._read(row.id)
        self._shared.face.tidy()

    def _read(self, proposal_id: int) -> None:
        self.side.reading = proposal_id
        read = self.side.read(self._shared.client, self._shared.decider, self.post_message, proposal_id)
        self._shared.face.start(read, "card", exclusive=True)

    def _read_unless_reading(self, row: Summary) -> None:
        if self.side.reading != row.id:
            self._read(row.id)

    @on(messages.CardRead)
    def _show_card(self, event: messages.CardRead) -> None:
        row = self.list.current
        self._end_reading(event.card.proposal.id)
        if row is None or row.id != event.card.proposal.id:
            return
        self.side.show(event.card, row)
        self._shared.face.tidy()
        if isinstance(self.screen.focused, CardBody):
            self.open()
        else:
            self.open_soon()

    @on(messages.CardRefused)
    def _show_no_card(self, event: messages.CardRefused) -> None:
        self._end_reading(event.proposal_id)
        if self.list.current is not None and self.list.current.id == event.proposal_id:
            self.side.refuse(event.proposal_id, event.error)

    @on(CardBody.Overflowed)
    def _say_whether_there_is_more(self) -> None:
        self._shared.face.tidy()

    def _end_reading(self, proposal_id: int) -> None:
        if self.side.reading == proposal_id:
            self.side.reading = None

    # When it counts as opened

    def open_soon(self) -> None:
        """The card counts as opened once it was in view for a while."""
        if self._opening is not None:
            self._opening.stop()
        self._opening = self.set_timer(OPENED_AFTER, self.open)

    def open(self) -> None:
        """The card counts as opened, where it is in view and can be decided about."""
        seen = self.side.unopened()
        if seen is not None and self.app.screen is self.screen and not self._covered():
            self.side.open(seen)
            self._shared.face.start(self._shared.decider.record_opening(*seen), "openings")

    @on(messages.OpeningLost)
    def _forget_opening(self, event: messages.OpeningLost) -> None:
        self.side.opened.discard((event.proposal_id, event.version))

    @on(ProposalList.Opened)
    def _go_into_card(self) -> None:
        self.screen.set_focus(self.query_one(CardBody))
        self.open()

    # Marks

    def action_mark(self) -> None:
        """Mark the row under the cursor and go to the next, or take its mark off."""
        row = self.list.current
        if self._shared.refused_as_readonly() or row is None:
            return
        why_not = self._list_side.mark(row)
        if why_not is not None:
            self._shared.refuse(why_not)
        self._shared.face.tidy()

    def action_extend(self, step: int) -> None:
        """Mark the row under the cursor and the next one, or the one before."""
        if not self._shared.refused_as_readonly():
            self._say_unless(self._list_side.extend(step))

    def action_range(self) -> None:
        """Begin a range of marks at the cursor, or end it there."""
        row = self.list.current
        if row is None or self._shared.refused_as_readonly():
            return
        key = keys.name(keys.RANGE, self._shared.keymap)
        if self._anchor is None:
            self._anchor = row.id
            self._shared.say(f"A range begins at #{row.id}: move, then {key} again marks it.")
            return
        anchor, self._anchor = self._anchor, None
        self._say_unless(self._list_side.mark_range(anchor))

    def _say_unless(self, why_not: str | None) -> None:
        if why_not is not None:
            self._shared.refuse(why_not)
        self._shared.face.tidy()

    @on(ProposalList.MarksLost)
    def _say_which_marks_are_lost(self, event: ProposalList.MarksLost) -> None:
        asked = self._shared.approvals.asked  # one's own decision is no news
        names = ", ".join(f"#{number}" for number in event.proposal_ids if number not in asked)
        if not names:
            return
        self._shared.say(f"No longer marked, as it changed: {names}.", "warning")
        self._shared.face.tidy()

    # Looking further

    def action_copy(self) -> None:
        """Copy the draft as it is shown (OSC 52, so that it works over SSH)."""
        self._on_card(self._copy)

    def action_event(self) -> None:
        """Show the events behind the proposal."""
        self._on_card(self._show_events)

    def action_browse(self) -> None:
        """Open the object of the proposal at Stripe."""
        self._on_card(self._open_at_stripe)

    def _on_card(self, act: Callable[[Card], None]) -> None:
        if self.list.current is not None:
            self._gate.on_card(self.list.current, self.card.card, act)

    def _copy(self, card: Card) -> None:
        self.app.copy_to_clipboard(
            clean(draft.to_text(card.proposal.payload, card.fields), lines=True, limit=WHOLE)
        )
        self._shared.say("The draft is copied.")

    def _show_events(self, card: Card) -> None:
        if not card.events:
            self._shared.say("No event is known for this proposal.")
            return
        from tui.screens.event import EventScreen

        client, decider = self._shared.client, self._shared.decider
        self._shared.face.push(
            EventScreen(card.events, lambda event_id: decider.finish(client.events.get(event_id)))
        )

    def _open_at_stripe(self, card: Card) -> None:
        from tui import links

        source = next((event for event in reversed(card.events) if event["source"] == "stripe"), None)
        url = links.stripe(card.proposal.object_id, livemode=source["livemode"]) if source else None
        if url is None and card.events and source is None:
            self._shared.say("This is about the bank's money: Stripe has no page for it.")
        elif url is None:
            self._shared.say("This is about nothing at Stripe.")
        else:
            self._shared.face.start(self._browse(url), "browser")

    async def _browse(self, url: str) -> None:
        from tui import links

        opened = await asyncio.to_thread(links.show, url)
        self.post_message(messages.PageShown(url, opened=opened))

    @on(messages.PageShown)
    def _say_where(self, event: messages.PageShown) -> None:
        if event.opened:
            self._shared.say(f"Opened {event.url}")
            return
        from tui.screens.reader import ReaderScreen

        page = Content(event.url)
        self._shared.face.push(ReaderScreen("Open this in a browser", [page], copies=event.url))
