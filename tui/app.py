"""The inbox as a Textual app: its look, its keys one after the other, its palette, its way of speaking."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TextIO

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message_pump import MessagePump
from textual.notifications import SeverityLevel
from textual.screen import Screen

from execops.client import Client
from execops.errors import ExecOpsError
from tui import keys
from tui.bell import Bell
from tui.habits import Habits
from tui.keyboard import Keyboard
from tui.screens.inbox import WIDE, InboxScreen
from tui.text import clean
from tui.theme import CALM, readable
from tui.views import ROUND
from tui.widgets.card import PHONE

TALL = 28  # lines from which there is one for the views
_LOOK = 0.1  # seconds between looks at whether a widget that handles no message was removed
# Seconds after which a thread that waits for its turn gets it. Textual writes each frame in a thread of its own, and Python's
# 5 ms would hold up the frame while the next one is drawn.
_TURN = 0.0005
_ROUNDS = 8  # looks at whether a key still moves the focus


class InboxApp(App[None]):
    """The inbox over a client; `keymap` maps ids of bindings to keys."""

    CSS_PATH = str(Path(__file__).with_name("app.tcss"))
    TITLE = "ExecOps"
    HORIZONTAL_BREAKPOINTS = [(0, "-phone"), (PHONE, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            keys.PALETTE.keys, keys.PALETTE.action, "palette", id=keys.PALETTE.id, show=False, priority=True
        ),
        keys.QUIT.binding(),
        keys.INTERRUPT.binding(),
        keys.SUSPEND.binding(),
    ]

    def __init__(
        self,
        client: Client,
        *,
        readonly: bool = False,
        keymap: Mapping[str, str] | None = None,
        rings: bool = True,
        canvas: bool = False,
        habits: Habits | None = None,
    ) -> None:
        super().__init__()
        habits = habits or Habits()
        self._keep_theme = habits.keep_theme
        if self.no_color:
            from tui.colourless import Colourless

            self._filters = [Colourless()]
        # Textual would mount its widgets for both: the status line says what there is to say, and nothing has a tooltip.
        self._disable_notifications = self._disable_tooltips = True
        self._keys = dict(keymap or {})
        self._opens_canvas = canvas
        self.keyboard = Keyboard(self._pass_on, self._settle)
        self._at_once = {
            part.strip()
            for key in (keys.INTERRUPT, keys.SUSPEND)
            for part in self._keys.get(key.id, key.keys).split(",")
        }
        self.bell_of_terminal = Bell(self.write_to_terminal, rings=rings)
        self._writes = True
        self.inbox = InboxScreen(
            client,
            self.keyboard,
            self.bell_of_terminal,
            readonly=readonly,
            keymap=self._keys,
            habits=habits,
        )
        self.register_theme(CALM)
        # Before there is anything to draw anew; its watcher would have every style parsed twice.
        is_there = habits.theme in self.available_themes
        self.set_reactive(App.theme, habits.theme if is_there else CALM.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, with colours of urgency, and all text readable."""
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
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep(theme.name))
        self.run_worker(self.keyboard.run(), name="keyboard", group="keyboard")
        self.bell_of_terminal.begin()
        self.app_suspend_signal.subscribe(self, lambda _: self._let_go(), immediate=True)
        self.app_resume_signal.subscribe(self, lambda _: self._draw_anew())
        unknown = keys.unknown(self._keys)
        if unknown:
            self.inbox.say(f"The config remaps keys that do not exist: {', '.join(unknown)}", "warning")
        clashes = keys.clashes(self._keys)
        if clashes:
            self.inbox.say(f"The config gives one key to several: {', '.join(clashes)}", "warning")

    def _keep(self, theme: str) -> None:
        """Keep the theme that the person chose for the next time."""
        if self._keep_theme is not None:
            try:
                self._keep_theme(theme)
            except ExecOpsError as error:
                self.inbox.say(f"The theme is not kept: {error.message}", "warning")

    async def on_ready(self) -> None:
        """Open the canvas, where the person asked for it."""
        if self._opens_canvas:
            await self.inbox.panes.action_canvas()

    def on_unmount(self) -> None:
        """Give the terminal its own title back."""
        self.bell_of_terminal.end()

    def write_to_terminal(self, sequence: str) -> None:
        """Write a sequence that draws nothing; where there is no terminal, or another program has it, nothing."""
        if self._driver is not None and not self.is_headless and self._writes:
            self._driver.write(sequence)

    def _let_go(self) -> None:
        """Another program has the terminal from now on."""
        self._writes = False

    def _draw_anew(self) -> None:
        """Draw everything: the shell had the terminal meanwhile."""
        self._writes = True
        for widget in self.screen.walk_children(with_self=True):
            widget.refresh()
        self.refresh(layout=True)

    def notify(
        self,
        message: str,
        *,
        title: str = "",  # noqa: ARG002  Textual's signature
        severity: SeverityLevel = "information",
        timeout: float | None = None,  # noqa: ARG002
        markup: bool = True,  # noqa: ARG002
    ) -> None:
        """Say something on the status line, which covers nothing."""
        self.inbox.status.say(clean(message, limit=600), severity)

    # Keys, one after the other

    async def on_event(self, event: events.Event) -> None:
        """Hold keys and pasted texts until those before them are done."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.inbox.status.answer()
            if not (isinstance(event, events.Key) and event.key in self._at_once):
                self.keyboard.press(event)
                return
        await super().on_event(event)

    async def _pass_on(self, event: events.Key | events.Paste) -> None:
        chain = self._chain()
        await super().on_event(event)
        await self._handled(chain)

    async def _settle(self) -> None:
        """Wait until the key moves the focus no more: dialogs are open, and every message of the key was handled."""
        for _ in range(_ROUNDS):
            chain = self._chain()
            await self._handled(chain)
            if self._chain()[:1] == chain[:1]:
                return

    def _chain(self) -> list[MessagePump]:
        """The widgets that a key passes, from the one with the focus up to the app."""
        return list((self.focused or self.screen).ancestors_with_self)

    async def _handled(self, chain: Iterable[MessagePump]) -> None:
        """Wait until each of these handled all that was posted to it; a message goes from one to the next."""
        for pump in chain:
            reached = asyncio.Event()
            if pump.call_later(reached.set):
                while not reached.is_set() and pump.is_attached:  # a removed widget handles nothing more
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reached.wait(), _LOOK)

    def action_interrupt(self) -> None:
        """Leave the dialog, as esc does; without one, the inbox."""
        if self.screen is self.inbox:
            self.exit()
        else:
            self.keyboard.forget()
            self.simulate_key("escape")

    # The palette

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """Every action but the movements, and the theme."""
        offered = [*keys.DECISIONS, *keys.LOOKING, keys.OPEN]
        if self.inbox.panes.in_canvas:
            offered = [keys.CANVAS, keys.ASK, keys.SOURCES, keys.COPY_ANSWER, keys.SWITCH, keys.HELP]
        for key in offered:
            if key.decides and self.inbox.readonly:
                continue
            act = partial(self.run_action, key.action, default_namespace=self.inbox.owner(key))
            name = f"{key.label.capitalize()} ({keys.name(key, self._keys)})"
            yield SystemCommand(name, key.about, act)
        for view in ROUND:
            go_to = partial(self.inbox.go_to, view)
            yield SystemCommand(f"View: {view}", f"Show {view} proposals", go_to)
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand("Quit", keys.QUIT.about, self.action_quit)


class Output:
    """The terminal as a file. A write to one that was closed does nothing.

    Textual writes in a thread. An error there would end the thread, and the app would wait for it without end.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        """Write, where somebody reads."""
        with suppress(OSError):
            return self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, where somebody reads."""
        with suppress(OSError):
            self._file.flush()


async def run_inbox(
    client: Client,
    *,
    readonly: bool = False,
    keymap: Mapping[str, str] | None = None,
    rings: bool = True,
    canvas: bool = False,
    habits: Habits | None = None,
) -> None:
    """Run the inbox in this event loop until the person leaves it.

    `rings`: it says when an urgent proposal arrives. `canvas`: the canvas is open and has the keys.
    """
    sys.setswitchinterval(_TURN)
    logging.getLogger().addHandler(logging.NullHandler())  # else Python writes warnings over the screen
    if sys.__stderr__ is not None:
        setattr(sys, "__stderr__", Output(sys.__stderr__))  # noqa: B010  mypy: final; Textual's driver writes to it
    app = InboxApp(client, readonly=readonly, keymap=keymap, rings=rings, canvas=canvas, habits=habits)
    app.inbox.begin()
    await client.signed_in()
    await app.run_async()
