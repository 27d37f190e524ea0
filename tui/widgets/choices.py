"""Questions to choose from: all that can be asked, or the nearest to the one that was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui import keys
from tui.messages import QuestionAsked
from tui.text import clean

if TYPE_CHECKING:
    from execops.canvas.understanding import Suggestion

NUMBERED = 9


class Choices(OptionList, inherit_bindings=False):
    """A question a line; the first nine have a number that asks them."""

    BINDINGS = [  # noqa: RUF012  as Textual declares it
        *keys.bindings(*keys.MOVES, keys.CHOOSE),
        *(
            Binding(str(number), f"choose({number})", f"ask {number}", id=f"canvas.{number}", show=False)
            for number in range(1, NUMBERED + 1)
        ),
    ]

    class LeftAbove(Message):
        """The person goes to the widget above."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id, compact=True, markup=False)
        self.questions: tuple[str, ...] = ()
        self._suggestions: tuple[Suggestion, ...] = ()

    def offer(self, questions: Sequence[tuple[str, str]]) -> None:
        """Offer these: a question, and what it is about."""
        offered = tuple(question for question, _ in questions)
        self._suggestions = ()
        if offered == self.questions:
            return
        self.questions = offered
        width = max((len(question) for question in offered), default=0)
        self.clear_options()
        for number, (question, about) in enumerate(questions, 1):
            head = f"{number} " if number <= NUMBERED else "  "
            self.add_option(
                Option(
                    Content.assemble(
                        (head, "$execops-muted"),
                        clean(question).ljust(width + 3),
                        (clean(about), "$execops-muted"),
                    )
                )
            )
        self.highlighted = 0 if offered else None

    def suggest(self, suggestions: Sequence[Suggestion]) -> None:
        """Offer suggestions: their titles."""
        self.offer([(suggestion.title, "") for suggestion in suggestions])
        self._suggestions = tuple(suggestions)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask it."""
        event.stop()
        self.action_choose(event.option_index + 1)

    def action_choose(self, number: int) -> None:
        """Ask the question of this number."""
        if number <= len(self.questions):
            suggestion = self._suggestions[number - 1] if self._suggestions else None
            self.post_message(QuestionAsked(self.questions[number - 1], suggestion))

    def action_move_down(self) -> None:
        """To the next one."""
        if self.highlighted is None or self.highlighted < len(self.questions) - 1:
            self.action_cursor_down()

    def action_move_up(self) -> None:
        """To the one before; from the first, to what is above."""
        if self.highlighted:
            self.action_cursor_up()
        else:
            self.post_message(self.LeftAbove())

    def action_move_page_down(self) -> None:
        """A page down."""
        self.action_page_down()  # type: ignore[no-untyped-call]

    def action_move_page_up(self) -> None:
        """A page up."""
        self.action_page_up()  # type: ignore[no-untyped-call]

    def action_move_first(self) -> None:
        """To the first."""
        self.action_first()

    def action_move_last(self) -> None:
        """To the last."""
        self.action_last()
