"""`execops notifications`: whether you are told of urgent proposals. Everybody switches it for themselves alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson, Why

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.notifications_part import Answer

app = typer.Typer(help="Whether you are told of urgent proposals.", no_args_is_help=True)


@app.command()
def on(
    slack: Annotated[
        str | None,
        typer.Option(
            "--slack",
            metavar="MEMBER",
            help="You in Slack: your member id (U…), @name or mail address.",
            show_default=False,
        ),
    ] = None,
    why: Why = None,
    as_json: AsJson = False,
) -> None:
    """Tell me of urgent proposals that I may decide, by a direct message in Slack."""
    _answer(lambda client: client.notifications.switch_on(slack, why=why), as_json)


@app.command()
def off(why: Why = None, as_json: AsJson = False) -> None:
    """Tell me nothing more."""
    _answer(lambda client: client.notifications.switch_off(why=why), as_json)


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show whether I am told, and where."""
    _answer(lambda client: client.notifications.show(), as_json)


def _answer(ask: Callable[[Client], Awaitable[Answer]], as_json: bool) -> None:
    async def command() -> None:
        async with session.client() as client:
            answer = await ask(client)
        if as_json:
            output.document(answer)
            return
        if not answer.on:
            output.data(f"{output.clean(answer.operator)} is told nothing.")
            return
        since = f", since {answer.since:%Y-%m-%d %H:%M} UTC" if answer.since else ""
        way = (
            "in Slack as" if answer.transport == "slack" else "in the outbox of this machine, as a message to"
        )
        output.data(
            f"{output.clean(answer.operator)} is told of high and critical proposals"
            f" {way} {output.clean(answer.slack or '')}{since}."
        )

    session.run(command())
