"""Beside the Client: connects this machine to an account at a vendor, for `execops connect`.

No operator is asked: what signs in goes into the config file of the home, and whoever may write that file could do the same.
Nothing is sent, and no transport is chosen by it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from execops.adapters.gmail import gmail_scopes, gmail_sign_in
from execops.errors import AdapterError, ExecOpsError, InvalidInputError, UnavailableError
from execops.model import Check
from execops.settings import Secret, Settings, config_file, secrets_store
from execops.settings.loading import IN_KEYRING, read_file
from execops.text.hosts import is_public

_GMAIL_SETTING = "gmail_refresh_token"
_SECRETS = {name for name, setting in Settings.SETTINGS.items() if setting.is_secret}


class GmailConsent(Struct, frozen=True):
    """A consent that a person is asked for: its page, and what must come back from there."""

    url: str
    redirect_uri: str
    state: str
    verifier: str


class GmailConnected(Struct, frozen=True):
    """The account that is connected now. `sender_refused` says why it does not send as EXECOPS_EMAIL_FROM, if so."""

    account: str
    reads_sent: bool
    sender_refused: str | None
    config: str  # the place of the sign-in: the path of the config file, or the keyring's name


def ask_gmail(settings: Settings, redirect_uri: str) -> GmailConsent:
    """Begin a consent, which comes back to `redirect_uri`.

    Raises NotConfiguredError without an app in the settings; InvalidInputError and UnavailableError if the config file
    could not be written afterwards.
    """
    app = gmail_sign_in.app(settings)
    config_file.require_writable(_config(settings))
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    url = gmail_sign_in.consent_url(app, redirect_uri, state, verifier)
    return GmailConsent(url, redirect_uri, state, verifier)


async def connect_gmail(settings: Settings, consent: GmailConsent, code: str) -> GmailConnected:
    """Store the sign-in that the code stands for, then sign in by it.

    Raises UnavailableError, which says whether it is stored; InvalidInputError if the config file cannot be written.
    """
    import httpx

    from execops.adapters.gmail.gmail_transport import GmailTransport

    app = gmail_sign_in.app(settings)
    try:
        async with httpx.AsyncClient(timeout=settings.gmail_timeout) as http:
            grant = await gmail_sign_in.exchange(http, app, code, consent.redirect_uri, consent.verifier)
    except AdapterError as exc:
        raise UnavailableError(exc.message) from exc
    if not gmail_scopes.rights(grant.scopes).sends:
        raise UnavailableError(
            "The sign-in does not allow sending, so it was not stored.",
            hint="Run `execops connect gmail` again, and leave every box ticked.",
        )
    [kept_in] = keep(settings, {_GMAIL_SETTING: grant.refresh_token.reveal()})
    try:
        transport = GmailTransport(replace(settings, gmail_refresh_token=grant.refresh_token))
        access = await transport.check(settings.email_from)
    except AdapterError as exc:
        raise UnavailableError(
            exc.message, hint=f"The sign-in is stored in {kept_in}. Afterwards, run: execops doctor"
        ) from exc
    return GmailConnected(access.account, access.rights.reads_sent, access.sender_refused, kept_in)


def is_reachable(url: str) -> bool:
    """Whether Stripe may send events to this address: over https, to a host that the internet can reach."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and is_public(parts.hostname or "")
    except ValueError:
        return False


def require_writable(settings: Settings) -> None:
    """Raise InvalidInputError or UnavailableError where `keep` would fail."""
    config_file.require_writable(_config(settings))


def keep(settings: Settings, values: Mapping[str, str]) -> dict[str, list[str]]:
    """Store settings by their names; returns which lie where.

    A secret goes into the keyring where one can be used, and the config file says so; all else into that file, which then
    has mode 0600. Raises InvalidInputError, UnavailableError.
    """
    path = _config(settings)
    config_file.require_writable(path)
    places: dict[str, list[str]] = {}
    for name, value in values.items():
        place = secrets_store.put_in_keyring(settings.home, name, value) if name in _SECRETS else None
        config_file.store(path, name, IN_KEYRING if place else value)
        places.setdefault(place or str(path), []).append(name)
    return places


def require_usable(settings: Settings, name: str, text: str) -> None:
    """Raise InvalidInputError for an address that whoever uses the setting would refuse. It shows no part of a secret."""
    from execops.adapters.smtp import mail_server
    from execops.db import conninfo
    from execops.settings import contexts

    try:
        if name == "smtp_url":
            mail_server.smtp_server(Secret(text))
        elif name == "imap_url":
            mail_server.imap_server(Secret(text))
        elif name in {"database_url", "session_database_url", "canvas_database_url"}:
            conninfo.parameters(Secret(text), name)
        elif name == "url":
            contexts.checked(text, plain_http=settings.plain_http == "allowed")
    except ExecOpsError as exc:
        hint = f"{exc.message} {exc.hint or ''}".rstrip()
        raise InvalidInputError(f"{name} was not stored: the value is not usable.", hint=hint) from None


def forget(settings: Settings, name: str) -> bool:
    """Take a setting out of the config file, and out of the keyring where it lies there; returns whether it was there.

    Raises InvalidInputError, UnavailableError; then it is as it was.
    """
    path = _config(settings)
    config_file.require_writable(path)
    if read_file(path).get(name) == IN_KEYRING:
        secrets_store.forget(settings.home, name)
    return config_file.remove(path, name)


def stripe_events() -> list[str]:
    """The types of events that an endpoint at Stripe should send: see `event_types.wanted`."""
    from execops.plays.registry import all_plays
    from execops.sources.stripe import event_types

    return event_types.wanted({name for play in all_plays().values() for name in play.events})


def intercom_topics() -> list[str]:
    """The topics that a webhook at Intercom should be subscribed to: those that the plays answer."""
    from execops.plays.registry import all_plays

    prefix = "intercom."
    names = {name for play in all_plays().values() for name in play.events if name.startswith(prefix)}
    return sorted(name.removeprefix(prefix) for name in names)


def stripe_permissions() -> tuple[list[str], list[str]]:
    """The permissions to read that a restricted key needs: those that a check tries, and those that it cannot try."""
    from execops.sources.stripe import api

    return list(api.PERMISSIONS.values()), list(api.UNCHECKED.values())


async def check_mail(settings: Settings) -> str:
    """Sign in at the server of SMTP_URL; returns what was proven. Raises NotConfiguredError, AdapterError."""
    from execops.adapters.smtp import smtp_transport

    return await smtp_transport.check(settings)


async def check_slack(settings: Settings) -> Check:
    """Check the bot's token and its scopes; nothing is posted."""
    from execops.adapters import slack

    return (await slack.diagnose(settings))[0]


def _config(settings: Settings) -> Path:
    return settings.home / config_file.NAME
