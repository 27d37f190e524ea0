"""Beside the Client: connects this machine to an account at a vendor, for `execops connect`.

No operator is asked: the sign-in goes into the config file of the home, and whoever may write that file could do the same.
Nothing is sent, and no transport is chosen by it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from execops.adapters import _gmail_scopes, _gmail_sign_in
from execops.errors import AdapterError, UnavailableError
from execops.settings import Settings, config_file

_GMAIL_SETTING = "gmail_refresh_token"


@dataclass(frozen=True, slots=True)
class GmailConsent:
    """A consent that a person is asked for: its page, and what must come back from there."""

    url: str
    redirect_uri: str
    state: str
    verifier: str


@dataclass(frozen=True, slots=True)
class GmailConnected:
    """The account that is connected now. `sender_refused` says why it does not send as EXECOPS_EMAIL_FROM, if so."""

    account: str
    reads_sent: bool
    sender_refused: str | None
    config: Path


def ask_gmail(settings: Settings, redirect_uri: str) -> GmailConsent:
    """Begin a consent, which comes back to `redirect_uri`.

    Raises NotConfiguredError without an app in the settings; InvalidInputError and UnavailableError if the config file
    could not be written afterwards.
    """
    app = _gmail_sign_in.app(settings)
    config_file.require_writable(_config(settings))
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    url = _gmail_sign_in.consent_url(app, redirect_uri, state, verifier)
    return GmailConsent(url, redirect_uri, state, verifier)


async def connect_gmail(settings: Settings, consent: GmailConsent, code: str) -> GmailConnected:
    """Store the sign-in that the code stands for, then sign in by it.

    Raises UnavailableError, which says whether it is stored; InvalidInputError if the config file cannot be written.
    """
    import httpx

    from execops.adapters._gmail import GmailTransport

    app, config = _gmail_sign_in.app(settings), _config(settings)
    try:
        async with httpx.AsyncClient(timeout=settings.gmail_timeout) as http:
            grant = await _gmail_sign_in.exchange(http, app, code, consent.redirect_uri, consent.verifier)
    except AdapterError as exc:
        raise UnavailableError(exc.message) from exc
    if not _gmail_scopes.rights(grant.scopes).sends:
        raise UnavailableError(
            "The sign-in does not allow sending, so it was not stored.",
            hint="Run `execops connect gmail` again, and leave every box ticked.",
        )
    config_file.store(config, _GMAIL_SETTING, grant.refresh_token.reveal())
    try:
        transport = GmailTransport(replace(settings, gmail_refresh_token=grant.refresh_token))
        access = await transport.check(settings.email_from)
    except AdapterError as exc:
        raise UnavailableError(
            exc.message, hint=f"The sign-in is stored in {config}. Afterwards, run: execops doctor"
        ) from exc
    return GmailConnected(access.account, access.rights.reads_sent, access.sender_refused, config)


def _config(settings: Settings) -> Path:
    return settings.home / config_file.NAME
