"""The inbox: the list, the card of the row under the cursor, and the ways round in it."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input

from execops.client import Client
from tui import keys, standing
from tui.feed import Feed
from tui.rows import Rows
from tui.screens.asking import AskingScreen
from tui.terms import TermSuggester
from tui.text import clean
from tui.views import View
from tui.widgets.card import ProposalCard
from tui.widgets.card_body import CardBody
from tui.widgets.header import InboxHeader
from tui.widgets.key_bar import KeyBar
from tui.widgets.proposal_list import ProposalList

WIDE = 120  # columns from which the card stands beside the list
LETTERS = frozenset(key.action for key in (*keys.DECISIONS, *keys.LOOKING)) - {keys.BACK.action}
OF_BOTH_SIDES = frozenset({keys.CANVAS.action, keys.HELP.action})
EMPTY = {
    View.PENDING: "Nothing needs you.",
    View.FAILED: "Nothing has failed.",
    View.UNKNOWN: "Nothing is unknown.",
    View.EXECUTED: "Nothing was executed yet.",
    View.DECIDED: "Nothing was decided yet.",
    View.BEHIND: "Nothing is behind this row any more.",
}


class InboxScreen(AskingScreen):
    """The one screen of the inbox."""

    AUTO_FOCUS = "#list"
    BINDINGS = keys.bindings(*keys.DECISIONS, *keys.LOOKING, keys.SWITCH)

    def __init__(self, client: Client, *, readonly: bool, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self.client, self.readonly, self.keymap = client, readonly, keymap
        self.feed = Feed(client, self.post_message)
        self.header = InboxHeader(readonly=readonly, id="header")
        self.list = ProposalList(id="list")
        self.card = ProposalCard(id="card")
        self.bar = KeyBar(keymap, id="keys")
        self.search = Input(
            placeholder="words, urgency:high, vertical:money, play:card",
            suggester=TermSuggester(lambda: self.list.rows.everything()),
            id="filter",
            compact=True,
        )
        self.list.note_of = self.note
        self.panes = Container(Container(self.list, self.card, id="inbox"), id="panes")

    def compose(self) -> ComposeResult:
        """Header, list and card, keys; the filter comes when the first rows stand."""
        self.set_class(self.app.size.width >= WIDE, "-wide", update=False)
        self.card.display = False
        yield self.header
        yield self.panes
        yield self.bar

    def on_mount(self) -> None:
        """Follow, from now until the end."""
        self.list.say("Reading…")
        self.tidy()
        self.list.focus()
        self.watch(self.app, "app_focus", self.pay_attention, init=False)
        self.follow()

    # Looking elsewhere

    def on_descendant_focus(self) -> None:
        """Other keys do something elsewhere."""
        self.follow_focus()
        self.bar.shown = self._keys()

    def action_next_view(self) -> None:
        """The next view."""
        self.go_to(self.list.rows.view.next)

    def action_previous_view(self) -> None:
        """The view before."""
        self.go_to(self.list.rows.view.previous)

    def go_to(self, view: View) -> None:
        """A view, from its start."""
        self.forget_before()
        self.header.view, self.loaded = view, False
        rows = Rows(view)
        rows.refilter(self.search.value)
        self.list.show(rows)
        self.list.focus()
        self.feed.show(view)
        self.tidy()

    def furnish(self) -> None:
        """Mount the filter, out of sight."""
        if not self.search.is_attached:
            self.search.display = False
            self.mount(self.search, before="#panes")

    def action_filter(self) -> None:
        """Type the words to filter by."""
        self.furnish()
        self.search.display = True
        self.set_focus(self.search)  # now, as what is typed next is meant for it

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does this here: in the filter letters are letters, in the canvas nothing is decided."""
        if self.in_canvas and action in LETTERS - OF_BOTH_SIDES:
            return False
        return action not in LETTERS or self.focused is not self.search

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.list.change(lambda rows: rows.refilter(event.value))
        self.tidy()

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.search.display = bool(self.search.value)
        self.list.focus()

    def action_back(self) -> None:
        """Out of the card or the filter; in the list, without a filter; behind a row, back to it."""
        if self.focused is self.list and not self.search.value and self.back_to_canvas():
            return
        if self.focused is self.list or self.focused is self.search:
            self.search.value = ""
            self.search.display = False
        self.list.focus()

    def action_help(self) -> None:
        """The keys."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.keymap))

    def tidy(self) -> None:
        """What is in view, and which keys do something, follow from what there is."""
        rows, current = self.list.rows, self.list.current
        self.card.display = current is not None
        if current is None:
            self.card.card = None
            if self.focused is not None and isinstance(self.focused, CardBody):
                self.list.focus()
        if rows.filter and rows.total:
            self.list.say(f"No row is like that. {keys.name(keys.BACK, self.keymap)} shows all again.")
        elif self.header.offline is not None and not rows.total:
            self.list.say(clean(self.header.offline.error.message))
        else:
            self.list.say(EMPTY[rows.view] if self.loaded else "Reading…")
        self.bar.shown = self._keys()

    def _keys(self) -> list[tuple[keys.Key, str]]:
        if self.in_canvas:
            return self.canvas_keys()
        if self.focused is self.search:
            return [(keys.OPEN, "to the list"), (keys.BACK, "show all")]
        current, view = self.list.current, self.list.rows.view
        shown: list[tuple[keys.Key, str]] = []
        marked = len(self.list.marked)
        if isinstance(self.focused, CardBody):
            shown.append((keys.BACK, keys.BACK.label))
        elif view is View.BEHIND:
            shown.append((keys.BACK, "to the canvas"))
        if not self.readonly:
            if marked:
                shown.append((keys.APPROVE_MARKED, f"approve {marked} marked"))
            if current is not None:
                offered = standing.offered(current.effective_status, under_way=current.id in self.approvals)
                shown += [(key, key.label) for key in offered]
            if self.approvals and (keys.UNDO, keys.UNDO.label) not in shown:
                shown.append((keys.UNDO, keys.UNDO.label))
        counts = self.header.counts
        stuck = {View.FAILED: counts.failed, View.UNKNOWN: counts.unknown} if counts else {}
        count = stuck.get(view.next, 0)
        shown += [
            (keys.FILTER, "filter"),
            (keys.CANVAS, "canvas"),
            (keys.VIEW, f"{view.next} ({count})" if count else view.next.value),
            (keys.HELP, "help"),
            (keys.QUIT, "quit"),
        ]
        if view is View.PENDING and current is not None and not self.readonly:
            shown += [(keys.MARK, "mark"), (keys.EDIT_HERE, "edit here")]
        if current is not None:
            shown += [(keys.EVENT, "source"), (keys.BROWSE, "at Stripe"), (keys.COPY, "copy")]
        return shown
