"""Reading proposals for people: the inbox, its header, the history, and one proposal by its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from execops.db import queries
from execops.model import (
    NOTICE,
    ExecutionStatus,
    Record,
    Status,
    Urgency,
    approvals_text,
    is_about_customer,
)
from execops.money import Money

if TYPE_CHECKING:
    from execops.db.pool import Connection
    from execops.model import Execution, Proposal

SQL = queries.load("proposals_read")
_OUTBOX = "outbox"  # the transport whose messages lie on this machine
_BESIDE = 5  # proposals about the same subject that a card names


class Position(Struct, frozen=True):
    """A place in the inbox's order: most urgent first, then the highest id."""

    urgency: Urgency
    proposal_id: int


class Summary(Record, frozen=True, kw_only=True):
    """A line of the inbox."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"effective_status": Status, "urgency": Urgency}

    id: int
    version: int
    effective_status: Status
    urgency: Urgency
    vertical: str
    play: str
    action_type: str
    title: str
    object_id: str
    subject_key: str
    amount_minor: int | None
    currency: str | None
    edited: bool
    created_at: datetime
    decided_at: datetime | None
    expires_at: datetime
    outcome: str | None
    approvals: int = 0
    approvals_needed: int = 1
    snoozed_for: str | None = None
    snoozed_until: datetime | None = None

    @property
    def approvals_text(self) -> str:
        """`1 of 2` where one of two operators has approved; else empty."""
        return approvals_text(self.approvals, self.approvals_needed)

    @property
    def amount(self) -> Money | None:
        """The money at stake; None if the proposal is not about money."""
        if self.amount_minor is None or self.currency is None:
            return None
        return Money(self.amount_minor, self.currency)

    @property
    def is_about_customer(self) -> bool:
        """Whether its subject is a customer: see `Proposal`."""
        return is_about_customer(self.subject_key, self.object_id)

    @property
    def is_notice(self) -> bool:
        """Whether it is a message to the person who decides: approving it is acknowledging it."""
        return self.action_type == NOTICE

    @property
    def ended_at(self) -> datetime:
        """The moment of the decision; the moment of the draft where a proposal ended without a decision."""
        return self.decided_at or self.created_at

    @property
    def position(self) -> Position:
        """The place of this line in the inbox."""
        return Position(self.urgency, self.id)


class Counts(Struct, frozen=True, kw_only=True):
    """The inbox's header: how many proposals wait, and the median seconds from opening to decision.

    `urgent` are the critical and the high ones. The `snoozed` are not among the pending; the next one is back at `back_at`
    at the latest.
    """

    pending: int
    critical: int
    failed: int
    unknown: int
    median_decision_seconds: float | None
    urgent: int = 0
    snoozed: int = 0
    back_at: datetime | None = None

    @property
    def stuck(self) -> int:
        """Failed or unknown proposals: a person must look at them."""
        return self.failed + self.unknown


class Quiet(Struct, frozen=True, kw_only=True):
    """An empty inbox: since when nothing waits, when the last event arrived from outside, and why that one is ignored, if so.

    None stands for never.
    """

    since: datetime | None
    arrived_at: datetime | None
    ignored: str | None

    @property
    def words(self) -> str:
        """The same in a sentence, with times of this machine's zone."""
        if self.arrived_at is None:
            return "No event has arrived yet. To connect Stripe, run: execops connect stripe"
        if self.ignored is not None:
            return f"The last event was ignored: {self.ignored}."
        if self.since is None:
            return (
                f"No event called for a decision so far; the last one arrived at {_clock(self.arrived_at)}."
            )
        return f"Empty since {_clock(self.since)}; the last event arrived at {_clock(self.arrived_at)}."


def _clock(moment: datetime) -> str:
    """The time of day on this machine's clock; before today, with the day."""
    local = moment.astimezone()
    today = datetime.now(local.tzinfo).date()
    return local.strftime("%H:%M" if local.date() == today else "%H:%M on %d %b")


class Departure(Struct, frozen=True, kw_only=True):
    """The moment at which an approved mail leaves, in UTC, and the words for it: `leaves at 08:00 Europe/Berlin`."""

    at: datetime
    words: str


