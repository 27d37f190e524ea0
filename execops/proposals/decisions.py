"""Decisions about proposals: the place that records them. `decidable` authorises them under the proposal's lock.

A decision names the version that the operator saw. If the proposal has another version now, or another operator has
decided meanwhile, the decision is a conflict and changes nothing. Approving only schedules the execution; nothing here
touches the outside world.
"""

from __future__ import annotations

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from execops.authority import operators, permissions, policy, second_approval
from execops.authority.permissions import Operation
from execops.books import facts
from execops.context import WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as
from execops.db.queries import Sent
from execops.errors import (
    ConfirmationNeededError,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotConfiguredError,
)
from execops.model import Json, Proposal, SignedIn, Status
from execops.ports import close_thread_job, execute_job, show_outcome_job
from execops.proposals import contact, departures, drafting, listing, payloads, suspending
from execops.proposals.decidable import deciding, lock_decidable, send_lock
from execops.proposals.decided import Decided, standing

SQL = queries.load("proposals_write")


async def approve(
    ctx: Context,
    operator: SignedIn,
    proposal_id: int,
    version: int,
    *,
    again: bool = False,
    confirmed: bool = False,
) -> Decided:
    """Approve exactly this version. Its action is performed after the undo window.

    Raises RecentContactError where the customer got another message within `contact_hours`, unless the operator says
    that they want to write `again`. Raises ConfirmationNeededError for an action that a founder has to allow first, such
    as a refund, unless the operator was asked once more and has `confirmed` it.
    """
    async with deciding(ctx, operator, proposal_id) as conn:
        async with conn.pipeline():
            locking = await send_lock(ctx, conn, operator, proposal_id, Operation.APPROVE)
            reading = await policy.send_read(conn)
            needed = await second_approval.send_needed(conn, operator, proposal_id)
        proposal = await lock_decidable(
            ctx, conn, operator, proposal_id, version, Operation.APPROVE, {Status.PENDING}, locking
        )
        rules = policy.of_rows(await reading.many())
        if not rules.action_allowed(proposal.action_type, ctx.adapters):
            raise NotAllowedError(
                f"{proposal.action_type} is not allowed; proposal {proposal_id} stays pending.",
                hint=f"A founder allows it with: execops actions enable {proposal.action_type}",
            )
        _validate(ctx, proposal, proposal.payload)
        _require_confirmation(ctx, proposal, "approve", confirmed=confirmed)
        window = ctx.settings.undo_window
        return await _schedule(ctx, conn, operator, proposal, "approve", needed, again=again, delay=window)


async def reject(
    ctx: Context,
    operator: SignedIn,
    proposal_id: int,
    version: int,
    reason: str | None = None,
    *,
    suppress: bool = False,
) -> Decided:
    """Reject this version; within the undo window `undoing.undo` takes that back.

    With `suppress`, no play drafts for this customer again. Raises InvalidInputError where the proposal is about no customer.
    """
    async with deciding(ctx, operator, proposal_id, reason, suppress=suppress) as conn:
        customer: str | None = None
        if suppress:
            current = await operators.current(conn, operator)
            permissions.authorise(current, Operation.SUPPRESS, ctx.settings)
            customer = await _lock_customer(conn, proposal_id)
        proposal = await lock_decidable(
            ctx, conn, operator, proposal_id, version, Operation.REJECT, {Status.PENDING}
        )
        window = ctx.settings.undo_window
        decided = await _close(ctx, conn, operator, proposal, Status.REJECTED, reason, window=window)
        if customer and await policy.suppress(conn, operator, customer, reason, proposal_id):
            await act_as(conn, WORKER)  # the worker supersedes the customer's other open proposals
            await drafting.reassess(ctx, conn, customer, rejection=proposal_id)
        await suspending.judge(ctx, conn, proposal)
        return decided


async def edit(ctx: Context, operator: SignedIn, proposal_id: int, version: int, payload: Json) -> Decided:
    """Replace the payload of a pending or failed proposal. The proposal is then pending in its next version.

    Raises InvalidPayloadError. Raises NotAllowedError if an operator who is not a founder changes a field that is not
    words, such as a recipient or an amount.
    """
    async with deciding(ctx, operator, proposal_id) as conn:
        await queries.run(conn, SQL["lock_object"], id=proposal_id)
        states = {Status.PENDING, Status.FAILED}
        proposal = await lock_decidable(ctx, conn, operator, proposal_id, version, Operation.EDIT, states)
        _validate(ctx, proposal, payload)
        names = payload.keys() | proposal.payload.keys()
        changed = {name for name in names if payload.get(name) != proposal.payload.get(name)}
        reserved = changed - payloads.words(ctx.adapters.get(proposal.action_type))
        if reserved:
            doing = f"change {', '.join(sorted(reserved))}"
            permissions.authorise(operator, Operation.EDIT_TERMS, ctx.settings, proposal, doing=doing)
        if not changed:
            raise ConflictError(f"Proposal {proposal_id} reads exactly so already; nothing was changed.")
        days = ctx.settings.expiry_days
        await queries.run(conn, SQL["edit"], id=proposal_id, payload=Jsonb(payload), expiry_days=days)
        if proposal.status is Status.FAILED:  # nobody looked at it while it was not pending
            return standing(await drafting.look_again(ctx, conn, proposal_id))
        return Decided(proposal_id=proposal_id, version=version + 1, status=Status.PENDING)


