"""The drill of docs/operations.md, word by word: its commands are read out of the page and run by a shell."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from execops.client import Client
from execops.context import Context
from execops.db.binaries import find_install
from execops.model import Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import forking, records
from tests.conftest import MakeSettings
from tests.databases import with_database
from tests.e2e.test_cli import Cli, cli, environment

__all__ = ["cli"]  # the fixture

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def commands() -> str:
    """The indented lines after the words `**A drill**`."""
    [block] = re.findall(r"\*\*A drill\*\*.*?\n\n((?: {4}[^\n]+\n)+)", PAGE.read_text(), re.DOTALL)
    return "".join(line.removeprefix("    ") for line in block.splitlines(keepends=True))


@pytest.fixture
async def two_approved(ctx: Context, client: Client) -> tuple[int, int]:
    first, second = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    for proposal in (first, second):
        await client.proposals.approve(proposal, 1)
    return first, second


async def forked_command(folder: Path) -> Path:
    """A folder with a command `execops` whose processes are forked."""
    command = folder / "bin" / "execops"
    command.parent.mkdir()
    words = shlex.join(await forking.words("cli.main", env=environment({})))
    command.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    command.chmod(0o755)
    return command.parent


async def test_the_drill_of_the_page_works_as_it_stands(
    cli: Cli, postgres: str, maintenance: psycopg.Connection, make_settings: MakeSettings,
    two_approved: tuple[int, int], ctx: Context, owner_url: str, tmp_path: Path, shared_folder: Path,
) -> None:  # fmt: skip
    done, given_up = two_approved
    name = f"drill_{uuid4().hex}"
    maintenance.execute(f"create database {name}".encode())
    copy = with_database(postgres, name)
    path = os.pathsep.join(
        [str(find_install(shared_folder) / "bin"), str(await forked_command(tmp_path)), os.environ["PATH"]]
    )
    try:
        shell = await asyncio.create_subprocess_exec(
            "bash", "-euxo", "pipefail", "-c", commands(),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=environment({
                **cli.env, "PATH": path, "DATABASE_URL": owner_url, "COPY": copy, "DONE": f"{done}@1",
                "GIVEN_UP": f"{given_up}@1", "BACKUP": str(tmp_path / "backup.dump"),
            }),
        )  # fmt: skip
        out, _ = await asyncio.wait_for(shell.communicate(), 120)
        assert shell.returncode == 0, out.decode()
        async with open_context(make_settings(database_url=Secret(copy))) as restored:
            rows = await records.rows(restored, "select id, status from action_proposals order by id")
        assert [(row["id"], row["status"]) for row in rows] == [
            (done, Status.EXECUTED), (given_up, Status.REJECTED),
        ]  # fmt: skip
        before = await records.rows(ctx, "select distinct status from action_proposals")
        assert [row["status"] for row in before] == [Status.APPROVED]  # the original is as it was
    finally:
        maintenance.execute(f"drop database {name} with (force)".encode())
