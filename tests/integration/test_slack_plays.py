"""The Slack message of every play, through Slack's API: the preview equals what Slack shows, with hostile names too."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from execops.adapters import create_adapters
from execops.adapters.slack_api import slack_transport
from execops.model import Draft, Json
from execops.plays.registry import all_plays
from tests.fake_slack import FakeSlack, called, fake_slack
from tests.plays_table import SCENARIOS, ask

HOSTILE = [
    "<!channel>",
    "<@U0ADA00001>",
    "<https://evil.example|Pay>",
    "&lt;!here&gt;",
    "https://evil.example",
    "|x> <y|",
    "R&D <b>",
]
# Fields that anybody outside can fill.
_OUTSIDE = {
    "name",
    "description",
    "business_name",
    "nickname",
    "comment",
    "product_description",
    "failure_message",
    "vendor",
    "counterparty",
    "number",
}
_OURS = re.compile(r"<https://((dashboard|invoice|pay|files)\.stripe\.com|github\.com|sentry\.io)/")
_TO_TEAM = {
    "account_restricted",
    "dispute_lost",
    "dispute_response",
    "early_fraud_warning",
    "large_cancellation",
    "new_vendor",
    "payout_failed",
    "refund_failed",
    "runway_low",
    "spend_spike",
}


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    """A fake of Slack that takes messages without a pause."""
    monkeypatch.setattr(slack_transport, "PACE", 0.0)
    async with fake_slack() as server:
        server.page = 200
        yield server


def renamed(value: Any, text: str) -> Any:
    """The value with this text behind the content of each field that comes from outside."""
    if isinstance(value, dict):
        return {
            name: f"{part} {text}" if name in _OUTSIDE and isinstance(part, str) else renamed(part, text)
            for name, part in value.items()
        }
    return [renamed(part, text) for part in value] if isinstance(value, list | tuple) else value


def drafts(name: str, hostile: str = "") -> list[Json]:
    """The payloads of the play's stories that are Slack messages where both roles have a channel."""
    payloads = []
    for case in SCENARIOS[name]():
        to_slack = replace(
            case, settings={**case.settings, "account_owner": "@ada", "finance_channel": "#finance"}
        )
        if hostile:
            events, computed = renamed(case.events, hostile), renamed(dict(case.computed), hostile)
            to_slack = replace(to_slack, events=events, computed=computed)
        answer = ask(all_plays()[name], to_slack)
        if isinstance(answer, Draft) and answer.action_type == "slack":
            payloads.append(dict(answer.payload))
    return payloads


def test_these_plays_write_to_the_team() -> None:
    assert {name for name in SCENARIOS if drafts(name)} >= _TO_TEAM


@pytest.mark.parametrize("hostile", ["", *HOSTILE])
@pytest.mark.parametrize("name", sorted(SCENARIOS))
async def test_slack_shows_the_preview_of_every_play(fake: FakeSlack, name: str, hostile: str) -> None:
    adapter = create_adapters(fake.settings())["slack"]
    payloads = drafts(name, hostile)
    for number, payload in enumerate(payloads):
        adapter.validate(payload)
        await adapter.perform(payload, idempotency_key=f"key-{number}")
    assert len(fake.posted) == len(payloads)
    for number, payload in enumerate(payloads):
        reconciled = await adapter.reconcile(payload, idempotency_key=f"key-{number}")
        assert (reconciled.result or {})["ts"] == fake.posted[number]["ts"]
    for payload, message, screen in zip(payloads, fake.posted, fake.shows(), strict=True):
        preview = adapter.preview(payload)
        assert screen.partition("\n")[2] == preview.partition("\n")[2]
        assert called(message) == []
        links = re.findall(r"<[^>]*>", message["text"])
        assert [link for link in links if not _OURS.match(link)] == []
        assert all(block["text"]["verbatim"] for block in message["blocks"])
        assert "&lt;!channel" not in preview


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(fake: FakeSlack, hostile: str) -> None:
    adapter = create_adapters(fake.settings())["slack"]
    previews = [
        (name, adapter.preview(payload)) for name in sorted(_TO_TEAM) for payload in drafts(name, hostile)
    ]
    assert {name for name, preview in previews if hostile in preview} >= {
        "dispute_lost",
        "dispute_response",
        "early_fraud_warning",
        "large_cancellation",
        "new_vendor",
        "refund_failed",
        "spend_spike",
    }
