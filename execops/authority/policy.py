"""Policies: allowed action types and plays, the pause of all executions, and suppressed customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from psycopg.rows import DictRow

from execops.db import queries
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.model import ABOUT_PAYMENT, Operator, Proposal, Record, is_own_money

if TYPE_CHECKING:
    from execops.ports import Adapter

SQL = queries.load("policies")
SYSTEM = "ExecOps"  # in the place of an operator's name, where it suspended something


class Switched(Record, frozen=True, kw_only=True):
    """The last switch of an action type, a play or all executions: its operator, time and reason."""

    allowed: bool
    decided_by: str
    since: datetime
    why: str | None
    suspended: bool = False  # ExecOps forbade it, because its drafts were rejected too often


class Suppression(Record, frozen=True, kw_only=True):
    """A customer who is never contacted: since when, by whose decision, and why."""

    subject_key: str
    created_by: str
    created_at: datetime
    why: str | None


class Policy(Struct, frozen=True):
    """The rules in force at one moment, by kind and name."""

    rows: dict[tuple[str, str], bool]

    def action_allowed(self, action_type: str, adapters: Mapping[str, Adapter]) -> bool:
        """Whether actions of this type may be performed: as an operator last switched it, else by default."""
        default = allowed_by_default(adapters.get(action_type))
        return self.rows.get(("action", action_type), default)

    def play_allowed(self, play: str) -> bool:
        """Whether this play may draft."""
        return self.rows.get(("play", play), True)

    def suppressed(self, subject_key: str) -> bool:
        """Whether nobody may contact this customer. `read` must have been called with their key."""
        return ("suppression", subject_key) in self.rows

    @property
    def paused(self) -> bool:
        """Whether every execution waits until `execops resume`."""
        return not self.rows.get(("system", "executions"), True)


async def hold_executions(conn: Connection, proposal_id: int) -> Sent[DictRow]:
    """Send the query of the policy for a proposal, within a pipeline; `of_rows` makes the policy of its rows.

    It keeps others from pausing or resuming until the transaction ends. Without this lock, a job could see the pause and end
    while a `resume` commits that does not see the job.
    """
    return await queries.send(conn, SQL["hold_executions"], proposal_id=proposal_id)


async def read(conn: Connection, *subject_keys: str) -> Policy:
    """Read the policy as of now, with the suppressions of these customers only."""
    return of_rows(await (await send_read(conn, *subject_keys)).many())


async def send_read(conn: Connection, *subject_keys: str) -> Sent[DictRow]:
    """Send the query of `read`, within a pipeline; `of_rows` makes the policy of its rows."""
    return await queries.send(conn, SQL["in_force"], subject_keys=list(subject_keys))


def of_rows(rows: Iterable[DictRow]) -> Policy:
    """The policy of these rows."""
    return Policy({(row["kind"], row["name"]): row["allowed"] for row in rows})


async def switches(conn: Connection) -> dict[tuple[str, str], Switched]:
    """Read the last switch of each rule that an operator ever switched, by kind and name."""
    rows = await queries.many(conn, SQL["all"])
    return {(row["kind"], row["name"]): Switched.from_row(row) for row in rows}


async def allowed_actions(conn: Connection) -> list[str]:
    """The action types that a founder allowed by a switch, in order of their names; those by default are not among them."""
    return [row["name"] for row in await queries.many(conn, SQL["allowed_actions"])]


def allowed_by_default(adapter: Adapter | None) -> bool:
    """Whether an action type may be performed before an operator has switched it.

    False where it moves money: a founder allows that first. An action type without an adapter counts as such.
    """
    return adapter is not None and adapter.allowed_by_default and not adapter.moves_money


async def set_allowed(
    conn: Connection,
    operator: Operator,
    kind: str,
    name: str,
    *,
    allowed: bool,
    why: str | None,
    default: bool = True,
    again: bool = False,
) -> bool:
    """Allow or forbid an `action` type, a `play`, or (kind `system`) `executions`.

    `default` is the rule before the first switch. If the rule would stay the same, it returns False and writes nothing;
    with `again`, it then records the operator and the reason anew. The audit log shows the transaction's actor.
    """
    if not again and (await read(conn)).rows.get((kind, name), default) is allowed:
        return False
    changed = await queries.run(
        conn,
        SQL["set_allowed"],
        kind=kind,
        name=name,
        allowed=allowed,
        decided_by=operator.name,
        why=why,
        again=again,
    )
    return changed > 0  # 0: another operator was faster


async def suspend(conn: Connection, kind: str, name: str, why: str) -> None:
    """Forbid a `play` or an `action` type in the system's name; the guard wants a person's rejection and a proposal with it."""
    await queries.run(conn, SQL["suspend"], kind=kind, name=name, decided_by=SYSTEM, why=why)


async def enable_again(conn: Connection, kind: str, name: str, operator_id: int | None, why: str) -> None:
    """End a suspension that this operator approved to end; one that has ended meanwhile stays ended."""
    await queries.run(conn, SQL["enable_again"], kind=kind, name=name, operator_id=operator_id, why=why)


async def suppress(
    conn: Connection, operator: Operator, subject_key: str, why: str | None, proposal_id: int | None = None
) -> bool:
    """Forbid every play and action to contact this customer again; False where that was so before.

    `proposal_id` is the proposal whose rejection said so, if one did.
    """
    added = await queries.run(
        conn,
        SQL["suppress"],
        subject_key=subject_key,
        created_by=operator.name,
        why=why,
        proposal_id=proposal_id,
    )
    return added > 0


async def suppressed_with(conn: Connection, proposal_id: int) -> str | None:
    """The customer with whom the rejection of this proposal forbade the contact, where that still stands."""
    row = await queries.one(conn, SQL["suppressed_with"], proposal_id=proposal_id)
    return None if row is None else str(row["subject_key"])


async def customer_of(conn: Connection, proposal: Proposal) -> str | None:
    """The customer, or the receiver, whom a proposal is about; None for one about a payment of nobody known, or about own money.

    The events of a dispute, a refund and a warning name their payment only; the ledger tells whose it is.
    """
    object_id, types = proposal.object_id, sorted(ABOUT_PAYMENT)
    row = await queries.one(conn, SQL["customer_of"], object_id=object_id, types=types)
    if row is None:
        return None if is_own_money(proposal.object_id) else proposal.subject_key
    customer: str | None = row["customer"]
    return customer


async def suppressions(conn: Connection) -> list[Suppression]:
    """Every customer who is never contacted, the latest first."""
    return [Suppression.from_row(row) for row in await queries.many(conn, SQL["suppressions"])]


async def lift_suppression(conn: Connection, subject_key: str) -> Suppression | None:
    """Allow contact with this customer again; None where the customer was not suppressed."""
    row = await queries.one(conn, SQL["lift_suppression"], subject_key=subject_key)
    return None if row is None else Suppression.from_row(row)
