"""`execops operators`: adds, lists and revokes operators."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session

app = typer.Typer(help="Add, list and revoke operators.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name that the audit log shows.")],
    role: Annotated[
        str, typer.Option(help="founder, ops, viewer or service; only founder and ops decide.")
    ] = "ops",
    as_json: AsJson = False,
) -> None:
    """Add an operator and print their token, which ExecOps shows only once."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import Role

        if role not in set(Role):
            raise InvalidInputError(f"{role!r} is not a role. One of: {', '.join(Role)}")
        if not name.strip() or output.clean(name) != name:
            raise InvalidInputError("A name must be one line of visible text; nothing was changed.")
        async with session.client() as client:
            operator, token = await client.operators.add(name, Role(role))
        if as_json:
            output.document(output.jsonable(operator) | {"token": token.reveal()})
            return
        output.note(
            f"Added {operator.name} ({operator.role}). ExecOps shows the token only once. Set it as EXECOPS_TOKEN:"
        )
        output.data(token.reveal())

    session.run(command())


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all operators, with those who were revoked."""

    async def command() -> None:
        async with session.client() as client:
            operators = await client.operators.list()
        if as_json:
            output.document(operators)
        else:
            output.table(
                ["id", "name", "role", "since", "state"],
                [
                    (
                        operator.id,
                        operator.name,
                        operator.role,
                        f"{operator.created_at:%Y-%m-%d}",
                        "revoked" if operator.disabled_at else "enabled",
                    )
                    for operator in operators
                ],
                right=["id"],
            )

    session.run(command())


@app.command()
def revoke(name: Annotated[str, typer.Argument()]) -> None:
    """Revoke an operator. Their token never works again."""

    async def command() -> None:
        async with session.client() as client:
            operator = await client.operators.revoke(name)
        output.note(f"Revoked {operator.name}. Their token no longer works.")

    session.run(command())


@app.command()
def recover(
    name: Annotated[str | None, typer.Argument(help="The founder; needed where there are several.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give a founder whose token is lost a new one, as the owner of the database, and print it once.

    The lost token works no more. The audit log names the database's role.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError
        from jobs.bootstrap import recover_founder

        if not yes and not session.interactive():
            raise InvalidInputError(
                "Confirm that the founder gets a new token; nothing was changed.",
                hint="Run it in a terminal, or with --yes.",
            )
        if not yes and not typer.confirm(
            "Give the founder a new token? The old one works no more.", err=True
        ):
            raise typer.Exit
        async with session.context() as ctx:
            recovered = await recover_founder(ctx, name)
        if as_json:
            output.document(output.jsonable(recovered.operator) | {"token": recovered.token.reveal()})
            return
        output.note(
            f"{output.clean(recovered.operator.name)} has a new token. ExecOps shows it only once. Set it as EXECOPS_TOKEN:"
        )
        output.data(recovered.token.reveal())

    session.run(command())
