"""The part of the inbox that follows: what was read, and what time changes, brought into list and header."""

from __future__ import annotations

import asyncio
import gc
from abc import abstractmethod
from time import monotonic

from textual import on, work
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from execops.model import Status
from execops.proposals.listing import Summary
from tui import clock, messages, standing
from tui.rows import Rows
from tui.screens.looking import LookingScreen
from tui.views import View

AGES = 20.0  # seconds between redrawings of the ages
PAUSES = 2000  # rows from which a full garbage collection, which looks through them all, would hold up a key
SOON = 0.1  # seconds for which the first frame waits for its rows
SAID = {
    "retry": "is tried again",
    "confirm": "counts as done",
    "reject": "is rejected",
    "close": "is given up",
}


class FollowingScreen(LookingScreen):
    """The cursor stays on its proposal, and a decision made here on its row, whatever else changes."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded = False
        self.second: Timer
        self._following: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Follow, from now until the end."""
        self.set_interval(AGES, self._pass_time)
        self.second = self.set_interval(1.0, self._pass_a_second, pause=True)
        self._follow()

    async def begin(self) -> None:
        """Follow before there is a screen, so that the first rows come with the first frame if they are there by then."""
        self._following = asyncio.create_task(self.feed.run(), name="inbox feed")
        await self.feed.begun(SOON)

    @work(group="feed", exit_on_error=False)
    async def _follow(self) -> None:
        if self._following is None:
            self._following = asyncio.create_task(self.feed.run(), name="inbox feed")
        await asyncio.shield(self._following)

    async def on_unmount(self) -> None:
        """Stop following; the connection is closed before the app ends."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait({self._following})

    @on(Worker.StateChanged)
    def _show_what_broke(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.deciding.clear()
            error = event.worker.error
            self.say(f"Unexpected: {type(error).__name__}: {error}", "error")

    @on(messages.PageRead)
    def _take_page(self, event: messages.PageRead) -> None:
        self.call_after_refresh(self._painted)
        if event.page.view is self.list.rows.view:
            self.loaded = True
            self.list.change(
                lambda rows: rows.merge(event.page, self.approvals.keys() | self.deciding.keys())
            )
            self.tidy()
            if event.page.until is None and self.list.rows.total > PAUSES:
                gc.freeze()

    @abstractmethod
    def furnish(self) -> None:
        """Mount what the first frame does without."""

    def _painted(self) -> None:
        """The frame stands: what it did without may come now."""
        self.furnish()
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        self.feed.go_on()

    @on(messages.ProposalsChanged)
    def _take_changes(self, event: messages.ProposalsChanged) -> None:
        current = self.list.current

        def change(rows: Rows) -> None:
            for row in event.rows:
                if event.asked_at < self.decided_at.get(row.id, 0.0):
                    continue  # decided here since; it is read once more
                if row.id in self.approvals and row.effective_status not in standing.UNDER_WAY:
                    del self.approvals[row.id]
                    self.say(*standing.ended(row))
                elif current and row.id == current.id and self._left_by_itself(row, rows):
                    self.say(*standing.ended(row))
                if rows.view is View.BEHIND and not rows.known(row.id):
                    self.feed.reread()  # it may be behind the row too
                elif rows.includes(row) or (row.id in rows and self._stays(row)):
                    rows.put(row)
                else:
                    rows.drop(row.id)

        self.list.change(change)
        self.tidy()

    def _left_by_itself(self, row: Summary, rows: Rows) -> bool:
        return (
            row.id not in self.deciding
            and rows.view is View.PENDING
            and not (rows.view.includes(row) or self._stays(row))
        )

    def _stays(self, row: Summary) -> bool:
        return row.effective_status in standing.UNDER_WAY and (
            row.id in self.approvals or row.id in self.deciding
        )

    @on(messages.CountsRead)
    def _take_counts(self, event: messages.CountsRead) -> None:
        self.header.counts, self.header.health = event.counts, event.health
        self.list.flagged = self.card.flagged = event.flagged
        if self.list.current is not None:
            self.card.announce(self.list.current)
        self.list.refresh()
        self.judge()
        self.tidy()

    @on(messages.WentLive)
    def _go_live(self) -> None:
        self.header.live, self.header.offline = True, None
        for proposal_id in self.approvals:
            self.feed.touch(proposal_id)
        self.tidy()

    @on(messages.WentOffline)
    def _go_offline(self, event: messages.WentOffline) -> None:
        self.header.live, self.header.offline = False, event
        self.call_after_refresh(self._painted)
        self.second.resume()
        self.tidy()

    @on(messages.ProposalDecided)
    def _take_decision(self, event: messages.ProposalDecided) -> None:
        decided = event.decided
        self.deciding.pop(decided.proposal_id, None)
        self.decided_at[decided.proposal_id] = monotonic()
        rows = self.list.rows
        if event.decision == "approve" and decided.executes_at:
            if rows.view is not View.PENDING or rows.known(decided.proposal_id):  # else it is done by now
                self.approvals[decided.proposal_id] = decided.executes_at
                self.approved_versions[decided.proposal_id] = decided.version
                self.second.resume()
        elif event.decision == "undo":
            self.approvals.pop(decided.proposal_id, None)
            self.together.pop(decided.proposal_id, None)
            if not event.told:
                self.say(f"Taken back: #{decided.proposal_id} is pending again.")
        elif event.decision in SAID:
            self.say(f"#{decided.proposal_id} {SAID[event.decision]}.")
            if rows.view is not View.DECIDED:
                self.list.change(lambda rows: rows.drop(decided.proposal_id))
        self.feed.recount()
        self.feed.touch(decided.proposal_id)
        self.list.refresh()
        self.judge()
        self.tidy()

    # Time, and what it changes

    def _pass_a_second(self) -> None:
        waiting = [standing.seconds_left(moment) for moment in self.approvals.values()]
        if not any(waiting) and self.header.offline is None:
            self.second.pause()
            self.feed.recount()
        self.header.refresh()
        self.list.refresh()
        self.judge()

    def _pass_time(self) -> None:
        lapsed = [
            row.id
            for row in (self.list.rows[line] for line in range(len(self.list.rows)))
            if row.effective_status is Status.PENDING and row.expires_at <= clock.now()
        ]
        if lapsed:
            self.list.change(lambda rows: rows.drop(*lapsed))
        self.list.refresh()
        self.judge()
