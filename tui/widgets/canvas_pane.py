"""The canvas: a question line, and below it an answer, questions to choose from, or why there is no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from execops.errors import ExecOpsError
from tui import chart, keys, receipt
from tui.messages import QuestionAsked
from tui.text import clean
from tui.widgets import answer_figures
from tui.widgets.answer_chart import LEAST_HEIGHT, AnswerChart
from tui.widgets.answer_figures import AnswerFigures
from tui.widgets.answer_table import AnswerTable
from tui.widgets.choices import Choices
from tui.widgets.fitted import Fitted
from tui.widgets.question_line import QuestionLine

if TYPE_CHECKING:
    from execops.canvas.catalogue import Metric
    from execops.canvas.result import Answer
    from execops.canvas.run import Asked
    from execops.canvas.understanding import Suggestion

_TABLE = 6  # lines that the table keeps beside a chart: its head, and some rows
_AROUND = 7  # lines of question, title, receipt and the gaps between them


class State(Enum):
    """The pane shows one of these."""

    IDLE = auto()
    ASKING = auto()
    ANSWERED = auto()
    REFUSED = auto()
    FAILED = auto()


class CanvasPane(Vertical):
    """Shows questions and answers; it asks nothing itself."""

    DEFAULT_CSS = """
    #question { padding: 0 1; margin-bottom: 1; background: $surface; }
    #answer-title { padding: 0 1; height: auto; max-height: 2; margin-bottom: 1; }
    #answer-said { padding: 0 1; height: auto; max-height: 6; margin-bottom: 1; }
    #answer-figures { padding: 0 1; height: 5; }
    #answer-figures Vertical { width: auto; margin-right: 6; }
    #answer-figures Digits { width: auto; color: $text-primary; }
    .figure-about { width: auto; color: $execops-muted; }
    #answer-chart { margin: 0 1 1 1; }
    #answer-table { height: 1fr; min-height: 3; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; background: $background; }
    #receipt { padding: 0 1; height: auto; max-height: 5; }
    #choices { height: 1fr; padding: 0 1; background: $background; scrollbar-size-vertical: 1; }
    #choices:focus { background-tint: transparent; }
    #choices > .option-list--option-highlighted { color: $foreground; background: transparent; text-style: none; }
    #choices:focus > .option-list--option-highlighted { color: $foreground; background: $panel; text-style: bold; }
    .table--head { color: $execops-muted; }
    .table--cursor { background: $panel; }
    .table--mark { color: $text-primary; }
    """
    BINDINGS = keys.bindings(keys.ASK, keys.SOURCES, keys.COPY_ANSWER, keys.LEAVE)

    class Left(Message):
        """The person closes the canvas."""

    class EventsAsked(Message):
        """The person asks for the events behind the row under the cursor."""

    class CopyAsked(Message):
        """The person copies the answer."""

    def __init__(self, metrics: Mapping[str, Metric], *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._metrics = metrics
        self.state = State.IDLE
        self.asked: Asked | None = None
        self.error: ExecOpsError | None = None
        self.question = ""  # the last one asked
        self.suggestion: Suggestion | None = None  # that it was, if it was one
        self.line = QuestionLine(_questions(metrics), id="question")
        self.choices = Choices(id="choices")
        self.table = AnswerTable(id="answer-table")
        self.chart = AnswerChart(id="answer-chart")
        self._title = Fitted(id="answer-title")
        self._figures = AnswerFigures(id="answer-figures")
        self._remark = Fitted(id="answer-said")
        self._receipt = Fitted(id="receipt")

    def compose(self) -> ComposeResult:
        """From the question to the receipt."""
        yield self.line
        yield self._title
        yield self._remark
        yield self.choices
        yield self._figures
        yield self.chart
        yield self.table
        yield self._receipt

    def on_mount(self) -> None:
        """Begin with the questions that can be asked."""
        self._show(State.IDLE)
        self.choices.offer(self._samples())

    @property
    def answer(self) -> Answer | None:
        """The answer that is shown."""
        return self.asked.answer if self.asked is not None and self.state is State.ANSWERED else None

    def go_in(self) -> None:
        """Focus the part that the next key is for."""
        if self.answer is not None and self.answer.rows:
            self.screen.set_focus(self.table)
        elif self.state is State.REFUSED and self.choices.questions:
            self.screen.set_focus(self.choices)
        else:
            self.screen.set_focus(self.line)

    def action_ask(self) -> None:
        """Type another question."""
        self.screen.set_focus(self.line)

    def action_leave(self) -> None:
        """Close the canvas."""
        self.post_message(self.Left())

    def action_sources(self) -> None:
        """Ask for the events behind the row under the cursor."""
        self.post_message(self.EventsAsked())

    def action_copy_answer(self) -> None:
        """Copy the answer as JSON."""
        self.post_message(self.CopyAsked())

    # The content

    def begin(self, question: str, suggestion: Suggestion | None = None) -> None:
        """A question is under way; the answer before it is gone, so that nobody takes it for this one's."""
        if self.has_focus_within:
            self.screen.set_focus(self.line)  # the widget with the focus may be hidden now
        self.question, self.suggestion = question, suggestion
        self.line.remember(question)
        if self.line.value != question:
            self.line.write(question)
        self._title.fit(Content.styled("Asking the ledger…", "$execops-muted"))
        self._show(State.ASKING)

    def show(self, asked: Asked) -> None:
        """The answer, or why there is none."""
        self.asked, self.error = asked, None
        if asked.answer is None:
            self._remark.fit(receipt.refusal(asked.understood))
            if asked.understood.suggestions:
                self.choices.suggest(asked.understood.suggestions)
            else:
                self.choices.offer(self._samples(asked.understood.candidates))
            self._show(State.REFUSED)
            return
        answer = asked.answer
        self._title.fit(receipt.title(answer, asked.understood.why))
        self._remark.fit(receipt.remark(answer))
        self._receipt.fit(receipt.receipt(answer))
        self.chart.show(chart.series(answer))
        self._figures.show(answer)
        self.table.show(answer)
        self._show(State.ANSWERED)

    def fail(self, error: ExecOpsError) -> None:
        """Say why there is no answer, and what to do."""
        self.error = error
        self._remark.fit(receipt.failure(error))
        self._show(State.FAILED)

    def _show(self, state: State) -> None:
        self.state = state
        answer = self.answer
        self._title.display = state is State.ASKING or answer is not None
        self._remark.display = state in {State.REFUSED, State.FAILED} or (
            answer is not None and bool(receipt.remark(answer).plain)
        )
        self.choices.display = state in {State.IDLE, State.REFUSED}
        self.table.display = answer is not None and bool(answer.rows)
        self._receipt.display = answer is not None
        self._arrange()

    def on_resize(self) -> None:
        """Share the lines out anew."""
        self._arrange()

    def _arrange(self) -> None:
        """The chart takes what the table can spare, or nothing."""
        answer = self.answer
        figures = answer is not None and bool(answer_figures.figures_of(answer))
        self._figures.display = figures and self.size.height >= _AROUND + answer_figures.HEIGHT
        self.chart.display = False
        if answer is None or not self.chart.series:
            return
        free = self.size.height - _AROUND - min(len(answer.rows) + 1, _TABLE)
        height = min(self.chart.wanted(), free, max(LEAST_HEIGHT, self.size.height * 3 // 5))
        if height >= LEAST_HEIGHT or height == self.chart.wanted():
            self.chart.styles.height = height
            self.chart.display = True

    # Questions to choose from

    def _samples(self, names: Sequence[str] = ()) -> list[tuple[str, str]]:
        """A question for each of these metrics, or for all."""
        named = [self._metrics[name] for name in names if name in self._metrics]
        return [(metric.samples[0], metric.title) for metric in named or self._metrics.values()]

    @on(Input.Changed, "#question")
    def _narrow(self, event: Input.Changed) -> None:
        """Before anything is asked, the words typed narrow the questions offered."""
        event.stop()
        if self.state is not State.IDLE:
            return
        words = event.value.casefold().split()
        offers = []
        for metric in self._metrics.values():
            names = (metric.name.replace("_", " "), metric.title, *metric.synonyms)
            matching = [sample for sample in metric.samples if _has(words, sample)]
            if matching or any(_has(words, name) for name in names):
                offers.append(((matching or metric.samples)[0], metric.title))
        self.choices.offer(offers)

    @on(Input.Submitted, "#question")
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        question = clean(event.value).strip()
        if question:
            self.post_message(QuestionAsked(question))
        else:
            self._down()

    @on(QuestionLine.LeftBelow)
    def _down(self) -> None:
        if self.choices.display:
            self.screen.set_focus(self.choices)
        elif self.table.display:
            self.screen.set_focus(self.table)

    @on(Choices.LeftAbove)
    @on(AnswerTable.LeftAbove)
    def _up(self) -> None:
        self.screen.set_focus(self.line)

    @on(AnswerTable.Moved)
    def _follow(self, event: AnswerTable.Moved) -> None:
        answer = self.answer
        if answer is None:
            return
        for column, value in zip(answer.columns, answer.rows[event.at], strict=True):
            if column.unit == "currency":
                self.chart.currency = str(value or "")


def _has(words: Sequence[str], text: str) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _questions(metrics: Mapping[str, Metric]) -> list[str]:
    """The texts that a question is completed to: the samples first, then names, then other words for them."""
    samples = [sample for metric in metrics.values() for sample in metric.samples]
    names = [name for metric in metrics.values() for name in (metric.title.lower(), metric.name)]
    synonyms = [synonym for metric in metrics.values() for synonym in metric.synonyms]
    return list(dict.fromkeys((*samples, *names, *synonyms)))
