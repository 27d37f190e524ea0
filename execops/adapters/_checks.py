"""Checks that the payloads of all action types share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.errors import InvalidPayloadError
from execops.model import Json
from execops.ports import Field
from execops.text.hidden import count_hidden, hidden_names

# Control characters but tab and line feed, and lone surrogates: no header, mail or database holds them.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]")


def is_text(value: str) -> bool:
    """Whether this value can be sent as text of several lines."""
    return not _UNSENDABLE.search(value)


def is_line(value: str) -> bool:
    """Whether this value can be sent as one line, such as a header."""
    return is_text(value) and not _BREAKS.search(value)


def check_fields(payload: Json, fields: Sequence[Field], noun: str) -> None:
    """Raise InvalidPayloadError for a field that the action type does not have, for a required field without text, and for
    hidden characters, which nobody who approves can see.

    `noun` names the action in the error: `mail`.
    """
    for name in payload.keys() - {field.name for field in fields}:
        raise InvalidPayloadError(f"A {noun} has no field {name!r}.", field=name)
    for field in fields:
        value = payload.get(field.name)
        if field.required and (not isinstance(value, str) or not value.strip()):
            raise InvalidPayloadError(f"The {noun}'s {field.name} is empty.", field=field.name)
        if isinstance(value, str) and (hidden := count_hidden(value)):
            raise InvalidPayloadError(
                f"The {noun}'s {field.name} has {hidden} hidden {'character' if hidden == 1 else 'characters'}"
                f" ({', '.join(hidden_names(value))}), which nobody sees: take them out.",
                field=field.name,
            )
