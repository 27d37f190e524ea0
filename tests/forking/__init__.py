"""Python processes of the tests that skip the seconds of importing: they are forked from one that has imported everything.

A test hands the host the arguments, variables, folder and open files, and the host forks a process for them. So the test has an
ordinary process, with ordinary pipes. A shell starts `client.py` in the place of Python: it asks the host as a test does, passes
signals on and ends as that process ends. A process that itself is under test, by how it starts or which modules it imports, is
started by Python.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests import run_folder
from tests.forking.process import Forked, fork

STARTED = (sys.executable, "-W", "error", "-m")  # the words that let Python start a module itself
_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
# Variables that Python or a library reads once, when it starts or is imported.
_READ_AT_START = ("PYTHON", "LC_", "LD_", "TEXTUAL", "FORCE_COLOR", "PY_COLORS", "TERMINAL_WIDTH", "GITHUB_")
# The path of the host is the same, keyring is imported late, and the host writes no bytecode of what it has imported.
_READ_LATER = {"PYTHONPATH", "PYTHON_KEYRING_BACKEND", "PYTHONDONTWRITEBYTECODE"}


Process: TypeAlias = Forked | asyncio.subprocess.Process


async def start(module: str, *args: str | bytes, env: Mapping[str, str], **streams: Any) -> Process:
    """Run `python -m MODULE ARGS`, with warnings as errors; `streams` as for `create_subprocess_exec`."""
    if not _may_fork(env):
        return await asyncio.create_subprocess_exec(*STARTED, module, *args, env=env, **streams)
    return await fork(await asyncio.to_thread(_host), module, args, env=env, **streams)


async def words(module: str, *, env: Mapping[str, str]) -> list[str]:
    """The words that a shell runs in the place of `python -W error -m MODULE`, before the arguments of the module."""
    if _may_fork(env):
        return [sys.executable, "-I", "-S", str(_HERE / "client.py"), await asyncio.to_thread(_host), module]
    return [*STARTED, module]


@dataclass
class Running:
    """A process that a test kills or stops at an exact moment."""

    _started: Process

    @property
    def pid(self) -> int:
        """Its number."""
        return self._started.pid

    @property
    def returncode(self) -> int | None:
        """As of an asyncio process."""
        return self._started.returncode

    def kill(self) -> None:
        """`kill -9`, which has its effect before this returns."""
        os.kill(self.pid, signal.SIGKILL)

    def send_signal(self, signum: signal.Signals) -> None:
        """Send a signal to the process itself."""
        os.kill(self.pid, signum)

    async def line(self) -> bytes:
        """The next line of its stdout, which is a pipe."""
        assert self._started.stdout is not None
        return await self._started.stdout.readline()

    async def error_line(self) -> bytes:
        """The next line of its stderr, which is a pipe."""
        assert self._started.stderr is not None
        return await self._started.stderr.readline()

    async def communicate(self) -> tuple[bytes, bytes]:
        """End its stdin, and wait until it has ended; its stdout and stderr, which are pipes."""
        return await self._started.communicate(b"")

    async def wait(self) -> int:
        """Wait until it has ended; returns how, as an asyncio process does."""
        return await self._started.wait()

    async def stopped(self, seconds: float = 60) -> None:
        """Wait until it has stopped. Only its parent is told, so this polls."""
        async with asyncio.timeout(seconds):
            if not isinstance(self._started, Forked):
                _, reason = await asyncio.to_thread(os.waitpid, self.pid, os.WUNTRACED)
                assert os.WIFSTOPPED(reason)
                return
            await until_state(self.pid, "T")

    async def end(self) -> None:
        """Kill it unless it has ended, and wait for its end."""
        if self.returncode is None:
            self._started.kill()
        await self.wait()


async def run(module: str, *args: str, env: Mapping[str, str], **streams: Any) -> Running:
    """As `start`, for a test that signals the process at an exact moment."""
    return Running(await start(module, *args, env=env, **streams))


async def until_state(process: int, letter: str) -> None:
    """Wait for this state of a process, as `ps` prints it. Raises FileNotFoundError where the process is no more."""
    stat = Path(f"/proc/{process}/stat")
    while stat.read_text().rpartition(")")[2].split()[0] != letter:  # noqa: ASYNC110  a state has no event
        await asyncio.sleep(0.01)


def _may_fork(env: Mapping[str, str]) -> bool:
    odd = [name for name in env if name.startswith(_READ_AT_START) and name not in _READ_LATER]
    return sys.platform == "linux" and not odd and env.get("LANG") == os.environ.get("LANG")


def _host() -> str:
    """The socket of the host. The first process of the run that needs it starts it, and it ends with the run."""
    path = run_folder.path("forks")
    with run_folder.alone("forks"):
        if not path.exists():
            _start(path)
    return str(path)


def _start(path: Path) -> None:
    end = run_folder.end_of_run()
    host = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.forking.host", path],
        cwd=_ROOT, stdin=end, stdout=subprocess.PIPE, text=True, env=_without_settings(),
    )  # fmt: skip
    os.close(end)
    assert host.stdout is not None
    with host.stdout as out:
        assert out.readline() == "ready\n"

    def forget() -> None:  # it lives longer, of which Popen would warn
        host.returncode = 0

    atexit.register(forget)


def _without_settings() -> dict[str, str]:
    names = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
    return {name: os.environ[name] for name in names if name in os.environ} | {"PYTHONPATH": str(_ROOT)}
