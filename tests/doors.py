"""The two doors of consoles in a test: the Client over Postgres, and the one over HTTP at a server in this loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from execops.client import Client
from execops.client.remote.door import RemoteClient
from execops.client.remote.transport import Transport
from execops.context import Context
from execops.settings import Secret
from jobs.bootstrap import process_event
from server.run import serve
from tests import apps

apps.keep()


@asynccontextmanager
async def served(ctx: Context) -> AsyncIterator[str]:
    """The URL of a server over this Context."""
    ready: asyncio.Queue[str] = asyncio.Queue()
    stop = asyncio.Event()
    running = asyncio.create_task(
        serve(ctx, "127.0.0.1", 0, on_ready=ready.put_nowait, stop=stop, process=process_event)
    )
    starting = asyncio.create_task(ready.get())
    await asyncio.wait({running, starting}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        starting.cancel()
        await running
    try:
        yield await starting
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


@asynccontextmanager
async def far(ctx: Context, url: str, token: Secret) -> AsyncIterator[RemoteClient]:
    """The Client of a token's operator at this URL."""
    client = RemoteClient(Transport(url, token), ctx.settings)
    try:
        await client.signed_in()
        # Tests that go on through Postgres in the same operator's name find the proof of it here.
        client.operator = (await Client.login(ctx, token)).operator
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def far_client(ctx: Context, token: Secret) -> AsyncIterator[RemoteClient]:
    """The Client of a token's operator over HTTP, at a server of its own."""
    async with served(ctx) as url, far(ctx, url, token) as client:
        yield client
