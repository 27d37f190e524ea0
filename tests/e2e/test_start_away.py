"""A server and a worker that are started while Postgres is away, as after a crash of their machine: they wait for it."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from execops.db.away import is_away
from execops.settings import Secret
from tests import forking
from tests.own_postgres import Server, Template
from tests.server_process import ROOT

WAITS = "The start waits for it."


@pytest.fixture
async def postgres(postgres_template: Template) -> AsyncIterator[Server]:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.one(folder) as server:
        yield server


@asynccontextmanager
async def starting(command: str, url: str, home: Path) -> AsyncIterator[forking.Running]:
    """Run a command that serves or works on the database at this address."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {"PYTHONPATH": str(ROOT), "DATABASE_URL": url, "EXECOPS_HOME": str(home), "EXECOPS_PORT": "0"}
    process = await forking.run(
        "cli.main", command, env=environ | settings, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        await process.end()


async def until_line(process: forking.Running, text: str) -> None:
    """Wait for a line of its stderr that holds this text. Raises AssertionError where it ends before."""
    lines: list[str] = []
    async with asyncio.timeout(30):
        while True:
            line = (await process.error_line()).decode()
            assert line, "".join(lines)
            lines.append(line)
            if text in line:
                return


@pytest.mark.parametrize("command", ["serve", "work", "up"])
async def test_a_start_waits_for_a_database_that_is_away(
    postgres: Server, tmp_path: Path, command: str
) -> None:
    await postgres.kill()
    async with starting(command, postgres.url(), tmp_path) as process:
        await until_line(process, WAITS)
        await asyncio.sleep(1.2)  # longer than the pause between two attempts
        assert process.returncode is None
        await postgres.start()
        if command == "work":
            await until_line(process, "The worker is running.")
        else:
            async with asyncio.timeout(30):
                assert (await process.line()).startswith(b"http://")
        if command != "serve":
            await postgres.until("select exists (select from procrastinate_workers)")


async def test_a_start_waits_for_the_promotion_of_a_replica(
    postgres_template: Template, tmp_path: Path
) -> None:
    folder = postgres_template.folder.parent / uuid4().hex[:8]
    async with postgres_template.pair(folder) as pair:
        await pair.primary.kill()
        async with starting("work", pair.url, tmp_path) as process:
            await until_line(process, WAITS)
            await asyncio.sleep(1.2)  # longer than the pause between two attempts
            assert process.returncode is None
            await pair.replica.promote()
            await until_line(process, "The worker is running.")


async def test_a_start_that_waits_for_a_database_can_be_stopped(postgres: Server, tmp_path: Path) -> None:
    await postgres.kill()
    async with starting("work", postgres.url(), tmp_path) as process:
        await until_line(process, WAITS)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 6
        await until_line(process, "error: Postgres does not answer")


async def test_a_start_does_not_wait_for_a_database_that_refuses_it(postgres: Server, tmp_path: Path) -> None:
    for wrong in (
        postgres.url().replace("execops_app@", "nobody@"),
        postgres.url().replace("/execops", "/nothing"),
    ):
        assert wrong != postgres.url()
        async with starting("work", wrong, tmp_path) as process:
            assert await asyncio.wait_for(process.wait(), 30) == 6
            _, err = await process.communicate()
            assert b"error: Postgres does not answer" in err
            assert WAITS.encode() not in err


async def test_a_database_that_recovers_is_away_and_one_that_refuses_is_not(postgres: Server) -> None:
    url = postgres.url()
    assert not await is_away(Secret(url))
    assert not await is_away(Secret(url.replace("execops_app@", "nobody@")))
    await postgres.kill()
    assert await is_away(Secret(url))
    # A replica that may not be read takes no connection until its promotion, as a primary that recovers.
    (postgres.data / "standby.signal").touch()
    postgres.settings["hot_standby"] = "off"
    recovering = asyncio.create_task(postgres.start())
    async with asyncio.timeout(30):
        while (
            b"hot standby mode is disabled"
            not in (postgres.data.with_name("primary.log")).read_bytes().lower()
        ):
            assert await is_away(Secret(url))
            await asyncio.sleep(0.05)
        assert await is_away(Secret(url))
        (postgres.data / "promote").touch()
        os.kill(postgres.process, signal.SIGUSR1)
        await recovering
        assert not await is_away(Secret(url))
