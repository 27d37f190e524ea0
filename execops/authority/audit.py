"""The audit trail: read it, and verify that nobody changed it, or what it tells of."""

from __future__ import annotations

import hashlib
import re
from contextlib import aclosing
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from execops.db import queries
from execops.db.pool import Connection
from execops.errors import InvalidInputError
from execops.model import AuditEntry

SQL = queries.load("audit_log")
STATE = queries.load("audit_state")
_MOST = 50  # differences that are named
GENESIS = "0" * 64
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class TrailEntry(Struct, frozen=True):
    """An audit entry with the name of its actor: an operator, or a part of ExecOps."""

    entry: AuditEntry
    actor: str

    @property
    def words(self) -> str:
        """The change in words, and why it was made; empty where the action says all."""
        from execops.authority import audit_words  # only where a trail is shown

        return audit_words.words(self.entry)


class Head(Struct, frozen=True):
    """The last entry of the chain: its number and its hash."""

    seq: int
    hash: str


class Verification(Struct, frozen=True):
    """The state of the chain: how many rows are as they were written, and the hash of the last of them.

    An operator compares `head` with one noted earlier to see whether the tail was cut. `broken_at` is the number of
    the first row that differs from what was written, and `problem` says how. `findings` are sentences: each names a
    proposal or an execution that is not as its last row says, a row whose words are not its own, or a guard that is not as
    the migrations define it.
    """

    count: int
    head: str
    broken_at: int | None = None
    problem: str | None = None
    findings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every row is as it was written, none before the head is missing, and all is as the rows say."""
        return self.broken_at is None and not self.findings


def read_head(text: str) -> Head:
    """Read a head as people note it: the count, a colon, the hash. Raises InvalidInputError."""
    written = _NOTED.fullmatch(text.strip())
    if written is None:
        raise InvalidInputError(
            f"{text!r} is no head of the audit log; nothing was checked.",
            hint="Write the count and the head of an earlier run: execops audit verify --from 1234:ab12…",
        )
    return Head(int(written[1]), written[2])


async def trail(conn: Connection, proposal_id: int) -> list[TrailEntry]:
    """The entries about a proposal, the oldest first."""
    return [_entry(row) for row in await queries.many(conn, SQL["of_proposal"], proposal_id=proposal_id)]


async def latest(conn: Connection, limit: int, *, before: int | None = None) -> list[TrailEntry]:
    """A page of the entries about anything, the newest first, with numbers below `before`."""
    return [_entry(row) for row in await queries.many(conn, SQL["latest"], limit=limit, before=before)]


async def head(conn: Connection) -> Head:
    """The last entry, as it is committed now."""
    row = await queries.one(conn, SQL["head"])
    return Head(0, GENESIS) if row is None else Head(row["seq"], row["hash"])


async def verify(conn: Connection, noted: Head | None = None) -> Verification:
    """Verify the chain, then compare with it every proposal and execution, and the guards with the migrations.

    With a `noted` head, verify what is new since: the rows after it, the proposals and executions that these tell of, and
    all guards. Rows before it are taken as they were when the head was noted.
    """
    from execops.db import guards  # only where it is asked for

    chain = await verify_chain(conn, noted)
    after = noted.seq if noted else 0
    return replace(chain, findings=(*await _differences(conn, after), *await guards.problems(conn)))


async def verify_chain(conn: Connection, noted: Head | None = None) -> Verification:
    """Hash every row anew, in order: hash = sha256(prev_hash ‖ canonical row); stop at the first that differs.

    It begins after the `noted` head, whose row must be there, with that hash and with no other content. The rows are read as
    a stream, so that a long trail does not fill the memory.
    """
    count, head = 0, GENESIS
    if noted is not None and noted.seq > 0:
        row = await queries.one(conn, SQL["noted"], seq=noted.seq)
        if row is None:
            last = (await queries.one(conn, SQL["head"])) or {"seq": 0, "hash": GENESIS}
            gone = f"row {noted.seq}, which was noted, is missing"
            return Verification(last["seq"], last["hash"], noted.seq, gone)
        if row["hash"] != noted.hash or _hashed(row) != noted.hash:
            return Verification(
                noted.seq - 1, row["prev_hash"], noted.seq, "it is not the row that was noted"
            )
        count, head = noted.seq, noted.hash
    async with conn.transaction(), aclosing(queries.stream(conn, SQL["chain"], after=count)) as rows:
        async for row in rows:
            problem = None
            if row["seq"] != count + 1:
                problem = f"row {count + 1} is missing"
            elif row["prev_hash"] != head:
                problem = "it does not follow the row before it"
            elif _hashed(row) != row["hash"]:
                problem = "it was changed after it was written"
            if problem:
                return Verification(count, head, row["seq"], problem)
            count, head = count + 1, row["hash"]
    return Verification(count, head)


def _hashed(row: dict[str, Any]) -> str:
    """The hash of a row, computed anew of the hash before it and of what stands in it."""
    return hashlib.sha256((row["prev_hash"] + row["canonical"]).encode()).hexdigest()


async def _differences(conn: Connection, after: int) -> list[str]:
    """The proposals and executions that are not as their last rows say, and the rows whose words are not their own.

    Each is a sentence; of many, the first ones. `after` leaves out what no row after this number tells of.
    """
    proposals = await queries.many(conn, STATE["proposals"], most=_MOST + 1, after=after)
    executions = await queries.many(conn, STATE["executions"], most=_MOST + 1, after=after)
    words = await queries.many(conn, STATE["words"], most=_MOST, after=after)
    lines = [f"Proposal {row['id']}: {row['problem']}." for row in proposals[:_MOST]]
    lines += [f"More than {_MOST} proposals differ."] * (len(proposals) > _MOST)
    lines += [
        f"Execution {row['id']} of proposal {row['proposal_id']}: {row['problem']}."
        for row in executions[:_MOST]
    ]
    lines += [f"More than {_MOST} executions differ."] * (len(executions) > _MOST)
    return lines + [f"Entry {row['id']} of the audit log: {row['problem']}." for row in words]


def _entry(row: dict[str, Any]) -> TrailEntry:
    return TrailEntry(AuditEntry.from_row(row), row["actor_name"] or row["actor_id"])
