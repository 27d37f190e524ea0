"""The card's side: which card is read and shown, what its last line says, and when it counts as opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from execops.errors import ExecOpsError
from execops.model import Status
from tui import messages, status_text
from tui.card_gate import SETTLES, CardGate

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.proposals_part import Card
    from execops.health import Health
    from execops.model import Proposal
    from execops.proposals.listing import Summary
    from tui.approvals import Approvals
    from tui.decider import Decider
    from tui.widgets.card import ProposalCard

HELD = 0.15  # seconds between keys that are held down,
OPENED_AFTER = 0.5  # seconds in view until a card counts as opened
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
        self._unlooked = 0
        self.advances = False  # whether the cursor moves on after a decision
        self._moved_at = float("-inf")
        self._dwelling: tuple[int, int, float] | None = None  # proposal, version, since when

    @property
    def proposal(self) -> Proposal | None:
        """The proposal whose card is shown whole."""
        return self.card.card.proposal if self.card.card else None

    def open(self, seen: tuple[int, int]) -> None:
        """The operator looks at this proposal and version."""
        self.opened.add(seen)
        self._dwelling = (*seen, monotonic() - OPENED_AFTER)

    def unlooked_in_a_row(self, proposal: Proposal) -> int:
        """How many approvals in a row, with this one, are of cards that were not opened; after the question, none counts."""
        if (proposal.id, proposal.version) in self.opened:
            self._unlooked = 0
        else:
            self._unlooked += 1
        return self._unlooked

    def left(self) -> tuple[int, int, float] | None:
        """The proposal and version that the operator looked at until now, and for how many seconds; None without one."""
        if self._dwelling is None:
            return None
        number, version, since = self._dwelling
        self._dwelling = None
        return number, version, monotonic() - since

    def look_at(self, row: Summary, *, by_person: bool) -> tuple[int, int, float] | None:
        """The cursor stands on this row now, moved by the person or by what changed around it.

        Returns what the operator looked at before, and for how many seconds.
        """
        before = self.proposal
        dwelt = self.left() if self._dwelling is not None and self._dwelling[0] != row.id else None
        if by_person:
            self._gate.chosen()
        elif before is not None and before.id != row.id:
            # The person waits for the next card after a decision, and knows that it comes.
            self._gate.changed_by_itself(0.0 if self.advances else SETTLES)
        self.advances = False
        self._gate.row_changed(row)
        self.card.announce(row)
        return dwelt

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
