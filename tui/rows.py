"""The rows of a view, kept in order: ten thousand of them, changed one at a time by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from execops.proposals.listing import Summary
from tui import terms
from tui.text import clean
from tui.views import Key, Page, View


class _Sorted:
    """Summaries by their place in a view."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.keys: list[Key] = []
        self.items: dict[int, Summary] = {}

    def put(self, summary: Summary) -> None:
        before = self.items.get(summary.id)
        self.items[summary.id] = summary
        key = self._view.key(summary)
        if before is not None:
            if self._view.key(before) == key:
                return
            del self.keys[bisect_left(self.keys, self._view.key(before))]
        insort(self.keys, key)

    def drop(self, proposal_id: int) -> None:
        summary = self.items.pop(proposal_id, None)
        if summary is not None:
            del self.keys[bisect_left(self.keys, self._view.key(summary))]

    def between(self, after: Key | None, until: Key | None) -> list[int]:
        start = 0 if after is None else bisect_right(self.keys, after)
        end = len(self.keys) if until is None else bisect_right(self.keys, until)
        return [-minus_id for _, minus_id in self.keys[start:end]]


class Rows:
    """The rows of one view that match a filter."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.filter = terms.Terms()
        self.widest_amount = 0
        self._verticals: set[str] = set()
        self._texts: dict[int, tuple[Summary, str]] = {}  # what the filter looks through, once it is used
        self._all = _Sorted(view)
        self._shown = self._all

    def __len__(self) -> int:
        return len(self._shown.keys)

    def __getitem__(self, index: int) -> Summary:
        return self._shown.items[-self._shown.keys[index][1]]

    def __contains__(self, proposal_id: int) -> bool:
        return proposal_id in self._shown.items

    def everything(self) -> Iterable[Summary]:
        """All rows, in no order, whether the filter shows them or not."""
        return self._all.items.values()

    @property
    def several_verticals(self) -> bool:
        """Whether the rows are of several verticals, so that it is worth a column to say which."""
        return len(self._verticals) > 1

    @property
    def total(self) -> int:
        """How many rows there are without the filter."""
        return len(self._all.keys)

    def get(self, proposal_id: int | None) -> Summary | None:
        """The shown row of a proposal."""
        return None if proposal_id is None else self._shown.items.get(proposal_id)

    def known(self, proposal_id: int) -> Summary | None:
        """The row of a proposal, whether the filter shows it or not."""
        return self._all.items.get(proposal_id)

    def includes(self, summary: Summary) -> bool:
        """Whether this row belongs here as it is now; proposals behind a row of the canvas stay there."""
        return self.view is View.BEHIND or self.view.includes(summary)

    def index(self, proposal_id: int) -> int:
        """The line of a shown proposal."""
        return bisect_left(self._shown.keys, self.view.key(self._shown.items[proposal_id]))

    def put(self, summary: Summary) -> None:
        """Insert a row, or replace it, where it belongs."""
        if summary.amount is not None:
            self.widest_amount = max(self.widest_amount, len(str(summary.amount)))
        self._verticals.add(summary.vertical)
        self._all.put(summary)
        if self._shown is not self._all:
            if self._matches(summary):
                self._shown.put(summary)
            else:
                self._shown.drop(summary.id)

    def drop(self, *proposal_ids: int) -> None:
        """Remove rows."""
        for proposal_id in proposal_ids:
            self._all.drop(proposal_id)
            if self._shown is not self._all:
                self._shown.drop(proposal_id)

    def merge(self, page: Page, keep: AbstractSet[int]) -> None:
        """Make the page's range read as the page says; rows named in `keep` stay in any case."""
        read = {row.id for row in page.rows}
        for proposal_id in self._all.between(page.after, page.until):
            if proposal_id not in read and proposal_id not in keep:
                self.drop(proposal_id)
        for row in page.rows:
            if row.id not in keep or row.id not in self._all.items:
                self.put(row)

    def refilter(self, text: str) -> None:
        """Show only the rows that the text asks for."""
        self.filter = terms.parse(text)
        if not self.filter:
            self._shown = self._all
            return
        self._shown = _Sorted(self.view)
        matching = {row.id: row for row in self._all.items.values() if self._matches(row)}
        self._shown.items = matching
        self._shown.keys = [key for key in self._all.keys if -key[1] in matching]

    def count(self, text: str) -> int:
        """How many rows another filter would show."""
        wanted = terms.parse(text)
        return sum(wanted.match(row, self._read(row)) for row in self._all.items.values())

    def _matches(self, summary: Summary) -> bool:
        return self.filter.match(summary, self._read(summary))

    def _read(self, summary: Summary) -> str:
        entry = self._texts.get(summary.id)
        if entry is None or entry[0] is not summary:
            entry = self._texts[summary.id] = (summary, self._text(summary))
        return entry[1]

    def _text(self, summary: Summary) -> str:
        words = (
            summary.title,
            str(summary.amount or ""),
            summary.urgency,
            summary.effective_status,
            summary.vertical,
            summary.play,
            summary.action_type,
            summary.object_id,
            summary.subject_key,
            f"#{summary.id}",
        )
        return clean(" ".join(words), limit=2000).casefold()
