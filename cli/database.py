"""`execops db`: bringing the database up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session

app = typer.Typer(help="Bring the database up to date.", no_args_is_help=True)


@app.command()
def migrate() -> None:
    """Apply what is missing; safe to run again, and from several machines at once."""

    async def command() -> None:
        from jobs.bootstrap import migrate as apply

        async with session.context() as ctx:
            migrated = await apply(ctx)
            output.note(
                f"Applied: {', '.join(migrated.applied)}"
                if migrated.applied
                else "The database is up to date."
            )
            if migrated.founder_token is None:
                return
            if ctx.settings.database_url is None:
                output.note(f"Added the founder; the token lies in {ctx.settings.token_file}")
                return
            output.note("Added the founder. The token is shown this once; use it as EXECOPS_TOKEN:")
            output.data(migrated.founder_token.reveal())

    session.run(command())


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Say what is missing; exit code 6 where something is."""

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
