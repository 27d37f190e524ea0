"""Decisions: the one place that authorises and records what a person decides.

Each names the version it saw: another version, or a decision made in between, is a conflict and changes
nothing. Approving only schedules the execution; nothing here touches the outside world.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from psycopg.types.json import Jsonb

from execops import facts, inbox, operators, policy, proposals
from execops.context import ORG, WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as
from execops.errors import (
    ConflictError,
    ExecOpsError,
    InvalidInputError,
    NotAllowedError,
    NotConfiguredError,
    NotFoundError,
)
from execops.model import Actor, Json, Operator, Proposal, Role, Status
from execops.plays import all_plays
from execops.ports import Job

SQL = queries.load("action_proposals")
# What everybody who decides may change in a payload. All else says who receives, who sends or how much.
_WORDS = frozenset({"subject", "text", "blocks"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a decision led to. `executes_at` is when an approved action is performed, and until when it can
    be undone."""

    proposal_id: int
    version: int
    status: Status
    executes_at: datetime | None = None


def authorise(operator: Operator, proposal: Proposal, decision: str) -> None:
    """Raise NotAllowedError unless this operator may take this decision on this proposal.

    Limits of an `ops` operator: `verticals` and `action_types`, lists of what he decides on; `amount`, the
    most he decides on, in major units of whatever the currency.
    """
    operators.require_decider(operator, decision)
    if operator.role is Role.FOUNDER:
        return
    limits = operator.limits
    most = limits.get("amount")
    if most is not None and proposal.amount is not None and abs(proposal.amount.major) > Decimal(str(most)):
        raise NotAllowedError(
            f"{operator.name} may not {decision} proposals over {most}; nothing was changed."
        )
    for name, value in (("verticals", proposal.vertical), ("action_types", proposal.action_type)):
        if limits.get(name) is not None and value not in limits[name]:
            raise NotAllowedError(
                f"{operator.name} may not {decision} {value} proposals; nothing was changed."
            )


async def approve(ctx: Context, operator: Operator, proposal_id: int, version: int) -> Decided:
    """Approve exactly this version; it is performed when the undo window has passed."""
    async with _deciding(ctx, operator, proposal_id) as conn:
        proposal = await _decidable(conn, operator, proposal_id, version, "approve", {Status.PENDING})
        if not (await policy.read(conn)).action_allowed(proposal.action_type):
            raise NotAllowedError(
                f"{proposal.action_type} is not allowed; proposal {proposal_id} stays pending.",
                hint=f"A founder allows it with: execops actions enable {proposal.action_type}",
            )
        _validate(ctx, proposal, proposal.payload)
        return await _schedule(ctx, conn, operator, proposal, delay=ctx.settings.undo_window)


async def approve_many(
    ctx: Context, operator: Operator, seen: Sequence[tuple[int, int]]
) -> list[Decided | ExecOpsError]:
    """Approve several proposals of one play, each by id and version seen; an answer for each, in order.

    One that changed meanwhile does not hold up the others. Raises InvalidInputError where the plays differ.
    """
    async with ctx.connection() as conn:
        found = [await inbox.get(conn, proposal_id) for proposal_id, _ in seen]
    if len({each.play for each in found if each is not None}) > 1:
        raise InvalidInputError("Only proposals of the same play are approved together; nothing was changed.")
    answers: list[Decided | ExecOpsError] = []
    for proposal_id, version in seen:
        try:
            answers.append(await approve(ctx, operator, proposal_id, version))
        except ExecOpsError as exc:
            answers.append(exc)
    return answers


async def reject(
    ctx: Context,
    operator: Operator,
    proposal_id: int,
    version: int,
    reason: str | None = None,
    *,
    suppress: bool = False,
) -> Decided:
    """Reject this version for good; with `suppress`, no play ever drafts for this customer again."""
    async with _deciding(ctx, operator, proposal_id, reason, suppress=suppress) as conn:
        if suppress and (seen := await inbox.get(conn, proposal_id)) is not None:
            await facts.lock_subject(conn, seen.subject_key)
            await proposals.lock_open(conn, seen.subject_key)  # in the order of ids, before this one of them
        proposal = await _decidable(conn, operator, proposal_id, version, "reject", {Status.PENDING})
        decided = await _close(ctx, conn, operator, proposal, Status.REJECTED, reason)
        if suppress:
            await policy.suppress(conn, operator, proposal.subject_key, reason)
            await act_as(conn, WORKER)  # what else waits about this customer is moot now
            await proposals.reassess(ctx, conn, proposal.subject_key)  # the subject is held
        return decided


