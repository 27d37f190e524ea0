"""Snoozing: until the next event, the next attempt, or a date, in the person's own words or one of those offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from execops.client.proposals_part import Card
from tui import clock
from tui.styles import DIALOGS
from tui.text import clean

Offers = Sequence[tuple[str, str]]
NEXT_EVENT = "event"


def offers(card: Card) -> Offers:
    """The ends of a snooze that make sense for this proposal, and their words."""
    about = "this customer" if card.proposal.is_about_customer else "it"
    attempt = (
        []
        if card.next_attempt is None
        else [("attempt", f"the next attempt to charge, {clock.left(card.next_attempt)}")]
    )
    return [
        (NEXT_EVENT, f"the next event about {about}"),
        *attempt,
        ("tomorrow", "tomorrow"),
        ("monday", "Monday"),
        ("1w", "in a week"),
    ]


class SnoozeScreen(ModalScreen[str | None]):
    """Dismisses with until when, or with None where nothing is snoozed. An empty line is the next event."""

    CSS_PATH = DIALOGS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "back", id="snooze.back", show=False),
    ]

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._proposal, self._offers = card.proposal, offers(card)

    def compose(self) -> ComposeResult:
        """The proposal, the line, what is offered: each can be clicked."""
        with Vertical(classes="dialog"):
            yield Static(f"Snooze #{self._proposal.id} until…", classes="question", markup=False)
            yield Static(clean(self._proposal.title), classes="what", markup=False)
            yield Input(
                placeholder="friday, 3d, 2026-12-01; nothing is the next event", id="until", compact=True
            )
            for number, (until, words) in enumerate(self._offers, 1):
                label = Content.assemble((f"{number}  ", "$execops-muted"), words)
                yield Button(label, id=f"until-{until}", compact=True, classes="offer")
            yield Static(f"1-{len(self._offers)} · enter snoozes · esc back", classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Snooze until what was typed. A number alone is one of those offered; `3d` begins with one, and is three days."""
        typed = event.value.strip()
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 1 else 0
        chosen = self._offers[number - 1][0] if 0 < number <= len(self._offers) else typed
        self.dismiss(chosen or NEXT_EVENT)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Snooze until what was clicked."""
        self.dismiss((event.button.id or "").removeprefix("until-"))

    def action_cancel(self) -> None:
        """Snooze nothing."""
        self.dismiss(None)
