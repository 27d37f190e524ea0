"""The part of the inbox that decides: every decision names the version that is shown.

Dialogs are imported where they are opened: the first paint waits for none of them.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on, work
from textual.screen import Screen

from execops.client import Client
from execops.errors import ConflictError, ExecOpsError
from execops.model import Proposal, Status, Urgency
from execops.proposals.decisions import Decided
from tui import keys, standing
from tui.feed import Feed
from tui.messages import DecisionRefused, ProposalDecided
from tui.text import clean
from tui.widgets.card import ProposalCard
from tui.widgets.proposal_list import ProposalList

if TYPE_CHECKING:
    from tui.screens.reject import Rejection

T = TypeVar("T")
SETTLES = 0.7  # seconds for which a card that changed by itself takes no decision: nobody has read it
LEAVES = 5.0  # seconds that calls under way get when the inbox is left
TOASTS = {"information": 4.0, "warning": 8.0, "error": 10.0}  # seconds


class DecidingScreen(Screen[None]):
    """Approve, reject, undo; retry, confirm, close. Its subclasses edit, mark and look."""

    client: Client
    readonly: bool
    keymap: Mapping[str, str]
    list: ProposalList
    card: ProposalCard
    feed: Feed

    def __init__(self) -> None:
        super().__init__()
        self.approvals: dict[int, datetime] = {}  # approved here and under way: when each is performed
        self.approved_versions: dict[int, int] = {}  # the version that an undo takes back
        self.decided_at: dict[int, float] = {}  # what was read before a decision of this console is old
        self.deciding: dict[int, str] = {}  # asked for here, not answered yet: which decision
        self.together: dict[int, frozenset[int]] = {}  # approved with others at once, and so taken back
        self._asked: set[asyncio.Future[Any]] = set()
        self.changed_at = float("-inf")  # when the card became another one by itself

    @abstractmethod
    def judge(self) -> None:
        """Bring what is said of the card's standing up to date."""

    @abstractmethod
    def tidy(self) -> None:
        """Show what follows from what there is."""

    # Which decision, about what

    def action_approve(self) -> None:
        """Approve; what is critical, or moves money, after one more question."""
        shown = self.decidable("approved", {Status.PENDING})
        if shown is None:
            return
        if shown.urgency is Urgency.CRITICAL:
            self._ask("This one is critical. Approve it?", shown, "Approve", self._approve, self._does())
        elif self.card.card is None or self.card.card.moves_money:
            question = "This cannot be taken back once it is done. Approve it?"
            self._ask(question, shown, "Approve", self._approve, self._does())
        else:
            self._approve(shown)

    def _approve(self, shown: Proposal) -> None:
        self._decide("approve", shown, lambda: self.client.proposals.approve(shown.id, shown.version))

    def action_reject(self) -> None:
        """Reject, after asking for a reason."""
        from tui.screens.reject import RejectScreen

        shown = self.decidable("rejected", {Status.PENDING})
        if shown is None:
            return

        def reject(said: Rejection | None) -> None:
            if said is not None:
                self._decide(
                    "reject",
                    shown,
                    lambda: self.client.proposals.reject(
                        shown.id, shown.version, said.reason, suppress=said.suppress
                    ),
                )

        self.app.push_screen(RejectScreen(shown.title, shown.subject_key, self.keymap), reject)

    def action_undo(self) -> None:
        """Take back the last approval that is not performed yet, or those made with it at once."""
        if self.refused_as_readonly():
            return
        last = next((each for each in reversed(self.approvals) if each not in self.deciding), None)
        shown = self.card.card.proposal if self.card.card else None
        if shown is not None and shown.status is Status.APPROVED and last is None:
            last = shown.id  # approved at another console, and looked at here
            self.approved_versions[last] = shown.version
        if last is None:
            self.say("There is nothing to undo.")
            return
        undone = [each for each in self.together.get(last, {last}) if each in self.approvals] or [last]
        for proposal_id in undone:
            self.deciding[proposal_id] = "undo"
        self._undo(undone)

    @work(group="decisions", exit_on_error=False)
    async def _undo(self, undone: Sequence[int]) -> None:
        taken = 0
        for proposal_id in undone:
            try:
                decided = await self.ask(
                    self.client.proposals.undo(proposal_id, self.approved_versions[proposal_id])
                )
            except ExecOpsError as error:
                self.post_message(DecisionRefused("undo", proposal_id, error))
            else:
                taken += 1
                self.post_message(ProposalDecided("undo", decided, told=len(undone) > 1))
        if len(undone) > 1:
            self.say(f"Taken back: {taken} of {len(undone)} are pending again.")

    def action_retry(self) -> None:
        """Try again, after a question: it happens at once."""
        shown = self.decidable("tried again", standing.STUCK)
        if shown is not None:
            self._ask(
                "Try this again, at once?",
                shown,
                "Try again",
                lambda p: self._decide("retry", p, lambda: self.client.proposals.retry(p.id, p.version)),
                self._does(),
            )

    def action_confirm(self) -> None:
        """Confirm that it went out, after a question."""
        shown = self.decidable("confirmed", standing.STUCK)
        if shown is not None:
            self._ask(
                "Did this go out, as you have seen for yourself?",
                shown,
                "It went out",
                lambda p: self._decide("confirm", p, lambda: self.client.proposals.confirm(p.id, p.version)),
                "It counts as done, and nothing more is sent.",
            )

    def action_close(self) -> None:
        """Give it up, after a question."""
        shown = self.decidable("closed", standing.STUCK)
        if shown is not None:
            self._ask(
                "Give this up?",
                shown,
                "Give it up",
                lambda p: self._decide("close", p, lambda: self.client.proposals.close(p.id, p.version)),
                "It counts as rejected, and nothing more is sent.",
            )

    # Asking the core

    async def ask(self, call: Awaitable[T]) -> T:
        """Await a call that runs to its end even where the Textual worker that asked is cancelled."""
        asked = asyncio.ensure_future(call)
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)
        return await asyncio.shield(asked)

    async def on_unmount(self) -> None:
        """Leave nothing half done behind."""
        if self._asked:
            await asyncio.wait(self._asked, timeout=LEAVES)

    def _decide(self, decision: str, shown: Proposal, call: Callable[[], Awaitable[Decided]]) -> None:
        if shown.id not in self.deciding:
            self.deciding[shown.id] = decision
            self.judge()
            self.list.refresh()
            self._ask_core(decision, shown.id, call)

    @work(group="decisions", exit_on_error=False)
    async def _ask_core(
        self, decision: str, proposal_id: int, call: Callable[[], Awaitable[Decided]]
    ) -> None:
        try:
            decided = await self.ask(call())
        except ExecOpsError as error:
            self.post_message(DecisionRefused(decision, proposal_id, error))
        else:
            self.post_message(ProposalDecided(decision, decided))

    @on(DecisionRefused)
    def _explain(self, event: DecisionRefused) -> None:
        self.deciding.pop(event.proposal_id, None)
        self.judge()
        self.list.refresh()
        if isinstance(event.error, ConflictError):
            self._explain_conflict(event)
        else:
            self.tell(event.error)
        self.feed.touch(event.proposal_id)

    @work(group="conflicts", exit_on_error=False)
    async def _explain_conflict(self, event: DecisionRefused) -> None:
        try:
            card = await self.ask(self.client.proposals.card(event.proposal_id))
        except ExecOpsError:
            self.tell(event.error)
        else:
            self.say(standing.conflict(card, event.decision) or event.error.message, "error")

    # What may be decided now

    def decidable(self, wanted: str, states: set[Status] | frozenset[Status]) -> Proposal | None:
        """The proposal shown, where this decision makes sense; else says why not."""
        if self.refused_as_readonly():
            return None
        if self.card.card is None:
            if self.card.display:
                self.say("The card is still being read.")
            return None
        shown = self.card.card.proposal
        if shown.id in self.deciding:
            return None
        if self.changed_just_now():
            return None
        if shown.status not in states:
            undo = (
                f"; {keys.name(keys.UNDO, self.keymap)} takes it back"
                if shown.status is Status.APPROVED
                else ""
            )
            self.say(f"#{shown.id} is {shown.status} and cannot be {wanted}{undo}.")
            return None
        return shown

    def changed_just_now(self) -> bool:
        """Whether the card became another one by itself, so that nobody has read it; says so."""
        changed = monotonic() - self.changed_at < SETTLES
        if changed:
            self.say("The card changed just now: look again.", "warning")
        return changed

    def refused_as_readonly(self) -> bool:
        """Whether nothing may be decided here; says so."""
        if self.readonly:
            self.say("Read-only: nothing is decided here.")
        return self.readonly

    def _ask(
        self, question: str, shown: Proposal, yes: str, then: Callable[[Proposal], None], does: str
    ) -> None:
        from tui.screens.confirm import ConfirmScreen

        amount = f"{shown.amount}  " if shown.amount else ""

        def answered(answer: bool | None) -> None:
            if answer:
                then(shown)

        what = f"{amount}{shown.title}"
        self.app.push_screen(ConfirmScreen(question, what, does, yes=yes, keymap=self.keymap), answered)

    def _does(self) -> str:
        does = self.card.card.does if self.card.card else ""
        return f"It {does}."

    # Saying

    def say(self, text: str, severity: str = "information") -> None:
        """A short word, shown for a while."""
        level = severity if severity in {"warning", "error"} else "information"
        self.app.notify(clean(text), severity=level, timeout=TOASTS[level], markup=False)  # type: ignore[arg-type]

    def tell(self, error: ExecOpsError) -> None:
        """An error: what happened, and what to do."""
        text = error.message if error.hint is None else f"{error.message}\n{error.hint}"
        self.app.notify(
            clean(text, lines=True, limit=600), severity="error", timeout=TOASTS["error"], markup=False
        )
