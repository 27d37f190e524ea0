"""The way from a command to the core: settings, the Context, the operator's Client, and one place for errors."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cli import collector, output, streams

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from execops.client import Client
    from execops.context import Context
    from execops.settings import Secret, Settings
    from execops.settings.contexts import Server

_T = TypeVar("_T")
FOUNDER_ADDED = "Added the founder. ExecOps shows the token only once. Set it as EXECOPS_TOKEN:"
_flags: dict[str, object] = {}


def set_flags(**flags: object) -> None:
    """Keep the global options. They win over the environment."""
    _flags.update(flags)


def flags() -> dict[str, object]:
    """The global options of this command."""
    return dict(_flags)


def settings(**flags: object) -> Settings:
    """The settings of this command."""
    from execops.settings import load_settings

    return load_settings({**_flags, **flags})


@asynccontextmanager
async def context() -> AsyncIterator[Context]:
    """An open Context of this machine's database. Raises UnavailableError where the command speaks to a server."""
    require_here("this command")
    async with _open() as ctx:
        yield ctx


@asynccontextmanager
async def client(*, wait: bool = True, soon: Sequence[str] = ()) -> AsyncIterator[Client]:
    """The Client of the operator who runs the command, through one of the two doors. `wait`: see `at`.

    `soon` are modules that the command needs then: it loads them while it waits for Postgres.

    At a server: see `execops.settings.contexts`. Else over this machine's database, by EXECOPS_TOKEN or by the local
    founder's token file.
    """
    place = server()
    if place is not None:
        from execops.settings import contexts

        async with at(place, contexts.token_of(settings(), place), wait=wait) as far:
            yield far
        return
    from cli.meanwhile import loading
    from execops.client import Client
    from jobs.bootstrap import is_started, local_token

    if not is_started(settings()):
        from execops.errors import NotConfiguredError

        raise NotConfiguredError(
            "Nothing runs here yet; nothing was done.",
            hint="Run: execops up. To look around: execops demo. To use a server elsewhere: execops login URL",
        )
    async with _open() as ctx:
        async with loading(soon) as loaded:
            signed_in = await Client.login(ctx, local_token(ctx.settings))
            await loaded
        yield signed_in


@asynccontextmanager
async def at(place: Server, token: Secret | None, *, wait: bool = True) -> AsyncIterator[Client]:
    """The Client of a token's operator at a server. Raises UnauthenticatedError, UnavailableError.

    Without `wait`, the caller asks `signed_in` later, and meanwhile something else.
    """
    from execops.client.remote.door import RemoteClient
    from execops.client.remote.transport import Transport
    from execops.errors import UnauthenticatedError

    if token is None:
        raise UnauthenticatedError(
            f"You are not signed in at {place.url}.",
            hint="Set EXECOPS_TOKEN." if place.name == "EXECOPS_URL" else f"execops login {place.url}",
        )
    client = RemoteClient(Transport(place.url, token), settings())
    try:
        if wait:
            await client.signed_in()
        yield client
    finally:
        await client.close()


def server() -> Server | None:
    """The server that this command speaks to; None for this machine."""
    import os

    from execops.settings.loading import find_home

    if not _flags.get("context") and not {"EXECOPS_URL", "EXECOPS_CONTEXT"} & os.environ.keys():
        home = find_home(_flags, os.environ)
        if not (home / "contexts.json").exists() and not (home / "config.toml").exists():
            return None  # the usual case loads nothing more
    from execops.settings import contexts, inspect_settings

    readable, _ = inspect_settings(flags())  # what cannot be read is said by who needs it
    return contexts.chosen(readable)


def require_here(command: str) -> None:
    """Raise UnavailableError where the command speaks to a server: it belongs to the machine where ExecOps runs."""
    place = server()
    if place is not None:
        from execops.errors import UnavailableError

        raise UnavailableError(
            f"{command} belongs to the machine where ExecOps runs, and this console speaks to {place.url}; nothing was done.",
            hint="Run it there. For this machine: execops --context local …",
        )


def keep_token(token: Secret) -> None:
    """Keep the new token of this console's operator where the old one lay."""
    from execops.settings import contexts
    from jobs.bootstrap import keep_local_token

    place = server()
    if place is None:
        keep_local_token(settings(), token)
    elif place.name != "EXECOPS_URL":
        contexts.keep_token(settings().home, place, token)


@asynccontextmanager
async def _open() -> AsyncIterator[Context]:
    from jobs.bootstrap import open_context

    async with open_context(settings(), performs=False) as ctx:
        yield ctx


