"""The keys that do something now, with the words that the last line says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from execops.proposals.listing import Counts
from tui import approval_words, keys, status_text
from tui.approvals import Approvals
from tui.key import Key
from tui.views import View
from tui.widgets.card_body import CardBody

if TYPE_CHECKING:
    from tui.list_side import ListSide
    from tui.widgets.canvas_pane import CanvasPane
    from tui.widgets.card import ProposalCard

Hints = list[tuple[Key, str]]
IN_FILTER: Hints = [(keys.OPEN, "to the list"), (keys.BACK, "clear the filter")]


def of_inbox(
    side: ListSide,
    approvals: Approvals,
    counts: Counts | None,
    card: ProposalCard,
    focused: Widget | None,
    *,
    readonly: bool,
) -> Hints:
    """The hints for the list, or for the card that has the focus."""
    current, view = side.list.current, side.view
    hints: Hints = []
    if isinstance(focused, CardBody):
        hints.append((keys.BACK, keys.BACK.label))
    elif view is View.BEHIND:
        hints.append((keys.BACK, "to the canvas"))
    if not readonly:
        hints += _decisions(side, approvals)
    if card.is_cut and not isinstance(focused, CardBody):
        hints.append((keys.OPEN, "more"))
    stuck = {View.FAILED: counts.failed, View.UNKNOWN: counts.unknown} if counts else {}
    count = stuck.get(view.next, 0)
    there: Hints = [(keys.VIEW, f"{view.next} ({count})" if count else view.next.value)]
    hints += [
        *(there if count else []),  # before what can wait: on a small terminal no line of views counts it
        (keys.HELP, "help"),
        (keys.FILTER, "filter"),
        (keys.CANVAS, "canvas"),
        *([] if count else there),
        (keys.QUIT, "quit"),
    ]
    if view is View.PENDING and current is not None and not readonly:
        hints += [(keys.MARK, "mark"), (keys.EDIT_HERE, "edit here")]
    if current is not None:
        hints += [(keys.EVENT, "source"), (keys.BROWSE, "at Stripe"), (keys.COPY, "copy")]
    return hints


def _decisions(side: ListSide, approvals: Approvals) -> Hints:
    current, marked = side.list.current, len(side.list.marked)
    hints: Hints = []
    if marked:
        rows = [row for row in map(side.list.rows.known, side.list.marked) if row is not None]
        if any(row.effective_status in status_text.STUCK for row in rows):
            hints = [(keys.CLOSE_MARKED, f"give up {marked} marked")]
        else:
            verb = approval_words.of(*rows).verb
            hints = [(keys.APPROVE_MARKED, f"{verb} {marked} marked"), (keys.REJECT_MARKED, "reject them")]
    if current is not None:
        offered = status_text.offered(current.effective_status, under_way=current.id in approvals)
        verb = approval_words.of(current).verb
        hints += [(key, verb if key is keys.APPROVE else key.label) for key in offered]
    if approvals and (keys.UNDO, keys.UNDO.label) not in hints:
        hints.append((keys.UNDO, keys.UNDO.label))
    return hints


def of_canvas(pane: CanvasPane, focused: Widget | None) -> Hints:
    """The hints for the canvas."""
    if focused is pane.line:
        history: Hints = [(keys.EARLIER, "asked before")] if pane.line.asked else []
        return [
            (keys.CHOOSE, "ask"),
            (keys.COMPLETE, "complete"),
            *history,
            (keys.SWITCH, "inbox"),
            (keys.LEAVE, "close"),
        ]
    hints: Hints = []
    if focused is pane.choices:
        hints = [(keys.CHOOSE, "ask this")]
    elif pane.answer is not None and pane.answer.rows:
        hints = [(keys.BEHIND, "proposals"), (keys.SOURCES, "events"), (keys.COPY_ANSWER, "copy")]
    return [
        *hints,
        (keys.CANVAS, "ask"),
        (keys.SWITCH, "inbox"),
        (keys.LEAVE, "close"),
        (keys.HELP, "help"),
        (keys.QUIT, "quit"),
    ]
