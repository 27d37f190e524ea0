"""GitHub and Sentry over HTTP, as both deliver: fifty at once, in any order, and what is not theirs."""

from __future__ import annotations

import asyncio
import random

import pytest

from execops.context import Context
from execops.settings import Settings
from tests import engineering_events as signed
from tests import records
from tests.conftest import MakeSettings
from tests.e2e.test_http import working
from tests.engineering_events import ago, of_github, of_sentry
from tests.http_service import serving
from tests.integration.test_engineering import customer
from tests.job_worker import drained


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Both sources are on."""
    return make_settings(**signed.ON)


async def test_fifty_at_once_and_out_of_order_are_one_proposal_each(ctx: Context) -> None:
    users = [await customer(ctx, number) for number in range(3)]
    github = [
        of_github(
            "dependabot_alert",
            signed.alert("fixed" if number % 2 else "created", number=number // 2, at=ago(60 - number)),
        )
        for number in range(25)
    ]  # the alerts 0 to 11 are fixed later, the alert 12 stays open
    sentry = [
        of_sentry("event_alert", signed.error(users[number % 3], at=ago(30 + number % 7)))
        for number in range(25)
    ]
    deliveries = [("github", *delivery) for delivery in github] + [
        ("sentry", *delivery) for delivery in sentry
    ]
    random.Random(7).shuffle(deliveries)
    async with serving(ctx) as http:
        answers = await asyncio.gather(
            *(
                http.post(f"/ingest/{source}", headers=headers, content=body)
                for source, headers, body in deliveries
            )
        )
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["event_id"] for answer in answers}) == 50
        again = await asyncio.gather(
            *(
                http.post(f"/ingest/{source}", headers=headers, content=body)
                for source, headers, body in deliveries[:10]
            )
        )
        assert all(answer.json()["duplicate"] for answer in again)
        headers, body = of_github("ping", signed.PING)
        assert (await http.post("/ingest/github", headers=headers, content=body)).status_code == 200
        for changed in ({**headers, "x-hub-signature-256": "sha256=0"}, {**headers, "x-github-event": ""}):
            refused = await http.post("/ingest/github", headers=changed, content=body)
            assert refused.status_code == 400
        assert (await http.post("/ingest/sentry", headers=headers, content=body)).status_code == 400
    async with working(ctx):
        await drained(ctx)
    open_ = await records.rows(
        ctx, "select play, object_id from action_proposals where status = 'pending' order by play"
    )
    assert [(row["play"], row["object_id"]) for row in open_] == [
        ("paying_users_hit", "sentry:1117540176"),
        ("repository_alarm", "github:example/app:alert:12"),
    ]
