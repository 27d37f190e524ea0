"""The base of widgets that draw line by line: styles looked up once, and text that fits its cells."""

from __future__ import annotations

from rich.cells import set_cell_size
from rich.style import Style
from textual.scroll_view import ScrollView

from execops.text import cut


class Lines(ScrollView, can_focus=True):
    """Draws its own lines, in the styles of its components, kept until the theme changes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._styles: dict[str, Style] = {}

    def _style(self, name: str = "") -> Style:
        """The style of a component, or of a row; the cursor's is a row's too."""
        style = self._styles.get(name)
        if style is None:
            style = self.get_component_rich_style(name, partial=True) if name else self.rich_style
            if name.endswith("--cursor"):
                style = self.rich_style + style
            self._styles[name] = style
        return style

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._styles.clear()


def fit(text: str, cells: int) -> str:
    """The text in exactly so many cells, with `…` where it is cut."""
    return set_cell_size(cut(text, cells), cells)
