"""One question before something that cannot be taken back: `y` does it, everything else keeps things as they are."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui import keys
from tui.styles import DIALOGS
from tui.text import clean


class ConfirmScreen(ModalScreen[bool]):
    """Asks, and answers True only for a clear yes."""

    CSS_PATH = DIALOGS
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        *keys.bindings(keys.YES, keys.NO),
        Binding("left,right,h,l,up,down", "app.focus_next", show=False, id="confirm.move"),
    ]

    def __init__(self, question: str, what: str, does: str, *, yes: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._question, self._what, self._does = question, what, does
        self._yes, self._keymap = yes, keymap

    def compose(self) -> ComposeResult:
        """The question, its subject, the effect of yes; No has the focus."""
        with Vertical(classes="dialog"):
            yield Static(clean(self._question), classes="question", markup=False)
            yield Static(clean(self._what), classes="what", markup=False)
            yield Static(clean(self._does), classes="does", markup=False)
            with Horizontal(classes="answers"):
                yield Button(f"{keys.name(keys.NO, self._keymap)}  Keep it", id="no", compact=True)
                yield Button(f"{keys.name(keys.YES, self._keymap)}  {self._yes}", id="yes", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.answer(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Answer with a key."""
        self.answer(answer)

    def answer(self, answer: bool) -> None:
        """Close the dialog with this answer."""
        self.dismiss(answer)
