"""The canvas on a streaming replica, and through PgBouncer: it answers, says how far, and goes on after a failover."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from execops.canvas.run import Canvas, open_canvas
from execops.client import Client
from execops.errors import NotConfiguredError, UnavailableError
from execops.settings import Secret
from jobs.bootstrap import open_context, require_sessions
from tests.e2e.test_hosts import settings_for
from tests.own_postgres import Server, Template
from tests.pgbouncer import pgbouncer
from tests.stripe_events import failed, payer, take_in

QUESTION = "failed payments"


async def watermark(canvas: Canvas) -> int | None:
    """The latest event that an answer could count."""
    asked = await canvas.ask(QUESTION)
    assert asked.answer is not None
    return asked.answer.receipt.watermark.event_id


async def caught_up(replica: Server, primary: Server) -> None:
    """Wait until the replica shows all that is committed by now."""
    reached = await primary.ask("select pg_current_wal_lsn()")
    await replica.until(f"select pg_last_wal_replay_lsn() >= '{reached}'")


async def test_the_receipt_says_how_far_the_replica_is(postgres_template: Template, tmp_path: Path) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.pair(folder) as pair:
        settings = settings_for(pair.url, tmp_path, postgres_template)
        settings = replace(settings, canvas_database_url=Secret(pair.replica.url()))
        async with open_context(settings) as ctx, open_canvas(ctx) as canvas:
            first = await take_in(ctx, failed("in_1"))
            await caught_up(pair.replica, pair.primary)
            assert await watermark(canvas) == first.id

            await pair.replica.ask("select pg_wal_replay_pause()")
            await pair.replica.until("select pg_get_wal_replay_pause_state() = 'paused'")
            second = await take_in(ctx, failed("in_2", **payer("cus_2")))
            assert second.id > first.id
            assert await watermark(canvas) == first.id
            await pair.replica.ask("select pg_wal_replay_resume()")
            await caught_up(pair.replica, pair.primary)
            assert await watermark(canvas) == second.id

            # The primary is lost: all that was acknowledged stands on the replica, and consoles come back by themselves.
            client = await Client.login(ctx, postgres_template.founder)
            assert (await client.proposals.counts()).pending == 2
            await pair.fail_over()
            assert await watermark(canvas) == second.id
            async with asyncio.timeout(30):
                while True:
                    with suppress(UnavailableError):
                        assert (await client.proposals.counts()).pending == 2
                        break
            third = await take_in(ctx, failed("in_3", **payer("cus_3")))
            assert await watermark(canvas) == third.id
            assert (await client.audit.verify()).ok


async def test_pgbouncer_serves_the_canvas_and_is_refused_for_sessions(
    postgres_template: Template, tmp_path: Path
) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.one(folder) as server, pgbouncer(server, folder) as pooled:
        behind = settings_for(pooled, tmp_path, postgres_template)
        async with open_context(behind) as ctx:
            with pytest.raises(NotConfiguredError, match="transaction pooler") as refused:
                await require_sessions(ctx)
            assert "EXECOPS_SESSION_DATABASE_URL" in (refused.value.hint or "")

        direct = Secret(server.url())
        settings = replace(behind, session_database_url=direct, canvas_database_url=Secret(pooled))
        async with open_context(settings) as ctx, open_canvas(ctx, pool_size=8) as canvas:
            await require_sessions(ctx)
            event = await take_in(ctx, failed("in_1"))
            # More at once than the pooler has sessions: each transaction has its limits for itself.
            marks = await asyncio.gather(*(watermark(canvas) for _ in range(20)))
            assert set(marks) == {event.id}

        hasty = replace(settings, canvas_timeout=1)
        async with open_context(hasty) as ctx, open_canvas(ctx) as canvas:
            async with ctx.connection() as conn, conn.transaction():
                await conn.execute(b"lock table snapshots in access exclusive mode")
                with pytest.raises(UnavailableError, match=r"longer than 1 s"):
                    await watermark(canvas)
            assert await watermark(canvas) == event.id
