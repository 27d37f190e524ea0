"""Strangers on the network attack a running server process, while it goes on answering its health and signed deliveries."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from execops.context import Context
from execops.settings import Secret
from server import connections
from tests import records
from tests.server_process import ServerProcess, process_of
from tests.stopwatch import stopwatch
from tests.stripe_events import failed, sign

SLOWEST = 1.0  # seconds that an answer may take during an attack
MOST_MEMORY = 64 * 1024 * 1024  # bytes that an attack may add
MARGIN = 4.0  # seconds beyond a limit of time, on a busy machine
START = b"POST /ingest/stripe HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
async def server(ctx: Context) -> AsyncIterator[ServerProcess]:
    """A server process on this test's database, which has taken in its first delivery."""
    async with process_of(ctx) as running:
        body = json.dumps(failed("in_first")).encode()
        async with httpx.AsyncClient(base_url=running.url, timeout=20) as http:
            assert (await http.post("/ingest/stripe", content=body, headers=sign(body))).status_code == 200
        yield running


@asynccontextmanager
async def under_watch(server: ServerProcess) -> AsyncIterator[list[float]]:
    """Ask for its health and send signed deliveries all the while; the value holds the seconds of each answer."""
    stop, seconds = asyncio.Event(), list[float]()
    before = server.memory

    async def watch() -> None:
        async with (
            stopwatch(server.process.pid) as clock,
            httpx.AsyncClient(base_url=server.url, timeout=20) as http,
        ):
            number = 0
            while not stop.is_set():
                number += 1
                body = json.dumps(failed(f"in_watch_{number}")).encode()
                begun = clock.now()
                health = await http.get("/health/live")
                delivery = await http.post("/ingest/stripe", content=body, headers=sign(body))
                seconds.append(clock.now() - begun)
                assert (health.status_code, delivery.status_code) == (200, 200)
                await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield seconds
        async with asyncio.timeout(20):
            while len(seconds) < 3 and not watching.done():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        stop.set()
        await watching
    assert max(seconds) < SLOWEST, f"an answer took {max(seconds):.1f} s"
    assert server.memory - before < MOST_MEMORY, f"{(server.memory - before) // 2**20} MiB more"


async def cut_after(
    server: ServerProcess, first: bytes, more: bytes = b"", pause: float = 0.0
) -> tuple[float, bytes]:
    """Send some bytes, then more again and again, until the server closes; returns the seconds and its answer."""
    reader, writer = await asyncio.open_connection(*server.address)
    begun = time.monotonic()
    reading = asyncio.create_task(reader.read())
    with suppress(ConnectionError):
        writer.write(first)
        while not reading.done():
            if more:
                writer.write(more)
                await writer.drain()
            await asyncio.wait({reading}, timeout=pause)
    answer = b""
    with suppress(ConnectionError):
        answer = await reading
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return time.monotonic() - begun, answer


CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
ENDLESS: dict[str, tuple[bytes, bytes, bytes]] = {
    "header field": (START + b"X-Endless: ", b"x" * 65536, b" 431 "),
    "header fields": (START, b"X-More: 1\r\n" * 4096, b" 431 "),
    "line of the request": (b"GET /", b"x" * 65536, b" 431 "),
    "empty lines": (b"", b"\r\n" * 8192, b" 431 "),
    "announced body": (START + b"Content-Length: 99999999999\r\n\r\n", b"x" * 65536, b" 413 "),
    "chunks": (START + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK, b" 413 "),
    "tiny chunks": (START + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 8192, b" 413 "),
    "chunk's extension": (START + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 65536, b" 413 "),
    "fields after the chunks": (
        START + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
        b"X-T: 1\r\n" * 8192,
        b" 413 ",
    ),
    "requests at once": (b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 1000, b" 200 "),
}


@pytest.mark.slow
async def test_endless_requests_are_cut(server: ServerProcess) -> None:
    for kind, (first, more, answer) in ENDLESS.items():
        async with under_watch(server), asyncio.timeout(connections.UNREAD_TIME + MARGIN):
            cut = await asyncio.gather(*[cut_after(server, first, more) for _ in range(8)])
        for seconds, answered in cut:
            assert seconds < connections.UNREAD_TIME + MARGIN, kind
            # The answer is lost where the server closes while more arrives, as TCP has it.
            assert not answered or answer in answered.split(b"\r\n", 1)[0], kind


SLOW: dict[str, tuple[bytes, bytes, float]] = {
    "nothing": (b"", b"", connections.HEADER_TIME),
    "header": (START, b"x", connections.HEADER_TIME),
    "empty lines": (b"", b"\r\n", connections.HEADER_TIME),
    "body": (START + b"Content-Length: 1000\r\n\r\n", b"x", connections.BODY_TIME),
    "body of a second request": (
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" + START + b"Content-Length: 1000\r\n\r\n",
        b"x",
        connections.BODY_TIME,
    ),
}


