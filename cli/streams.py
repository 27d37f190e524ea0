"""The standard streams of a command: closed ones, and pipes whose reader went away."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from contextlib import suppress
from typing import NoReturn, TextIO, cast

UNAVAILABLE = 6  # as of a disk of Postgres that is full
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
CLOSED_PIPE = 141  # 128 + SIGPIPE: the exit code that a shell shows for a program that a closed pipe ended


class _Ignored(io.TextIOBase):
    """Stands in for a stderr that was closed before the command began."""

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        """The descriptor, which is open on the null device."""
        return self._descriptor

    def writable(self) -> bool:
        """True, as for every output."""
        return True

    def write(self, text: str) -> int:
        """Write nothing."""
        return len(text)


class _Closed(_Ignored):
    """Stands in for a stdout that was closed before the command began: nobody reads what it writes."""

    def write(self, text: str) -> int:
        """Raise BrokenPipeError if there is anything to write."""
        if text:
            raise BrokenPipeError(errno.EPIPE, "stdout is closed")
        return 0


def prepare() -> None:
    """Give a command all three streams. Python has None for a closed one.

    A closed descriptor is opened on the null device, so that no file or socket takes its number. A character that the
    encoding of stdout does not have is written as its number, `\\u2713`: a decision that was taken does not end as an error.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    streams: dict[str, TextIO | None] = {name: getattr(sys, name) for name in ("stdin", "stdout", "stderr")}
    if streams["stdin"] is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    if streams["stdout"] is None:
        sys.stdout = cast("TextIO", _Closed(1))
    if streams["stderr"] is None:
        sys.stderr = cast("TextIO", _Ignored(2))
    if isinstance(streams["stdout"], io.TextIOWrapper):
        streams["stdout"].reconfigure(errors="backslashreplace")  # as Python does for stderr


def leave_terminal() -> None:
    """Turn the streams of a terminal that was closed to the null device: a write to it fails, or is waited for without end."""
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            is_device = stat.S_ISCHR(os.fstat(descriptor).st_mode)
            if is_device and not os.isatty(descriptor):  # as a terminal that hung up answers
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(null, descriptor)
                os.close(null)


def has_all_characters() -> bool:
    """Whether stdout takes every character: its encoding is one of Unicode's."""
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")


def is_closed_pipe(exit_: SystemExit) -> bool:
    """Whether Click or Rich met a closed pipe: both of them exit with 1."""
    return exit_.code == 1 and isinstance(exit_.__context__, BrokenPipeError)


def is_full(exc: BaseException) -> bool:
    """Whether something could not be written for lack of room, or because the device failed."""
    if isinstance(exc, BaseExceptionGroup):
        return any(map(is_full, exc.exceptions))
    return isinstance(exc, OSError) and exc.errno in _NO_ROOM


def leave_full(exc: BaseException) -> NoReturn:
    """Exit with 6 where the output could not be written. Python writes the rest of its buffer to the null device."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    reason = os.strerror(_errno(exc)).lower()
    with suppress(OSError):  # stderr may be on the same disk
        sys.stderr.write(
            f"error: The output could not be written: {reason}. Changes that the command made stay.\n"
            "       Make room there, or write elsewhere.\n"
        )
        sys.stderr.flush()
    os.dup2(null, 2)
    sys.exit(UNAVAILABLE)


def _errno(exc: BaseException) -> int:
    if isinstance(exc, BaseExceptionGroup):
        return _errno(next(filter(is_full, exc.exceptions)))
    return getattr(exc, "errno", None) or errno.ENOSPC


def leave() -> NoReturn:
    """Exit as a program does that a closed pipe ended. Python writes the rest of its buffers to the null device."""
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)
    sys.exit(CLOSED_PIPE)
