"""Reading fields of Stripe's objects: whatever is missing, null or of another type reads as None."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from execops.effects import Snapshot
from execops.model import Event, Json

Object = Mapping[str, Any]

_YEAR_2200 = 7_258_118_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """The circumstances in which an object was seen: a webhook's event, or a look at the API."""

    occurred_at: datetime  # the object was in this state then
    type: str = ""  # the event's; empty for an object that was read from the API
    api_version: str | None = None
    previous: Object = field(
        default_factory=dict
    )  # the attributes that the event changed, as they were before

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
    """The object under this path of names, empty where there is none."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def items(data: object, *names: str) -> list[Mapping[str, Any]]:
    """The objects of the list under this path, whether a plain array or Stripe's `{"data": […]}`."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    if isinstance(data, Mapping):
        data = data.get("data")
    return [each for each in data if isinstance(each, Mapping)] if isinstance(data, list) else []


def text(data: Mapping[str, Any], name: str) -> str | None:
    """A string that says something, stripped."""
    value = data.get(name)
    return value.strip() or None if isinstance(value, str) else None


def ref(data: Mapping[str, Any], name: str) -> str | None:
    """The id of a related object, given as an id or expanded."""
    value = data.get(name)
    return text(value, "id") if isinstance(value, Mapping) else text(data, name)


def whole(data: Mapping[str, Any], name: str) -> int | None:
    """An integer."""
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(data: Mapping[str, Any], name: str) -> bool | None:
    """A boolean."""
    value = data.get(name)
    return value if isinstance(value, bool) else None


def at(data: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these Unix timestamps that is one, in UTC."""
    for name in names:
        value = whole(data, name)
        if value is not None and 0 < value < _YEAR_2200:
            return datetime.fromtimestamp(value, UTC)
    return None


def object_id(it: Object) -> str:
    """The object's own id; `read` leaves out what has none."""
    return text(it, "id") or ""


def line(it: Object, name: str) -> str | None:
    """A text from outside as one line: no control, format or surrogate character reaches a draft."""
    shown = (
        " " if each.isspace() else each
        for each in text(it, name) or ""
        if each.isspace() or unicodedata.category(each) not in {"Cc", "Cf", "Cs"}
    )
    return " ".join("".join(shown).split()) or None


def link(it: Object, name: str) -> str | None:
    """Only https links are passed on: a draft is sent to a customer."""
    found = text(it, name)
    return (
        found
        if found and found.startswith("https://") and found == line(it, name) and " " not in found
        else None
    )


def currency(it: Object) -> str | None:
    """The currency's code in capitals."""
    return (text(it, "currency") or "").upper() or None


def iso(moment: datetime | None) -> str | None:
    """A moment as a snapshot keeps it."""
    return moment.isoformat() if moment else None


def snapshot(
    notice: Notice,
    it: Object,
    object_type: str,
    subject: str | None,
    state: Json,
    rank: int = 0,
    links: tuple[str | None, ...] = (),
) -> Snapshot:
    """The snapshot of an object; `links` are the objects it is about, such as a dispute's charge."""
    return Snapshot(
        object_id=object_id(it),
        object_type=object_type,
        subject_key=subject or object_id(it),
        state=state,
        as_of=notice.occurred_at,
        rank=rank,
        links=tuple(each for each in links if each),
    )
