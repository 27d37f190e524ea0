"""`execops suppressions`: customers who are never contacted, and how one is contacted again."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import completion, output, session
from cli.options import AsJson

app = typer.Typer(help="Customers who are never contacted.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List customers who are never contacted, the latest first."""

    async def command() -> None:
        async with session.client() as client:
            suppressions = await client.suppressions.list()
        if as_json:
            output.document(suppressions)
            return
        output.table(
            ["subject", "since", "by", "why"],
            [(s.subject_key, f"{s.created_at:%Y-%m-%d}", s.created_by, s.why or "") for s in suppressions],
        )

    session.run(command())


@app.command()
def add(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="The customer, such as cus_123.")],
    reason: Annotated[
        str | None, typer.Option("--why", "--reason", "-m", help="Kept in the audit log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Never contact a customer again. Open proposals that write to this one are superseded."""

    async def command() -> None:
        from execops.errors import InvalidInputError

        if not subject.strip() or output.clean(subject) != subject:
            raise InvalidInputError("A subject is one line of visible text; nothing was changed.")
        async with session.client() as client:
            added = await client.suppressions.add(subject, reason)
        if as_json:
            output.document({"subject_key": subject, "added": added})
            return
        output.note(
            f"{subject} is never contacted again."
            if added
            else f"{subject} was suppressed; nothing was changed."
        )

    session.run(command())


@app.command()
def lift(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="As `list` names it, such as cus_123.",
            autocompletion=completion.suppressed,
        ),
    ],
    reason: Annotated[
        str | None, typer.Option("--why", "--reason", "-m", help="Kept in the audit log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Allow contact with a customer again, from the next event on."""

    async def command() -> None:
        async with session.client() as client:
            lifted = await client.suppressions.lift(subject, reason)
        if as_json:
            output.document(lifted)
            return
        output.note(f"Lifted: plays may draft for {output.clean(lifted.subject_key)} again.")

    session.run(command())
