"""Decisions about several proposals at once: an answer for each, in order. One that is refused does not stop the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from execops.context import Context
from execops.errors import ExecOpsError, InvalidInputError
from execops.model import SignedIn
from execops.proposals import decisions, listing
from execops.proposals.decided import Decided

Seen = Sequence[tuple[int, int]]  # proposals, each with the version that the operator saw


async def approve_many(
    ctx: Context, operator: SignedIn, seen: Seen, *, confirmed: bool = False
) -> list[Decided | ExecOpsError]:
    """Approve several proposals of one play, or acknowledge notices of any plays.

    Raises InvalidInputError if the plays differ, and something would be done.
    """
    async with ctx.connection() as conn:
        proposals = [await listing.get(conn, proposal_id) for proposal_id, _ in seen]
    existing = [proposal for proposal in proposals if proposal is not None]
    if len({proposal.play for proposal in existing}) > 1 and not all(
        proposal.is_notice for proposal in existing
    ):
        raise InvalidInputError("Only proposals of the same play are approved together; nothing was changed.")
    return await _each(
        seen, lambda id_, version: decisions.approve(ctx, operator, id_, version, confirmed=confirmed)
    )


async def reject_many(
    ctx: Context, operator: SignedIn, seen: Seen, reason: str | None = None
) -> list[Decided | ExecOpsError]:
    """Reject several pending proposals, of any plays, with one reason."""
    return await _each(seen, lambda id_, version: decisions.reject(ctx, operator, id_, version, reason))


async def close_many(
    ctx: Context, operator: SignedIn, seen: Seen, reason: str | None = None
) -> list[Decided | ExecOpsError]:
    """Give up several failed or unknown actions, with one reason."""
    return await _each(seen, lambda id_, version: decisions.close(ctx, operator, id_, version, reason))


async def _each(seen: Seen, decide: Callable[[int, int], Awaitable[Decided]]) -> list[Decided | ExecOpsError]:
    answers: list[Decided | ExecOpsError] = []
    for proposal_id, version in seen:
        try:
            answers.append(await decide(proposal_id, version))
        except ExecOpsError as exc:
            answers.append(exc)
    return answers
