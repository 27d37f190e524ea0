"""The line for a question: completed from the questions that can be asked; ↑ brings back those of this run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from tui import keys


class QuestionSuggester(Suggester):
    """Completes what is typed to the first question that begins so."""

    def __init__(self, questions: Callable[[], Iterable[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._questions = questions

    async def get_suggestion(self, value: str) -> str | None:
        """All that is typed, and the rest of the question."""
        begun = value.casefold()
        if not begun.strip():
            return None
        for question in self._questions():
            if len(question) > len(value) and question.casefold().startswith(begun):
                return value + question[len(value) :]
        return None


class QuestionLine(Input):
    """Keeps the questions asked until the inbox is left."""

    BINDINGS = keys.bindings(keys.EARLIER, keys.LATER, keys.COMPLETE)

    class LeftBelow(Message):
        """There is no later question: the person goes to the widget below."""

    def __init__(self, questions: Iterable[str], *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        self._known = tuple(questions)
        super().__init__(
            placeholder="Ask: net revenue by month, top customers, runway …",
            suggester=QuestionSuggester(lambda: (*reversed(self.asked), *self._known)),
            id=id,
            compact=True,
        )
        self.asked: list[str] = []
        self._at = 0  # in `asked`; beyond its end is what is being typed
        self._typed = ""

    def remember(self, question: str) -> None:
        """This was asked."""
        if not self.asked or self.asked[-1] != question:
            self.asked.append(question)
        self._at, self._typed = len(self.asked), ""

    def write(self, question: str) -> None:
        """Stand here, with the cursor at its end."""
        self.value = question
        self.cursor_position = len(question)

    def action_earlier(self) -> None:
        """The question before."""
        if self._at == len(self.asked):
            self._typed = self.value
        if self._at:
            self._at -= 1
            if self.asked[self._at] == self.value and self._at:  # it stands here already
                self._at -= 1
            self.write(self.asked[self._at])

    def action_later(self) -> None:
        """The question after it; after the last, what was being typed, and then what is below."""
        if self._at == len(self.asked):
            self.post_message(self.LeftBelow())
            return
        self._at += 1
        self.write(self.asked[self._at] if self._at < len(self.asked) else self._typed)
