"""`execops connect stripe`: takes the key and the signing secret, says how to make the endpoint, and waits for an event.

ExecOps writes nothing at Stripe: the person makes the endpoint.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from cli import deployment, output, session
from cli.connect import asking, first_event

if TYPE_CHECKING:
    from execops.settings import Settings

_KEY = re.compile(r"(rk|sk|pk)_(live|test)_")

WriteKey = Annotated[
    str | None,
    typer.Option(
        metavar="-",
        help="Read a second key, for approved actions such as refunds, after both.",
        show_default=False,
    ),
]


def connect(
    key: Annotated[
        str | None, typer.Option(metavar="-", help="Read the restricted key from stdin.", show_default=False)
    ] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            metavar="-", help="Read the signing secret from stdin, after the key.", show_default=False
        ),
    ] = None,
    write_key: WriteKey = None,
    mode: Annotated[
        str | None,
        typer.Option(metavar="live|test", help="The mode; that of the key if not set.", show_default=False),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The address at which Stripe reaches the server.", show_default=False
        ),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Print the types of events for the endpoint, and end.")
    ] = False,
    wait: first_event.Waits = None,
    timeout: first_event.Seconds = 3600,
) -> None:
    """Connect Stripe: the key that reads, the endpoint that sends events, its secret, and the first event.

    In a script, keys and secret are lines of stdin: --key - --secret - --write-key -
    """
    if events:
        from execops.client import connections

        for name in connections.stripe_events():
            output.data(name)
        return
    waits = session.interactive() if wait is None else wait

    async def command() -> None:
        before = session.settings()
        settings = await _connect(before, key, secret, mode, url)
        if write_key is not None:
            settings = await _take_write_key(settings, write_key)
        if not waits:
            output.note("Start or restart the server: execops up. Then see what arrives: execops status")
        elif settings.stripe_webhook_secrets:
            await first_event.wait(settings, timeout, is_new=settings != before)

    session.run(command())


async def _connect(
    settings: Settings, key: str | None, secret: str | None, mode: str | None, url: str | None
) -> Settings:
    """Take key and secret, and store what can be used. Returns the settings with them."""
    from execops.client import connections
    from execops.errors import InvalidInputError

    connections.require_writable(settings)
    if mode not in {None, "live", "test"}:
        raise InvalidInputError(f"--mode takes live or test, not {mode!r}; nothing was stored.")
    if key is None:
        output.note("1. A restricted key lets ExecOps read missing facts. At Stripe: Developers → API keys →")
        tried, untried = connections.stripe_permissions()
        output.note(f"   Create restricted key, with Read for: {', '.join([*tried, *untried])}.")
    before = settings.stripe_mode
    api_key, settings = await _take_key(settings, key, mode)
    if not api_key:
        has_key = settings.stripe_api_key is not None
        why = "the key stored before is kept" if has_key else "drafts have only the facts that events carry"
        output.note(f"   Skipped: {why}.")
        settings = replace(settings, stripe_mode=mode or _asked_mode(settings, key))
    changed = settings.stripe_mode if settings.stripe_mode != before else ""
    settings = asking.keep(
        settings, stripe_mode=changed or (api_key and settings.stripe_mode), stripe_api_key=api_key
    )
    if changed:
        output.note(f"   Mode: {changed}.")
    if secret is None:
        _show_endpoint(settings, url)
    signing = asking.secret("--secret", secret, "   The signing secret, whsec_…")
    if not signing and settings.stripe_webhook_secrets:
        output.note("   Skipped: the secret stored before is kept.")
        return settings
    if not signing:
        output.note(
            "   Skipped: the server refuses Stripe's events until this command gets the signing secret."
        )
        return settings
    if not signing.startswith("whsec_"):
        state = "The one stored before is kept" if settings.stripe_webhook_secrets else "None is stored"
        raise InvalidInputError(
            f"That is no signing secret: one begins with whsec_. {state}.",
            hint="Stripe shows it on the endpoint's page, and `stripe listen` prints it. Then run this command again.",
        )
    return asking.keep(settings, stripe_webhook_secrets=signing)


async def _take_key(settings: Settings, key: str | None, mode: str | None) -> tuple[str, Settings]:
    """The key that reads, tried, and the settings with its mode; '' where it is skipped. A terminal asks until one serves."""
    from execops.errors import InvalidInputError, NotConfiguredError, UnavailableError

    while True:
        api_key = asking.secret("--key", key, "   The key, rk_…")
        if not api_key:
            return "", settings
        try:
            chosen = replace(settings, stripe_mode=_mode_of(settings, api_key, mode))
            await _check(chosen, api_key)
        except (InvalidInputError, NotConfiguredError, UnavailableError) as exc:
            if key is not None or not session.interactive():
                raise
            output.note(f"   {exc.message} {exc.hint or ''}".rstrip())
            output.note("   Nothing was stored. Paste another key; Enter goes on without one.")
        else:
            return api_key, chosen


def _asked_mode(settings: Settings, key: str | None) -> str:
    """The mode without a key to tell it: a terminal asks. Raises InvalidInputError for any other word."""
    from execops.errors import InvalidInputError

    if key is not None:
        return settings.stripe_mode
    chosen = asking.line(None, "   Mode of Stripe, live or test", settings.stripe_mode).lower()
    if chosen not in {"live", "test"}:
        raise InvalidInputError(
            f"The mode is live or test, not {output.clean(chosen)!r}; nothing was stored.",
            hint="Run it again: execops connect stripe",
        )
    return chosen


def _mode_of(settings: Settings, key: str, mode: str | None) -> str:
    """The mode that the person chose, else that of the key. Raises InvalidInputError where they differ, or for no key."""
    from execops.errors import InvalidInputError

    match = _KEY.match(key)
    if match is None or match[1] == "pk":
        what = "That is a publishable key" if match else "That is no key of Stripe's"
        raise InvalidInputError(
            f"{what}; nothing was stored.", hint="A restricted key begins with rk_live_ or rk_test_."
        )
    if mode is not None and match[2] != mode:
        raise InvalidInputError(
            f"The key is of {match[2]} mode, and --mode says {mode}; nothing was stored.",
            hint=f"Take a key of {mode} mode, or run: execops connect stripe --mode {match[2]}",
        )
    if match[1] == "sk":
        output.note("   This secret key may do everything at Stripe. A restricted key, rk_…, is enough here.")
    if match[2] != settings.stripe_mode:
        output.note(f"   The key is of {match[2]} mode, so EXECOPS_STRIPE_MODE becomes {match[2]}.")
    return match[2]


async def _check(settings: Settings, key: str) -> None:
    """Try the key by reading. Raises NotConfiguredError or UnavailableError where nothing can be read by it."""
    from execops.client import connections, diagnosis
    from execops.errors import NotConfiguredError
    from execops.settings import Secret

    try:
        missing = await diagnosis.missing_stripe_permissions(replace(settings, stripe_api_key=Secret(key)))
    except NotConfiguredError as exc:
        message = exc.message.replace("STRIPE_API_KEY", "the key")
        raise NotConfiguredError(
            f"{message.rstrip('.')}; nothing was stored.", hint=f"{exc.hint} Then run: execops connect stripe"
        ) from exc
    tried, untried = connections.stripe_permissions()
    _show(tried, missing)
    output.note(f"   – not tried, they need a customer or a backfill: {', '.join(untried)}")
    if missing:
        output.note(
            "   Without the permissions marked ✗ drafts have fewer facts; add them at Stripe any time."
        )


async def _take_write_key(settings: Settings, write_key: str) -> Settings:
    """Take the key for approved actions: Stripe tells what it may do when asked about objects that do not exist.

    Returns the settings with it. Raises NotConfiguredError where the key cannot be used, or Stripe does not tell.
    """
    from execops.client import diagnosis
    from execops.errors import AdapterError, NotConfiguredError
    from execops.settings import Secret

    key = asking.secret("--write-key", write_key, "   The key for actions, rk_…")
    if not key:
        output.note("   Skipped: nothing is changed at Stripe.")
        return settings
    try:
        missing = await diagnosis.missing_stripe_actions(replace(settings, stripe_write_key=Secret(key)))
    except (AdapterError, NotConfiguredError) as exc:
        raise NotConfiguredError(
            f"{exc.message.replace('EXECOPS_STRIPE_WRITE_KEY', 'the key for actions')} It was not stored.",
            hint=f"{exc.hint or ''} Then run: execops connect stripe --write-key -".strip(),
        ) from exc
    _show(diagnosis.stripe_write_permissions(), missing)
    settings = asking.keep(settings, stripe_write_key=key)
    output.note("   It changes nothing until a founder allows an action: execops actions list")
    return settings


def _show(permissions: list[str], missing: list[str]) -> None:
    for permission in permissions:
        output.note(f"   {'✗' if permission in missing else '✓'} {permission}")


def _show_endpoint(settings: Settings, url: str | None) -> None:
    """Show how the person makes the endpoint; in test mode, how the Stripe CLI forwards events to this machine."""
    from execops.client import connections

    local = f"{deployment.url_of(settings)}/ingest/stripe"
    names = connections.stripe_events()
    output.note()
    if settings.stripe_mode == "test" and url is None:
        output.note(
            "2. Let Stripe's command line forward test events; it prints the signing secret. Run elsewhere:"
        )
        output.note(f"     stripe listen --forward-to {local}")
        output.note("   Then make one: stripe trigger invoice.payment_failed")
        return
    base = asking.line(url, "2. The public https address of this server, such as https://ops.example.com")
    if base:
        _require_reachable(base)
    else:
        base = "https://YOUR-SERVER"
        output.note("   Put the address of your server in the place of YOUR-SERVER.")
    address = f"{base.rstrip('/').removesuffix('/ingest/stripe')}/ingest/stripe"
    output.note(f"   The endpoint: {address}")
    output.note(f"   It sends {len(names)} types of events: execops connect stripe --events lists them.")
    output.note(
        "   Make it at Stripe, under Developers → Webhooks, or by its command line, which prints the secret:"
    )
    live = " --live" if settings.stripe_mode == "live" else ""
    output.note(f"     stripe webhook_endpoints create{live} --url {output.clean(address)} \\")
    output.note("       $(execops connect stripe --events | sed 's/.*/-d enabled_events[]=&/')")


def _require_reachable(base: str) -> None:
    """Raise InvalidInputError for an address that Stripe cannot send to."""
    from execops.client import connections
    from execops.errors import InvalidInputError

    if not connections.is_reachable(base):
        raise InvalidInputError(
            f"Stripe cannot send events to {output.clean(base)}: it needs a public address that begins with https://.",
            hint="Only trying? Take test mode, which needs no public address: execops connect stripe --mode test",
        )
