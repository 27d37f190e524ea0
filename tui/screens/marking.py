"""The part of the inbox that approves several at once: marked, of one play, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.content import Content

from execops.client import Card
from execops.errors import ExecOpsError
from execops.model import Proposal, Status
from execops.proposals.decisions import Decided
from tui import keys, messages
from tui.screens.editing import EditingScreen
from tui.text import clean
from tui.widgets.proposal_list import ProposalList

MOST = 100  # marked at once: what approving each of them does is read, and shown, first


class MarkingScreen(EditingScreen):
    """Mark, and approve what is marked. A mark is of the version that the row showed."""

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off, and go to the next."""
        current = self.list.current
        if self.refused_as_readonly() or current is None:
            return
        if current.effective_status is not Status.PENDING or current.id in self.approvals:
            self.say(f"Only what is pending can be marked; #{current.id} is not.")
            return
        plays = {row.play for row in map(self.list.rows.known, self.list.marked) if row is not None}
        if current.id not in self.list.marked:
            if plays - {current.play}:
                self.say(
                    f"Only one play is approved at once: this is {current.play}, marked is {plays.pop()}.",
                    "warning",
                )
                return
            if len(self.list.marked) >= MOST:
                self.say(f"{MOST} are marked; no more are approved at once.", "warning")
                return
        self.list.mark(current)
        self.list.action_move_down()
        self.tidy()

    @on(ProposalList.MarksLost)
    def _tell_lost_marks(self, event: ProposalList.MarksLost) -> None:
        which = ", ".join(f"#{each}" for each in event.proposal_ids)
        self.say(f"No longer marked, as it changed: {which}.", "warning")
        self.tidy()

    def action_approve_marked(self) -> None:
        """Approve all that is marked, after showing what that does."""
        if self.refused_as_readonly():
            return
        if not self.list.marked:
            self.say(f"Nothing is marked: {keys.name(keys.MARK, self.keymap)} marks.")
            return
        self._read_marked(dict(self.list.marked))

    @work(group="marked", exclusive=True, exit_on_error=False)
    async def _read_marked(self, marked: dict[int, int]) -> None:
        cards: list[Card] = []
        missed: list[int] = []
        for proposal_id, version in marked.items():
            try:
                card = await self.ask(self.client.proposals.card(proposal_id))
            except ExecOpsError:
                missed.append(proposal_id)
                continue
            same = card.proposal.version == version and card.proposal.status is Status.PENDING
            cards.append(card) if same else missed.append(proposal_id)
        self.post_message(messages.MarkedRead(cards, missed))

    @on(messages.MarkedRead)
    def _ask_about_marked(self, event: messages.MarkedRead) -> None:
        from tui.screens.bulk import BulkScreen

        if event.missed:
            self.list.unmark(*event.missed)
            self.say(
                f"Left out: {', '.join(f'#{each}' for each in event.missed)} changed, or is gone.", "warning"
            )
        if not event.cards:
            self.tidy()
            return
        shown = [card.proposal for card in event.cards]

        def answered(answer: bool | None) -> None:
            if answer:
                for proposal in shown:
                    self.deciding[proposal.id] = "approve"
                self.list.refresh()
                self._approve_marked(shown)

        self.app.push_screen(BulkScreen(event.cards, self.keymap), answered)

    @work(group="decisions", exit_on_error=False)
    async def _approve_marked(self, shown: Sequence[Proposal]) -> None:
        seen = [(proposal.id, proposal.version) for proposal in shown]
        answers: Sequence[Decided | ExecOpsError]
        try:
            answers = await self.ask(self.client.proposals.approve_many(seen))
        except ExecOpsError as error:
            answers = [error] * len(shown)
        self.post_message(messages.MarkedApproved(list(zip(shown, answers, strict=True))))

    @on(messages.MarkedApproved)
    def _take_answers(self, event: messages.MarkedApproved) -> None:
        approved = [answer for _, answer in event.answers if isinstance(answer, Decided)]
        ids = frozenset(each.proposal_id for each in approved)
        for proposal, answer in event.answers:
            self.list.unmark(proposal.id)
            if isinstance(answer, Decided):
                self.together[proposal.id] = ids
                self.post_message(messages.ProposalDecided("approve", answer, told=True))
            else:
                self.deciding.pop(proposal.id, None)
                self.feed.touch(proposal.id)
        refused = len(event.answers) - len(approved)
        if not refused:
            self.say(f"{len(approved)} approved.")
        else:
            from tui.screens.told import ToldScreen

            lines = [_answer(proposal, answer) for proposal, answer in event.answers]
            title = f"{len(approved)} approved, {refused} not"
            copies = "\n".join(line.plain for line in lines)
            self.app.push_screen(ToldScreen(title, lines, copies=copies))
        self.tidy()


def _answer(proposal: Proposal, answer: Decided | ExecOpsError) -> Content:
    title = f"#{proposal.id}  {clean(proposal.title)}"
    if isinstance(answer, Decided):
        return Content.assemble(("✓ approved  ", "$text-success"), title)
    return Content.assemble(("✗ not       ", "$text-error"), title, "\n            ", clean(answer.message))
