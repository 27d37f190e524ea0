"""One question before a customer is written to again: the key that approved says yes, once the question could be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from msgspec.structs import replace

from tui import keys
from tui.card_gate import SETTLES
from tui.screens.confirm import ConfirmScreen

AGAIN = replace(keys.APPROVE, action="answer(True)")


class AgainScreen(ConfirmScreen):
    """Says what the customer got, and asks whether a further message may go out.

    The question comes by itself, after the core has answered. So a key that was pressed before it stood on the screen
    for a moment was meant for something else, and says neither yes nor no. `pressed_at` gives the monotonic moment of
    the key that is under way.
    """

    BINDINGS = keys.bindings(AGAIN)

    def __init__(
        self,
        sentence: str,
        what: str,
        does: str,
        *,
        yes: str,
        keymap: Mapping[str, str],
        pressed_at: Callable[[], float],
    ) -> None:
        super().__init__(f"{sentence} Write again?", what, does, yes=yes, keymap=keymap)
        self._pressed_at = pressed_at
        self._painted_at: float | None = None

    def on_mount(self) -> None:
        """Count from the first frame that shows the question."""
        self.call_after_refresh(self._note_painted)

    def _note_painted(self) -> None:
        self._painted_at = monotonic()

    def answer(self, answer: bool) -> None:
        """Answer, if the question could be read."""
        if self._painted_at is not None and self._pressed_at() - self._painted_at >= SETTLES:
            super().answer(answer)
