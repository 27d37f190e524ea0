"""Postgres is restarted while the inbox is open: it says so, comes back by itself, and misses nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.db.embedded import embedded_postgres
from execops.settings import Secret, Settings
from jobs.bootstrap import open_context
from tests.own_postgres import Template, make_template
from tests.tui.inbox import opened, propose
from tests.tui.test_header import says


@pytest.fixture(scope="module")
def template(shared_folder: Path) -> Template:
    """A migrated server that does not run, to be copied."""
    return asyncio.run(make_template(shared_folder / f"restart-{uuid4().hex[:8]}"))


@pytest.fixture
def home(shared_folder: Path, template: Template) -> Path:
    """The home of a copy."""
    home = shared_folder / f"restart-{uuid4().hex[:8]}"
    home.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", template.folder, home / "postgres"], check=True)
    return home


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
async def test_postgres_is_restarted_under_an_open_inbox(
    settings: Settings, home: Path, template: Template, how: signal.Signals
) -> None:
    async with embedded_postgres(home, server_settings={"fsync": "off"}) as url:  # noqa: SIM117
        async with open_context(replace(settings, database_url=Secret(url), token=None)) as ctx:
            client = await Client.login(ctx, template.founder)
            for number in (1, 2, 3):
                await propose(ctx, number)
            async with opened(client) as inbox:
                await inbox.card(3)
                await inbox.press("j")
                postmaster = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
                os.kill(postmaster, how)
                await says(inbox, "○ offline")
                assert inbox.ids() == [3, 2, 1], "what was read stays readable"
                await inbox.press("a")
                await inbox.heard("Postgres")  # and nothing is decided meanwhile
                async with embedded_postgres(home, server_settings={"fsync": "off"}):
                    await again(ctx, 4)
                    await client.proposals.reject(3, 1, "while it was away")
                    await inbox.until(lambda: inbox.header.live)
                    now = [row.id for row in await client.proposals.inbox()]
                    assert len(now) == 3
                    assert 3 not in now
                    await inbox.until(lambda: inbox.ids() == now)
                    assert inbox.list.current is not None
                    assert inbox.list.current.id == 2, "the cursor stays on its proposal"
                    await propose(ctx, 5)
                    await inbox.until(lambda: inbox.ids()[1:] == now)
                    await inbox.settled()
                    await inbox.press("a")
                    await inbox.until(lambda: 2 in inbox.screen.approvals)


async def again(ctx: object, number: int) -> None:
    """Propose as soon as the pool has a connection that works."""
    async with asyncio.timeout(20):
        while True:
            try:
                await propose(ctx, number)  # type: ignore[arg-type]
            except Exception:
                await asyncio.sleep(0.05)
            else:
                return
