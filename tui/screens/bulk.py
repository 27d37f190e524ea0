"""One question before several are approved at once: each of them, and the effect of approving it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from execops.client.proposals_part import Card
from execops.model import Urgency
from tui import approval_words, keys
from tui.styles import DIALOGS
from tui.text import clean
from tui.widgets.card_body import CardBody


class BulkScreen(ModalScreen[bool]):
    """Lists the marked proposals, and answers True only for a clear yes."""

    CSS_PATH = DIALOGS
    BINDINGS = keys.bindings(keys.YES, keys.NO)

    def __init__(self, cards: Sequence[Card], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._cards, self._keymap = cards, keymap
        self.body = CardBody(label=max(len(_number(card)) for card in cards) + 2, classes="reading")

    def compose(self) -> ComposeResult:
        """The list has the focus, so that it scrolls."""
        count = len(self._cards)
        critical = sum(card.proposal.urgency is Urgency.CRITICAL for card in self._cards)
        plays = sorted({card.proposal.play for card in self._cards})
        of = f"all of {plays[0]}" if len(plays) == 1 else f"of {', '.join(plays[:-1])} and {plays[-1]}"
        verb = approval_words.of(*(card.proposal for card in self._cards)).verb.capitalize()
        question = f"{verb} {'this one' if count == 1 else f'these {count}'}, {of}?"
        if critical:
            question += f" {critical} of them {'is' if critical == 1 else 'are'} critical."
        with Vertical(classes="dialog wide"):
            yield Static(clean(question), classes="question", markup=False)
            yield self.body
            with Horizontal(classes="answers"):
                yield Button(f"{keys.name(keys.NO, self._keymap)}  Keep them", id="no", compact=True)
                yield Button(f"{keys.name(keys.YES, self._keymap)}  {verb} them", id="yes", compact=True)

    def on_mount(self) -> None:
        """List them."""
        self.body.show([(_number(card), _effect(card)) for card in self._cards], airy=False)
        self.set_focus(self.body)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Answer with a key."""
        self.dismiss(answer)


def _number(card: Card) -> str:
    return f"#{card.proposal.id}"


def _effect(card: Card) -> Content:
    proposal = card.proposal
    amount = f"{clean(proposal.amount)}  " if proposal.amount else ""
    return Content.assemble(
        (f"{amount}{clean(proposal.title)}", "bold"),
        "\n",
        (clean(card.does), "$execops-muted"),
    )
