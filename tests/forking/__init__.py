"""Python processes of the tests that skip the seconds of importing: they are forked from one that has imported everything.

A test starts `client.py` in the place of Python. It hands its arguments, variables, folder and open files to the host, which
forks a process for them; it passes signals on and ends as that process ends. So the test has an ordinary process, with
ordinary pipes. A process that itself is under test, by how it starts, which modules it imports, or by its number, is started
by Python.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
# Variables that Python or a library reads once, when it starts or is imported.
_READ_AT_START = ("PYTHON", "LC_", "LD_", "TEXTUAL", "FORCE_COLOR", "PY_COLORS", "TERMINAL_WIDTH", "GITHUB_")


async def start(
    module: str, *args: str, env: Mapping[str, str], **streams: Any
) -> asyncio.subprocess.Process:
    """Run `python -m MODULE ARGS`, with warnings as errors; `streams` as for `create_subprocess_exec`."""
    words = ["-W", "error", "-m", module]
    if _may_fork(env):
        words = ["-I", "-S", str(_HERE / "client.py"), await asyncio.to_thread(_host), module]
    return await asyncio.create_subprocess_exec(sys.executable, *words, *args, env=env, **streams)


def _may_fork(env: Mapping[str, str]) -> bool:
    odd = [name for name in env if name.startswith(_READ_AT_START) and name != "PYTHONPATH"]
    return sys.platform == "linux" and not odd and env.get("LANG") == os.environ.get("LANG")


@functools.cache
def _host() -> str:
    """The socket of the host of this process; it starts with the first call and ends with this process."""
    folder = tempfile.TemporaryDirectory(prefix="execops-forks-", ignore_cleanup_errors=True)
    path = f"{folder.name}/socket"
    host = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.forking.host", path],
        cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_without_settings(),
    )  # fmt: skip
    assert host.stdout is not None
    assert host.stdout.readline() == "ready\n"

    def end() -> None:
        host.communicate()
        folder.cleanup()

    atexit.register(end)
    return path


def _without_settings() -> dict[str, str]:
    names = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in names if name in os.environ} | {"PYTHONPATH": str(_ROOT)}
