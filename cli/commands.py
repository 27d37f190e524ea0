"""Every command of `execops`, by its noun."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import (
    audit,
    backfill,
    bank,
    config,
    connect,
    contexts,
    database,
    decisions,
    erasing,
    events,
    examples,
    jq,
    notifications,
    operators,
    outbox,
    plays,
    policies,
    processes,
    proposals,
    session,
    suppressions,
    synonyms,
    trigger,
    vendors,
)
from cli.canvas import canvas
from cli.doctor import doctor
from cli.precision import precision
from cli.status import status
from execops import __version__

app = typer.Typer(
    name="execops",
    help="ExecOps asks you only when something needs a decision, with the action already drafted.",
    epilog="Start with: execops up. Then, in another terminal: execops connect stripe, and: execops inbox",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(rich_help_panel="Run")(processes.demo)
app.command(rich_help_panel="Run")(processes.up)
app.command(rich_help_panel="Run")(processes.serve)
app.command(rich_help_panel="Run")(processes.work)
app.command(rich_help_panel="Run")(status)
app.command(rich_help_panel="Decide")(processes.inbox)
app.command(rich_help_panel="Decide")(decisions.approve)
app.command(rich_help_panel="Decide")(decisions.reject)
app.add_typer(proposals.app, name="proposals", rich_help_panel="Decide")
app.command(rich_help_panel="Decide")(decisions.pause)
app.command(rich_help_panel="Decide")(decisions.resume)
app.command(rich_help_panel="Ask")(canvas)
app.add_typer(bank.app, name="import", rich_help_panel="Maintain")
app.add_typer(vendors.app, name="vendors", rich_help_panel="Maintain")
app.add_typer(synonyms.app, name="synonyms", rich_help_panel="Maintain")
app.add_typer(events.app, name="events", rich_help_panel="Maintain")
app.add_typer(erasing.app, name="erase", rich_help_panel="Maintain")
app.add_typer(audit.app, name="audit", rich_help_panel="Maintain")
app.add_typer(plays.app, name="plays", rich_help_panel="Maintain")
app.add_typer(plays.actions, name="actions", rich_help_panel="Maintain")
app.command(rich_help_panel="Maintain")(precision)
app.add_typer(policies.app, name="policies", rich_help_panel="Maintain")
app.add_typer(suppressions.app, name="suppressions", rich_help_panel="Maintain")
app.add_typer(outbox.app, name="outbox", rich_help_panel="Maintain")
app.add_typer(operators.app, name="operators", rich_help_panel="Maintain")
app.add_typer(notifications.app, name="notifications", rich_help_panel="Maintain")
app.add_typer(backfill.app, name="backfill", rich_help_panel="Maintain")
app.add_typer(database.app, name="db", rich_help_panel="Maintain")
app.add_typer(trigger.app, name="trigger", rich_help_panel="Maintain")
app.add_typer(connect.app, name="connect", rich_help_panel="Maintain")
app.add_typer(config.app, name="config", rich_help_panel="Maintain")
app.command(rich_help_panel="Far away")(contexts.login)
app.command(rich_help_panel="Far away")(contexts.logout)
app.command(rich_help_panel="Far away")(contexts.whoami)
app.add_typer(contexts.app, name="context", rich_help_panel="Far away")
app.command(rich_help_panel="Maintain")(doctor)
examples.add_to(app)
jq.add_to(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"execops {__version__}")
        raise typer.Exit


# These run, read or set up the machine itself.
OF_MACHINE = frozenset({"up", "serve", "work", "db", "connect", "outbox", "doctor"})


@app.callback()
def _options(
    ctx: typer.Context,
    home: Annotated[
        str | None,
        typer.Option(
            help="The folder for data, config, outbox and embedded database. Also: EXECOPS_HOME.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            help="The server to speak to, by its name in `context list`. Also: EXECOPS_CONTEXT.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    session.set_flags(home=home, context=context)
    if ctx.invoked_subcommand in OF_MACHINE and "--help" not in sys.argv and "-h" not in sys.argv:
        session.run(_require_here(str(ctx.invoked_subcommand)))


async def _require_here(command: str) -> None:
    session.require_here(f"`execops {command}`")
