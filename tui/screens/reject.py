"""Rejecting: a reason from the presets or in one's own words, and whether the customer is left alone for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui import keys
from tui.text import clean
from tui.widgets.tick import Tick

PRESETS = (
    "Not needed: it settles itself",
    "Handled another way",
    "The draft is wrong",
    "Wrong recipient or amount",
    "Not now",
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a person said when rejecting."""

    reason: str | None
    suppress: bool


class RejectScreen(ModalScreen[Rejection | None]):
    """Dismisses with the rejection, or with None where nothing is rejected."""

    BINDINGS = [  # noqa: RUF012  as Textual declares it
        keys.NEVER.binding(),
        Binding("escape", "cancel", "back", id="reject.back", show=False),
        *(
            Binding(
                str(number + 1),
                f"preset({number})",
                f"reason {number + 1}",
                id=f"reject.{number + 1}",
                show=False,
            )
            for number in range(len(PRESETS))
        ),
    ]

    def __init__(self, title: str, customer: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._title, self._customer, self._keymap = title, customer, keymap

    def compose(self) -> ComposeResult:
        """Presets first, then one's own words, then the customer."""
        with Vertical(classes="dialog"):
            yield Static("Reject this proposal?", classes="question", markup=False)
            yield Static(clean(self._title), classes="what", markup=False)
            yield OptionList(
                "   No reason",
                *(f"{number}  {text}" for number, text in enumerate(PRESETS, start=1)),
                id="presets",
                markup=False,
                compact=True,
            )
            yield Input(placeholder="or your own words", id="reason", compact=True, max_length=500)
            yield Tick(
                f"Never contact this customer again ({clean(self._customer, limit=30)})", id="suppress"
            )
            yield Static(
                f"1-5 or enter rejects · {keys.name(keys.NEVER, self._keymap)} never again · esc goes back",
                classes="hint",
                markup=False,
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Reject for a preset; what was typed goes before it."""
        typed = self.query_one("#reason", Input).value
        self._reject(
            typed if typed.strip() else PRESETS[event.option_index - 1] if event.option_index else ""
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Reject in one's own words."""
        self._reject(event.value)

    def action_preset(self, number: int) -> None:
        """Reject for this preset."""
        self._reject(PRESETS[number])

    def action_never(self) -> None:
        """Tick, or untick, that the customer is left alone."""
        self.query_one("#suppress", Tick).action_tick()

    def action_cancel(self) -> None:
        """Reject nothing."""
        self.dismiss(None)

    def _reject(self, reason: str) -> None:
        suppress = self.query_one("#suppress", Tick).ticked
        self.dismiss(Rejection(clean(reason).strip() or None, suppress))
