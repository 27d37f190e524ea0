"""The sources of events, one module each: it verifies a delivery, normalises it and reads an event's effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from execops.effects import Effects
from execops.errors import NotFoundError
from execops.model import Event, Json
from execops.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEvent:
    """An event that a source has read from a verified delivery, before it is stored.

    `dedupe_key` is the same for every delivery of the event, so the event is stored once.
    """

    type: str
    occurred_at: datetime
    dedupe_key: str
    object_id: str | None
    subject_key: str | None
    livemode: bool
    api_version: str | None
    ignored: str | None = None  # why it is stored but not processed


class Source(Protocol):
    """The functions that each module of this package provides."""

    def verify(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise SignatureError unless the sender signed exactly this body, now.

        Raises NotConfiguredError without a secret. Header names are lower-case.
        """

    def normalise(self, settings: Settings, payload: Json, now: datetime) -> NewEvent:
        """The event in a payload. Raises InvalidDeliveryError where there is none."""

    def read(self, event: Event) -> Effects:
        """The effects of a stored event. A missing or malformed field makes them fewer and never raises."""


@cache
def get_source(name: str) -> Source:
    """The source of this name. Raises NotFoundError where there is none."""
    if name not in {module.name for module in iter_modules(__path__)}:
        raise NotFoundError(
            f"There is no webhook source called {name!r}.", hint="Stripe's address ends in /ingest/stripe."
        )
    return cast("Source", import_module(f"{__name__}.{name}"))
