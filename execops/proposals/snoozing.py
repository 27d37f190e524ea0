"""Snooze: a proposal is out of sight until an event about it arrives, until its next attempt, or until a date.

No job brings it back. An event does, in its own transaction, or the view that computes the status, when its moment has
come. Nothing that happens meanwhile is lost: an event that is stored and not processed yet ends a snooze too.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.authority.permissions import Operation
from execops.context import WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as
from execops.errors import InvalidInputError
from execops.model import Event, Json, Proposal, SignedIn, SnoozedFor, Status
from execops.proposals.decidable import deciding, lock_decidable
from execops.proposals.decided import Decided

SQL = queries.load("snoozes")
WRITE = queries.load("proposals_write")
_AFTER_ATTEMPT = timedelta(hours=2)  # in which the source tells how the attempt went
_BEFORE_EXPIRY = timedelta(days=1)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"(\d{1,4})\s*([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_FORMS = "event, attempt, tomorrow, a weekday, 4h, 3d, 2w, or a date such as 2026-12-01 or 2026-12-01T14:00"


class Until(Struct, frozen=True):
    """The happening that ends a snooze; `at` is the moment where that is a date."""

    what: SnoozedFor
    at: datetime | None = None


def read_until(text: str, now: datetime, time_zone: str) -> Until:
    """Read the end of a snooze as an operator writes it. A day begins at midnight in this time zone.

    Raises InvalidInputError.
    """
    word = text.strip().lower()
    if word in {SnoozedFor.EVENT, SnoozedFor.ATTEMPT}:
        return Until(SnoozedFor(word))
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    if span := _SPAN.fullmatch(word):
        return Until(SnoozedFor.DATE, now + timedelta(**{_UNITS[span[2]]: int(span[1])}))
    if word == "tomorrow":
        return Until(SnoozedFor.DATE, _midnight(today + timedelta(days=1), zone))
    weekday = [number for number, name in enumerate(_DAYS) if len(word) > 2 and name.startswith(word)]
    if weekday:
        ahead = (weekday[0] - today.weekday() - 1) % 7 + 1
        return Until(SnoozedFor.DATE, _midnight(today + timedelta(days=ahead), zone))
    try:
        if len(word) == len("2026-12-01"):
            return Until(SnoozedFor.DATE, _midnight(date.fromisoformat(word), zone))
        moment = datetime.fromisoformat(text.strip())
        return Until(
            SnoozedFor.DATE, (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        raise InvalidInputError(
            f"{text!r} does not say until when; nothing was changed.", hint=f"Write {_FORMS}."
        ) from None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


async def snooze(
    ctx: Context, operator: SignedIn, proposal_id: int, version: int, until: Until, reason: str | None = None
) -> Decided:
    """Put this version out of sight. It is back by its event, and at the latest a day before it expires.

    Raises InvalidInputError where no attempt is planned, and for a date that is past or after the proposal expires.
    """
    async with deciding(ctx, operator, proposal_id, reason) as conn:
        await queries.run(
            conn, WRITE["lock_object"], id=proposal_id
        )  # an event about it comes before, or after
        proposal = await lock_decidable(
            ctx, conn, operator, proposal_id, version, Operation.SNOOZE, {Status.PENDING}
        )
        moment = await _latest(ctx, conn, proposal, until)
        await queries.run(
            conn, SQL["snooze"], id=proposal_id, what=until.what, until=moment, operator_id=operator.id
        )
        return Decided(proposal_id=proposal_id, version=version, status=Status.SNOOZED, snoozed_until=moment)


async def unsnooze(ctx: Context, operator: SignedIn, proposal_id: int, version: int) -> Decided:
    """Bring a snoozed proposal back. One that is back already stays as it is."""
    async with deciding(ctx, operator, proposal_id) as conn:
        await lock_decidable(ctx, conn, operator, proposal_id, version, Operation.SNOOZE, {Status.PENDING})
        await queries.run(conn, SQL["unsnooze"], id=proposal_id)
        return Decided(proposal_id=proposal_id, version=version, status=Status.PENDING)


async def wake(conn: Connection, event: Event, subject_key: str, object_id: str) -> list[Json]:
    """Bring back the proposals about a subject that wait for this event, whose transaction this is; returns the outcomes.

    The caller holds the lock of the subject and of its open proposals.
    """
    await act_as(conn, WORKER, {"event": event.id, "why": f"{event.type} arrived"})
    rows = await queries.many(conn, SQL["wake"], subject_key=subject_key, object_id=object_id)
    await act_as(conn, WORKER, {"event": event.id})
    return [{"play": row["play"], "proposal": row["id"], "result": "woken"} for row in rows]


async def note_return(ctx: Context, proposal_id: int) -> None:
    """Write into the trail of a proposal that its moment has come, once somebody looks at it."""
    async with ctx.connection() as conn:
        if await queries.one(conn, SQL["is_back"], id=proposal_id) is None:
            return
    async with ctx.transaction(WORKER, why="its time has come") as conn:
        await queries.run(conn, SQL["return"], id=proposal_id)


async def next_attempt(conn: Connection, proposal_id: int) -> datetime | None:
    """The moment at which the payment that a proposal is about is tried next; None where no attempt is planned."""
    at: datetime | None = (await queries.the_one(conn, SQL["next_attempt"], id=proposal_id))["at"]
    return at


async def _latest(ctx: Context, conn: Connection, proposal: Proposal, until: Until) -> datetime:
    """The moment at which a snoozed proposal is back at the latest."""
    now, expires_at = ctx.clock.now(), proposal.expires_at
    last = max(expires_at - _BEFORE_EXPIRY, now + (expires_at - now) / 2)
    if until.what is SnoozedFor.ATTEMPT:
        attempt = await next_attempt(conn, proposal.id)
        if attempt is None:
            raise InvalidInputError(
                f"No further attempt is known for proposal {proposal.id}; nothing was changed.",
                hint=f"Until the next event: execops proposals snooze {proposal.ref} --until event",
            )
        return min(last, attempt + _AFTER_ATTEMPT)
    if until.at is None:
        return last
    if not now < until.at <= expires_at:
        when = "past" if until.at <= now else f"after the proposal expires at {expires_at:%Y-%m-%d %H:%M} UTC"
        raise InvalidInputError(f"{until.at:%Y-%m-%d %H:%M} UTC is {when}; nothing was changed.")
    return until.at