def serving_loop() -> AbstractEventLoop:
    """An event loop for the server and the worker: uvloop, which spends less on each socket, else asyncio's own."""
    collector.serve()
    try:
        import uvloop
    except ImportError:  # uvloop does not support this platform
        import asyncio

        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run(
    command: Coroutine[Any, Any, _T],
    loop: Callable[[], AbstractEventLoop] | None = None,
    *,
    collects: bool = True,
) -> _T:
    """Run a command. An ExecOpsError becomes a message and its exit status.

    Without `collects`, Python collects no garbage: for a command that soon ends, or that resumes the collector itself.
    """
    import asyncio
    import signal

    from execops.errors import ExecOpsError

    if collects:
        collector.resume()

    received: list[int] = []

    def end(task: asyncio.Task[Any], number: int) -> None:
        streams.leave_terminal()
        received.append(number)
        task.cancel()

    async def cancellable() -> _T:
        # Python ends at once on these signals; an embedded Postgres that only this process uses would run on.
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None  # noqa: S101  a coroutine runs in one
        for number in ends():
            loop.add_signal_handler(number, end, task, number)
        return await command

    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(cancellable())
    except asyncio.CancelledError:
        raise SystemExit(128 + (received or [signal.SIGTERM])[0]) from None
    except ExecOpsError as exc:
        output.failure(exc)
        raise SystemExit(exc.exit_status) from exc
    except ExceptionGroup as group:
        if group.subgroup(BrokenPipeError) is not None:
            raise BrokenPipeError from group
        expected, unexpected = group.split(ExecOpsError)
        if expected is None or unexpected is not None:
            raise
        first = _first(expected)
        output.failure(first)
        raise SystemExit(first.exit_status) from group


def ends() -> list[int]:
    """The signals that ask a command to end: SIGTERM, and SIGHUP of a terminal that was closed, but not under nohup."""
    import signal

    hung_up = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGTERM, *hung_up]


def _first(group: BaseExceptionGroup[Any]) -> Any:  # noqa: ANN401
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def report_defect(exc: Exception) -> None:
    """Report an error that is a defect of ExecOps, with its traceback if EXECOPS_DEBUG is set."""
    import os
    import traceback

    if os.environ.get("EXECOPS_DEBUG"):
        output.note(traceback.format_exc())
    output.note(f"{output.style('error:', '31')} {type(exc).__name__}: {output.clean(str(exc))}")
    output.note("       This is a defect of ExecOps. EXECOPS_DEBUG=1 shows where it happened.")


def require_text(words: Sequence[str]) -> None:
    """Exit with 2 where an argument is not text in the terminal's encoding. A path of a file may hold any bytes."""
    import os

    for word in words:
        if not word.isprintable() and _broken(word) and not os.path.exists(word.partition("=")[2] or word):  # noqa: PTH110
            output.note(f"{output.style('error:', '31')} The argument {word!a} is not UTF-8 text.")
            output.note("       Nothing was done. Write it in UTF-8.")
            raise SystemExit(2)


def _broken(text: str) -> bool:
    """Whether a text has lone surrogates, by which Python keeps bytes that it cannot decode."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def read_text(data: bytes) -> str:
    """The text in bytes of stdin. Raises InvalidInputError where they are not UTF-8."""
    from execops.errors import InvalidInputError

    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise InvalidInputError(
            f"The input is not UTF-8: byte {data[exc.start]:#04x} at position {exc.start}; nothing was done.",
            hint="Convert it to UTF-8 first.",
        ) from exc


@contextmanager
def asking() -> Iterator[None]:
    """Ask a person. Ctrl-C or Ctrl-D ends the command at once, with exit code 130.

    The event loop would only cancel its task at the first Ctrl-C, and no task runs while a question waits for its line.
    """
    import signal

    import click
    import typer

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except (KeyboardInterrupt, click.Abort, typer.Abort):
        output.note()
        output.note("Cancelled.")
        raise SystemExit(130) from None
    finally:
        signal.signal(signal.SIGINT, handler)


def confirm(question: str, *, err: bool = False) -> bool:
    """Whether a person says yes; `err` asks on stderr. Enter alone is no."""
    import typer

    with asking():
        return typer.confirm(question, err=err)


def forget_typed() -> None:
    """Drop keys that were typed before a question stood there: they answer nothing."""
    import termios

    if sys.stdin.isatty():
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def interactive() -> bool:
    """Whether input and output are a terminal, so a person can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()
