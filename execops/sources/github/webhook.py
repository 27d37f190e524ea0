"""Deliveries of GitHub's webhooks: their signature, and the event inside.

GitHub signs the body alone (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries). The headers
name the event and the delivery, so an event's state is judged by the times in its body, never by a header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from execops.errors import InvalidDeliveryError
from execops.model import Json
from execops.settings import Settings
from execops.sources import NewEvent, Signing, headers_of
from execops.sources.github import alarms

EVENT, DELIVERY = "x-github-event", "x-github-delivery"
HEADERS: tuple[str, ...] = (EVENT, DELIVERY)
SIGNING = Signing(
    source="GitHub",
    header="x-hub-signature-256",
    setting="GITHUB_WEBHOOK_SECRET",
    place="the webhook that sends it",
    algorithm="sha256",
    prefix="sha256=",
)
_EVENT_NAME = re.compile(r"[a-z][a-z_]{0,63}")  # no dot: it is never the type of another source's event
_DELIVERY_ID = re.compile(r"[A-Za-z0-9-]{1,100}")


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG001
    """Raise SignatureError unless one of the configured secrets signed exactly this body.

    Raises NotConfiguredError where no secret is configured.
    """
    SIGNING.verify(headers, body, settings.github_webhook_secrets)


def normalise(settings: Settings, payload: Json, now: datetime) -> NewEvent:
    """The event in a delivery: its type is X-GitHub-Event, its key X-GitHub-Delivery.

    Raises InvalidDeliveryError where a header is missing or is none.
    """
    headers = headers_of(payload)
    name, delivery = headers.get(EVENT, ""), headers.get(DELIVERY, "")
    if not _EVENT_NAME.fullmatch(name) or not _DELIVERY_ID.fullmatch(delivery):
        raise InvalidDeliveryError(
            "The delivery names no event (X-GitHub-Event) or no delivery (X-GitHub-Delivery); nothing was stored."
        )
    alarm = alarms.alarm_of(name, payload)
    return NewEvent(
        type=name,
        occurred_at=min(alarm.at if alarm else now, now),
        dedupe_key=delivery,
        object_id=alarm.object_id if alarm else None,
        subject_key=alarm.object_id if alarm else None,
        livemode=settings.stripe_mode == "live",  # GitHub knows no modes
        api_version=None,
    )
