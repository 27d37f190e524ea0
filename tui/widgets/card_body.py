"""The part of the card that scrolls: labels, and the texts that wrap beside them, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tui import keys

LABEL = 7  # cells

Text = Content | Sequence[tuple[str, Content]]  # text that wraps, or pairs of a label and such a text
Section = tuple[str, Text]  # a label and its text


class CardBody(ScrollView, can_focus=True):
    """Draws sections; a change of them needs no layout of widgets."""

    BINDINGS = keys.bindings(*keys.MOVES)
    COMPONENT_CLASSES = {"card--label"}  # noqa: RUF012  as Textual declares it

    class Overflowed(Message):
        """There are more lines than fit now, or no more."""

    def __init__(
        self,
        *,
        label: int = LABEL,
        id: str | None = None,  # noqa: A002  Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._label = label
        self._sections: Sequence[Section] = ()
        self._strips: list[Strip] = []
        self._width = 0  # cells, for which the strips are wrapped
        self._airy = False
        self._base = Style()
        self._stale = False
        self._cut = False

    def show(self, sections: Sequence[Section], *, airy: bool) -> None:
        """Show these; `airy` leaves a line between them."""
        self._sections, self._airy = sections, airy
        self._draw()

    def on_resize(self) -> None:
        """Wrap anew, where the width is another one."""
        self._fit()

    def watch_show_vertical_scrollbar(self) -> None:
        """Wrap anew: the scrollbar takes a column, and Textual sends no resize for it."""
        self.call_later(self._fit)

    def notify_style_update(self) -> None:
        """Draw in the new colours, which are all there once a line is asked for."""
        super().notify_style_update()
        self._stale = True

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        if self._stale:
            self._strips = self._lines()
        line = y + self.scroll_offset.y
        width = self.size.width
        if line < len(self._strips):
            return self._strips[line].adjust_cell_length(width, self._base)
        return Strip.blank(width, self._base)

    def _fit(self) -> None:
        if self._width == self.scrollable_content_region.width:
            self._tell_whether_cut()  # to wrap the texts takes as long as all else that a key does
        else:
            self._draw()

    def _draw(self) -> None:
        self._strips, self._width = self._lines(), self.scrollable_content_region.width
        self.virtual_size = Size(self._width, len(self._strips))
        self.refresh()
        self._tell_whether_cut()

    def _tell_whether_cut(self) -> None:
        if self._cut != self.is_cut:
            self._cut = self.is_cut
            self.post_message(self.Overflowed())

    @property
    def is_cut(self) -> bool:
        """Whether there are more lines than fit."""
        return len(self._strips) > self.size.height > 0

    def _lines(self) -> list[Strip]:
        self._stale = False
        width = self.scrollable_content_region.width
        if width <= self._label:
            return []
        style = self._base = self.rich_style
        label_style = style + self.get_component_rich_style("card--label", partial=True)
        strips: list[Strip] = []
        for label, text in self._sections:
            if self._airy and strips:
                strips.append(Strip.blank(width, style))
            lines = self._wrapped(text, width - self._label, label_style)
            strips += _beside(label, self._label, lines, label_style)
        return strips

    def _wrapped(self, text: Text, width: int, label_style: Style) -> list[Strip]:
        """The lines of a text; those of pairs wrap beside their labels, which are all as wide as the longest."""
        if isinstance(text, Content):
            return Visual.to_strips(self, text, max(width, 1), None, self.visual_style)
        column = min(max((cell_len(label) for label, _ in text), default=0) + 2, width // 2)
        strips: list[Strip] = []
        for label, value in text:
            lines = self._wrapped(value, width - column, label_style)
            strips += _beside(label, column, lines, label_style)
        return strips

    def action_move_down(self) -> None:
        """A line down."""
        self.scroll_down(animate=False)

    def action_move_up(self) -> None:
        """A line up."""
        self.scroll_up(animate=False)

    def action_move_page_down(self) -> None:
        """A page down."""
        self.scroll_page_down(animate=False)

    def action_move_page_up(self) -> None:
        """A page up."""
        self.scroll_page_up(animate=False)

    def action_move_first(self) -> None:
        """To the top."""
        self.scroll_home(animate=False)

    def action_move_last(self) -> None:
        """To the end."""
        self.scroll_end(animate=False)


def _beside(label: str, column: int, lines: list[Strip], style: Style) -> list[Strip]:
    """The lines of a text with its label before the first one."""
    heads = [set_cell_size(label if number == 0 else "", column) for number in range(len(lines))]
    return [Strip([Segment(head, style), *line]) for head, line in zip(heads, lines, strict=True)]
