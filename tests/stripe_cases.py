"""Stripe's events as small stories: `tests/data/stripe_cases`, one list of events a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data" / "stripe_cases"


def case(name: str, now: float) -> list[dict[str, Any]]:
    """The events of a story, told at this Unix time: `{"$t": seconds}` is a number of seconds from then."""
    events: list[dict[str, Any]] = json.loads((_FOLDER / f"{name}.json").read_text())
    return [_told(event, int(now)) for event in events]


def _told(value: Any, now: int) -> Any:
    if isinstance(value, dict):
        return (
            now + value["$t"]
            if value.keys() == {"$t"}
            else {key: _told(part, now) for key, part in value.items()}
        )
    return [_told(part, now) for part in value] if isinstance(value, list) else value
