"""`client.events`: stored events. Every role may read them and ask for proposals; only deciders may replay them, and founders prune them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.ingest import deliveries, events, pruning
from execops.ingest.pruning import Prunable, Pruned
from execops.model import Actor, Event, EventStatus


class Events(Part):
    """Reading stored events, processing them again, and taking the payloads of old ones away."""

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
        """Enqueue an event once more; returns False if it still waits for a job that processes it.

        Only an operator who decides may replay events. Raises NotFoundError, NotAllowedError, and ConflictError for
        an event that today's settings ignore.
        """
        await self.get(event_id)
        async with self._acting(Operation.REPLAY) as (conn, _):
            return await deliveries.replay(self._ctx, conn, event_id)

    async def prunable(self, before: datetime) -> Prunable:
        """Count the events that arrived before a moment and whose payloads may go. Raises InvalidInputError."""
        async with self._ctx.connection() as conn:
            return await pruning.prunable(conn, before, self._ctx.clock.now())

    async def prune(
        self,
        before: datetime,
        *,
        stop: asyncio.Event,
        on_progress: Callable[[Pruned], None] = lambda _: None,
    ) -> Pruned:
        """Take away the payloads of events that arrived before a moment, in short transactions, until the end or a stop.

        Keys, outcomes, hashes and books stay. Left out are events that are not processed, and those of live proposals. It
        cannot be taken back. Raises NotAllowedError, InvalidInputError.
        """
        founder = Actor.user(await self._require(Operation.PRUNE))
        return await pruning.prune(self._ctx, founder, before, stop=stop, on_progress=on_progress)
