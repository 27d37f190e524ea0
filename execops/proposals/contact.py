"""Contact: the other messages that a customer got lately, and the question whether a further one may go out.

A message to a customer is an action whose payload names an address in `to` that is not one of the company's own team.
Two messages concern one customer where they share the subject or the address; `migrations/0025_contacts.sql` finds them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import RecentContactError
from execops.model import Json, Proposal, Status

SQL = queries.load("proposals_read")
_CENTURY = 876_600  # hours; a longer time could leave the calendar
_SENT = {
    Status.APPROVED: "is about to be written to, as approved on",
    Status.EXECUTING: "is being written to, as approved on",
    Status.EXECUTED: "was written to on",
}
_REMARKS = {
    Status.APPROVED: "; approved, not sent yet",
    Status.EXECUTING: "; being sent",
    Status.UNKNOWN: "; it may not have gone out",
    Status.REJECTED: "; given up, but it may have gone out",
}


class Contact(Struct, frozen=True, kw_only=True):
    """A message that a customer got, may have got, or is about to get.

    `at` is the end of the attempt, in UTC, else the moment of the decision. `words` are date, title and proposal.
    """

    proposal_id: int
    title: str
    status: Status
    at: datetime
    words: str


def team(ctx: Context) -> list[str]:
    """The addresses of the company's own team, in small letters: a message to them is none to a customer."""
    settings = ctx.settings
    return [address.lower() for address in (settings.account_owner_email, settings.finance_email) if address]


def since(ctx: Context) -> datetime | None:
    """The moment since which the contacts with a customer count; None where none counts."""
    hours = min(ctx.settings.contact_hours, _CENTURY)
    return ctx.clock.now() - timedelta(hours=hours) if hours else None


async def last(ctx: Context, conn: Connection, proposal_id: int) -> Contact | None:
    """The last other message to the customer of a proposal, however long ago; None if there is none."""
    ever = datetime.min.replace(tzinfo=UTC)
    row = await queries.one(conn, SQL["contacts"], id=proposal_id, team=team(ctx), since=ever, limit=1)
    return None if row is None else _contact(ctx, row)


async def question(ctx: Context, conn: Connection, proposal: Proposal, decision: str) -> RecentContactError:
    """The error that asks whether a further message may go out. `decision` is the command that takes the answer."""
    latest, *earlier = await queries.many(
        conn, SQL["contacts"], id=proposal.id, team=team(ctx), since=since(ctx), limit=None
    )
    text = sentence(ctx, latest)
    if earlier:
        proposals = ", ".join(str(row["id"]) for row in earlier)
        text += f" Before that: proposal{'s' if len(earlier) > 1 else ''} {proposals}."
    command = f"execops proposals {decision} {proposal.ref} --again"
    return RecentContactError(text, hint=f'To write again all the same: {command}; over HTTP: "again": true.')


def sentence(ctx: Context, row: Json) -> str:
    """Say in a sentence what the customer got, when, and by which proposal. `row` is a contact of the database."""
    happened = _SENT.get(Status(row["status"]), "may have been written to on")
    return f"The customer {happened} {_words(ctx, row)} (proposal {row['id']})."


def _contact(ctx: Context, row: Json) -> Contact:
    status = Status(row["status"])
    words = f"{_words(ctx, row)} (proposal {row['id']}{_REMARKS.get(status, '')})"
    return Contact(proposal_id=row["id"], title=row["title"], status=status, at=_at(row), words=words)


def _words(ctx: Context, row: Json) -> str:
    return f"{_at(row).astimezone(ZoneInfo(ctx.settings.time_zone)):%Y-%m-%d %H:%M %Z}, {row['title']}"


def _at(row: Json) -> datetime:
    """The moment of a contact in UTC; within JSON it is a text."""
    at = row["at"]
    return (at if isinstance(at, datetime) else datetime.fromisoformat(at)).astimezone(UTC)
