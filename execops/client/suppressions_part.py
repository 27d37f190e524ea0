"""`client.suppressions`: customers who are never contacted. Every role reads them; making and lifting one needs an operator who decides, without limits."""

from __future__ import annotations

from collections.abc import Sequence

from execops.authority import policy
from execops.authority.permissions import Operation
from execops.authority.policy import Suppression
from execops.books import facts
from execops.client.part import Part
from execops.context import WORKER
from execops.db.pool import act_as
from execops.errors import NotFoundError
from execops.proposals import drafting

__all__ = ["Suppression", "Suppressions"]


class Suppressions(Part):
    """Listing suppressions, making and lifting one. `client.proposals.reject` makes one too."""

    async def list(self) -> Sequence[Suppression]:
        """Every customer who is never contacted, the latest first."""
        async with self._ctx.connection() as conn:
            return await policy.suppressions(conn)

    async def add(self, subject_key: str, why: str | None = None) -> bool:
        """Never contact a customer again; returns False if this one was suppressed before.

        The open proposals that write to the customer are superseded. Raises NotAllowedError.
        """
        async with self._acting(Operation.SUPPRESS, why) as (conn, operator):
            await facts.lock_subject(conn, subject_key)
            if not await policy.suppress(conn, operator, subject_key, why):
                return False
            await act_as(conn, WORKER)  # the worker supersedes the customer's open proposals
            await drafting.reassess(self._ctx, conn, subject_key)
            return True

    async def lift(self, subject_key: str, why: str | None = None) -> Suppression:
        """Allow contact with a suppressed customer again, from the next event on. Rejected proposals stay rejected.

        Raises NotAllowedError, and NotFoundError where this customer is not suppressed.
        """
        async with self._acting(Operation.LIFT, why) as (conn, _):
            await facts.lock_subject(conn, subject_key)
            lifted = await policy.lift_suppression(conn, subject_key)
            if lifted is None:
                raise NotFoundError(
                    f"{subject_key} is not suppressed; nothing was changed.", hint="execops suppressions list"
                )
            return lifted
