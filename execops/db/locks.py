"""The advisory locks of Postgres: every number that ExecOps uses, in the order in which locks are taken.

Holding a lock, code may take one that stands further down, never one that stands further up, so nothing deadlocks.
The audit chain's lock is a row (migrations/0002_audit_chain.sql), taken last of all. Two locks are outside of that order. ROLLUP_SLOT is only tried, so nobody waits for it; its
slot -1 stands for the sums by customer (migrations/0060_paid_lately.sql). ROLLUP_REBUILD is shared by the
transactions that change a sum, wherever they do; the one that holds it alone waits for nothing after it.

Python uses the names. SQL cannot, so it writes the name in a comment beside the number:
`pg_advisory_xact_lock(7308 /* subject */, …)`. tests/unit/test_locks.py compares both, and docs/architecture.md, with
this list.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Lock(IntEnum):
    """The first key of a lock; the second key tells threads, subjects, workers … apart."""

    guards: str

    def __new__(cls, number: int, guards: str) -> Self:
        lock = int.__new__(cls, number)
        lock._value_ = number
        lock.guards = guards
        return lock

    MIGRATION = 7304, "the schema, while one process migrates it"
    WORKER = 7307, "the jobs of a worker, for as long as its process lives"
    BACKFILL = 7309, "the history of a source, while one process reads it"
    THREAD = 7306, "a graph's thread, for one run"
    ROLLUP_REBUILD = 7312, "the sums, while they are built anew in another time zone"
    SUBJECT = 7308, "the facts about a customer or an object, while they are read and changed"
    RECIPIENT = 7313, "the messages to an address, while the next one is looked at before it is sent"
    PRECISION = (
        7314,
        "the decisions about a play or an action type, while it is judged whether it is suspended",
    )
    ROLLUP_SLOT = 7311, "the rows of the sums that one transaction writes; only tried, never waited for"

    @property
    def label(self) -> str:
        """The name as SQL comments and docs write it: `rollup slot`."""
        return self.name.lower().replace("_", " ")
