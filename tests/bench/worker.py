"""Our job worker as a process, with an adapter that notifies when it is called: `python -m tests.bench.worker`."""

from __future__ import annotations

import asyncio
import logging
import signal

import psycopg
from msgspec.structs import replace

from cli.session import serving_loop
from execops.adapters.email import EmailAdapter
from execops.adapters.outbox.emails import EmailOutbox
from execops.model import Json
from execops.settings import Settings, load_settings
from jobs.bootstrap import open_context
from jobs.worker import run_worker


class Probe(EmailAdapter):
    """An adapter that sends no mail: it notifies the bench instead."""

    def __init__(self, settings: Settings, conn: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        super().__init__(EmailOutbox(settings))
        self._conn = conn

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Notify the bench with the idempotency key."""
        await self._conn.execute("select pg_notify('bench', %s)", (idempotency_key,))
        return {}


async def main() -> None:
    """Work until SIGTERM."""
    settings, stop = load_settings(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with (
        open_context(settings) as ctx,
        await psycopg.AsyncConnection.connect(ctx.url.reveal(), autocommit=True) as conn,
    ):
        probed = replace(ctx, adapters={**ctx.adapters, "email": Probe(settings, conn)})
        await run_worker(probed, stop, on_start=lambda: print("ready", flush=True))


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    with asyncio.Runner(loop_factory=serving_loop) as runner:
        runner.run(main())
