"""Deliveries of Stripe's webhooks: their signature, their age, and the event inside.

The rules of verification: https://docs.stripe.com/webhooks#verify-manually.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from execops.errors import InvalidDeliveryError, NotConfiguredError, SignatureError, StaleSignatureError
from execops.model import Json
from execops.settings import Secret, Settings
from execops.sources import NewEvent
from execops.sources.stripe.fields import Object, at, obj, ref, text
from execops.text import clean_line

HEADERS: tuple[str, ...] = ()
TOLERANCE = 300.0  # seconds, into the past and the future
_LONGEST_ID = 255  # characters, https://docs.stripe.com/upgrades; Postgres indexes no endless ones


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raise SignatureError unless one of the configured secrets signed exactly this body, now.

    Raises StaleSignatureError for one that was signed at another time, and NotConfiguredError where no secret is configured. The verifier of the stripe package compares in
    constant time and tries every v1 signature. It accepts timestamps from the future; this function does not.
    """
    from stripe import SignatureVerificationError, WebhookSignature

    if not settings.stripe_webhook_secrets:
        raise NotConfiguredError(
            "Stripe's webhooks are not configured; the delivery was not stored.",
            hint="Run: execops connect stripe. It sets STRIPE_WEBHOOK_SECRET, the endpoint's signing secret (whsec_…).",
        )
    header = headers.get("stripe-signature")
    if not header:
        raise SignatureError("The delivery has no Stripe-Signature header; nothing was stored.")
    for secret in settings.stripe_webhook_secrets:
        try:
            WebhookSignature.verify_header(body, header, secret.reveal())
        except (SignatureVerificationError, ValueError, TypeError):  # not UTF-8; a signature not in ASCII
            continue
        break
    else:
        raise SignatureError(
            "The delivery's signature is wrong; nothing was stored.",
            hint="STRIPE_WEBHOOK_SECRET must be the secret of the endpoint that sends it.",
        )
    # The stripe package reads the timestamp in the same way: up to a second "=".
    signed_at = next(int(part.split("=")[1]) for part in header.split(",") if part.startswith("t="))
    if abs(now.timestamp() - signed_at) > TOLERANCE:
        raise StaleSignatureError(
            f"The delivery was signed more than {TOLERANCE:.0f} s from now; nothing was stored.",
            hint="Check this machine's clock; Stripe signs every attempt anew.",
        )


def normalise(settings: Settings, payload: Json, now: datetime) -> NewEvent:
    """The event in a snapshot (`event`) or thin (`v2.core.event`) delivery.

    Raises InvalidDeliveryError where the payload is neither.
    """
    kind, event_id, event_type = text(payload, "object"), text(payload, "id"), text(payload, "type")
    if (
        kind not in {"event", "v2.core.event"}
        or not event_id
        or len(event_id) > _LONGEST_ID
        or not event_type
    ):
        raise InvalidDeliveryError("The body is JSON but not a Stripe event; nothing was stored.")
    thin = kind == "v2.core.event"
    about = obj(payload, "related_object") if thin else obj(obj(payload, "data"), "object")
    object_id = _short(text(about, "id"))
    customer = object_id if text(about, "object") == "customer" else _short(_customer(payload, about))
    livemode = payload.get("livemode") is True
    created = (_iso(payload.get("created")) if thin else at(payload, "created")) or now
    return NewEvent(
        type=event_type,
        occurred_at=min(created, now),  # an event from the future would outrank all that follow it
        dedupe_key=event_id,
        object_id=object_id,
        subject_key=customer or object_id,
        livemode=livemode,
        api_version=text(payload, "api_version"),
        ignored=_of_another_account(settings, payload)
        or _ignored(thin=thin, livemode=livemode, mode=settings.stripe_mode),
    )


def _customer(payload: Json, about: Object) -> str | None:
    """The customer of an object; of a payment method that was detached, the customer it was detached from."""
    return ref(about, "customer") or ref(obj(payload, "data", "previous_attributes"), "customer")


def _of_another_account(settings: Settings, payload: Json) -> str | None:
    """Why an event is not one of the company's own account; None for its own.

    Connect names the account in `account` (https://docs.stripe.com/connect/webhooks); an organisation and thin events
    name it in `context`, perhaps after those above it: `acct_platform/acct_connected`.
    """
    connected = payload.get("account")
    if connected not in (None, "", settings.stripe_account):
        return f"of the connected account {_name(connected)}"
    context = payload.get("context")
    named = context.rpartition("/")[2].strip() if isinstance(context, str) else context
    if named in (None, "", settings.stripe_account) or str(named).startswith("org_"):
        return None
    if settings.stripe_account:
        return f"of the account {_name(named)}: EXECOPS_STRIPE_ACCOUNT is {settings.stripe_account}"
    return f"of the account {_name(named)}: set EXECOPS_STRIPE_ACCOUNT if it is yours"


def _name(account: object) -> str:
    return clean_line(account, limit=_LONGEST_ID) if isinstance(account, str) else "that it does not name"


def _ignored(*, thin: bool, livemode: bool, mode: str) -> str | None:
    if thin:
        return "a thin event: it names its object but does not carry it"
    if livemode is not (mode == "live"):
        return f"a {'live' if livemode else 'test'}-mode event: EXECOPS_STRIPE_MODE is {mode}"
    return None


def _short(object_id: str | None) -> str | None:
    return object_id if object_id is not None and len(object_id) <= _LONGEST_ID else None


def _iso(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if not 1970 <= moment.year < 2200:  # as in `fields.at`; Python cannot read every time that Postgres holds
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def sign(body: bytes, secret: Secret) -> str:
    """The Stripe-Signature header of a delivery signed now with this secret."""
    from stripe import WebhookSignature

    header: str = WebhookSignature.generate_signature_header(body.decode(), secret.reveal())
    return header
