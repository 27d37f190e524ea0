"""The folder of a run of the tests: what its processes make once, and all of them use, lies there.

The first process of the run makes it, and holds a pipe in it open. Those of xdist find it by a variable.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_VARIABLE = "TESTS_RUN_FOLDER"
_ENDS = "ends"


def make(parent: str) -> Callable[[], None]:
    """Make the folder; the function that removes it. Other accounts may enter it."""
    folder = Path(tempfile.mkdtemp(prefix="execops-run-", dir=parent))
    folder.chmod(0o711)
    os.mkfifo(folder / _ENDS)
    held = os.open(folder / _ENDS, os.O_RDWR)
    os.environ[_VARIABLE] = str(folder)

    def remove() -> None:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)

    return remove


def path(name: str) -> Path:
    """The path of something in the folder."""
    return Path(os.environ[_VARIABLE]) / name


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process of the run at a time into this block."""
    with path(f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def end_of_run() -> int:
    """A pipe that ends when the run does."""
    return os.open(path(_ENDS), os.O_RDONLY)
