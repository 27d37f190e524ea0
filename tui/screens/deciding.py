"""The part of the inbox that decides: every decision names the version that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

from textual import on, work
from textual.app import SuspendNotSupported
from textual.screen import Screen

from execops.client import Client
from execops.decisions import Decided
from execops.errors import ExecOpsError, NotConfiguredError
from execops.model import Proposal, Status, Urgency
from tui import draft, editor, standing
from tui.feed import Feed
from tui.messages import DecisionRefused, ProposalDecided
from tui.screens.confirm import ConfirmScreen
from tui.screens.reject import Rejection, RejectScreen
from tui.text import clean
from tui.widgets.card import ProposalCard

T = TypeVar("T")
SETTLES = 0.7  # seconds for which a card that changed by itself takes no decision: nobody has read it
LEAVES = 5.0  # seconds that calls under way get when the inbox is left
TOASTS = {"information": 4.0, "warning": 8.0, "error": 10.0}  # seconds


class DecidingScreen(Screen[None]):
    """Approve, reject, edit, undo; retry, confirm, close. The inbox adds what is looked at."""

    client: Client
    readonly: bool
    card: ProposalCard
    feed: Feed

    def __init__(self) -> None:
        super().__init__()
        self.approvals: dict[int, datetime] = {}  # approved here and under way: when each is performed
        self.decided_at: dict[int, float] = {}  # what was read before a decision of this console is old
        self.deciding: set[int] = set()  # asked for here, not answered yet
        self._asked: set[asyncio.Future[Any]] = set()
        self.changed_at = float("-inf")  # when the card became another one by itself

    # Which decision, about what

    def action_approve(self) -> None:
        """Approve; a critical one only after one more question."""
        shown = self._decidable("approved", {Status.PENDING})
        if shown is None:
            return
        if shown.urgency is Urgency.CRITICAL:
            self._ask("This one is critical. Approve it?", shown, "Approve", self._approve, self._does())
        else:
            self._approve(shown)

    def _approve(self, shown: Proposal) -> None:
        self._decide("approve", shown, lambda: self.client.approve(shown.id, shown.version))

    def action_reject(self) -> None:
        """Reject, after asking for a reason."""
        shown = self._decidable("rejected", {Status.PENDING})
        if shown is None:
            return

        def reject(said: Rejection | None) -> None:
            if said is not None:
                self._decide(
                    "reject",
                    shown,
                    lambda: self.client.reject(shown.id, shown.version, said.reason, suppress=said.suppress),
                )

        self.app.push_screen(RejectScreen(shown.title, shown.subject_key), reject)

    def action_undo(self) -> None:
        """Take back the last approval that is not performed yet."""
        if self._refused_as_readonly():
            return
        last = next((each for each in reversed(self.approvals) if each not in self.deciding), None)
        shown = self.card.card.proposal if self.card.card else None
        if shown is not None and shown.status is Status.APPROVED and last is None:
            last = shown.id  # approved at another console, and looked at here
        if last is None:
            self.say("There is nothing to undo.")
            return
        undone = last
        self.deciding.add(undone)
        self._ask_core("undo", undone, lambda: self.client.undo(undone))

    def action_retry(self) -> None:
        """Try again, after a question: it happens at once."""
        shown = self._decidable("tried again", standing.STUCK)
        if shown is not None:
            self._ask(
                "Try this again, at once?",
                shown,
                "Try again",
                lambda p: self._decide("retry", p, lambda: self.client.retry(p.id, p.version)),
                self._does(),
            )

    def action_confirm(self) -> None:
        """Confirm that it went out, after a question."""
        shown = self._decidable("confirmed", standing.STUCK)
        if shown is not None:
            self._ask(
                "Did this go out, as you have seen for yourself?",
                shown,
                "It went out",
                lambda p: self._decide("confirm", p, lambda: self.client.confirm(p.id, p.version)),
                "It counts as done, and nothing more is sent.",
            )

    def action_close(self) -> None:
        """Give it up, after a question."""
        shown = self._decidable("closed", standing.STUCK)
        if shown is not None:
            self._ask(
                "Give this up?",
                shown,
                "Give it up",
                lambda p: self._decide("close", p, lambda: self.client.close(p.id, p.version)),
                "It counts as rejected, and nothing more is sent.",
            )

    def action_edit(self) -> None:
        """Edit the draft in the person's editor."""
        shown = self._decidable("edited", {Status.PENDING, Status.FAILED})
        if shown is not None:
            self._edit(shown)

    @work(group="editor", exit_on_error=False)
    async def _edit(self, shown: Proposal) -> None:
        before = draft.to_text(shown.payload)
        try:
            with (
                self.app.suspend()
            ):  # the terminal is the editor's: nothing of ours may run, or draw, meanwhile
                text, path = editor.edit(before, str(shown.id))
        except SuspendNotSupported:
            self.tell(NotConfiguredError("This terminal cannot be lent to an editor."))
            return
        except ExecOpsError as error:
            self.tell(error)
            return
        if text.rstrip() == before.rstrip():
            path.unlink()
            self.say("The draft stays as it is.")
            return
        self.deciding.add(shown.id)
        try:
            payload = draft.from_text(text, shown.payload)
            decided = await self.ask(self.client.edit(shown.id, shown.version, payload))
        except ExecOpsError as error:
            self.post_message(DecisionRefused("edit", shown.id, error))
            self.say(f"Your text is kept in {path}.", "warning")
        else:
            path.unlink()
            self.post_message(ProposalDecided("edit", decided))

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
            self.deciding.add(shown.id)
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
        self.deciding.discard(event.proposal_id)
        self.tell(event.error)
        self.feed.touch(event.proposal_id)

    # What may be decided now

    def _decidable(self, wanted: str, states: set[Status] | frozenset[Status]) -> Proposal | None:
        """The proposal shown, where this decision makes sense; else says why not."""
        if self._refused_as_readonly():
            return None
        if self.card.card is None:
            if self.card.display:
                self.say("The card is still being read.")
            return None
        shown = self.card.card.proposal
        if shown.id in self.deciding:
            return None
        if monotonic() - self.changed_at < SETTLES:
            self.say("The card changed just now: look again.", "warning")
            return None
        if shown.status not in states:
            undo = "; z takes it back" if shown.status is Status.APPROVED else ""
            self.say(f"#{shown.id} is {shown.status} and cannot be {wanted}{undo}.")
            return None
        return shown

    def _refused_as_readonly(self) -> bool:
        if self.readonly:
            self.say("Read-only: nothing is decided here.")
        return self.readonly

    def _ask(
        self, question: str, shown: Proposal, yes: str, then: Callable[[Proposal], None], does: str
    ) -> None:
        amount = f"{shown.amount}  " if shown.amount else ""

        def answered(answer: bool | None) -> None:
            if answer:
                then(shown)

        self.app.push_screen(ConfirmScreen(question, f"{amount}{shown.title}", does, yes=yes), answered)

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
