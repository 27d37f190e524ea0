"""The last line: the keys that do something here, as they are mapped; each can be clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import keys
from tui.key import Key


class KeyBar(Widget):
    """Shows keys from the left for as long as they fit."""

    hints: reactive[Sequence[tuple[Key, str]]] = reactive[Sequence[tuple[Key, str]]](())

    def __init__(self, keymap: Mapping[str, str], *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._keymap = keymap
        self._places: list[tuple[int, int, int, str]] = []  # line, from, to, key

    def render(self) -> Content:
        """`a approve  r reject  …`, on as many lines as there are."""
        self._places = []
        lines: list[list[Content]] = [[]]
        at = 0
        for key, label in self.hints:
            name = keys.name(key, self._keymap)
            part = Content.assemble((name, "bold $text-primary"), " ", (label, "$execops-muted"), "  ")
            if at + part.cell_length - 2 > self.size.width:
                if len(lines) >= self.size.height:
                    break
                lines.append([])
                at = 0
            line = len(lines) - 1
            self._places.append((line, at, at + part.cell_length - 2, keys.pressed(key, self._keymap)))
            at += part.cell_length
            lines[-1].append(part)
        return Content("\n").join([Content("").join(parts) for parts in lines])

    def on_click(self, event: events.Click) -> None:
        """Press the key under the pointer, behind the keys that wait."""
        for line, start, end, key in self._places:
            if line == event.y and start <= event.x - self.gutter.left < end:
                self.app.simulate_key(key)
