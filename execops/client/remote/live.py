"""The live changes over HTTP, by server-sent events. `ROUTE` is their path.

Each event is one notice. `hello` comes first, once the server listens. An id is a position in the audit log: a console that
names the last one gets everything that changed since. The server is never silent for longer than `BEAT`, so silence for
longer than `PATIENCE` is a lost connection.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx
from msgspec.structs import asdict

from execops.client.changes import Change, Notice, PolicyChange
from execops.client.remote import problems
from execops.client.remote.operations import OPERATIONS
from execops.errors import UnavailableError
from execops.health import Pulse
from execops.model import Status

if TYPE_CHECKING:
    from httpx_sse import ServerSentEvent

    from execops.client.remote.transport import Transport

ROUTE = "/api/changes"
OPERATION = OPERATIONS["deployment.changes"]
BEAT = 5.0  # seconds
PATIENCE = 12.0  # seconds
HELLO, PROBLEM, BEATS = "hello", "problem", "beat"
RESUMES = 1.0  # seconds for one try to take the stream up again, before a console says that it is lost
_SILENT = httpx.Timeout(PATIENCE, connect=10.0)
_NAMES = {"change": Change, "policy": PolicyChange, "pulse": Pulse}


def to_event(notice: Notice) -> tuple[str, str]:
    """The name and the data of a notice."""
    name = next(name for name, kind in _NAMES.items() if isinstance(notice, kind))
    return name, json.dumps(asdict(notice))


def _notice(event: ServerSentEvent) -> Notice | None:
    """The notice of an event; None for one that this console does not know, or that only beats."""
    values = json.loads(event.data) if event.event in _NAMES else {}
    match event.event:
        case "change":
            return Change(values["proposal_id"], Status(values["status"]), values["version"])
        case "policy":
            return PolicyChange(values["kind"], values["name"], values["allowed"])
        case "pulse":
            return Pulse(**{name: values[name] for name in ("workers", "paused", "arrived")})
    return None


@asynccontextmanager
async def listening(
    transport: Transport, pulse_every: float | None = None
) -> AsyncIterator[AsyncIterator[Notice]]:
    """A stream of the changes from now on; once entered, none is missed. Raises UnavailableError, at once or from the stream.

    A cut stream is taken up once where it ended, without a word. If that fails, the error says that it is lost.
    """
    stream = _Stream(transport, pulse_every)
    try:
        await stream.open()
        async with aclosing(stream.notices()) as notices:
            yield notices
    finally:
        await stream.close()


class _Stream:
    """One stream, which may be several connections after each other."""

    def __init__(self, transport: Transport, pulse_every: float | None) -> None:
        self._transport = transport
        self._url = f"{transport.url}{ROUTE}" + (f"?pulse={pulse_every:g}" if pulse_every else "")
        self._open = AsyncExitStack()
        self._events: AsyncIterator[ServerSentEvent]
        self._last_id = ""

    async def close(self) -> None:
        await self._open.aclose()

    async def open(self) -> None:
        """Connect, and wait until the server listens."""
        from httpx_sse import EventSource  # only where somebody listens

        await self.close()
        headers = {"accept": "text/event-stream"} | (
            {"last-event-id": self._last_id} if self._last_id else {}
        )
        try:
            response = await self._open.enter_async_context(
                self._transport.stream("GET", self._url, headers=headers, timeout=_SILENT)
            )
            if response.status_code != 200:
                await response.aread()
            self._transport.require_ours(response, OPERATION.full_name)
            self._events = cast("Any", EventSource(response).aiter_sse())
            async for event in self._events:
                if self._take(event) is None and event.event == HELLO:
                    return
        except (httpx.TransportError, httpx.StreamError) as exc:
            raise self._transport.away(exc, "What you decide is not lost: it is refused until then.") from exc
        raise UnavailableError(f"{self._transport.host} ended the stream of changes.")

    async def notices(self) -> AsyncGenerator[Notice]:
        """Every notice, over a cut too. Raises UnavailableError, or the error that the server names."""
        while True:
            try:
                async for event in self._events:
                    notice = self._take(event)
                    if notice is not None:
                        yield notice
            except (httpx.TransportError, httpx.StreamError, ValueError):
                pass  # the connection broke, perhaps within an event: that one comes again
            try:
                async with asyncio.timeout(RESUMES):
                    await self.open()
            except TimeoutError as exc:
                raise self._transport.away(exc, "The stream of changes was cut.") from exc

    def _take(self, event: ServerSentEvent) -> Notice | None:
        if event.event == PROBLEM:
            raise problems.from_json(json.loads(event.data))
        notice = _notice(event)
        self._last_id = event.id or self._last_id
        return notice
