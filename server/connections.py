"""The limits of one connection: a peer that nobody knows yet holds little memory, and nothing for long.

uvicorn's protocol with httptools bounds neither a header nor the time that a request may take to arrive. This protocol
adds both, and a number of connections. Where that number is reached, the connection that has waited longest for the rest
of a request makes room for the new one, so that peers who open connections and say nothing keep nobody out.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MAX_CONNECTIONS = 400  # of one server; fewer where the process may open few files
MAX_HEADER = 16 * 1024  # bytes of a request's line and header fields
MAX_BODY = (
    22 * 1024 * 1024
)  # bytes of a body with the frames of its chunks; the application accepts fewer, and pauses the peer
MAX_CHUNKS = 10_000  # of a body: each costs the loop time
HEADER_TIME = 10.0  # seconds until the header is complete
BODY_TIME = 20.0  # seconds until the body is complete
UNREAD_TIME = 5.0  # seconds for which a body is read on that was answered before its end
WRITE_TIME = 30.0  # seconds in which the peer reads nothing
_PIPELINED = 16  # requests that a peer may send before it reads an answer

Refused = Callable[[str, str], None]  # hears the kind of a refusal, and the peer's address


def most_connections() -> int:
    """The connections that this process holds at once: at most half of the files that it may open."""
    return min(MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def limited(on_refused: Refused) -> type[HttpToolsProtocol]:
    """The protocol of one server, which hears of every refusal."""
    return type("Limited", (_Limited,), {"on_refused": staticmethod(on_refused), "unfinished": {}})


class _Limited(HttpToolsProtocol):
    """uvicorn's protocol, with limits."""

    on_refused: Refused
    unfinished: dict[_Limited, None]  # the connections without a whole request, the longest waiting first

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._in_header = True  # the next byte belongs to a header, else to a body
        self._seen = 0  # bytes of that header or body
        self._chunks = 0  # of that body
        self._deadline: asyncio.TimerHandle | None = None
        self._write_deadline: asyncio.TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it where every connection is busy with a request."""
        super().connection_made(transport)
        self.unfinished[self] = None
        if len(self.connections) > most_connections():
            oldest = next(iter(self.unfinished))
            if oldest is self:
                self._end(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections")
                return
            oldest.make_room()
        self._limit_time(HEADER_TIME, self._header_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection and its deadlines."""
        self.unfinished.pop(self, None)
        self._limit_time(None)
        self.resume_writing()
        super().connection_lost(exc)

    def make_room(self) -> None:
        """Close this connection, which waits, for a new one."""
        self.on_refused("connection closed to make room", self._address())
        self.unfinished.pop(self, None)
        self.connections.discard(self)  # at once: Python tells of the loss in the loop's next round
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on. A header is read in pieces that its limit allows."""
        rest = memoryview(data)
        while rest and not self.transport.is_closing():
            size = MAX_HEADER - self._seen if self._in_header else len(rest)
            piece, rest = bytes(rest[:size]), rest[size:]
            self._seen += len(piece)
            super().data_received(piece)
            if self._in_header and self._seen >= MAX_HEADER:
                self._end(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "header too large")
            elif not self._in_header and (self._seen > MAX_BODY or self._chunks > MAX_CHUNKS):
                self._end(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body too large")
            elif len(self.pipeline) > _PIPELINED:
                self._end(HTTPStatus.TOO_MANY_REQUESTS, "too many requests at once")
        if self._deadline is None and self._seen and not self.transport.is_closing():
            if self._in_header:
                self._limit_time(HEADER_TIME, self._header_is_late)
            else:
                self._limit_time(BODY_TIME, self._body_is_late)

    # The request

    def on_message_begin(self) -> None:
        """Begin to count the header."""
        super().on_message_begin()
        self._in_header, self._seen = True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field of the header. One that follows a chunked body is counted as a chunk."""
        if self._in_header:
            super().on_header(name, value)
        else:
            self._chunks += 1

    def on_headers_complete(self) -> None:
        """Begin to count the body."""
        self._limit_time(None)
        self._in_header, self._seen, self._chunks = False, 1, 0
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Count a chunk of the body."""
        self._chunks += 1

    def on_message_complete(self) -> None:
        """The request is whole; the next one has not begun."""
        self._limit_time(None)
        self._in_header, self._seen = True, 0
        self.unfinished.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request. A body that was answered before its end is read on for a moment only."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if not self.pipeline:
            self.unfinished.pop(self, None)
            self.unfinished[self] = None
        if not self._in_header and not self._answers():
            self._limit_time(UNREAD_TIME, self.transport.close)

    # Deadlines

    def pause_writing(self) -> None:
        """Limit the time in which the peer reads nothing."""
        super().pause_writing()
        if self._write_deadline is None:
            self._write_deadline = self.loop.call_later(WRITE_TIME, self._does_not_read)

    def resume_writing(self) -> None:
        """Forget that limit: the peer reads on."""
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None
        super().resume_writing()

    def _limit_time(self, seconds: float | None, late: Callable[[], None] | None = None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, late) if seconds is not None and late else None

    def _header_is_late(self) -> None:
        if self._answers():  # the next header may wait for the answer to the last request
            self._limit_time(HEADER_TIME, self._header_is_late)
        else:
            self._end(HTTPStatus.REQUEST_TIMEOUT, "header too slow")

    def _body_is_late(self) -> None:
        self._end(HTTPStatus.REQUEST_TIMEOUT, "body too slow")

    def _does_not_read(self) -> None:
        self.on_refused("answer not read", self._address())
        self.transport.abort()

    def _answers(self) -> bool:
        """Whether an answer is not complete yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _end(self, status: HTTPStatus, kind: str) -> None:
        """Close the connection, with an answer where none has begun."""
        self._limit_time(None)
        if self.transport.is_closing():
            return
        self.on_refused(kind, self._address())
        begun = self._answers() if self._in_header else self.cycle.response_started
        if not begun:
            text = f"{status.phrase}: {kind}.".encode()
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            length = b"content-length: %d\r\n\r\n" % len(text)
            self.transport.write(STATUS_LINE[status] + head + length + text)
        if self.cycle is not None:
            self.cycle.disconnected = True  # the application hears that its peer is gone
            self.cycle.message_event.set()
        self.transport.close()

    def _address(self) -> str:
        return self.client[0] if self.client else ""
