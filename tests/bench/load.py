"""A load generator: signed webhooks over plain sockets, with as little work in Python as can be.

As a process, `python -m tests.bench.load URL CONNECTIONS SECONDS` prints how many webhooks a second got a 200.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import math
import sys
import time
from collections.abc import Sequence
from itertools import count
from typing import Any, cast
from urllib.parse import urlsplit

from cli.session import serving_loop
from tests.bench.stage import SECRET
from tests.stripe_events import failed

_numbers = count(1)


class Sender(asyncio.Protocol):
    """One connection to the server, kept alive."""

    _transport: asyncio.Transport
    _answer: asyncio.Future[bytes]

    @classmethod
    async def connect(cls, url: str) -> Sender:
        """A connection to the server at this URL."""
        address = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, sender = await loop.create_connection(cls, address.hostname or "", address.port or 0)
        return sender

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport, self._received = cast("asyncio.Transport", transport), b""

    def data_received(self, data: bytes) -> None:
        """Collect an answer until its body, a JSON object, ends."""
        self._received += data
        if self._received.endswith(b"}"):
            self._answer.set_result(self._received)
            self._received = b""

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the answer that is awaited."""
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server hung up"))

    async def answer(self, request: bytes) -> bytes:
        """The raw answer to a request. Raises AssertionError unless it is 200."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        assert answer.startswith(b"HTTP/1.1 200"), answer.decode()
        return answer

    async def send(self, request: bytes) -> dict[str, Any]:
        """The body of the answer to a request."""
        body: dict[str, Any] = json.loads((await self.answer(request)).partition(b"\r\n\r\n")[2])
        return body

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


def payload(tag: str) -> dict[str, Any]:
    """The event of a failed charge, about a customer that no other event is about."""
    number = f"{tag}{next(_numbers)}"
    event = failed(f"in_{number}", customer=f"cus_{number}", customer_email=f"billing@{number}.example")
    return event | {"id": f"evt_{number}", "created": int(time.time())}


def request(event: dict[str, Any]) -> bytes:
    """The HTTP request that delivers this event, signed now."""
    body = json.dumps(event).encode()
    now = int(time.time())
    signature = hmac.new(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /ingest/stripe HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"stripe-signature: t={now},v1={signature}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def rate(url: str, connections: int, seconds: float) -> float:
    """The number of webhooks that the server answers in a second. All are signed before the clock starts."""
    tag = f"{time.time_ns()}x"
    requests = [request(payload(tag)) for _ in range(int(seconds * 2500))]
    begin = time.perf_counter()
    answered = await send_all(url, connections, requests, until=begin + seconds)
    return answered / (time.perf_counter() - begin)


async def send_all(url: str, connections: int, requests: Sequence[bytes], *, until: float = math.inf) -> int:
    """Send these new webhooks over a few connections, until a moment of the clock; returns how many were answered."""
    waiting, answered = iter(requests), 0
    senders = [await Sender.connect(url) for _ in range(connections)]

    async def keep_sending(sender: Sender) -> None:
        nonlocal answered
        while time.perf_counter() < until and (webhook := next(waiting, None)) is not None:
            assert b'"duplicate":false' in await sender.answer(webhook)
            answered += 1

    await asyncio.gather(*(keep_sending(sender) for sender in senders))
    for sender in senders:
        sender.close()
    return answered


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=serving_loop) as runner:
        print(runner.run(rate(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
