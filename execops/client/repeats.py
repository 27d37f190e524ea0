"""Beside the Client: a request that arrives a second time, because its first answer was lost, is not done twice.

The audit rows of an operator's change carry the key of the request, written in the same transaction as the change. So the
log itself says whether a request was done, after a crash of the server too, and no other table can disagree with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from msgspec.structs import replace

from execops.authority.second_approval import Approvals
from execops.client import Client
from execops.context import Context
from execops.db import queries
from execops.db.pool import REQUEST
from execops.errors import ConflictError
from execops.model import Json, Proposal, Status
from execops.proposals import departures
from execops.proposals.decided import Decided, standing

SQL = queries.load("audit_log")
PROPOSALS = queries.load("proposals_read")
_LATEST = 5000  # entries among which a request is looked for: it is sent again within a minute
MOST = 80  # characters of a key


@asynccontextmanager
async def keyed(key: str | None) -> AsyncIterator[None]:
    """Let the audit rows of what is done here carry this key."""
    token = REQUEST.set(key)
    try:
        yield
    finally:
        REQUEST.reset(token)


class Repeat:
    """The traces of a request in the audit log, as an operator's earlier request with the same key left them."""

    def __init__(self, ctx: Context, rows: list[Json]) -> None:
        self._ctx, self._rows = ctx, rows

    @classmethod
    async def find(cls, ctx: Context, client: Client, key: str) -> Repeat:
        """Look for the traces among the latest entries."""
        async with ctx.connection() as conn:
            rows = await queries.many(
                conn, SQL["of_request"], key=key, actor_id=str(client.operator.id), latest=_LATEST
            )
        return cls(ctx, rows)

    @property
    def is_done(self) -> bool:
        """Whether the request was done already."""
        return bool(self._rows)

    async def decided(self, proposal_id: int) -> Decided | None:
        """The decision that the request took about a proposal, as that stands now; None where it took none."""
        if not any(row["proposal_id"] == proposal_id for row in self._rows):
            return None
        async with self._ctx.connection() as conn:
            row = await queries.the_one(conn, PROPOSALS["get"], id=proposal_id)
            proposal = Proposal.from_row(row | {"status": row["effective_status"]})
            leaves = await departures.of(self._ctx, conn, proposal)
        due: datetime | None = row["due_at"] if proposal.status is Status.APPROVED else None
        undo_until = row["due_at"] if proposal.status is Status.REJECTED else None
        return replace(
            standing(proposal, Approvals(proposal.approvals, proposal.approvals_needed)),
            executes_at=due,
            leaves=leaves.words if leaves else None,
            undo_until=undo_until,
            snoozed_until=row["snoozed_until"] if proposal.status is Status.SNOOZED else None,
        )

    def lost(self) -> ConflictError:
        """The error for a request whose result cannot be told again, such as a token that is shown once."""
        actions = ", ".join(sorted({row["action"] for row in self._rows}))
        return ConflictError(
            f"This was done already ({actions}), but its answer was lost on the way; it was not done twice.",
            hint="Look at it: execops audit show",
        )