@pytest.mark.slow
async def test_slow_requests_are_cut_in_time(server: ServerProcess) -> None:
    async with under_watch(server):
        cut = await asyncio.gather(*[cut_after(server, first, more, 0.5) for first, more, _ in SLOW.values()])
    for (kind, (_, _, limit)), (seconds, answer) in zip(SLOW.items(), cut, strict=True):
        assert limit - 1 < seconds < limit + MARGIN, kind
        assert b" 408 " in answer, kind


@pytest.mark.slow
async def test_half_open_connections_keep_nobody_out(ctx: Context, server: ServerProcess) -> None:
    started = [b"", START, START + b"Content-Length: 1000\r\n\r\nx"]
    held = [await asyncio.open_connection(*server.address) for _ in range(500)]
    for number, (_, writer) in enumerate(held):
        writer.write(started[number % 3])
    async with under_watch(server):
        await asyncio.sleep(1)
        assert server.sockets < connections.MAX_CONNECTIONS + 40
        begun = time.monotonic()
        await asyncio.gather(*[_until_closed(reader) for reader, _ in held])
        assert time.monotonic() - begun < connections.BODY_TIME + MARGIN
        assert server.sockets < 60
    for _, writer in held:
        writer.close()
    await _until_trouble(ctx, "connection closed to make room")


async def _until_closed(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        await reader.read()


async def _until_trouble(ctx: Context, kind: str, count: int = 1) -> int:
    """Wait until the server has written this trouble so often."""
    async with asyncio.timeout(20):
        while True:
            rows = await records.rows(ctx, "select sum(count)::int as n from troubles where kind = %s", kind)
            if (rows[0]["n"] or 0) >= count:
                return int(rows[0]["n"])
            await asyncio.sleep(0.05)


async def test_an_answer_that_nobody_reads_is_dropped(server: ServerProcess) -> None:
    # The kernel takes in a few MiB for a peer that reads nothing; the server keeps the rest within its own limits.
    reader, writer = await asyncio.open_connection(*server.address, limit=2**10)
    transport = writer.transport
    transport.pause_reading()  # type: ignore[attr-defined]
    async with under_watch(server):
        for _ in range(16):
            writer.write(b"GET /schema/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(0.5)
    writer.close()
    assert reader is not None


async def test_a_thousand_guesses_meet_a_limit_and_no_delivery_does(
    ctx: Context, server: ServerProcess, founder_token: Secret
) -> None:
    async with under_watch(server), httpx.AsyncClient(base_url=server.url, timeout=20) as http:
        right = {"authorization": f"Bearer {founder_token.reveal()}"}
        assert (await http.get("/api/inbox", headers=right)).status_code == 200
        guess = _guess(http)
        statuses = [
            status for _ in range(100) for status in await asyncio.gather(*[guess() for _ in range(10)])
        ]
        assert statuses.count(401) < 100
        assert statuses.count(401) + statuses.count(429) == 1000
        answer = await http.get("/api/inbox", headers={"authorization": "Bearer wrong"})
        assert answer.status_code == 429
        assert answer.json()["code"] == "too_many_attempts"
        assert int(answer.headers["retry-after"]) > 0
        assert (await http.get("/api/inbox", headers=right)).status_code == 200  # the operator works on
    assert await _until_trouble(ctx, "wrong token") < 100
    assert await _until_trouble(ctx, "too many wrong tokens", 900) >= 900
    assert sum("rong token" in line for line in server.lines) < 100


def _guess(http: httpx.AsyncClient) -> Callable[[], Awaitable[int]]:
    numbers = iter(range(1000))

    async def guess() -> int:
        headers = {"authorization": f"Bearer guess_{next(numbers)}"}
        return (await http.get("/api/inbox", headers=headers)).status_code

    return guess


async def test_refused_deliveries_are_seen(ctx: Context, server: ServerProcess) -> None:
    body = json.dumps(failed("in_refused")).encode()
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.post("/ingest/stripe", content=body, headers=sign(body, secret="whsec_other"))
        assert answer.status_code == 400
        refused = json.loads(await server.until_line("Delivery refused"))
        assert refused["request"] == answer.headers["x-request-id"]
        assert refused["action"] == "delivery_refused"
        assert "signature" in refused["why"]
        await http.post("/ingest/stripe", content=body, headers=sign(body))
        accepted = json.loads(await server.until_line("Delivery accepted"))
        assert accepted["action"] == "delivery.accepted"
        assert (accepted["source"], accepted["type"]) == ("stripe", "invoice.payment_failed")
        await http.post("/ingest/stripe", content=body, headers=sign(body))
        await server.until_line("Delivery duplicate")
        test = json.dumps(failed("in_test") | {"livemode": False}).encode()
        await http.post("/ingest/stripe", content=test, headers=sign(test))
        assert "test-mode" in json.loads(await server.until_line("Delivery ignored"))["why"]
    await _until_trouble(ctx, "delivery refused")
