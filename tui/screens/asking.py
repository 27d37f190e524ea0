"""The part of the inbox that asks: the canvas beside it or before it, and the way from a row to what is behind it.

The pane and all it draws with are loaded when it is first opened, so that the inbox starts without them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Container
from textual.widgets import Input

from execops.errors import DatabaseUnavailableError, ExecOpsError
from execops.proposals.listing import Summary
from tui import keys, messages
from tui.keys import Key
from tui.rows import Rows
from tui.screens.following import FollowingScreen
from tui.text import clean
from tui.views import View

if TYPE_CHECKING:
    from execops.canvas.result import Answer
    from tui.widgets.answer_table import AnswerTable
    from tui.widgets.canvas_pane import CanvasPane


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """The inbox as it was before it showed what is behind a row."""

    rows: Rows
    cursor: int | None
    marked: Mapping[int, int]
    filter: str
    loaded: bool


class AskingScreen(FollowingScreen):
    """Two sides: the inbox, and the canvas. Where there is room for one, it is the one with the focus."""

    panes: Container
    search: Input

    def __init__(self) -> None:
        super().__init__()
        self.pane: CanvasPane | None = None
        self.in_canvas = False
        self.is_open = False
        self._before: Before | None = None

    @property
    def canvas(self) -> CanvasPane | None:
        """The pane, while it is open."""
        return self.pane if self.is_open else None

    def covered(self) -> bool:
        """Whether the canvas stands before the inbox."""
        return self.in_canvas and not self.has_class("-wide")

    # Opening, switching, closing

    async def action_canvas(self) -> None:
        """Open the canvas, or close it; where it is out of sight, go back to it."""
        if self.is_open and (self.in_canvas or self.has_class("-wide")):
            self.action_leave()
            return
        if self._before is not None:
            self._restore()
        if self.pane is None:
            from tui.widgets.canvas_pane import CanvasPane

            try:
                self.pane = CanvasPane(self.client.canvas.metrics(), id="canvas")
            except ExecOpsError as error:
                self.tell(error)
                return
            await self.panes.mount(self.pane)
        self.is_open = True
        self._go_to_canvas()

    def action_leave(self) -> None:
        """Close the canvas; the inbox is as it was."""
        self.is_open = False
        self._restore()
        self._go_to_inbox()

    def action_switch(self) -> None:
        """To the other side; without the canvas, to the next that takes keys."""
        if not self.is_open:
            self.app.action_focus_next()
        elif self.in_canvas:
            self._go_to_inbox()
        else:
            self._go_to_canvas()

    def back_to_canvas(self) -> bool:
        """From what is behind a row back to the row; False where nothing is shown so."""
        if self._before is None:
            return False
        self._restore()
        if self.is_open:
            self._go_to_canvas()
        return True

    def follow_focus(self) -> None:
        """The side with the focus is the one that is meant."""
        if self.focused is not None and self.is_open:
            self._side(in_canvas=self.pane in self.focused.ancestors)

    def _go_to_canvas(self) -> None:
        self._side(in_canvas=True)
        if self.pane is not None:
            self.pane.go_in()

    def _go_to_inbox(self) -> None:
        self._side(in_canvas=False)
        self.list.focus()

    def _side(self, *, in_canvas: bool) -> None:
        uncovered = self.covered() and not in_canvas
        self.in_canvas = in_canvas
        self.set_class(self.is_open, "-canvas")
        self.set_class(self.is_open and in_canvas, "-in-canvas")
        if uncovered:
            self.on_screen_resume()
        self.tidy()

    # Asking

    def action_ask(self) -> None:
        """Type another question."""
        if self.canvas is not None:
            self.canvas.line.focus()

    @on(messages.QuestionAsked)
    def _take_question(self, event: messages.QuestionAsked) -> None:
        if self.pane is not None:
            self.pane.asking(event.question)
            self._ask_ledger(event.question)

    @work(group="canvas", exclusive=True, exit_on_error=False)
    async def _ask_ledger(self, question: str) -> None:
        try:
            asked = await self.ask(self.client.canvas.ask(question))
        except ExecOpsError as error:
            self.post_message(messages.QuestionFailed(question, error))
        else:
            self.post_message(messages.QuestionAnswered(question, asked))

    @on(messages.QuestionAnswered)
    def _show_answer(self, event: messages.QuestionAnswered) -> None:
        if self.pane is not None and self.pane.question == event.question:
            self.pane.show(event.asked)
            self._settle()

    @on(messages.QuestionFailed)
    def _show_failure(self, event: messages.QuestionFailed) -> None:
        if self.pane is not None and self.pane.question == event.question:
            self.pane.fail(event.error)
            self._settle()

    def _settle(self) -> None:
        """After an answer the keys are for it, unless another question was begun meanwhile."""
        pane = self.pane
        if pane is not None and self.in_canvas and pane.line.value in {pane.question, ""}:
            pane.go_in()
        self.tidy()

    @on(messages.WentLive)
    def _ask_again(self) -> None:
        if self.pane is not None and isinstance(self.pane.error, DatabaseUnavailableError):
            self.post_message(messages.QuestionAsked(self.pane.question))

    def action_copy_answer(self) -> None:
        """The answer, as `execops canvas --json` prints it, into the clipboard."""
        if self.canvas is None or self.canvas.asked is None or self.canvas.error is not None:
            self.say("There is no answer to copy.")
            return
        self.app.copy_to_clipboard(
            json.dumps(self.canvas.asked.to_json(), indent=2)
        )  # escapes what is not ASCII
        self.say("The answer is copied as JSON.")

    # Behind a row

    def on_answer_table_opened(self, event: AnswerTable.Opened) -> None:
        """Show the proposals behind a row, else its events."""
        if self.canvas is not None and self.canvas.answer is not None:
            self._look_behind(self.canvas.answer, event.at, events=False)

    def action_sources(self) -> None:
        """The events behind the row under the cursor."""
        if self.canvas is not None and self.canvas.answer is not None and self.canvas.answer.rows:
            self._look_behind(self.canvas.answer, self.canvas.table.cursor, events=True)

    @work(group="behind", exclusive=True, exit_on_error=False)
    async def _look_behind(self, answer: Answer, at: int, *, events: bool) -> None:
        try:
            behind = await self.ask(self.client.canvas.behind(answer, at))
        except ExecOpsError as error:
            self.post_message(messages.BehindRefused(error))
        else:
            self.post_message(messages.BehindRead(answer, at, behind, events=events))

    @on(messages.BehindRefused)
    def _tell_refusal(self, event: messages.BehindRefused) -> None:
        self.tell(event.error)

    @on(messages.BehindRead)
    def _show_behind(self, event: messages.BehindRead) -> None:
        behind = event.behind
        if self.canvas is None or self.canvas.answer is not event.answer or not self.in_canvas:
            return
        if behind.proposals and not event.events:
            self._show_proposals(event)
        elif behind.events:
            from tui.screens.event import EventScreen

            events = behind.events[::-1]
            self.app.push_screen(EventScreen(events, lambda each: self.ask(self.client.events.get(each))))
        elif behind.proposals:
            self.say("No event stands behind this row; its proposals do.")
        else:
            self.say(behind.nothing)
        if behind.truncated:
            self.say("There is more behind this row than is shown: these are the latest.")

    def _show_proposals(self, event: messages.BehindRead) -> None:
        listed = self.list
        if self._before is None:
            self._before = Before(
                rows=listed.rows,
                cursor=listed.current.id if listed.current else None,
                marked=dict(listed.marked),
                filter=self.search.value,
                loaded=self.loaded,
            )
        self._clear_filter("")
        rows = Rows(View.BEHIND)
        for summary in event.behind.proposals:
            rows.put(summary)

        async def read() -> list[Summary]:
            return list((await self.client.canvas.behind(event.answer, event.at)).proposals)

        self.header.place, self.header.view, self.loaded = (
            clean(event.behind.label, limit=40),
            View.BEHIND,
            True,
        )
        listed.show(rows)
        self.feed.show(View.BEHIND, read)
        self._go_to_inbox()

    def forget_before(self) -> None:
        """Another view was chosen: what was before it is no longer gone back to."""
        self._before = None
        if self.covered():
            self._side(in_canvas=False)

    def _restore(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self.header.view, self.loaded = before.rows.view, before.loaded
            self._clear_filter(before.filter)
            self.list.show(before.rows, before.cursor, before.marked)
            self.feed.show(before.rows.view)
            self.tidy()

    def _clear_filter(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self.search.value = text
        self.search.display = bool(text)

    def canvas_keys(self) -> list[tuple[Key, str]]:
        """What the keys do in the canvas."""
        pane = self.pane
        if pane is None:
            return []
        if self.focused is pane.line:
            again = [(keys.CHOOSE, "ask"), (keys.COMPLETE, "complete")]
            history = [(keys.EARLIER, "asked before")] if pane.line.asked else []
            return [*again, *history, (keys.SWITCH, "inbox"), (keys.LEAVE, "close")]
        shown: list[tuple[Key, str]] = []
        if self.focused is pane.choices:
            shown = [(keys.CHOOSE, "ask this")]
        elif pane.answer is not None and pane.answer.rows:
            shown = [(keys.BEHIND, "behind it"), (keys.SOURCES, "events"), (keys.COPY_ANSWER, "copy")]
        return [
            *shown,
            (keys.ASK, "ask"),
            (keys.SWITCH, "inbox"),
            (keys.CANVAS, "close"),
            (keys.HELP, "help"),
            (keys.QUIT, "quit"),
        ]
