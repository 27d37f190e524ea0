"""Deliveries of GitHub's webhooks: their signature, and the event inside.

GitHub signs the body alone (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries). The headers
name the event and the delivery, so an event's state is judged by the times in its body, never by a header.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from execops.errors import InvalidDeliveryError, NotConfiguredError, SignatureError
from execops.model import Json
from execops.settings import Secret, Settings
from execops.sources import NewEvent, headers_of
from execops.sources.github import alarms

EVENT, DELIVERY = "x-github-event", "x-github-delivery"
HEADERS: tuple[str, ...] = (EVENT, DELIVERY)
_SIGNATURE = "x-hub-signature-256"
_EVENT_NAME = re.compile(r"[a-z][a-z_]{0,63}")  # no dot: it is never the type of another source's event
_DELIVERY_ID = re.compile(r"[A-Za-z0-9-]{1,100}")


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG001
    """Raise SignatureError unless one of the configured secrets signed exactly this body.

    Raises NotConfiguredError where no secret is configured.
    """
    if not settings.github_webhook_secrets:
        raise NotConfiguredError(
            "GitHub's webhooks are not configured; the delivery was not stored.",
            hint="Set GITHUB_WEBHOOK_SECRET to the secret of the webhook.",
        )
    signature = headers.get(_SIGNATURE)
    if not signature:
        raise SignatureError(
            "The delivery has no X-Hub-Signature-256 header; nothing was stored.",
            hint="Give the webhook at GitHub a secret, the one of GITHUB_WEBHOOK_SECRET.",
        )
    if not any(
        hmac.compare_digest(sign(body, secret).encode(), signature.encode())
        for secret in settings.github_webhook_secrets
    ):
        raise SignatureError(
            "The delivery's signature is wrong; nothing was stored.",
            hint="GITHUB_WEBHOOK_SECRET must be the secret of the webhook that sends it.",
        )


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


def sign(body: bytes, secret: Secret) -> str:
    """The X-Hub-Signature-256 header of a delivery."""
    return f"sha256={hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()}"
