"""The fields of a payload, as the adapter of its action type explains them.

The functions take None for an action type that has no adapter. Such an action counts as one that moves money, and only a
founder changes its fields.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from execops.authority import policy
from execops.errors import InvalidPayloadError
from execops.model import Json
from execops.ports import Adapter, Field


def in_reading_order(adapter: Adapter | None, payload: Json) -> list[Field]:
    """The fields of this payload: first those that the adapter lists, then all others by name."""
    listed = adapter.fields if adapter else ()
    other = sorted(payload.keys() - {field.name for field in listed})
    return [field for field in listed if field.name in payload] + [
        Field(name=name, label=name.replace("_", " ").capitalize(), required=False) for name in other
    ]


def words(adapter: Adapter | None) -> AbstractSet[str]:
    """The names of the fields that every operator who decides may change."""
    return {field.name for field in adapter.fields if field.words} if adapter else set()


def rewordable(adapter: Adapter | None) -> AbstractSet[str]:
    """The names of the fields that a model may reword."""
    return {field.name for field in adapter.fields if field.rewordable} if adapter else set()


def moves_money(adapter: Adapter | None) -> bool:
    """Whether performing moves money, which no further message puts right."""
    return adapter is None or adapter.moves_money


def needs_confirmation(adapter: Adapter | None) -> bool:
    """Whether a person is asked once more before it is performed: an action that a founder has to allow first."""
    return not policy.allowed_by_default(adapter)


def preview(adapter: Adapter | None, payload: Json) -> str | None:
    """The message as its receiver will see it; None for a payload that cannot be sent as it is."""
    if adapter is None:
        return None
    try:
        adapter.validate(payload)
    except InvalidPayloadError:
        return None
    return adapter.preview(payload)
