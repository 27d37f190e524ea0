"""The memory of a command: most commands end before it is worth while to free any."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

_YOUNG_OBJECTS = 50_000  # until the collector looks for cycles among them; Python's own number is 700


def pause() -> None:
    """Collect nothing while the command is parsed and its modules are loaded."""
    gc.disable()


def resume() -> None:
    """Collect from now on: the command may run for long."""
    gc.enable()


def serve() -> None:
    """Look for cycles less often: server and worker make many small objects and few cycles.

    At its usual pace the collector takes a fifth of a worker's time.
    """
    gc.set_threshold(_YOUNG_OBJECTS)


def leave_objects(status: object) -> None:
    """End the process without freeing its objects and modules, which takes a thirtieth of a short command.

    Functions of `atexit` run first, and the streams are written out. It returns, and Python ends as usual, where another thread
    still runs or where `status` is a text that Python would print.
    """
    import atexit

    threading = sys.modules.get("threading")
    if not isinstance(status, int | None) or (threading is not None and threading.active_count() > 1):
        return
    atexit._run_exitfuncs()  # noqa: SLF001  as multiprocessing does
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # main() has told what cannot be written
            stream.flush()
    os._exit(status or 0)
