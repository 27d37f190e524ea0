"""`execops operators`: adds, lists and revokes operators, and renews their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

app = typer.Typer(help="Add, list and revoke operators; renew their tokens.", no_args_is_help=True)
if TYPE_CHECKING:
    from datetime import datetime

    from execops.model import Operator
    from execops.settings import Secret

Expires = Annotated[
    str | None,
    typer.Option(metavar="90d", help="The token works so long: days, weeks, or a day such as 2027-01-31."),
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name that the audit log shows.")],
    role: Annotated[
        str, typer.Option(help="founder, ops, viewer or service; only founder and ops decide.")
    ] = "ops",
    limit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A limit of ops: vertical=money, action=email or amount=500.00USD; several are possible.",
        ),
    ] = None,
    expires: Expires = None,
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
            operator, token = await client.operators.add(
                name, Role(role), limited_to=limit or (), expires_at=_moment(expires)
            )
        own = f", {_limits(operator)}" if operator.limits else ""
        _print_token(f"Added {operator.name} ({operator.role}{own}).", operator, token, as_json)

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
                ["id", "name", "role", "limits", "since", "last use", "state"],
                [
                    (
                        operator.id,
                        operator.name,
                        operator.role,
                        _limits(operator),
                        f"{operator.created_at:%Y-%m-%d}",
                        f"{operator.last_used_at:%Y-%m-%d %H:%M}" if operator.last_used_at else "never",
                        _state(operator),
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
def rotate(
    name: Annotated[str, typer.Argument(help="The operator; yourself, or as a founder anybody.")],
    expires: Expires = None,
    as_json: AsJson = False,
) -> None:
    """Give an operator a new token and print it once. The old one stops at once."""

    async def command() -> None:
        async with session.client() as client:
            operator, token = await client.operators.rotate(name, expires_at=_moment(expires))
            trouble = _keep(token) if operator.id == client.operator.id else None
        _print_token(f"{operator.name} has a new token.", operator, token, as_json)
        if trouble is not None:
            output.note(output.clean(trouble))

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
        if not yes and not session.confirm(
            "Give the founder a new token? The old one works no more.", err=True
        ):
            raise typer.Exit
        async with session.context() as ctx:
            recovered = await recover_founder(ctx, name)
        done = f"{recovered.operator.name} has a new token."
        _print_token(done, recovered.operator, recovered.token, as_json)

    session.run(command())


def _keep(token: Secret) -> str | None:
    """Keep one's own new token where the old one lay; returns the sentence that says why not, for the old one is gone."""
    from execops.errors import ExecOpsError

    try:
        session.keep_token(token)
    except (ExecOpsError, OSError) as exc:
        why = exc.message if isinstance(exc, ExecOpsError) else f"{exc.filename}: {exc.strerror}."
        return f"This console could not keep the new token, so it is signed out: {why} The token above is the only copy."
    return None


def _print_token(done: str, operator: Operator, token: Secret, as_json: bool) -> None:
    if as_json:
        output.document(output.jsonable(operator) | {"token": token.reveal()})
        return
    until = f" It works until {operator.expires_at:%Y-%m-%d %H:%M} UTC." if operator.expires_at else ""
    output.note(f"{output.clean(done)}{until} ExecOps shows the token only once. Set it as EXECOPS_TOKEN:")
    output.data(token.reveal())


def _limits(operator: Operator) -> str:
    from execops.client.operators_part import limits_text

    return limits_text(operator)


def _state(operator: Operator) -> str:
    from datetime import UTC, datetime

    if operator.disabled_at:
        return "revoked"
    if operator.expires_at is None:
        return "enabled"
    state = "expired" if operator.expires_at <= datetime.now(UTC) else "enabled until"
    return f"{state} {operator.expires_at:%Y-%m-%d}"


def _moment(expires: str | None) -> datetime | None:
    """The end of a token: `90d` or `12w` from now, or a day in the zone of the settings. Raises InvalidInputError."""
    if expires is None:
        return None
    import re
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    from execops.errors import InvalidInputError

    now = datetime.now(UTC)
    span = re.fullmatch(r"([0-9]{1,4})([dw])", expires)
    try:
        if span:
            moment = now + timedelta(days=int(span[1]) * (7 if span[2] == "w" else 1))
        else:
            zone = ZoneInfo(session.settings().time_zone)
            moment = datetime.strptime(expires, "%Y-%m-%d").replace(tzinfo=zone).astimezone(UTC)
    except ValueError as exc:
        raise InvalidInputError(
            f"{expires!r} is not a time; nothing was changed.", hint="Write 90d, 12w or 2027-01-31."
        ) from exc
    if moment <= now:
        raise InvalidInputError(f"{expires} is not in the future; nothing was changed.")
    return moment
