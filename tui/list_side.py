"""The list's side: the view, the filter, the marks, and the way back from the proposals behind a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta

from msgspec import Struct
from textual.widgets import Input

from execops.model import Status
from execops.proposals.listing import Counts, Quiet, Summary
from tui import clock, keys
from tui.approvals import Approvals
from tui.feed import Feed
from tui.messages import ProposalsChanged, WentOffline
from tui.rows import Rows
from tui.text import clean
from tui.views import ROUND, Page, Read, View
from tui.widgets.proposal_list import MARKABLE, ProposalList
from tui.widgets.view_bar import Tab

MOST = 100  # marked at once: the card of each is read, and shown, before it is approved
# The time by which the database's clock may be late, so that it is asked once more.
CLOCKS_DIFFER = timedelta(minutes=1)
READING = "Reading…"
EMPTY = {
    View.PENDING: "Nothing needs you.",
    View.FAILED: "Nothing has failed.",
    View.UNKNOWN: "Nothing is unknown.",
    View.SNOOZED: "Nothing is snoozed.",
    View.EXECUTED: "Nothing was executed yet.",
    View.DECIDED: "Nothing was decided yet.",
    View.BEHIND: "No proposal is left here.",
}


class Before(Struct, frozen=True, kw_only=True):
    """The list as it was before it showed the proposals behind a row."""

    rows: Rows
    cursor: int | None
    marked: Mapping[int, int]
    filter: str
    loaded: bool


class ListSide:
    """Chooses the rows of the list."""

    def __init__(
        self,
        rows: ProposalList,
        search: Input,
        feed: Feed,
        approvals: Approvals,
        keymap: Mapping[str, str],
    ) -> None:
        self.list, self.search, self._feed, self._approvals = rows, search, feed, approvals
        self._keymap = keymap
        self.saved: Mapping[
            str, str
        ] = {}  # the filters of the person's own views of what is pending, by name
        self.saved_counts: Mapping[str, int] = {}
        self.named: str | None = None  # the one of them that is shown
        self.loaded = False
        self.quiet: Quiet | None = None  # where nothing waits
        self.return_to: int | None = None  # a proposal that was taken back, and is to be read first
        self.about = ""  # the row of the canvas whose proposals are shown
        self._before: Before | None = None
        # Proposals that had expired by this machine's clock, when that was last looked at.
        self._lapsed: AbstractSet[int] = frozenset()

    @property
    def view(self) -> View:
        """The view that is shown."""
        return self.list.rows.view

    @property
    def title(self) -> str:
        """The words for the view, for the header."""
        if self.named is not None and self.search.value == self.saved[self.named]:
            return clean(self.named, limit=24)
        if self.view is View.PENDING:
            return "inbox"
        return f"{self.view} of {self.about}" if self.view is View.BEHIND else self.view.value

    def empty_text(self, offline: WentOffline | None) -> str:
        """The words that stand where there are no rows."""
        rows = self.list.rows
        if rows.filter and rows.total:
            key = keys.name(keys.BACK, self._keymap).capitalize()
            return f"Nothing matches. {key} clears the filter."
        if offline is not None and not rows.total:
            return clean(offline.error.message)
        if not self.loaded:
            return READING
        quiet = f"\n{clean(self.quiet.words)}" if self.quiet and rows.view is View.PENDING else ""
        return EMPTY[rows.view] + quiet

    # Views and filter

    def go_to(self, view: View) -> None:
        """Show a view, from its start."""
        self._before, self.loaded = None, False
        rows = Rows(view)
        rows.refilter(self.search.value)
        self.list.show(rows)
        self._feed.show(view)

    def tabs(self, counts: Counts | None) -> list[Tab]:
        """The views of the bar: those that everybody has, then the person's own."""
        numbers = {} if counts is None else {
            View.PENDING: counts.pending, View.FAILED: counts.failed, View.UNKNOWN: counts.unknown,
            View.SNOOZED: counts.snoozed,
        }  # fmt: skip
        title = self.title
        tabs = [
            Tab(view.value, numbers.get(view), view is self.view and title in {"inbox", view.value})
            for view in ROUND
        ]
        return tabs + [
            Tab(clean(name, limit=24), self.saved_counts.get(name), title == clean(name, limit=24))
            for name in self.saved
        ]

    def go_to_number(self, number: int) -> bool:
        """Show the view with this number of the bar; False where there is none."""
        own = (
            list(self.saved.items())[number - 1 - len(ROUND) : number - len(ROUND)]
            if number > len(ROUND)
            else []
        )
        if number <= len(ROUND):
            named = self.named
            self.named = None
            if named is not None:
                self.clear_filter()
            self.go_to(ROUND[number - 1])
        elif own:
            self.clear_filter(own[0][1])
            self.named = own[0][0]
            self.go_to(View.PENDING)
        return number <= len(ROUND) or bool(own)

    def count_saved(self) -> None:
        """Count what is in the person's own views, from the rows of what is pending."""
        if self.view is View.PENDING and self.saved:
            self.saved_counts = {name: self.list.rows.count(text) for name, text in self.saved.items()}

    def filter(self, text: str) -> None:
        """Show only the rows that the text asks for."""
        self.list.change(lambda rows: rows.refilter(text))

    def clear_filter(self, text: str = "") -> None:
        """Put this text into the filter without filtering; an empty filter is out of sight."""
        with self.search.prevent(Input.Changed):
            self.search.value = text
        self.search.display = bool(text)

    def show_behind(self, about: str, proposals: Iterable[Summary], read: Read) -> None:
        """Show the proposals behind a row of the canvas."""
        if self._before is None:
            self._before = Before(
                rows=self.list.rows,
                cursor=self.list.current.id if self.list.current else None,
                marked=dict(self.list.marked),
                filter=self.search.value,
                loaded=self.loaded,
            )
        self.clear_filter()
        rows = Rows(View.BEHIND)
        for row in proposals:
            rows.put(row)
        self.about, self.loaded = about, True
        self.list.show(rows)
        self._feed.show(View.BEHIND, read)

    def restore(self) -> bool:
        """Show the list as it was before the proposals behind a row; False where it shows none of those."""
        before, self._before = self._before, None
        if before is None:
            return False
        self.loaded = before.loaded
        self.clear_filter(before.filter)
        self.list.show(before.rows, before.cursor, before.marked)
        self._feed.show(before.rows.view)
        return True

    # Pages and changes that the feed read

    def take_page(self, page: Page) -> bool:
        """Take a page of the view; False where it is of another view."""
        if page.view is not self.view:
            return False
        self.loaded = True
        self.list.change(lambda rows: rows.merge(page, self._approvals.kept))
        return True

    def take_changes(self, event: ProposalsChanged) -> list[Summary]:
        """Bring changed rows into the list; returns those whose end the person wants to know."""
        current = self.list.current
        ended: list[Summary] = []

        def change(rows: Rows) -> None:
            for row in event.rows:
                if self._approvals.is_old(row.id, event.asked_at):
                    continue  # decided here since; it is read once more
                if self._approvals.end(row) or (current and row.id == current.id and self._left(row, rows)):
                    ended.append(row)
                if rows.view is View.BEHIND and not rows.known(row.id):
                    self._feed.reread()  # it may be behind the row too
                elif rows.includes(row) or (row.id in rows and self._approvals.stays(row)):
                    rows.put(row)
                else:
                    rows.drop(row.id)

        self.list.change(change)
        if self.return_to in {row.id for row in event.rows}:
            number, self.return_to = self.return_to, None
            if number is not None and number in self.list.rows:
                self.list.move_to(self.list.rows.index(number))
        return ended

    def reread_lapsed(self) -> None:
        """Read the view anew where rows expired: nothing tells of it, and this machine's clock may be wrong."""
        rows, now = self.list.rows, clock.now()
        expired = {
            row.id: now - row.expires_at
            for row in (rows[line] for line in range(len(rows)))
            if row.effective_status is Status.PENDING and row.expires_at <= now
        }
        if expired.keys() - self._lapsed or any(since < CLOCKS_DIFFER for since in expired.values()):
            self._feed.reread()
        self._lapsed = expired.keys()

    def drop(self, *proposal_ids: int) -> None:
        """Drop these rows."""
        self.list.change(lambda rows: rows.drop(*proposal_ids))

    def flag(self, plays: AbstractSet[str]) -> None:
        """Flag the rows of these plays."""
        self.list.flagged = plays
        self.list.refresh()

    def _left(self, row: Summary, rows: Rows) -> bool:
        return (
            row.id not in self._approvals.asked
            and rows.view is View.PENDING
            and not (rows.view.includes(row) or self._approvals.stays(row))
        )

    # Marks

    def mark(self, row: Summary) -> str | None:
        """Mark a row and go to the next, or take its mark off; returns why it cannot be marked."""
        why_not = None if row.id in self.list.marked else self._why_unmarkable(row)
        if why_not is None:
            self.list.mark(row)
            self.list.action_move_down()
        return why_not

    def extend(self, step: int) -> str | None:
        """Mark this row and the next in this direction; returns why one cannot be marked."""
        row, around = self.list.current, self.list.around()
        if row is None or around is None:
            return None
        why_not = self._mark_if_not(row)
        if why_not is None and 0 <= around[0] + step <= around[1]:
            self.list.move_to(around[0] + step)
            if self.list.current is not None:
                why_not = self._mark_if_not(self.list.current)
        return why_not

    def mark_range(self, anchor: int) -> str | None:
        """Mark every row from the proposal `anchor` to the cursor that can be; returns why not all, if not."""
        around = self.list.around()
        if around is None or anchor not in self.list.rows:
            return "The row at which the range began is gone; nothing was marked."
        first, last = sorted((self.list.rows.index(anchor), around[0]))
        reasons = [self._mark_if_not(self.list.rows[line]) for line in range(first, last + 1)]
        return next((reason for reason in reasons if reason), None)

    def _mark_if_not(self, row: Summary) -> str | None:
        if row.id in self.list.marked:
            return None
        why_not = self._why_unmarkable(row)
        if why_not is None:
            self.list.mark(row)
        return why_not

    def _why_unmarkable(self, row: Summary) -> str | None:
        if self._approvals.status(row) not in MARKABLE or row.id in self._approvals.asked:
            return f"Only what waits for a decision can be marked; #{row.id} does not."
        if len(self.list.marked) >= MOST:
            return f"{MOST} are marked; no more are decided at once."
        return None
