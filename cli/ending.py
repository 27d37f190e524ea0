"""The end of a command's process."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress


def end_at_once(status: object) -> None:
    """End the process without freeing every object and module, which takes a thirtieth of a short command.

    Functions of `atexit` run first, and the streams are written out. It returns, and Python ends as usual, where another thread
    still runs or where `status` is a text that Python would print.
    """
    if not isinstance(status, int | None) or threading.active_count() > 1:
        return
    atexit._run_exitfuncs()  # noqa: SLF001  as multiprocessing does
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # main() has told what cannot be written
            stream.flush()
    os._exit(status or 0)
