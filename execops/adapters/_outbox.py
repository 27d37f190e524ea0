"""The outbox transport: a Maildir under the home folder. Nothing leaves the machine.

The format is https://cr.yp.to/proto/maildir.html. One idempotency key has one file name, so a second delivery
with the same key finds the first one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from execops.errors import AmbiguousError, NotAcceptedError
from execops.text import maildir


def deliver(folder: Path, key: str, content: bytes) -> bool:
    """Deliver once for this key; return False if the key was delivered before.

    The message is complete and on disk before its name appears in `new`. Raises NotAcceptedError if the name
    did not appear, AmbiguousError if a crash may still remove it.
    """
    try:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        if delivered(folder, key):
            return False
        # Every attempt writes a file of its own, so no attempt writes into a message that another delivered.
        handle, temporary = tempfile.mkstemp(prefix=f"{_name(key)}.", dir=folder / "tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            (folder / "new" / _name(key)).hardlink_to(temporary)  # fails if it exists: never twice
        except FileExistsError:
            return False
        finally:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
    except OSError as exc:
        raise NotAcceptedError(f"The outbox {folder} cannot be written: {_reason(exc)}.") from exc
    try:
        _sync(folder / "new")
    except OSError as exc:
        raise AmbiguousError(f"The outbox {folder} may not keep the message: {_reason(exc)}.") from exc
    return True


def delivered(folder: Path, key: str) -> bool:
    """Whether the Maildir holds a message with this key, read or unread."""
    name = _name(key)
    return (folder / "new" / name).exists() or any((folder / "cur").glob(f"{name}:*"))


def _name(key: str) -> str:
    return maildir.file_name(key)


def _reason(exc: OSError) -> str:
    return exc.strerror or type(exc).__name__


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
