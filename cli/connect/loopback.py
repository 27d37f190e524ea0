"""Receives the redirect of a sign-in: a page of this machine alone, which the person's browser calls with the answer.

https://www.rfc-editor.org/rfc/rfc8252#section-7.3. The state, which nobody else knows, tells this answer from any other
call: another page in the browser may call every port of this machine.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

_HOST = "127.0.0.1"
_READ_WAIT = 10.0  # seconds for the head of a request
_PAGE_WAIT = 10.0  # seconds at the end, in which the browser gets its page
_CONNECTED = "ExecOps is connected. You can close this page."
_FAILED = "ExecOps is not connected. The terminal says why."
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>ExecOps</title></head><body style="font-family: sans-serif"><p>%s</p></body></html>
"""


class Redirect:
    """The one answer that is waited for. The browser gets its page when `done` is called, or the wait ends."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.uri = ""
        self._state: str | None = None
        self._answer: asyncio.Future[Mapping[str, str]] = loop.create_future()
        self._page: asyncio.Future[str] = loop.create_future()
        self._open: set[asyncio.Task[None]] = set()

    async def answer(self, state: str, timeout: float) -> Mapping[str, str]:
        """The arguments of the call with this state. Raises TimeoutError after so many seconds."""
        self._state = state
        async with asyncio.timeout(timeout):
            return await self._answer

    def done(self) -> None:
        """Say on the browser's page that all went well."""
        self._page.set_result(_CONNECTED)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of the browser."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (a callback of a server is one)
        self._open.add(task)
        try:
            async with asyncio.timeout(_READ_WAIT):
                head = await reader.readuntil(b"\r\n\r\n")
            status, text = await self._reply(head.split(b"\r\n")[0].decode("latin-1"))
            page = (_PAGE % text).encode()
            writer.write(
                b"HTTP/1.1 %s\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: %d\r\n"
                b"cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n%s"
                % (status, len(page), page)
            )
            await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # the browser went away, or it was none
        finally:
            self._open.discard(task)
            writer.close()

    async def end(self) -> None:
        """Let the browser have its page."""
        if not self._page.done():
            self._page.set_result(_FAILED)
        if self._open:
            await asyncio.wait(self._open, timeout=_PAGE_WAIT)
        for task in self._open:
            task.cancel()

    async def _reply(self, line: str) -> tuple[bytes, str]:
        verb, _, rest = line.partition(" ")
        url = urlsplit(rest.partition(" ")[0])
        arguments = dict(parse_qsl(url.query))
        if verb != "GET" or url.path != "/" or not {"code", "error"} & arguments.keys():
            return b"404 Not Found", "There is nothing here."
        if self._state is None or not hmac.compare_digest(
            arguments.get("state", "").encode(), self._state.encode()
        ):
            return b"400 Bad Request", "This is not the answer that ExecOps waits for. Nothing was changed."
        if self._answer.done():
            return b"409 Conflict", "ExecOps has had its answer already. The terminal says what became of it."
        self._answer.set_result(arguments)
        return b"200 OK", await self._page


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Redirect]:
    """Listen on this machine alone; port 0 takes a free one. Raises UnavailableError if the port is taken."""
    from execops.errors import UnavailableError

    redirect = Redirect()
    try:
        server = await asyncio.start_server(redirect.converse, _HOST, port)
    except OSError as exc:
        raise UnavailableError(
            f"The port {port} of this machine cannot be used: {exc.strerror or type(exc).__name__}.",
            hint="Name another one with --port.",
        ) from exc
    redirect.uri = f"http://{_HOST}:{server.sockets[0].getsockname()[1]}/"
    try:
        yield redirect
    finally:
        server.close()
        await redirect.end()
