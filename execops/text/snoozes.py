"""The end of a snooze in words."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

_HAPPENINGS = {"event": "the next event, or ", "attempt": "the next attempt, or "}


def snoozed(what: str, until: datetime, zone: tzinfo = UTC) -> str:
    """`until the next event, or 2026-12-01 08:00 UTC`; `what` brings the proposal back: event, attempt or date."""
    return f"until {_HAPPENINGS.get(what, '')}{until.astimezone(zone):%Y-%m-%d %H:%M %Z}"
