"""Execution: recovery points around the one call that touches the outside world.

1. One transaction: check everything, insert the execution as running, move the proposal to executing.
2. `Adapter.perform`, with no transaction open.
3. One transaction: the result, and where the proposal stands.

A process may die anywhere. What step 1 left running is reconciled by its idempotency key before anything is
performed again; what cannot be told goes back to a person as `unknown`. After rocket-rides-atomic
(https://github.com/brandur/rocket-rides-atomic), which calls inside the transaction; we never do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from psycopg.types.json import Jsonb

from execops import facts, policy, proposals
from execops.context import ORG, Context
from execops.db import queries
from execops.db.pool import Connection
from execops.decisions import execute_job
from execops.errors import AdapterError, AmbiguousError, InvalidPayloadError, NotAcceptedError
from execops.model import Declined, Execution, ExecutionStatus, Json, Proposal, Status
from execops.ports import Adapter, Happened

SQL = queries.load("executions")
PROPOSALS = queries.load("action_proposals")
MAX_ATTEMPTS = 5  # automatic ones, for one approval
_BASE_DELAY = 2.0  # seconds before the second attempt, doubling, with jitter
_MAX_DELAY = 300.0


@dataclass(frozen=True, slots=True)
class _Begun:
    """What step 1 found: the execution to perform or to reconcile, or none where nothing is to be done."""

    proposal: Proposal
    execution: Execution | None
    interrupted: bool = False


async def execute(ctx: Context, proposal_id: int, approval_no: int) -> Status:
    """Perform what this approval approved, once; returns where the proposal stands afterwards.

    The caller holds the proposal's thread, so that no two run at once. EXECUTING means that a further
    attempt is scheduled.
    """
    begun = await _begin(ctx, proposal_id, approval_no)
    if begun.execution is None:
        return begun.proposal.status
    adapter = ctx.adapters[begun.proposal.action_type]
    if begun.interrupted:
        return await _recover(ctx, begun.proposal, begun.execution, adapter)
    return await _perform(ctx, begun.proposal, begun.execution, adapter)


async def _begin(ctx: Context, proposal_id: int, approval_no: int) -> _Begun:
    async with ctx.transaction() as conn:
        seen = await proposals.get(conn, proposal_id)
        assert seen is not None  # noqa: S101  proposals cannot be deleted
        await facts.lock_object(conn, seen.object_id)
        proposal = await proposals.lock(conn, proposal_id)
        assert proposal is not None  # noqa: S101
        if proposal.approval_no != approval_no:
            return _Begun(proposal, None)
        if proposal.status is Status.EXECUTING:
            return await _continue(conn, proposal)
        if proposal.status is not Status.APPROVED:
            return _Begun(proposal, None)
        rules = await policy.read(conn)
        if rules.paused:
            return _Begun(proposal, None)
        answer = await proposals.assess_now(ctx, conn, proposal)
        if await policy.suppressed(conn, proposal.subject_key):
            return await _refuse(conn, proposal, f"{proposal.subject_key} is never to be contacted")
        if isinstance(answer, Declined):
            await proposals.end(
                ctx, conn, proposal, Status.SUPERSEDED, f"moot before it was sent: {answer.reason}"
            )
            return _Begun(replace(proposal, status=Status.SUPERSEDED), None)
        if not rules.action_allowed(proposal.action_type) or proposal.action_type not in ctx.adapters:
            return await _refuse(conn, proposal, f"{proposal.action_type} is not allowed")
        try:
            ctx.adapters[proposal.action_type].validate(proposal.payload)
        except InvalidPayloadError as exc:
            return await _refuse(conn, proposal, exc.message)
        execution = await _start(conn, proposal)
        await _set_status(conn, proposal, Status.EXECUTING, None)
        return _Begun(proposal, execution)


async def _continue(conn: Connection, proposal: Proposal) -> _Begun:
    """An attempt that a dead process left running, or the next attempt after one that was not accepted."""
    attempts = await _attempts(conn, proposal)
    if attempts and attempts[-1].status is ExecutionStatus.RUNNING:
        return _Begun(proposal, attempts[-1], interrupted=True)
    if (await policy.read(conn)).paused:
        return _Begun(proposal, None)
    return _Begun(proposal, await _start(conn, proposal))


async def _refuse(conn: Connection, proposal: Proposal, why: str) -> _Begun:
    await _set_status(conn, proposal, Status.FAILED, f"refused at send: {why}")
    return _Begun(replace(proposal, status=Status.FAILED), None)


async def _perform(ctx: Context, proposal: Proposal, execution: Execution, adapter: Adapter) -> Status:
    try:
        result = await adapter.perform(proposal.payload, idempotency_key=execution.idempotency_key)
    except NotAcceptedError as exc:
        return await _try_later(ctx, proposal, execution, exc)
    except AmbiguousError as exc:
        return await _recover(ctx, proposal, execution, adapter, exc)
    except AdapterError as exc:
        return await _finish(ctx, proposal, execution, Status.FAILED, error=exc.message)
    return await _finish(ctx, proposal, execution, Status.EXECUTED, result=result)


async def _recover(
    ctx: Context,
    proposal: Proposal,
    execution: Execution,
    adapter: Adapter,
    cause: AmbiguousError | None = None,
) -> Status:
    """Ask the other side what became of an attempt; perform again only what provably did not happen."""
    error = cause.message if cause else "the process ended before the result was known"
    try:
        found = await adapter.reconcile(proposal.payload, idempotency_key=execution.idempotency_key)
    except AdapterError as exc:
        return await _finish(ctx, proposal, execution, Status.UNKNOWN, error=f"{error}; {exc.message}")
    if found.happened is Happened.YES:
        return await _finish(ctx, proposal, execution, Status.EXECUTED, result=found.result)
    if found.happened is Happened.CANNOT_TELL:
        return await _finish(ctx, proposal, execution, Status.UNKNOWN, error=error)
    return await _try_later(ctx, proposal, execution, NotAcceptedError(error, retry_after=0.0))


async def _try_later(
    ctx: Context, proposal: Proposal, execution: Execution, cause: NotAcceptedError
) -> Status:
    """Record the attempt and schedule the next one, with backoff and jitter; give up after MAX_ATTEMPTS."""
    async with ctx.transaction() as conn:
        attempts = await _attempts(conn, proposal)
        made = sum(each.idempotency_key == execution.idempotency_key for each in attempts)
        await _close_attempt(conn, execution, ExecutionStatus.FAILED, error=cause.message)
        if made >= MAX_ATTEMPTS:
            await _set_status(conn, proposal, Status.FAILED, f"{cause.message} ({made} attempts)")
            return Status.FAILED
        delay = cause.retry_after
        if delay is None:
            delay = _BASE_DELAY * 2 ** (made - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        delay = min(delay, _MAX_DELAY)
        await ctx.queue.defer(conn, execute_job(proposal.id, proposal.approval_no, delay))
    return Status.EXECUTING


async def _finish(
    ctx: Context,
    proposal: Proposal,
    execution: Execution,
    status: Status,
    *,
    result: Json | None = None,
    error: str | None = None,
) -> Status:
    outcomes = {
        Status.EXECUTED: ExecutionStatus.SUCCEEDED,
        Status.FAILED: ExecutionStatus.FAILED,
        Status.UNKNOWN: ExecutionStatus.UNKNOWN,
    }
    async with ctx.transaction() as conn:
        await _close_attempt(conn, execution, outcomes[status], result=result, error=error)
        await _set_status(conn, proposal, status, error)
        if status is Status.EXECUTED:
            await ctx.queue.defer(conn, proposals.close_thread_job(proposal.thread_id))
    return status


def idempotency_key(proposal: Proposal) -> str:
    """One key for one approval of one version: automatic attempts, and a retry after `unknown`, reuse it."""
    return f"execops-{ORG}-{proposal.id}-{proposal.version}-{proposal.approval_no}"


async def _start(conn: Connection, proposal: Proposal) -> Execution:
    values = {"org_id": ORG, "proposal_id": proposal.id, "idempotency_key": idempotency_key(proposal)}
    row = await (await conn.execute(SQL["start"], values)).fetchone()
    assert row is not None  # noqa: S101
    return Execution.from_row(row)


async def _close_attempt(
    conn: Connection,
    execution: Execution,
    status: ExecutionStatus,
    *,
    result: Json | None = None,
    error: str | None = None,
) -> None:
    values = {
        "id": execution.id,
        "status": status,
        "result_json": Jsonb(result) if result else None,
        "error": error,
    }
    await conn.execute(SQL["finish"], values)


async def _attempts(conn: Connection, proposal: Proposal) -> list[Execution]:
    rows = await (await conn.execute(SQL["of_proposal"], {"proposal_id": proposal.id})).fetchall()
    return [Execution.from_row(row) for row in rows]


async def _set_status(conn: Connection, proposal: Proposal, status: Status, outcome: str | None) -> None:
    await conn.execute(PROPOSALS["set_status"], {"id": proposal.id, "status": status, "outcome": outcome})
