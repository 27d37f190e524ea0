"""A really running server in the loop of a test, and what its answers look like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from execops.context import Context
from execops.settings import Secret
from server.run import serve
from tests import apps

apps.keep()

PROBLEM = "application/problem+json"


@asynccontextmanager
async def serving(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """A server in this loop, and a client of it."""
    ready: asyncio.Queue[str] = asyncio.Queue()
    stop = asyncio.Event()
    running = asyncio.create_task(serve(ctx, "127.0.0.1", 0, on_ready=ready.put_nowait, stop=stop))
    starting = asyncio.create_task(ready.get())
    await asyncio.wait({running, starting}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        starting.cancel()
        await running
    limits = httpx.Limits(max_connections=60)
    async with httpx.AsyncClient(base_url=await starting, timeout=20, limits=limits) as http:
        try:
            yield http
        finally:
            stop.set()
            await asyncio.wait_for(running, 10)


def bearing(token: Secret) -> dict[str, str]:
    """The header of a request by the operator of this token."""
    return {"authorization": f"Bearer {token.reveal()}"}


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that an answer is a problem of RFC 9457 with this status and code; returns it."""
    problem: dict[str, Any] = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:execops:error:{code}"
    assert problem["title"]
    assert problem["detail"]
    assert "hint" in problem
    return problem
