"""Calls Gmail's API, and tells its failures apart by the moment at which they came.

Google's own client for Python blocks, and repeats some calls by itself, so these few calls are made with httpx.
https://developers.google.com/workspace/gmail/api/reference/rest
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from execops.adapters import _tls
from execops.adapters.gmail import gmail_errors, gmail_scopes
from execops.adapters.gmail.gmail_scopes import Rights
from execops.adapters.gmail.gmail_sign_in import SignIn
from execops.errors import AdapterError, AmbiguousError, NotAcceptedError
from execops.model import Json
from execops.settings import Settings
from execops.text import clean_line

if TYPE_CHECKING:
    from httpx import AsyncClient, Response

_UNAUTHORIZED = 401
_NOT_FOUND = 404


class GmailClient:
    """The API for one account. Opens no connection before the first call.

    Raises NotConfiguredError if the settings hold no sign-in.
    """

    def __init__(self, settings: Settings) -> None:
        self.sign_in = SignIn(settings)
        self._base = f"{settings.gmail_api_base.rstrip('/')}/gmail/v1/users/me"
        self._timeout = settings.gmail_timeout
        self._account: str | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A connection for a few calls in a row."""
        from httpx import AsyncClient  # a console does not load it

        async with AsyncClient(verify=_tls.trusted(), timeout=None) as http:  # noqa: S113  (each call has one)
            yield Connection(http, self.sign_in, self._base, self._timeout)

    async def account(self, connection: Connection) -> str:
        """The account's own address, asked once. Raises NotAcceptedError, RejectedError."""
        if self._account is None:
            profile = await connection.read("profile")
            self._account = clean_line(str(profile.get("emailAddress") or ""))
        return self._account


class Connection:
    """A few calls in a row. Each raises NotAcceptedError or RejectedError; `send` raises AmbiguousError too."""

    def __init__(self, http: AsyncClient, sign_in: SignIn, base: str, timeout: float) -> None:
        self._http = http
        self._sign_in = sign_in
        self._base = base
        self._timeout = timeout

    @property
    def rights(self) -> Rights:
        """The acts that the sign-in allows; known after the first call."""
        return gmail_scopes.rights(self._sign_in.scopes)

    async def read(self, path: str, **arguments: Any) -> Json:  # noqa: ANN401
        """The answer to a question."""
        return _read(await self._call("GET", path, params=arguments), sends=False)

    async def read_if_there(self, path: str, **arguments: Any) -> Json | None:  # noqa: ANN401
        """The answer to a question about an object; None if the object is gone."""
        response = await self._call("GET", path, params=arguments, may_be_gone=True)
        return None if response.status_code == _NOT_FOUND else _read(response, sends=False)

    async def create_draft(self, mail: bytes, *, recipient: str) -> str:
        """Put a mail into the drafts; returns the draft's id. Nothing goes out by this, whatever breaks."""
        raw = base64.urlsafe_b64encode(mail).decode()
        response = await self._call("POST", "drafts", recipient=recipient, json={"message": {"raw": raw}})
        draft_id = _read(response, sends=False).get("id")
        if not isinstance(draft_id, str) or not draft_id:
            raise NotAcceptedError(f"Gmail made a draft that it does not name. {gmail_errors.NOTHING}.")
        return draft_id

    async def delete_draft(self, draft_id: str) -> bool:
        """Delete a draft for good, so that nobody sends it any more; False if it was gone."""
        response = await self._call("DELETE", f"drafts/{draft_id}", may_be_gone=True)
        return response.status_code != _NOT_FOUND

    async def send(self, draft_id: str, *, recipient: str) -> Json:
        """Send a draft, which Gmail then deletes; returns the mail in SENT.

        Raises AmbiguousError if the request may have arrived and no answer says what became of it, and if the draft is
        gone.
        """
        response = await self._call(
            "POST", "drafts/send", sends=True, recipient=recipient, json={"id": draft_id}
        )
        answer = _read(response, sends=True)
        if not isinstance(answer.get("id"), str):
            raise AmbiguousError(
                f"Gmail took the mail, but its answer does not name it. {gmail_errors.DOUBT}."
            )
        return answer

    async def _call(
        self,
        verb: str,
        path: str,
        *,
        sends: bool = False,
        may_be_gone: bool = False,
        recipient: str = "",
        **body: Any,  # noqa: ANN401
    ) -> Response:
        """The answer, which is a success, or 404 to a call that `may_be_gone`. Nothing is called twice but after 401."""
        begun = False

        async def note(event: str, _: object) -> None:
            nonlocal begun
            begun = begun or event.endswith("send_request_headers.started")

        try:
            async with asyncio.timeout(self._timeout):
                token = await self._sign_in.token(self._http)
                response = await self._request(verb, path, token, note, body)
                if response.status_code == _UNAUTHORIZED:
                    token = await self._sign_in.token(self._http, instead_of=token)
                    begun = False  # the first call was refused
                    response = await self._request(verb, path, token, note, body)
        except AdapterError:
            raise
        except Exception as exc:  # httpx's errors, the system's, and the timeout
            if sends and begun:
                raise AmbiguousError(f"{self._reason(exc)}. {gmail_errors.DOUBT}.") from exc
            raise NotAcceptedError(f"{self._reason(exc)}. {gmail_errors.NOTHING}.") from exc
        if response.is_success or (may_be_gone and response.status_code == _NOT_FOUND):
            return response
        raise gmail_errors.from_answer(
            response.status_code,
            response.headers,
            response.content,
            sends=sends,
            recipient=recipient,
            secrets=self._sign_in.secrets,
        )

    async def _request(
        self,
        verb: str,
        path: str,
        token: str,
        note: Any,  # noqa: ANN401
        body: dict[str, Any],
    ) -> Response:
        return await self._http.request(
            verb,
            f"{self._base}/{path}",
            headers={"authorization": f"Bearer {token}"},
            extensions={"trace": note},  # httpx calls `note` right before the first byte of the request
            **body,
        )

    def _reason(self, exc: Exception) -> str:
        if isinstance(exc, TimeoutError):
            return f"Gmail did not answer within {self._timeout:g} s"
        reason = clean_line(str(exc) or type(exc).__name__, limit=200)
        return f"The connection to Gmail failed ({reason})"


def _read(response: Response, *, sends: bool) -> Json:
    """The object in an answer."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    why = f"Gmail answered {response.status_code} with a body that cannot be read"
    if sends:
        raise AmbiguousError(f"{why}. {gmail_errors.DOUBT}.")
    raise NotAcceptedError(f"{why}. {gmail_errors.NOTHING}.")
