"""One request and one answer of a fake HTTP service, and the points at which the connection may break between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.serving import Cut as Cut


@dataclass(frozen=True)
class Reply:
    """One answer. Without a body, the fake's own. `accepts`: the fake does what was asked before it answers."""

    status: int = 200
    body: bytes | None = None
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    cut: Cut | None = None
    accepts: bool = True
    then: Callable[[], object] = lambda: None  # called before the answer is written


@dataclass(frozen=True)
class Head:
    """The head of a request: its method, its target, and its headers by their names in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def length(self) -> int:
        """The length of the body in bytes."""
        return int(self.headers.get("content-length", 0))


async def read_head(reader: asyncio.StreamReader) -> Head:
    """The head of the next request."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Head(method, target, headers)


async def answer(
    writer: asyncio.StreamWriter, reply: Reply, own: Reply, headers: Mapping[str, str] | None = None
) -> None:
    """Write what the script replies, else the fake's own answer, unless the connection breaks first."""
    status, body = (own.status, own.body) if reply.body is None else (reply.status, reply.body)
    reply.then()
    await asyncio.sleep(reply.delay)
    if reply.cut is Cut.ACCEPTED:
        return
    lower = {name.lower(): value for name, value in reply.headers.items()}
    lines = {"content-type": "application/json; charset=utf-8"} | dict(headers or {}) | own.headers | lower
    content = body or b""
    writer.write(b"HTTP/1.1 %d .\r\ncontent-length: %d\r\nconnection: close\r\n" % (status, len(content)))
    writer.write("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")
    writer.write(content[: len(content) // 2] if reply.cut else content)
    await writer.drain()