class SentMessage(Struct, frozen=True, kw_only=True):
    """A message that an execution sent. `message_id` is its Message-ID, or its `ts` in Slack; None where there is none.

    `look` shows the message: the command for one that lies in the outbox, else its address where the transport gave one.
    """

    transport: str
    message_id: str | None
    look: str | None

    @property
    def words(self) -> str:
        """The same in one line: `into the outbox as <…>; look at it: execops outbox show 3f2a91bc`."""
        way = "into the outbox" if self.transport == _OUTBOX else f"by {self.transport}"
        name = f" as {self.message_id}" if self.message_id else ""
        return f"{way}{name}" + (f"; look at it: {self.look}" if self.look else "")


def sent_message(executions: Sequence[Execution]) -> SentMessage | None:
    """The message that the attempt which succeeded has sent; None without one, and for an action that sends none."""
    for execution in executions:
        result = execution.result_json or {}
        if execution.status is ExecutionStatus.SUCCEEDED and result.get("transport"):
            return SentMessage(
                transport=str(result["transport"]),
                message_id=result.get("message_id") or result.get("ts"),
                look=_look(execution) if result["transport"] == _OUTBOX else result.get("permalink"),
            )
    return None


def _look(execution: Execution) -> str:
    from execops.text import maildir  # only here: few cards are of a message in the outbox

    return f"execops outbox show {maildir.id_of(execution.idempotency_key)[: maildir.SHORT]}"


async def inbox(conn: Connection, *, limit: int, after: Position | None = None) -> Sequence[Summary]:
    """A page of pending proposals after a position: most urgent first, the newest of each urgency first."""
    rows = await queries.many(
        conn,
        SQL["inbox"],
        limit=limit,
        after_rank=after.urgency.rank + 1 if after else None,
        after_id=after.proposal_id if after else None,
    )
    return [Summary.from_row(row) for row in rows]


async def history(
    conn: Connection, *, status: Status | None, limit: int, before: int | None = None
) -> Sequence[Summary]:
    """A page of proposals of a status, or of all, the newest first, with ids below `before`."""
    rows = await queries.many(conn, SQL["list"], status=status, limit=limit, before=before)
    return [Summary.from_row(row) for row in rows]


async def decided(
    conn: Connection, *, status: Status | None, limit: int, after: Summary | None = None
) -> Sequence[Summary]:
    """A page of proposals that are no longer pending, the latest decision first, after the proposal `after`."""
    rows = await queries.many(
        conn,
        SQL["decided"],
        status=status,
        limit=limit,
        after_at=after.ended_at if after else None,
        after_id=after.id if after else None,
    )
    return [Summary.from_row(row) for row in rows]


async def beside(conn: Connection, proposal_id: int) -> Sequence[Summary]:
    """The other pending proposals about the subject of this one, the most urgent first; five at most."""
    rows = await queries.many(conn, SQL["beside"], id=proposal_id, limit=_BESIDE)
    return [Summary.from_row(row) for row in rows]


async def counts(conn: Connection) -> Counts:
    """Count the proposals that wait, and measure how long a decision takes."""
    numbers = await queries.the_one(conn, SQL["counts"])
    median = await queries.the_one(conn, SQL["median_decision_seconds"])
    return Counts(**numbers, median_decision_seconds=median["seconds"])


async def quiet(conn: Connection) -> Quiet:
    """The words for an inbox in which nothing waits."""
    return Quiet(**await queries.the_one(conn, SQL["quiet"]))


async def get(conn: Connection, proposal_id: int) -> Proposal | None:
    """The proposal with its effective status; None for an unknown id."""
    from execops.model import Proposal

    row = await queries.one(conn, SQL["get"], id=proposal_id)
    return None if row is None else Proposal.from_row(row | {"status": row["effective_status"]})


async def open_subjects(conn: Connection, plays: Sequence[str]) -> list[str]:
    """The subjects of the open proposals of these plays."""
    rows = await queries.many(conn, SQL["open_subjects"], plays=list(plays))
    return [row["subject_key"] for row in rows]
