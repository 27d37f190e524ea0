"""The events behind a proposal, as they were stored: read when asked for, one at a time."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content

from execops.errors import ExecOpsError
from execops.model import Event, Json
from tui import clock
from tui.messages import EventRead, EventRefused
from tui.screens.reader import ReaderScreen
from tui.text import WHOLE, clean


class EventScreen(ReaderScreen):
    """The newest event first; left and right go to the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "older", id="event.older", show=False),
        Binding("right,l", "step(1)", "newer", id="event.newer", show=False),
    ]

    def __init__(self, events: Sequence[Json], read: Callable[[int], Awaitable[Event]]) -> None:
        others = " · ← → other events" if len(events) > 1 else ""
        hint = f"j k scroll{others} · y copies · esc goes back"
        super().__init__("Reading the event…", [], copies="", hint=hint)
        self._events, self._read = events, read
        self._at = len(events) - 1

    def on_mount(self) -> None:
        """Read the newest."""
        self._load(self._at)

    def action_step(self, step: int) -> None:
        """An older one, or a newer."""
        self._at = max(0, min(len(self._events) - 1, self._at + step))
        self._load(self._at)

    @work(exclusive=True, exit_on_error=False)
    async def _load(self, at: int) -> None:
        try:
            self.post_message(EventRead(await self._read(self._events[at]["id"])))
        except ExecOpsError as error:
            self.post_message(EventRefused(error))

    @on(EventRead)
    def _show(self, message: EventRead) -> None:
        event = message.event
        parts = [f"{event.source} {event.type}", clock.ago(event.occurred_at)]
        if len(self._events) > 1:
            parts.append(f"{self._at + 1} of {len(self._events)}")
        self.heading.update(Content(clean(" · ".join(parts))))
        text = json.dumps(event.payload_json, ensure_ascii=False, indent=2)
        self.show_text([Content(clean(text, lines=True, limit=WHOLE))], text)

    @on(EventRefused)
    def _say_why(self, message: EventRefused) -> None:
        self.heading.update(Content("The event could not be read"))
        self.show_text([Content(clean(message.error.message))], message.error.message)
