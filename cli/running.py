"""Running a server or a worker until a signal stops it. `up`, `serve`, `work`, `backfill` and the demo share it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from execops.context import Context

SERVER_POOL = 16  # connections


async def run_both(ctx: Context, stop: asyncio.Event, on_ready: Callable[[str], None]) -> None:
    """Run the server and a worker in this process until `stop` is set. If one fails, the other stops.

    `on_ready` gets the server's URL.
    """
    from asyncio import TaskGroup

    from jobs.bootstrap import process_event
    from jobs.worker import run_worker
    from server.run import serve as run_server

    async with TaskGroup() as group:
        group.create_task(run_worker(ctx, stop))
        host, port = ctx.settings.host, ctx.settings.port
        group.create_task(run_server(ctx, host, port, on_ready=on_ready, stop=stop, process=process_event))


@asynccontextmanager
async def standing(ctx: Context, stop: asyncio.Event) -> AsyncIterator[None]:
    """Wait for a database that is away, refuse a transaction pooler, then run the block while the database is kept running.

    Raises DatabaseUnavailableError if the database refuses the connection, or `stop` is set while it is away. The block is
    cancelled if the embedded Postgres cannot be started again; raises UnavailableError in a group then.
    """
    from asyncio import TaskGroup

    from jobs.awaiting import until_it_answers
    from jobs.bootstrap import keep_database

    await until_it_answers(ctx, stop)
    async with TaskGroup() as group:
        keeping = group.create_task(keep_database(ctx))
        yield
        keeping.cancel()


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Give an event that Ctrl-C, SIGTERM and a closed terminal set, so that a process can end in order."""
    import signal
    from asyncio import Event, get_running_loop

    from cli import session, streams

    stop, loop = Event(), get_running_loop()

    def end() -> None:
        streams.leave_terminal()
        stop.set()

    numbers = [signal.SIGINT, *session.ends()]
    for number in numbers:
        loop.add_signal_handler(number, end)
    try:
        yield stop
    finally:
        for number in numbers:
            with contextlib.suppress(ValueError):
                loop.remove_signal_handler(number)
