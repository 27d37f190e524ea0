"""`GET /metrics`: lines that Prometheus can read, with the numbers of the database, behind a token."""

from __future__ import annotations

import re

from execops.client import Client
from execops.context import Context
from execops.model import Status
from server.metrics import _line
from tests import records
from tests.http_service import bearing, is_problem, serving
from tests.job_worker import until_status, working

SAMPLE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+')


async def test_the_numbers_are_those_of_the_database(ctx: Context, client: Client) -> None:
    sent, _ = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    await client.proposals.approve(sent, 1)
    async with working(ctx), serving(ctx) as http:
        await until_status(client, sent, Status.EXECUTED)
        is_problem(await http.get("/metrics"), 401, "unauthenticated")
        assert ctx.settings.token is not None
        answer = await http.get("/metrics", headers=bearing(ctx.settings.token))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    for expected in (
        'execops_events{source="stripe",status="processed"} 2',
        'execops_proposals{status="pending"} 1',
        'execops_executions_total{action_type="email",outcome="succeeded"} 1',
        'execops_decision_seconds_bucket{le="60"} 1',
        "execops_decision_seconds_count 1",
        "execops_workers 1",
        "execops_paused 0",
    ):
        assert expected in samples
    families = re.findall(r"^# TYPE (\w+)", answer.text, re.MULTILINE)
    assert len(families) == len(set(families)) == 9


def test_a_label_is_escaped() -> None:
    assert _line("x", {"kind": 'a"b\\c\nd'}, 1) == r'x{kind="a\"b\\c\nd"} 1'
