"""Server and worker through PgBouncer in transaction mode: only what needs a session goes past it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.db import app_role
from execops.errors import NotConfiguredError
from execops.settings import Secret
from jobs.bootstrap import open_context, require_sessions
from server.run import serve
from tests import records
from tests.e2e.test_hosts import settings_for
from tests.job_worker import drained, until, until_pending, working
from tests.own_postgres import DATABASE, Template
from tests.pgbouncer import pgbouncer
from tests.stripe_events import failed, payer, sign

EVENTS = 12  # more at once than the pooler has sessions


async def test_the_loop_runs_through_pgbouncer(postgres_template: Template, tmp_path: Path) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.one(folder) as server, pgbouncer(server, folder) as pooled:
        settings = replace(
            settings_for(pooled, tmp_path, postgres_template), session_database_url=Secret(server.url())
        )
        async with open_context(settings, pool_size=12) as ctx:
            await require_sessions(ctx)
            client = await Client.login(ctx, postgres_template.founder)
            stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
            serving = asyncio.create_task(serve(ctx, "127.0.0.1", 0, on_ready=address.set_result, stop=stop))
            async with working(ctx), httpx.AsyncClient(base_url=await address) as http:
                await asyncio.gather(*(_deliver(http, f"in_{n}", f"cus_{n}") for n in range(EVENTS)))
                await until_pending(client, EVENTS)
                lines = await client.proposals.inbox()
                await asyncio.gather(*(client.proposals.approve(line.id, line.version) for line in lines))

                executed = "select count(*) from action_proposals where status = 'executed'"

                async def performed() -> bool:
                    return await server.ask(executed) == EVENTS

                await until(client, performed)
                await drained(ctx)
            stop.set()
            await serving
            assert len(list((ctx.settings.outbox / "email" / "new").iterdir())) == EVENTS
            assert await records.checkpoint_rows(ctx) == 0
            assert await server.ask("select count(*) from executions where status = 'succeeded'") == EVENTS
            assert (await client.audit.verify()).ok


async def _deliver(http: httpx.AsyncClient, invoice: str, customer: str) -> None:
    body = json.dumps(failed(invoice, **payer(customer))).encode()
    answer = await http.post("/ingest/stripe", content=body, headers=sign(body))
    assert answer.status_code == 200


async def test_a_pooler_that_would_mislead_is_refused(postgres_template: Template, tmp_path: Path) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.one(folder) as server:
        await server.ask("create database other")
        elsewhere = Secret(server.url().removesuffix(DATABASE) + "other")
        async with pgbouncer(server, folder) as pooled:
            settings = settings_for(pooled, tmp_path, postgres_template)
            async with open_context(replace(settings, session_database_url=elsewhere)) as ctx:
                with pytest.raises(NotConfiguredError, match="different databases"):
                    await require_sessions(ctx)
        await server.ask(f"alter role {app_role.NAME} in database {DATABASE} reset lock_timeout")
        async with pgbouncer(server, folder) as pooled:
            limitless = replace(
                settings, database_url=Secret(pooled), session_database_url=Secret(server.url())
            )
            async with open_context(limitless) as ctx:
                with pytest.raises(
                    NotConfiguredError, match=r"no limits of its own \(lock_timeout\)"
                ) as refused:
                    await require_sessions(ctx)
        # The hint says what mends it.
        hint = str(refused.value.hint)
        await server.ask(hint[hint.index("alter role") : hint.index(". Then")])
        async with (
            pgbouncer(server, folder) as pooled,
            open_context(replace(limitless, database_url=Secret(pooled))) as ctx,
        ):
            await require_sessions(ctx)
