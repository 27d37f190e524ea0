"""`execops connect intercom`: takes the app's token and secret, says how to make the webhook, and waits for an event.

ExecOps writes nothing at Intercom before a person approves a reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from cli import deployment, output, session
from cli.connect import asking, first_event

if TYPE_CHECKING:
    from execops.settings import Settings

_STDIN = "Read it from stdin."


def connect(
    token: Annotated[str | None, typer.Option(metavar="-", help=_STDIN, show_default=False)] = None,
    secret: Annotated[
        str | None, typer.Option(metavar="-", help=f"{_STDIN[:-1]}, after the token.", show_default=False)
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The address at which Intercom reaches the server.", show_default=False
        ),
    ] = None,
    wait: first_event.Waits = None,
    timeout: first_event.Seconds = 3600,
) -> None:
    """Connect Intercom: the token that writes replies, the webhook, its secret, and the first event.

    In a script, token and secret are lines of stdin: --token - --secret -
    """
    waits = session.interactive() if wait is None else wait

    async def command() -> None:
        from execops.client import connections

        before = session.settings()
        connections.require_writable(before)
        settings = await _take_token(before, token)
        settings = _take_secret(settings, secret, url)
        if not waits:
            output.note("Start or restart the server: execops up. Then see what arrives: execops status")
        elif settings.intercom_client_secrets:
            await first_event.wait(settings, timeout, is_new=settings != before)

    session.run(command())


async def _take_token(settings: Settings, token: str | None) -> Settings:
    """Take the token, try it by reading who it belongs to, and store it with that teammate.

    Raises NotConfiguredError or UnavailableError where it cannot be used.
    """
    from execops.client import diagnosis
    from execops.errors import AdapterError, NotConfiguredError
    from execops.settings import Secret

    if token is None:
        output.note(
            "1. A token lets ExecOps write the replies that you approve. At https://developers.intercom.com"
        )
        output.note("   make an app for your own workspace, and copy its access token.")
    access = asking.secret("--token", token, "   The access token")
    if not access:
        is_stored = settings.intercom_access_token is not None
        output.note(
            f"   Skipped: {'the token stored before is kept' if is_stored else 'approved replies cannot be written'}."
        )
        return settings
    try:
        teammate = await diagnosis.teammate_at_intercom(
            replace(settings, intercom_access_token=Secret(access))
        )
    except AdapterError as exc:
        raise NotConfiguredError(
            f"{exc.message} Nothing was stored.",
            hint="Copy the token again. Then run: execops connect intercom",
        ) from exc
    output.note(f"   ✓ replies are written in the name of {output.clean(teammate.name)}")
    return asking.keep(settings, intercom_access_token=access, intercom_admin=teammate.id)


def _take_secret(settings: Settings, secret: str | None, url: str | None) -> Settings:
    """Show how the person makes the webhook, take the app's secret, and switch the source on."""
    from execops.client import connections
    from execops.errors import InvalidInputError

    if secret is None:
        base = asking.line(url, "2. The public https address of this server, such as https://ops.example.com")
        if base and not connections.is_reachable(base):
            raise InvalidInputError(
                f"Intercom cannot send events to {output.clean(base)}: it needs a public address that begins with"
                " https://.",
                hint=f"A tunnel to {deployment.url_of(settings)} gives one. Then run: execops connect intercom",
            )
        address = f"{(base or 'https://YOUR-SERVER').rstrip('/')}/ingest/intercom"
        output.note(
            f"   In the app, under Webhooks, set the endpoint {output.clean(address)} and subscribe to:"
        )
        for topic in connections.intercom_topics():
            output.note(f"     {topic}")
        output.note("   The client secret stands under Basic information.")
    signing = asking.secret("--secret", secret, "   The client secret")
    if not signing:
        is_stored = bool(settings.intercom_client_secrets)
        output.note(
            f"   Skipped: {'the secret stored before is kept' if is_stored else 'the server refuses Intercom until it has one'}."
        )
        return settings
    sources = ",".join(dict.fromkeys((*settings.sources, "intercom")))
    return asking.keep(settings, intercom_client_secrets=signing, sources=sources)
