"""A text to read: an answer per proposal, a link, the event behind a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.styles import DIALOGS
from tui.text import WHOLE, clean
from tui.widgets.card_body import CardBody


class ReaderScreen(ModalScreen[None]):
    """A title, text that scrolls, and a way back."""

    CSS_PATH = DIALOGS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "back", id="reader.back", show=False),
        Binding("y", "copy", "copy", id="reader.copy", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[Content], *, copies: str, hint: str = "") -> None:
        super().__init__()
        self.heading = Static(clean(title), classes="question", markup=False)
        self.body = CardBody(label=0, classes="reading")
        self.hint = Static(hint or "j k scroll · y copies · esc goes back", classes="hint", markup=False)
        self._lines, self._copies = lines, copies

    def compose(self) -> ComposeResult:
        """The text has the focus."""
        with Vertical(classes="dialog wide"):
            yield self.heading
            yield self.body
            yield self.hint

    def on_mount(self) -> None:
        """Show the text in as many lines as it takes."""
        self.show_text(self._lines, self._copies)
        self.set_focus(self.body)

    def show_text(self, lines: Sequence[Content], copies: str) -> None:
        """Show this text; `y` copies `copies`."""
        self._copies = copies
        self.body.show([("", Content("\n").join(lines))], airy=False)
        self.body.scroll_home(animate=False, immediate=True)

    def action_copy(self) -> None:
        """Copy it, without the characters that cannot be seen."""
        self.app.copy_to_clipboard(clean(self._copies, lines=True, limit=WHOLE))
        self.hint.update("Copied. · esc goes back")
