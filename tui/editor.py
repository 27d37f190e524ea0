"""A draft in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from execops.errors import NotConfiguredError


def edit(text: str, name: str) -> tuple[str, Path]:
    """What the editor leaves of the text, and the file that keeps it. The terminal must be the editor's.

    Raises NotConfiguredError.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    handle, path = tempfile.mkstemp(prefix=f"execops-{name}-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        subprocess.run([*command, path], check=True)  # noqa: S603  the person's own command
    except (OSError, subprocess.CalledProcessError) as exc:
        Path(path).unlink()
        raise NotConfiguredError(
            f"The editor {command[0]} ended without a text; nothing was changed.", hint="Set EDITOR."
        ) from exc
    return Path(path).read_text(encoding="utf-8", errors="replace"), Path(path)
