"""Erase the words about one customer. Amounts, ids, hashes and moments stay, so every sum and the audit chain stay right.

The database itself erases, in one function that only a proven founder can use (`migrations/0052_erasure.sql`). A proposal
that is live is ended first; one that is in flight is never touched, and nothing is erased then. The ids of the customer
stay: the books count by them. A later event about the same customer is stored as any other, and a second erasure takes its
words too.
"""

from __future__ import annotations

import asyncio

from execops.books import facts
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError, InvalidInputError, NotFoundError
from execops.model import Proposal, Record, Status
from execops.proposals import drafting
from execops.text import maildir

SQL = queries.load("erasures")
_WHY = "the customer was erased"


class Held(Record, frozen=True, kw_only=True):
    """Everything on record about a customer, counted.

    `live` are the proposals that an erasure ends first, `in_flight` those that forbid one, `waiting` the events that are not
    processed yet, which forbid one too.
    """

    subject_key: str
    events: int
    waiting: int
    proposals: int
    live: int
    in_flight: int
    snapshots: int
    movements: int


class Erased(Record, frozen=True, kw_only=True):
    """The number of rows of each kind whose words were erased now.

    `ended` are proposals that were live. `movements` are those of a bank, which told the customer's name; `messages` the
    files of the outbox. `older_entries` of the audit log keep their words: an earlier version wrote them into the log itself.
    """

    subject_key: str
    ended: int
    events: int
    proposals: int
    snapshots: int
    movements: int
    audit_entries: int
    older_entries: int
    questions: int
    messages: int = 0


async def held(conn: Connection, subject_key: str) -> Held:
    """Count what is on record about a customer. Raises InvalidInputError, and NotFoundError where nothing is."""
    if not subject_key.strip() or ":" in subject_key:
        raise InvalidInputError(f"{subject_key!r} is not the id of a customer, such as cus_123.")
    row = await queries.the_one(conn, SQL["holds"], subject_key=subject_key)
    if not any(row.values()):
        raise NotFoundError(
            f"Nothing is on record about {subject_key}.", hint="execops canvas 'top customers'"
        )
    return Held(subject_key=subject_key, **row)


async def erase(ctx: Context, conn: Connection, subject_key: str) -> tuple[Erased, list[str]]:
    """Erase the words about a customer; returns what was erased, and the keys of their messages in the outbox.

    The transaction's actor is a founder. Raises NotFoundError, and ConflictError while anything about the customer is in
    flight: an action that is being performed or may have gone out, a notification that is being sent, an event that waits.
    """
    await held(conn, subject_key)
    await queries.many(conn, SQL["lock_snapshots"], subject_key=subject_key)
    keys = [row["key"] for row in await queries.many(conn, SQL["subjects"], subject_key=subject_key)]
    await facts.lock_subjects(conn, dict(zip(keys, keys, strict=True)))
    rows = await queries.many(conn, SQL["lock_live"], subject_key=subject_key)
    await _refuse_in_flight(conn, subject_key, rows)
    for row in rows:
        await drafting.end(ctx, conn, Proposal.from_row(row), Status.SUPERSEDED, _WHY)
    counts = (await queries.the_one(conn, SQL["erase"], subject_key=subject_key))["counts"]
    messages = [*counts.pop("keys"), *counts.pop("notified")]
    return Erased(subject_key=subject_key, ended=len(rows), **counts), messages


async def remove_messages(ctx: Context, keys: list[str]) -> int:
    """Delete the messages with these keys from the outbox; returns how many there were.

    The keys stay on record, so a second erasure finds what a killed one left.
    """
    return await asyncio.to_thread(maildir.remove, ctx.settings.outbox, keys)


async def _refuse_in_flight(conn: Connection, subject_key: str, rows: list[dict[str, object]]) -> None:
    flying = [f"proposal {row['id']} is {row['status']}" for row in rows if _in_flight(row)]
    waiting = (await queries.the_one(conn, SQL["holds"], subject_key=subject_key))["waiting"]
    waiting += (await queries.the_one(conn, SQL["waiting_lines"], subject_key=subject_key))["n"]
    if waiting:
        flying.append(f"{waiting} of the events {'is' if waiting == 1 else 'are'} not processed yet")
    if (await queries.the_one(conn, SQL["sending"], subject_key=subject_key))["n"]:
        flying.append("a notification is being sent")
    if flying:
        raise ConflictError(
            f"Something about {subject_key} is in flight: {', '.join(flying)}. Nothing was erased.",
            hint="Let a worker end that, or confirm or close the proposal; then erase again.",
        )


def _in_flight(row: dict[str, object]) -> bool:
    """Whether an action is being performed, or may have gone out without anybody knowing."""
    return row["status"] in {Status.EXECUTING, Status.UNKNOWN} or bool(row["may_be_out"])
