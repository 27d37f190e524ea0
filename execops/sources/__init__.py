"""One module a webhook source: how it verifies a delivery, normalises it, and reads what it tells us."""

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
    """An event as a source reads it from a verified delivery."""

    type: str
    occurred_at: datetime
    dedupe_key: str
    object_id: str | None
    subject_key: str | None
    livemode: bool
    api_version: str | None
    ignored: str | None = None  # why it is stored but not processed


class Source(Protocol):
    """What each module of this package provides."""

    def verify(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise SignatureError unless the sender signed exactly this body, now; NotConfiguredError without
        a secret. Header names are lower-case."""

    def normalise(self, settings: Settings, payload: Json, now: datetime) -> NewEvent:
        """The event in a payload. Raises InvalidDeliveryError where there is none."""

    def read(self, event: Event) -> Effects:
        """What a stored event tells: never raises for a missing or malformed field, it degrades."""


@cache
def get_source(name: str) -> Source:
    """The source of this name. Raises NotFoundError."""
    if name not in {module.name for module in iter_modules(__path__)}:
        raise NotFoundError(f"There is no webhook source called {name!r}.")
    return cast("Source", import_module(f"{__name__}.{name}"))
