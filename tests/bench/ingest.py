"""Webhooks stored and enqueued a second, against pgbench running the same two inserts."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
from pathlib import Path

from execops.db.binaries import find_install
from tests.bench.load import payload
from tests.bench.report import Figure
from tests.bench.stage import Stage, execops, module

CONNECTIONS = 32
ROUNDS = 3
SECONDS = 5


async def measure(stage: Stage) -> list[Figure]:
    """Server, load generator and pgbench are processes of their own; pgbench and our server take turns."""
    url = await stage.database("ingest")
    script = stage.home / "inserts.sql"
    script.write_text(_inserts(), encoding="utf-8")
    ours, theirs = [], []
    async with stage.process(url, *execops("serve")) as server:
        await webhooks(stage, url, server, seconds=2)
        await _pgbench(url, script, seconds=2)
        for _ in range(ROUNDS):
            theirs.append(await _pgbench(url, script, seconds=SECONDS))
            ours.append(await webhooks(stage, url, server, seconds=SECONDS))
    return [
        Figure(
            name="signed webhooks stored + enqueued, 32 connections",
            against="pgbench, the same two inserts, 32 clients",
            unit="/s",
            ours=statistics.median(ours),
            theirs=statistics.median(theirs),
            budget=1.0,
            at_least=True,
            samples=ROUNDS,
        )
    ]


async def webhooks(stage: Stage, url: str, server: str, *, seconds: int) -> float:
    """The webhooks that a server answers in a second. The load generator is a process of its own."""
    load = module("tests.bench.load", server, str(CONNECTIONS), str(seconds))
    async with stage.process(url, *load) as line:
        return float(line)


async def _pgbench(url: str, script: Path, *, seconds: int) -> float:
    command = [
        find_install(script.parent / "postgres") / "bin" / "pgbench",
        "--no-vacuum",
        "--protocol=prepared",
    ]
    command += [f"--client={CONNECTIONS}", "--jobs=2", f"--time={seconds}", f"--file={script}", url]
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    rate = re.search(r"^tps = ([\d.]+)", out.decode(), re.MULTILINE)
    assert rate, (out + err).decode()
    return float(rate[1])


def _inserts() -> str:
    """One transaction: an event of the same size as ours, and its job as Procrastinate inserts it."""
    body = json.dumps(payload("pgbench")).replace("'", "''")
    return f"""
begin;
insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode, api_version)
values ('stripe', 'invoice.payment_failed', now(), '{body}', 'evt_' || gen_random_uuid(), 'in_1', 'cus_1', true, 'x')
on conflict (org_id, source, dedupe_key) do nothing returning id \\gset
select unnest(procrastinate_defer_jobs_v1(array[row(
    'default', 'process_event', 0, null, null, jsonb_build_object('event_id', cast(:id as bigint)), null
)]::procrastinate_job_to_defer_v1[])) as job \\gset
commit;
"""
