"""Undo: an approval or a rejection is taken back within its window, and the proposal is pending again.

The play looks at the facts on the way back, as on every other way. A rejection that said never to contact the customer
again takes that with it: the customer may be contacted, and the proposals that ended with it are asked about again.
"""

from __future__ import annotations

from execops.authority import operators, permissions, policy, second_approval
from execops.authority.permissions import Operation
from execops.authority.second_approval import Approvals
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError
from execops.model import Proposal, SignedIn, Status
from execops.ports import show_outcome_job
from execops.proposals import drafting
from execops.proposals.decidable import deciding, lock_authorised, require_version
from execops.proposals.decided import Decided, standing

SQL = queries.load("proposals_write")
_BACK = "asked again: the rejection with which it ended was taken back"


async def undo(ctx: Context, operator: SignedIn, proposal_id: int, version: int) -> Decided:
    """Put exactly this approved or rejected version back to pending, before its action is performed or its window ends.

    Its play looks at the facts again. So the proposal may be superseded, or pending in a newer version: the result says it.
    If two operators approve, the approvals of both are void. Raises ConflictError for another version, if the
    execution has begun, if the window of a rejection has ended, and if another proposal has taken its place.
    """
    async with deciding(ctx, operator, proposal_id) as conn:
        await queries.run(conn, SQL["lock_object"], id=proposal_id)
        rows = await queries.many(
            conn, SQL["lock_ended"], id=proposal_id
        )  # before this proposal: locks follow the ids
        proposal = await lock_authorised(ctx, conn, operator, proposal_id, Operation.UNDO)
        if proposal.status not in {Status.APPROVED, Status.REJECTED}:
            raise ConflictError(f"Proposal {proposal_id} is {proposal.status}: there is nothing to undo.")
        require_version(proposal, version)
        needed = 1
        if proposal.status is Status.REJECTED:
            ended = {row["id"]: row["seconds"] for row in rows}
            await _take_rejection_back(ctx, conn, operator, proposal, ended)
        else:
            ended = {proposal_id: 0.0}
            await _ask_again(ctx, conn, proposal_id)
            needed = await second_approval.needed_by(conn, operator, proposal_id)
        await ctx.queue.defer(conn, *map(show_outcome_job, ended))
        looked_at = {number: await drafting.look_again(ctx, conn, number) for number in ended}
        return standing(looked_at[proposal_id], Approvals(0, needed))


async def _take_rejection_back(
    ctx: Context, conn: Connection, operator: SignedIn, proposal: Proposal, ended: dict[int, float]
) -> None:
    """Put a rejected proposal back to pending, and all that ended with it. `ended` has the seconds left, by proposal."""
    if ended.get(proposal.id, 0.0) <= 0:
        raise ConflictError(
            f"Proposal {proposal.id} is rejected, and the time to take that back is over; nothing was changed.",
            hint="The next event about it may draft a new proposal.",
        )
    if customer := await policy.suppressed_with(conn, proposal.id):
        current = await operators.current(conn, operator)
        permissions.authorise(current, Operation.LIFT, ctx.settings)
        await policy.lift_suppression(conn, customer)
    for number in list(ended):
        successor = await queries.one(conn, SQL["successor"], id=number)
        if successor is not None and number == proposal.id:
            raise ConflictError(
                f"Proposal {successor['id']} has taken the place of proposal {number} meanwhile; nothing was changed.",
                hint=f"execops proposals show {successor['id']}",
            )
        if successor is not None:
            del ended[number]
            continue
        await _ask_again(ctx, conn, number, None if number == proposal.id else _BACK)


async def _ask_again(ctx: Context, conn: Connection, proposal_id: int, why: str | None = None) -> None:
    days = ctx.settings.expiry_days
    await queries.run(conn, SQL["ask_again"], id=proposal_id, why=why, expiry_days=days)
