"""`execops db`: migrate the database, list the missing migrations, and say that it was restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client.records import Restored
    from execops.settings import Settings
    from jobs.bootstrap import Migrated

app = typer.Typer(
    help="Migrate the database, list missing migrations, and say that it was restored.", no_args_is_help=True
)


AppRole = Annotated[
    str | None,
    typer.Option(
        "--app-role",
        metavar="NAME",
        help="Grant this database role what the processes need, and nothing else.",
    ),
]


Fleet = Annotated[
    bool,
    typer.Option("--fleet", help="Every database of EXECOPS_DATABASES. One that fails stops no other."),
]


@app.command()
def migrate(app_role: AppRole = None, fleet: Fleet = False, as_json: AsJson = False) -> None:
    """Apply the missing migrations, as the owner of the database.

    The first run prints the founder's token, alone on a line of stdout. With --app-role, the server and the worker can
    connect as a role that owns no table; a later migration grants it anew. It is safe to run it again, and on several
    machines at once. With --fleet, each founder's token stands behind the name of its database, and the exit code is 6 if
    one of them is not up to date in the end.
    """
    if fleet:
        from cli import fleet as databases

        databases.migrate(app_role, as_json=as_json)
        return

    async def command() -> None:
        from jobs.bootstrap import bring_up_to_date
        from jobs.bootstrap import migrate as apply

        async with session.context() as ctx:
            migrated = await (bring_up_to_date(ctx) if app_role is None else apply(ctx, app_role))
            _report(migrated, ctx.settings, as_json=as_json)

    session.run(command())


def _report(migrated: Migrated, settings: Settings, *, as_json: bool) -> None:
    token = None if migrated.founder_token is None else migrated.founder_token.reveal()
    if as_json:
        output.document(
            {"applied": migrated.applied, "founder_token": token, "granted": list(migrated.granted)}
        )
        return
    if migrated.applied:
        output.note(f"Applied: {', '.join(migrated.applied)}")
    else:
        output.note("The database is up to date.")
    if settings.database_url is not None:
        _report_roles(migrated, settings)
    if token is None:
        return
    if settings.database_url is None:
        output.note(f"Added the founder. ExecOps keeps the token in {settings.token_file}:")
    else:
        output.note(session.FOUNDER_ADDED)
    output.data(token)


def _report_roles(migrated: Migrated, settings: Settings) -> None:
    for role in migrated.granted:
        output.note(f"The role {role} has the rights that the processes need. Name it in their DATABASE_URL.")
    if migrated.made is not None and settings.app_role_password is None:
        output.note(
            f"Created the role {migrated.made}, without a password. In psql, as the owner: \\password {migrated.made}"
        )


@app.command()
def status(fleet: Fleet = False, as_json: AsJson = False) -> None:
    """List the missing migrations. Exits with 6 if there are any."""
    if fleet:
        from cli import fleet as databases

        databases.status(as_json=as_json)
        return

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


@app.command("restored")
def note_restore(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say that this database was restored from a backup, or is a copy of another. Only a founder may.

    Approved actions become unknown, because they may have been performed after the backup. Pending and failed proposals
    say that they may be done. New idempotency keys differ from all of before.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError

        if not yes and not session.interactive():
            raise InvalidInputError(
                "Confirm that this database was restored or copied; nothing was changed.",
                hint="Run it in a terminal, or with --yes.",
            )
        async with session.client() as client:
            if not yes and not session.confirm(
                "Was this database restored from a backup, or copied? Approved actions become unknown:"
                " you look whether each was performed.",
                err=True,
            ):
                raise typer.Exit
            restored = await client.deployment.restored()
        _report_restored(restored, as_json=as_json)

    session.run(command())


def _report_restored(restored: Restored, *, as_json: bool) -> None:
    if as_json:
        output.document(restored)
        return
    output.note(f"The deployment's id is {restored.deployment_id} now; it was {restored.previous_id}.")
    approved = output.counted(restored.unknown, "approved action")
    if restored.unknown:
        verb = "is" if restored.unknown == 1 else "are"
        output.note(f"{approved} {verb} unknown now, and may have been performed after the backup.")
        output.note("Look there, then confirm, retry or close: execops proposals list --status unknown")
    else:
        output.note("No approved action waited.")
    if restored.noted:
        others = output.counted(restored.noted, "pending or failed proposal")
        says = "says now that it" if restored.noted == 1 else "say now that they"
        output.note(f"{others} {says} may be done. Look there before you approve.")
