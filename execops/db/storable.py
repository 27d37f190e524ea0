"""Reading a delivery's body into JSON that a jsonb column can hold."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from execops.errors import InvalidDeliveryError
from execops.model import Json

_SURROGATE = re.compile("[\ud800-\udfff]")
# jsonb keeps numbers as numeric: 131,072 digits before the point, 16,383 after it.
_MAX_DIGITS = 1000
_MAX_NOTES = 20
_SHALLOW = 500  # opening brackets: however they stand, the nesting is not too deep


def parse(body: bytes) -> tuple[Json, list[str]]:
    """A JSON object that jsonb can hold, and what had to be replaced to make it so.

    Raises InvalidDeliveryError for anything that is no JSON object.
    """
    notes: list[str] = []

    def number(text: str) -> Any:  # noqa: ANN401
        value = float(text)
        if math.isfinite(value):
            return value
        _note(notes, f"number {text[:40]} replaced by null")
        return None

    def whole(text: str) -> Any:  # noqa: ANN401
        if len(text) <= _MAX_DIGITS:
            return int(text)
        _note(notes, "a number of over 1,000 digits replaced by null")
        return None

    def constant(text: str) -> Any:  # noqa: ANN401
        raise InvalidDeliveryError(f"The body is no JSON: {text} stands in it; nothing was stored.")

    try:
        payload = json.loads(body, parse_float=number, parse_int=whole, parse_constant=constant)
    except (ValueError, RecursionError) as exc:
        raise InvalidDeliveryError("The body is no JSON; nothing was stored.") from exc
    if not isinstance(payload, dict):
        raise InvalidDeliveryError("The body is no JSON object; nothing was stored.")
    plain = body.isascii() and b"\\u" not in body and body.count(b"{") + body.count(b"[") < _SHALLOW
    if plain:  # nothing that Postgres could refuse, and nothing to look for
        return payload, notes
    try:
        return _holdable(payload, notes), notes
    except RecursionError as exc:
        raise InvalidDeliveryError("The body is nested too deeply; nothing was stored.") from exc


def _note(notes: list[str], what: str) -> None:
    if what not in notes and len(notes) < _MAX_NOTES:
        notes.append(what)


def _holdable(value: Any, notes: list[str]) -> Any:  # noqa: ANN401
    """The value with NUL characters and lone surrogates replaced by U+FFFD."""
    if isinstance(value, str):
        clean = _SURROGATE.sub("\ufffd", value).replace("\x00", "\ufffd")
        if clean != value:
            _note(notes, "characters that Postgres cannot hold replaced by U+FFFD")
        return clean
    if isinstance(value, dict):
        return {_holdable(key, notes): _holdable(item, notes) for key, item in value.items()}
    if isinstance(value, list):
        return [_holdable(item, notes) for item in value]
    return value
