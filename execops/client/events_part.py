"""`client.events`: stored events. Every role reads them and asks for proposals; replaying needs one who decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from execops.authority.operators import require_decider
from execops.client.part import Part
from execops.ingest import deliveries, events
from execops.model import Event, EventStatus


class Events(Part):
    """Reading stored events, and having them processed."""

    async def list(
        self,
        *,
        status: EventStatus | None = None,
        type_: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[dict[str, Any]]:
        """A page of events without their payload, the newest first, with ids below `before`."""
        async with self._ctx.connection() as conn:
            return await events.listed(conn, status=status, type_=type_, limit=limit, before=before)

    async def get(self, event_id: int) -> Event:
        """One event, whole. Raises NotFoundError."""
        async with self._ctx.connection() as conn:
            return await events.get(conn, event_id)

    async def propose(self, event_id: int) -> Event:
        """The event, after a failed one was enqueued again; every other event has, or had, its job.

        Every role may ask for the proposals of an event. A failed event is replayed, which needs one who decides.
        Raises NotFoundError, NotAllowedError.
        """
        event = await self.get(event_id)
        if event.status is not EventStatus.FAILED:
            return event
        await self.replay(event_id)
        return await self.get(event_id)

    async def replay(self, event_id: int) -> bool:
        """Enqueue an event once more; False where it still waits to be processed.

        Only one who decides may. Raises NotFoundError, NotAllowedError.
        """
        await self.get(event_id)
        async with self._acting(require_decider, "replay events") as (conn, _):
            return await deliveries.replay(self._ctx, conn, event_id)
