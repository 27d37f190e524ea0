"""The garbage collector of a command. It finds cycles of objects, and most commands end before that frees any memory."""

from __future__ import annotations

import gc

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


def leave_objects() -> None:
    """Let the command end without a last look at every object, which takes a fifth of a short command."""
    gc.freeze()
