"""A job worker that kills itself with SIGKILL before or after a function: `MODULE:FUNCTION:before|after`."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from execops.settings import load_settings
from jobs.bootstrap import open_context
from jobs.worker import run_worker


def plant(point: str) -> None:
    """Replace the function in its module by one that kills the process."""
    module_name, name, when = point.split(":")
    module = import_module(module_name)
    original: Callable[..., Any] = getattr(module, name)

    async def crashing(*args: object, **kwargs: object) -> object:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if inspect.isawaitable(result):
            result = await result
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    def crashing_in_thread(*args: object, **kwargs: object) -> object:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, crashing if inspect.iscoroutinefunction(original) else crashing_in_thread)


async def main() -> None:
    """Work until the planted point kills the process."""
    async with open_context(load_settings(), pool_size=12) as ctx:
        await run_worker(ctx, asyncio.Event())


if __name__ == "__main__":
    plant(sys.argv[1])
    asyncio.run(main())
