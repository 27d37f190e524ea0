"""The latest deliveries: the last one that was accepted, ignored and refused, so that a person sees what arrives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from execops.db import queries
from execops.db.pool import Connection
from execops.settings import values as value_of

SQL = queries.load("deliveries")
REFUSED = "delivery refused"  # the kind of trouble that counts them: one row a day, however many there are
STRIPE = "stripe"

# The reason of a refusal in words, and what mends it, by the code of its error.
_REASONS: Mapping[str, tuple[str, str]] = {
    "invalid_signature": (
        "bad signature",
        "STRIPE_WEBHOOK_SECRET is not the secret of the endpoint that sends. Run: execops connect stripe",
    ),
    "stale_signature": (
        "signed at another time",
        "The clock of this machine may be wrong. Run: timedatectl, or: date -u",
    ),
    "not_configured": ("no signing secret is set here", "Run: execops connect stripe"),
    "not_found": ("no such source", "The endpoint's address ends in /ingest/stripe. Run: execops connect stripe"),
    "invalid_delivery": ("the body is no event", "Look at what sends to this address: execops up shows each line."),
    "delivery_too_large": ("over 1 MiB", "Look at what sends to this address: execops up shows each line."),
    "disk_full": ("the disk is full", "Free space on the disk of Postgres; Stripe sends it again."),
}  # fmt: skip
_LATER = ("it could not be stored", "Run: execops doctor. Stripe sends it again.")
_OF_OTHERS: Mapping[str, tuple[str, str]] = {
    "invalid_signature": ("bad signature", "Its secret in the settings is not the one that signs its webhooks."),
    "not_configured": ("no signing secret is set here", "docs/operations.md names its secret."),
    "not_found": ("its webhooks are not taken in", "Add its name to EXECOPS_SOURCES."),
    "disk_full": ("the disk is full", "Free space on the disk of Postgres."),
}  # fmt: skip
_LATER_OF_OTHERS = ("it could not be stored", "Run: execops doctor.")


class Arrival(Struct, frozen=True, kw_only=True):
    """A delivery that was stored. `why` says why it is ignored; None for one that is processed."""

    event_id: int
    type: str
    at: datetime
    why: str | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """The latest delivery that was refused. `count` is the number of all on its day, in UTC; `mend` says what helps."""

    at: datetime
    code: str
    why: str
    mend: str
    count: int


class Arrivals(Struct, frozen=True, kw_only=True):
    """The latest deliveries of a source; None where there was none."""

    accepted: Arrival | None = None
    ignored: Arrival | None = None
    refused: Refusal | None = None

    @property
    def none_yet(self) -> bool:
        """Whether nothing was ever stored."""
        return self.accepted is None and self.ignored is None

    @property
    def refuses_now(self) -> bool:
        """Whether the latest delivery was refused."""
        stored = [arrival.at for arrival in (self.accepted, self.ignored) if arrival]
        return self.refused is not None and all(self.refused.at > at for at in stored)

    @property
    def ignores_now(self) -> bool:
        """Whether the latest event that was stored is ignored."""
        return self.ignored is not None and (self.accepted is None or self.ignored.at > self.accepted.at)


async def read(conn: Connection, source: str = STRIPE) -> Arrivals:
    """The latest deliveries as of now."""
    stored: dict[bool, Arrival] = {}
    for row in await queries.many(conn, SQL["latest"], source=source):
        stored[row["is_ignored"]] = Arrival(
            event_id=row["id"], type=row["type"], at=row["at"], why=row["why"]
        )
    last = await queries.one(conn, SQL["refused"], kind=refused_kind(source))
    refused = _refusal(source, **last) if last is not None else None
    return Arrivals(accepted=stored.get(False), ignored=stored.get(True), refused=refused)


def refused_kind(source: str) -> str:
    """The kind of trouble that counts the refused deliveries of a source; what has no source counts as Stripe's."""
    if source == STRIPE or source not in value_of.webhook_sources():
        return REFUSED
    return f"{source} {REFUSED}"


def reason(code: str, source: str = STRIPE) -> tuple[str, str]:
    """The reason of a refusal in words, and what mends it."""
    if refused_kind(source) == REFUSED:
        return _REASONS.get(code, _LATER)
    if code in _OF_OTHERS:
        return _OF_OTHERS[code]
    return _REASONS.get(code, _LATER_OF_OTHERS)


def _refusal(source: str, code: str, at: datetime, count: int) -> Refusal:
    why, mend = reason(code, source)
    return Refusal(at=at, code=code, why=why, mend=mend, count=count)
