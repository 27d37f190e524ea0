"""Rejecting: a reason in the person's own words, or one of those offered, and whether to leave the customer alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from execops.model import Proposal
from tui import keys
from tui.styles import DIALOGS
from tui.text import clean
from tui.widgets.tick import Tick

PRESETS = (
    "Not needed: it settles itself",
    "Handled another way",
    "The draft is wrong",
    "Wrong recipient or amount",
    "Not now",
)

LONGEST = 500  # characters of a reason
_SHOWN = 8  # titles of several proposals


class Rejection(Struct, frozen=True):
    """The reason of a rejection, if any, and whether the customer is never contacted again."""

    reason: str | None
    suppress: bool


class ReasonLine(Input):
    """Takes every letter and digit; a digit in an empty line, and the arrows, write one of the offered reasons."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "offer(1)", "next reason", id="reject.next", show=False),
        Binding("up", "offer(-1)", "reason before", id="reject.before", show=False),
    ]

    def action_offer(self, step: int) -> None:
        """Write the next offered reason, or the one before."""
        at = PRESETS.index(self.value) + step if self.value in PRESETS else 0 if step > 0 else -1
        self._write(PRESETS[at % len(PRESETS)])

    async def _on_key(self, event: events.Key) -> None:
        digit = event.character
        if digit in {"1", "2", "3", "4", "5"} and self.value in {"", *PRESETS}:
            event.stop()
            event.prevent_default()
            self._write(PRESETS[int(digit) - 1])
            return
        await super()._on_key(event)

    def _on_paste(self, event: events.Paste) -> None:
        """Take a text of several lines, or a longer one, as far as there is room: Textual would take nothing of it."""
        event.stop()
        event.prevent_default()
        start, end = sorted(self.selection)
        room = LONGEST - len(self.value) + end - start
        self.replace(" ".join(event.text.split())[:room], start, end)

    def _write(self, reason: str) -> None:
        self.value = reason
        self.cursor_position = len(reason)


class RejectScreen(ModalScreen[Rejection | None]):
    """Dismisses with the rejection, or with None where nothing is rejected."""

    CSS_PATH = DIALOGS
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        keys.NEVER.binding(),
        Binding("enter", "reject", "reject", id="reject.enter", show=False),
        Binding("escape", "cancel", "back", id="reject.back", show=False),
    ]

    def __init__(
        self, proposals: Sequence[Proposal], keymap: Mapping[str, str], decision: str = "reject"
    ) -> None:
        super().__init__()
        self._proposals, self._keymap, self._decision = proposals, keymap, decision

    def compose(self) -> ComposeResult:
        """The proposals, the reason, the reasons offered; of a single one, its customer."""
        first, *others = self._proposals
        verb = "Reject" if self._decision == "reject" else "Give up"
        with Vertical(classes="dialog"):
            which = f"these {len(self._proposals)}" if others else f"#{first.id}"
            nothing = "" if self._decision == "reject" else " Nothing more is sent."
            yield Static(f"{verb} {which}?{nothing}", classes="question", markup=False)
            titles = [f"#{proposal.id}  {clean(proposal.title)}" for proposal in self._proposals[:_SHOWN]]
            more = [f"and {len(self._proposals) - _SHOWN} more"] if len(self._proposals) > _SHOWN else []
            what = "\n".join([*titles, *more]) if others else clean(first.title)
            yield Static(what, classes="what", markup=False)
            yield ReasonLine(
                placeholder="Why, in your words; or nothing", id="reason", compact=True, max_length=LONGEST
            )
            yield Static(_offers(), id="presets", markup=False)
            never = ""
            if not others and self._decision == "reject" and first.is_about_customer:
                customer = clean(first.subject_key, limit=30)
                yield Tick(f"Never contact this customer again ({customer})", id="suppress")
                never = f" · {keys.name(keys.NEVER, self._keymap)} never again"
            hint = f"enter {'rejects' if verb == 'Reject' else 'gives up'} · 1-5 reasons{never} · esc back"
            yield Static(hint, classes="hint", markup=False)
            with Horizontal(classes="answers"):
                yield Button("Back", id="back", compact=True)
                yield Button(verb, id="reject", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button, for those who tap."""
        if event.button.id == "reject":
            self.action_reject()
        else:
            self.action_cancel()

    def on_input_submitted(self) -> None:
        """Reject from the line."""
        self.action_reject()

    def action_reject(self) -> None:
        """Reject, with the reason that stands there or without one."""
        reason = clean(self.query_one(ReasonLine).value).strip()
        ticks = self.query(Tick)
        self.dismiss(Rejection(reason or None, any(tick.ticked for tick in ticks)))

    def action_never(self) -> None:
        """Tick, or untick, that the customer is never contacted again."""
        for tick in self.query(Tick):
            tick.action_tick()

    def action_cancel(self) -> None:
        """Reject nothing."""
        self.dismiss(None)


def _offers() -> Content:
    lines = [
        Content.assemble((f"{number}  ", "$execops-muted"), reason)
        for number, reason in enumerate(PRESETS, 1)
    ]
    return Content("\n").join(lines)