async def retry(
    ctx: Context,
    operator: SignedIn,
    proposal_id: int,
    version: int,
    *,
    again: bool = False,
    confirmed: bool = False,
) -> Decided:
    """Perform a failed or unknown action again, at once.

    After `unknown` the idempotency key stays the same, so that an action that did go out is not performed twice.
    Raises RecentContactError and ConfirmationNeededError as `approve` does; the attempts at the proposal itself do not
    count as contacts.
    """
    async with deciding(ctx, operator, proposal_id) as conn:
        states = {Status.FAILED, Status.UNKNOWN}
        proposal = await lock_decidable(ctx, conn, operator, proposal_id, version, Operation.RETRY, states)
        _validate(ctx, proposal, proposal.payload)
        _require_confirmation(ctx, proposal, "retry", confirmed=confirmed)
        needed = await second_approval.send_needed(conn, operator, proposal_id)
        return await _schedule(ctx, conn, operator, proposal, "retry", needed, again=again, delay=0.0)


async def confirm(ctx: Context, operator: SignedIn, proposal_id: int, version: int) -> Decided:
    """Record that a failed or unknown action did go out: the operator has checked it."""
    async with deciding(ctx, operator, proposal_id) as conn:
        states = {Status.FAILED, Status.UNKNOWN}
        proposal = await lock_decidable(ctx, conn, operator, proposal_id, version, Operation.CONFIRM, states)
        return await _close(ctx, conn, operator, proposal, Status.EXECUTED, f"confirmed by {operator.name}")


async def close(
    ctx: Context, operator: SignedIn, proposal_id: int, version: int, reason: str | None = None
) -> Decided:
    """Give up a failed or unknown action: the proposal is rejected."""
    async with deciding(ctx, operator, proposal_id, reason) as conn:
        states = {Status.FAILED, Status.UNKNOWN}
        proposal = await lock_decidable(ctx, conn, operator, proposal_id, version, Operation.CLOSE, states)
        return await _close(ctx, conn, operator, proposal, Status.REJECTED, reason)


async def _lock_customer(conn: Connection, proposal_id: int) -> str | None:
    """Lock the customer of a proposal and their open proposals; None where there is no such proposal.

    Raises InvalidInputError where it is about no customer.
    """
    unlocked = await listing.get(conn, proposal_id)
    if unlocked is None:
        return None
    customer = await policy.customer_of(conn, unlocked)
    if customer is None:
        raise InvalidInputError(
            f"Proposal {proposal_id} is about no customer that is known; nothing was changed.",
            hint="Reject it without suppressing; for a customer that you know: execops suppressions add cus_…",
        )
    await facts.lock_subjects(conn, {customer: customer, unlocked.subject_key: unlocked.object_id})
    await drafting.lock_open(conn, customer, unlocked.object_id)  # before this proposal: locks follow the ids
    return customer


def _validate(ctx: Context, proposal: Proposal, payload: Json) -> None:
    adapter = ctx.adapters.get(proposal.action_type)
    if adapter is None:
        raise NotConfiguredError(
            f"Nothing here performs {proposal.action_type}; nothing was changed.",
            hint="Run: execops actions list",
        )
    adapter.validate(payload)


def _require_confirmation(ctx: Context, proposal: Proposal, decision: str, *, confirmed: bool) -> None:
    adapter = ctx.adapters.get(proposal.action_type)
    if adapter is None or confirmed or not payloads.needs_confirmation(adapter):
        return
    raise ConfirmationNeededError(
        f"Proposal {proposal.ref} {adapter.describe(proposal.payload)}, and cannot be taken back once it is done.",
        hint=f'To do it: execops proposals {decision} {proposal.ref} --yes, or "confirmed": true over HTTP.',
    )


async def _schedule(
    ctx: Context,
    conn: Connection,
    operator: SignedIn,
    proposal: Proposal,
    decision: str,
    needed: Sent[DictRow],
    *,
    again: bool,
    delay: float,
) -> Decided:
    """Record the approval; defer its job, unless another operator must approve too.

    A mail to a customer waits for the customer's morning. A retry waits for nothing: a person asked for it just now.
    Raises RecentContactError, and ConflictError where this operator has approved before.
    """
    approvals = await second_approval.give(conn, operator, proposal, decision, await needed.the_one())
    if not approvals.complete:
        return standing(proposal, approvals)
    plan = await departures.plan(ctx, conn, proposal, delay) if decision == "approve" else departures.Plan()
    row = await queries.one(
        conn,
        SQL["approve"],
        id=proposal.id,
        operator_id=operator.id,
        again=again,
        delay=delay,
        not_before=plan.not_before,
        team=contact.team(ctx),
        since=contact.since(ctx),
    )
    if row is None:
        raise await contact.question(ctx, conn, proposal, decision)
    await ctx.queue.defer(conn, execute_job(proposal.id, row["approval_no"], row["wait"]))
    if plan.not_before is not None:  # the operators who were told need not decide any more
        await ctx.queue.defer(conn, show_outcome_job(proposal.id))
    return Decided(
        proposal_id=proposal.id,
        version=proposal.version,
        status=Status.APPROVED,
        executes_at=row["due_at"],
        approvals=approvals.given,
        approvals_needed=approvals.needed,
        leaves=plan.words,
    )


async def _close(
    ctx: Context,
    conn: Connection,
    operator: SignedIn,
    proposal: Proposal,
    status: Status,
    outcome: str | None,
    *,
    window: float | None = None,
) -> Decided:
    """Record a decision that ends the proposal. With a `window`, in seconds, it can be taken back for that time."""
    row = await queries.the_one(
        conn,
        SQL["decide"],
        id=proposal.id,
        status=status,
        outcome=outcome,
        operator_id=operator.id,
        window=window,
    )
    await ctx.queue.defer(conn, close_thread_job(proposal.thread_id, window or 0.0))
    return Decided(
        proposal_id=proposal.id,
        version=proposal.version,
        status=status,
        undo_until=row["due_at"] if window else None,
    )
