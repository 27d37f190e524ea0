"""Text that asks for a new layout only when it takes another number of lines."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Fitted(Static):
    """A Static for text that changes with every key."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__("", id=id, markup=False)
        self._shown = ""
        self._lines = 0

    def fit(self, content: Content) -> None:
        """Show this text, if it is another one."""
        if content.markup == self._shown:
            return
        width = self.scrollable_content_region.width
        lines = len(content.wrap(width)) if width else 0
        self.update(content, layout=lines != self._lines or not width)
        self._shown, self._lines = content.markup, lines

    def on_resize(self) -> None:
        """Count the lines anew at the next text."""
        self._lines = -1
