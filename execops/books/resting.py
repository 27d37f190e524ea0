"""Open invoices that rest: no play drafts about them before a moment, whatever events of their customer say of others.

A customer may have hundreds of open invoices about which nothing is drafted, and an event about one of them changes no
answer about the others. The ledger keeps the moment up to which each rests, and by what: the payments that tell something of
open invoices, and a digest of all else that the answers hang on (`migrations/0062_open_invoices.sql`). While the digest is
the same, the facts are read without these invoices, and with those that a new payment may be one of. Facts that are read so
have `Unread` in the place of the other invoices: a play that looks at them anyway gets the whole facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID, uuid4

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops import __version__
from execops.books.subject_rows import PAYMENTS, SubjectRows
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json

SQL = queries.load("ledger")
NEEDS = frozenset({"top_customer", "actions"})  # the costly facts that the digest holds
BATCH = 16  # invoices that are laid to rest together, so that customers with fewer cost nothing more
MANY = 4 * BATCH  # touched invoices, from which on none of the subject rests any more
_TYPES = frozenset({"customer", "subscription", "card", "dispute", "confirmation", "setup_intent"})
# The payments that say something of an open invoice: it failed, it is on its way, or the customer has to act.
_TELLING = frozenset({"failed", "requires_payment_method", "pending", "processing", "requires_action"})


class OpenInvoicesUnreadError(Exception):
    """A play looks at open invoices that were not read. The whole facts answer it."""


class Unread(list[Json]):
    """The place of invoices that were not all read: whoever looks at it gets OpenInvoicesUnreadError.

    `awake` are the states of those that were read.
    """

    def __init__(self, awake: list[Json]) -> None:
        super().__init__()
        self.awake = awake

    def _refuse(self, *_: object) -> NoReturn:
        raise OpenInvoicesUnreadError

    __iter__ = __len__ = __getitem__ = __contains__ = __bool__ = __add__ = __eq__ = _refuse


class Awake(Struct, frozen=True):
    """The open invoices of a subject that were read because they do not rest, each with the number of its changes.

    `touched` are those of them that rested, and that a payment tells something new of. `stands` says that the others rest by
    `context` still; else `context` is a new one. `beside` and `payments` are those of now, `is_new` says that the payments
    are others than those on record.
    """

    subject_key: str
    changes: Mapping[str, int]
    touched: frozenset[str]
    stands: bool
    context: UUID
    beside: UUID
    payments: Json
    is_new: bool


class Touched(Struct, frozen=True):
    """What new payments, and those that are gone, may tell something of: invoices by their ids, or by amounts and ids."""

    invoices: frozenset[str]
    payments: frozenset[str]


def beside(subject: SubjectRows, shared: Mapping[str, Any], org: Json, plays: Json) -> UUID:
    """The digest of all that the answers about a subject's open invoices hang on, besides invoices, payments and time.

    `shared` holds the facts that `NEEDS` names, `org` the settings that drafts use, `plays` the versions of the plays.
    """
    rows = [row for row in _rows(subject) if row["object_type"] in _TYPES]
    rows.sort(key=lambda row: (row["as_of"], row["object_id"]))
    has_paid = any(paid["amount_minor"] > 0 for paid in subject.paid)
    costly = {name: shared.get(name) for name in sorted(NEEDS)}
    facts_beside = json.dumps([__version__, plays, org, costly, has_paid], sort_keys=True)
    return UUID(bytes=_digest(facts_beside, *map(_text, rows)))


def payments_of(subject: SubjectRows) -> Json:
    """The latest payments of a subject that tell something of an open invoice, each with what finds the invoices."""
    rows = [row for row in _rows(subject) if row["object_type"] in {"charge", "payment_intent"}]
    rows.sort(key=lambda row: row["object_id"])
    rows.sort(key=lambda row: row["as_of"], reverse=True)
    payments: Json = {}
    for row in rows[:PAYMENTS]:
        state = subject.state_of(row["object_id"])
        if state.get("status") in _TELLING:
            ids = (row["object_id"], state.get("intent"), state.get("charge"), state.get("amount"))
            payments[row["object_id"]] = {
                "digest": _digest(_text(row)).hex(),
                "invoice": state.get("invoice"),
                "ids": [str(name) for name in ids if name is not None],
            }
    return payments


def touched(before: Json, now: Json) -> Touched:
    """What the payments tell something of that are not the same as before. A payment that names its invoice is of no other."""
    changed = [
        payment
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
        for payment in (before.get(name), now.get(name))
        if payment
    ]
    return Touched(
        frozenset(payment["invoice"] for payment in changed if payment["invoice"]),
        frozenset(name for payment in changed if not payment["invoice"] for name in payment["ids"]),
    )


def holds(subject: SubjectRows, digest: UUID, now: datetime) -> bool:
    """Whether invoices that were left out may rest: nothing beside them changed, and the clock was not set back."""
    if subject.resting is None or UUID(subject.resting["beside"]) != digest:
        return False
    return datetime.fromisoformat(subject.resting["judged_at"]) <= now


async def look_at(conn: Connection, subject: SubjectRows, digest: UUID, now: datetime) -> Awake:
    """Find out which open invoices of a subject rest, and add those to its rows that a payment tells something new of.

    `digest` is that of `beside`. The caller holds the lock of the subject.
    """
    payments, resting = payments_of(subject), subject.resting
    if resting is None or not holds(subject, digest, now):
        return Awake(subject.key, subject.changes, frozenset(), False, uuid4(), digest, payments, True)
    context, keys = UUID(resting["context"]), touched(resting["payments"], payments)
    rows = await _read_touched(conn, subject, context, keys, now)
    if len(rows) > MANY:
        return Awake(subject.key, subject.changes, frozenset(), False, uuid4(), digest, payments, True)
    subject.add(rows)
    names = frozenset(row["object_id"] for row in rows)
    is_new = payments != resting["payments"]
    return Awake(subject.key, subject.changes, names, True, context, digest, payments, is_new)


async def _read_touched(
    conn: Connection, subject: SubjectRows, context: UUID, keys: Touched, until: datetime
) -> list[dict[str, Any]]:
    """The rows of the invoices of a subject that rest at the moment `until`, and that `keys` name."""
    if not (keys.invoices or keys.payments):
        return []
    return await queries.many(
        conn,
        SQL["touched_invoices"],
        subject_key=subject.key,
        context=context,
        until=until,
        invoices=sorted(keys.invoices),
        payments=sorted(keys.payments),
    )


async def keep_context(conn: Connection, awake: Awake, now: datetime) -> None:
    """Keep by what invoices may rest from now on. The caller holds the lock of the subject."""
    await queries.run(
        conn,
        SQL["keep_context"],
        subject_key=awake.subject_key,
        context=awake.context,
        beside=awake.beside,
        payments=Jsonb(awake.payments),
        now=now,
    )


async def wake(conn: Connection, awake: Awake) -> bool:
    """Let the touched invoices rest no more; returns whether all of them could be reached.

    The caller holds the lock of the subject.
    """
    if not awake.touched:
        return True
    woken = await queries.run(
        conn,
        SQL["wake"],
        subject_key=awake.subject_key,
        context=awake.context,
        invoices=sorted(awake.touched),
    )
    return woken == len(awake.touched)


async def lay_to_rest(conn: Connection, awake: Awake, untils: Mapping[str, datetime]) -> None:
    """Let open invoices rest until a moment each. The caller holds the lock of the subject."""
    await queries.run(
        conn,
        SQL["lay_to_rest"],
        subject_key=awake.subject_key,
        context=awake.context,
        invoices=list(untils),
        changes=[awake.changes[invoice] for invoice in untils],
        untils=list(untils.values()),
    )


def _rows(subject: SubjectRows) -> list[dict[str, Any]]:
    return [row for row in subject.by_id.values() if row["subject_key"] == subject.key]


def _text(row: dict[str, Any]) -> str:
    return f"{row['object_type']} {row['object_id']} {row['as_of'].isoformat()} {row['state']}"


def _digest(*texts: str) -> bytes:
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=16).digest()
