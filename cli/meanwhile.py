"""Modules that a command needs soon, loaded while it waits for the answers of Postgres or of a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module

_TURNS = 8  # of the event loop, in which an answer is read and the next question is sent


@asynccontextmanager
async def loading(modules: Sequence[str]) -> AsyncIterator[asyncio.Task[None]]:
    """A task that loads the modules, one after the other; what still loads at the end is left.

    It runs in this thread: a second one would take turns with it, and each turn costs more than is gained.
    """
    task = asyncio.create_task(_load(modules))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _load(modules: Sequence[str]) -> None:
    for module in modules:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        import_module(module)
