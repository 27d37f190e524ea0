"""`execops operators`: who may decide."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session

app = typer.Typer(help="Who may decide.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How the audit log names this operator.")],
    role: Annotated[str, typer.Option(help="founder and ops decide; viewer and service never do.")] = "ops",
    as_json: AsJson = False,
) -> None:
    """Add an operator and print the token, this once."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import Role

        if role not in set(Role):
            raise InvalidInputError(f"{role!r} is not a role. One of: {', '.join(Role)}")
        if not name.strip() or output.clean(name) != name:
            raise InvalidInputError("A name is one line of visible text.")
        async with session.client() as client:
            operator, token = await client.operators.add(name, Role(role))
        if as_json:
            output.document(output.jsonable(operator) | {"token": token.reveal()})
            return
        output.note(
            f"Added {operator.name} ({operator.role}). The token is shown this once; use it as EXECOPS_TOKEN:"
        )
        output.data(token.reveal())

    session.run(command())


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List operators, revoked ones too."""

    async def command() -> None:
        async with session.client() as client:
            found = await client.operators.list()
        if as_json:
            output.document(found)
        else:
            output.table(
                ["id", "name", "role", "since", "state"],
                [
                    (
                        o.id,
                        o.name,
                        o.role,
                        f"{o.created_at:%Y-%m-%d}",
                        "revoked" if o.disabled_at else "enabled",
                    )
                    for o in found
                ],
                right=["id"],
            )

    session.run(command())


@app.command()
def revoke(name: Annotated[str, typer.Argument()]) -> None:
    """Disable an operator's token for good."""

    async def command() -> None:
        async with session.client() as client:
            operator = await client.operators.revoke(name)
        output.note(f"Revoked {operator.name}: this token decides nothing any more.")

    session.run(command())
