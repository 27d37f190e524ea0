"""Imports what ExecOps is made of, then forks a process for each client. `python -m tests.forking.host SOCKET`

It ends when its stdin does, which is when the run of the tests ends. A process whose client is gone is killed.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
import time
from typing import Any

PACKAGES = ("execops", "jobs", "server", "cli")
# Imported where they are first used, by ExecOps or by a library.
LATE = (
    "aiosmtplib", "anyio._backends._asyncio", "babel.dates", "babel.lists", "email.generator", "encodings.cp932",
    "fluent.runtime", "httpcore", "langchain_core.tracers.context", "langchain_core.tracers.run_collector",
    "langchain_core.tracers.stdout", "procrastinate.builtin_tasks", "rapidfuzz.fuzz", "rapidfuzz.process",
    "rich.columns", "rich.markdown", "rich.progress", "rich.traceback", "slack_sdk.web.async_client", "spellchecker",
    "Stemmer", "stripe._event_notification_handler", "stripe._oauth_service", "stripe._stripe_client", "stripe._v1_services",
    "stripe._v2_services", "stripe._webhook", "stripe.oauth_error", "stripe.v2.core", "tty", "tui.chart",
    "typer._click.decorators", "typer.rich_utils", "uvloop", "_strptime",
)  # fmt: skip
# Imported for the first process that has a model.
OF_MODELS = (
    "httpcore2", "langchain.chat_models", "langchain_core.messages.block_translators.langchain_v0",
    "langchain_core.runnables.fallbacks", "langchain_openai", "openai.resources.chat", "truststore",
)  # fmt: skip
# Imported for the first inbox.
OF_SCREENS = (
    "textual.drivers.linux_driver", "textual.layouts.factory", "textual.layouts.stream", "textual.pilot",
    "textual.scrollbar", "tui.app",
)  # fmt: skip
RUN = "cli.main"  # a module that is run must not be imported before

Request = dict[str, Any]
_holders: list[
    Any
] = []  # the modules that hold the word of this process: to look at all modules copies a page of each


def import_everything() -> None:
    """Import every module of ExecOps's packages but the screens, and what they import late."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if module.name != RUN:
                importlib.import_module(module.name)
    prepare()
    import_late(LATE)


def prepare() -> None:
    """Read, parse and compile what each process would anew, and what is the same in all of them."""
    import httpx

    from execops.graphs import runtime
    from execops.plays.mails import letters
    from tests import authorities

    authorities.keep()
    httpx.create_ssl_context()
    os.environ.pop("SSL_CERT_FILE", None)  # processes come with it and without it
    httpx.create_ssl_context()
    letters.english("letter-closing-nameless")
    for vertical in ("customer_fire", "engineering", "money", "setup"):
        runtime._compiled(vertical)


def import_late(names: tuple[str, ...]) -> None:
    """Import these modules, unless it has them."""
    if set(names) <= sys.modules.keys():
        return
    for name in names:
        importlib.import_module(name)
    shared = sys.modules["execops.db.pool"].PROCESS
    _holders[:] = [module for module in sys.modules.values() if getattr(module, "PROCESS", None) == shared]
    gc.collect()
    gc.freeze()


def serve(listening: socket.socket) -> Request | None:
    """Serve until stdin ends. In a forked process it returns the request of the client instead."""
    processes: dict[socket.socket, int] = {}
    ended, end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(end)
    while True:
        sources: list[Any] = [0, listening, ended, *processes]
        ready = select.select(sources, [], [])[0]
        if 0 in ready:
            for pid in processes.values():
                os.kill(pid, signal.SIGKILL)
            return None
        if ended in ready:
            os.read(ended, 4096)
            report(processes)
        for client in processes.keys() & set(ready):
            os.kill(processes[client], signal.SIGKILL)
        if listening in ready:
            client = listening.accept()[0]
            request, files = receive(client)
            if request["env"].get("EXECOPS_MODEL"):
                import_late(OF_MODELS)
            if request["args"][:1] == ["inbox"]:
                import_late(OF_SCREENS)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                take_over(request, files)
                for descriptor in (ended, end):
                    os.close(descriptor)
                for connection in (listening, client, *processes):
                    connection.close()
                return request
            for file in files:
                os.close(file)
            processes[client] = pid
            client.sendall(pid.to_bytes(4, "big"))


def report(processes: dict[socket.socket, int]) -> None:
    """Tell each client whose process has ended how it did."""
    for client, pid in list(processes.items()):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            del processes[client]
            with client:
                try:
                    client.sendall(status.to_bytes(4, "big"))
                except BrokenPipeError:
                    continue  # the client was killed, and its process with it


def receive(client: socket.socket) -> tuple[Request, list[int]]:
    """The request of a client, and its stdin, stdout and stderr."""
    size, files, _, _ = socket.recv_fds(client, 4, 3)
    with client.makefile("rb") as stream:
        request: Request = marshal.loads(stream.read(int.from_bytes(size, "big")))
    request["env"] = {os.fsdecode(name): os.fsdecode(value) for name, value in request["env"].items()}
    return request, files


def take_over(request: Request, files: list[int]) -> None:
    """Make this process look as if it had been started with these arguments, variables, folder and files."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    for number in request["closed"]:  # as Python finds them when it starts
        os.close(number)
        name = ("stdin", "stdout", "stderr")[number]
        setattr(sys, name, None)
        setattr(sys, f"__{name}__", None)
    if request["session"]:
        os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the run of the tests may be under nohup
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = [request["module"], *request["args"]]


def renew_word() -> None:
    """Give this process a word of its own in the names of its sessions: a peer ends all sessions with that of a stopped one."""
    own = os.urandom(6).hex()
    for module in _holders:
        module.PROCESS = own


def run(module: str) -> str | int | None:
    """Run a module as `python -m` does; returns what it hands to `sys.exit`."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as exc:
        return exc.code
    return None


def end(code: str | int | None) -> None:
    """End as Python does, except that what the host has imported is not taken apart: that would copy every page of it.

    What the module itself has left open is still found, and said on stderr.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        sys.exit(code)  # Python says what it could not write
    if isinstance(code, str):
        sys.exit(code)
    os._exit((code or 0) & 0xFF)


def main() -> None:
    """Serve at the socket that the first argument names."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs behind it ignore Ctrl-C
    import_everything()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(sys.argv[1])
        listening.listen(32)
        print("ready", flush=True)
        request = serve(listening)
    if request is not None:
        renew_word()
        code = run(request["module"])
        end(code)


if __name__ == "__main__":
    main()
