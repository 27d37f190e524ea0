"""A load generator: signed webhooks over plain sockets, with as little work in Python as can be.

As a process, `python -m tests.bench.load URL CONNECTIONS SECONDS` prints how many webhooks a second got a 200.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sys
import time
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from tests.bench.stage import SECRET
from tests.stripe_events import failed

_numbers = count(1)


class Sender:
    """One connection to the server, kept alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, url: str) -> Sender:
        """A connection to the server at this URL."""
        return cls(*await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port))

    async def send(self, request: bytes) -> dict[str, Any]:
        """The answer to a request. Raises AssertionError unless it is 200."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head.decode()
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        answer: dict[str, Any] = json.loads(await self._reader.readexactly(int(length.split(b":")[1])))
        return answer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


def payload(tag: str) -> dict[str, Any]:
    """The event of a failed charge, about a customer that no other event is about."""
    number = f"{tag}{next(_numbers)}"
    event = failed(f"in_{number}", customer=f"cus_{number}", amount_due=4900, amount_remaining=4900)
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
    requests = iter([request(payload(tag)) for _ in range(int(seconds * 2500))])
    senders = [await Sender.connect(url) for _ in range(connections)]
    answered = 0
    end = time.perf_counter() + seconds

    async def keep_sending(sender: Sender) -> None:
        nonlocal answered
        while time.perf_counter() < end and (webhook := next(requests, None)) is not None:
            assert (await sender.send(webhook))["duplicate"] is False
            answered += 1

    begin = time.perf_counter()
    await asyncio.gather(*(keep_sending(sender) for sender in senders))
    took = time.perf_counter() - begin
    for sender in senders:
        await sender.close()
    return answered / took


if __name__ == "__main__":
    print(asyncio.run(rate(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
