"""`execops login`, `logout`, `whoami` and `context`: the servers that this console speaks to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.settings import Secret

app = typer.Typer(help="The servers that this console knows by name.", no_args_is_help=True)


def login(
    url: Annotated[str, typer.Argument(help="The server's address, such as https://ops.example.com.")],
    name: Annotated[
        str | None,
        typer.Option("--name", help="The name of the context; the host if unset.", show_default=False),
    ] = None,
    plain_http: Annotated[
        bool, typer.Option("--plain-http", help="Allow http beyond this machine: the way is safe by itself.")
    ] = False,
) -> None:
    """Sign in at a server: its database is not needed here. The token is typed unseen, or comes from stdin.

    It is tried first, then kept in the keyring, or in a file that only you can read.
    """

    async def command() -> None:
        from execops.settings import contexts

        settings = session.settings()
        address = contexts.checked(url, plain_http=plain_http)
        server = contexts.Server(name=name or contexts.name_of(address), url=address, plain_http=plain_http)
        if server.name in {contexts.LOCAL, contexts.OF_VARIABLE} or not server.name.isprintable():
            from execops.errors import InvalidInputError

            raise InvalidInputError(f"{server.name!r} cannot be the name of a context.")
        token = _token()
        async with session.at(server, token) as client:
            place = contexts.add(settings.home, server, token)
            me = client.operator
        output.note(f"Signed in at {output.clean(server.url)} as {output.clean(me.name)} ({me.role}).")
        output.note(
            f"The token lies in {output.clean(place)}. The context {output.clean(server.name)} is in use."
        )
        if wins := _wins_over(server.name):
            output.note(wins)

    session.run(command())


def logout(
    name: Annotated[
        str | None, typer.Argument(help="The context; the one in use if unset.", show_default=False)
    ] = None,
) -> None:
    """Forget a server and its token on this machine. The token itself goes on to work: a founder revokes it."""

    async def command() -> None:
        from execops.errors import NotFoundError
        from execops.settings import contexts

        settings = session.settings()
        _, current = contexts.servers_of(settings.home)
        chosen = name or current
        if chosen is None:
            raise NotFoundError(
                "This console is signed in nowhere; nothing was changed.", hint="execops context list"
            )
        contexts.forget(settings.home, chosen)
        output.note(f"Forgot {output.clean(chosen)} and its token.")

    session.run(command())


def whoami(as_json: AsJson = False) -> None:
    """Show who you are here, in which role, and at which server."""

    async def command() -> None:
        place = session.server()
        async with session.client() as client:
            me = client.operator
        where = "this machine" if place is None else place.url
        if as_json:
            output.document({"operator": me.name, "role": me.role, "server": None if place is None else place.url,
                             "context": "local" if place is None else place.name, "expires_at": me.expires_at})  # fmt: skip
            return
        until = f", until {me.expires_at:%Y-%m-%d %H:%M} UTC" if me.expires_at else ""
        output.data(f"{output.clean(me.name)} ({me.role}{until}) at {output.clean(where)}")

    session.run(command())


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the servers that this console knows; a star marks the one that commands speak to."""

    async def command() -> None:
        from execops.settings import contexts

        servers, _ = contexts.servers_of(session.settings().home)
        here = session.server()
        current = contexts.LOCAL if here is None else here.name
        rows = [(contexts.LOCAL, "this machine"), *((server.name, server.url) for server in servers.values())]
        if here is not None and here.name not in servers:
            rows.append((here.name, here.url))
        if as_json:
            output.document([{"name": name, "url": url, "in_use": name == current} for name, url in rows])
            return
        output.table(
            ["", "name", "server"], [("*" if name == current else "", name, url) for name, url in rows]
        )

    session.run(command())


@app.command()
def use(
    name: Annotated[str, typer.Argument(help="A name of `context list`; local is this machine.")],
) -> None:
    """Let commands speak to this server from now on."""

    async def command() -> None:
        from execops.settings import contexts

        contexts.use(session.settings().home, name)
        wins = _wins_over(name)
        output.note(wins or f"Commands speak to {output.clean(name)} from now on.")

    session.run(command())


def _wins_over(name: str) -> str | None:
    """The sentence that says which setting sends commands elsewhere than to this context, which is in use now; None without one."""
    from execops.settings import contexts, inspect_settings

    settings, _ = inspect_settings({key: value for key, value in session.flags().items() if key != "context"})
    if (settings.context is None and settings.url is None) or settings.context == name:
        return None
    variable = "EXECOPS_CONTEXT" if settings.context is not None else "EXECOPS_URL"
    current = settings.context or settings.url
    place = "this machine" if current == contexts.LOCAL else output.clean(str(current))
    return f"{variable} is set and wins over {output.clean(name)}: commands go on to speak to {place}."


def _token() -> Secret:
    """The token, typed unseen or piped. Raises InvalidInputError without one."""
    from execops.errors import InvalidInputError
    from execops.settings import Secret

    if sys.stdin.isatty():
        with session.asking():
            text = typer.prompt("Token", hide_input=True, err=True)
    else:
        text = session.read_text(sys.stdin.buffer.read(4096))
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise InvalidInputError(
            "That is no token; nothing was sent.", hint="A founder gets one with: execops operators add NAME"
        )
    return Secret(text)
