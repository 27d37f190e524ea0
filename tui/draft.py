"""A payload as a person reads it, in the order of its adapter's fields, and as text to edit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from execops.errors import InvalidInputError
from execops.model import Json
from execops.text.patterns import Pattern

if TYPE_CHECKING:
    from execops.ports import Field

_BODY = "text"
_FIELD = Pattern(r"^(\w+):[ \t]?(.*)$")


def fields(payload: Json, order: Sequence[Field]) -> list[tuple[str, str]]:
    """Every field but the body: first the fields of the card, in their order, then any other by name."""
    listed = [field.name for field in order]
    names = [name for name in listed if name in payload] + sorted(payload.keys() - {*listed})
    return [(name, _plain(payload[name])) for name in names if name != _BODY]


def body(payload: Json) -> str:
    """The text that is sent."""
    text = payload.get(_BODY, "")
    return text if isinstance(text, str) else _plain(text)


def has_body(payload: Json) -> bool:
    """Whether it is a message with a text."""
    return _BODY in payload


def label(name: str) -> str:
    """A field's name in words: `Reply to`."""
    return name.replace("_", " ").capitalize()


def to_text(payload: Json, order: Sequence[Field]) -> str:
    """The draft to edit: a line for each field, an empty line, the body."""
    head = [f"{name}: {value}" for name, value in fields(payload, order) if editable(payload[name])]
    return "\n".join([*head, "", body(payload)])


def from_text(text: str, payload: Json) -> Json:
    """The payload as edited. Raises InvalidInputError where a line above the body is not a field."""
    head, _, rest = text.replace("\r\n", "\n").partition("\n\n")
    edited = {name: value for name, value in payload.items() if not editable(value) and name != _BODY}
    for line in head.splitlines():
        field = _FIELD.match(line)
        if field is None:
            raise InvalidInputError(
                f"The line {line[:60]!r} is not a field; nothing was changed.",
                hint="Write one `name: value` a line, then an empty line, then the text.",
            )
        edited[field[1]] = field[2].strip()
    if _BODY in payload or rest.strip():
        edited[_BODY] = rest.rstrip("\n") + "\n" if body(payload).endswith("\n") else rest.rstrip("\n")
    return edited


def editable(value: object) -> bool:
    """Whether a field is a line of text, which a person can change."""
    return isinstance(value, str) and "\n" not in value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
