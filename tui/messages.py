"""What happened: posted by Textual workers, handled by the inbox screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.message import Message

from execops.client import Card
from execops.decisions import Decided
from execops.errors import ExecOpsError
from execops.health import Health
from execops.proposals import Counts, Summary
from tui.views import Page


class PageRead(Message):
    """A page of the current view was read."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page


class ProposalsChanged(Message):
    """Proposals were inserted or updated; these are their rows now."""

    def __init__(self, rows: Sequence[Summary], asked_at: float) -> None:
        super().__init__()
        self.rows = rows
        self.asked_at = asked_at  # monotonic, before the first of them was read


class CountsRead(Message):
    """The header's numbers were read."""

    def __init__(self, counts: Counts, health: Health) -> None:
        super().__init__()
        self.counts = counts
        self.health = health


class WentLive(Message):
    """The inbox listens, and shows everything up to now."""


class WentOffline(Message):
    """The database does not answer; the inbox tries again by itself."""

    def __init__(self, error: ExecOpsError, again_at: datetime) -> None:
        super().__init__()
        self.error = error
        self.again_at = again_at


class CardRead(Message):
    """Everything about the proposal under the cursor was read."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card


class CardRefused(Message):
    """The proposal under the cursor could not be read."""

    def __init__(self, proposal_id: int, error: ExecOpsError) -> None:
        super().__init__()
        self.proposal_id = proposal_id
        self.error = error


class CardOpened(Message):
    """That the operator looks at this version was recorded."""

    def __init__(self, proposal_id: int, version: int) -> None:
        super().__init__()
        self.proposal_id = proposal_id
        self.version = version


class ProposalDecided(Message):
    """A decision of this console was recorded."""

    def __init__(self, decision: str, decided: Decided) -> None:
        super().__init__()
        self.decision = decision
        self.decided = decided


class DecisionRefused(Message):
    """A decision of this console changed nothing."""

    def __init__(self, decision: str, proposal_id: int, error: ExecOpsError) -> None:
        super().__init__()
        self.decision = decision
        self.proposal_id = proposal_id
        self.error = error
