"""The digest of a payload, which travels with its message: it tells whether a message under a key is this payload's.

A key alone proves nothing. After a restore, or beside a copy of the database, a message of another payload may have the
same key. So every transport stores the digest with the message, or compares the message's content where its readers are
not to see a digest. It answers `reconcile` by `told_by`. The digest is of the payload, not of the message, so a later
version that composes the message in another way still recognises it.
"""

from __future__ import annotations

import hashlib
import json

from execops.model import Json
from execops.ports import Happened

HEADER = "X-ExecOps-Digest"  # of a message in mail format
_DIGITS = 32  # of the hash, in hex; a header of this length is never folded


def digest(payload: Json) -> str:
    """The digest of a payload: equal payloads have equal digests, whatever the order of their fields."""
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]


def told_by(stored: str | None, expected: str) -> Happened:
    """Whether the action of the payload with the `expected` digest happened, where a message lies under its key.

    `stored` is the digest that the message holds; None where it holds none, or cannot be read. Another digest is never a
    NO either: an earlier version stored none, and a person may have changed the message.
    """
    return Happened.YES if stored == expected else Happened.CANNOT_TELL
