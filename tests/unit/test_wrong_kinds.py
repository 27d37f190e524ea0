"""A delivery whose fields hold values of wrong kinds is refused or read with less, and never fails: a source may change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from execops.errors import InvalidDeliveryError
from execops.model import Event, Json
from execops.settings import load_settings
from execops.sources import Source, get_source, with_headers
from tests import conversations
from tests import engineering_events as signed

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WRONG: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    10**20,
    1.5,
    True,
    [],
    {},
    "x" * 3000,
    ["a"],
    {"a": 1},
    "\0",
    "2026-13-45",
    [None],
    float("nan"),
)
SETTINGS = load_settings({}, {})
TRIES = 4  # wrong values in each place


def payloads(source: str) -> Iterator[tuple[Json, dict[str, str]]]:
    if source == "intercom":
        for case in conversations.read_cases()[:12]:
            yield from ((payload, {}) for payload in case["notifications"][:2])
    elif source == "github":
        for name, payload in (
            ("dependabot_alert", signed.alert()),
            ("repository_advisory", signed.advisory()),
            ("deployment_status", signed.deployment()),
        ):
            yield payload, signed.of_github(name, payload)[0]
    else:
        for name, payload in (
            ("event_alert", signed.error({"id": "7", "email": "a@b.example"})),
            ("issue", signed.issue_changed("created")),
        ):
            yield payload, signed.of_sentry(name, payload, at=NOW)[0]


def places(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield (*at, key)
        yield from places(part, (*at, key))


@contextmanager
def changed(payload: Json, place: tuple[Any, ...], value: object) -> Iterator[None]:
    """Put a value into a place of a payload, for as long as this lasts."""
    into: Any = payload
    for key in place[:-1]:
        into = into[key]
    before = into[place[-1]]
    into[place[-1]] = value
    try:
        yield
    finally:
        into[place[-1]] = before


def event_of(source: Source, payload: Json) -> Event:
    new = source.normalise(SETTINGS, payload, NOW)
    values: dict[str, Any] = dict.fromkeys(Event.__struct_fields__, None)
    return Event(
        **values
        | {
            "id": 1,
            "type": new.type,
            "payload_json": payload,
            "occurred_at": new.occurred_at,
            "object_id": new.object_id,
        }
    )


@pytest.mark.parametrize("name", ["intercom", "github", "sentry"])
def test_values_of_wrong_kinds_fail_no_delivery(name: str) -> None:
    source, chance, read, refused = get_source(name), random.Random(5), 0, 0
    for payload, headers in payloads(name):
        for place in list(places(payload)):
            for value in chance.sample(WRONG, TRIES):
                try:
                    with changed(payload, place, value):
                        source.read(event_of(source, with_headers(source, payload, headers)))
                    read += 1
                except InvalidDeliveryError:
                    refused += 1
    assert read > 300
    assert name != "intercom" or refused
