"""The commands that run until they are stopped: `up`, `serve`, `work`, `inbox` and `demo`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.running import SERVER_POOL, run_both, standing, stopping

if TYPE_CHECKING:
    from execops.settings import Settings

Host = Annotated[
    str | None, typer.Option(help="The address to listen on. Also: EXECOPS_HOST.", show_default=False)
]
Port = Annotated[
    int | None,
    typer.Option(help="The port to listen on; 0 takes a free one. Also: EXECOPS_PORT.", show_default=False),
]


Log = Annotated[
    str | None,
    typer.Option(
        "--log",
        metavar="short|text|json",
        help="The form of the log's lines on stderr; short in a terminal, else text.",
        show_default=False,
    ),
]


def up(host: Host = None, port: Port = None, log: Log = None) -> None:
    """Migrate, then run the server and a worker in this process. Prints the URL when the server is ready.

    Then it prints a line for each delivery, until Ctrl-C.
    """

    async def command() -> None:
        from jobs.bootstrap import bring_up_to_date, open_context

        _log(log)
        settings = session.settings(host=host, port=port)
        async with (
            stopping() as stop,
            open_context(settings, pool_size=SERVER_POOL) as ctx,
            standing(ctx, stop),
        ):
            migrated = await bring_up_to_date(ctx)
            if migrated.founder_token is not None and settings.database_url is not None:
                output.note(session.FOUNDER_ADDED)
                output.announce(migrated.founder_token.reveal())
            await run_both(ctx, stop, lambda url: _greet(settings, url))

    session.run(command(), session.serving_loop)


def serve(host: Host = None, port: Port = None, log: Log = None) -> None:
    """Run the HTTP server alone. Prints its URL when it is ready."""

    async def command() -> None:
        from jobs.bootstrap import open_context, process_event
        from server.run import serve as run_server

        _log(log)
        settings = session.settings(host=host, port=port)
        async with (
            stopping() as stop,
            open_context(settings, pool_size=SERVER_POOL) as ctx,
            standing(ctx, stop),
        ):
            await run_server(
                ctx, settings.host, settings.port, on_ready=output.announce, stop=stop, process=process_event
            )

    session.run(command(), session.serving_loop)


def work(log: Log = None) -> None:
    """Run a worker alone. It processes events and performs approved actions."""

    async def command() -> None:
        from jobs.bootstrap import open_context
        from jobs.worker import run_worker

        _log(log)
        async with stopping() as stop, open_context(session.settings()) as ctx, standing(ctx, stop):
            await run_worker(ctx, stop, on_start=lambda: output.note("The worker is running."))

    session.run(command(), session.serving_loop)


def inbox(
    readonly: Annotated[bool, typer.Option("--readonly", help="Read only: no key decides.")] = False,
    wanted: Annotated[
        str, typer.Option("--filter", metavar="WORDS", help="Open filtered, such as urgency:high.")
    ] = "",
) -> None:
    """Open the inbox."""

    from cli.inbox import open_inbox

    open_inbox(readonly=readonly, wanted=wanted)


def demo() -> None:
    """Show the whole loop in a temporary home, with no account and no network.

    In a terminal it opens the inbox. Without one it prints a report.
    """
    from cli.demo.loop import run_demo

    session.run(run_demo())


def _greet(settings: Settings, url: str) -> None:
    """Print the URL for programs, and for a person everything else that they need next."""
    from execops.settings import unread_variables

    output.announce(url)
    webhooks = f"{url}/ingest/stripe"
    if not settings.stripe_webhook_secrets:
        webhooks += " refuses Stripe until you run: execops connect stripe"
    other = "test" if settings.stripe_mode == "live" else "live"
    database = "its Postgres too" if settings.database_url is None else "its Postgres is at DATABASE_URL"
    lines = {
        "webhooks": webhooks,
        "mode": f"{settings.stripe_mode}; {other}-mode events are ignored (EXECOPS_STRIPE_MODE)",
        "data": f"{settings.home}; {database}",
        "next": "in another terminal: execops inbox",
        "stop": "Ctrl-C",
    }
    for name, line in lines.items():
        output.note(f"  {name:<9} {output.clean(line)}")
    for name, meant in unread_variables().items():
        if meant is not None:
            output.note(f"  warning   nothing reads {output.clean(name)}; did you mean {meant}?")


def _log(form: str | None) -> None:
    """Let our own lines of information, and everybody's warnings, go to stderr. Raises InvalidInputError."""
    import logging

    from execops.errors import InvalidInputError
    from execops.text.log_lines import JsonLines, ShortLines, TextLines

    forms = {"short": ShortLines, "text": TextLines, "json": JsonLines}
    form = form or ("short" if sys.stderr.isatty() else "text")
    if form not in forms:
        raise InvalidInputError(f"--log takes short, text or json, not {form!r}.")
    handler = logging.StreamHandler()
    handler.setFormatter(forms[form]())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # No form names the place in the code, the thread or the process: logging need not look them up for each line. The
    # chapter "Optimization" of its documentation names these switches.
    logging._srcfile = None  # noqa: SLF001
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for package in ("execops", "jobs", "server"):
        logging.getLogger(package).setLevel(logging.INFO)
