"""A job worker that kills itself with SIGKILL before or after the Nth call of a function: `MODULE:FUNCTION:before|after:N`."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

from execops.settings import load_settings
from jobs.bootstrap import open_context
from jobs.worker import run_worker


def plant(point: str) -> None:
    """Replace the function in its module by one that kills the process."""
    module_name, name, when, nth = point.split(":")
    calls = count(1)
    module = import_module(module_name)
    original: Callable[..., Any] = getattr(module, name)

    def die(at: str) -> None:
        if when == at and next(calls) == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)

    async def crashing(*args: object, **kwargs: object) -> object:
        die("before")
        result = original(*args, **kwargs)
        if inspect.isawaitable(result):
            result = await result
        die("after")
        return result

    def crashing_in_thread(*args: object, **kwargs: object) -> object:
        die("before")
        result = original(*args, **kwargs)
        die("after")
        return result

    setattr(module, name, crashing if inspect.iscoroutinefunction(original) else crashing_in_thread)


async def main() -> None:
    """Work until the planted point kills the process."""
    async with open_context(load_settings(), pool_size=12) as ctx:
        await run_worker(ctx, asyncio.Event())


if __name__ == "__main__":
    plant(sys.argv[1])
    asyncio.run(main())
