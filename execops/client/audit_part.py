"""`client.audit`: the record of every change. Every role may read it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING

from execops.authority import audit
from execops.authority.audit import TrailEntry, Verification
from execops.client.part import Part

if TYPE_CHECKING:
    from execops.authority.exporting import ExportedEntry


class Audit(Part):
    """Reading the audit log, and verifying it."""

    async def latest(self, limit: int, *, before: int | None = None) -> list[TrailEntry]:
        """A page of the entries, the newest first, with numbers (`seq`) below `before`."""
        async with self._ctx.connection() as conn:
            return await audit.latest(conn, limit, before=before)

    async def verify(self, noted: str | None = None) -> Verification:
        """Check the whole chain, the proposals and executions against it, and the guards against the migrations.

        With a head that an earlier run printed, `COUNT:HEAD`, check what is new since: see `audit.verify`. Raises
        InvalidInputError.
        """
        head = None if noted is None else audit.read_head(noted)
        async with self._ctx.connection() as conn:
            return await audit.verify(conn, head)

    async def since(self, moment: datetime) -> AsyncGenerator[ExportedEntry]:
        """The entries since a moment, the oldest first, with the proposals that they are about."""
        from execops.authority import exporting  # only where it is asked for

        async with (
            self._ctx.connection() as conn,
            aclosing(exporting.entries(conn, moment)) as entries,
        ):
            async for entry in entries:
                yield entry