async def edit(ctx: Context, operator: Operator, proposal_id: int, version: int, payload: Json) -> Decided:
    """Replace the payload of a pending or failed proposal, which is then pending in its next version.

    Raises InvalidPayloadError, and NotAllowedError where recipients or amounts change and the operator is no
    founder.
    """
    async with _deciding(ctx, operator, proposal_id) as conn:
        states = {Status.PENDING, Status.FAILED}
        proposal = await _decidable(conn, operator, proposal_id, version, "edit", states)
        _validate(ctx, proposal, payload)
        changed = {k for k in payload.keys() | proposal.payload if payload.get(k) != proposal.payload.get(k)}
        if changed - _WORDS:
            operators.require_founder(operator, f"change {', '.join(sorted(changed - _WORDS))}")
        if not changed:
            raise ConflictError(f"Proposal {proposal_id} reads exactly so already; nothing was changed.")
        await conn.execute(SQL["edit"], {"id": proposal_id, "payload": Jsonb(payload)})
        return Decided(proposal_id=proposal_id, version=version + 1, status=Status.PENDING)


async def undo(ctx: Context, operator: Operator, proposal_id: int) -> Decided:
    """Put an approved proposal back before it is performed. Raises ConflictError once it is too late."""
    async with _deciding(ctx, operator, proposal_id) as conn:
        proposal = await _authorised(conn, operator, proposal_id, "undo")
        if proposal.status is not Status.APPROVED:
            raise ConflictError(f"Proposal {proposal_id} is {proposal.status}: there is nothing to undo.")
        await conn.execute(SQL["undo"], {"id": proposal_id})
        return Decided(proposal_id=proposal_id, version=proposal.version, status=Status.PENDING)


async def retry(ctx: Context, operator: Operator, proposal_id: int, version: int) -> Decided:
    """Perform a failed or unknown action again, at once.

    After `unknown` the idempotency key stays, so that what went out is not sent a second time.
    """
    async with _deciding(ctx, operator, proposal_id) as conn:
        states = {Status.FAILED, Status.UNKNOWN}
        proposal = await _decidable(conn, operator, proposal_id, version, "retry", states)
        _validate(ctx, proposal, proposal.payload)
        return await _schedule(ctx, conn, operator, proposal, delay=0.0)


async def confirm(ctx: Context, operator: Operator, proposal_id: int, version: int) -> Decided:
    """Record that a failed or unknown action did go out, as the operator has seen for himself."""
    async with _deciding(ctx, operator, proposal_id) as conn:
        states = {Status.FAILED, Status.UNKNOWN}
        proposal = await _decidable(conn, operator, proposal_id, version, "confirm", states)
        return await _close(ctx, conn, operator, proposal, Status.EXECUTED, f"confirmed by {operator.name}")


async def close(
    ctx: Context, operator: Operator, proposal_id: int, version: int, reason: str | None = None
) -> Decided:
    """Give up a failed or unknown action."""
    async with _deciding(ctx, operator, proposal_id, reason) as conn:
        states = {Status.FAILED, Status.UNKNOWN}
        proposal = await _decidable(conn, operator, proposal_id, version, "close", states)
        return await _close(ctx, conn, operator, proposal, Status.REJECTED, reason)


async def record_opening(ctx: Context, operator: Operator, proposal_id: int, version: int) -> None:
    """Note that the operator looks at this version; the time to decision runs from here, once a version."""
    values = {"org_id": ORG, "id": proposal_id, "version": version, "operator_id": operator.id}
    async with ctx.connection() as conn:
        await conn.execute(SQL["record_opening"], values)


