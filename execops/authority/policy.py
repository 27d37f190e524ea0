"""Which action types and plays are allowed, whether executions are paused, who must never be contacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json, Operator, Record
from execops.ports import Adapter

SQL = queries.load("policies")


@dataclass(frozen=True, kw_only=True, slots=True)
class Switched(Record):
    """Who last allowed or forbade something, since when, and why."""

    allowed: bool
    decided_by: str
    since: datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force, read in one go."""

    rows: dict[tuple[str, str], bool]

    def action_allowed(self, action_type: str, adapters: Mapping[str, Adapter]) -> bool:
        """Whether actions of this type may be performed: as last switched, else by default."""
        default = allowed_by_default(adapters.get(action_type))
        return self.rows.get(("action", action_type), default)

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


def allowed_by_default(adapter: Adapter | None) -> bool:
    """Whether an action type may be performed before anybody has switched it.

    Never where it moves money: a founder allows that first. An action type without an adapter counts as such.
    """
    return adapter is not None and adapter.allowed_by_default and not adapter.moves_money


async def switch(
    conn: Connection,
    operator: Operator,
    kind: str,
    name: str,
    *,
    allowed: bool,
    why: str | None,
    default: bool,
) -> bool:
    """Allow or forbid an action type or a play; False, and nothing written, where it is so already.

    `default` says whether it is allowed as long as nobody has switched it.
    """
    if (await read(conn)).rows.get((kind, name), default) is allowed:
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
