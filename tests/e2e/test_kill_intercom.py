"""`kill -9` of the job worker at any point of a reply or a note ends in one part, counted at Intercom, or in `unknown`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from execops.adapters import _intercom
from execops.client import Client
from execops.context import Context
from execops.model import ExecutionStatus, Status
from execops.settings import Secret, Settings
from tests.conftest import MakeSettings
from tests.e2e.test_kill import RecordProperty, crashing_worker, died
from tests.fake_intercom import TOKEN, FakeIntercom, fake_intercom
from tests.integration.test_customer_fire import NOW, ON, arrive, case, renamed
from tests.job_worker import drained, until_status, working

STEPS, ADAPTER = "execops.proposals.execution", "execops.adapters._intercom:IntercomAdapter"
NOWHERE = "execops.processing:close_thread:before"  # a worker that dies at Intercom does not come to it
# A point in the worker, or a moment at Intercom, and the parts that are written by then.
IN_THE_WORKER = [
    (f"{STEPS}:_begin:after", 0),  # the attempt is on record
    (f"{ADAPTER}._read:after", 0),  # no part is ours, none is written
    (f"{ADAPTER}._look:before", 1),  # it is written, its id is not read
    (f"{STEPS}:_finish:before", 1),
]
AT_INTERCOM = [("reply", 0), ("written", 1)]
SLA = "Priority"


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeIntercom]:
    """A fake of Intercom, which the workers of this test and of other processes write to."""
    monkeypatch.setattr(_intercom, "SETTLED_AFTER", 0.2)
    async with fake_intercom() as (server, base):
        environ = {
            "EXECOPS_SOURCES": "intercom",
            "INTERCOM_CLIENT_SECRET": ON["intercom_client_secrets"][0].reveal(),
            "INTERCOM_ACCESS_TOKEN": TOKEN,
            "EXECOPS_INTERCOM_ADMIN": "7",
            "EXECOPS_INTERCOM_API_BASE": base,
            "EXECOPS_SLAS": f"{SLA}=1h",
        }
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def settings(make_settings: MakeSettings, fake: FakeIntercom) -> Settings:
    """Settings that write to the fake."""
    base = os.environ["EXECOPS_INTERCOM_API_BASE"]
    return make_settings(
        **ON,
        intercom_access_token=Secret(TOKEN),
        intercom_admin="7",
        intercom_api_base=base,
        slas=((SLA, 3600.0),),
    )


def missed(payload: dict[str, Any]) -> dict[str, Any]:
    """The notification of a quiet question whose SLA is missed; nobody is assigned."""
    since = int((NOW - timedelta(hours=2)).timestamp())
    item = payload["data"]["item"]
    item.update(waiting_since=since, created_at=since, updated_at=since, admin_assignee_id=None)
    item["sla_applied"] = {"type": "conversation_sla_summary", "sla_name": SLA, "sla_status": "active"}
    return payload


async def approved(ctx: Context, client: Client, number: int, action: str) -> tuple[int, str]:
    """The id of an approved reply or note about a new conversation, and the conversation's; its job waits."""
    story = case("o04" if action == "intercom_reply" else "o22")["notifications"][0]
    payload = renamed(story if action == "intercom_reply" else missed(story), f"k{number}")
    await arrive(ctx, payload)
    [line] = await client.proposals.inbox()
    assert line.action_type == action
    await client.proposals.approve(line.id, line.version)
    return line.id, str(payload["data"]["item"]["id"])


async def assert_written_once(
    ctx: Context, client: Client, fake: FakeIntercom, proposal: tuple[int, str], kind: str
) -> None:
    id_, conversation = proposal
    async with working(ctx):
        await until_status(client, id_, Status.EXECUTED)
        await drained(ctx)
    [part] = fake.conversations[conversation]
    assert part["part_type"] == kind
    card = await client.proposals.card(id_)
    [succeeded] = [attempt for attempt in card.executions if attempt.status is ExecutionStatus.SUCCEEDED]
    assert (succeeded.result_json or {})["conversation"] == conversation


async def test_a_worker_killed_at_any_point_writes_once(
    ctx: Context, client: Client, fake: FakeIntercom, record_property: RecordProperty
) -> None:
    """One deployment walks all points, with a new conversation for each; every third is a note."""
    cases = [(point, "", written) for point, written in IN_THE_WORKER]
    cases += [(NOWHERE, moment, written) for moment, written in AT_INTERCOM]
    for number, (point, moment, written) in enumerate(cases):
        action, kind = ("intercom_note", "note") if number % 3 == 2 else ("intercom_reply", "comment")
        proposal = await approved(ctx, client, number, action)
        async with crashing_worker(ctx, point) as process:
            if moment:
                fake.at[moment] = process.kill
            await died(process)
        assert len(fake.conversations[proposal[1]]) == written, (point, moment)
        await assert_written_once(ctx, client, fake, proposal, kind)
        record_property("outcome", f"intercom, {kind} | {moment or point} | executed, 1 at the server")
    assert (await client.audit.verify()).ok


async def test_a_killed_attempt_that_intercom_cannot_tell_of_is_shown(
    ctx: Context, client: Client, fake: FakeIntercom, record_property: RecordProperty
) -> None:
    proposal = await approved(ctx, client, 0, "intercom_reply")
    async with crashing_worker(ctx, NOWHERE) as process:
        fake.at["written"] = process.kill
        await died(process)
    fake.unreadable = 500
    async with working(ctx):
        await until_status(client, proposal[0], Status.UNKNOWN)
        await drained(ctx)
    assert len(fake.conversations[proposal[1]]) == 1
    record_property("outcome", "intercom, unreadable | written | unknown, 1 at the server")
    fake.unreadable = None
    await client.proposals.retry(proposal[0], (await client.proposals.get(proposal[0])).version)
    await assert_written_once(ctx, client, fake, proposal, "comment")
