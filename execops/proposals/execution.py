"""Execution: recovery points around the one call that touches the outside world.

1. One transaction: check everything, insert the execution as running, move the proposal to executing.
2. `Adapter.perform`, with no transaction open.
3. One transaction: record the result and the new status of the proposal.

A process may die at any point. An execution that step 1 left running is reconciled by its idempotency key before anything
is performed again. If the adapter cannot tell whether it happened, the proposal goes back to a person as `unknown`. The
design follows https://github.com/brandur/rocket-rides-atomic, which makes the call inside the transaction; this module
never does.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from execops.authority import second_approval
from execops.context import Context
from execops.db import queries, watch
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.errors import AdapterError, AmbiguousError, ConflictError, NotAcceptedError
from execops.model import ENABLE, Draft, Execution, ExecutionStatus, Json, Proposal, Status
from execops.ports import Adapter, Happened, Reconciliation, close_thread_job, execute_job
from execops.proposals import at_send, departures, drafting, pay_links, suspending
from execops.proposals.at_send import Cleared, Withheld

logger = logging.getLogger(__name__)

SQL = queries.load("executions")
PROPOSALS = queries.load("proposals_write")
SESSION = queries.load("session")
MAX_ATTEMPTS = 5  # automatic attempts for one approval
_BASE_DELAY = 2.0  # seconds before the second attempt; it doubles for each further one, with jitter
_MAX_DELAY = 300.0  # seconds
_DIED = "the process ended before the result was known"
_MAX_RETRY_AFTER = 3600.0  # seconds; a longer wait that the receiving service asks for is cut to this


class _Begun(Struct, frozen=True):
    """The result of step 1: the execution to perform or to reconcile; None if nothing is to be done."""

    proposal: Proposal
    execution: Execution | None
    interrupted: bool = False
    doubtful: bool = False  # an earlier attempt may have gone out
    withheld: Withheld | None = None  # why a doubtful one is not performed again


async def execute(ctx: Context, proposal_id: int, approval_no: int) -> Status:
    """Perform the action of this approval once; returns the proposal's status afterwards.

    The caller holds the lock of the proposal's thread, so that no two executions run at once. EXECUTING means that a
    further attempt is scheduled.
    """
    try:
        begun = await _begin(ctx, proposal_id, approval_no)
    except ConflictError as exc:  # a guard of the database: no person approved exactly this payload
        begun = await _refuse_after_guard(ctx, proposal_id, approval_no, exc)
    if begun.execution is None:
        return begun.proposal.status
    adapter = ctx.adapters.get(begun.proposal.action_type)
    if adapter is None:  # the adapter was removed while its attempt ran
        error = f"nothing here performs {begun.proposal.action_type}"
        return await _finish(ctx, begun.proposal, begun.execution, Status.UNKNOWN, error=error)
    if begun.interrupted:
        return await _recover(ctx, begun.proposal, begun.execution, adapter)
    if begun.doubtful:
        return await _perform_after_doubt(ctx, begun, begun.execution, adapter)
    return await _perform(ctx, begun.proposal, begun.execution, adapter)


async def _begin(ctx: Context, proposal_id: int, approval_no: int) -> _Begun:
    async with ctx.transaction() as conn:
        approved = await at_send.lock(ctx, conn, proposal_id, approval_no)
        proposal, attempts = approved.proposal, approved.attempts
        if proposal.approval_no != approval_no or proposal.status not in {Status.APPROVED, Status.EXECUTING}:
            return _Begun(proposal, None)
        if attempts and attempts[-1].status is ExecutionStatus.RUNNING:  # a dead process left it
            return _Begun(proposal, attempts[-1], interrupted=True)
        if approved.rules.paused:
            return _Begun(proposal, None)
        links = attempts[0].links if attempts else None
        verdict = await at_send.look(ctx, conn, approved, links)
        withheld = verdict if isinstance(verdict, Withheld) else None
        doubtful = await _may_be_out(conn, attempts)
        if withheld is not None and any(attempt.settles for attempt in attempts):
            doubtful = True  # what makes it moot may be an earlier attempt that arrived late
        if withheld is not None and not doubtful:
            return _Begun(await at_send.withhold(ctx, conn, proposal, withheld), None)
        if not attempts and (wait := await departures.postpone(ctx, conn, proposal)) is not None:
            await ctx.queue.defer(conn, execute_job(proposal.id, approval_no, wait))
            return _Begun(proposal, None)
        newer = verdict.links if isinstance(verdict, Cleared) else links
        async with conn.pipeline():
            starting = await _send_start(conn, proposal, newer)
            if proposal.status is Status.APPROVED:
                await drafting.set_status(conn, proposal, Status.EXECUTING, None)
        execution = Execution.from_row(await starting.the_one())
        proposal = replace(proposal, status=Status.EXECUTING)
        return _Begun(proposal, execution, doubtful=doubtful, withheld=withheld)


async def _refuse_after_guard(
    ctx: Context, proposal_id: int, approval_no: int, cause: ConflictError
) -> _Begun:
    async with ctx.transaction() as conn:
        proposal = await drafting.lock(conn, proposal_id)
        if proposal.approval_no != approval_no or proposal.status not in {Status.APPROVED, Status.EXECUTING}:
            return _Begun(proposal, None)
        may_be_out = await _may_be_out(conn, await _read_attempts(conn, proposal))
        refused = Withheld(Status.FAILED, f"refused at send: {cause.message}")
        return _Begun(await at_send.withhold(ctx, conn, proposal, refused, may_be_out=may_be_out), None)


async def _perform_after_doubt(ctx: Context, begun: _Begun, execution: Execution, adapter: Adapter) -> Status:
    """Ask first whether an earlier attempt went out after all; perform again only where that is what a person wants."""
    earlier = await _reconcile(adapter, begun.proposal, execution)
    if earlier.happened is Happened.YES:
        return await _finish(ctx, begun.proposal, execution, Status.EXECUTED, result=earlier.result)
    execution = replace(execution, settles=earlier.happened is Happened.NO)
    if begun.withheld is None:
        return await _perform(ctx, begun.proposal, execution, adapter)
    async with ctx.transaction() as conn:
        await queries.run(conn, PROPOSALS["lock_object"], id=begun.proposal.id)
        await drafting.lock(conn, begun.proposal.id)
        error = f"not performed: {begun.withheld.why}"
        await _close_attempt(conn, execution, ExecutionStatus.FAILED, error=error)
        may_be_out = not execution.settles
        ended = await at_send.withhold(ctx, conn, begun.proposal, begun.withheld, may_be_out=may_be_out)
    return ended.status


async def _perform(ctx: Context, proposal: Proposal, execution: Execution, adapter: Adapter) -> Status:
    """Make the attempt. Raises DatabaseUnavailableError if the lock of the thread is lost: another worker takes it over."""
    await watch.require_session()
    try:
        payload = pay_links.sent(proposal.payload, execution.links)
        result = await adapter.perform(payload, idempotency_key=execution.idempotency_key)
    except NotAcceptedError as exc:
        return await _try_later(ctx, proposal, execution, exc.message, exc.retry_after)
    except AmbiguousError as exc:
        return await _recover(ctx, proposal, execution, adapter, exc.message)
    except AdapterError as exc:
        return await _finish(ctx, proposal, execution, Status.FAILED, error=exc.message)
    except Exception as exc:  # after a defect of the adapter, the action may have gone out or not
        logger.exception("Performing proposal %s broke", proposal.id)
        return await _recover(ctx, proposal, execution, adapter, f"the adapter broke: {type(exc).__name__}")
    return await _finish(ctx, proposal, execution, Status.EXECUTED, result=result)


async def _recover(
    ctx: Context, proposal: Proposal, execution: Execution, adapter: Adapter, error: str | None = None
) -> Status:
    """Ask the adapter whether an attempt happened; schedule another attempt only if it certainly did not.

    `error` is None if the process died during the attempt: then the next attempt starts at once.
    """
    reconciliation = await _reconcile(adapter, proposal, execution)
    if reconciliation.happened is Happened.YES:
        return await _finish(ctx, proposal, execution, Status.EXECUTED, result=reconciliation.result)
    if reconciliation.happened is Happened.NO:
        execution = replace(execution, settles=True)
        wait = None if error else 0.0
        return await _try_later(ctx, proposal, execution, error or _DIED, wait)
    return await _finish(ctx, proposal, execution, Status.UNKNOWN, error=error or _DIED)


async def _reconcile(adapter: Adapter, proposal: Proposal, execution: Execution) -> Reconciliation:
    """Ask the adapter whether an attempt with this key happened. If the adapter fails, nobody can tell."""
    try:
        payload = pay_links.sent(proposal.payload, execution.links)
        return await adapter.reconcile(payload, idempotency_key=execution.idempotency_key)
    except Exception:
        logger.exception("Reconciling proposal %s broke", proposal.id)
        return Reconciliation(Happened.CANNOT_TELL)


async def _try_later(
    ctx: Context, proposal: Proposal, execution: Execution, error: str, wait: float | None
) -> Status:
    """Record a failed attempt and schedule the next one; after MAX_ATTEMPTS the proposal fails.

    `wait` is in seconds; None waits with exponential backoff and jitter.
    """
    async with ctx.transaction() as conn:
        await queries.run(conn, SESSION["be_patient"])
        await drafting.lock(conn, proposal.id)
        attempts = await _read_attempts(conn, proposal)
        count = sum(proposal.decided_at is None or at.started_at >= proposal.decided_at for at in attempts)
        await _close_attempt(conn, execution, ExecutionStatus.FAILED, error=error)
        if count >= MAX_ATTEMPTS:
            return await _fail(conn, proposal, attempts, f"{error} ({count} attempts)")
        if wait is None:
            wait = min(_BASE_DELAY * 2 ** (count - 1), _MAX_DELAY) * random.uniform(0.5, 1.5)  # noqa: S311
        delay = min(max(wait, 0.0), _MAX_RETRY_AFTER)
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
        async with conn.pipeline():
            await queries.send(conn, SESSION["be_patient"])
            await queries.send(conn, PROPOSALS["lock"], id=proposal.id)
            if status is Status.EXECUTED and proposal.action_type == ENABLE:
                await suspending.enable_again(conn, proposal)
            await _close_attempt(conn, execution, outcomes[status], result=result, error=error)
            if status is not Status.FAILED:
                await drafting.set_status(conn, proposal, status, error)
        if status is Status.FAILED:
            return await _fail(conn, proposal, await _read_attempts(conn, proposal), error or "")
        if status is Status.EXECUTED:
            await ctx.queue.defer(conn, close_thread_job(proposal.thread_id))
    return status


async def _fail(conn: Connection, proposal: Proposal, attempts: Sequence[Execution], error: str) -> Status:
    """Record that the last attempt failed for sure: so did the action, unless an earlier attempt may have gone out."""
    if await _may_be_out(conn, attempts):
        await drafting.set_status(conn, proposal, Status.UNKNOWN, f"{error}; {at_send.MAY_BE_OUT}")
        return Status.UNKNOWN
    await drafting.set_status(conn, proposal, Status.FAILED, error)
    return Status.FAILED


async def _may_be_out(conn: Connection, attempts: Sequence[Execution]) -> bool:
    """Whether one of these attempts ended unknown, and neither a later attempt nor a person has settled it."""
    if not any(attempt.status is ExecutionStatus.UNKNOWN for attempt in attempts):
        return False
    row = await queries.the_one(conn, SQL["may_be_out"], proposal_id=attempts[0].proposal_id)
    return bool(row["may_be_out"])


async def doubt(ctx: Context, conn: Connection, proposal: Proposal, why: str) -> bool:
    """Record that an approved action may have been performed unseen; the proposal is unknown then.

    Returns False, and records nothing, where its approval is not enough any more: nothing is performed by it. The doubt is an attempt of this approval, with its key and with the links that it would send, so that a retry first asks
    the other side about that key. An attempt that runs becomes that doubt. The caller holds the lock of the proposal.
    """
    attempts = await _read_attempts(conn, proposal)
    runs = bool(attempts) and attempts[-1].status is ExecutionStatus.RUNNING
    if not runs and await second_approval.is_short(conn, proposal.id):
        may_be_out = await _may_be_out(conn, attempts)
        if may_be_out:  # an earlier attempt is the doubt
            await drafting.set_status(conn, proposal, Status.UNKNOWN, why)
        return may_be_out
    if not attempts:
        await queries.run(conn, PROPOSALS["make_due"], id=proposal.id)
        draft = await drafting.assess_now(ctx, conn, proposal)
        links = pay_links.newer(proposal, draft if isinstance(draft, Draft) else None)
        attempts.append(await _start(conn, proposal, links))
    elif not runs:
        attempts.append(await _start(conn, proposal, attempts[0].links))
    await _close_attempt(conn, attempts[-1], ExecutionStatus.UNKNOWN, error=why)
    await drafting.set_status(conn, proposal, Status.UNKNOWN, why)
    return True


async def _start(conn: Connection, proposal: Proposal, links: Mapping[str, str] | None = None) -> Execution:
    """Begin the next attempt of the proposal's approval. Automatic attempts, and a retry after `unknown`, keep the key."""
    async with conn.pipeline():
        starting = await _send_start(conn, proposal, links)
    return Execution.from_row(await starting.the_one())


async def _send_start(conn: Connection, proposal: Proposal, links: Mapping[str, str] | None) -> Sent[DictRow]:
    """Send the statement of `_start`, within a pipeline."""
    return await queries.send(conn, SQL["start"], proposal_id=proposal.id, links=Jsonb(dict(links or {})))


async def _close_attempt(
    conn: Connection,
    execution: Execution,
    status: ExecutionStatus,
    *,
    result: Json | None = None,
    error: str | None = None,
) -> None:
    await queries.run(
        conn,
        SQL["finish"],
        id=execution.id,
        status=status,
        result_json=Jsonb(result) if result else None,
        error=error,
        settles=execution.settles,
    )


async def _read_attempts(conn: Connection, proposal: Proposal) -> list[Execution]:
    """The attempts of the proposal's current approval, in order; they share one idempotency key."""
    of_approval = SQL["of_approval"]
    rows = await queries.many(conn, of_approval, proposal_id=proposal.id, approval_no=proposal.approval_no)
    return [Execution.from_row(row) for row in rows]
