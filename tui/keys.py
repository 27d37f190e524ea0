"""Every key of the inbox: its stable id, by which the config remaps it, and what help, footer and palette say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A binding in words: `label` stands in the footer, `about` in help and palette."""

    id: str
    keys: str
    action: str
    label: str
    about: str
    decides: bool = False

    def binding(self) -> Binding:
        """The Textual binding; our own footer shows it."""
        return Binding(self.keys, self.action, self.label, show=False, id=self.id, tooltip=self.about)


APPROVE = Key(
    id="inbox.approve",
    keys="a",
    action="approve",
    label="approve",
    about="Approve this version; z undoes it until sent",
    decides=True,
)
REJECT = Key(
    id="inbox.reject",
    keys="r",
    action="reject",
    label="reject",
    about="Reject it, with a reason or without",
    decides=True,
)
EDIT = Key(
    id="inbox.edit", keys="e", action="edit", label="edit", about="Edit the draft in $EDITOR", decides=True
)
UNDO = Key(
    id="inbox.undo",
    keys="z",
    action="undo",
    label="undo",
    about="Take the last approval back",
    decides=True,
)
RETRY = Key(
    id="inbox.retry",
    keys="t",
    action="retry",
    label="retry",
    about="Failed or unknown: try it again, at once",
    decides=True,
)
CONFIRM = Key(
    id="inbox.confirm",
    keys="f",
    action="confirm",
    label="went out",
    about="Failed or unknown: it did go out",
    decides=True,
)
CLOSE = Key(
    id="inbox.close",
    keys="x",
    action="close",
    label="close",
    about="Failed or unknown: give it up",
    decides=True,
)

VIEW = Key(
    id="inbox.view",
    keys="u",
    action="next_view",
    label="view",
    about="Next view: pending, failed, history",
)
FILTER = Key(
    id="inbox.filter", keys="slash", action="filter", label="filter", about="Show only what holds these words"
)
COPY = Key(id="inbox.copy", keys="y", action="copy", label="copy", about="Copy the draft to the clipboard")
BACK = Key(
    id="inbox.back", keys="escape", action="back", label="back", about="Back to the list, or clear the filter"
)
OPEN = Key(id="list.open", keys="enter", action="open", label="open", about="Go into the card")
HELP = Key(id="inbox.help", keys="question_mark", action="help", label="help", about="Show the keys")
PALETTE = Key(
    id="app.palette",
    keys="ctrl+p",
    action="app.command_palette",
    label="palette",
    about="Search all actions",
)
QUIT = Key(id="app.quit", keys="q", action="app.quit", label="quit", about="Leave the inbox")

MOVES = (
    Key(
        id="move.down", keys="j,down", action="move_down", label="down", about="Next row, or line of the card"
    ),
    Key(id="move.up", keys="k,up", action="move_up", label="up", about="Previous row, or line of the card"),
    Key(
        id="move.page_down",
        keys="pagedown,ctrl+d",
        action="move_page_down",
        label="page down",
        about="A page down",
    ),
    Key(id="move.page_up", keys="pageup,ctrl+u", action="move_page_up", label="page up", about="A page up"),
    Key(id="move.first", keys="g,home", action="move_first", label="first", about="To the top"),
    Key(id="move.last", keys="G,end", action="move_last", label="last", about="To the end"),
)
DECISIONS = (APPROVE, REJECT, EDIT, UNDO, RETRY, CONFIRM, CLOSE)
LOOKING = (VIEW, FILTER, COPY, BACK, HELP)
APP = (PALETTE, QUIT)
GROUPS: Mapping[str, tuple[Key, ...]] = {
    "Decide": DECISIONS,
    "Look": (OPEN, *LOOKING),
    "Move": MOVES,
    "ExecOps": APP,
}
IDS = frozenset(key.id for group in GROUPS.values() for key in group)

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
}


def bindings(*keys: Key) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The `BINDINGS` of these keys."""
    return [key.binding() for key in keys]


def names(key: Key, keymap: Mapping[str, str]) -> list[str]:
    """What a person presses for it, as the footer writes it."""
    return [_NAMES.get(part.strip(), part.strip()) for part in keymap.get(key.id, key.keys).split(",")]


def unknown(ids: Iterable[str]) -> list[str]:
    """The ids that no binding has."""
    return sorted(set(ids) - IDS)
