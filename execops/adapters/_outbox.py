"""The outbox transport: a Maildir under the home folder. Nothing leaves the machine.

https://cr.yp.to/proto/maildir.html, with one file name for one idempotency key, so that a second delivery of
the same key finds the first one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from execops.errors import NotAcceptedError


def deliver(folder: Path, key: str, content: bytes) -> bool:
    """Deliver once for this key; False where it was delivered before. Raises NotAcceptedError.

    The message is complete and on disk before its name appears in `new`.
    """
    name = _name(key)
    try:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        if delivered(folder, key):
            return False
        temporary = folder / "tmp" / f"{name}.{os.getpid()}"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            (folder / "new" / name).hardlink_to(temporary)  # fails if it exists: never twice
        except FileExistsError:
            return False
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
        _sync(folder / "new")
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise NotAcceptedError(f"The outbox {folder} cannot be written: {reason}.") from exc
    return True


def delivered(folder: Path, key: str) -> bool:
    """Whether a message with this key lies in the Maildir, read or unread."""
    name = _name(key)
    return (folder / "new" / name).exists() or any((folder / "cur").glob(f"{name}:*"))


def _name(key: str) -> str:
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.execops"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
