"""Consents: the operators who want to be told of urgent proposals, each by their own switch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from execops.db import queries
from execops.db.pool import Connection
from execops.model import Operator, Record

SQL = queries.load("notification_consents")


class Consent(Record, frozen=True, kw_only=True):
    """The answer of an operator: whether they are told, as which Slack member, and since when the answer stands."""

    operator_id: int
    allowed: bool
    member: str
    since: datetime


async def of_operator(conn: Connection, operator: Operator) -> Consent | None:
    """The operator's answer; None where they never gave one."""
    row = await queries.one(conn, SQL["of_operator"], operator_id=operator.id)
    return None if row is None else Consent.from_row(row)


async def answer(conn: Connection, operator: Operator, *, allowed: bool, member: str) -> None:
    """Record an answer; the transaction is the operator's own. The same answer again changes nothing."""
    await queries.run(conn, SQL["answer"], operator_id=operator.id, allowed=allowed, member=member)


async def consenting(conn: Connection) -> Sequence[tuple[Operator, str]]:
    """The enabled operators who decide and want to be told, in the order of their ids, each with their Slack member."""
    rows = await queries.many(conn, SQL["consenting"])
    return [(Operator.from_row(row), row["member"]) for row in rows]
