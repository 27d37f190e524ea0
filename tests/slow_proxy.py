"""A proxy on loopback that stands for a long way: it delays what passes, each way, and can break a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PIECE = 65536


@dataclass
class Way:
    """The way to a server, with what passed on it."""

    url: str
    delay: float
    sent: list[tuple[float, str]] = field(default_factory=list)  # each request's line, and when it set out
    returned: list[float] = field(default_factory=list)  # when each piece of an answer arrived
    # Sees a piece of an answer before it is passed on; what it returns is passed on, and None breaks the connection.
    look: Callable[[bytes], bytes | None] = lambda piece: piece
    refuses: bool = False
    passable: asyncio.Event = field(default_factory=asyncio.Event)  # while it is not set, nothing passes
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break every connection now."""
        for writer in list(self._writers):
            writer.transport.abort()


@asynccontextmanager
async def slow_way(server_url: str, delay: float) -> AsyncIterator[Way]:
    """A way of `delay` seconds to the server, and as many back."""
    loop = asyncio.get_running_loop()
    target = urlsplit(server_url)
    tasks: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool) -> None:
        """Pass pieces on in their order, each after the delay."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, piece = await waiting.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                await way.passable.wait()
                passed = way.look(piece) if back and piece else piece
                if not passed:
                    if passed is None:
                        way.cut()
                    writer.close()
                    return
                if back:
                    way.returned.append(loop.time())
                writer.write(passed)
                with suppress(ConnectionError):
                    await writer.drain()

        delivering = asyncio.create_task(deliver())
        with suppress(ConnectionError):
            while piece := await reader.read(_PIECE):
                if not back:
                    line = piece.partition(b"\r\n")[0].decode("latin-1")
                    if line.endswith("HTTP/1.1"):
                        way.sent.append((loop.time(), line))
                waiting.put_nowait((loop.time() + way.delay, piece))
        waiting.put_nowait((loop.time() + way.delay, b""))
        with suppress(ConnectionError):
            await delivering

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if way.refuses:
            writer.transport.abort()
            return
        task = asyncio.create_task(converse(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        way._writers |= {writer, back}
        await asyncio.gather(
            pass_on(reader, back, back=False), pass_on(there, writer, back=True), return_exceptions=True
        )
        way._writers -= {writer, back}

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    way = Way(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", delay)
    way.passable.set()
    try:
        yield way
    finally:
        server.close()
        way.cut()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
