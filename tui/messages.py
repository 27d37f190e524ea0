"""Facts in the past tense: posted by Textual workers, handled by the inbox screen."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from execops.authority.policy import Suppression
    from execops.canvas.drilldown import DrillDown
    from execops.canvas.result import Answer
    from execops.canvas.run import Asked
    from execops.canvas.understanding import Suggestion
    from execops.client.proposals_part import Card
    from execops.errors import ExecOpsError, RecentContactError
    from execops.health import Health, Pulse
    from execops.model import Event, Proposal
    from execops.proposals.decided import Decided
    from execops.proposals.listing import Counts, Quiet, Summary
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
    """The header's numbers were read, and which plays are mostly rejected."""

    def __init__(
        self, counts: Counts, health: Health, flagged: AbstractSet[str], quiet: Quiet | None
    ) -> None:
        super().__init__()
        self.quiet = quiet  # where nothing waits
        self.counts = counts
        self.health = health
        self.flagged = flagged


class PulseRead(Message):
    """The number of living workers changed, or executions were paused or resumed."""

    def __init__(self, pulse: Pulse) -> None:
        super().__init__()
        self.pulse = pulse


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


class EventRead(Message):
    """The event behind a proposal was read."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class EventRefused(Message):
    """The event behind a proposal could not be read."""

    def __init__(self, error: ExecOpsError) -> None:
        super().__init__()
        self.error = error


class WrittenLately(Message):
    """The core asks whether the customer of this proposal may be written to again, before it takes the decision."""

    def __init__(self, decision: str, proposal: Proposal, error: RecentContactError) -> None:
        super().__init__()
        self.decision = decision
        self.proposal = proposal
        self.error = error


class MarkedRead(Message):
    """The cards of marked proposals were read; `missing` could not be, or changed since they were marked."""

    def __init__(self, decision: str, cards: Sequence[Card], missing: Sequence[int]) -> None:
        super().__init__()
        self.decision = decision
        self.cards = cards
        self.missing = missing


class MarkedDecided(Message):
    """The core answered for each of the marked."""

    def __init__(self, decision: str, answers: Sequence[tuple[Proposal, Decided | ExecOpsError]]) -> None:
        super().__init__()
        self.decision = decision
        self.answers = answers


class PageShown(Message):
    """A browser was asked to show a page, and did or could not."""

    def __init__(self, url: str, *, opened: bool) -> None:
        super().__init__()
        self.url = url
        self.opened = opened


class EditSaved(Message):
    """An edit in place was recorded."""

    def __init__(self, decided: Decided) -> None:
        super().__init__()
        self.decided = decided


class EditRefused(Message):
    """An edit in place changed nothing; the text is still there."""

    def __init__(self, error: ExecOpsError) -> None:
        super().__init__()
        self.error = error


class CardOpened(Message):
    """That the operator looks at this version was recorded."""

    def __init__(self, proposal_id: int, version: int) -> None:
        super().__init__()
        self.proposal_id = proposal_id
        self.version = version


class OpeningLost(Message):
    """That the operator looks at this version could not be recorded."""

    def __init__(self, proposal_id: int, version: int) -> None:
        super().__init__()
        self.proposal_id = proposal_id
        self.version = version


class ProposalDecided(Message):
    """A decision of this console was recorded; `quiet` where one word is said of several together."""

    def __init__(self, decision: str, decided: Decided, *, quiet: bool = False) -> None:
        super().__init__()
        self.decision = decision
        self.decided = decided
        self.quiet = quiet


class DecisionRefused(Message):
    """A decision of this console changed nothing."""

    def __init__(self, decision: str, proposal_id: int, error: ExecOpsError) -> None:
        super().__init__()
        self.decision = decision
        self.proposal_id = proposal_id
        self.error = error


class QuestionAsked(Message):
    """A question was typed, or chosen; a `suggestion` has its metric and parameters already."""

    def __init__(self, question: str, suggestion: Suggestion | None = None) -> None:
        super().__init__()
        self.question = question
        self.suggestion = suggestion


class QuestionAnswered(Message):
    """The canvas answered, or said why it does not."""

    def __init__(self, question: str, asked: Asked) -> None:
        super().__init__()
        self.question = question
        self.asked = asked


class QuestionFailed(Message):
    """A question could not be put to the ledger."""

    def __init__(self, question: str, error: ExecOpsError) -> None:
        super().__init__()
        self.question = question
        self.error = error


class BehindRead(Message):
    """The proposals and events behind a row of an answer were read; `events` where those were asked for."""

    def __init__(self, answer: Answer, at: int, behind: DrillDown, *, events: bool) -> None:
        super().__init__()
        self.answer = answer
        self.at = at
        self.behind = behind
        self.events = events


class BehindRefused(Message):
    """The proposals and events behind a row could not be read."""

    def __init__(self, error: ExecOpsError) -> None:
        super().__init__()
        self.error = error


class SuppressionsRead(Message):
    """The customers who are never contacted were read."""

    def __init__(self, suppressions: Sequence[Suppression]) -> None:
        super().__init__()
        self.suppressions = suppressions


class SuppressionLifted(Message):
    """This customer may be contacted again."""

    def __init__(self, suppression: Suppression) -> None:
        super().__init__()
        self.suppression = suppression


class SuppressionsRefused(Message):
    """The suppressions could not be read, or one of them not be lifted."""

    def __init__(self, error: ExecOpsError) -> None:
        super().__init__()
        self.error = error
