"""The part of the inbox that looks: the card of the row under the cursor, and when it counts as opened."""

from __future__ import annotations

import asyncio
from time import monotonic

from textual import on, work
from textual.content import Content
from textual.timer import Timer

from execops.client import Card
from execops.errors import ExecOpsError
from execops.model import Status
from execops.proposals.listing import Summary
from tui import draft, links, messages, standing
from tui.screens.marking import MarkingScreen
from tui.text import WHOLE, clean
from tui.views import View
from tui.widgets.card_body import CardBody
from tui.widgets.header import InboxHeader
from tui.widgets.proposal_list import ProposalList

OPENED_AFTER = 0.5  # seconds in view
HELD = 0.15  # seconds between keys that are held down,
QUIET = 0.05  # seconds without one until the card is read
ATTENTION = 5.0  # seconds between looks at the workers while a person is here


class LookingScreen(MarkingScreen):
    """List and card, kept together."""

    header: InboxHeader

    def __init__(self) -> None:
        super().__init__()
        self.opened: set[tuple[int, int]] = set()
        self._opening: Timer | None = None
        self._looked_at = monotonic()
        self._moved_at = float("-inf")

    @on(ProposalList.Highlighted)
    def _look_at(self, event: ProposalList.Highlighted) -> None:
        if event.by_person:
            self.pay_attention()
        summary = self.list.current
        if summary is None or event.summary is not summary:
            self.tidy()
            return
        before = self.card.card.proposal.id if self.card.card else None
        if not event.by_person and before is not None and before != summary.id:
            self.changed_at = monotonic()
        elif event.by_person:
            self.changed_at = float("-inf")
        self.card.announce(summary)
        self._read_card(summary.id)
        self.tidy()

    @work(group="card", exclusive=True, exit_on_error=False)
    async def _read_card(self, proposal_id: int) -> None:
        if monotonic() - self._moved_at < HELD:
            await asyncio.sleep(QUIET)
        self._moved_at = monotonic()
        try:
            self.post_message(messages.CardRead(await self.ask(self.client.proposals.card(proposal_id))))
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
        self.card.show(event.card, summary, self.verdict(event.card))
        self.tidy()
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
        if card is None or self.readonly or self.app.screen is not self or self.covered():
            return
        proposal = card.proposal
        seen = (proposal.id, proposal.version)
        if seen not in self.opened and (
            proposal.status is Status.PENDING or proposal.status in standing.STUCK
        ):
            self.opened.add(seen)
            self._record_opening(*seen)

    def covered(self) -> bool:
        """Whether something stands before the card."""
        return False

    def on_screen_resume(self) -> None:
        """A card that was covered comes into view."""
        if self.card.card is not None:
            self._opening = self.set_timer(OPENED_AFTER, self._open)

    @work(group="openings", exit_on_error=False)
    async def _record_opening(self, proposal_id: int, version: int) -> None:
        try:
            await self.ask(self.client.proposals.record_opening(proposal_id, version))
        except ExecOpsError:
            self.opened.discard((proposal_id, version))  # the header says that the database is away
        else:
            self.post_message(messages.CardOpened(proposal_id, version))

    @on(ProposalList.Opened)
    def _go_into_card(self) -> None:
        self.query_one(CardBody).focus()
        self._open()

    def action_copy(self) -> None:
        """The draft, as it is shown, into the clipboard (OSC 52, so that it works over SSH)."""
        if self.card.card is not None:
            self.app.copy_to_clipboard(
                clean(
                    draft.to_text(self.card.card.proposal.payload, self.card.card.fields),
                    lines=True,
                    limit=WHOLE,
                )
            )
            self.say("The draft is copied.")

    def action_event(self) -> None:
        """Show the event behind the proposal."""
        card = self.card.card
        if card is None:
            return
        if not card.events:
            self.say("No event is known for this one.")
            return
        from tui.screens.event import EventScreen

        self.app.push_screen(
            EventScreen(card.events, lambda event_id: self.ask(self.client.events.get(event_id)))
        )

    def action_browse(self) -> None:
        """Open what the proposal is about at Stripe."""
        card = self.card.card
        if card is None:
            return
        source = next((each for each in reversed(card.events) if each["source"] == "stripe"), None)
        url = links.stripe(card.proposal.object_id, livemode=source["livemode"]) if source else None
        if url is None:
            self.say("This is about nothing at Stripe.")
        else:
            self._browse(url)

    @work(group="browser", exit_on_error=False)
    async def _browse(self, url: str) -> None:
        shown = await asyncio.to_thread(links.show, url)
        self.post_message(messages.PageShown(url, shown=shown))

    @on(messages.PageShown)
    def _tell_page(self, event: messages.PageShown) -> None:
        if event.shown:
            self.say(f"Opened {event.url}")
        else:
            from tui.screens.told import ToldScreen

            self.app.push_screen(ToldScreen("Open this in a browser", [Content(event.url)], copies=event.url))

    def pay_attention(self) -> None:
        """Look at the workers again, as nothing tells when one starts or dies; only while a person is here."""
        if monotonic() - self._looked_at > ATTENTION:
            self._looked_at = monotonic()
            self.feed.recount()

    def note(self, summary: Summary) -> str | None:
        """What stands beside a row."""
        asked = self.deciding.get(summary.id)
        if asked is not None:
            return standing.ASKED[asked]
        executes_at = self.approvals.get(summary.id)
        status = (
            Status.APPROVED
            if executes_at and summary.effective_status is Status.PENDING
            else summary.effective_status
        )
        if self.list.rows.view is not View.PENDING and executes_at is None:
            return None
        return standing.note(status, executes_at, self.header.health)

    def verdict(self, card: Card) -> Content:
        """What stands on the card's last line."""
        keymap = None if self.readonly else self.keymap
        asked = self.deciding.get(card.proposal.id)
        if asked is not None:
            return Content.styled(standing.ASKED[asked].capitalize(), "bold $text-success")
        return standing.verdict(card, self.approvals.get(card.proposal.id), self.header.health, keymap)

    def judge(self) -> None:
        """Bring the card's last line up to date."""
        if self.card.card is not None and self.list.current is not None:
            self.card.judge(self.verdict(self.card.card))
