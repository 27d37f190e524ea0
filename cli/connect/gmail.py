"""`execops connect gmail`: a person allows ExecOps in the browser to send as their account at Google."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.connect import asking

if TYPE_CHECKING:
    from cli.connect.loopback import Redirect
    from execops.client.connections import GmailConnected

_VARIABLE = "EXECOPS_GMAIL_REFRESH_TOKEN"


def connect(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port for the browser's answer; 0 takes a free one.")
    ] = 0,
    timeout: Annotated[float, typer.Option(min=1, max=3600, help="Seconds to wait for that answer.")] = 300,
    browser: Annotated[bool, typer.Option(help="Open the page in your browser.")] = True,
    to: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Your own mail address.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Sign in at Google, so that mails go out by Gmail; then a first mail to yourself, which you approve.

    The sign-in is kept in the keyring, or in the config file, which only its owner can read then.
    """

    async def command() -> None:
        from cli.connect import loopback
        from execops.client import connections

        settings = session.settings()
        connections.ask_gmail(settings, "")  # what would fail afterwards fails now
        async with loopback.listening(port) as redirect:
            consent = connections.ask_gmail(settings, redirect.uri)
            _show(consent.url, redirect.uri, browser=browser)
            code = _code(await _answered(redirect, consent.state, timeout))
            connected = await connections.connect_gmail(settings, consent, code)
            redirect.done()
        if as_json:
            output.document(connected)
        _tell(connected)
        chosen = {"email_transport": "gmail"}
        if settings.email_from is None:
            chosen["email_from"] = connected.account
        asking.keep(settings, **chosen)
        receiver = asking.line(to, "Your own mail address", connected.account)
        await asking.first_message("email", receiver)

    session.run(command())


def _show(url: str, redirect_uri: str, *, browser: bool) -> None:
    """Show the page of the consent, and open it where there is a browser."""
    opened = False
    if browser and session.interactive():
        from tui import links

        opened = links.show(url)
    output.note("Your browser shows this page:" if opened else "Open this page in your browser:")
    output.note()
    output.note(url)
    output.note()
    output.note("Choose the account that is to send, and leave every box ticked.")
    output.note(f"The answer is expected at {redirect_uri} on this machine.")


async def _answered(redirect: Redirect, state: str, timeout: float) -> Mapping[str, str]:
    """The answer of the browser. Raises UnavailableError if none comes."""
    from execops.errors import UnavailableError

    try:
        return await redirect.answer(state, timeout)
    except TimeoutError as exc:
        raise UnavailableError(
            f"No answer came from the browser within {timeout:g} s; nothing was stored.",
            hint="Run the command again; on another machine, see docs/operations.md: ssh -L.",
        ) from exc


def _code(answer: Mapping[str, str]) -> str:
    """The code in the browser's answer. Raises NotAllowedError, UnavailableError."""
    from execops.errors import NotAllowedError, UnavailableError

    error = answer.get("error")
    if error == "access_denied":
        raise NotAllowedError(
            "The access was not allowed at Google (access_denied); nothing was stored.",
            hint="Run the command again and allow it; an app in testing lets in only its test users.",
        )
    if error or not answer.get("code"):
        raise UnavailableError(
            f"Google gave no access ({output.clean(error or 'no code')}); nothing was stored.",
            hint="Look up the reason in the Google Cloud console, then run the command again.",
        )
    return answer["code"]


def _tell(connected: GmailConnected) -> None:
    """Say what is connected, and what it lacks."""
    import os

    output.note(f"✓ Connected {connected.account}; the sign-in is in {connected.config}.")
    if os.environ.get(_VARIABLE):
        output.note(f"{_VARIABLE} is set in this environment, and wins over the file: unset it.")
    if not connected.reads_sent:
        output.note(
            "The sign-in may not read SENT, so an attempt that breaks off stays unknown: run this again and leave every box ticked."
        )
    if connected.sender_refused:
        output.note(f"{connected.sender_refused}.")
