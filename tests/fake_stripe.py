"""A fake of Stripe's API on loopback: objects, lists, pages, errors, and the script of a test.

Lists begin with the newest object. `limit`, `starting_after` and `created[gte]` work as Stripe's do. It is for reads: a
request that is not GET fails the test, unless the test switches `writes` on. Then it also takes a key that may write, as
`tests/fake_stripe_writes.py` tells.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, field

from tests.serving import Cut, serving

KEY = "rk_live_secret1"
Object = dict[str, Any]


class Reply(Struct, frozen=True):
    """One answer, after `delay` seconds. A body of None hangs up without an answer."""

    status: int = 200
    body: bytes | None = b"{}"
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One request: its path, its query or form, and its time by the monotonic clock, in seconds."""

    path: str
    params: dict[str, str]
    at: float
    method: str = "GET"
    key: str | None = None  # its Idempotency-Key


@dataclass(frozen=True)
class Break:
    """The point at which the connection of a request breaks; `then` is called there, before the answer is written."""

    cut: Cut
    then: Callable[[], None] = lambda: None


def fail(status: int, message: str = "No.", **more: Any) -> Reply:
    """An error in Stripe's shape."""
    error = {"type": "invalid_request_error", "message": message} | more
    return Reply(status, json.dumps({"error": error}).encode())


class FakeStripe:
    """A server that answers from `objects`, kept by list, such as `customers`. `script` may answer first."""

    def __init__(self) -> None:
        self.objects: dict[str, list[Object]] = {}
        self.balance: Object = {
            "object": "balance",
            "livemode": True,
            "available": [{"amount": 500_000, "currency": "usd"}],
            "pending": [{"amount": 1_000, "currency": "usd"}],
        }
        self.script: Callable[[Request], Reply | None] = lambda _: None
        self.breaks: Callable[[str, str], Break | None] = lambda _, __: None  # by method and path
        self.write: Callable[[Request], Awaitable[Reply]] | None = None  # None: it is for reads
        self.read: Callable[[Request], Awaitable[Reply]] | None = None  # None: it answers from `objects`
        self.write_key = ""
        self.requests: list[Request] = []
        self.refused: list[str] = []  # requests that were not GET, or had another key
        self.url = ""

    def add(self, name: str, *added: Object) -> None:
        """Add objects to a list."""
        self.objects.setdefault(name, []).extend(added)

    def paths(self) -> list[str]:
        """The paths of all requests, in order."""
        return [request.path for request in self.requests]

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the connection closes."""
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {n.lower(): value for n, _, value in (line.partition(": ") for line in head[1:])}
            method, target, _ = head[0].split(" ")
            broken = self.breaks(method, urlsplit(target).path)
            if broken and broken.cut in {Cut.AT_ACCEPT, Cut.IN_REQUEST}:
                broken.then()
                return
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            reply = await self._reply(head[0], headers, body.decode())
            if broken:
                broken.then()
            await asyncio.sleep(reply.delay)
            if reply.body is None or (broken and broken.cut is Cut.ACCEPTED):
                return
            more = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
            writer.write(
                b"HTTP/1.1 %d .\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%s\r\n%s"
                % (
                    reply.status,
                    len(reply.body),
                    more.encode(),
                    reply.body[: len(reply.body) // 2] if broken else reply.body,
                )
            )
            await writer.drain()
            if broken:
                return

    async def _reply(self, line: str, headers: dict[str, str], body: str) -> Reply:
        method, target, _ = line.split(" ")
        url = urlsplit(target)
        params = dict(parse_qsl(body if method == "POST" else url.query, keep_blank_values=True))
        key = headers.get("idempotency-key")
        request = Request(url.path, params, time.monotonic(), method, key)
        self.requests.append(request)
        writes = self.write is not None and headers["authorization"] == f"Bearer {self.write_key}"
        if (method != "GET" and not writes) or (headers["authorization"] != f"Bearer {KEY}" and not writes):
            self.refused.append(line)
            return fail(401, f"Invalid API Key provided: {headers['authorization']}")
        scripted = self.script(request)
        if scripted is not None:
            return scripted
        if method == "GET":
            return await self.read(request) if self.read else self._answer(request)
        assert self.write is not None
        return await self.write(request)

    def _answer(self, request: Request) -> Reply:
        parts = request.path.removeprefix("/v1/").split("/")
        if parts == ["balance"]:
            return _json(self.balance)
        listed = self.objects.get(parts[0], [])
        if len(parts) == 2:
            match = next((stripe_object for stripe_object in listed if stripe_object["id"] == parts[1]), None)
            return _json(match) if match else fail(404, "No such object", code="resource_missing")
        return self._list(request, listed)

    def _list(self, request: Request, listed: list[Object]) -> Reply:
        params = request.params
        listed = sorted(
            listed, key=lambda stripe_object: (stripe_object["created"], stripe_object["id"]), reverse=True
        )
        if "created[gte]" in params:
            listed = [
                stripe_object
                for stripe_object in listed
                if stripe_object["created"] >= int(params["created[gte]"])
            ]
        if "charge" in params:
            listed = [
                stripe_object for stripe_object in listed if stripe_object["charge"] == params["charge"]
            ]
        if "customer" in params:
            listed = [
                stripe_object for stripe_object in listed if stripe_object["customer"] == params["customer"]
            ]
        if "subscription" in params:
            listed = [
                stripe_object
                for stripe_object in listed
                if stripe_object["subscription"] == params["subscription"]
            ]
        if "starting_after" in params:
            ids = [stripe_object["id"] for stripe_object in listed]
            if params["starting_after"] not in ids:
                return fail(400, "No such object", code="resource_missing", param="starting_after")
            listed = listed[ids.index(params["starting_after"]) + 1 :]
        limit = int(params.get("limit", 10))
        assert limit <= 100
        return _json(
            {"object": "list", "url": request.path, "data": listed[:limit], "has_more": len(listed) > limit}
        )


def _json(value: Object) -> Reply:
    return Reply(body=json.dumps(value).encode())


@asynccontextmanager
async def fake_stripe() -> AsyncIterator[FakeStripe]:
    """A fake server on a free port."""
    fake = FakeStripe()
    async with serving(fake.converse) as port:
        fake.url = f"http://127.0.0.1:{port}"
        yield fake


def secret_free(text: str) -> bool:
    """Whether a text contains no part of the key."""
    return not re.search(r"secret1", text)
