"""The card's side: which card is read and shown, what its last line says, and when it counts as opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from textual.content import Content
from textual.message import Message

from execops.client import Client
from execops.client.proposals_part import Card
from execops.errors import ExecOpsError
from execops.health import Health
from execops.model import Proposal, Status
from execops.proposals.listing import Summary
from tui import messages, status_text
from tui.approvals import Approvals
from tui.card_gate import CardGate
from tui.decider import Decider
from tui.widgets.card import ProposalCard

HELD = 0.15  # seconds between keys that are held down,
QUIET = 0.05  # seconds without one until the card is read


class CardSide:
    """Keeps the card with the row under the cursor."""

    def __init__(
        self,
        card: ProposalCard,
        gate: CardGate,
        approvals: Approvals,
        health: Callable[[], Health | None],
        keymap: Mapping[str, str] | None,
    ) -> None:
        self.card, self._gate, self._approvals = card, gate, approvals
        self._health, self._keymap = health, keymap  # no keymap: nothing may be decided here
        self.opened: set[tuple[int, int]] = set()  # proposals and versions
        self.reading: int | None = None  # the proposal whose card was asked for
        self._moved_at = float("-inf")

    @property
    def proposal(self) -> Proposal | None:
        """The proposal whose card is shown whole."""
        return self.card.card.proposal if self.card.card else None

    def look_at(self, row: Summary, *, by_person: bool) -> None:
        """The cursor stands on this row now, moved by the person or by what changed around it."""
        before = self.proposal
        if by_person:
            self._gate.chosen()
        elif before is not None and before.id != row.id:
            self._gate.changed_by_itself()
        self._gate.row_changed(row)
        self.card.announce(row)

    async def read(
        self, client: Client, decider: Decider, post: Callable[[Message], object], id_: int
    ) -> None:
        """Read a card; while a key is held down, the card it stops at."""
        if monotonic() - self._moved_at < HELD:
            await asyncio.sleep(QUIET)
        self._moved_at = monotonic()
        try:
            post(messages.CardRead(await decider.finish(client.proposals.card(id_))))
        except ExecOpsError as error:
            post(messages.CardRefused(id_, error))

    def show(self, card: Card, row: Summary) -> None:
        """Show this card; a key that waits for it acts."""
        before = self.proposal
        if before is not None and before.version != card.proposal.version:
            self._gate.changed_by_itself()
        self.card.show(card, row, self._verdict(card))
        self._gate.card_shown(card)

    def refuse(self, proposal_id: int, error: ExecOpsError) -> None:
        """Say why there is no card."""
        self.card.refuse(error.message)
        self._gate.card_refused(proposal_id, error.message)

    def judge(self) -> None:
        """Bring the card's last line up to date."""
        if self.card.card is not None:
            self.card.judge(self._verdict(self.card.card))

    def unopened(self) -> tuple[int, int] | None:
        """The proposal and version that the operator now looks at for the first time, if a decision can follow."""
        proposal = self.proposal
        if proposal is None or self._keymap is None:
            return None
        seen = (proposal.id, proposal.version)
        open_ = proposal.status is Status.PENDING or proposal.status in status_text.STUCK
        return seen if open_ and seen not in self.opened else None

    def _verdict(self, card: Card) -> Content:
        decision = self._approvals.asked.get(card.proposal.id)
        if decision is not None:
            return Content.styled(
                status_text.asked(decision, card.proposal).capitalize(), "bold $text-success"
            )
        executes_at = self._approvals.executes_at.get(card.proposal.id)
        return status_text.verdict(card, executes_at, self._health(), self._keymap)
