"""Old payloads are taken away: keys, hashes, answers and live proposals keep what they need."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta

import pytest

from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, InvalidInputError, NotAllowedError, UnavailableError
from execops.ingest import pruning
from execops.ingest.pruning import Pruned
from execops.model import Role
from tests import forking, records
from tests.e2e.test_cli import Cli, cli, environment  # noqa: F401
from tests.integration.test_bank_import import HEAD, process, take
from tests.integration.test_erasure import sums
from tests.stripe_events import deliver, failed, paid, take_in

GONE = "select id from events where payload_gone = 'pruned' and payload_json = '{}' order by id"


async def test_only_old_payloads_that_nobody_needs_go(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 1)
    old = [paid(f"in_{number}", customer=f"cus_{number}") for number in range(3)]
    ids = [(await take_in(ctx, payload)).id for payload in old]
    wanted = await records.rows(ctx, "select payload_json::text as text from events order by id")
    live = await records.pending_id(ctx, "in_7")
    waiting = (await deliver(ctx, failed("in_8", customer="cus_8"))).event_id
    report = await take(ctx, client, HEAD + "2026-10-01,AWS,-10.00,990.00\n")
    await process_but(ctx, waiting)
    await records.run(ctx, "update events set received_at = now() - interval '10 days'")
    young = (await take_in(ctx, paid("in_9", customer="cus_9"))).id
    before, now = datetime.now(UTC) - timedelta(days=5), asyncio.Event()
    answers, trail = await sums(client), await client.audit.verify()

    counted = await client.events.prunable(before)
    assert (await client.events.prunable(before)).events == counted.events >= 4
    assert await records.rows(ctx, GONE) == []  # counting takes nothing

    # A stop ends it after a batch, and the next run goes on.
    first = await client.events.prune(before, stop=now, on_progress=lambda _: now.set())
    assert (first.events, first.finished) == (1, False)
    progress: list[Pruned] = []
    rest = await client.events.prune(before, stop=asyncio.Event(), on_progress=progress.append)
    assert (rest.events, rest.finished) == (counted.events - 1, True)
    assert first.bytes + rest.bytes == counted.bytes > 0
    assert [pruned.events for pruned in progress] == list(range(1, counted.events))
    assert {row["id"] for row in await records.rows(ctx, GONE)} >= set(ids)
    assert (await client.events.prunable(before)).events == 0

    # An event that is live, waiting or young keeps its payload; hash and key of the others stay.
    whole = [row["id"] for row in await records.rows(ctx, "select id from events where payload_gone is null")]
    fed = await records.rows(ctx, "select event_id from proposal_events where proposal_id = %s", live)
    assert {waiting, young, *(row["event_id"] for row in fed)} <= set(whole)
    hashes = await records.rows(
        ctx, "select payload_sha256 = encode(sha256(convert_to(%s, 'UTF8')), 'hex') as same from events where id = %s",
        wanted[0]["text"], ids[0],
    )  # fmt: skip
    assert hashes == [{"same": True}]
    receipt = await deliver(ctx, old[0])
    assert (receipt.event_id, receipt.duplicate) == (ids[0], True)
    assert await sums(client) == answers
    verified = await client.audit.verify()
    assert (verified.ok, verified.count) == (True, trail.count + counted.events)
    entries = await records.rows(ctx, "select * from audit_log where action = 'events.pruned' order by seq")
    assert {entry["actor_id"] for entry in entries} == {str(client.operator.id)}
    assert sum(entry["metadata_json"]["events"] for entry in entries) == counted.events
    assert sum(entry["metadata_json"]["bytes"] for entry in entries) == counted.bytes

    # Faces say so in plain words; an import can still be taken back.
    assert (await client.events.get(ids[0])).payload_gone == "pruned"
    with pytest.raises(ConflictError, match="was pruned; its key, its outcome and the hash"):
        await client.events.replay(ids[0])
    assert report.import_id is not None
    assert (await client.books.undo_import(report.import_id)).removed == 1


@pytest.mark.parametrize(
    "statement",
    [
        "insert into prunings (org_id, before) values ('default', now())",
        "update events set payload_gone = 'pruned'",
        "update prunings set events = 0",
        "delete from prunings",
    ],
)
async def test_nobody_prunes_by_hand(ctx: Context, client: Client, statement: str) -> None:
    await take_in(ctx, paid("in_1"))
    await records.run(ctx, "update events set received_at = now() - interval '10 days'")
    await client.events.prune(datetime.now(UTC) - timedelta(days=5), stop=asyncio.Event())
    await take_in(ctx, paid("in_2"))
    async with records.as_owner(ctx) as owner:
        with pytest.raises((NotAllowedError, ConflictError, UnavailableError)):
            await records.run(owner, statement)


async def test_ctrl_c_leaves_whole_batches_and_says_how_far(
    ctx: Context,
    client: Client,
    cli: Cli,  # noqa: F811
) -> None:
    await records.run(
        ctx,
        "insert into events (source, type, occurred_at, received_at, payload_json, dedupe_key, status, processed_at, livemode)"
        " select 'stripe', 'invoice.paid', at, at, '{}', 'old_' || n, 'ignored', at, true"
        " from generate_series(1, 10000) n, lateral (select now() - interval '10 days') t (at)",
    )
    words = ("events", "prune", "--before", "5d", "--yes")
    process = await forking.start("cli.main", *words, env=environment(cli.env), stdout=PIPE, stderr=PIPE)
    assert process.stderr is not None
    line = await asyncio.wait_for(process.stderr.readline(), 60)
    assert line == b"1,000 of 10,000 payloads gone\n"
    process.send_signal(signal.SIGINT)
    _, rest = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    [row] = await records.rows(ctx, "select count(*) as n from events where payload_gone = 'pruned'")
    assert 1000 <= row["n"] < 10_000
    assert row["n"] % 1000 == 0
    assert f"Stopped after a whole batch, at {row['n']:,} of 10,000 payloads.".encode() in rest
    [noted] = await records.rows(ctx, "select sum(events) as n from prunings")
    assert noted["n"] == row["n"]
    assert (await client.audit.verify()).ok
    ended = await cli(*words)
    assert ended.code == 0
    assert ended.out.startswith(f"{10_000 - row['n']:,} payloads pruned, ")


async def process_but(ctx: Context, waiting: int) -> None:
    """Process what the import stored, and leave this event waiting."""
    await records.run(ctx, "update events set status = 'ignored' where id = %s", waiting)
    await process(ctx)
    await records.run(ctx, "update events set status = 'received' where id = %s", waiting)


async def test_a_founder_alone_prunes_and_the_past_alone(ctx: Context, client: Client) -> None:
    ola = await records.new_client(ctx, "Ola", Role.OPS)
    with pytest.raises(NotAllowedError):
        await ola.events.prune(datetime(2020, 1, 1, tzinfo=UTC), stop=asyncio.Event())
    for ask in (client.events.prunable, lambda at: client.events.prune(at, stop=asyncio.Event())):
        with pytest.raises(InvalidInputError, match="is in the future"):
            await ask(datetime.now(UTC) + timedelta(days=1))
