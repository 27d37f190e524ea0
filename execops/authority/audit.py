"""The audit trail: reading it, and verifying that nothing in it was changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import AuditEntry

SQL = queries.load("audit_log")
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An audit entry with the name of who acted: an operator's, or a part of ExecOps."""

    entry: AuditEntry
    actor: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of the chain. `head` against an earlier print shows whether the tail was cut.

    `broken_at` is the first row that is not what was written, with the reason in `problem`.
    """

    count: int
    head: str
    broken_at: int | None = None
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every row is as it was written, and none is missing before the head."""
        return self.broken_at is None


async def trail(conn: Connection, proposal_id: int) -> list[TrailEntry]:
    """What happened to a proposal, the oldest first."""
    rows = await (
        await conn.execute(SQL["of_proposal"], {"org_id": ORG, "proposal_id": proposal_id})
    ).fetchall()
    return [TrailEntry(AuditEntry.from_row(row), row["actor_name"] or row["actor_id"]) for row in rows]


async def latest(conn: Connection, limit: int) -> list[TrailEntry]:
    """The latest entries of all, the newest first."""
    rows = await (await conn.execute(SQL["latest"], {"org_id": ORG, "limit": limit})).fetchall()
    return [TrailEntry(AuditEntry.from_row(row), row["actor_name"] or row["actor_id"]) for row in rows]


async def verify(conn: Connection) -> Verification:
    """Hash every row anew, in order: hash = sha256(prev_hash ‖ canonical row), each on the one before."""
    count, head = 0, GENESIS
    async with conn.transaction(), conn.cursor(name="audit_chain") as cursor:
        cursor.itersize = 5000
        await cursor.execute(SQL["chain"], {"org_id": ORG})
        async for row in cursor:
            problem = None
            if row["seq"] != count + 1:
                problem = f"row {count + 1} is missing"
            elif row["prev_hash"] != head:
                problem = "it does not follow the row before it"
            elif hashlib.sha256((head + row["canonical"]).encode()).hexdigest() != row["hash"]:
                problem = "it was changed after it was written"
            if problem:
                return Verification(count, head, row["seq"], problem)
            count, head = count + 1, row["hash"]
    return Verification(count, head)
