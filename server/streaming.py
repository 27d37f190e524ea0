"""An answer that goes on: sent piece by piece until it ends, or until the console goes away, and closed either way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from litestar.types import ASGIApp, Receive, Scope, Send

# Proxies that would gather an answer before they pass it on are asked not to.
_UNBUFFERED = {"cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}


def streaming(pieces: AsyncGenerator[bytes], media_type: str, headers: Mapping[str, str]) -> ASGIApp:
    """The answer of these pieces. The generator is closed at the end, also where the console went away meanwhile."""
    fields = {"content-type": media_type} | _UNBUFFERED | dict(headers)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        gone = asyncio.create_task(_hang_up(receive))
        try:
            async with aclosing(pieces):
                await send(
                    {
                        "type": "http.response.start",
                        "status": 200,
                        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
                    }
                )
                while (piece := await _next(pieces, gone)) is not None:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()

    return answer


async def _next(pieces: AsyncGenerator[bytes], gone: asyncio.Task[None]) -> bytes | None:
    """The next piece; None at the end, and where nobody reads any more."""
    coming = asyncio.ensure_future(anext(pieces, None))
    try:
        await asyncio.wait({gone, coming}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not coming.done():
            coming.cancel()
            await asyncio.wait({coming})
    return None if coming.cancelled() else coming.result()


async def _hang_up(receive: Receive) -> None:
    """Wait until the console is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
