"""`client.suppressions`: customers who are never contacted. Every role reads them; lifting needs one who decides."""

from __future__ import annotations

from collections.abc import Sequence

from execops.authority import policy
from execops.authority.operators import require_decider
from execops.authority.policy import Suppression
from execops.books import facts
from execops.client.part import Part
from execops.errors import NotFoundError

__all__ = ["Suppression", "Suppressions"]


class Suppressions(Part):
    """Listing suppressions, and lifting one. `client.proposals.reject` makes one."""

    async def list(self) -> Sequence[Suppression]:
        """Every customer who is never contacted, the latest first."""
        async with self._ctx.connection() as conn:
            return await policy.suppressions(conn)

    async def lift(self, subject_key: str, why: str | None = None) -> Suppression:
        """Allow contact with a suppressed customer again, from the next event on. Rejected proposals stay rejected.

        Raises NotAllowedError, and NotFoundError where this customer is not suppressed.
        """
        async with self._acting(require_decider, "lift suppressions", why) as (conn, _):
            await facts.lock_subject(conn, subject_key)
            lifted = await policy.lift_suppression(conn, subject_key)
            if lifted is None:
                raise NotFoundError(
                    f"{subject_key} is not suppressed; nothing was changed.", hint="execops suppressions list"
                )
            return lifted
