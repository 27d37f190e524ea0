"""Departures: a mail to a customer waits for the customer's morning, where EXECOPS_SEND_HOURS asks for that.

The time zone is the customer's where their facts tell it, by a zone or by a country whose clocks all show the same time;
else it is the company's. A mail whose time would run out before the morning leaves at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import SETUP, Json, Proposal, Status
from execops.proposals import contact
from execops.proposals.listing import Departure

SQL = queries.load("proposals_write")
_MARGIN = timedelta(
    seconds=1
)  # a wait that is longer than the undo window by more than this is one for the morning

_LATE = timedelta(hours=1)  # after its moment a mail counts as held up


class Plan(Struct, frozen=True, kw_only=True):
    """The moment before which an approved action must not leave, and why it leaves when it does, as words."""

    not_before: datetime | None = None
    words: str | None = None


async def plan(ctx: Context, conn: Connection, proposal: Proposal, delay: float) -> Plan:
    """When this action leaves if it is approved now; `delay` is the undo window in seconds."""
    hours = ctx.settings.send_hours
    if hours is None or not _waits_for_hours(ctx, proposal):
        return Plan()
    place = await queries.the_one(conn, SQL["customer_place"], subject_key=proposal.subject_key)
    zone = _zone(ctx, place)
    opening = hours.opening(place["now"] + timedelta(seconds=delay), zone)
    if opening is None:
        return Plan()
    if proposal.expires_at <= opening:
        until = _clock(proposal.expires_at, zone, place["now"])
        return Plan(words=f"leaves at once, for its time runs out {until}, before the morning")
    return Plan(not_before=opening, words=_leaves(opening, zone, place["now"]))


async def postpone(ctx: Context, conn: Connection, proposal: Proposal) -> float | None:
    """Let a mail that missed its moment wait for the next morning, where the hours are over by now; returns the seconds until then.

    A pause or a worker that stood still holds a mail beyond its moment: it must not leave in the customer's night then. None
    where it may leave now. The caller holds the lock of the proposal, of which nothing was attempted yet.
    """
    if ctx.settings.send_hours is None:
        return None
    row = await queries.one(conn, SQL["missed"], id=proposal.id, slack=_LATE.total_seconds())
    if row is None or not row["missed"]:
        return None
    not_before = (await plan(ctx, conn, proposal, 0.0)).not_before
    if not_before is None:
        return None
    return float((await queries.the_one(conn, SQL["postpone"], id=proposal.id, until=not_before))["wait"])


async def of(ctx: Context, conn: Connection, proposal: Proposal) -> Departure | None:
    """The departure of an approved mail that waits for the morning; None for any other proposal."""
    if proposal.status is not Status.APPROVED or not _waits_for_hours(ctx, proposal):
        return None
    row = await queries.one(conn, SQL["due"], id=proposal.id)
    if (
        row is None
        or row["due_at"] - row["decided_at"] <= timedelta(seconds=ctx.settings.undo_window) + _MARGIN
    ):
        return None
    place = await queries.the_one(conn, SQL["customer_place"], subject_key=proposal.subject_key)
    return Departure(at=row["due_at"], words=_leaves(row["due_at"], _zone(ctx, place), place["now"]))


def _waits_for_hours(ctx: Context, proposal: Proposal) -> bool:
    """Whether it is a mail to a customer: one to the team, or the first one to oneself, waits for nothing."""
    receiver = str(proposal.payload.get("to") or "").lower()
    is_mail = proposal.action_type == "email" and proposal.vertical != SETUP
    return is_mail and receiver not in contact.team(ctx)


def _zone(ctx: Context, place: Json) -> ZoneInfo:
    """The customer's time zone; the company's where the customer's is not known."""
    for name in (place["time_zone"], country_zones().get(place["country"] or "")):
        try:
            if name:
                return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # somebody wrote another thing there
            continue
    return ZoneInfo(ctx.settings.time_zone)


@cache
def country_zones() -> dict[str, str]:
    """The time zone of each country whose clocks all show the same time, by its ISO code."""
    import tomllib  # only where hours are set

    text = files("execops.proposals").joinpath("country_zones.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _leaves(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"leaves {_clock(at, zone, now)}"


def _clock(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A moment by the clock of a zone: `at 08:00 Europe/Berlin`, with its day where that is another one than today."""
    local = at.astimezone(zone)
    day = "" if local.date() == now.astimezone(zone).date() else f"on {local:%a %d %b} "
    return f"{day}at {local:%H:%M} {zone.key}"
