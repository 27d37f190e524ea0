"""`execops backfill stripe --events`: deliveries that an outage swallowed arrive after all, each once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from execops.client import Client
from execops.context import Context
from execops.errors import NotAllowedError, NotConfiguredError, UnavailableError
from execops.ingest.missed import Fetched
from execops.model import Role
from execops.settings import Secret
from execops.sources.stripe import history
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.fake_stripe import KEY, FakeStripe, Reply, Request, fail, fake_stripe
from tests.job_worker import drained, until_pending, working
from tests.stripe_events import deliver, failed, payer

SINCE = datetime.now(UTC) - timedelta(days=7)


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    """A fake of Stripe."""
    async with fake_stripe() as server:
        yield server
    assert server.refused == []


@pytest.fixture
async def ctx(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context that reads from it."""
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url)
    async with open_context(settings, pool_size=12) as context:
        yield context


def events(number: int) -> list[dict[str, Any]]:
    """As many failed charges, each of a customer of its own."""
    now = int(time.time())
    return [failed(f"in_{n}", **payer(f"cus_{n}")) | {"created": now - 3600 + n} for n in range(number)]


async def fetch(client: Client, **changes: Any) -> Fetched:
    """Fetch the missed events of a week."""
    options: dict[str, Any] = {"since": SINCE, "rate": 1000, "stop": asyncio.Event()} | changes
    return await client.books.fetch_stripe_events(**options)


async def test_what_was_missed_is_stored_and_processed_once(
    ctx: Context, client: Client, fake: FakeStripe
) -> None:
    missed = events(250)
    for arrived in missed[:3]:
        await deliver(ctx, arrived)
    fake.add("events", *missed)
    pages: list[Fetched] = []
    fetched = await fetch(client, on_page=pages.append)
    assert (fetched.listed, fetched.new, fetched.finished) == (250, 247, True)
    assert [page.listed for page in pages] == [100, 200, 250]
    assert fake.paths() == ["/v1/events"] * 3
    assert int(fake.requests[0].params["created[gte]"]) == int(SINCE.timestamp())
    assert await records.stored_counts(ctx) == (250, 250)
    again = await fetch(client)
    assert (again.listed, again.new) == (250, 0)
    assert (await deliver(ctx, missed[100])).duplicate  # Stripe's own retry comes later
    assert await records.stored_counts(ctx) == (250, 250)


async def test_plays_draft_about_them(ctx: Context, client: Client, fake: FakeStripe) -> None:
    fake.add("events", *events(2))
    await fetch(client)
    async with working(ctx):
        await until_pending(client, 2)
        await drained(ctx)


async def test_a_run_that_is_cut_off_is_simply_run_again(
    ctx: Context, client: Client, fake: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add("events", *events(150))
    monkeypatch.setattr(history, "ATTEMPTS", 1)

    def hang_up(request: Request) -> Reply | None:
        return Reply(body=None) if "starting_after" in request.params else None

    fake.script = hang_up
    with pytest.raises(UnavailableError):
        await fetch(client)
    assert (await records.stored_counts(ctx))[0] == 100
    fake.script = lambda _: None
    assert (await fetch(client)).new == 50


async def test_an_entry_that_is_no_event_keeps_no_other_back(
    ctx: Context, client: Client, fake: FakeStripe
) -> None:
    first, broken, last = events(3)
    fake.add("events", first, broken | {"type": None}, last)
    fetched = await fetch(client)
    assert (fetched.listed, fetched.new, fetched.finished) == (3, 2, True)
    [unreadable] = fetched.unreadable
    assert unreadable.startswith("evt_")
    assert await records.stored_counts(ctx) == (2, 2)


async def test_a_stop_ends_it_after_a_page(ctx: Context, client: Client, fake: FakeStripe) -> None:
    fake.add("events", *events(150))
    stop = asyncio.Event()
    fetched = await fetch(client, stop=stop, on_page=lambda _: stop.set())
    assert (fetched.listed, fetched.finished) == (100, False)


async def test_a_stop_does_not_wait_for_an_answer(ctx: Context, client: Client, fake: FakeStripe) -> None:
    stop = asyncio.Event()

    def script(_: Request) -> Reply:
        stop.set()
        return Reply(delay=60)

    fake.script = script
    async with asyncio.timeout(10):
        assert not (await fetch(client, stop=stop)).finished


async def test_events_of_the_other_mode_are_refused(ctx: Context, client: Client, fake: FakeStripe) -> None:
    fake.add("events", *[event | {"livemode": False} for event in events(2)])
    with pytest.raises(NotConfiguredError, match="not of live mode"):
        await fetch(client)
    assert (await records.stored_counts(ctx))[0] == 0


async def test_a_connected_accounts_event_is_stored_as_ignored(
    ctx: Context, client: Client, fake: FakeStripe
) -> None:
    fake.add("events", *[event | {"account": "acct_other"} for event in events(2)])
    fetched = await fetch(client)
    assert (fetched.new, fetched.ignored) == (2, 2)
    assert await records.stored_counts(ctx) == (2, 0)


async def test_the_missing_permission_is_named(ctx: Context, client: Client, fake: FakeStripe) -> None:
    fake.script = lambda _: fail(
        403, "The provided key does not have the required permission rak_event_read."
    )
    with pytest.raises(NotConfiguredError) as raised:
        await fetch(client)
    assert "Events: Read (rak_event_read)" in (raised.value.hint or "")


async def test_a_viewer_may_not(ctx: Context, client: Client, fake: FakeStripe) -> None:
    viewer = await records.new_client(ctx, "Vera", Role.VIEWER)
    with pytest.raises(NotAllowedError):
        await fetch(viewer)
    assert fake.requests == []
