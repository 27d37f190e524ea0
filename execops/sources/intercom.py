"""Intercom's webhooks: https://developers.intercom.com/docs/webhooks. Conversations of the API's versions 2.11 to 2.16.

Off unless EXECOPS_SOURCES names it. Intercom signs no time, so a delivery is recognised by its notification's id. A notification
shows the conversation and mostly the one part that caused it, so each message is a snapshot of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from execops.effects import Effects, Snapshot
from execops.errors import InvalidDeliveryError
from execops.model import Event, Json
from execops.settings import Settings
from execops.sources import NewEvent, Signing
from execops.sources.stripe.fields import at, items, line, obj, text
from execops.text.html_words import own_words, plain

HEADERS: tuple[str, ...] = ()
CONVERSATION, MESSAGE = "conversation", "message"
TOPICS = frozenset(
    f"intercom.conversation.{topic}"
    for topic in (
        "user.created",
        "user.replied",
        "admin.single.created",
        "admin.replied",
        "admin.noted",
        "admin.assigned",
        "admin.open.assigned",
        "admin.opened",
        "admin.closed",
        "admin.snoozed",
        "admin.unsnoozed",
        "operator.replied",
        "priority.updated",
        "rating.added",
        "read",
    )
)  # that wake the plays about conversations
SIGNING = Signing(
    source="Intercom",
    header="x-hub-signature",
    setting="INTERCOM_CLIENT_SECRET",
    place="the app that sends it",
    algorithm="sha1",
    prefix="sha1=",
)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOPIC = re.compile(r"[a-z_]+(\.[a-z_]+){0,5}")
_LONGEST = 20_000  # characters of a message
_TEAM, _BOT = "team", "bot"
_WRITERS = {
    "user": "contact",
    "lead": "contact",
    "contact": "contact",
    "admin": _TEAM,
    "team": _TEAM,
    "bot": _BOT,
}


def wave_of(day: date) -> str:
    """The object that stands for all conversations of a day."""
    return f"intercom:wave:{day.isoformat()}"


def waves_beside(event: Event, snapshots: Iterable[Snapshot], window: float) -> set[str]:
    """The waves of other days than the event's that its messages may belong to, with a window in seconds: see `outage_wave`.

    A message shortly before midnight belongs to a wave of the next day too, and may arrive after it.
    """
    reach = timedelta(seconds=2 * window)
    days = {
        (snapshot.as_of + later).astimezone(UTC).date()
        for snapshot in snapshots
        if snapshot.object_type == MESSAGE and snapshot.as_of >= event.occurred_at - reach
        for later in (timedelta(0), reach)
    }
    return {wave_of(day) for day in days - {event.occurred_at.astimezone(UTC).date()}}


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG001
    """Raise SignatureError unless the app's secret signed exactly this body. Raises NotConfiguredError without a secret."""
    SIGNING.verify(headers, body, settings.intercom_client_secrets)


def normalise(settings: Settings, payload: Json, now: datetime) -> NewEvent:
    """The event in a notification, such as `intercom.conversation.user.created`.

    Raises InvalidDeliveryError where the payload is none.
    """
    topic, created = text(payload, "topic") or "", at(payload, "created_at")
    if payload.get("type") != "notification_event" or not _TOPIC.fullmatch(topic):
        raise InvalidDeliveryError("The body is JSON but not a notification of Intercom; nothing was stored.")
    key = text(payload, "id") or (f"ping:{payload.get('created_at')}" if topic == "ping" else "")
    if not _NAME.fullmatch(key.removeprefix("ping:")):
        raise InvalidDeliveryError("The notification has no id; nothing was stored.")
    conversation = _id_of(payload)
    ignored = None if conversation else "a ping" if topic == "ping" else "not about a conversation"
    return NewEvent(
        type=f"intercom.{topic}",
        occurred_at=min(created or now, now),
        dedupe_key=key,
        object_id=conversation,
        subject_key=conversation,
        livemode=settings.stripe_mode == "live",  # Intercom knows no modes
        api_version=None,
        ignored=ignored,
    )


def read(event: Event) -> Effects:
    """The effects of a stored event: the state of its conversation, and each message that it shows."""
    conversation = _id_of(event.payload_json)
    if conversation is None:
        return Effects()
    item = obj(event.payload_json, "data", "item")
    state = _conversation(conversation, item, at(item, "updated_at") or event.occurred_at)
    return Effects(snapshots=(state, *_messages(conversation, item)))


def _id_of(payload: Json) -> str | None:
    item = obj(payload, "data", "item")
    name = str(item.get("id") or "")
    return f"intercom:{name}" if item.get("type") == "conversation" and _NAME.fullmatch(name) else None


def _iso(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def _conversation(conversation: str, item: Mapping[str, Any], as_of: datetime) -> Snapshot:
    rating, sla = obj(item, "conversation_rating"), obj(item, "sla_applied")
    ids = [text(contact, "external_id") for contact in items(item, "contacts", "contacts")]
    count = obj(item, "statistics").get("count_conversation_parts")
    state = text(item, "state") or ("open" if item.get("open") else "closed")
    return Snapshot(
        object_id=conversation,
        object_type=CONVERSATION,
        subject_key=conversation,
        state={
            "state": state,
            "waiting_since": _iso(at(item, "waiting_since")),
            "assigned": str(item.get("admin_assignee_id") or 0) != "0",
            "priority": text(item, "priority") in {"priority", "high", "urgent"},
            "sla_name": line(sla, "sla_name"),
            "sla_status": text(sla, "sla_status"),
            "rating": rating.get("rating") if isinstance(rating.get("rating"), int) else None,
            "rated_at": _iso(at(rating, "created_at")),
            "remark": plain(text(rating, "remark") or "")[:_LONGEST],
            "subject": plain(text(obj(item, "source"), "subject") or "")[:300],
            "external_ids": sorted({name for name in ids if name}),
        },
        as_of=as_of,
        rank=count if isinstance(count, int) and 0 <= count < 1_000_000 else 0,
    )


def _messages(conversation: str, item: Mapping[str, Any]) -> Iterator[Snapshot]:
    """The first message and the parts with words in them, each by its own id."""
    source = obj(item, "source")
    parts = items(item, "conversation_parts", "conversation_parts")
    entries = [(source, at(item, "created_at"), "comment")]
    entries += [(part, at(part, "created_at"), text(part, "part_type") or "comment") for part in parts]
    for entry, when, kind in entries:
        author, name = obj(entry, "author"), str(entry.get("id") or "")
        whole = plain(text(entry, "body") or "")
        if when is None or not whole or not _NAME.fullmatch(name):
            continue
        writer = _WRITERS.get(text(author, "type") or "", _BOT)
        yield Snapshot(
            object_id=f"{conversation}:{name}",
            object_type=MESSAGE,
            subject_key=conversation,
            state={
                "id": name,
                "by": "note" if kind == "note" else writer,
                "words": own_words(text(entry, "body") or "")[:_LONGEST],
                "at": _iso(when),
                "email": (text(author, "email") or "").lower() or None if writer == "contact" else None,
                "name": line(author, "name") if writer == "contact" else None,
            },
            as_of=when,
        )
