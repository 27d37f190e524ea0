"""Every key of the inbox: its stable id, by which the config remaps it, and its words in help, footer and palette."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui import key
from tui.key import Key

bindings, names, name, pressed, is_key = key.bindings, key.names, key.name, key.pressed, key.is_key


APPROVE = Key(
    id="inbox.approve",
    keys="a",
    action="decide('approve')",
    label="approve",
    about="Approve this version; undo works until sent",
    decides=True,
)
REJECT = Key(
    id="inbox.reject",
    keys="r",
    action="decide('reject')",
    label="reject",
    about="Reject it, with a reason or without one",
    decides=True,
)
EDIT = Key(
    id="inbox.edit",
    keys="e",
    action="decide('edit')",
    label="edit",
    about="Edit the draft in $EDITOR",
    decides=True,
)
EDIT_HERE = Key(
    id="inbox.edit_here",
    keys="E",
    action="decide('edit_here')",
    label="edit here",
    about="Edit the draft here, field by field",
    decides=True,
)
MARK = Key(
    id="inbox.mark",
    keys="space",
    action="mark",
    label="mark",
    about="Mark it, or take the mark off",
    decides=True,
)
APPROVE_MARKED = Key(
    id="inbox.approve_all",
    keys="A",
    action="decide_marked('approve')",
    label="approve marked",
    about="Approve all marked of a play, or notices",
    decides=True,
)
SNOOZE = Key(
    id="inbox.snooze",
    keys="Z",
    action="decide('snooze')",
    label="snooze",
    about="Snooze it, or bring it back",
    decides=True,
)
RANGE = Key(
    id="inbox.range",
    keys="v",
    action="range",
    label="range",
    about="Begin a range of marks, or end it",
    decides=True,
)
RANGE_DOWN = Key(
    id="inbox.range_down",
    keys="shift+down,J",
    action="extend(1)",
    label="mark down",
    about="Mark it and the next row",
    decides=True,
)
RANGE_UP = Key(
    id="inbox.range_up",
    keys="shift+up,K",
    action="extend(-1)",
    label="mark up",
    about="Mark it and the row before",
    decides=True,
)
REJECT_MARKED = Key(
    id="inbox.reject_all",
    keys="R",
    action="decide_marked('reject')",
    label="reject marked",
    about="Reject everything marked, with one reason",
    decides=True,
)
CLOSE_MARKED = Key(
    id="inbox.close_all",
    keys="X",
    action="decide_marked('close')",
    label="close marked",
    about="Give up everything marked, with one reason",
    decides=True,
)
PAUSE = Key(
    id="inbox.pause",
    keys="P",
    action="pause",
    label="pause",
    about="Pause all executions, or resume them",
    decides=True,
)
UNDO = Key(
    id="inbox.undo",
    keys="z",
    action="undo",
    label="undo",
    about="Take the last approval or rejection back",
    decides=True,
)
RETRY = Key(
    id="inbox.retry",
    keys="t",
    action="decide('retry')",
    label="retry",
    about="Failed or unknown: try it again, at once",
    decides=True,
)
CONFIRM = Key(
    id="inbox.confirm",
    keys="f",
    action="decide('confirm')",
    label="went out",
    about="Failed or unknown: it did go out",
    decides=True,
)
CLOSE = Key(
    id="inbox.close",
    keys="x",
    action="decide('close')",
    label="close",
    about="Failed or unknown: give it up",
    decides=True,
)

VIEW = Key(
    id="inbox.view",
    keys="u",
    action="view(1)",
    label="view",
    about="Next view: failed, …, executed, decided",
)
NUMBERS = tuple(
    Key(
        id=f"inbox.view_{number}",
        keys=str(number),
        action=f"view_number({number})",
        label=f"view {number}",
        about=f"View {number} of the bar of views",
    )
    for number in range(1, 10)
)
CUSTOMER = Key(
    id="inbox.customer",
    keys="w",
    action="customer",
    label="customer",
    about="Canvas: the money of this customer",
)
VIEW_BACK = Key(id="inbox.view_back", keys="U", action="view(-1)", label="view back", about="The view before")
FILTER = Key(
    id="inbox.filter",
    keys="slash",
    action="filter",
    label="filter",
    about="Filter: words, urgency:high, play:…",
)
EVENT = Key(id="inbox.event", keys="s", action="event", label="source", about="Show the event it came from")
BROWSE = Key(
    id="inbox.browse", keys="o", action="browse", label="open at Stripe", about="Open its object at Stripe"
)
COPY = Key(id="inbox.copy", keys="y", action="copy", label="copy", about="Copy the draft to the clipboard")
BACK = Key(
    id="inbox.back", keys="escape", action="back", label="back", about="Back to the list, or clear the filter"
)
OPEN = Key(id="list.open", keys="enter", action="open", label="open", about="Go into the card")
CANVAS = Key(
    id="inbox.canvas",
    keys="c",
    action="canvas",
    label="canvas",
    about="Ask: go to the canvas's question line",
)
SWITCH = Key(
    id="canvas.switch",
    keys="tab",
    action="switch",
    label="inbox",
    about="Between the canvas and the inbox",
)
SUPPRESSIONS = Key(
    id="inbox.never",
    keys="N",
    action="suppressions",
    label="never contacted",
    about="Customers never contacted; lift one",
)
HELP = Key(id="inbox.help", keys="question_mark", action="help", label="help", about="Show the keys")
PALETTE = Key(
    id="app.palette",
    keys="ctrl+p",
    action="app.command_palette",
    label="palette",
    about="Search all actions",
)
YES = Key(id="confirm.yes", keys="y", action="answer(True)", label="yes", about="Dialogs: do it")
NO = Key(
    id="confirm.no", keys="n,escape", action="answer(False)", label="no", about="Dialogs: keep it as it is"
)
SAVE = Key(
    id="edit.save", keys="ctrl+s", action="save", label="save", about="Edit here: save the next version"
)
TAKE_NEWER = Key(
    id="edit.newer",
    keys="ctrl+n",
    action="take_newer",
    label="newer draft",
    about="Edit here: take the newer draft",
)
NEVER = Key(
    id="reject.never",
    keys="ctrl+n",
    action="never",
    label="never again",
    about="Reject: never contact again",
)
LIFT = Key(id="never.lift", keys="x", action="lift", label="lift", about="Never contacted: lift one")
QUIT = Key(id="app.quit", keys="q", action="app.quit", label="quit", about="Leave the inbox")
INTERRUPT = Key(
    id="app.interrupt",
    keys="ctrl+c",
    action="app.interrupt",
    label="leave",
    about="Leave the dialog, else the inbox",
    at_once=True,
)
SUSPEND = Key(
    id="app.suspend",
    keys="ctrl+z",
    action="app.suspend_process",
    label="suspend",
    about="To the shell; fg comes back",
    at_once=True,
)

ASK = Key(id="canvas.ask", keys="slash", action="ask", label="ask", about="Canvas: ask another question")
BEHIND = Key(
    id="canvas.behind",
    keys="enter",
    action="behind",
    label="proposals",
    about="Canvas: the proposals behind a row",
)
SOURCES = Key(
    id="canvas.events",
    keys="s",
    action="sources",
    label="events",
    about="Canvas: the events behind a row",
)
COPY_ANSWER = Key(
    id="canvas.copy",
    keys="y",
    action="copy_answer",
    label="copy",
    about="Canvas: copy the answer as JSON",
)
LEAVE = Key(id="canvas.leave", keys="escape", action="leave", label="close", about="Canvas: close it")
EARLIER = Key(
    id="canvas.earlier",
    keys="up,ctrl+up",
    action="earlier",
    label="earlier",
    about="Question: the one asked before",
)
LATER = Key(
    id="canvas.later",
    keys="down,ctrl+down",
    action="later",
    label="later",
    about="Question: the next, then what is below",
)
COMPLETE = Key(
    id="canvas.complete",
    keys="right",
    action="cursor_right",
    label="complete",
    about="Question: take the completion",
)
CHOOSE = Key(
    id="canvas.choose",
    keys="enter",
    action="select",
    label="ask this",
    about="Canvas: ask the question, 1 to 9 too",
)
LEFT = Key(id="canvas.left", keys="h,left", action="left", label="left", about="Canvas: columns to the left")
RIGHT = Key(
    id="canvas.right", keys="l,right", action="right", label="right", about="Canvas: columns to the right"
)

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
MARKING = (MARK, RANGE, RANGE_DOWN, RANGE_UP)
OF_MARKED = (APPROVE_MARKED, REJECT_MARKED, CLOSE_MARKED)
DECISIONS = (
    APPROVE, REJECT, SNOOZE, EDIT, EDIT_HERE, UNDO, *MARKING, *OF_MARKED, RETRY, CONFIRM, CLOSE, PAUSE,
)  # fmt: skip
LOOKING = (VIEW, VIEW_BACK, *NUMBERS, FILTER, CANVAS, CUSTOMER, EVENT, BROWSE, COPY, SUPPRESSIONS, BACK, HELP)
TABLE = (BEHIND, SOURCES, COPY_ANSWER, ASK, LEAVE, LEFT, RIGHT)
CANVAS_KEYS = (*TABLE, CHOOSE, SWITCH, EARLIER, LATER, COMPLETE)
DIALOGS = (YES, NO, NEVER, LIFT, SAVE, TAKE_NEWER)
APP = (PALETTE, QUIT, INTERRUPT, SUSPEND)
GROUPS: Mapping[str, tuple[Key, ...]] = {
    "Decide": DECISIONS,
    "Look": (OPEN, *LOOKING),
    "Move": MOVES,
    "Canvas": CANVAS_KEYS,
    "Dialogs": DIALOGS,
    "ExecOps": APP,
}
OF_PANE = (*MARKING, EVENT, BROWSE, COPY)  # bound by the pane of list and card
OF_PANES = (CANVAS, CUSTOMER, SWITCH)
OF_CANVAS = (ASK, SOURCES, COPY_ANSWER, LEAVE)
OF_SCREEN = tuple(own for own in (*DECISIONS, *LOOKING) if own not in (*OF_PANE, *OF_PANES))
ACTIONS_OF_SCREEN = {own.action.partition("(")[0] for own in OF_SCREEN}
IDS = frozenset(key.id for group in GROUPS.values() for key in group)


def unknown(ids: Iterable[str]) -> list[str]:
    """The ids that no binding has."""
    return sorted(set(ids) - IDS)


def clashes(keymap: Mapping[str, str]) -> list[str]:
    """The keys that do several things in one place, of which one is lost: `r (approve, reject)`."""
    clashing: dict[str, None] = {}
    places = (
        (*DECISIONS, *LOOKING, OPEN, SWITCH),
        (*TABLE, CANVAS, HELP, SWITCH),
        (CHOOSE, CANVAS, HELP, LEAVE),
    )
    for place in places:
        labels: dict[str, list[str]] = {}
        for binding in (*place, *MOVES, *APP):
            for pressed_as in names(binding, keymap):
                labels.setdefault(pressed_as, []).append(binding.label)
        clashing |= {f"{shown} ({', '.join(of)})": None for shown, of in labels.items() if len(of) > 1}
    return list(clashing)
