"""Readers of single fields of Stripe's objects. A field that is missing, null or of another type reads as None."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from execops.effects import Snapshot
from execops.model import Event, Json
from execops.money import storable

Object = Mapping[str, Any]

_LINK = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){0,8}stripe\.com(?::443)?"  # the host and its port
    r"(?:[/?#](?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=\[\]]|%[0-9A-Fa-f]{2})*)?"
)
_YEAR_2200 = 7_258_118_400


class Notice(Struct, frozen=True, kw_only=True):
    """The circumstances in which an object was seen: a webhook's event, or a look at the API."""

    occurred_at: datetime  # the object was in this state then
    type: str = ""  # the event's; empty for an object that was read from the API
    api_version: str | None = None
    previous: Object = field(default_factory=dict)  # the values before the event of the attributes it changed

    @classmethod
    def of_event(cls, event: Event) -> Notice:
        """The circumstances of a stored event."""
        return cls(
            occurred_at=event.occurred_at,
            type=event.type,
            api_version=event.api_version,
            previous=obj(event.payload_json, "data", "previous_attributes"),
        )


def obj(data: object, *names: str) -> Mapping[str, Any]:
    """The object under this path of names; an empty one where there is none."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def items(data: object, *names: str) -> list[Mapping[str, Any]]:
    """The objects of the list under this path, whether a plain array or Stripe's `{"data": […]}`."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    if isinstance(data, Mapping):
        data = data.get("data")
    return [entry for entry in data if isinstance(entry, Mapping)] if isinstance(data, list) else []


def text(data: Mapping[str, Any], name: str) -> str | None:
    """A string without surrounding spaces; None where nothing remains."""
    value = data.get(name)
    return value.strip() or None if isinstance(value, str) else None


def texts(data: Mapping[str, Any], name: str) -> list[str]:
    """The strings of an array; none where there is no array."""
    value = data.get(name)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def ref(data: Mapping[str, Any], name: str) -> str | None:
    """The id of a related object, which Stripe sends as an id or expanded."""
    value = data.get(name)
    return text(value, "id") if isinstance(value, Mapping) else text(data, name)


def whole(data: Mapping[str, Any], name: str) -> int | None:
    """An integer that Postgres can keep as bigint."""
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and storable(value) else None


def number(data: Mapping[str, Any], name: str) -> int | float | None:
    """An integer as `whole` reads it, or a number with decimals."""
    value = data.get(name)
    return value if isinstance(value, float) else whole(data, name)


def flag(data: Mapping[str, Any], name: str) -> bool | None:
    """A boolean."""
    value = data.get(name)
    return value if isinstance(value, bool) else None


def at(data: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these fields that holds a Unix timestamp between 1970 and 2200, in UTC."""
    for name in names:
        value = whole(data, name)
        if value is not None and 0 < value < _YEAR_2200:
            return datetime.fromtimestamp(value, UTC)
    return None


def iso_moment(value: object) -> datetime | None:
    """The moment of an ISO 8601 text between 1970 and 2200, in UTC where it names no zone; other sources write them."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if not 1970 <= moment.year < 2200:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def object_id(data: Object) -> str:
    """The object's own id; empty where it has none."""
    return text(data, "id") or ""


def line(data: Object, name: str) -> str | None:
    """A text from outside as one line, so that no control, format or surrogate character reaches a draft."""
    visible = (
        " " if character.isspace() else character
        for character in text(data, name) or ""
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )
    return " ".join("".join(visible).split()) or None


def name_line(data: Object, name: str) -> str | None:
    """A customer's name: its first line, for a second one is a department, a note, or a header that somebody smuggles in."""
    lines = [part for part in (text(data, name) or "").splitlines() if part.strip()]
    return line({name: lines[0]}, name) if lines else None


def link(data: Object, name: str) -> str | None:
    """A link to a page of Stripe's own: https, stripe.com or a subdomain of it, the default port, no user part.

    Any other link is dropped, because a draft goes to a customer. The pattern leaves no character that a browser reads
    otherwise than Python, such as a backslash, a tab or a full stop of another script: https://url.spec.whatwg.org.
    """
    url = text(data, name)
    return url if url and _LINK.fullmatch(url) else None


def currency(data: Object) -> str | None:
    """The currency's code in capitals."""
    return (text(data, "currency") or "").upper() or None


def iso(moment: datetime | None) -> str | None:
    """A moment in ISO 8601, as a snapshot keeps it."""
    return moment.isoformat() if moment else None


def snapshot(
    notice: Notice,
    data: Object,
    object_type: str,
    subject: str | None,
    state: Json,
    rank: int = 0,
    links: tuple[str | None, ...] = (),
) -> Snapshot:
    """The snapshot of an object; `links` are the objects it is about, such as a dispute's charge."""
    return Snapshot(
        object_id=object_id(data),
        object_type=object_type,
        subject_key=subject or object_id(data),
        state=state,
        as_of=notice.occurred_at,
        rank=rank,
        links=tuple(link_id for link_id in links if link_id),
    )
