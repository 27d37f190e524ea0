"""The decisions of this console once the core has recorded them: what is counted down, said, and dropped from the list."""

from __future__ import annotations

from tui import keys, messages, status_text
from tui.list_side import ListSide
from tui.shared import Shared
from tui.views import View


class DecidedSide:
    """Takes the recorded decisions."""

    def __init__(self, shared: Shared, list_side: ListSide) -> None:
        self._shared, self._list_side, self._approvals = shared, list_side, shared.approvals

    def take(self, event: messages.ProposalDecided) -> bool:
        """Take a decision that was recorded; returns whether a window is counted down now."""
        decided, decision = event.decided, event.decision
        number, view = decided.proposal_id, self._list_side.view
        counting = False
        self._approvals.note_decision(number)
        if decision == "approve" and decided.executes_at:
            if view is not View.PENDING or self._list_side.list.rows.known(number):  # else it is done by now
                self._approvals.approve(number, decided.version, decided.executes_at)
                counting = True
            if decided.leaves is not None:
                self._shared.say(f"#{number} {decided.leaves}; {self._undo} takes it back.")
        elif decided.waits_for:
            if not event.quiet:
                self._shared.say(status_text.half_approved(decided))
        elif decision == "undo":
            self._approvals.take_back(number)
            if not event.quiet:
                self._list_side.return_to = number
                self._shared.say(status_text.taken_back(decided))
        elif decision in status_text.DECIDED:
            self._say(event)
        self._approvals.answered(number)
        left = decision in status_text.DECIDED and not decided.waits_for
        if left and view is not View.DECIDED:
            self._list_side.drop(number)
        return counting

    def _say(self, event: messages.ProposalDecided) -> None:
        decided = event.decided
        undo = ""
        if decided.undo_until is not None:
            self._approvals.reject(decided.proposal_id, decided.version, decided.undo_until)
            undo = f"; {self._undo} takes it back"
        elif event.decision == "snooze" and decided.snoozed_until is not None:
            undo = f" until {decided.snoozed_until.astimezone():%a %d %b %H:%M} at the latest"
        if not event.quiet:
            self._shared.say(f"#{decided.proposal_id} {status_text.DECIDED[event.decision]}{undo}.")

    @property
    def _undo(self) -> str:
        return keys.name(keys.UNDO, self._shared.keymap)
