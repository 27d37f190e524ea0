"""Decisions of this console that are under way: asked for, approved and counted down, and what they make of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from time import monotonic

from execops.health import Health
from execops.model import Status
from execops.proposals.listing import Summary
from tui import status_text
from tui.views import View


class Approvals:
    """Which proposals were approved here and are not performed yet, and which decisions the core has not answered."""

    def __init__(self) -> None:
        self.executes_at: dict[int, datetime] = {}  # by proposal, in the order of approval
        self._versions: dict[int, int] = {}  # the approved ones, by proposal
        self.asked: dict[int, str] = {}  # decisions without an answer, by proposal
        self._decided_at: dict[int, float] = {}  # monotonic, by proposal
        self._together: dict[int, frozenset[int]] = {}  # approved at once, and taken back at once
        self._then: Callable[[], None] | None = None

    def __contains__(self, proposal_id: int) -> bool:
        return proposal_id in self.executes_at

    def __bool__(self) -> bool:
        return bool(self.executes_at)

    @property
    def kept(self) -> set[int]:
        """The proposals whose rows stay, whatever a page of the view says."""
        return self.executes_at.keys() | self.asked.keys()

    # Asking

    def ask(self, decision: str, *proposal_ids: int) -> None:
        """A decision was asked for."""
        for proposal_id in proposal_ids:
            self.asked[proposal_id] = decision

    def answered(self, proposal_id: int) -> None:
        """The core answered about this proposal."""
        self.asked.pop(proposal_id, None)
        if self._then is not None and not self.awaits("approve"):
            then, self._then = self._then, None
            then()

    def awaits(self, decision: str) -> bool:
        """Whether a decision of this kind has no answer yet."""
        return decision in self.asked.values()

    def when_answered(self, then: Callable[[], None]) -> None:
        """Call once no approval is without an answer."""
        self._then = then

    def forget_asked(self) -> None:
        """No answer will come any more."""
        self.asked.clear()
        self._then = None

    # Decisions that were recorded

    def note_decision(self, proposal_id: int) -> None:
        """A decision was recorded: what was read before it is old."""
        self._decided_at[proposal_id] = monotonic()

    def is_old(self, proposal_id: int, read_at: float) -> bool:
        """Whether a row that was read at this monotonic moment may not know the decision made here."""
        return read_at < self._decided_at.get(proposal_id, 0.0)

    def approve(self, proposal_id: int, version: int, executes_at: datetime) -> None:
        """This version of the proposal was approved."""
        self.executes_at[proposal_id], self._versions[proposal_id] = executes_at, version

    def approve_together(self, proposal_ids: Iterable[int]) -> None:
        """These proposals were approved by one decision."""
        group = frozenset(proposal_ids)
        self._together |= dict.fromkeys(group, group)

    def take_back(self, proposal_id: int) -> None:
        """This proposal is pending again."""
        self.executes_at.pop(proposal_id, None)
        self._versions.pop(proposal_id, None)
        self._together.pop(proposal_id, None)

    def end(self, row: Summary) -> bool:
        """Whether this row, as it reads now, is one of those approved here that is no longer under way."""
        ended = row.id in self.executes_at and row.effective_status not in status_text.UNDER_WAY
        if ended:
            del self.executes_at[row.id], self._versions[row.id]
        return ended

    def last(self) -> Sequence[tuple[int, int]]:
        """The proposals, with their versions, that the next undo takes back: the last one approved, or its group."""
        last = next((number for number in reversed(self.executes_at) if number not in self.asked), None)
        if last is None:
            return ()
        group = self._together.get(last, {last})
        return [(number, self._versions[number]) for number in group if number in self.executes_at]

    # The status and the words of a row

    def stays(self, row: Summary) -> bool:
        """Whether a row that left its view stays in it, as it is under way by a decision of this console."""
        return row.effective_status in status_text.UNDER_WAY and row.id in self.kept

    def status(self, row: Summary) -> Status:
        """The status of a row, which may not know yet that it was approved."""
        if row.id in self.executes_at and row.effective_status is Status.PENDING:
            return Status.APPROVED
        return row.effective_status

    def note(self, row: Summary, view: View, health: Health | None) -> str | None:
        """The words beside a row; None where its status says all."""
        decision = self.asked.get(row.id)
        if decision is not None:
            return status_text.asked(decision, row)
        executes_at = self.executes_at.get(row.id)
        if row.approvals_text and self.status(row) not in status_text.UNDER_WAY:
            return row.approvals_text
        if view is not View.PENDING and executes_at is None:
            return None
        return status_text.note(row, self.status(row), executes_at, health)

    def counting(self) -> bool:
        """Whether an undo window is still open; the hours until a morning are not counted down."""
        left = map(status_text.seconds_left, self.executes_at.values())
        return any(0 < seconds <= status_text.LONG for seconds in left)
