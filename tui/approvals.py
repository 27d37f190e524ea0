"""Decisions of this console that are under way: asked for, approved and counted down, and what they make of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from time import monotonic

from execops.health import Health
from execops.model import Status
from execops.proposals.listing import Summary
from tui import clock, status_text
from tui.views import View


class Approvals:
    """Which proposals were approved here and are not performed yet, and which decisions the core has not answered."""

    def __init__(self) -> None:
        self.executes_at: dict[int, datetime] = {}  # by proposal, in the order of approval
        self._versions: dict[int, int] = {}  # the approved ones, by proposal
        self.asked: dict[int, str] = {}  # decisions without an answer, by proposal
        self._decided_at: dict[int, float] = {}  # monotonic, by proposal
        self._together: dict[int, frozenset[int]] = {}  # decided at once, and taken back at once
        self._rejected: dict[
            int, tuple[int, datetime]
        ] = {}  # the version, and until when it can be taken back
        self._order: dict[int, None] = {}  # what can be taken back, the last decision last
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
        if self._then is not None and not self.awaits("approve", "reject"):
            then, self._then = self._then, None
            then()

    def awaits(self, *decisions: str) -> bool:
        """Whether a decision of one of these kinds has no answer yet."""
        return any(decision in self.asked.values() for decision in decisions)

    def when_answered(self, then: Callable[[], None]) -> None:
        """Call once no approval and no rejection is without an answer."""
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
        self._put_last(proposal_id)

    def reject(self, proposal_id: int, version: int, undo_until: datetime) -> None:
        """This version of the proposal was rejected, which can be taken back until then."""
        self._rejected[proposal_id] = (version, undo_until)
        self._put_last(proposal_id)

    def _put_last(self, proposal_id: int) -> None:
        self._order.pop(proposal_id, None)
        self._order[proposal_id] = None

    def decide_together(self, proposal_ids: Iterable[int]) -> None:
        """These proposals were decided by one decision."""
        group = frozenset(proposal_ids)
        self._together |= dict.fromkeys(group, group)

    def take_back(self, proposal_id: int) -> None:
        """This proposal is pending again."""
        self.executes_at.pop(proposal_id, None)
        self._versions.pop(proposal_id, None)
        self._together.pop(proposal_id, None)
        self._rejected.pop(proposal_id, None)
        self._order.pop(proposal_id, None)

    def end(self, row: Summary) -> bool:
        """Whether this row, as it reads now, is one of those approved here that is no longer under way."""
        ended = row.id in self.executes_at and row.effective_status not in status_text.UNDER_WAY
        if ended:
            del self.executes_at[row.id], self._versions[row.id]
            self._order.pop(row.id, None)
        return ended

    def last(self) -> Sequence[tuple[int, int]]:
        """The proposals, with their versions, that the next undo takes back: the last one decided, or its group."""
        open_ = {number: version for number, version in self._versions.items() if number in self.executes_at}
        open_ |= {
            number: version
            for number, (version, until) in self._rejected.items()
            if clock.seconds_until(until) > 0
        }
        last = next(
            (number for number in reversed(self._order) if number in open_ and number not in self.asked), None
        )
        if last is None:
            return ()
        return [(number, open_[number]) for number in self._together.get(last, {last}) if number in open_]

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
