"""Our key in the metadata of Stripe's objects: it tells later which attempt changed them, and with which payload.

Each key has an entry of its own, so that the next action about an object does not hide the one before:
https://docs.stripe.com/metadata.
"""

from __future__ import annotations

import hashlib
import time

from msgspec import Struct

from execops.adapters import _digest
from execops.model import Json

_DIGITS = 16  # of the hash in an entry's name, in hex; a name has 40 characters at most


class Mark(Struct, frozen=True):
    """An entry of this key: the digest of its payload, and its Unix time in seconds where it was written ahead."""

    digest: str
    at: float | None

    def is_of(self, payload: Json) -> bool:
        """Whether the entry is of this payload."""
        return self.digest == _digest.digest(payload)


def entry(key: str, payload: Json, *, ahead: bool = False) -> dict[str, str]:
    """The entry of a key. One that is written `ahead` of its action says when; else a repeat must be the same."""
    when = f" {time.time():.0f}" if ahead else ""
    return {_name(key): f"{key} {_digest.digest(payload)}{when}"}


def find(stripe_object: Json, key: str) -> Mark | None:
    """The entry of this key in an object's metadata; None where there is none."""
    metadata = stripe_object.get("metadata")
    value = metadata.get(_name(key)) if isinstance(metadata, dict) else None
    if not isinstance(value, str):
        return None
    mark, _, rest = value.partition(" ")
    digest, _, when = rest.partition(" ")
    return Mark(digest if mark == key else "", float(when) if when.isdigit() else None)


def _name(key: str) -> str:
    return f"execops_{hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]}"
