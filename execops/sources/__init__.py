"""The sources of events, one module each: it verifies a delivery, normalises it and reads an event's effects."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from msgspec import Struct

from execops.effects import Effects
from execops.errors import NotConfiguredError, NotFoundError, SignatureError
from execops.model import Event, Json
from execops.settings import Secret, Settings
from execops.settings.values import WITHOUT_WEBHOOKS


class NewEvent(Struct, frozen=True, kw_only=True):
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
    """The names that each module of this package provides.

    `HEADERS` are those of a delivery that are a part of its event, such as a type that the body does not name. They are
    stored with the payload, and `headers_of` reads them.
    """

    HEADERS: tuple[str, ...]  # lower-case

    def verify(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise SignatureError unless the sender signed exactly this body, now.

        Raises NotConfiguredError without a secret. Header names are lower-case.
        """

    def normalise(self, settings: Settings, payload: Json, now: datetime) -> NewEvent:
        """The event in a payload. Raises InvalidDeliveryError where there is none."""

    def read(self, event: Event) -> Effects:
        """The effects of a stored event. A missing or malformed field makes them fewer and never raises."""


_KEPT = "_execops_headers"


def with_headers(source: Source, payload: Json, headers: Mapping[str, str]) -> Json:
    """The payload with the headers that are a part of its event; a payload cannot bring headers of its own."""
    if not source.HEADERS:
        return payload
    return {**payload, _KEPT: {name: headers[name] for name in source.HEADERS if name in headers}}


def headers_of(payload: Json) -> Mapping[str, str]:
    """The headers that were stored with a payload: see `Source.HEADERS`."""
    headers: Mapping[str, str] = payload.get(_KEPT, {})
    return headers


class Signing(Struct, frozen=True, kw_only=True):
    """How a source signs the bytes of a delivery; the names are for the errors that a person reads."""

    source: str  # as a person says it: GitHub
    header: str  # lower-case
    setting: str  # the variable of the secrets
    place: str  # where the secret stands: the webhook that sends it
    algorithm: str  # of hashlib
    prefix: str = ""  # before the digest

    def sign(self, body: bytes, secret: Secret) -> str:
        """The header of a delivery."""
        return f"{self.prefix}{hmac.new(secret.reveal().encode(), body, self.algorithm).hexdigest()}"

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[Secret]) -> None:
        """Raise SignatureError unless one of these secrets signed exactly this body; an empty one signs nothing.

        Raises NotConfiguredError without a secret.
        """
        usable = [secret for secret in secrets if secret.reveal()]
        if not usable:
            raise NotConfiguredError(
                f"{self.source}'s webhooks are not configured; the delivery was not stored.",
                hint=f"Set {self.setting} to the secret of {self.place}.",
            )
        signature = headers.get(self.header)
        if not signature:
            raise SignatureError(
                f"The delivery has no {self.header} header; nothing was stored.",
                hint=f"Give {self.place} the secret of {self.setting}.",
            )
        right = [self.sign(body, secret).encode() for secret in usable]
        if not any(hmac.compare_digest(digest, signature.encode()) for digest in right):
            raise SignatureError(
                "The delivery's signature is wrong; nothing was stored.",
                hint=f"{self.setting} must be the secret of {self.place}.",
            )


@cache
def get_source(name: str) -> Source:
    """The source of this name. Raises NotFoundError where there is none."""
    if name not in {module.name for module in iter_modules(__path__)}:
        raise NotFoundError(
            f"There is no webhook source called {name!r}.", hint="Stripe's address ends in /ingest/stripe."
        )
    return cast("Source", import_module(f"{__name__}.{name}"))


def webhook_source(settings: Settings, name: str) -> Source:
    """The source of this name, for a delivery. Raises NotFoundError where there is none, or where it is off."""
    source = get_source(name)
    told_by_itself = name in WITHOUT_WEBHOOKS  # its `verify` tells where its events come from
    if name in settings.sources or told_by_itself:
        return source
    raise NotFoundError(
        f"The webhooks of {name} are not taken in; nothing was stored.",
        hint=f"To take them in, set EXECOPS_SOURCES={','.join([*settings.sources, name])}.",
    )
