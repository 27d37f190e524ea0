"""The sign-in at Google: how a person gives it, and the short-lived tokens that it gives for each call.

https://developers.google.com/identity/protocols/oauth2/native-app: an app that is installed on a person's machine, with
PKCE (https://www.rfc-editor.org/rfc/rfc7636) and a redirect to this machine (https://www.rfc-editor.org/rfc/rfc8252).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from execops.adapters.gmail import gmail_errors, gmail_scopes
from execops.errors import AdapterError, NotAcceptedError, NotConfiguredError, RejectedError
from execops.model import Json
from execops.settings import Secret, Settings
from execops.text import clean_line

if TYPE_CHECKING:
    from httpx import AsyncClient

_CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
_EARLY = 60.0  # seconds before its end in which a token is renewed


class App(Struct, frozen=True):
    """The Google app of the settings, and the addresses of its sign-in."""

    client_id: str
    client_secret: Secret
    consent: str
    token: str


class Grant(Struct, frozen=True):
    """A person's consent: the sign-in that lasts, a token for now, and the scopes (None if none are named)."""

    refresh_token: Secret
    access_token: Secret
    scopes: frozenset[str] | None


def app(settings: Settings) -> App:
    """The app of the settings. Raises NotConfiguredError if its id or its secret is not set."""
    client_id, secret = (settings.gmail_client_id or "").strip(), settings.gmail_client_secret
    if not client_id or not secret:
        raise NotConfiguredError(
            "EXECOPS_GMAIL_CLIENT_ID and EXECOPS_GMAIL_CLIENT_SECRET are not both set.",
            hint="In the Google Cloud console, create an OAuth client of the type Desktop app. Then run: execops config set"
            " gmail_client_id ID, and: execops config set gmail_client_secret -",
        )
    base = settings.gmail_api_base.rstrip("/")
    if is_google(settings):
        return App(client_id, secret, _CONSENT, _TOKEN)
    return App(client_id, secret, f"{base}/o/oauth2/v2/auth", f"{base}/token")


def is_google(settings: Settings) -> bool:
    """Whether the API is Google's own, and not an emulator."""
    return (urlsplit(settings.gmail_api_base).hostname or "").endswith(".googleapis.com")


def consent_url(app: App, redirect_uri: str, state: str, verifier: str) -> str:
    """The page where a person allows the app to send. Google then calls `redirect_uri` with a code and this state."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    arguments = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(gmail_scopes.ASKED),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",  # without it, Google gives no lasting sign-in the second time
    }
    return f"{app.consent}?{urlencode(arguments)}"


async def exchange(http: AsyncClient, app: App, code: str, redirect_uri: str, verifier: str) -> Grant:
    """The grant for the code of a redirect. Raises NotAcceptedError, RejectedError."""
    state = "Nothing was stored"
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    answer = await _ask(http, app, form, state=state, secrets=(code, verifier))
    refresh_token = answer.get("refresh_token")
    if not isinstance(refresh_token, str) or not refresh_token:
        raise RejectedError(
            "Google gave no sign-in that lasts: remove the app under https://myaccount.google.com/connections, "
            f"then run `execops connect gmail` again. {state}."
        )
    return Grant(Secret(refresh_token), Secret(str(answer["access_token"])), _scopes(answer))


class SignIn:
    """The tokens of one sign-in. Raises NotConfiguredError if the settings do not hold it."""

    def __init__(self, settings: Settings) -> None:
        try:
            self._app = app(settings)
        except NotConfiguredError as exc:
            raise NotConfiguredError(
                f"EXECOPS_EMAIL_TRANSPORT is gmail, but {exc.message}", hint=exc.hint
            ) from exc
        if not settings.gmail_refresh_token:
            raise NotConfiguredError(
                "EXECOPS_EMAIL_TRANSPORT is gmail, but no account is connected: EXECOPS_GMAIL_REFRESH_TOKEN is not set.",
                hint="Run: execops connect gmail",
            )
        self._refresh_token = settings.gmail_refresh_token
        self._lock = asyncio.Lock()
        self._token: Secret | None = None
        self._ends_at = 0.0  # by the monotonic clock
        self.scopes: frozenset[str] | None = None  # after the first token; None if none are named

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that no error may show."""
        parts = (self._app.client_secret, self._refresh_token, self._token)
        return tuple(secret.reveal() for secret in parts if secret)

    async def token(self, http: AsyncClient, *, instead_of: str | None = None) -> str:
        """A token for the next calls; a new one where the last one ends soon, or is the one that was refused.

        Raises NotAcceptedError, RejectedError.
        """
        async with self._lock:
            token = self._token.reveal() if self._token and time.monotonic() < self._ends_at else None
            if token is not None and token != instead_of:
                return token
            form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token.reveal()}
            answer = await _ask(http, self._app, form, state=gmail_errors.NOTHING, secrets=self.secrets)
            token = str(answer["access_token"])
            self._token = Secret(token)
            self._ends_at = time.monotonic() + max(_seconds(answer.get("expires_in")) - _EARLY, 0.0)
            self.scopes = _scopes(answer)
            return token


async def _ask(
    http: AsyncClient, app: App, form: dict[str, str], *, state: str, secrets: tuple[str, ...]
) -> Json:
    """The answer of the sign-in to this form, with a token in it."""
    secret = app.client_secret.reveal()
    form = form | {"client_id": app.client_id, "client_secret": secret}
    try:
        response = await http.post(app.token, data=form)
    except Exception as exc:  # httpx's errors, and the system's
        reason = clean_line(str(exc) or type(exc).__name__, limit=200)
        raise NotAcceptedError(f"Google's sign-in cannot be reached ({reason}). {state}.") from exc
    answer = _token_in(response.content) if response.is_success else None
    if answer is None:
        raise _refused(response.status_code, response.content, state, (*secrets, secret))
    return answer


def _refused(status: int, body: bytes, state: str, secrets: tuple[str, ...]) -> AdapterError:
    return gmail_errors.from_sign_in(status, body, state=state, secrets=secrets)


def _token_in(body: bytes) -> Json | None:
    """The answer, if it holds a token."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    usable = isinstance(answer, dict) and isinstance(answer.get("access_token"), str)
    return answer if usable and answer["access_token"] else None


def _scopes(answer: Json) -> frozenset[str] | None:
    named = answer.get("scope")
    return frozenset(named.split()) if isinstance(named, str) and named.strip() else None


def _seconds(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0
