"""The outbox transport: a Maildir under the home folder. Nothing leaves the machine.

The format is https://cr.yp.to/proto/maildir.html. One idempotency key has one file name, so a second delivery
with the same key finds the first one. A header of each message holds the digest of its payload: see `_digest`.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from email.parser import BytesParser
from pathlib import Path

from execops.adapters import _digest
from execops.errors import AmbiguousError, NotAcceptedError
from execops.ports import Happened
from execops.settings import private_files
from execops.text import maildir


def deliver(folder: Path, key: str, content: bytes, digest: str) -> bool:
    """Deliver the message of the payload with this digest once for this key; return False if it was delivered before.

    The message is complete and on disk before its name appears in `new`. Raises NotAcceptedError if the name
    did not appear, AmbiguousError if a crash may still remove it, or if the message of another payload has this key.
    """
    if _write(folder, key, content):
        return True
    if happened(folder, key, digest) is not Happened.YES:
        raise AmbiguousError(
            f"The outbox {folder} holds a message under the key {key} that is not known to be this one. Nothing was "
            "sent now. If this database was restored or copied, run: execops db restored"
        )
    return False


def happened(folder: Path, key: str, digest: str) -> Happened:
    """Whether the Maildir holds the message of the payload with this digest under this key, read or unread."""
    answer = Happened.NO
    for path in _under(folder, key):
        try:
            return _digest.told_by(_digest_in(path), digest)
        except OSError:  # it cannot be read, or a mail reader moves it
            answer = Happened.CANNOT_TELL
    return answer


def _write(folder: Path, key: str, content: bytes) -> bool:
    """Write the message; return False if one lies under its key. Raises as `deliver` does."""
    try:
        for part in (folder.parent, folder, folder / "tmp", folder / "new", folder / "cur"):
            private_files.make_folder(part)
        if any(_under(folder, key)):
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


def _under(folder: Path, key: str) -> Iterator[Path]:
    """The message with this key, read or unread: a mail reader moves it from `new` to `cur`."""
    unread = folder / "new" / _name(key)
    if unread.exists():
        yield unread
    yield from (folder / "cur").glob(f"{_name(key)}:*")


def _digest_in(path: Path) -> str | None:
    """The digest that a message's header holds, None where it has none. Raises OSError."""
    with path.open("rb") as file:
        value = BytesParser().parse(file, headersonly=True)[_digest.HEADER]
    return None if value is None else str(value).strip()


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
