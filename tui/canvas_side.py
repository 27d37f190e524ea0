"""The canvas's side: puts questions to the ledger, and reads the proposals and events behind a row of an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from execops.errors import DatabaseUnavailableError, ExecOpsError
from execops.proposals.listing import Summary
from tui import messages
from tui.shared import Shared
from tui.views import Read

if TYPE_CHECKING:
    from execops.canvas.result import Answer
    from execops.canvas.understanding import Suggestion
    from tui.widgets.canvas_pane import CanvasPane


class Host(Protocol):
    """The widget that holds the canvas: its pane once it was opened, and whether the keys are for it."""

    pane: CanvasPane | None
    in_canvas: bool

    @property
    def canvas(self) -> CanvasPane | None:
        """The pane while it is open."""

    def post_message(self, message: Any) -> bool:  # noqa: ANN401  Textual's own signature is narrower
        """Post a message."""


class CanvasSide:
    """Asks for the canvas, and posts a message with each answer."""

    def __init__(self, panes: Host, shared: Shared) -> None:
        self._panes, self._shared = panes, shared
        self._client, self._decider, self._post = shared.client, shared.decider, panes.post_message

    def ask(self, question: str, suggestion: Suggestion | None = None) -> None:
        """Ask this question, or this suggestion; the one before it is no longer waited for."""
        if self._panes.pane is not None:
            self._panes.pane.begin(question, suggestion)
            self._shared.face.start(self._ask_ledger(question, suggestion), "canvas", exclusive=True)

    def ask_again(self) -> None:
        """Ask the last question again, where it found no database."""
        pane = self._panes.pane
        if pane is not None and isinstance(pane.error, DatabaseUnavailableError):
            self.ask(pane.question, pane.suggestion)

    def take(self, event: messages.QuestionAnswered | messages.QuestionFailed) -> None:
        """Show an answer, or why there is none, unless another question was asked since."""
        pane = self._panes.pane
        if pane is None or pane.question != event.question:
            return
        if isinstance(event, messages.QuestionAnswered):
            pane.show(event.asked)
        else:
            pane.fail(event.error)
        if self._panes.in_canvas and pane.line.value in {pane.question, ""}:
            pane.go_in()  # the keys are for the answer, unless another question was begun

    def as_json(self) -> str | None:
        """The answer as `execops canvas --json` prints it, with everything but ASCII escaped; None without one."""
        canvas = self._panes.canvas
        if canvas is None or canvas.asked is None or canvas.error is not None:
            return None
        return json.dumps(canvas.asked.to_json(), indent=2)

    def look_behind(self, *, events: bool, at: int | None = None) -> None:
        """Read the proposals, or the events, behind a row: that under the cursor unless another is named."""
        canvas = self._panes.canvas
        if canvas is not None and canvas.answer is not None and canvas.answer.rows:
            row = canvas.table.cursor if at is None else at
            self._shared.face.start(
                self._read_behind(canvas.answer, row, events=events), "behind", exclusive=True
            )

    def is_current(self, event: messages.BehindRead) -> bool:
        """Whether the keys are still for the answer whose row was looked behind."""
        canvas = self._panes.canvas
        return canvas is not None and canvas.answer is event.answer and self._panes.in_canvas

    def reader(self, answer: Answer, at: int) -> Read:
        """Reads the proposals behind a row anew."""

        async def read() -> list[Summary]:
            return list((await self._client.canvas.behind(answer, at)).proposals)

        return read

    async def _ask_ledger(self, question: str, suggestion: Suggestion | None) -> None:
        canvas = self._client.canvas
        asking = canvas.ask(question) if suggestion is None else canvas.ask_suggested(suggestion)
        try:
            asked = await self._decider.finish(asking)
        except ExecOpsError as error:
            self._post(messages.QuestionFailed(question, error))
        else:
            self._post(messages.QuestionAnswered(question, asked))

    async def _read_behind(self, answer: Answer, at: int, *, events: bool) -> None:
        try:
            behind = await self._decider.finish(self._client.canvas.behind(answer, at))
        except ExecOpsError as error:
            self._post(messages.BehindRefused(error))
        else:
            self._post(messages.BehindRead(answer, at, behind, events=events))
