"""The rows of an answer: numbers on the right, a cursor, and a head that stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui import keys
from tui.chart import NUMBERS
from tui.text import clean
from tui.widgets.lines import Lines, fit

if TYPE_CHECKING:
    from execops.canvas.result import Answer

_WIDEST = 34  # cells of a text
_NARROWEST = 8
_GAP = 2
_STEP = 8  # cells that a key scrolls sideways


class AnswerTable(Lines, can_focus=True):
    """Draws only the lines in view; what is wider than the pane is cut, or scrolled to."""

    BINDINGS = keys.bindings(*keys.MOVES, keys.BEHIND, keys.LEFT, keys.RIGHT)
    COMPONENT_CLASSES = {"table--head", "table--cursor", "table--mark"}  # noqa: RUF012  as Textual declares it

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    class Opened(Message):
        """What is behind the row under the cursor is asked for."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    class LeftAbove(Message):
        """The person goes to the widget above."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.cursor = 0
        self._head: Sequence[str] = ()
        self._cells: Sequence[Sequence[str]] = ()
        self._right: Sequence[bool] = ()
        self._natural: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self._cells)

    def show(self, answer: Answer) -> None:
        """Show these rows from their start."""
        places = _columns(answer)
        has_customers = any(column.name == "customer" for column in answer.columns)
        self._head = [_named(answer.columns[at].name, has_customers=has_customers) for at in places]
        self._right = [answer.columns[at].unit in NUMBERS for at in places]
        self._cells = _cells(answer, places)
        self._natural = [
            max((cell_len(line[at]) for line in (self._head, *self._cells)), default=0)
            for at in range(len(places))
        ]
        self.cursor = 0
        self.scroll_to(0, 0, animate=False, immediate=True)
        self._fit()
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._fit()
        self._keep_in_view()

    def move_to(self, at: int) -> None:
        """Put the cursor on a row, or on the nearest there is."""
        at = max(0, min(at, len(self) - 1))
        if at != self.cursor and self._cells:
            self.cursor = at
            self._keep_in_view()
            self.refresh()
            self.post_message(self.Moved(at))

    def action_move_down(self) -> None:
        """To the next row."""
        self.move_to(self.cursor + 1)

    def action_move_up(self) -> None:
        """To the previous row; from the first, to what is above."""
        if self.cursor == 0:
            self.post_message(self.LeftAbove())
        self.move_to(self.cursor - 1)

    def action_move_page_down(self) -> None:
        """A page down."""
        self.move_to(self.cursor + max(1, self.size.height - 2))

    def action_move_page_up(self) -> None:
        """A page up."""
        self.move_to(self.cursor - max(1, self.size.height - 2))

    def action_move_first(self) -> None:
        """To the first row."""
        self.move_to(0)

    def action_move_last(self) -> None:
        """To the last row."""
        self.move_to(len(self) - 1)

    def action_left(self) -> None:
        """To the columns on the left."""
        self.scroll_to(x=max(0, self.scroll_offset.x - _STEP), animate=False, immediate=True)

    def action_right(self) -> None:
        """To the columns on the right."""
        self.scroll_to(x=self.scroll_offset.x + _STEP, animate=False, immediate=True)

    def action_behind(self) -> None:
        """Ask for the proposals behind the row under the cursor."""
        if self._cells:
            self.post_message(self.Opened(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the pointer; a double click looks behind the row."""
        at = event.y - 1 + self.scroll_offset.y
        if event.y > 0 and at < len(self):
            self.move_to(at)
            if event.chain > 1:
                self.action_behind()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen; the first is the head."""
        width = self.size.width
        base = self._style()
        if y == 0:
            line = self._line(self._head, "  ", base + self._style("table--head"))
        elif (at := y - 1 + self.scroll_offset.y) < len(self):
            here = at == self.cursor
            style = base + self._style("table--cursor") if here else base
            mark = "▌ " if here and self.has_focus else "▏ " if here else "  "
            line = self._line(self._cells[at], mark, style)
        else:
            return Strip.blank(width, base)
        left = self.scroll_offset.x
        return line.crop(left, left + width).adjust_cell_length(width, base)

    def _line(self, cells: Sequence[str], mark: str, style: Style) -> Strip:
        parts = [Segment(mark, style + self._style("table--mark"))]
        for cell, width, right in zip(cells, self._widths, self._right, strict=True):
            pad = " " * max(0, width - cell_len(cell))
            text = pad + cell if right else fit(cell, width)
            parts.append(Segment(text + " " * _GAP, style))
        room = self.size.width - sum(cell_len(part.text) for part in parts)
        return Strip([*parts, Segment(" " * max(0, room), style)])

    def _fit(self) -> None:
        """Widths of the columns: texts give way to numbers."""
        widths = [
            min(width, _WIDEST) if not right else width
            for width, right in zip(self._natural, self._right, strict=True)
        ]
        over = sum(widths) + _GAP * len(widths) + 2 - self.scrollable_content_region.width
        while over > 0:
            widest = max(
                (at for at, right in enumerate(self._right) if not right and widths[at] > _NARROWEST),
                key=lambda at: widths[at],
                default=None,
            )
            if widest is None:
                break
            widths[widest] -= 1
            over -= 1
        self._widths = widths
        self.virtual_size = Size(sum(widths) + _GAP * len(widths) + 1, len(self) + 1)

    def _keep_in_view(self) -> None:
        height = self.size.height - 1
        top = self.scroll_offset.y
        if height > 0 and not top <= self.cursor < top + height:
            wanted = self.cursor if self.cursor < top else self.cursor - height + 1
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)


def _named(column: str, *, has_customers: bool) -> str:
    """The head of a column: names beside the ids of customers are theirs; else they may be those of vendors."""
    return "customer" if column == "name" and has_customers else clean(column.replace("_", " "))


def _columns(answer: Answer) -> list[int]:
    """The columns to show: an amount names its currency itself, and a customer goes by its name."""
    money = any(column.unit == "money" for column in answer.columns)
    named = any(column.name == "name" for column in answer.columns)
    return [
        at
        for at, column in enumerate(answer.columns)
        if not (named and column.name == "customer") and (at == 0 or not money or column.unit != "currency")
    ]


def _cells(answer: Answer, places: Sequence[int]) -> list[list[str]]:
    from execops.canvas.result import cells

    ids = next((at for at, column in enumerate(answer.columns) if column.name == "customer"), None)
    names = next((at for at, column in enumerate(answer.columns) if column.name == "name"), None)

    def shown(row: tuple[Any, ...]) -> list[str]:
        values = cells(answer, row)
        if names is not None and ids is not None and not row[names]:
            values[names] = values[ids]
        return [clean(values[at]) or "–" for at in places]

    return [shown(row) for row in answer.rows]
