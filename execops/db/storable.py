"""Parsing a delivery's body into JSON that a jsonb column can hold."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from execops.errors import InvalidDeliveryError
from execops.model import Json
from execops.money import storable

_SURROGATE = re.compile("[\ud800-\udfff]")
# jsonb keeps numbers as numeric: 131,072 digits before the point, 16,383 after it.
_MAX_DIGITS = 1000
_MAX_NOTES = 20
_SHALLOW = 500  # opening brackets: with fewer, the nesting cannot be too deep
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 300  # a number that may be beyond jsonb, with all its digits as zeros
_NINETEEN_DIGITS = b"0" * 19  # a number that may be beyond bigint
_BEFORE_NUMBER = b" \t\n\r:,[-"


class Parsed(Struct, frozen=True):
    """A JSON object in values that jsonb can hold, with a note for each kind of replaced value.

    `text` is the body itself where jsonb can hold it as it is, so that nobody has to write it again; else None.
    """

    payload: Json
    notes: list[str]
    text: str | None


def parse(body: bytes) -> Parsed:
    """Parse a JSON object. Raises InvalidDeliveryError for a body that is not a JSON object.

    A whole number that is larger than any column stays, but readers take it as missing. The payload says so under
    `_execops_unreadable`.
    """
    payload = _parse_plain(body)
    if payload is not None:
        return Parsed(payload, [], body.decode("ascii"))
    notes: list[str] = []
    unreadable: list[str] = []

    def parse_number(text: str) -> Any:  # noqa: ANN401
        value = float(text)
        if math.isfinite(value):
            return value
        _note(notes, f"number {text[:40]} replaced by null")
        return None

    def parse_whole_number(text: str) -> Any:  # noqa: ANN401
        if len(text) > _MAX_DIGITS:
            _note(notes, "a number of over 1,000 digits replaced by null")
            return None
        value = int(text)
        if not storable(value):
            _note(unreadable, f"number {text[:40]} is beyond 64 bits and reads as missing")
        return value

    try:
        payload = json.loads(
            body, parse_float=parse_number, parse_int=parse_whole_number, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as exc:
        raise InvalidDeliveryError("The body is not JSON; nothing was stored.") from exc
    if not isinstance(payload, dict):
        raise InvalidDeliveryError("The body is not a JSON object; nothing was stored.")
    try:
        payload = _make_storable(payload, notes)
    except RecursionError as exc:
        raise InvalidDeliveryError("The body is nested too deeply; nothing was stored.") from exc
    return Parsed(payload | ({"_execops_unreadable": unreadable} if unreadable else {}), notes, None)


def _parse_plain(body: bytes) -> Json | None:
    """The object in a body without any character, number or nesting that Postgres could refuse; None for another body.

    None, too, for a body with a whole number that has to be noted.

    It parses without a call of Python for each number.
    """
    zeros = body.translate(_DIGITS_AS_ZEROS)
    unusual = not body.isascii() or b"\\u" in body or _LONG_NUMBER in zeros
    if unusual or body.count(b"{") + body.count(b"[") >= _SHALLOW:
        return None
    try:
        payload = _PLAIN.decode(body)
    except ValueError:
        return None
    if not isinstance(payload, dict) or (_has_long_number(zeros) and not _all_readable(payload)):
        return None
    return payload


def _has_long_number(zeros: bytes) -> bool:
    """Whether nineteen digits may be a number: before those of an id stands a letter, a digit, a "_" or a quote."""
    at = zeros.find(_NINETEEN_DIGITS)
    while at >= 0:
        if zeros[at - 1] in _BEFORE_NUMBER:
            return True
        at = zeros.find(_NINETEEN_DIGITS, at + 1)
    return False


def _all_readable(value: object) -> bool:
    """Whether every whole number in a value of JSON fits a column."""
    if isinstance(value, dict):
        return all(map(_all_readable, value.values()))
    if isinstance(value, list):
        return all(map(_all_readable, value))
    return not isinstance(value, int) or storable(value)


def _plain_float(text: str) -> float:
    if "e" in text or "E" in text:
        raise ValueError("an exponent may lead beyond jsonb")
    return float(text)


def _refuse_constant(text: str) -> Any:  # noqa: ANN401
    raise InvalidDeliveryError(f"The body is not JSON: it contains {text}; nothing was stored.")


_PLAIN = Decoder(float_hook=_plain_float)


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
