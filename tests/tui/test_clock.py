"""Time is written as ages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui import clock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("seconds", "age", "ago"),
    [
        (-3, "now", "just now"),
        (59, "now", "just now"),
        (60, "1 m", "1 m ago"),
        (3600, "1 h", "1 h ago"),
        (3e5, "3 d", "3 d ago"),
    ],
)
def test_ages(seconds: float, age: str, ago: str) -> None:
    moment = NOW - timedelta(seconds=seconds)
    assert (clock.age(moment), clock.ago(moment)) == (age, ago)


def test_what_is_left() -> None:
    assert clock.left(NOW + timedelta(hours=5)) == "5 h"
    assert clock.left(NOW) == "under 1 m"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.14, "4.1 s"), (59.97, "1 m 0 s"), (200, "3 m 20 s"), (7500, "2 h 5 m"), (9e5, "10 d")],
)
def test_durations(seconds: float, text: str) -> None:
    assert clock.duration(seconds) == text
