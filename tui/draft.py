"""A payload as a person reads it, recipient first, and as text to edit.

This module alone knows about action types: `_FIRST`, `_BODY` and `MESSAGES`.
"""

from __future__ import annotations

import json
import re

from execops.errors import InvalidInputError
from execops.model import Json

MESSAGES = frozenset({"email", "slack"})  # action types that another message can put right
_BODY = "text"
_FIRST = ("to", "channel", "cc", "bcc", "customer", "charge", "invoice", "amount", "currency", "subject")
_FIELD = re.compile(r"^(\w+):[ \t]?(.*)$")


def fields(payload: Json) -> list[tuple[str, str]]:
    """Every field but the body: first who receives it and how much it is, then the rest by name."""
    rest = sorted(name for name in payload if name not in _FIRST and name != _BODY)
    names = [name for name in _FIRST if name in payload] + rest
    return [(name, _plain(payload[name])) for name in names]


def body(payload: Json) -> str:
    """The text that is sent."""
    text = payload.get(_BODY, "")
    return text if isinstance(text, str) else _plain(text)


def label(name: str) -> str:
    """A field's name in words: `Reply to`."""
    return name.replace("_", " ").capitalize()


def to_text(payload: Json) -> str:
    """The draft to edit: a line for each field, an empty line, the body."""
    head = [f"{name}: {value}" for name, value in fields(payload) if editable(payload[name])]
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


def asks_before(action_type: str) -> bool:
    """Whether approving asks once more, as nothing puts the action right once it is done."""
    return action_type not in MESSAGES


def editable(value: object) -> bool:
    """Whether a field is a line of text, which a person can change."""
    return isinstance(value, str) and "\n" not in value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
