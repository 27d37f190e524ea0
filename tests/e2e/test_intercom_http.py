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
from tests.e2e.test_http import serving

SECRET = Secret("intercom-secret")
PATH = "/ingest/intercom"
QUICK = 0.5  # seconds, which Intercom waits for an answer


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """The source is on."""
    return make_settings(sources=("stripe", "intercom"), intercom_client_secrets=(SECRET,))


async def send(http: httpx.AsyncClient, payload: dict[str, Any], secret: Secret = SECRET) -> httpx.Response:
    body = json.dumps(payload).encode()
    return await http.post(
        PATH, content=body, headers={"X-Hub-Signature": intercom.SIGNING.sign(body, secret)}
    )


async def test_every_topic_is_answered_at_once_and_stored_once(ctx: Context) -> None:
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
        seconds = []
        for payload in payloads[:15]:
            begun = time.perf_counter()
            assert (await send(http, payload)).status_code == 200
            seconds.append(time.perf_counter() - begun)
        assert statistics.median(seconds) < QUICK
        answers = await asyncio.gather(*(send(http, payload) for payload in payloads))
        assert {answer.status_code for answer in answers} == {200}
        assert sum(answer.json()["duplicate"] for answer in answers) == 15
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
    assert (await records.stored_counts(ctx))[0] == 51
