"""`client.deployment`: the running system.

Every role may watch it; an operator who decides, without limits, pauses and resumes it; a founder says that it was restored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from execops import health
from execops.authority.permissions import Operation
from execops.client.changes import Notice, listening
from execops.client.part import Part
from execops.health import Health, Measures

if TYPE_CHECKING:
    from execops.client.diagnosis import Overview
    from execops.proposals.restoring import Restored


class Deployment(Part):
    """The health of the deployment, its changes, the pause of all executions, and a restore."""

    async def health(self) -> Health:
        """Workers, queue, pause and failures."""
        async with self._ctx.connection() as conn:
            return await health.read(conn)

    async def measures(self) -> Measures:
        """The numbers that a monitoring system draws."""
        async with self._ctx.connection() as conn:
            return await health.measure(conn)

    async def overview(self) -> Overview:
        """Workers and queue, the latest deliveries, and what waits for a person."""
        from execops.client import diagnosis

        return await diagnosis.overview(self._ctx)

    @asynccontextmanager
    async def changes(self, *, pulse_every: float | None = None) -> AsyncIterator[AsyncIterator[Notice]]:
        """Listen for changes of proposals and policies; once entered, none is missed.

        With `pulse_every`, a Pulse comes after so many seconds of silence. Ends in DatabaseUnavailableError.
        """
        async with listening(self._ctx, pulse_every) as stream:
            yield stream

    async def pause(self, why: str | None = None) -> None:
        """Stop all executions. Raises NotAllowedError."""
        async with self._acting(Operation.PAUSE) as (conn, operator):
            from execops.proposals import switches

            await switches.pause(conn, operator, why)

    async def resume(self, why: str | None = None) -> int:
        """Let executions run again; returns how many proposals waited. Raises NotAllowedError."""
        async with self._acting(Operation.RESUME) as (conn, operator):
            from execops.proposals import switches

            return await switches.resume(self._ctx, conn, operator, why)

    async def restored(self) -> Restored:
        """Say that this database was restored from a backup, or is a copy: see `proposals.restoring`.

        Raises NotAllowedError.
        """
        from execops.proposals import restoring

        async with self._acting(Operation.RESTORED) as (conn, _):
            return await restoring.restored(self._ctx, conn)
