"""One module a webhook source: how it verifies a delivery, normalises it, and reads what it tells us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from execops.errors import NotFoundError
from execops.model import Event, Json
from execops.money import Money
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The state of an outside object as one event shows it, in our own words for every API version.

    `rank` orders states within the same second: a paid invoice outranks an open one.
    """

    object_id: str
    object_type: str
    subject_key: str | None
    state: Json
    as_of: datetime
    rank: int = 0
    links: tuple[str, ...] = ()  # other objects it is about: what is known of them matters to it


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """One movement of money: positive came in, negative went out."""

    external_id: str
    kind: str
    amount: Money
    occurred_at: datetime
    customer: str | None = None
    counterparty: str | None = None
    category: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What lay in an account at a time; `kind` sets apart what is free from what is not yet."""

    account: str
    kind: str
    amount: Money
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Effects:
    """What an event means for the ledger and the snapshots."""

    snapshots: tuple[Snapshot, ...] = ()
    movements: tuple[Movement, ...] = ()
    balances: tuple[Balance, ...] = ()


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
