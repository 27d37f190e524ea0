"""The list of proposals: a virtual widget that draws only the lines in view, of ten thousand rows."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from execops.model import Status, Urgency
from execops.proposals.listing import Summary
from tui import clock, keys
from tui.rows import Rows
from tui.text import clean
from tui.views import View
from tui.widgets.lines import Lines, fit

URGENCY = {Urgency.CRITICAL: "CRIT", Urgency.HIGH: "HIGH", Urgency.MEDIUM: "MED", Urgency.LOW: "LOW"}
STATUS_STYLES = {
    Status.EXECUTED: "list--good",
    Status.FAILED: "list--bad",
    Status.UNKNOWN: "list--bad",
    Status.REJECTED: "list--muted",
    Status.SUPERSEDED: "list--muted",
    Status.EXPIRED: "list--muted",
}  # the style of a status; the others are under way
MARKABLE = frozenset({Status.PENDING, Status.SNOOZED, Status.FAILED, Status.UNKNOWN})
FLAG = "⚑"  # a play whose drafts are mostly rejected
_MOST = 16  # cells of an amount
_TITLE = 42  # cells that a title keeps before the vertical is shown
_AGE = "  {:>5} "
_VERTICAL = "  {:>10}"


class ProposalList(Lines, can_focus=True):
    """The rows of a view and a cursor, which stays on its proposal whatever comes and goes around it."""

    BINDINGS = keys.bindings(*keys.MOVES, keys.OPEN)
    COMPONENT_CLASSES = {  # noqa: RUF012  as Textual declares it
        "list--cursor",
        "list--muted",
        "list--note",
        "list--good",
        "list--bad",
        *(f"list--{urgency}" for urgency in Urgency),
    }

    class Highlighted(Message):
        """The row under the cursor is another one, or reads otherwise; `by_person` where the cursor was moved."""

        def __init__(self, summary: Summary | None, *, by_person: bool) -> None:
            super().__init__()
            self.summary = summary
            self.by_person = by_person

    class Opened(Message):
        """The row under the cursor was chosen."""

        def __init__(self, summary: Summary) -> None:
            super().__init__()
            self.summary = summary

    class MarksLost(Message):
        """Marked rows are there no more, or in another version."""

        def __init__(self, proposal_ids: Sequence[int]) -> None:
            super().__init__()
            self.proposal_ids = proposal_ids

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.rows = Rows(View.PENDING)
        self.note_of: Callable[[Summary], str | None] = lambda _: None
        self.marked: dict[int, int] = {}  # proposal and the version that was marked
        self.flagged: AbstractSet[str] = frozenset()  # plays whose drafts are mostly rejected
        self.empty_text = ""  # shown where there are no rows
        self._cursor: int | None = None
        self._highlighted: Summary | None = None

    @property
    def current(self) -> Summary | None:
        """The row under the cursor."""
        return self.rows.get(self._cursor)

    def say(self, text: str) -> None:
        """Show this text where there are no rows."""
        if text != self.empty_text:
            self.empty_text = text
            self.refresh()

    def show(self, rows: Rows, cursor: int | None = None, marked: Mapping[int, int] | None = None) -> None:
        """Show other rows, from their start or with the cursor on a proposal."""
        self.rows, self._cursor = rows, cursor
        self.marked = dict(marked or {})
        self.scroll_to(y=0, animate=False, immediate=True)
        self.change(lambda _: None)

    def marked_rows(self) -> list[Summary]:
        """The rows that are marked, from the top."""
        rows = [row for row in map(self.rows.known, self.marked) if row is not None]
        return sorted(rows, key=self.rows.view.key)

    def around(self) -> tuple[int, int] | None:
        """The line of the cursor, and the last line; None where there are no rows."""
        line = self._line()
        return None if line is None else (line, len(self.rows) - 1)

    def advance(self, waits: Callable[[Summary], bool]) -> None:
        """Go to the next row that waits, else to the nearest before; the cursor stays where none does."""
        line = self._line()
        if line is None:
            return
        after, before = range(line + 1, len(self.rows)), range(line - 1, -1, -1)
        at = next((other for other in (*after, *before) if waits(self.rows[other])), None)
        if at is not None:
            self.move_to(at, by_person=False)

    def mark(self, summary: Summary) -> None:
        """Mark this row in the version it shows, or take its mark off."""
        if self.marked.pop(summary.id, None) is None:
            self.marked[summary.id] = summary.version
        self.refresh()

    def unmark(self, *proposal_ids: int) -> None:
        """Take these marks off."""
        for proposal_id in proposal_ids:
            self.marked.pop(proposal_id, None)
        self.refresh()

    def change(self, change: Callable[[Rows], None]) -> None:
        """Change the rows; the cursor stays on its proposal, and its line where it was on the screen."""
        line = self._line()
        top = self.scroll_offset.y
        change(self.rows)
        self._keep_marks()
        if self.current is None:
            at = min(line or 0, len(self.rows) - 1)
            self._cursor = self.rows[at].id if at >= 0 else None
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))
        now = self._line()
        if top and line is not None and now is not None:
            self.scroll_to(y=now - (line - top), animate=False, immediate=True)
        self._keep_in_view()
        self.refresh()
        self._post_highlighted(by_person=False)

    def move_to(self, line: int, *, by_person: bool = True) -> None:
        """Put the cursor on a line, or on the nearest there is."""
        if len(self.rows) == 0:
            return
        before = self._line()
        line = max(0, min(line, len(self.rows) - 1))
        self._cursor = self.rows[line].id
        self._keep_in_view()
        self.refresh_line(line)
        if before is not None:
            self.refresh_line(before)
        self._post_highlighted(by_person=by_person)

    def action_move_down(self) -> None:
        """To the next row."""
        self._move(1)

    def action_move_up(self) -> None:
        """To the previous row."""
        self._move(-1)

    def action_move_page_down(self) -> None:
        """A page down."""
        self._move(max(1, self.size.height - 1))

    def action_move_page_up(self) -> None:
        """A page up."""
        self._move(-max(1, self.size.height - 1))

    def action_move_first(self) -> None:
        """To the first row."""
        self.move_to(0)

    def action_move_last(self) -> None:
        """To the last row."""
        self.move_to(len(self.rows) - 1)

    def action_open(self) -> None:
        """Choose the row under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self.current))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the pointer; a double click opens."""
        line = event.y + self.scroll_offset.y
        if line < len(self.rows):
            self.move_to(line)
            if event.chain > 1:
                self.action_open()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))
        self._keep_in_view()

    def _keep_marks(self) -> None:
        lost = []
        for proposal_id, version in self.marked.items():
            row = self.rows.known(proposal_id)
            if row is None or row.version != version or row.effective_status not in MARKABLE:
                lost.append(proposal_id)
        if lost:
            self.unmark(*lost)
            self.post_message(self.MarksLost(lost))

    def _line(self) -> int | None:
        return (
            self.rows.index(self._cursor) if self._cursor is not None and self._cursor in self.rows else None
        )

    def _move(self, lines: int) -> None:
        self.move_to((self._line() or 0) + lines)

    def _keep_in_view(self) -> None:
        line, height = self._line(), self.size.height
        if line is None or height == 0:
            return
        top = self.scroll_offset.y
        if not top <= line < top + height:
            wanted = line if line < top else line - height + 1
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)

    def _post_highlighted(self, *, by_person: bool) -> None:
        if self.current is not self._highlighted:
            self._highlighted = self.current
            self.post_message(self.Highlighted(self.current, by_person=by_person))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        line = y + self.scroll_offset.y
        if line < len(self.rows):
            return self._row(self.rows[line], width)
        if len(self.rows) == 0 and (text := self._empty_line(y, width)):
            style = self._style() + self._style("list--muted")
            return Strip([Segment(text.center(width), style)], width).crop(0, width)
        return Strip.blank(width, self._style())

    def _empty_line(self, y: int, width: int) -> str:
        """The words for an empty list that stand in this line of the screen, whole words where they are too long for one."""
        lines = [part for line in self.empty_text.split("\n") for part in textwrap.wrap(line, max(width, 10))]
        at = y - max(0, self.size.height // 2 - 1)
        return lines[at] if 0 <= at < len(lines) else ""

    def _row(self, summary: Summary, width: int) -> Strip:
        here = summary.id == self._cursor
        base = self._style("list--cursor") if here else self._style()
        muted = base + self._style("list--muted")
        cursor = "▌" if here and self.has_focus else "▏" if here else " "
        mark = "✓" if summary.id in self.marked else " "
        amount = clean(summary.amount or "")
        room = min(_MOST, max(9, self.rows.widest_amount))
        label, name = self._label(summary)
        head = [
            Segment(cursor + mark, base + self._style("list--note")),
            Segment(f"{label} ", base + self._style(name)),
            Segment(f"{amount:>{room}}  ", base),
        ]
        beside = width - sum(cell_len(segment.text) for segment in head)
        note = self.note_of(summary)
        if note is not None:
            tail, tail_style = f"  {note} ", base + self._style("list--note")
        else:
            tail, tail_style = _AGE.format(clock.age(self._moment(summary))), muted
            vertical = _VERTICAL.format(clean(summary.vertical))
            if self.rows.several_verticals and beside - cell_len(vertical + tail) >= _TITLE:
                tail = vertical + tail
        free = beside - cell_len(tail)
        flag = f"{FLAG} " if summary.play in self.flagged else ""
        title = Segment(fit(flag + clean(summary.title), max(0, free)), base + Style(bold=here or None))
        return Strip([*head, title, Segment(tail, tail_style)]).adjust_cell_length(width, base)

    def _label(self, summary: Summary) -> tuple[str, str]:
        if self.rows.view is View.PENDING:
            return f"{URGENCY[summary.urgency]:4}", f"list--{summary.urgency}"
        return f"{summary.effective_status:10}", STATUS_STYLES.get(summary.effective_status, "list--note")

    def _moment(self, summary: Summary) -> datetime:
        return (
            summary.created_at if self.rows.view is View.PENDING else summary.decided_at or summary.created_at
        )
