"""Beside the Client: wakes requests that wait for an event to be processed, over one connection a process."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from execops.db.pool import KEEPALIVES, unavailable
from execops.settings import Secret

logger = logging.getLogger(__name__)


class EventFeed:
    """Listens from the first request on. A lost connection wakes every request; the next request opens it again.

    The feed has a connection of its own, so that waiting requests hold no connection of the pool.
    """

    def __init__(self, url: Secret) -> None:
        self._url = url
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._opening = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watching(self, event_id: int) -> AsyncIterator[asyncio.Event]:
        """A signal that is set when the stored event is processed, or when the connection is lost.

        Read the event again after the signal. Once entered, no change is missed. Raises DatabaseUnavailableError.
        """
        processed = asyncio.Event()
        self._waiting[event_id].add(processed)
        try:
            await self._listening()
            yield processed
        finally:
            waiting = self._waiting[event_id]
            waiting.discard(processed)
            if not waiting:
                del self._waiting[event_id]

    async def close(self) -> None:
        """Stop listening."""
        async with self._opening:
            if self._reading is not None:
                self._reading.cancel()
                await asyncio.wait([self._reading])
                self._reading = None

    async def _listening(self) -> None:
        async with self._opening:
            if self._reading is not None and not self._reading.done():
                return
            try:
                conn = await psycopg.AsyncConnection.connect(
                    self._url.reveal(),
                    autocommit=True,
                    application_name="execops server",
                    connect_timeout=5,
                    **KEEPALIVES,
                )
                await conn.execute(b"listen execops_events")
            except psycopg.OperationalError as exc:
                raise unavailable(exc) from exc
            self._reading = asyncio.create_task(self._read(conn), name="event feed")

    async def _read(self, conn: psycopg.AsyncConnection[Any]) -> None:
        try:
            async for notification in conn.notifies():
                self._wake(int(notification.payload))
        except psycopg.OperationalError as exc:
            logger.warning("The event feed lost the database: %s", type(exc).__name__)
        finally:
            await conn.close()
            for event_id in list(self._waiting):
                self._wake(event_id)

    def _wake(self, event_id: int) -> None:
        for processed in self._waiting.get(event_id, ()):
            processed.set()
