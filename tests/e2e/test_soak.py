"""A soak: webhooks, decisions and actions, while server, worker and Postgres are killed at random. See `make soak`.

EXECOPS_SOAK_LOOP is the number of events, EXECOPS_SOAK_KILLS the number of kills, EXECOPS_SOAK_SEED the seed, which the run
prints. The last third of the events comes without a kill, so that the memory of one life of each process can be measured.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from execops.context import Context
from tests import forking, standing
from tests.e2e.test_drain import mixed
from tests.fake_slack import fake_slack
from tests.integration.test_plays_finance import payout
from tests.mail_servers import smtp_server
from tests.own_postgres import Template
from tests.soaking import Soak, kills_among, session
from tests.stripe_events import deliver, failed

EVENTS = int(os.environ.get("EXECOPS_SOAK_LOOP", "120"))
KILLS = int(os.environ.get("EXECOPS_SOAK_KILLS", "6"))
SEED = os.environ.get("EXECOPS_SOAK_SEED", "7")
SHARE = 0.36  # of the proposals are approved: a tenth of the events ends in an action
_TO_SLACK = 12  # every such event is a failed payout, which Slack is told of


def payloads() -> list[dict[str, object]]:
    """The events of the soak, the same for one seed."""
    chance, sums = random.Random(SEED), Counter[str]()
    events = []
    for number in range(EVENTS):
        plain = number % _TO_SLACK != 0
        events.append(mixed(number, chance, sums) if plain else payout(id=f"po_{number}"))
    return events


@pytest.mark.slow
async def test_every_approved_action_is_performed_once(
    postgres_template: Template, record_property: pytest.FixtureRequest
) -> None:
    print(f"seed {SEED}")
    folder = postgres_template.folder.parent / f"soak-{uuid4().hex[:8]}"
    async with (
        postgres_template.one(folder) as postgres,
        smtp_server(None, sign_in=False) as mails,
        fake_slack() as slack,
        httpx.AsyncClient(timeout=30) as http,
        session(postgres.url()) as asking,
    ):
        slack.page = 200
        founder = postgres_template.founder.reveal()
        soak = Soak(postgres, mails, slack, founder, folder, SEED, SHARE, http, asking)
        report = [f"seed {SEED}, {EVENTS:,} events"]
        before, began = await soak.sizes(), time.monotonic()
        await soak.server.start()
        await soak.worker.start()
        deciding = asyncio.create_task(soak.decide())
        try:
            events, kills = payloads(), kills_among(EVENTS, KILLS, SEED)
            calm = EVENTS * 2 // 3
            await soak.send(events[:calm], kills)
            await soak.settled()
            first = {process.command: process.memory() for process in (soak.server, soak.worker)}
            await soak.send(events[calm:], {})
            await soak.settled()
            took = time.monotonic() - began
            last = {process.command: process.memory() for process in (soak.server, soak.worker)}
            assert not deciding.done(), deciding.exception()
        finally:
            deciding.cancel()
            await asyncio.gather(deciding, return_exceptions=True)
            await soak.server.stop()
            await soak.worker.stop()
        report.append(
            f"{took:.0f} s, {EVENTS / took:.1f} events/s, kills: {dict(sorted(soak.kills.items()))}"
        )
        report += [
            f"memory of {name} over the last third: {first[name] / 1024:.1f} → {last[name] / 1024:.1f} MiB"
            for name in first
        ]
        report += await assert_all_is_well(soak)
        after = await soak.sizes()
        report += [f"{name}: {before.get(name, 'none')} → {size}" for name, size in after.items()]
        record_property("soak", "\n".join(report))  # type: ignore[operator]


async def assert_all_is_well(soak: Soak) -> list[str]:
    """Nothing that was acknowledged is lost, every approved action was performed once, and the trail is whole."""
    assert sum(soak.kills.values()) == KILLS
    stored = {row["dedupe_key"] for row in await soak.rows("select dedupe_key from events")}
    assert soak.stored <= stored
    assert len(stored) == EVENTS
    assert await soak.number("select count(*) as n from events where status <> 'processed'") == 0
    assert await soak.number("select count(*) as n from procrastinate_jobs") == 0
    statuses = await soak.rows(
        "select status, count(*) as n from action_proposals group by status order by status"
    )
    approved = await soak.rows(
        "select p.id, p.status, p.action_type, array_agg(distinct e.idempotency_key) as keys"
        " from action_proposals p join executions e on e.proposal_id = p.id group by p.id"
    )
    sent = [row for row in approved if row["action_type"] != "notice"]
    assert sent
    assert {row["action_type"] for row in sent} == {"email", "slack"}
    performed = soak.performed()
    for row in sent:
        assert row["status"] == "executed", row
        assert sum(performed[key] for key in row["keys"]) == 1, row
    assert set(performed) <= {key for row in sent for key in row["keys"]}, "nothing else went out"
    executed = {row["id"] for row in approved if row["status"] == "executed"}
    assert soak.approved <= executed, "an acknowledged approval was lost"
    pending = await soak.number("select count(*) as n from action_proposals where status = 'pending'")
    threads = await soak.number("select count(distinct thread_id) as n from checkpoints")
    assert threads == pending, "a thread that ended keeps no checkpoint"
    verifying = await forking.start(
        "cli.main", "audit", "verify",
        env=soak.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await verifying.communicate()
    assert verifying.returncode == 0, err.decode()
    listed = ", ".join(f"{row['n']:,} {row['status']}" for row in statuses)
    counted = f"{len(soak.mails.envelopes):,} at the mail server, {len(soak.slack.posted):,} at Slack"
    return [
        f"proposals: {listed}",
        f"approved and sent: {len(sent):,}; {counted}",
        f"unknown actions, as a person settled them: {dict(soak.looked_up)}",
        f"audit: {(out or err).decode().strip()}",
    ]


async def test_a_soak_that_waits_in_vain_says_what_stands_still(ctx: Context) -> None:
    await deliver(ctx, failed())
    described = await standing.described(ctx.url.reveal())
    assert "task=process_events status=todo count=1" in described
    assert "open events: 1\n  status=received count=1" in described
    assert "workers: 0" in described
    away = await standing.described("postgresql://nobody@127.0.0.1:1/nothing")
    assert away.startswith("Postgres: OperationalError")


def test_the_kills_are_the_same_for_one_seed(tmp_path: Path) -> None:
    assert kills_among(1000, 9, "a") == kills_among(1000, 9, "a") != kills_among(1000, 9, "b")
    assert Counter(kills_among(1000, 9, "a").values()) == {"server": 3, "worker": 3, "postgres": 3}
    assert max(kills_among(1000, 9, "a")) < 667
