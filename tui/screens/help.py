"""Help: every key as it is mapped, with the id that remaps it."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import keys
from tui.styles import DIALOGS


class HelpScreen(ModalScreen[None]):
    """Generated from the bindings, so that it never says anything else than they do."""

    CSS_PATH = DIALOGS
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        Binding("escape,q,question_mark,enter", "dismiss", "back", id="help.back", show=False),
        Binding("j", "scroll('down')", id="help.down", show=False),
        Binding("k", "scroll('up')", id="help.up", show=False),
    ]

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """The groups of keys, one below the other."""
        with Vertical(classes="dialog", id="help"):
            with VerticalScroll():
                yield Static(Content("\n").join(self._lines()), markup=False)
            yield Static(
                "↓ and PageDown read on · [keys] in config.toml remaps by id · esc goes back",
                classes="hint",
                markup=False,
            )

    def action_scroll(self, direction: str) -> None:
        """A line up or down."""
        scroll = self.query_one(VerticalScroll)
        if direction == "down":
            scroll.scroll_down(animate=False)
        else:
            scroll.scroll_up(animate=False)

    def _lines(self) -> list[Content]:
        lines: list[Content] = []
        for group, members in keys.GROUPS.items():
            lines += [Content(""), Content.styled(group, "bold $text-primary")]
            for key in members:
                pressed = " ".join(keys.names(key, self._keymap))
                lines.append(
                    Content.assemble(
                        (f"{pressed:<13}", "bold"), f"{key.about:<44}", (key.id, "$execops-muted")
                    )
                )
        return lines[1:]
