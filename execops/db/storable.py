"""Parsing a delivery's body into JSON that a jsonb column can hold."""

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
_SHALLOW = 500  # opening brackets: with fewer, the nesting cannot be too deep


def parse(body: bytes) -> tuple[Json, list[str]]:
    """Parse a JSON object into values that jsonb can hold; returns it with a note for each kind of replaced value.

    Raises InvalidDeliveryError for a body that is not a JSON object.
    """
    notes: list[str] = []

    def parse_number(text: str) -> Any:  # noqa: ANN401
        value = float(text)
        if math.isfinite(value):
            return value
        _note(notes, f"number {text[:40]} replaced by null")
        return None

    def parse_whole_number(text: str) -> Any:  # noqa: ANN401
        if len(text) <= _MAX_DIGITS:
            return int(text)
        _note(notes, "a number of over 1,000 digits replaced by null")
        return None

    def refuse_constant(text: str) -> Any:  # noqa: ANN401
        raise InvalidDeliveryError(f"The body is not JSON: it contains {text}; nothing was stored.")

    try:
        payload = json.loads(
            body, parse_float=parse_number, parse_int=parse_whole_number, parse_constant=refuse_constant
        )
    except (ValueError, RecursionError) as exc:
        raise InvalidDeliveryError("The body is not JSON; nothing was stored.") from exc
    if not isinstance(payload, dict):
        raise InvalidDeliveryError("The body is not a JSON object; nothing was stored.")
    plain = body.isascii() and b"\\u" not in body and body.count(b"{") + body.count(b"[") < _SHALLOW
    if plain:  # it has no character and no nesting that Postgres could refuse
        return payload, notes
    try:
        return _make_storable(payload, notes), notes
    except RecursionError as exc:
        raise InvalidDeliveryError("The body is nested too deeply; nothing was stored.") from exc


def _note(notes: list[str], note: str) -> None:
    if note not in notes and len(notes) < _MAX_NOTES:
        notes.append(note)


def _make_storable(value: Any, notes: list[str]) -> Any:  # noqa: ANN401
    """The value with NUL characters and lone surrogates replaced by U+FFFD."""
    if isinstance(value, str):
        clean = _SURROGATE.sub("\ufffd", value).replace("\x00", "\ufffd")
        if clean != value:
            _note(notes, "characters that Postgres cannot hold replaced by U+FFFD")
        return clean
    if isinstance(value, dict):
        return {_make_storable(key, notes): _make_storable(item, notes) for key, item in value.items()}
    if isinstance(value, list):
        return [_make_storable(item, notes) for item in value]
    return value
