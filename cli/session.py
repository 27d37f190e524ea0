"""From a command to the core: settings, the Context, the operator's Client, and one place for errors."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cli import output

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from execops.client import Client
    from execops.context import Context
    from execops.settings import Settings

_T = TypeVar("_T")
_flags: dict[str, object] = {}


def set_flags(**flags: object) -> None:
    """What the global options say; they come before the environment."""
    _flags.update(flags)


def settings(**flags: object) -> Settings:
    """The settings of this command."""
    from execops.settings import load_settings

    return load_settings({**_flags, **flags})


@asynccontextmanager
async def context(**flags: object) -> AsyncIterator[Context]:
    """An open Context."""
    from jobs.bootstrap import open_context

    async with open_context(settings(**flags)) as ctx:
        yield ctx


@asynccontextmanager
async def client() -> AsyncIterator[Client]:
    """The Client of whoever runs the command: EXECOPS_TOKEN, or the local founder of the embedded default."""
    from execops.client import Client
    from jobs.bootstrap import local_token

    async with context() as ctx:
        yield await Client.login(ctx, local_token(ctx.settings))


def serving_loop() -> AbstractEventLoop:
    """A loop for what runs for long: uvloop, where there is one, spends less on each socket than asyncio's own."""
    try:
        import uvloop
    except ImportError:  # none for this platform
        import asyncio

        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run(command: Coroutine[Any, Any, _T], loop: Callable[[], AbstractEventLoop] | None = None) -> _T:
    """Run a command; an error of ours becomes a message and its exit status."""
    import asyncio
    import signal

    from execops.errors import ExecOpsError

    async def cancellable() -> _T:
        # A plain SIGTERM would leave an embedded Postgres behind that only this process uses.
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await command

    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(cancellable())
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None
    except ExecOpsError as exc:
        output.failure(exc)
        raise SystemExit(exc.exit_status) from exc
    except ExceptionGroup as group:
        ours, rest = group.split(ExecOpsError)
        if ours is None or rest is not None:
            raise
        first = _first(ours)
        output.failure(first)
        raise SystemExit(first.exit_status) from group


def _first(group: BaseExceptionGroup[Any]) -> Any:  # noqa: ANN401
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def unexpected(exc: Exception) -> None:
    """Say what went wrong where nobody foresaw it; the traceback only on request."""
    import os
    import traceback

    if os.environ.get("EXECOPS_DEBUG"):
        output.note(traceback.format_exc())
    output.note(f"{output.style('error:', '31')} {type(exc).__name__}: {output.clean(str(exc))}")
    output.note("       This should not happen. EXECOPS_DEBUG=1 shows where.")


def interactive() -> bool:
    """Whether a person sits at a terminal, in and out."""
    return sys.stdin.isatty() and sys.stdout.isatty()
