"""A command in a terminal of its own, watched byte by byte."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter

DEADLINE = 30.0  # seconds


class Terminal:
    """The screen and the keyboard of a command. `began` is the moment before its process was started."""

    def __init__(self, outer: int, process: subprocess.Popen[bytes], began: float) -> None:
        self._outer, self.process, self.began = outer, process, began
        self.written = b""

    def press(self, key: str) -> float:
        """Press a key and forget the text written before it. Returns the moment of the press."""
        self._read(0)
        self.written = b""
        at = perf_counter()
        os.write(self._outer, key.encode())
        return at

    def until(self, pattern: re.Pattern[bytes]) -> tuple[re.Match[bytes], float]:
        """Wait until the command writes text that matches; returns the match, and the moment it was there."""
        deadline = perf_counter() + DEADLINE
        while (match := pattern.search(self.written)) is None:
            if perf_counter() > deadline or not self._read(1):
                raise AssertionError(f"{pattern.pattern!r} was not written: {self.written[-2000:]!r}")
        return match, perf_counter()

    def _read(self, seconds: float) -> bool:
        """Read the text written meanwhile; returns False when the command has closed its terminal."""
        while select.select([self._outer], [], [], seconds)[0]:
            try:
                self.written += os.read(self._outer, 65536)
            except OSError:  # the other end is closed
                return False
            seconds = 0
        return True

    def drain(self) -> None:
        """Read until the command ends."""
        while self._read(DEADLINE):
            pass


@contextmanager
def terminal(
    command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int]
) -> Iterator[Terminal]:
    """Start a command in a terminal of this many columns and lines; it is killed if it does not end by itself."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    began = perf_counter()
    process = subprocess.Popen(
        command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True, cwd=os.sep,
        env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )  # fmt: skip
    os.close(inner)
    try:
        yield Terminal(outer, process, began)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(outer)
