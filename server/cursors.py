"""Cursors of paged lists: the place after the last row of a page, bound to the list and its filters."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from execops.errors import InvalidInputError

Place = Sequence[str | int | None]


def encode(list_name: Place, place: Place) -> str:
    """The cursor of a place in a list; `list_name` says which list, with its filters."""
    text = json.dumps([*list_name, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(list_name: Place, cursor: str) -> tuple[list[str | int | None], int]:
    """The place in a cursor: its values, and the number that ends it.

    Raises InvalidInputError for a cursor of another list, or one that was not made here.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError, binascii.Error) as exc:
        raise _wrong("This cursor was not made here.") from exc
    if not isinstance(values, list) or len(values) <= len(list_name):
        raise _wrong("This cursor was not made here.")
    number = values[-1]
    if values[: len(list_name)] != list(list_name) or type(number) is not int or not 0 < number < 2**63:
        raise _wrong("This cursor belongs to another list.")
    return values[len(list_name) : -1], number


def _wrong(message: str) -> InvalidInputError:
    return InvalidInputError(message, hint="Start without a cursor.")
