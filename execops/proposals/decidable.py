"""The lock and the checks before a decision: the operator may take it, and it is about the version that they saw."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct
from psycopg.rows import DictRow

from execops.authority import operators, permissions
from execops.authority.permissions import Operation
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.errors import ConflictError, ExecOpsError, LockedError
from execops.model import ENABLE, Actor, Json, Proposal, SignedIn, Status
from execops.proposals import drafting, payloads

SQL = queries.load("proposals_write")


@asynccontextmanager
async def deciding(
    ctx: Context, operator: SignedIn, proposal_id: int, reason: str | None = None, *, suppress: bool = False
) -> AsyncIterator[Connection]:
    """Open a transaction in the operator's name. If it fails, expire the proposal if its time has run out."""
    metadata: Json = {"reason": reason} if reason else {}
    if suppress:
        metadata["suppress"] = True
    try:
        async with ctx.transaction(Actor.user(operator), **metadata) as conn:
            yield conn
    except LockedError:
        raise  # another wait for the same lock would tell nothing more
    except ExecOpsError:
        await drafting.write_expiry(ctx, proposal_id)
        raise


class Locking(Struct, frozen=True):
    """The locked row of a proposal, and the record of the operator who decides, as a pipeline reads them."""

    proposal: Sent[DictRow]
    operator: Sent[DictRow]


async def send_lock(
    ctx: Context, conn: Connection, operator: SignedIn, proposal_id: int, decision: Operation
) -> Locking:
    """Send the lock of the proposal, within a pipeline; `lock_authorised` checks it. Raises NotAllowedError."""
    permissions.authorise(operator, decision, ctx.settings)
    return Locking(
        await queries.send(conn, SQL["lock"], id=proposal_id), await operators.send_current(conn, operator)
    )


async def lock_authorised(
    ctx: Context,
    conn: Connection,
    operator: SignedIn,
    proposal_id: int,
    decision: Operation,
    locking: Locking | None = None,
) -> Proposal:
    """Lock the proposal and check that this operator may take this decision on it. Raises NotAllowedError.

    `locking` is the result of `send_lock`, where the caller has locked it.
    """
    if locking is None:
        async with conn.pipeline():
            locking = await send_lock(ctx, conn, operator, proposal_id, decision)
    proposal = drafting.locked(await locking.proposal.one(), proposal_id)
    current = operators.standing(operator, await locking.operator.one())
    moves_money = payloads.moves_money(ctx.adapters.get(proposal.action_type))
    permissions.authorise(current, decision, ctx.settings, proposal, moves_money=moves_money)
    if proposal.action_type == ENABLE and decision in {Operation.APPROVE, Operation.RETRY, Operation.CONFIRM}:
        of_play = proposal.payload.get("kind") == "play"
        permissions.authorise(
            current, Operation.ENABLE_PLAY if of_play else Operation.ENABLE_ACTION, ctx.settings
        )
    return proposal


async def lock_decidable(
    ctx: Context,
    conn: Connection,
    operator: SignedIn,
    proposal_id: int,
    version: int,
    decision: Operation,
    states: set[Status],
    locking: Locking | None = None,
) -> Proposal:
    """Lock the proposal and check the operator, the status and the version. Raises NotAllowedError, ConflictError."""
    proposal = await lock_authorised(ctx, conn, operator, proposal_id, decision, locking)
    if proposal.status not in states:
        raise ConflictError(
            await _describe_decision(conn, proposal), hint=f"execops proposals show {proposal_id}"
        )
    require_version(proposal, version)
    return proposal


def require_version(proposal: Proposal, version: int) -> None:
    if proposal.version != version:
        raise ConflictError(
            f"Proposal {proposal.id} is at version {proposal.version}, you saw {version}; nothing was changed.",
            hint=f"Look at it again: execops proposals show {proposal.id}",
        )


async def _describe_decision(conn: Connection, proposal: Proposal) -> str:
    """The message of a conflict: the proposal's status, who decided it and when."""
    decision = ""
    if proposal.decided_by is not None:
        names = {operator.id: operator.name for operator in await operators.everyone(conn)}
        decision = f", decided by {names.get(proposal.decided_by, 'somebody')}"
        if proposal.decided_at is not None:
            decision += f" at {proposal.decided_at:%Y-%m-%d %H:%M:%S} UTC"
    outcome = f" ({proposal.outcome})" if proposal.outcome else ""
    return f"Proposal {proposal.id} is {proposal.status}{decision}{outcome}; nothing was changed."
