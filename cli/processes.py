"""The long-running commands: server, worker, both, the inbox, and the demo."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session

if TYPE_CHECKING:
    import asyncio

    from execops.context import Context

Host = Annotated[
    str | None, typer.Option(help="Address to listen on. Also: EXECOPS_HOST.", show_default=False)
]
Port = Annotated[
    int | None, typer.Option(help="Port; 0 takes a free one. Also: EXECOPS_PORT.", show_default=False)
]
SERVER_POOL = 16  # connections
WORKER_POOL = 6  # besides four for each job run at once


def up(host: Host = None, port: Port = None) -> None:
    """Migrate, then run the server and a worker in this process; prints its URL when ready."""

    async def command() -> None:
        from jobs.bootstrap import migrate, open_context

        _log()
        settings = session.settings(host=host, port=port)
        size = SERVER_POOL + worker_pool(settings.worker_concurrency)
        async with stopping() as stop, open_context(settings, pool_size=size) as ctx:
            migrated = await migrate(ctx)
            if migrated.founder_token is not None and settings.database_url is not None:
                output.note("Added the founder. The token is shown this once; use it as EXECOPS_TOKEN:")
                output.announce(migrated.founder_token.reveal())
            if not settings.stripe_webhook_secrets:
                output.note("Stripe's webhooks are refused until STRIPE_WEBHOOK_SECRET is set.")
            await run_both(ctx, stop)

    session.run(command(), session.serving_loop)


def serve(host: Host = None, port: Port = None) -> None:
    """Run the HTTP server alone; prints its URL when ready."""

    async def command() -> None:
        from jobs.bootstrap import open_context
        from server.run import serve as run_server

        _log()
        settings = session.settings(host=host, port=port)
        async with stopping() as stop, open_context(settings, pool_size=SERVER_POOL) as ctx:
            await run_server(ctx, settings.host, settings.port, on_ready=output.announce, stop=stop)

    session.run(command(), session.serving_loop)


def work() -> None:
    """Run a worker alone: it processes events and performs what was approved."""

    async def command() -> None:
        from jobs.bootstrap import open_context
        from jobs.worker import run_worker

        _log()
        settings = session.settings()
        size = worker_pool(settings.worker_concurrency)
        async with stopping() as stop, open_context(settings, pool_size=size) as ctx:
            await run_worker(ctx, stop, on_start=lambda: output.note("The worker runs."))

    session.run(command(), session.serving_loop)


def inbox(
    readonly: Annotated[bool, typer.Option("--readonly", help="Look only: no key decides.")] = False,
) -> None:
    """Open the inbox."""

    from cli.inbox import open_inbox

    open_inbox(readonly=readonly)


def demo() -> None:
    """See the whole loop in a throw-away home: no account, no network. Ends in the inbox, or without a terminal in a report."""
    from cli.demo.loop import run_demo

    session.run(run_demo())


def worker_pool(concurrency: int) -> int:
    """Connections for a worker: a job holds its thread's lock while its steps use others."""
    return WORKER_POOL + 4 * concurrency


async def run_both(ctx: Context, stop: asyncio.Event) -> None:
    """The server and a worker in this process, until `stop`; one that fails stops the other."""
    from asyncio import TaskGroup

    from jobs.worker import run_worker
    from server.run import serve as run_server

    async with TaskGroup() as group:
        group.create_task(run_worker(ctx, stop))
        group.create_task(
            run_server(ctx, ctx.settings.host, ctx.settings.port, on_ready=output.announce, stop=stop)
        )


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C and SIGTERM set, so that what runs can end in order."""
    import signal
    from asyncio import Event, get_running_loop

    stop, loop = Event(), get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):
                loop.remove_signal_handler(number)


def _log() -> None:
    import logging

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
