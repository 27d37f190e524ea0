"""Hindsight: what became of the drafts of a backtest, and what was decided about the like in reality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops.books.cash import month_name
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json, Status, Urgency
from execops.money import Money

SQL = queries.load("backtest")
# The states of an object in which its matter has ended well. An object of another type has no state that says more than
# the play's own answer.
_SETTLED: Mapping[str, frozenset[str]] = {
    "invoice": frozenset({"paid", "void"}),
    "dispute": frozenset({"won", "warning_closed", "prevented"}),
    "payout": frozenset({"paid"}),
}
_ENDED = frozenset({"canceled", "incomplete_expired", "unpaid"})  # of a subscription
_MONTHLY = ("runway:", "spend:")  # object ids that begin so name a month after it


class Became(StrEnum):
    """The fate of a draft, had nobody acted on it."""

    SETTLED = (
        "settled"  # by itself: the invoice was paid, the dispute was withdrawn, the cancellation was undone
    )
    SETTLED_AFTER_ACTION = "settled_after_action"  # as well, but a real action about it was performed before
    MOOT = "moot"  # no longer called for, and not settled: the dispute was lost, the month was over
    DRAFTED_AGAIN = "drafted_again"  # a later draft took its place
    RAN_OUT = "ran_out"  # nobody would have decided before its time ran out
    OPEN = "open"


class Real(Struct, frozen=True, kw_only=True):
    """A real proposal of the play about the same: its status, and the person who decided, if anybody did."""

    proposal_id: int
    status: Status
    edited: bool
    decided_at: datetime | None
    decided_by: str | None
    outcome: str | None


class Tried(Struct, frozen=True, kw_only=True):
    """A draft of a backtest. `days` is the time from the draft to its end; `why` is the reason of the play."""

    day: date  # in the company's time zone
    drafted_at: datetime
    title: str
    action_type: str
    urgency: Urgency
    amount_minor: int | None
    currency: str | None
    object_id: str
    event_ids: list[int]
    became: Became
    ended_at: datetime | None
    days: float | None
    why: str | None
    action_before: int | None  # the real proposal whose action was performed before the end
    in_reality: Real | None

    @property
    def amount(self) -> Money | None:
        """The money at stake; None if the draft is not about money."""
        if self.amount_minor is None or self.currency is None:
            return None
        return Money(self.amount_minor, self.currency)


class Sums(Struct, frozen=True, kw_only=True):
    """How many drafts there were, and how many of them became what; `median_days` is of those settled by themselves."""

    drafted: int
    settled: int
    median_days: float | None
    settled_after_action: int
    moot: int
    drafted_again: int
    ran_out: int
    open: int


def add_up(tried: Sequence[Tried]) -> Sums:
    """The sums of these drafts."""
    became = Counter(draft.became for draft in tried)
    days = [draft.days for draft in tried if draft.became is Became.SETTLED and draft.days is not None]
    return Sums(
        drafted=len(tried),
        settled=became[Became.SETTLED],
        median_days=round(median(days), 1) if days else None,
        settled_after_action=became[Became.SETTLED_AFTER_ACTION],
        moot=became[Became.MOOT],
        drafted_again=became[Became.DRAFTED_AGAIN],
        ran_out=became[Became.RAN_OUT],
        open=became[Became.OPEN],
    )


async def drafts(
    scratch: Connection, real: Connection, play: str, until: datetime, zone: ZoneInfo
) -> list[Tried]:
    """The drafts of a replay on the connection `scratch`, with their fate until a moment, the oldest first."""
    rows = await queries.many(scratch, SQL["drafted"])
    if not rows:
        return []
    asked_about = Jsonb([_asked(row, until) for row in rows])
    decided = {
        row["draft"]: row
        for row in await queries.many(real, SQL["decided_in_reality"], drafts=asked_about, play=play)
    }
    acted = {
        row["draft"]: row["id"]
        for row in await queries.many(real, SQL["acted_in_reality"], drafts=asked_about)
    }
    return [_tried(row, until, zone, decided.get(row["id"]), acted.get(row["id"])) for row in rows]


def _asked(row: Mapping[str, Any], until: datetime) -> Json:
    return {
        "id": row["id"],
        "dedupe_key": row["dedupe_key"],
        "event_ids": row["event_ids"],
        "object_ids": row["covers"] or [row["object_id"]],
        "since": row["created_at"].isoformat(),
        "until": (_ended_at(row, until) or until).isoformat(),
    }


def _ended_at(row: Mapping[str, Any], until: datetime) -> datetime | None:
    """When a draft ended: an expired one at the moment at which its time ran out. None while it is open."""
    if row["status"] == Status.SUPERSEDED:
        ended_at: datetime = max(row["ended_at"], row["created_at"])
        return ended_at
    expires_at: datetime = row["expires_at"]
    return expires_at if row["status"] == Status.EXPIRED or expires_at <= until else None


def _tried(
    row: Mapping[str, Any],
    until: datetime,
    zone: ZoneInfo,
    decided: Mapping[str, Any] | None,
    acted: int | None,
) -> Tried:
    ended_at = _ended_at(row, until)
    became = _became(row, ended_at, zone)
    if became is Became.SETTLED and acted is not None:
        became = Became.SETTLED_AFTER_ACTION
    return Tried(
        day=row["created_at"].astimezone(zone).date(),
        drafted_at=row["created_at"],
        title=row["title"],
        action_type=row["action_type"],
        urgency=Urgency(row["urgency"]),
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        object_id=row["object_id"],
        event_ids=row["event_ids"],
        became=became,
        ended_at=ended_at,
        days=None if ended_at is None else round((ended_at - row["created_at"]) / timedelta(days=1), 2),
        why=row["outcome"] if row["status"] == Status.SUPERSEDED else None,
        action_before=acted,
        in_reality=None if decided is None else _real(decided),
    )


def _real(row: Mapping[str, Any]) -> Real:
    return Real(
        proposal_id=row["id"],
        status=Status(row["status"]),
        edited=row["edited"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        outcome=row["outcome"],
    )


def _became(row: Mapping[str, Any], ended_at: datetime | None, zone: ZoneInfo) -> Became:
    if ended_at is None:
        return Became.OPEN
    if row["status"] != Status.SUPERSEDED:
        return Became.RAN_OUT
    verdicts = [_is_settled(entry["type"], entry["state"]) for entry in row["objects"]]
    if verdicts and all(verdicts):
        return Became.SETTLED
    if row["again"]:
        return Became.DRAFTED_AGAIN
    if False in verdicts or _month_is_over(row["object_id"], ended_at, zone):
        return Became.MOOT
    return Became.SETTLED


def _is_settled(object_type: str, state: Json) -> bool | None:
    """Whether an object's matter has ended well; None where its state does not say so."""
    if object_type == "subscription":
        ends = state.get("cancel_at_period_end") or state.get("cancel_at")
        return not ends and state.get("status") not in _ENDED
    if object_type == "invoice" and state.get("amount_remaining") == 0:
        return True
    settled = _SETTLED.get(object_type)
    return None if settled is None else state.get("status") in settled


def _month_is_over(object_id: str, ended_at: datetime, zone: ZoneInfo) -> bool:
    """Whether an object that stands for a month was dropped because the month ended."""
    prefix = next((prefix for prefix in _MONTHLY if object_id.startswith(prefix)), None)
    if prefix is None:
        return False
    return object_id.removeprefix(prefix)[: len("2026-10")] < month_name(ended_at, zone)
