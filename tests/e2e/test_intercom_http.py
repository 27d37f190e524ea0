"""Intercom's webhooks at the door of a running server: every topic, 50 at once in any order, `ping`, HEAD, quick answers."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from typing import Any

import httpx
import pytest

from execops.context import Context
from execops.settings import Secret, Settings
from execops.sources import intercom
from tests import conversations, records
from tests.conftest import MakeSettings
from tests.e2e.test_kill import RecordProperty
from tests.http_service import serving

SECRET = Secret("intercom-secret")
PATH = "/ingest/intercom"
QUICK = 0.5  # seconds, which Intercom waits for an answer
ROUNDS = 3  # of 50 at once; the best counts, since other tests on the machine slow a round


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """The source is on."""
    return make_settings(sources=("stripe", "intercom"), intercom_client_secrets=(SECRET,))


async def send(http: httpx.AsyncClient, payload: dict[str, Any], secret: Secret = SECRET) -> httpx.Response:
    body = json.dumps(payload).encode()
    return await http.post(
        PATH, content=body, headers={"X-Hub-Signature": intercom.SIGNING.sign(body, secret)}
    )


async def timed(http: httpx.AsyncClient, payload: dict[str, Any]) -> tuple[httpx.Response, float]:
    """The answer to a delivery, and the seconds that it took."""
    begun = time.perf_counter()
    return await send(http, payload), time.perf_counter() - begun


async def test_every_topic_is_answered_at_once_and_stored_once(
    ctx: Context, record_property: RecordProperty
) -> None:
    by_id = {
        payload["id"]: payload for case in conversations.read_cases() for payload in case["notifications"]
    }
    by_topic = {payload["topic"]: payload for payload in by_id.values()}
    some = list(by_topic.values()) + [by_id[key] for key in sorted(by_id)]
    payloads = list({payload["id"]: payload for payload in some}.values())[:50]
    assert len(by_topic) >= 12
    random.Random(3).shuffle(payloads)
    async with serving(ctx) as http:
        assert (await http.head(PATH)).status_code == 200
        one_by_one = [await timed(http, payload) for payload in payloads[:15]]
        assert {answer.status_code for answer, _ in one_by_one} == {200}
        assert statistics.median(seconds for _, seconds in one_by_one) < QUICK
        medians = []
        for number in range(ROUNDS):
            renamed = (
                [payload | {"id": f"{payload['id']}-{number}"} for payload in payloads]
                if number
                else payloads
            )
            at_once = await asyncio.gather(*(timed(http, payload) for payload in renamed))
            assert {answer.status_code for answer, _ in at_once} == {200}
            assert sum(answer.json()["duplicate"] for answer, _ in at_once) == (0 if number else 15)
            medians.append(statistics.median(seconds for _, seconds in at_once))
            slowest = max(seconds for _, seconds in at_once)
            record_property(
                f"50 at once, round {number + 1}", f"median {medians[-1]:.3f} s, slowest {slowest:.3f} s"
            )
        assert min(medians) < QUICK
        ping: dict[str, Any] = {
            "type": "notification_event",
            "topic": "ping",
            "id": None,
            "created_at": 5,
            "data": {},
        }
        assert (await send(http, ping)).status_code == 200
        assert (await send(http, payloads[0], Secret("another"))).status_code == 400
        assert (await http.post(PATH, content=b"{}")).status_code == 400
    assert (await records.stored_counts(ctx))[0] == 1 + 50 * ROUNDS
