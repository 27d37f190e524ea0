"""The rows of the ledger about one subject, in the form in which facts hold them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from execops.books import strangers
from execops.db import queries
from execops.db.pool import Connection
from execops.model import ABOUT_PAYMENT, Json

SQL = queries.load("ledger")
CHARGED = "charged:"  # the mark of what came by charges alone, before the currency
PAYMENTS = 20  # the latest payments of a subject that are read beside an object: see facts_of_subject


class SubjectRows:
    """The rows of a subject and of the objects `wanted` beside it, the newest first. `made` gets what is harmless already.

    `resting` is the digest by which open invoices may rest, with the moment of the last judgement; None where none does.
    `is_whole` says that no open invoice was left out. `changes` are the numbers of changes of the open invoices that were
    read for the subject, and not by their ids.
    """

    def __init__(
        self,
        key: str,
        rows: list[dict[str, Any]],
        wanted: Collection[str],
        made: strangers.Made,
        *,
        whole: bool,
    ) -> None:
        self.key = key
        self.wanted = frozenset(wanted)
        self.by_id: dict[str, dict[str, Any]] = {}
        sums = {row["object_type"]: json.loads(row["state"]) for row in rows if row["object_id"] is None}
        self.resting: Json | None = sums.pop("context", None)
        self.is_whole = whole or self.resting is None
        self.paid = [state for name, state in sums.items() if not name.startswith(CHARGED)]
        self.charged = [state for name, state in sums.items() if name.startswith(CHARGED)]
        self.changes: dict[str, int] = {}
        self._made = made
        self._by_type: dict[str, list[Json]] = {}
        self.add([row for row in rows if row["object_id"] is not None])

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Add the rows of objects. One that was read before stays."""
        for row in rows:
            if row["changes"] is not None:
                self.changes[row["object_id"]] = row["changes"]
            if row["object_id"] in self.by_id:
                continue
            self.by_id[row["object_id"]] = row
            if row["subject_key"] == self.key:
                self._by_type.setdefault(row["object_type"], []).append(self._state(row))
        for states in self._by_type.values():
            states.sort(key=lambda state: self.by_id[state["id"]]["as_of"], reverse=True)

    def states(self, object_type: str, own: dict[str, Any]) -> list[Json]:
        """The states of the subject's objects of a type, and `own` where it is one of another subject."""
        states = self._by_type.get(object_type, [])
        if (
            own
            and own["object_type"] == object_type
            and all(state["id"] != own["object_id"] for state in states)
        ):
            return [self._state(own), *states]
        return states

    def state_of(self, object_id: str) -> Json:
        """The state of an object that was read."""
        return self._state(self.by_id[object_id])

    def _state(self, row: dict[str, Any]) -> Json:
        text, as_of = row["state"], row["as_of"].isoformat()
        state, hidden = strangers.harmless_state(text, row["object_id"], as_of)
        self._made[id(state)] = (state, state, hidden)
        return state


async def read(
    conn: Connection,
    subject_key: str,
    wanted: Collection[str],
    made: strangers.Made,
    *,
    until: datetime | None = None,
) -> SubjectRows:
    """Read the rows of a subject and of these objects. Open invoices that rest at the moment `until` are left out."""
    rows = await queries.many(
        conn,
        SQL["facts_of_subject"],
        ids=sorted(wanted),
        subject=subject_key,
        until=until or "infinity",
    )
    return SubjectRows(subject_key, rows, wanted, made, whole=until is None)


async def of_payers(
    conn: Connection, subject: SubjectRows, object_ids: Collection[str], made: strangers.Made
) -> dict[str, SubjectRows]:
    """The rows of the customer of each of these objects about a payment; none where its customer is not known.

    The events of a dispute, a refund or a warning name their payment only, so their own subject is the object itself. The
    ledger finds the customer.
    """
    customers: dict[str, SubjectRows] = {}
    for object_id in object_ids:
        own = subject.by_id.get(object_id, {})
        key = own.get("subject_key")
        if own.get("object_type") in ABOUT_PAYMENT and key and key != subject.key:
            customers[object_id] = await read(conn, key, {object_id}, made)
    return customers
