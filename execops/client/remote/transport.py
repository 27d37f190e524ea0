"""One server over HTTPS: requests, their errors in our words, and a second try where that is safe.

Reading may be asked again. Each action carries a key, by which the server knows a request that it has done already: so it is
asked again too, where its answer was lost, and is never done twice.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from execops import __version__
from execops.client.remote import problems
from execops.client.remote.operations import UPLOAD, Kind, Operation
from execops.errors import ExecOpsError, InvalidInputError, UnauthenticatedError, UnavailableError
from execops.model import Json
from execops.settings import Secret

WAITS = (0.2, 1.0, 3.0)  # seconds before a request whose answer was lost is sent again
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)  # seconds; the server's own statements end before
_VERIFYING = httpx.Timeout(150.0, connect=10.0)  # the audit log of years takes its time
_KEPT = 256  # answers that are kept with their ETags
_GATEWAY = {502, 503, 504}  # a proxy's own answers, where they carry no problem of ours
_NO_CHANGE = "nothing was changed"


class Transport:
    """The connection of a console to one server, in one operator's name."""

    def __init__(self, url: str, token: Secret | None, *, http: httpx.AsyncClient | None = None) -> None:
        self.url = url.rstrip("/")
        self.host = urlsplit(self.url).netloc
        self._http = http or httpx.AsyncClient(
            timeout=_TIMEOUT, limits=httpx.Limits(max_connections=16, keepalive_expiry=60)
        )
        self._headers = {"accept": "application/json", "user-agent": f"execops/{__version__}"}
        if token is not None:
            self._headers["authorization"] = f"Bearer {token.reveal()}"
        self._tagged: OrderedDict[str, tuple[str, Any]] = OrderedDict()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def call(self, operation: Operation, arguments: Json) -> Any:  # noqa: ANN401
        """The result of an operation, as JSON types.

        Raises the error that the server raised, and UnavailableError where no answer came, which says what is known of the change.
        """
        url, content = self._address(operation, arguments)
        key = secrets.token_hex(16) if operation.kind is Kind.ACTS else None
        headers = self._headers | ({"idempotency-key": key} if key else {})
        tagged = self._tagged.get(url) if operation.method == "GET" else None
        if tagged is not None:
            headers["if-none-match"] = tagged[0]
        response = await self._send(operation, url, content, headers)
        if response.status_code == 304 and tagged is not None:
            return tagged[1]
        if response.status_code != 200:
            raise self._refusal(response, operation)
        result = self._read(response, operation)
        if tag := response.headers.get("etag"):
            self._tagged[url] = tag, result
            self._tagged.move_to_end(url)
            while len(self._tagged) > _KEPT:
                self._tagged.popitem(last=False)
        return result

    @asynccontextmanager
    async def lines(self, operation: Operation, arguments: Json) -> AsyncIterator[AsyncIterator[Json]]:
        """The lines of an operation that answers with many. Raises as `call` does; a cut stream is an UnavailableError."""
        url, content = self._address(operation, arguments)
        async with self.stream(operation.method, url, content, timeout=_VERIFYING) as response:
            if response.status_code != 200:
                await response.aread()
                raise self._refusal(response, operation)
            yield self._lines(response)

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        content: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = _TIMEOUT,
    ) -> AsyncIterator[httpx.Response]:
        """An open answer. Raises UnavailableError, at once or while it is read."""
        try:
            async with self._http.stream(
                method, url, content=content, headers=self._headers | dict(headers or {}), timeout=timeout
            ) as response:
                yield response
        except (httpx.TransportError, httpx.StreamError) as exc:
            raise self.away(exc, "The answer ended in the middle.") from exc

    def require_ours(self, response: httpx.Response, name: str) -> None:
        """Raise what an answer other than 200 means; its content was read."""
        if response.status_code != 200:
            raise self._refusal(response, None, name)

    def away(self, exc: Exception, change: str) -> UnavailableError:
        """The error of a server that cannot be reached: why, and what is known of the change."""
        cause: BaseException | None = exc
        while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
            cause = cause.__cause__ or cause.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnavailableError(
                f"The certificate of {self.host} is not one to trust: {cause.verify_message}; nothing was sent to it.",
                hint="Check the address. SSL_CERT_FILE names the certificate of your own authority, if you have one.",
            )
        return UnavailableError(
            f"{self.host} cannot be reached ({type(exc).__name__}). {change}",
            hint="Check the network, and that `execops serve` or `execops up` runs there.",
        )

    def _address(self, operation: Operation, arguments: Json) -> tuple[str, bytes | None]:
        url = self.url + operation.path
        if operation.method == "GET":
            words = {name: _word(value) for name, value in arguments.items() if value is not None}
            return (f"{url}?{urlencode(words)}" if words else url), None
        content = json.dumps(arguments, separators=(",", ":")).encode()
        if len(content) > operation.most:
            size, most = len(content) / 2**20, operation.most // 2**20
            raise InvalidInputError(
                f"This is {size:.0f} MB for the server, which takes {most} MB at once; {_NO_CHANGE}.",
                hint=f"Split it, or run the command on the machine of {self.host}, where the database is near."
                if operation.most == UPLOAD
                else None,
            )
        return url, content

    async def _send(
        self, operation: Operation, url: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        """The answer of the server itself; the request is sent again where none came."""
        if content is not None:
            headers = headers | {"content-type": "application/json"}
        timeout = _VERIFYING if operation.full_name == "audit.verify" else _TIMEOUT
        was_sent = False
        for wait in (*WAITS, None):
            try:
                response = await self._http.request(
                    operation.method, url, content=content, headers=headers, timeout=timeout
                )
            except httpx.TransportError as exc:
                # Before the connection stood nothing was sent; after that, the server may have done it.
                was_sent = was_sent or not isinstance(exc, httpx.ConnectError | httpx.ConnectTimeout)
                hangs = isinstance(exc, httpx.ReadTimeout) and operation.kind is not Kind.ACTS
                if wait is None or not was_sent or hangs:
                    raise self.away(exc, self._kept(operation, was_sent=was_sent)) from exc
            else:
                if response.status_code not in _GATEWAY or _is_ours(response):
                    return response
                was_sent = True
                if wait is None:
                    raise UnavailableError(
                        f"A proxy answers for {self.host}: {response.status_code}. {self._kept(operation, was_sent=True)}",
                        hint="Check that `execops serve` or `execops up` runs there.",
                    )
            await asyncio.sleep(wait)
        raise AssertionError

    def _kept(self, operation: Operation, *, was_sent: bool) -> str:
        if operation.kind is Kind.ACTS and was_sent:
            return (
                "Whether it was done is not known; asking again never does it twice:"
                " look at the proposal or at the audit log, then decide."
            )
        return "Nothing was changed."

    def _read(self, response: httpx.Response, operation: Operation) -> Any:  # noqa: ANN401
        if not _is_ours(response):
            raise self._stranger(response)
        try:
            return json.loads(response.content)
        except ValueError as exc:
            raise self.away(exc, self._kept(operation, was_sent=True)) from exc

    def _refusal(self, response: httpx.Response, operation: Operation | None, name: str = "") -> ExecOpsError:
        name = operation.full_name if operation else name
        status = response.status_code
        if response.has_redirect_location:
            return UnavailableError(
                f"{self.host} sends this console elsewhere: {response.headers['location'][:200]}; {_NO_CHANGE}.",
                hint="The token is sent nowhere else. Sign in at the right address: execops login URL",
            )
        is_problem = "problem+json" in response.headers.get("content-type", "")
        if status in {404, 405} and (
            not is_problem or (operation is not None and not response.headers.get("x-execops-operation"))
        ):
            return self._too_old(response, name) if is_problem else self._stranger(response)
        if not is_problem:
            return self._stranger(response)
        problem = response.json()
        if problem.get("code") == "internal":
            number = response.headers.get("x-request-id", "")
            return ExecOpsError(problem["detail"], hint=f"The request is {number} there." if number else None)
        error = problems.from_json(problem)
        if isinstance(error, UnauthenticatedError):
            error.hint = f"Sign in again: execops login {self.url}"
        return error

    def _too_old(self, response: httpx.Response, name: str) -> UnavailableError:
        version = response.headers.get("x-execops-version")
        return UnavailableError(
            f"The server at {self.host} {f'is ExecOps {version} and' if version else 'is older than this console:'}"
            f" does not know {name} yet; {_NO_CHANGE}.",
            hint=f"Bring it up to this console's version, {__version__}, or use a console of its version.",
        )

    def _stranger(self, response: httpx.Response) -> UnavailableError:
        return UnavailableError(
            f"{self.host} does not answer as ExecOps does (HTTP {response.status_code}); {_NO_CHANGE}.",
            hint="Check the address: it is the one that `execops up` or `execops serve` prints, or its proxy's.",
        )

    async def _lines(self, response: httpx.Response) -> AsyncIterator[Json]:
        is_whole = False
        async for line in response.aiter_lines():
            if not line:
                continue
            try:
                value = json.loads(line)
            except ValueError:
                break
            if "problem" in value:
                raise problems.from_json(value["problem"])
            is_whole = "end" in value or "result" in value
            yield value
        if not is_whole:
            raise UnavailableError(
                f"The answer of {self.host} ended in the middle.", hint="Run the command again."
            )


def _is_ours(response: httpx.Response) -> bool:
    return "x-execops-operation" in response.headers or "problem+json" in response.headers.get(
        "content-type", ""
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
