"""Files with secrets and their folders, for their owner alone: a reader sees the old content or the new one, nothing between."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from execops.errors import UnavailableError


def store(path: Path, text: str) -> None:
    """Write the file as `write` does. Raises UnavailableError, whose words are for a person."""
    try:
        write(path, text)
    except OSError as exc:
        raise UnavailableError(
            f"{path} cannot be written: {exc.strerror or type(exc).__name__}; it is as it was.",
            hint="Run the command as the user whom the folder belongs to.",
        ) from exc


def make_folder(folder: Path) -> None:
    """Create a missing folder with mode 0700, whatever the umask: else others may replace the files in it. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def write(path: Path, text: str) -> None:
    """Write the file whole, with mode 0600; a link stays a link, and the owner stays the owner. Raises OSError.

    A folder that is missing is created for this user alone.
    """
    target = path.resolve()
    make_folder(target.parent)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)  # of a process that died
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            with contextlib.suppress(FileNotFoundError, PermissionError):
                before = target.stat()
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
