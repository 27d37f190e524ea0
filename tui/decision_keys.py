"""The keys that decide: each is about the proposal under the cursor, in the version that is shown.

Dialogs are imported where they are opened: the first paint waits for none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from execops.errors import AlreadyApprovedError, ConflictError, ExecOpsError, NotConfiguredError
from execops.model import Status, Urgency
from tui import approval_words, keys, messages, status_text
from tui.keyboard import PATIENCE

if TYPE_CHECKING:
    from execops.client.proposals_part import Card
    from execops.model import Proposal
    from execops.proposals.decided import Decided
    from tui.card_gate import CardGate
    from tui.screens.reject import Rejection
    from tui.shared import Shared
    from tui.widgets.inbox_pane import InboxPane

PENDING = frozenset({Status.PENDING, Status.SNOOZED})
# By decision: the states in which it makes sense, and its participle.
STATES = {
    "approve": (PENDING, "approved"),
    "reject": (PENDING, "rejected"),
    "snooze": (PENDING, "snoozed"),
    "edit": (status_text.EDITABLE, "edited"),
    "edit_here": (status_text.EDITABLE, "edited"),
    "retry": (status_text.STUCK, "tried again"),
    "confirm": (status_text.STUCK, "confirmed"),
    "close": (status_text.STUCK, "closed"),
}


UNLOOKED = 5  # approvals in a row without opening the card; then the inbox asks, once


class DecisionKeys:
    """Approve, reject, snooze, edit; undo; retry, confirm, close. `advances`: the cursor goes to the next after each."""

    def __init__(
        self,
        shared: Shared,
        pane: InboxPane,
        gate: CardGate,
        borrow_terminal: Callable[[], AbstractContextManager[None]],
        *,
        advances: bool,
    ) -> None:
        self._advances = advances
        self._shared, self._pane, self._gate = shared, pane, gate
        self._borrow_terminal = borrow_terminal
        self._client, self._approvals = shared.client, shared.approvals

    def press(self, decision: str) -> None:
        """Take this decision about the proposal under the cursor, once its card is shown."""
        if not self._shared.refused_as_readonly():
            self._gate.on_card(
                self._pane.list.current, self._pane.card.card, lambda card: self._press(decision, card)
            )

    def _press(self, decision: str, card: Card) -> None:
        why_not = self._why_not(decision, card)
        if why_not is not None:
            ahead = self._gate.unread or card.proposal.id in self._approvals.asked
            self._shared.refuse(why_not, until_quiet=ahead)
            return
        match decision:
            case "approve":
                self._approve(card)
            case "reject":
                self._reject(card.proposal)
            case "snooze":
                self._snooze(card)
            case "edit":
                self._edit(card)
            case "edit_here":
                self._edit_here(card)
            case "retry":
                self._retry(card)
            case "confirm":
                self._confirm(card.proposal)
            case "close":
                self._close(card.proposal)

    def _why_not(self, decision: str, card: Card) -> str | None:
        proposal = card.proposal
        states, participle = STATES[decision]
        asked = self._approvals.asked.get(proposal.id)
        if asked is not None:
            return f"#{proposal.id} is being decided: {status_text.asked(asked, proposal)}"
        if self._gate.unread:
            return "The card changed just now: look again."
        approved = proposal.id in self._approvals and proposal.status is Status.PENDING
        status = Status.APPROVED if approved else proposal.status
        if status in states:
            return None
        key = keys.name(keys.UNDO, self._shared.keymap)
        undo = f"; {key} takes it back" if status is Status.APPROVED else ""
        return f"#{proposal.id} is {status} and cannot be {participle}{undo}."

    # Each decision

    def _approve(self, card: Card) -> None:
        """Approve; a critical proposal, or one that cannot be taken back, after one more question."""
        proposal = card.proposal
        verb = approval_words.of(proposal).verb.capitalize()

        def approve() -> None:
            self._decide(
                "approve",
                proposal,
                lambda: self._client.proposals.approve(
                    proposal.id, proposal.version, confirmed=card.needs_confirmation
                ),
            )

        reasons = ["This one is critical."] if proposal.urgency is Urgency.CRITICAL else []
        if self._pane.side.unlooked_in_a_row(proposal) == UNLOOKED:
            reasons.append(f"You approve {UNLOOKED} in a row without opening them.")
        if card.needs_confirmation:
            reasons.append("This cannot be taken back once it is done.")
        if reasons:
            question = f"{' '.join(reasons)} {verb} it?"
            self._ask(question, proposal, verb, f"It {card.does}.", approve)
        else:
            approve()

    def _reject(self, proposal: Proposal) -> None:
        from tui.screens.reject import RejectScreen

        def reject(rejection: Rejection | None) -> None:
            if rejection is not None:
                self._decide(
                    "reject",
                    proposal,
                    lambda: self._client.proposals.reject(
                        proposal.id, proposal.version, rejection.reason, suppress=rejection.suppress
                    ),
                )

        self._shared.face.push(RejectScreen([proposal], self._shared.keymap), reject)

    def _snooze(self, card: Card) -> None:
        client, proposal = self._client.proposals, card.proposal
        if proposal.status is Status.SNOOZED:
            self._decide("unsnooze", proposal, lambda: client.unsnooze(proposal.id, proposal.version))
            return
        from tui.screens.snooze import SnoozeScreen

        def snooze(until: str | None) -> None:
            if until:
                self._decide("snooze", proposal, lambda: client.snooze(proposal.id, proposal.version, until))

        self._shared.face.push(SnoozeScreen(card), snooze)

    def _retry(self, card: Card) -> None:
        proposal = card.proposal

        def retry() -> None:
            self._decide(
                "retry",
                proposal,
                lambda: self._client.proposals.retry(proposal.id, proposal.version, confirmed=True),
            )

        self._ask("Try this again, at once?", proposal, "Try again", f"It {card.does}.", retry)

    def _confirm(self, proposal: Proposal) -> None:
        def confirm() -> None:
            self._decide(
                "confirm", proposal, lambda: self._client.proposals.confirm(proposal.id, proposal.version)
            )

        question = "Did this go out, as you have seen for yourself?"
        does = "It counts as done, and nothing more is sent."
        self._ask(question, proposal, "It went out", does, confirm)

    def _close(self, proposal: Proposal) -> None:
        from tui.screens.reject import RejectScreen

        def close(rejection: Rejection | None) -> None:
            if rejection is not None:
                self._decide(
                    "close",
                    proposal,
                    lambda: self._client.proposals.close(proposal.id, proposal.version, rejection.reason),
                )

        self._shared.face.push(RejectScreen([proposal], self._shared.keymap, "close"), close)

    def _ask(self, question: str, proposal: Proposal, yes: str, does: str, then: Callable[[], None]) -> None:
        from tui.screens.confirm import ConfirmScreen

        def answer(confirmed: bool | None) -> None:
            if confirmed:
                then()

        self._shared.face.push(
            ConfirmScreen(question, _what(proposal), does, yes=yes, keymap=self._shared.keymap), answer
        )

    def ask_again(self, event: messages.WrittenLately) -> None:
        """Ask whether the customer may be written to again, with the sentence that says what they got."""
        from tui.screens.again import AgainScreen

        decision, proposal, approvals = event.decision, event.proposal, self._client.proposals

        def answer(confirmed: bool | None) -> None:
            if confirmed:
                call = approvals.retry if decision == "retry" else approvals.approve
                self._decide(
                    decision,
                    proposal,
                    lambda: call(proposal.id, proposal.version, again=True, confirmed=True),
                )

        self._shared.keyboard.forget(
            until_quiet=True
        )  # keys typed ahead would answer it, and then hit other rows
        self._shared.face.push(
            AgainScreen(
                event.error.sentence,
                _what(proposal),
                "Yes approves it all the same, and the audit log keeps the answer.",
                yes="Write again",
                keymap=self._shared.keymap,
                pressed_at=lambda: self._shared.keyboard.pressed_at,
            ),
            answer,
        )

    def _decide(self, decision: str, proposal: Proposal, call: Callable[[], Awaitable[Decided]]) -> None:
        if proposal.id not in self._approvals.asked:
            self._approvals.ask(decision, proposal.id)
            if self._advances:
                self._pane.advance()
            self._pane.judge()

            async def decide() -> None:
                await self._shared.decider.decide(decision, proposal, call)

            self._shared.face.start(decide(), "decisions")

    # Editing

    def _edit_here(self, card: Card) -> None:
        from tui.screens.edit import EditScreen

        proposal = card.proposal

        def saved(decided: Decided | None) -> None:
            if decided is not None:
                self._shared.face.post_message(messages.ProposalDecided("edit", decided))

        self._shared.face.push(
            EditScreen(
                proposal,
                card.fields,
                lambda payload: self._client.proposals.validate(proposal.action_type, payload),
                lambda payload: self._shared.decider.finish(
                    self._client.proposals.edit(proposal.id, proposal.version, payload)
                ),
                self._shared.keymap,
            ),
            saved,
        )

    def _edit(self, card: Card) -> None:
        self._shared.keyboard.hold("editor", expired=self._shared.face.tidy)
        self._shared.face.start(self._edit_outside(card), "editor")

    async def _edit_outside(self, card: Card) -> None:
        from tui import editor

        proposal = card.proposal
        try:
            edited = editor.edit(
                proposal,
                card.fields,
                lambda payload: self._client.proposals.validate(proposal.action_type, payload),
                self._borrow_terminal,
            )
        except SuspendNotSupported:
            here = keys.name(keys.EDIT_HERE, self._shared.keymap)
            self._shared.tell(
                NotConfiguredError("This terminal cannot be lent to an editor.", hint=f"{here} edits here.")
            )
            return
        except ExecOpsError as error:
            self._shared.tell(error)
            return
        finally:
            self._shared.keyboard.forget()  # keys typed ahead were meant for the editor
            self._shared.keyboard.release("editor")
        if edited is None:
            self._shared.say("The draft is unchanged.")
            return
        self._approvals.ask("edit", proposal.id)
        if await self._shared.decider.edit(proposal, edited.payload) is None:
            self._shared.say(f"Your text is kept in {edited.path}.", "warning")
        else:
            edited.path.unlink()

    # Undo

    def undo(self) -> None:
        """Take back the last approval or rejection that can be, or those made with it; one without an answer first gets
        it."""
        if self._shared.refused_as_readonly():
            return
        if self._approvals.awaits("approve", "reject"):
            keyboard = self._shared.keyboard
            keyboard.hold("undo", patience=PATIENCE, expired=self._undo_last)

            def undo() -> None:
                keyboard.release("undo")
                self._undo_last()

            self._approvals.when_answered(undo)
        else:
            self._undo_last()

    def _undo_last(self) -> None:
        last = self._approvals.last()
        card = self._pane.card.card
        current = self._pane.list.current
        if not last and card is not None and current is not None and card.proposal.id == current.id:
            proposal = card.proposal
            if proposal.status is Status.APPROVED and proposal.id not in self._approvals.asked:
                last = [(proposal.id, proposal.version)]  # approved at another console, and shown here
        if not last:
            self._shared.refuse("There is nothing to undo.", "information")
            return
        self._approvals.ask("undo", *(number for number, _ in last))
        self._shared.face.start(self._take_back(last), "decisions")

    async def _take_back(self, approved: Sequence[tuple[int, int]]) -> None:
        count = await self._shared.decider.undo(approved)
        if len(approved) > 1:
            self._shared.say(f"Taken back: {count} of {len(approved)} are pending again.")

    async def explain(self, refusal: messages.DecisionRefused) -> None:
        """Say who, or what, was faster than a decision."""
        number, error = refusal.proposal_id, refusal.error
        faster = isinstance(error, ConflictError) and not isinstance(error, AlreadyApprovedError)
        card = await self._shared.decider.card(number) if faster else None
        words = None if card is None else status_text.conflict(card, refusal.decision)
        if words is not None or isinstance(error, ConflictError):
            self._shared.say(words or error.message, "error")
        else:
            self._shared.tell(error)


def _what(proposal: Proposal) -> str:
    amount = f"{proposal.amount}  " if proposal.amount else ""
    return f"#{proposal.id}  {amount}{proposal.title}"
