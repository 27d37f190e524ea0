"""`execops plays backtest` as its users run it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
from datetime import UTC, datetime, timedelta

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Role
from tests import forking, records
from tests.e2e.test_cli import Cli, environment
from tests.e2e.test_cli import cli as cli_of_processes
from tests.integration.test_backtest import failure, story
from tests.stripe_events import deliver

__all__ = ["cli_of_processes"]  # a fixture


@pytest.fixture
def cli(cli_of_processes: Cli, owner_url: str) -> Cli:
    """The command as the owner of the tables: a schema for the moment is the owner's to make."""
    return Cli({**cli_of_processes.env, "DATABASE_URL": owner_url})


async def test_as_the_role_of_the_processes_it_says_what_to_do(cli_of_processes: Cli) -> None:
    ran = await cli_of_processes("plays", "backtest", "card_update")
    assert (ran.code, ran.out) == (4, "")
    assert "may not create a schema" in ran.err
    assert "Set DATABASE_URL to the owner's address" in ran.err


async def test_the_table_has_a_row_for_each_draft_and_the_sums_below(cli: Cli, ctx: Context) -> None:
    for payload in story():
        await deliver(ctx, payload)
    ran = await cli("plays", "backtest", "card_update", "--since", "90d")
    assert ran.code == 0, ran.err
    head, *lines, sums = ran.out.splitlines()
    assert head.split("  ")[0] == "DAY"
    assert "WHAT BECAME OF IT" in head
    assert len(lines) == 5
    assert "$49.00" in lines[0]
    assert "settled by itself after 3.0 days: " in lines[0]
    assert "not drafted" in lines[0]
    assert sums == (
        "Drafted 5: settled by itself 2 after a median of 4.0 days, no longer called for, but not settled 1, ran out of"
        " time undecided 1, still open 1."
    )
    assert "Covered: from " in ran.err
    assert "11 days with events; before " in ran.err
    assert "nothing is stored" in ran.err


async def test_one_json_document_holds_all_of_it(cli: Cli, ctx: Context) -> None:
    for payload in story():
        await deliver(ctx, payload)
    day = (datetime.now(UTC) - timedelta(days=90)).date().isoformat()
    document = (await cli("plays", "backtest", "card_update", "--since", day, "--json")).json
    assert (document["play"], document["enabled"], document["finished"]) == ("card_update", True, True)
    assert document["since"].startswith(day)
    assert document["sums"]["settled"] == 2
    assert document["covered"]["days_with_events"] == 11
    first = document["drafts"][0]
    assert (first["became"], first["days"], first["amount"]) == ("settled", 3.0, "$49.00")


async def test_a_wrong_name_or_period_is_refused_and_nothing_happens(cli: Cli) -> None:
    unknown = await cli("plays", "backtest", "card-updat")
    assert unknown.code == 3
    assert "Did you mean card_update?" in unknown.err
    for wrong in ("soon", "90", "2026-13-01", "9999-01-01"):
        ran = await cli("plays", "backtest", "card_update", "--since", wrong)
        assert (ran.code, ran.out) == (2, ""), wrong


async def test_without_events_it_says_so(cli: Cli, ctx: Context) -> None:
    ran = await cli("plays", "backtest", "card_update")
    assert ran.code == 0
    assert "No event is stored" in ran.err
    await deliver(ctx, failure(1, 50))
    ran = await cli("plays", "backtest", "card_update", "--since", "10d")
    assert "No event is stored since" in ran.err


async def test_a_viewer_tries_a_disabled_play(cli: Cli, ctx: Context, client: Client) -> None:
    await deliver(ctx, failure(1, 3))
    await client.plays.set_allowed("play", "card_update", False)
    _, token = await client.operators.add("Vera", Role.VIEWER)
    ran = await cli("plays", "backtest", "card_update", EXECOPS_TOKEN=token.reveal())
    assert ran.code == 0
    assert ran.out.endswith("Drafted 1: settled by itself 0, still open 1.\n")
    assert "execops plays enable card_update" in ran.err
    assert (await records.rows(ctx, "select count(*) as n from action_proposals"))[0]["n"] == 0


def read_to_end(descriptor: int) -> str:
    """The text that a terminal got until its last user closed it."""
    chunks: list[bytes] = []
    with contextlib.suppress(OSError):  # Linux answers with EIO then
        while chunk := os.read(descriptor, 4096):
            chunks.append(chunk)
    return b"".join(chunks).decode(errors="replace")


async def test_a_terminal_shows_a_bar(cli: Cli, ctx: Context) -> None:
    for payload in story():
        await deliver(ctx, payload)
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "plays", "backtest", "card_update",
        stdout=asyncio.subprocess.PIPE, stderr=inner, env=environment(cli.env) | {"TERM": "xterm"},
    )  # fmt: skip
    os.close(inner)
    (out, _), bar = await asyncio.wait_for(
        asyncio.gather(process.communicate(), asyncio.to_thread(read_to_end, outer)), 60
    )
    assert process.returncode == 0
    assert f"{len(story())}/{len(story())}" in bar
    os.close(outer)
    assert b"Drafted 5" in out
