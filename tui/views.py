"""The inbox's views: their proposals, their order, and how their pages are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from execops.model import Status
from execops.proposals.listing import Summary

if TYPE_CHECKING:
    from execops.client import Client
    from execops.model import Proposal

Key = tuple[int, int]  # the place of a proposal: rank of its urgency or minus its moment, then minus its id

FIRST_PAGE = 60  # more than a terminal shows, so that the first paint waits for no more
PAGE = 500
HISTORY = 2000  # the latest of what is no longer pending; older ones are the CLI's


class View(StrEnum):
    """The views that `u` goes through, and the proposals behind a row of the canvas."""

    PENDING = "pending"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SNOOZED = "snoozed"
    EXECUTED = "executed"
    DECIDED = "decided"
    BEHIND = "proposals"

    @property
    def next(self) -> View:
        """The view after this one."""
        return ROUND[(ROUND.index(self) + 1) % len(ROUND)] if self in ROUND else View.PENDING

    @property
    def previous(self) -> View:
        """The view before this one."""
        return ROUND[ROUND.index(self) - 1] if self in ROUND else View.PENDING

    @property
    def status(self) -> Status | None:
        """The one status that is shown here; None where several are."""
        return None if self in {View.DECIDED, View.BEHIND} else Status(self.value)

    def key(self, summary: Summary) -> Key:
        """The place of a proposal: pending ones by urgency, decided ones the latest decision first."""
        if self is View.PENDING:
            return (summary.urgency.rank, -summary.id)
        if self in {View.BEHIND, View.SNOOZED}:
            return (0, -summary.id)
        return (-round(summary.ended_at.timestamp() * 1_000_000), -summary.id)

    def includes(self, summary: Summary) -> bool:
        """Whether a proposal of this status is shown here; decided is everything that is no longer pending.

        The core alone says which proposals are behind a row.
        """
        if self is View.BEHIND:
            return False
        if self is View.DECIDED:
            return summary.effective_status not in {Status.PENDING, Status.SNOOZED}
        return summary.effective_status is self.status


ROUND = (View.PENDING, View.FAILED, View.UNKNOWN, View.SNOOZED, View.EXECUTED, View.DECIDED)
Read = Callable[[], Awaitable[Sequence[Summary]]]


class Page(Struct, frozen=True, kw_only=True):
    """All rows of a view whose place is beyond `after` and up to `until`; None means without end."""

    view: View
    rows: Sequence[Summary]
    after: Key | None
    until: Key | None


async def pages(client: Client, view: View, read_behind: Read | None = None) -> AsyncIterator[Page]:
    """The pages of a view, a screenful first; the proposals behind a row are one page."""
    if read_behind is not None:
        yield Page(view=view, rows=await read_behind(), after=None, until=None)
        return
    after: Key | None = None
    last: Summary | None = None
    limit, count = FIRST_PAGE, 0
    while True:
        if view is View.PENDING:
            rows = await client.proposals.inbox(limit=limit, after=last.position if last else None)
        elif view is View.SNOOZED:
            rows = await client.proposals.history(
                status=Status.SNOOZED, limit=limit, before=last.id if last else None
            )
        else:
            rows = await client.proposals.decided(status=view.status, limit=limit, after=last)
        count += len(rows)
        full = len(rows) == limit and (view is View.PENDING or count < HISTORY)
        last = rows[-1] if rows else last
        until = view.key(last) if full and last else None
        yield Page(view=view, rows=[row for row in rows if view.includes(row)], after=after, until=until)
        if until is None:
            return
        after, limit = until, PAGE


def summary_of(proposal: Proposal) -> Summary:
    """The line of the inbox for a proposal."""
    values = {
        name: getattr(proposal, name) for name in Summary.__struct_fields__ if name != "effective_status"
    }
    return Summary(effective_status=proposal.status, **values)
