"""Troubles that somebody has to see: a dead embedded Postgres, a transaction pooler, a full disk, what is refused."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from execops.client import diagnosis
from execops.context import Context
from execops.db import app_role, pool
from execops.errors import DiskFullError, NotConfiguredError
from execops.health import Troubles
from jobs.bootstrap import require_sessions
from tests import records
from tests.e2e.test_cli import Cli, cli  # noqa: F401
from tests.fake_pooler import transaction_pooler
from tests.own_postgres import Template
from tests.server_process import process_of
from tests.stripe_events import failed, sign

Record = Callable[[str, object], None]


@pytest.fixture
def home(postgres_template: Template) -> Path:
    """A home with an embedded Postgres that does not run, and a migrated database in it."""
    return postgres_template.home(f"home-{uuid4().hex[:8]}")


@pytest.mark.slow
async def test_a_dead_embedded_postgres_is_started_again(
    ctx: Context, home: Path, record_property: Record
) -> None:
    async with (
        process_of(ctx, "up", DATABASE_URL="", EXECOPS_HOME=str(home)) as server,
        httpx.AsyncClient(base_url=server.url, timeout=20) as http,
    ):
        assert (await http.get("/health/ready")).status_code == 200
        postmaster = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        begun = time.monotonic()
        await server.until_line("The embedded Postgres runs again")
        async with asyncio.timeout(40):
            while (await http.get("/health/ready")).status_code != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        record_property(
            "recovery", f"the embedded Postgres is killed | {time.monotonic() - begun:.1f} | ready again"
        )
        body = json.dumps(failed()).encode()
        answer = await http.post("/ingest/stripe", content=body, headers=sign(body))
        assert answer.status_code == 200
        assert await server.until_line("The embedded Postgres has ended")


@pytest.mark.slow
async def test_up_ends_where_postgres_does_not_start_again(ctx: Context, home: Path) -> None:
    async with process_of(ctx, "up", DATABASE_URL="", EXECOPS_HOME=str(home)) as server:
        postmaster = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        (home / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
        os.kill(postmaster, signal.SIGKILL)
        assert await asyncio.wait_for(server.process.wait(), 60) == 6
        await server.until_line("error: Postgres ended with status")


async def test_a_transaction_pooler_is_refused(ctx: Context, cli: Cli) -> None:  # noqa: F811
    await require_sessions(ctx)
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await app_role.limit(conn, "postgres")  # the role of the pooler
    async with transaction_pooler(ctx.url.reveal()) as pooler:
        begun = time.monotonic()
        for command in (("serve", "--port", "0"), ("work",), ("up", "--port", "0")):
            ran = await cli(*command, DATABASE_URL=pooler.url)
            assert ran.code == 6, ran.err
            assert "transaction pooler" in ran.err
            assert "EXECOPS_SESSION_DATABASE_URL" in ran.err
        assert time.monotonic() - begun < 60
        doctor = await cli("doctor", "--json", DATABASE_URL=pooler.url)
        (database,) = [check for check in doctor.json if check["name"] == "database"]
        assert database["state"] == "bad"
        assert "transaction pooler" in database["detail"]
        doctor = await cli(
            "doctor", "--json", DATABASE_URL=pooler.url, EXECOPS_SESSION_DATABASE_URL=ctx.url.reveal()
        )
        (database,) = [check for check in doctor.json if check["name"] == "database"]
        assert database["state"] == "ok"


@pytest.mark.parametrize("others", [0, 3])
async def test_a_pooler_is_seen_among_other_clients(ctx: Context, others: int) -> None:
    from execops.db.pooler import require_sessions as require
    from execops.settings import Secret

    async with transaction_pooler(ctx.url.reveal()) as pooler:
        clients = [await psycopg.AsyncConnection.connect(pooler.url) for _ in range(others)]
        for client in clients:
            await client.execute("select 1")
        for client in clients:
            await client.rollback()
        with pytest.raises(NotConfiguredError, match="transaction pooler"):
            await require(Secret(pooler.url))
        for client in clients:
            await client.close()


async def test_a_full_disk_is_told_as_one(ctx: Context) -> None:
    with pytest.raises(DiskFullError, match="disk of Postgres is full; nothing was changed"):
        async with ctx.connection() as conn:
            await conn.execute(
                b"do $$ begin raise exception 'could not extend file: No space left' using errcode = '53100'; end $$"
            )


async def test_counts_wait_while_the_database_is_away(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = Troubles(ctx)
    real = pool.connection

    def away(_: object) -> object:
        raise DiskFullError("full")

    with monkeypatch.context() as patch:
        patch.setattr("execops.context.connection", away)
        for _ in range(3):
            troubles.count("delivery refused", "disk_full")
        await asyncio.sleep(0.8)
    assert pool.connection is real
    async with asyncio.timeout(10):
        while not (seen := await diagnosis.read_troubles(ctx)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert [(trouble.kind, trouble.count, trouble.detail) for trouble in seen] == [
        ("delivery refused", 3, "disk_full")
    ]
    await troubles.close()


async def test_doctor_names_failed_actions_and_troubles(ctx: Context, cli: Cli) -> None:  # noqa: F811
    await records.run(
        ctx,
        "insert into troubles (kind, day, count, detail, first_at, last_at)"
        " values ('wrong token', now()::date, 3500, '', now(), now()),"
        " ('delivery refused', now()::date - 9, 1, 'invalid_signature', now() - interval '9 d', now() - interval '9 d')",
    )
    checks = (await cli("doctor", "--json")).json
    details = [check["detail"] for check in checks if check["name"] == "trouble"]
    assert len(details) == 1
    assert details[0].startswith("wrong token: 3,500 within a day")
    (actions,) = [check for check in checks if check["name"] == "actions"]
    assert actions["state"] == "ok"
    with suppress(StopIteration):
        assert next(check for check in checks if check["name"] == "disk")["state"] in {"ok", "bad"}
