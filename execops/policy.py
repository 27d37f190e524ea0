"""Which action types and plays are allowed, whether executions are paused, who must never be contacted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json, Operator, Record

SQL = queries.load("policies")
# Reversible by a mail or a message; whatever moves money a founder allows first.
_ACTIONS_ALLOWED_BY_DEFAULT = frozenset({"email", "slack"})
# What can be allowed ahead of anything that performs it.
_MONEY_ACTIONS = frozenset({"stripe_refund", "stripe_retry_invoice"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Switched(Record):
    """Who last allowed or forbade something, since when, and why."""

    allowed: bool
    decided_by: str
    since: datetime
    why: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression(Record):
    """A customer who is never contacted: since when, by whose decision, and why."""

    subject_key: str
    created_by: str
    created_at: datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force, read in one go."""

    rows: dict[tuple[str, str], bool]

    def action_allowed(self, action_type: str) -> bool:
        """Whether actions of this type may be performed."""
        return self.rows.get(("action", action_type), action_type in _ACTIONS_ALLOWED_BY_DEFAULT)

    def play_allowed(self, play: str) -> bool:
        """Whether this play may draft."""
        return self.rows.get(("play", play), True)

    def suppressed(self, subject_key: str) -> bool:
        """Whether this customer, one of those asked about, is never to be contacted."""
        return ("suppression", subject_key) in self.rows

    @property
    def paused(self) -> bool:
        """Whether every execution waits until `execops resume`."""
        return not self.rows.get(("system", "executions"), True)


async def hold_executions(conn: Connection, *subject_keys: str) -> Policy:
    """Hold off pausing and resuming until the transaction ends; returns the policy, as `read` does.

    Without it, a job that just saw the pause could be let go unseen by a `resume` that is being committed.
    """
    return await _in_force(conn, "hold_executions", subject_keys)


async def read(conn: Connection, *subject_keys: str) -> Policy:
    """The policy as of now, and which of these customers are suppressed."""
    return await _in_force(conn, "in_force", subject_keys)


async def _in_force(conn: Connection, query: str, subject_keys: Sequence[str]) -> Policy:
    values = {"org_id": ORG, "subject_keys": list(subject_keys)}
    rows = await (await conn.execute(SQL[query], values)).fetchall()
    return Policy({(row["kind"], row["name"]): row["allowed"] for row in rows})


async def switches(conn: Connection) -> dict[tuple[str, str], Switched]:
    """What was ever allowed or forbidden, by kind and name."""
    rows = await (await conn.execute(SQL["all"], {"org_id": ORG})).fetchall()
    return {(row["kind"], row["name"]): Switched.from_row(row) for row in rows}


def action_types(adapters: Collection[str]) -> frozenset[str]:
    """Every action type that is known, whether or not anything here performs it."""
    return _ACTIONS_ALLOWED_BY_DEFAULT | _MONEY_ACTIONS | frozenset(adapters)


async def switch(
    conn: Connection, operator: Operator, kind: str, name: str, *, allowed: bool, why: str | None
) -> bool:
    """Allow or forbid an action type or a play; False, and nothing written, where it is so already."""
    rules = await read(conn)
    now = rules.play_allowed(name) if kind == "play" else rules.action_allowed(name)
    if now is allowed:
        return False
    row = _row(operator, kind, name, allowed=allowed, why=why)
    return await (await conn.execute(SQL["switch"], row)).fetchone() is not None


async def set_allowed(
    conn: Connection, operator: Operator, kind: str, name: str, *, allowed: bool, why: str | None
) -> None:
    """Allow or forbid; the transaction's actor stands in the audit log."""
    await conn.execute(SQL["set"], _row(operator, kind, name, allowed=allowed, why=why))


def _row(operator: Operator, kind: str, name: str, *, allowed: bool, why: str | None) -> Json:
    return {
        "org_id": ORG,
        "kind": kind,
        "name": name,
        "allowed": allowed,
        "decided_by": operator.name,
        "why": why,
    }


async def suppressed(conn: Connection, subject_key: str) -> bool:
    """Whether this customer is never to be contacted."""
    row = await (
        await conn.execute(SQL["is_suppressed"], {"org_id": ORG, "subject_key": subject_key})
    ).fetchone()
    return row is not None


async def suppress(conn: Connection, operator: Operator, subject_key: str, why: str | None) -> None:
    """Never contact this customer again."""
    row = {"org_id": ORG, "subject_key": subject_key, "created_by": operator.name, "why": why}
    await conn.execute(SQL["suppress"], row)


async def suppressions(conn: Connection) -> list[Suppression]:
    """Every customer who is never contacted, the latest first."""
    rows = await (await conn.execute(SQL["suppressions"], {"org_id": ORG})).fetchall()
    return [Suppression.from_row(row) for row in rows]


async def lift_suppression(conn: Connection, subject_key: str) -> Suppression | None:
    """Allow contact with this customer again; None where the customer was not suppressed."""
    values = {"org_id": ORG, "subject_key": subject_key}
    row = await (await conn.execute(SQL["lift_suppression"], values)).fetchone()
    return None if row is None else Suppression.from_row(row)
