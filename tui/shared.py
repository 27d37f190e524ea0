"""The things that the parts of the inbox share: the client, the keyboard, the decisions under way, and how to speak."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from msgspec import Struct
from textual.message import Message
from textual.screen import Screen

from execops.client import Client
from execops.errors import ExecOpsError
from tui.approvals import Approvals
from tui.decider import Decider
from tui.keyboard import Keyboard


class Face(Protocol):
    """The screen, as the parts see it."""

    def say(self, text: str, severity: str = "information") -> None:
        """Show a short word for a while."""

    def tidy(self) -> None:
        """Show what follows from the state of the parts."""

    def start(self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False) -> None:
        """Run this as a Textual worker; an exclusive one replaces that of its group."""

    def push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        """Open a dialog."""

    def post_message(self, message: Message) -> bool:
        """Post a message to the screen."""


class Shared(Struct, frozen=True, kw_only=True):
    """Handed to each part of the inbox."""

    face: Face
    client: Client
    readonly: bool
    keymap: Mapping[str, str]
    keyboard: Keyboard
    approvals: Approvals
    decider: Decider

    def say(self, text: str, severity: str = "information") -> None:
        """Show a short word for a while."""
        self.face.say(text, severity)

    def tell(self, error: ExecOpsError) -> None:
        """Say what happened, and what to do."""
        self.say(f"{error.message} {error.hint}" if error.hint else error.message, "error")

    def refuse(self, text: str, severity: str = "warning", *, until_quiet: bool = False) -> None:
        """Say why a key does nothing; the keys typed behind it were meant for what it did not do."""
        count = self.keyboard.forget(until_quiet=until_quiet)
        dropped = f" {count} more {'key was' if count == 1 else 'keys were'} dropped." if count else ""
        self.say(text + dropped, severity)

    def refused_as_readonly(self) -> bool:
        """Whether nothing may be decided here; says so."""
        if self.readonly:
            self.refuse("Read-only: nothing is decided here.", "information")
        return self.readonly
