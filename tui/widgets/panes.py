"""Two sides: the inbox, and the canvas. A narrow terminal shows the side with the focus.

The canvas and everything it draws with are loaded when it is first opened, so that the inbox starts without them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from execops.errors import ExecOpsError
from tui import keys, messages
from tui.canvas_side import CanvasSide
from tui.list_side import ListSide
from tui.shared import Shared
from tui.text import clean

if TYPE_CHECKING:
    from tui.widgets.answer_table import AnswerTable
    from tui.widgets.canvas_pane import CanvasPane

_CANVAS_STYLES = Path(__file__).with_name("canvas.tcss")


class Panes(Container):
    """Opens and closes the canvas beside the inbox, and knows which side the keys are for."""

    BINDINGS = keys.bindings(keys.CANVAS, keys.CUSTOMER, keys.SWITCH)

    class SideChanged(Message):
        """The keys are for this side now; `uncovered` where the inbox came into view."""

        def __init__(self, *, uncovered: bool) -> None:
            super().__init__()
            self.uncovered = uncovered

    def __init__(self, inbox: Widget, *, home: Widget, id: str) -> None:  # noqa: A002  Textual's name
        super().__init__(inbox, id=id)
        self._home = home  # the widget of the inbox that takes the keys
        self.pane: CanvasPane | None = None
        self.is_open = False
        self.in_canvas = False

    def connect(self, shared: Shared, list_side: ListSide) -> None:
        """Take the parts that the two sides work with; before they are mounted."""
        self._shared, self._list_side = shared, list_side
        self.side = CanvasSide(self, shared)

    @property
    def canvas(self) -> CanvasPane | None:
        """The canvas, while it is open."""
        return self.pane if self.is_open else None

    @property
    def covered(self) -> bool:
        """Whether the canvas stands before the inbox."""
        return self.in_canvas and not self.screen.has_class("-wide")

    async def action_canvas(self) -> None:
        """Put the cursor into the canvas's question line, whatever stood where."""
        if self.pane is None:
            from tui import styles
            from tui.widgets.canvas_pane import CanvasPane

            try:
                self.pane = CanvasPane(self._shared.client.canvas.metrics(), id="canvas")
            except ExecOpsError as error:
                self._shared.refuse(error.message, "error")
                return
            styles.read(self.app, _CANVAS_STYLES)
            await self.mount(self.pane)
        self._list_side.restore()
        self.is_open = True
        self._turn(in_canvas=True)
        self.screen.set_focus(self.pane.line)

    async def action_customer(self) -> None:
        """Ask the canvas about the money of the customer under the cursor; closing it goes back to the row."""
        row = self._list_side.list.current
        if row is None:
            self._shared.refuse("There is no proposal under the cursor.")
            return
        if not row.is_about_customer:  # a dispute or a payout: no movement has its id
            self._shared.refuse(
                "This proposal names no customer, so no movements can be shown; s shows its event."
            )
            return
        await self.action_canvas()
        if self.pane is not None:
            from execops.canvas.understanding import Suggestion

            title = f"Movements of {clean(row.subject_key, limit=40)}"
            self.side.ask(
                title, Suggestion(title=title, metric="movements", params={"customer": row.subject_key})
            )

    def action_switch(self) -> None:
        """Give the keys to the other side; without the canvas, to the next widget that takes keys."""
        if not self.is_open:
            self.screen.focus_next()
        elif self.in_canvas:
            self.go_to_inbox()
        else:
            self.go_to_canvas()

    def back_to_canvas(self) -> bool:
        """From the proposals behind a row back to the row; False where none of those are shown."""
        restored = self._list_side.restore()
        if restored and self.is_open:
            self.go_to_canvas()
        return restored

    def on_canvas_pane_left(self) -> None:
        """Close the canvas; the inbox is as it was."""
        self.is_open = False
        self._list_side.restore()
        self.go_to_inbox()

    def go_to_canvas(self) -> None:
        """Give the keys to the canvas, which is open."""
        self._turn(in_canvas=True)
        if self.pane is not None:
            self.pane.go_in()

    def go_to_inbox(self) -> None:
        """Give the keys to the inbox."""
        self._turn(in_canvas=False)
        self.screen.set_focus(self._home)

    def uncover(self) -> None:
        """Bring the inbox into view."""
        if self.covered:
            self._turn(in_canvas=False)

    def follow_focus(self, focused: Widget | None) -> None:
        """The keys are for the side with the focus."""
        if focused is not None and self.is_open:
            self._turn(in_canvas=self.pane in focused.ancestors)

    def _turn(self, *, in_canvas: bool) -> None:
        uncovered = self.covered and not in_canvas
        self.in_canvas = in_canvas
        self.update_classes({"-canvas": self.is_open, "-in-canvas": self.is_open and in_canvas})
        self.post_message(self.SideChanged(uncovered=uncovered))

    # Questions, and the rows of their answers

    @on(messages.QuestionAsked)
    def _ask(self, event: messages.QuestionAsked) -> None:
        event.stop()
        self.side.ask(event.question, event.suggestion)

    @on(messages.QuestionAnswered)
    @on(messages.QuestionFailed)
    def _show_answer(self, event: messages.QuestionAnswered | messages.QuestionFailed) -> None:
        self.side.take(event)
        self._shared.face.tidy()

    def on_canvas_pane_copy_asked(self) -> None:
        """Copy the answer as `execops canvas --json` prints it."""
        text = self.side.as_json()
        if text is None:
            self._shared.say("There is no answer to copy.")
            return
        self.app.copy_to_clipboard(text)
        self._shared.say("The answer is copied as JSON.")

    def on_answer_table_opened(self, event: AnswerTable.Opened) -> None:
        """Show the proposals behind a row, else its events."""
        self.side.look_behind(events=False, at=event.at)

    def on_canvas_pane_events_asked(self) -> None:
        """Show the events behind the row under the cursor."""
        self.side.look_behind(events=True)

    @on(messages.BehindRefused)
    def _say_why(self, event: messages.BehindRefused) -> None:
        self._shared.tell(event.error)

    @on(messages.BehindRead)
    def _show_behind(self, event: messages.BehindRead) -> None:
        if not self.side.is_current(event):
            return
        behind = event.behind
        if behind.proposals and not event.events:
            read = self.side.reader(event.answer, event.at)
            self._list_side.show_behind(clean(behind.label, limit=40), behind.proposals, read)
            self.go_to_inbox()
        elif behind.events:
            from tui.screens.event import EventScreen

            client, decider = self._shared.client, self._shared.decider
            self._shared.face.push(
                EventScreen(behind.events[::-1], lambda event_id: decider.finish(client.events.get(event_id)))
            )
        elif behind.proposals:
            self._shared.say("This row has no events, only proposals.")
        else:
            self._shared.say(behind.nothing)
        if behind.truncated:
            self._shared.say("There are more than shown: these are the latest.")
