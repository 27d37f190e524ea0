"""The inbox as a Textual app: its look, its keys, its palette, and how an error is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from execops.client import Client
from tui import keys
from tui.screens.inbox import WIDE, InboxScreen
from tui.theme import CALM, readable
from tui.views import ROUND


class InboxApp(App[None]):
    """The inbox over a client; `keymap` maps ids of bindings to keys."""

    CSS_PATH = str(Path(__file__).with_name("app.tcss"))
    TITLE = "ExecOps"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  as Textual declares it
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        Binding(
            keys.PALETTE.keys, keys.PALETTE.action, "palette", id=keys.PALETTE.id, show=False, priority=True
        ),
        keys.QUIT.binding(),
    ]

    def __init__(
        self, client: Client, *, readonly: bool = False, keymap: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._keys = dict(keymap or {})
        self.inbox = InboxScreen(client, readonly=readonly, keymap=self._keys)
        self.register_theme(CALM)
        # Before there is anything to draw anew; its watcher would have every style parsed twice.
        self.set_reactive(App.theme, CALM.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, with colours of urgency, and all that is text readable."""
        variables = super().get_css_variables()
        if self.theme != CALM.name:
            variables.update(
                readable(variables)
            )  # in place, for the texts that name colours look them up there
        return variables

    def get_default_screen(self) -> Screen[None]:
        """The inbox."""
        return self.inbox

    def on_mount(self) -> None:
        """Take the person's keys."""
        self.set_keymap(self._keys)
        unknown = keys.unknown(self._keys)
        if unknown:
            self.inbox.say(f"The config remaps keys that do not exist: {', '.join(unknown)}", "warning")
        clashes = keys.clashes(self._keys)
        if clashes:
            self.inbox.say(f"The config gives one key to several: {', '.join(clashes)}", "warning")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """The palette: every action that is no mere movement, and the theme."""
        shown = [*keys.DECISIONS, *keys.LOOKING, keys.OPEN]
        if self.inbox.in_canvas:
            shown = [keys.CANVAS, keys.ASK, keys.SOURCES, keys.COPY_ANSWER, keys.SWITCH, keys.HELP]
        for key in shown:
            if key.decides and self.inbox.readonly:
                continue
            node = self.inbox.list if key is keys.OPEN else self.inbox
            act = partial(self.run_action, key.action, default_namespace=node)
            name = f"{key.label.capitalize()} ({keys.name(key, self._keys)})"
            yield SystemCommand(name, key.about, act)
        for view in ROUND:
            go_to = partial(self.inbox.go_to, view)
            yield SystemCommand(f"View: {view}", f"Show what is {view}", go_to)
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand("Quit", keys.QUIT.about, self.action_quit)


async def run_inbox(
    client: Client, *, readonly: bool = False, keymap: Mapping[str, str] | None = None
) -> None:
    """Run the inbox in this event loop until the person leaves it."""
    app = InboxApp(client, readonly=readonly, keymap=keymap)
    await app.inbox.begin()
    await app.run_async()
