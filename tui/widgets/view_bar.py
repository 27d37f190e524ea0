"""The line of views: the number that goes to each, its name, and how many proposals are in it; each can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Tab(Struct, frozen=True):
    """A view: its name, how many proposals are in it (None where nobody counts), and whether it is shown."""

    name: str
    count: int | None
    shown: bool


class ViewBar(Widget):
    """Shows views from the left for as long as they fit; what is shown comes in any case."""

    tabs: reactive[Sequence[Tab]] = reactive[Sequence[Tab]](())

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._places: list[tuple[int, int, str]] = []

    def render(self) -> Content:
        """`1 pending 12  2 failed 1  …`."""
        self._places = []
        parts: list[Content] = []
        at = 0
        width = self.size.width
        for number, tab in enumerate(self.tabs, 1):
            count = f" {tab.count:,}" if tab.count else ""
            part = Content.assemble(
                (f"{number} ", "$execops-muted"),
                (f"{tab.name}{count}", "bold $text-primary underline" if tab.shown else "$foreground"),
                "  ",
            )
            if at + part.cell_length - 2 > width:
                if not tab.shown:
                    continue
                while self._places and at + part.cell_length - 2 > width:
                    at = self._places.pop()[0]
                    parts.pop()
            self._places.append((at, at + part.cell_length - 2, str(number)))
            parts.append(part)
            at += part.cell_length
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Go to the view under the pointer, behind the keys that wait."""
        for start, end, key in self._places:
            if start <= event.x - self.gutter.left < end:
                self.app.simulate_key(key)
