"""Servers of the tests: conversations on a free port of loopback, which end with the block."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum


class Cut(StrEnum):
    """The point at which the connection breaks."""

    AT_ACCEPT = "before the request is read"
    IN_REQUEST = "in the middle of the request"
    ACCEPTED = "after the request was accepted, before the answer"
    IN_ANSWER = "in the middle of the answer"


Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(
    converse: Converse, *, host: str = "127.0.0.1", context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Hold each conversation in a task of its own; the value is the port. One that lasts is cancelled at the end.

    A conversation may end by the other side, or by an error of the connection.
    """
    lasting: set[asyncio.Task[None]] = set()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        lasting.add(task)
        try:
            await converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            lasting.discard(task)
            writer.close()

    server = await asyncio.start_server(hold, host, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(lasting):
            task.cancel()
        await asyncio.gather(*lasting, return_exceptions=True)
        await server.wait_closed()
