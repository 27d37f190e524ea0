"""ExecOps itself: an operator's own requests, stored as events, so that every proposal comes of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from execops.effects import Effects
from execops.errors import InvalidDeliveryError, NotFoundError
from execops.model import Event, Json
from execops.settings import Settings
from execops.sources import NewEvent

HEADERS: tuple[str, ...] = ()
MESSAGE_REQUESTED = "message.requested"
SUSPENDED = "policy.suspended"  # a play or an action type: see `execops.proposals.suspending`
_HINT = "Ask for a first message with: execops trigger email --to ADDRESS"


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG001
    """Raise NotFoundError, because nothing of ExecOps itself comes over HTTP."""
    raise NotFoundError("There is no webhook source called 'execops'.", hint=_HINT)


def normalise(settings: Settings, payload: Json, now: datetime) -> NewEvent:  # noqa: ARG001
    """Raise InvalidDeliveryError, because nothing of ExecOps itself comes over HTTP."""
    raise InvalidDeliveryError("A request to ExecOps is not a delivery; nothing was stored.", hint=_HINT)


def read(event: Event) -> Effects:  # noqa: ARG001
    """No effect: a request moves no money and tells of no outside object."""
    return Effects()