async def pause(ctx: Context, operator: Operator, why: str | None) -> None:
    """Stop all executions until `resume`; decisions go on and wait."""
    operators.require_decider(operator, "pause")
    async with ctx.transaction(Actor.user(operator)) as conn:
        await _still_known(conn, operator)
        await policy.set_allowed(conn, operator, "system", "executions", allowed=False, why=why)


async def resume(ctx: Context, operator: Operator) -> int:
    """Let executions run again; what was approved meanwhile is performed when its undo window has passed.

    Returns how many wait; none where nothing was paused.
    """
    operators.require_decider(operator, "resume")
    async with ctx.transaction(Actor.user(operator)) as conn:
        await _still_known(conn, operator)
        if not (await policy.read(conn)).paused:
            return 0
        # Changed before looking: an execution that saw the pause holds the switch until it has ended.
        await policy.set_allowed(conn, operator, "system", "executions", allowed=True, why=None)
        waiting = await (await conn.execute(SQL["to_execute"], {"org_id": ORG})).fetchall()
        window = timedelta(seconds=ctx.settings.undo_window)
        jobs = []
        for row in waiting:
            left = row["decided_at"] + window - ctx.clock.now()
            jobs.append(execute_job(row["id"], row["approval_no"], max(0.0, left.total_seconds())))
        await ctx.queue.defer(conn, *jobs)
    return len(waiting)


async def set_play(ctx: Context, operator: Operator, name: str, *, allowed: bool, why: str | None) -> bool:
    """Let a play draft, or not; False where it is so already.

    Whoever decides may, within his verticals. What the play drafted before stays, and can still be decided.
    Raises NotFoundError.
    """
    verb = "enable" if allowed else "disable"
    operators.require_decider(operator, f"{verb} plays")
    play = all_plays().get(name)
    if play is None:
        raise NotFoundError(f"There is no play called {name!r}.", hint="execops plays list")
    async with ctx.transaction(Actor.user(operator)) as conn:
        known = await _still_known(conn, operator)
        operators.require_decider(known, f"{verb} plays")
        verticals = known.limits.get("verticals")
        if known.role is not Role.FOUNDER and verticals is not None and play.vertical not in verticals:
            raise NotAllowedError(f"{known.name} may not {verb} {play.vertical} plays; nothing was changed.")
        return await policy.switch(conn, known, "play", name, allowed=allowed, why=why)


async def set_action(ctx: Context, operator: Operator, name: str, *, allowed: bool, why: str | None) -> bool:
    """Let an action type be approved and performed, or not; False where it is so already.

    Whoever decides may forbid one, at once: what was approved already is refused when it would be sent. Only a
    founder allows one. Raises NotFoundError.
    """
    what = f"{'enable' if allowed else 'disable'} action types"
    operators.require_decider(operator, what)
    if name not in policy.action_types(ctx.adapters):
        raise NotFoundError(f"There is no action type called {name!r}.", hint="execops actions list")
    async with ctx.transaction(Actor.user(operator)) as conn:
        known = await _still_known(conn, operator)
        operators.require_decider(known, what)
        if allowed:
            operators.require_founder(known, what)
        return await policy.switch(conn, known, "action", name, allowed=allowed, why=why)


async def lift_suppression(
    ctx: Context, operator: Operator, subject_key: str, why: str | None = None
) -> policy.Suppression:
    """Allow contact with a suppressed customer again, from the next event on; what was rejected stays rejected.

    Raises NotFoundError where this customer is not suppressed.
    """
    what = "lift suppressions"
    operators.require_decider(operator, what)
    metadata = {"reason": why} if why else {}
    async with ctx.transaction(Actor.user(operator), **metadata) as conn:
        operators.require_decider(await _still_known(conn, operator), what)
        await facts.lock_subject(conn, subject_key)
        lifted = await policy.lift_suppression(conn, subject_key)
        if lifted is None:
            raise NotFoundError(
                f"{subject_key} is not suppressed; nothing was changed.", hint="execops suppressions list"
            )
        return lifted


def execute_job(proposal_id: int, approval_no: int, delay: float) -> Job:
    """The job that performs one approval of a proposal; a later approval has a job of its own."""
    return Job("execute_proposal", {"proposal_id": proposal_id, "approval_no": approval_no}, delay)


