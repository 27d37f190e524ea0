"""`execops db restored` as a founder runs it: its question, its words, its JSON and its exit codes."""

from __future__ import annotations

import asyncio
import os
import pty

import psycopg
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import forking, records
from tests.databases import with_database
from tests.e2e.test_cli import Cli, cli, environment

__all__ = ["cli"]  # the fixture


@pytest.fixture
async def waiting(ctx: Context, client: Client) -> tuple[int, int]:
    """The ids of an approved and of a pending proposal."""
    approved, pending = await records.pending_id(ctx, "in_1"), await records.pending_id(ctx, "in_2")
    await client.proposals.approve(approved, 1)
    return approved, pending


async def deployment_id(ctx: Context) -> str:
    (row,) = await records.rows(ctx, "select deployment_id from deployments")
    return str(row["deployment_id"])


async def test_it_says_how_many_people_are_asked_about_and_what_is_next(
    cli: Cli, ctx: Context, client: Client, waiting: tuple[int, int]
) -> None:
    was = await deployment_id(ctx)
    ran = await cli("db", "restored", "--yes")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        f"The deployment's id is {await deployment_id(ctx)} now; it was {was}.",
        "1 approved action is unknown now, and may have been performed after the backup.",
        "Look there, then confirm, retry or close: execops proposals list --status unknown",
        "1 pending or failed proposal says now that it may be done. Look there before you approve.",
    ]
    listed = await cli("proposals", "list", "--status", "unknown")
    assert str(waiting[0]) in listed.out
    card = await cli("proposals", "show", str(waiting[1]))
    assert "look whether this was done after the backup" in card.out
    await records.pending_id(ctx, "in_3")
    await records.pending_id(ctx, "in_4")
    more = await cli("db", "restored", "--yes")
    assert more.err.splitlines()[1:] == [
        "No approved action waited.",
        "2 pending or failed proposals say now that they may be done. Look there before you approve.",
    ]
    again = await cli("db", "restored", "-y")
    assert again.err.splitlines()[1:] == ["No approved action waited."]


async def test_its_json_holds_the_ids_and_the_counts(
    cli: Cli, ctx: Context, waiting: tuple[int, int]
) -> None:
    was = await deployment_id(ctx)
    ran = await cli("db", "restored", "--yes", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json == {
        "deployment_id": await deployment_id(ctx),
        "previous_id": was,
        "unknown": 1,
        "noted": 1,
    }


@pytest.mark.parametrize("words", [[], ["--json"], ["now", "--yes"], ["--maybe"], ["--yes", "--id", "x"]])
async def test_without_a_terminal_it_needs_yes_and_nothing_else(
    cli: Cli, ctx: Context, client: Client, waiting: tuple[int, int], words: list[str]
) -> None:
    was = await deployment_id(ctx)
    ran = await cli("db", "restored", *words)
    assert (ran.code, ran.out) == (2, "")
    assert await deployment_id(ctx) == was
    assert (await client.proposals.get(waiting[0])).status is Status.APPROVED
    if not words:
        assert ran.err == (
            "error: Confirm that this database was restored or copied; nothing was changed.\n"
            "       Run it in a terminal, or with --yes.\n"
        )


@pytest.mark.parametrize(
    ("answer", "ended"), [("y", Status.UNKNOWN), ("n", Status.APPROVED), ("", Status.APPROVED)]
)
async def test_in_a_terminal_it_asks(
    cli: Cli, client: Client, waiting: tuple[int, int], answer: str, ended: Status
) -> None:
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "db", "restored",
        stdin=inner, stdout=inner, stderr=inner, env=environment(cli.env),
    )  # fmt: skip
    os.close(inner)
    os.write(outer, f"{answer}\n".encode())
    assert await asyncio.wait_for(process.wait(), 30) == 0
    output = os.read(outer, 65536).decode()
    os.close(outer)
    assert "Was this database restored from a backup, or copied?" in output
    assert (await client.proposals.get(waiting[0])).status is ended


async def test_an_empty_database_names_the_next_step(
    cli: Cli, postgres: str, maintenance: psycopg.Connection
) -> None:
    maintenance.execute(b"create database restored_into_nothing")
    try:
        url = with_database(postgres, "restored_into_nothing")
        ran = await cli("db", "restored", "--yes", DATABASE_URL=url)
    finally:
        maintenance.execute(b"drop database restored_into_nothing with (force)")
    assert (ran.code, ran.out) == (6, "")
    assert "execops db migrate" in ran.err
