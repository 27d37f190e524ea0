"""`DATABASE_URL` with several hosts, and with a replica alone: every kind of connection finds the server that it needs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from execops.canvas.run import open_canvas
from execops.client import Client
from execops.errors import DatabaseUnavailableError
from execops.settings import Settings, load_settings
from jobs.bootstrap import migrate, open_context
from jobs.worker import run_worker
from tests import records
from tests.facts import SENDERS
from tests.own_postgres import Template
from tests.stripe_events import SECRET


def settings_for(url: str, home: Path, template: Template) -> Settings:
    """Settings of the founder on this database."""
    token, secrets = template.founder.reveal(), SECRET
    flags = {"home": home, "database_url": url, "token": token, "stripe_webhook_secrets": secrets}
    return load_settings({**flags, "stripe_mode": "live", **SENDERS}, {})


async def test_every_connection_finds_the_primary_behind_the_replica(
    postgres_template: Template, tmp_path: Path
) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.pair(folder) as pair:
        url = pair.replica.url(pair.primary)  # the replica is asked first, and takes no writes
        async with open_context(settings_for(url, tmp_path, postgres_template)) as ctx:
            async with records.as_owner(ctx) as owner:
                assert (await migrate(owner)).applied == []
            client = await Client.login(ctx, postgres_template.founder)
            await records.pending_id(ctx)
            assert (await client.proposals.counts()).pending == 1
            async with client.deployment.changes(pulse_every=0.1) as changes:
                assert await anext(changes)
            async with open_canvas(ctx) as canvas:
                assert (await canvas.ask("failed payments")).answer is not None


async def test_a_worker_that_meets_a_replica_waits_for_its_promotion(
    postgres_template: Template, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.pair(folder) as pair:
        settings = settings_for(pair.replica.url(), tmp_path, postgres_template)
        async with open_context(settings) as ctx:
            with pytest.raises(DatabaseUnavailableError, match="takes no changes") as told:
                await records.run(ctx, "update operators set name = name")
            assert "target_session_attrs=read-write" in (told.value.hint or "")
            stop, started = asyncio.Event(), asyncio.Event()
            working = asyncio.create_task(run_worker(ctx, stop, on_start=started.set))
            async with asyncio.timeout(30):
                while "starts again" not in caplog.text:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert not working.done()
            await pair.fail_over()
            await asyncio.wait_for(started.wait(), 30)
            stop.set()
            await working
