"""The first line: where one is, how much waits, and whether the inbox is live."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from execops.health import Health
from execops.proposals.listing import Counts
from tui import clock
from tui.messages import WentOffline
from tui.views import View

Part = tuple[str, str]  # text and style


class InboxHeader(Widget):
    """What does not fit is left out from the right of the numbers; the state is always shown."""

    view: reactive[View] = reactive(View.PENDING)
    counts: reactive[Counts | None] = reactive[Counts | None](None)
    health: reactive[Health | None] = reactive[Health | None](None)
    place: reactive[str] = reactive("")  # what the view is about, where it is no view of its own
    live: reactive[bool] = reactive(False)
    offline: reactive[WentOffline | None] = reactive[WentOffline | None](None)

    def __init__(self, *, readonly: bool, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._readonly = readonly

    @property
    def state(self) -> Part:
        """Whether decisions lead to executions now, in words."""
        if self.offline is not None:
            wait = max(0, round(clock.seconds_until(self.offline.again_at)))
            return (
                f"○ offline, trying again in {wait} s" if wait else "○ offline, trying again",
                "$text-error",
            )
        if not self.live:
            return "○ connecting…", "$execops-muted"
        if self.health is not None and self.health.paused:
            return "‖ paused: approvals wait", "$text-warning"
        if self.health is not None and self.health.workers == 0:
            return "▲ no worker: approvals wait", "$text-warning"
        return "● live", "$text-success"

    @property
    def numbers(self) -> list[Part]:
        """The counts, the most important first."""
        if self.counts is None:
            return []
        counts = self.counts
        shown = [(f"{counts.pending:,} pending", "")]
        if counts.critical:
            shown.append((f"{counts.critical:,} critical", "bold $text-error"))
        if counts.failed:
            shown.append((f"{counts.failed:,} failed", "$text-warning"))
        if counts.unknown:
            shown.append((f"{counts.unknown:,} unknown", "$text-warning"))
        if counts.median_decision_seconds is not None:
            shown.append((f"median {clock.duration(counts.median_decision_seconds)}", "$execops-muted"))
        return shown

    def render(self) -> Content:
        """One line: place, numbers, state."""
        where = "inbox" if self.view is View.PENDING else f"{self.view} {self.place}".rstrip()
        left = Content.assemble(
            ("ExecOps", "bold $text-primary"),
            (" · ", "$execops-muted"),
            where,
            (" · read-only" if self._readonly else "", "$text-warning"),
        )
        right = Content.styled(*self.state)
        shown = self.numbers
        while True:
            middle = Content(" · ").join([Content.styled(*part) for part in shown])
            space = self.size.width - left.cell_length - middle.cell_length - right.cell_length
            if space >= 5 or not shown:
                break
            shown.pop()
        gap = 3 if shown else 0
        return Content.assemble(left, " " * max(1, space - gap), middle, " " * gap, right)
