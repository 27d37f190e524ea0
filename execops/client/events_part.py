"""`client.events`: stored events. Every role may read them and ask for proposals; only deciders may replay them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.ingest import deliveries, events
from execops.model import Event, EventStatus


class Events(Part):
    """Reading stored events, and processing them again."""

    async def list(
        self,
        *,
        status: EventStatus | None = None,
        type_: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[dict[str, Any]]:
        """A page of events without their payloads, the newest first, with ids below `before`.

        A `*` in `type_` stands for any characters: `invoice.*`.
        """
        async with self._ctx.connection() as conn:
            return await events.list_page(conn, status=status, type_=type_, limit=limit, before=before)

    async def get(self, event_id: int) -> Event:
        """One event with its payload. Raises NotFoundError."""
        async with self._ctx.connection() as conn:
            return await events.get(conn, event_id)

    async def propose(self, event_id: int) -> Event:
        """Read an event whose proposals somebody asks for; replay it first if it failed.

        Every role may ask. Only an operator who decides may replay a failed event. Raises NotFoundError,
        NotAllowedError.
        """
        event = await self.get(event_id)
        if event.status is not EventStatus.FAILED:
            return event
        await self.replay(event_id)
        return await self.get(event_id)

    async def replay(self, event_id: int) -> bool:
        """Enqueue an event once more; returns False if it still waits to be processed.

        Only an operator who decides may replay events. Raises NotFoundError, NotAllowedError, and ConflictError for
        an event that today's settings ignore.
        """
        await self.get(event_id)
        async with self._acting(Operation.REPLAY) as (conn, _):
            return await deliveries.replay(self._ctx, conn, event_id)
