"""Beside the Client: follows what becomes of deliveries, for a person who connects a source and waits for its first event."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
from psycopg.rows import dict_row

from execops.context import Context
from execops.db.pool import KEEPALIVES, unavailable
from execops.ingest import arrivals
from execops.ingest.arrivals import Arrivals


async def follow(ctx: Context) -> AsyncIterator[Arrivals]:
    """The latest deliveries of Stripe, at once and after each change, by LISTEN. Raises DatabaseUnavailableError."""
    try:
        async with await psycopg.AsyncConnection.connect(
            ctx.url.reveal(),
            autocommit=True,
            row_factory=dict_row,
            application_name="execops connect",
            connect_timeout=5,
            **KEEPALIVES,
        ) as conn:
            # A job is deferred with each event that is stored: so it shows before a worker processes it, and without one.
            await conn.execute(
                b"listen execops_events; listen execops_troubles; listen procrastinate_any_queue_v1"
            )
            seen = await arrivals.read(conn)
            yield seen
            async for _ in conn.notifies():
                # The connection is busy with its notifications, so the pool's reads.
                async with ctx.connection() as reader:
                    now = await arrivals.read(reader)
                if now != seen:
                    seen = now
                    yield now
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc
