"""`execops db`: migrate the database, and list the missing migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session

if TYPE_CHECKING:
    from execops.settings import Settings
    from jobs.bootstrap import Migrated

app = typer.Typer(help="Migrate the database, and list missing migrations.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Apply the missing migrations. The first run prints the founder's token, alone on a line of stdout.

    It is safe to run it again, and on several machines at once.
    """

    async def command() -> None:
        from jobs.bootstrap import migrate as apply

        async with session.context() as ctx:
            migrated = await apply(ctx)
            _report(migrated, ctx.settings, as_json=as_json)

    session.run(command())


def _report(migrated: Migrated, settings: Settings, *, as_json: bool) -> None:
    token = None if migrated.founder_token is None else migrated.founder_token.reveal()
    if as_json:
        output.document({"applied": migrated.applied, "founder_token": token})
        return
    if migrated.applied:
        output.note(f"Applied: {', '.join(migrated.applied)}")
    else:
        output.note("The database is up to date.")
    if token is None:
        return
    if settings.database_url is None:
        output.note(f"Added the founder. ExecOps keeps the token in {settings.token_file}:")
    else:
        output.note(session.FOUNDER_ADDED)
    output.data(token)


@app.command()
def status(as_json: AsJson = False) -> None:
    """List the missing migrations. Exits with 6 if there are any."""

    async def command() -> bool:
        from execops.client.diagnosis import pending_migrations

        async with session.context() as ctx:
            pending = await pending_migrations(ctx)
        if as_json:
            output.document({"up_to_date": not pending, "pending": pending})
        elif pending:
            output.data("\n".join(pending))
            output.note("Run: execops db migrate")
        else:
            output.note("The database is up to date.")
        return not pending

    if not session.run(command()):
        raise typer.Exit(6)
