"""The outbox: the messages that the embedded transports keep as files, one Maildir for each kind.

The format is https://cr.yp.to/proto/maildir.html. A file's name follows from its idempotency key. Other programs may put
files there too, so a file counts as foreign: nothing follows a link, and nothing reads without a limit.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

KINDS = ("email", "slack")
SHORT = 8  # digits of an id that people read and type
_HEAD = 16 * 1024  # bytes in which the headers of a message stand
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^@>\s]+)@", re.MULTILINE | re.IGNORECASE)
_NAME = re.compile(r"([0-9a-f]{32})\.execops(?::[^/]*)?")


def id_of(key: str) -> str:
    """The id of the message with this idempotency key: 32 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def file_name(key: str) -> str:
    """The name of the file with this key's message, before a mail program adds its marks."""
    return f"{id_of(key)}.execops"


class Entry(Struct, frozen=True, kw_only=True):
    """The file of a message: its id, its kind, the moment when it was written, in UTC, and its size in bytes."""

    id: str
    kind: str
    path: Path
    at: datetime
    size: int

    @property
    def short_id(self) -> str:
        """The id as people type it."""
        return self.id[:SHORT]

    def read(self, limit: int) -> bytes:
        """The first `limit` bytes of the file. Raises OSError."""
        # A file may have been replaced since it was listed: by a link, or by a pipe, which would wait for ever.
        handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return file.read(limit)


class Listing(Struct, frozen=True):
    """The messages of an outbox, the newest first, and the number of files that are none of ours."""

    entries: list[Entry]
    foreign: int


def scan(outbox: Path) -> Listing:
    """List the messages of an outbox, read and unread. No file is opened. Raises OSError."""
    entries: dict[str, Entry] = {}  # a mail program may move a file while we look
    foreign = 0
    for kind in KINDS:
        for part in ("new", "cur"):
            for file in _files(outbox / kind / part):
                entry = _entry(kind, file)
                if entry is not None:
                    entries[entry.id] = entry
                elif not file.name.startswith("."):
                    foreign += 1
    newest_first = sorted(entries.values(), key=lambda entry: (entry.at, entry.id), reverse=True)
    return Listing(newest_first, foreign)


def matches(listing: Listing, message_id: str) -> list[Entry]:
    """The messages with this id, with an id that begins so, or with this Message-ID (it holds an @)."""
    text = message_id.strip().strip("<>")
    prefix = id_of(text.rpartition("@")[0]) if "@" in text else text.lower()
    return [entry for entry in listing.entries if prefix and entry.id.startswith(prefix)]


def remove(outbox: Path, keys: Sequence[str]) -> int:
    """Delete the messages with these keys, and those whose key begins with one: a changed message has such a key.

    Returns how many there were. A file that a mail program moves meanwhile stays; a second call finds it. Raises OSError.
    """
    ids, wanted, removed = {id_of(key) for key in keys}, set(keys), 0
    for entry in scan(outbox).entries:
        if entry.id in ids or _key_of(entry).rpartition("-")[0] in wanted:
            entry.path.unlink(missing_ok=True)
            removed += 1
    return removed


def _key_of(entry: Entry) -> str:
    """The key in a message's Message-ID; empty where it cannot be read."""
    try:
        written = _MESSAGE_ID.search(entry.read(_HEAD))
    except OSError:
        return ""
    return written[1].decode("ascii", "replace") if written else ""


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as files:
            yield from files
    except FileNotFoundError:
        return


def _entry(kind: str, file: os.DirEntry[str]) -> Entry | None:
    """The message in a file; None where the file is none of ours, or no plain file."""
    name = _NAME.fullmatch(file.name)
    if name is None:
        return None
    try:
        status = file.stat(follow_symlinks=False)
    except OSError:  # it was moved or deleted meanwhile
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    at = datetime.fromtimestamp(status.st_mtime, UTC)
    return Entry(id=name[1], kind=kind, path=Path(file.path), at=at, size=status.st_size)
