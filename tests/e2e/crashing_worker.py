"""A job worker that signals itself before or after the Nth call of a function.

The first argument names the point, `MODULE:FUNCTION:before|after:N`, or `MODULE:CLASS.METHOD:…`; the second one the signal,
KILL unless given; the third one a file that gets a line for each message that the worker begins to deliver.
TEST_SLACK_SETTLED is the time, in seconds, after which a message that Slack's history does not show counts as not posted.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from execops.adapters.outbox import outbox_folder
from execops.adapters.slack_api import slack_transport
from execops.settings import load_settings
from jobs.bootstrap import open_context
from jobs.worker import run_worker


def plant(point: str, signum: int = signal.SIGKILL) -> None:
    """Replace the function in its module, or the method in its class, by one that signals the process."""
    module_name, path, when, nth = point.split(":")
    calls = count(1)
    owner: Any = import_module(module_name)
    *classes, name = path.split(".")
    for class_name in classes:
        owner = getattr(owner, class_name)
    original: Callable[..., Any] = getattr(owner, name)

    def die(at: str) -> None:
        if when == at and next(calls) == int(nth):
            os.kill(os.getpid(), signum)

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

    setattr(owner, name, crashing if inspect.iscoroutinefunction(original) else crashing_in_thread)


def log_deliveries(file: Path) -> None:
    """Write a line before each delivery."""
    deliver = outbox_folder.deliver

    def logged(*args: Any) -> bool:
        with file.open("a") as lines:
            lines.write("delivers\n")
        return deliver(*args)

    outbox_folder.deliver = logged  # type: ignore[assignment]


async def main() -> None:
    """Work until a signal ends the process."""
    async with open_context(load_settings()) as ctx:
        await run_worker(ctx, asyncio.Event())


if __name__ == "__main__":
    if len(sys.argv) > 3:
        log_deliveries(Path(sys.argv[3]))
    slack_transport.SETTLED_AFTER = float(os.environ.get("TEST_SLACK_SETTLED", slack_transport.SETTLED_AFTER))
    plant(sys.argv[1], signal.Signals[f"SIG{sys.argv[2]}"] if len(sys.argv) > 2 else signal.SIGKILL)
    asyncio.run(main())
