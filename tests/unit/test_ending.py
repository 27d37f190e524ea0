"""A command ends at once, and yet as a process of Python does: what was written is written, and what has to run at the end has run."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BEGIN = "import atexit, sys, threading, time; from cli.collector import leave_objects; "


def _run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _BEGIN + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("status", "exit_code"), [("None", 0), ("0", 0), ("7", 7), ("141", 141)])
def test_the_output_and_the_functions_of_the_end_come_before_the_end(status: str, exit_code: int) -> None:
    ended = _run(
        "atexit.register(print, 'last'); print('out', end=' '); print('err', end=' ', file=sys.stderr);"
        f"leave_objects({status}); print('never')"
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (exit_code, "out last\n", "err ")


def test_no_object_is_freed_at_the_end() -> None:
    ended = _run(
        "import weakref; o = threading.Event(); o.__class__.__del__ = lambda s: print('freed'); leave_objects(3)"
    )

    assert (ended.returncode, ended.stdout) == (3, "")


def test_a_thread_that_still_runs_is_waited_for() -> None:
    ended = _run(
        "go = threading.Event();"
        "threading.Thread(target=lambda: (go.wait(), print('done'))).start();"
        "leave_objects(4); print('Python ends'); go.set(); sys.exit(4)"
    )

    assert (ended.returncode, ended.stdout) == (4, "Python ends\ndone\n")


def test_a_text_is_left_to_python() -> None:
    ended = _run("leave_objects('why'); sys.exit('why')")

    assert (ended.returncode, ended.stderr) == (1, "why\n")


def test_an_output_that_cannot_be_written_hinders_no_end() -> None:
    ended = _run("import os; print('out'); os.close(1); leave_objects(5)")

    assert (ended.returncode, ended.stderr) == (5, "")
