"""The header's last word is true within two seconds, without a key."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.db.embedded import embedded_postgres
from execops.model import Role
from execops.settings import Secret, Settings
from jobs.bootstrap import migrate, open_context
from tests.job_worker import working
from tests.stopwatch import stopwatch
from tests.tui.inbox import Inbox, opened, propose

TRUE_WITHIN = 2.0  # seconds


async def says(inbox: Inbox, word: str) -> None:
    """The header says this within two seconds, although no key is pressed and nothing is read by hand."""
    async with stopwatch() as watch:
        began = watch.now()
        seen: list[float] = []

        def shown() -> bool:
            if word in inbox.lines()[0]:
                seen.append(watch.now())
            return bool(seen)

        await inbox.until(shown)
    assert seen[0] - began < TRUE_WITHIN, word


async def test_a_worker_that_ends_and_one_that_comes_back(ctx: Context, client: Client) -> None:
    await propose(ctx)
    async with opened(client) as inbox:
        await says(inbox, "▲ no worker: approvals wait")
        async with working(ctx):
            await says(inbox, "● live")
        await says(inbox, "▲ no worker: approvals wait")


async def test_a_pause_at_another_console_and_its_end(ctx: Context, client: Client) -> None:
    _, token = await client.operators.add("Grace", Role.FOUNDER)
    other = await Client.login(ctx, token)
    async with working(ctx), opened(client) as inbox:
        await says(inbox, "● live")
        await other.deployment.pause("audit")
        await says(inbox, "‖ paused: approvals wait")
        await other.deployment.resume()
        await says(inbox, "● live")


async def test_a_pause_is_heard_of_without_a_pulse(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.feed.PULSE", 60.0)
    async with working(ctx), opened(client) as inbox:
        await client.deployment.pause()
        await says(inbox, "‖ paused: approvals wait")


async def test_a_worker_is_noticed_without_reading_any_data(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def count(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*args: Any, **options: Any) -> Any:
            calls.append(name)
            return await call(*args, **options)

        return counted

    await propose(ctx)
    async with opened(client) as inbox:
        await inbox.card()
        await asyncio.sleep(0.7)  # the card counts as opened
        for part, names in (
            (client.proposals, ("inbox", "decided", "counts", "get", "card")),
            (client.deployment, ("health",)),
            (client.plays, ("flagged",)),
        ):
            for name in names:
                monkeypatch.setattr(part, name, count(name, getattr(part, name)))
        async with working(ctx):
            await says(inbox, "● live")
        await says(inbox, "▲ no worker")
        assert calls == []


async def test_a_play_that_is_disabled_elsewhere_has_the_flags_read_anew(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)

    async def flagged() -> frozenset[str]:
        return frozenset({"card_update"})

    async with opened(client, size=(120, 24)) as inbox:
        await inbox.card()
        monkeypatch.setattr(client.plays, "flagged", flagged)
        await client.plays.set_allowed("play", "card_update", False)
        await inbox.until(lambda: "⚑ Payment failed" in inbox.lines(inbox.list)[0])


async def test_a_database_that_hangs(settings: Settings, shared_folder: Path) -> None:
    """One that stops is told in the same way: see `tests.tui.test_restart`."""
    home = shared_folder / f"header-{uuid4().hex[:8]}"
    async with embedded_postgres(home, server_settings={"fsync": "off"}) as url:  # noqa: SIM117
        async with open_context(replace(settings, database_url=Secret(url), token=None)) as ctx:
            migrated = await migrate(ctx)
            client = await Client.login(ctx, migrated.founder_token)
            async with opened(client) as inbox:
                await says(inbox, "▲ no worker")
                postmaster = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
                processes = [postmaster, *children(postmaster)]
                for process in processes:
                    os.kill(process, signal.SIGSTOP)
                await says(inbox, "○ offline")
                for process in processes:
                    os.kill(process, signal.SIGCONT)
                await inbox.until(lambda: inbox.header.live)
                await says(inbox, "▲ no worker")


def children(process: int) -> list[int]:
    """The processes that this one started."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(number) for number in text.split()]
