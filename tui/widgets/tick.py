"""A box to tick whose two states differ by more than a colour."""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.text import clean


class Tick(Widget, can_focus=True):
    """`[ ] label` or `[x] label`."""

    BINDINGS = [Binding("space", "tick", "tick", id="tick.tick", show=False)]  # noqa: RUF012  as Textual declares it
    ticked: reactive[bool] = reactive(False)

    def __init__(self, label: str, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._label = clean(label)

    def render(self) -> Content:
        """The box and its label."""
        return Content.assemble(("[x]" if self.ticked else "[ ]", "bold"), f" {self._label}")

    def action_tick(self) -> None:
        """The other state."""
        self.ticked = not self.ticked

    def on_click(self) -> None:
        """The other state."""
        self.action_tick()
