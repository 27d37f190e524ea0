"""The keys that decide about several proposals at once: everything marked, each in the version that was marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from execops.model import Status
from execops.proposals.decided import Decided
from tui import approval_words, keys, messages, status_text
from tui.keyboard import PATIENCE
from tui.text import clean

if TYPE_CHECKING:
    from execops.errors import ExecOpsError
    from execops.model import Proposal
    from tui.screens.reject import Rejection
    from tui.shared import Shared
    from tui.widgets.inbox_pane import InboxPane

# By decision: its participle, and the states in which it makes sense.
KINDS: Mapping[str, tuple[str, frozenset[Status]]] = {
    "approve": ("approved", frozenset({Status.PENDING})),
    "reject": ("rejected", frozenset({Status.PENDING, Status.SNOOZED})),
    "close": ("given up", status_text.STUCK),
}


class MarkedKeys:
    """Approve or acknowledge, reject, or give up all that is marked, after showing it."""

    def __init__(self, shared: Shared, pane: InboxPane, *, advances: bool = False) -> None:
        self._shared, self._pane, self._approvals = shared, pane, shared.approvals
        self._advances = advances
        self._waits = False  # whether a key still waits for the cards of what is marked

    def press(self, decision: str) -> None:
        """Read what is marked, and ask."""
        if self._shared.refused_as_readonly():
            return
        rows = self._pane.list.marked_rows()
        why_not = self._why_not(decision)
        if why_not is not None:
            self._shared.refuse(why_not)
            return
        states = KINDS[decision][1]
        marked = self._pane.list.marked
        chosen = {row.id: marked[row.id] for row in rows if row.effective_status in states}
        self._waits = True
        self._shared.keyboard.hold("marked", patience=PATIENCE * 2, expired=self._give_up)
        self._shared.face.start(
            self._shared.decider.read_marked(decision, chosen, states), "marked", exclusive=True
        )

    def _give_up(self) -> None:
        self._waits = False
        self._shared.refuse("The marked proposals could not be read in time; nothing was asked.")

    def _why_not(self, decision: str) -> str | None:
        rows = self._pane.list.marked_rows()
        if not rows:
            mark = keys.name(keys.MARK, self._shared.keymap)
            return f"Nothing is marked: {mark} marks. {keys.name(keys.RANGE, self._shared.keymap)} begins a range."
        participle, states = KINDS[decision]
        if not any(row.effective_status in states for row in rows):
            return f"Nothing that is marked can be {participle}."
        plays = {row.play for row in rows}
        if decision == "approve" and len(plays) > 1 and not all(row.is_notice for row in rows):
            return f"Only one play is approved at once; marked are {', '.join(sorted(plays))}."
        return None

    def ask(self, event: messages.MarkedRead) -> None:
        """Show the marked proposals, and ask; cards that come too late would put a question under keys meant for other things."""
        if not self._waits:
            return
        self._waits = False
        if event.missing:
            self._pane.list.unmark(*event.missing)
            names = ", ".join(f"#{number}" for number in event.missing)
            self._shared.say(f"Left out: {names} changed, or is gone.", "warning")
        proposals = [card.proposal for card in event.cards]
        if proposals and event.decision == "approve":
            from tui.screens.bulk import BulkScreen

            self._shared.face.push(
                BulkScreen(event.cards, self._shared.keymap),
                lambda confirmed: self._decide("approve", proposals, None) if confirmed else None,
            )
        elif proposals:
            from tui.screens.reject import RejectScreen

            def decide(rejection: Rejection | None) -> None:
                if rejection is not None:
                    self._decide(event.decision, proposals, rejection.reason)

            self._shared.face.push(RejectScreen(proposals, self._shared.keymap, event.decision), decide)
        self._shared.keyboard.release("marked")
        self._shared.face.tidy()

    def _decide(self, decision: str, proposals: list[Proposal], reason: str | None) -> None:
        self._approvals.ask(decision, *(proposal.id for proposal in proposals))
        current = self._pane.list.current
        if self._advances and current is not None and current.id in self._approvals.asked:
            self._pane.advance()
        self._pane.judge()
        work = self._shared.decider.decide_marked(decision, proposals, reason)
        self._shared.face.start(work, "decisions")

    def take_answers(self, event: messages.MarkedDecided) -> None:
        """Show the answer about each of the marked."""
        answered = [answer for _, answer in event.answers if isinstance(answer, Decided)]
        done = [decided for decided in answered if not decided.waits_for]
        self._approvals.decide_together(decided.proposal_id for decided in done)
        for proposal, answer in event.answers:
            self._pane.list.unmark(proposal.id)
            if isinstance(answer, Decided):
                self._shared.face.post_message(messages.ProposalDecided(event.decision, answer, quiet=True))
            else:
                self._approvals.answered(proposal.id)
        refused, half = len(event.answers) - len(answered), len(answered) - len(done)
        participle = KINDS[event.decision][0]
        if event.decision == "approve":
            participle = approval_words.of(*(proposal for proposal, _ in event.answers)).participle
        waiting = f", {half} {'waits' if half == 1 else 'wait'} for another operator" if half else ""
        undo = ""
        if event.decision == "reject" and any(decided.undo_until for decided in done):
            undo = f" {keys.name(keys.UNDO, self._shared.keymap)} takes it back."
        if not refused:
            self._shared.say(f"{len(done)} {participle}{waiting}.{undo}")
            return
        from tui.screens.reader import ReaderScreen

        lines = [_answer(proposal, answer, participle) for proposal, answer in event.answers]
        title = f"{len(done)} {participle}{waiting}, {refused} not"
        self._shared.face.push(ReaderScreen(title, lines, copies="\n".join(line.plain for line in lines)))


def _answer(proposal: Proposal, answer: Decided | ExecOpsError, participle: str) -> Content:
    title = f"#{proposal.id}  {clean(proposal.title)}"
    if isinstance(answer, Decided):
        return Content.assemble((f"✓ {answer.waits_for or participle}  ", "$text-success"), title)
    return Content.assemble(("✗ not       ", "$text-error"), title, "\n            ", clean(answer.message))
