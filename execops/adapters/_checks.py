"""What no payload may hold, whatever its action type."""

from __future__ import annotations

import re
from typing import Any

# Control characters but tab and line feed, and lone surrogates: no header, mail or database holds them.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]")


def is_text(value: str) -> bool:
    """Whether this can be sent as text of several lines."""
    return not _UNSENDABLE.search(value)


def is_line(value: str) -> bool:
    """Whether this can be sent as one line, such as a header."""
    return is_text(value) and not _BREAKS.search(value)


def all_text(value: Any) -> bool:  # noqa: ANN401
    """Whether every string within this JSON value can be sent."""
    if isinstance(value, str):
        return is_text(value)
    if isinstance(value, dict):
        return all(all_text(each) for pair in value.items() for each in pair)
    return all(map(all_text, value)) if isinstance(value, list) else True
