"""Lists of Stripe's events in the shapes of today, in tests/data/stripe_cases. `{"$t": seconds}` counts from a moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NOW = 1_790_000_000  # 2026-09-21


def load_case(name: str, now: int = NOW) -> list[dict[str, Any]]:
    """The events of a case, with its moments counted from `now`."""
    path = Path(__file__).parent / "data" / "stripe_cases" / f"{name}.json"
    events: list[dict[str, Any]] = json.loads(path.read_text(), object_hook=lambda obj: _moment(obj, now))
    return events


def _moment(obj: dict[str, Any], now: int) -> Any:
    return now + obj["$t"] if obj.keys() == {"$t"} else obj
