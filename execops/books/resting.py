"""Open invoices that rest: no play drafts about them before a moment, whatever events of their customer say of others.

A customer may have hundreds of open invoices about which nothing is drafted, and an event about one of them changes no
answer about the others. The ledger keeps the moment up to which each rests, and a digest of all that the answers hang on
besides the invoice itself (`migrations/0062_open_invoices.sql`). While the digest is the same, the facts are read without
these invoices. Facts that are read so have `Unread` in the place of the other invoices: a play that looks at them anyway
gets the whole facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from execops import __version__
from execops.books.subject_rows import PAYMENTS, SubjectRows
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json

SQL = queries.load("ledger")
NEEDS = frozenset({"top_customer", "actions"})  # the costly facts that the digest holds
BATCH = 16  # invoices that are laid to rest together, so that customers with fewer cost nothing more
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


@dataclass(frozen=True, slots=True)
class Awake:
    """The open invoices of a subject that were read because they do not rest, each with the number of its changes.

    `context` is the digest of now; `stands` says that the last judgement had the same.
    """

    subject_key: str
    changes: Mapping[str, int]
    context: UUID
    stands: bool


def context_of(subject: SubjectRows, shared: Mapping[str, Any], org: Json, plays: Json) -> UUID:
    """The digest of all that the answers about a subject's open invoices hang on, besides the invoice and the time.

    `shared` holds the facts that `NEEDS` names, `org` the settings that drafts use, `plays` the versions of the plays.
    """
    rows = [row for row in subject.by_id.values() if row["subject_key"] == subject.key]
    payments = [row for row in rows if row["object_type"] in {"charge", "payment_intent"}]
    payments.sort(key=lambda row: row["object_id"])
    payments.sort(key=lambda row: row["as_of"], reverse=True)
    telling = [
        row for row in payments[:PAYMENTS] if subject.state_of(row["object_id"]).get("status") in _TELLING
    ]
    others = sorted(
        (row for row in rows if row["object_type"] in _TYPES),
        key=lambda row: (row["as_of"], row["object_id"]),
    )
    has_paid = any(paid["amount_minor"] > 0 for paid in subject.paid)
    beside = {name: shared.get(name) for name in sorted(NEEDS)}
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps([__version__, plays, org, beside, has_paid], sort_keys=True).encode())
    for row in (*telling, *others):
        digest.update(
            f"\n{row['object_type']} {row['object_id']} {row['as_of'].isoformat()} {row['state']}".encode()
        )
    return UUID(bytes=digest.digest())


def holds(subject: SubjectRows, context: UUID, now: datetime) -> bool:
    """Whether the invoices that were left out rest still: nothing beside them changed, and the clock was not set back."""
    if subject.resting is None:
        return False
    same = UUID(subject.resting["context"]) == context
    return same and datetime.fromisoformat(subject.resting["judged_at"]) <= now


async def keep_context(conn: Connection, awake: Awake, now: datetime) -> None:
    """Keep the digest of now, so that the next judgement can lay invoices to rest if it is still the same then.

    The caller holds the lock of the subject.
    """
    await queries.run(
        conn, SQL["keep_context"], subject_key=awake.subject_key, context=awake.context, now=now
    )


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
