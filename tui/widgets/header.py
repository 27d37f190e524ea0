"""The first line: what the list shows, how much waits, and whether the inbox is live."""

from __future__ import annotations

from msgspec.structs import replace
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from execops.health import Health, Pulse
from execops.proposals.listing import Counts
from tui import clock
from tui.messages import WentOffline

Part = tuple[str, str]  # text and style
_DECIDE = "median time to decide "


class InboxHeader(Widget):
    """Numbers that do not fit are said in fewer words, or left out from the right; the state is always shown."""

    title: reactive[str] = reactive("inbox")  # what the list shows
    counts: reactive[Counts | None] = reactive[Counts | None](None)
    health: reactive[Health | None] = reactive[Health | None](None)
    live: reactive[bool] = reactive(False)
    offline: reactive[WentOffline | None] = reactive[WentOffline | None](None)

    def __init__(self, *, readonly: bool, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._readonly = readonly

    def take_pulse(self, pulse: Pulse) -> None:
        """Bring workers and pause up to date."""
        if self.health is not None:
            self.health = replace(self.health, workers=pulse.workers, paused=pulse.paused)

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
        parts = [(f"{counts.pending:,} pending", "")]
        if counts.critical:
            parts.append((f"{counts.critical:,} critical", "bold $text-error"))
        if counts.failed:
            parts.append((f"{counts.failed:,} failed", "$text-warning"))
        if counts.unknown:
            parts.append((f"{counts.unknown:,} unknown", "$text-warning"))
        if counts.median_decision_seconds is not None:
            median = clock.duration(counts.median_decision_seconds)
            parts.append((f"{_DECIDE}{median}", "$execops-muted"))
        return parts

    def render(self) -> Content:
        """One line: title, numbers, state."""
        left = Content.assemble(
            ("ExecOps", "bold $text-primary"),
            (" · ", "$execops-muted"),
            self.title,
            (" · read-only" if self._readonly else "", "$text-warning"),
        )
        right = Content.styled(*self.state)
        numbers = self.numbers
        while True:
            middle = Content(" · ").join([Content.styled(*part) for part in numbers])
            space = self.size.width - left.cell_length - middle.cell_length - right.cell_length
            if space >= 5 or not numbers:
                break
            words, style = numbers.pop()
            if words.startswith(_DECIDE):
                numbers.append((f"{words.removeprefix(_DECIDE)} to decide", style))
        gap = 3 if numbers else 0
        return Content.assemble(left, " " * max(1, space - gap), middle, " " * gap, right)