@asynccontextmanager
async def _deciding(
    ctx: Context, operator: Operator, proposal_id: int, reason: str | None = None, *, suppress: bool = False
) -> AsyncIterator[Connection]:
    """One transaction of this operator's. One that finds the proposal expired is refused, and writes that first."""
    metadata: Json = {"reason": reason} if reason else {}
    if suppress:
        metadata["suppress"] = True
    try:
        async with ctx.transaction(Actor.user(operator), **metadata) as conn:
            yield conn
    except ExecOpsError:
        await proposals.write_expiry(ctx, proposal_id)
        raise


async def _locked(conn: Connection, proposal_id: int) -> Proposal:
    proposal = await proposals.lock(conn, proposal_id)
    if proposal is None:
        raise NotFoundError(f"There is no proposal {proposal_id}.", hint="execops proposals list")
    return proposal


async def _authorised(conn: Connection, operator: Operator, proposal_id: int, decision: str) -> Proposal:
    """The proposal, locked, once this operator may take this decision on it."""
    operators.require_decider(operator, decision)
    proposal = await _locked(conn, proposal_id)
    authorise(await _still_known(conn, operator), proposal, decision)
    return proposal


async def _still_known(conn: Connection, operator: Operator) -> Operator:
    """The operator as of now: his console may be open since before he was revoked."""
    for each in await operators.everyone(conn):
        if each.id == operator.id and each.disabled_at is None:
            return each
    raise NotAllowedError(f"{operator.name} is no longer an operator; nothing was changed.")


def _validate(ctx: Context, proposal: Proposal, payload: Json) -> None:
    adapter = ctx.adapters.get(proposal.action_type)
    if adapter is None:
        raise NotConfiguredError(f"Nothing here performs {proposal.action_type}; nothing was changed.")
    adapter.validate(payload)


async def _decidable(
    conn: Connection,
    operator: Operator,
    proposal_id: int,
    version: int,
    decision: str,
    states: set[Status],
) -> Proposal:
    proposal = await _authorised(conn, operator, proposal_id, decision)
    if proposal.status not in states:
        raise ConflictError(
            await _what_happened(conn, proposal), hint=f"execops proposals show {proposal_id}"
        )
    if proposal.version != version:
        raise ConflictError(
            f"Proposal {proposal_id} is at version {proposal.version}, you saw {version}; nothing was changed.",
            hint=f"Look at it again: execops proposals show {proposal_id}",
        )
    return proposal


async def _what_happened(conn: Connection, proposal: Proposal) -> str:
    by = ""
    if proposal.decided_by is not None:
        people = {each.id: each.name for each in await operators.everyone(conn)}
        by = f", decided by {people.get(proposal.decided_by, 'somebody')}"
        if proposal.decided_at is not None:
            by += f" at {proposal.decided_at:%Y-%m-%d %H:%M:%S} UTC"
    why = f" ({proposal.outcome})" if proposal.outcome else ""
    return f"Proposal {proposal.id} is {proposal.status}{by}{why}; nothing was changed."


async def _schedule(
    ctx: Context, conn: Connection, operator: Operator, proposal: Proposal, *, delay: float
) -> Decided:
    values = {"id": proposal.id, "status": Status.APPROVED, "outcome": None, "operator_id": operator.id}
    row = await (await conn.execute(SQL["decide"], values)).fetchone()
    assert row is not None  # noqa: S101  the row is locked
    await ctx.queue.defer(conn, execute_job(proposal.id, row["approval_no"], delay))
    return Decided(
        proposal_id=proposal.id,
        version=proposal.version,
        status=Status.APPROVED,
        executes_at=row["decided_at"] + timedelta(seconds=delay),
    )


async def _close(
    ctx: Context,
    conn: Connection,
    operator: Operator,
    proposal: Proposal,
    status: Status,
    outcome: str | None,
) -> Decided:
    values = {"id": proposal.id, "status": status, "outcome": outcome, "operator_id": operator.id}
    await conn.execute(SQL["decide"], values)
    await ctx.queue.defer(conn, proposals.close_thread_job(proposal.thread_id))
    return Decided(proposal_id=proposal.id, version=proposal.version, status=status)
