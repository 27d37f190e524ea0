"""The inbox 80 ms from its server: what a person sees does not wait for the way.

Round trips are counted rather than timed where that is possible: a request that set out before any answer came back
waited for none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from time import perf_counter
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events

from execops.client import Client
from execops.client.remote.door import RemoteClient
from execops.client.remote.transport import Transport
from execops.context import Context
from execops.errors import UnauthenticatedError
from execops.model import Status
from execops.settings import Secret
from tests.doors import far, served
from tests.slow_proxy import Way, slow_way
from tests.tui.inbox import Inbox, opened, propose
from tui import messages
from tui.app import InboxApp

FAR = 0.08  # seconds each way
Record = Callable[[str, Any], None]


@pytest.fixture
async def way(ctx: Context) -> AsyncIterator[Way]:
    slow = replace(ctx, settings=replace(ctx.settings, undo_window=60.0))
    async with served(slow) as url, slow_way(url, FAR) as way:
        yield way


@pytest.fixture
async def remote(ctx: Context, way: Way, founder_token: Secret) -> AsyncIterator[RemoteClient]:
    async with far(ctx, way.url, founder_token) as client:
        yield client


async def test_the_first_screen_takes_one_round_trip(
    ctx: Context, way: Way, founder_token: Secret, record_property: Record
) -> None:
    for number in range(3):
        await propose(ctx, number + 1)
    client = RemoteClient(Transport(way.url, founder_token), ctx.settings)
    started = perf_counter()
    app = InboxApp(client)
    following = app.inbox.feed.begin()
    read = await app.inbox.feed.held(10)
    took = perf_counter() - started
    await client.signed_in()
    first_answer = min(way.returned)
    early = [line for at, line in way.sent if at < first_answer]
    # The operator, the stream of changes and the first page set out before any answer was back.
    assert [line.split()[1].partition("?")[0] for line in early] == [
        "/api/console/operators/me",
        "/api/changes",
        "/api/console/proposals/inbox",
    ]
    assert [message for message in read if isinstance(message, messages.PageRead)]
    record_property("far", f"first rows after {1000 * took:.0f} ms; a round trip is {2000 * FAR:.0f} ms")
    following.cancel()
    await asyncio.wait([following])
    await client.close()


async def painted(inbox: Inbox, key: str, condition: Callable[[], object]) -> float:
    """The milliseconds from a key to the frame that shows what it did."""
    begun = perf_counter()
    inbox.app.post_message(events.Key(key, key))
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what a screen shows has no event
            await asyncio.sleep(0)
    return 1000 * (perf_counter() - begun)


async def test_a_key_is_painted_and_a_decision_is_shown_without_the_server(
    ctx: Context, remote: RemoteClient, client: Client, way: Way, record_property: Record
) -> None:
    """Nothing passes between the key and the frame, so neither waits for the way."""
    for number in range(6):
        await propose(ctx, number + 1)
    async with opened(remote) as inbox:
        await inbox.card()
        paints = []
        for line in range(1, 6):
            way.passable.clear()
            paints.append(await painted(inbox, "j", lambda line=line: "▌" in inbox.lines(inbox.list)[line]))  # type: ignore[misc]
            way.passable.set()
            await inbox.card()
        current = inbox.list.current
        assert current is not None
        way.passable.clear()
        shown = await painted(inbox, "a", lambda: "approved…" in inbox.text())
        assert not inbox.of(messages.ProposalDecided)
        assert (await client.proposals.get(current.id)).status is Status.PENDING
        way.passable.set()
        await inbox.until(lambda: inbox.of(messages.ProposalDecided))
        assert (await client.proposals.get(current.id)).status is Status.APPROVED
        middle = sorted(paints)[2]
        record_property(
            "far", f"key to frame {middle:.0f} ms (median of 5), decision shown after {shown:.0f} ms"
        )


async def test_a_decision_that_is_refused_is_corrected(
    ctx: Context, remote: RemoteClient, client: Client
) -> None:
    await propose(ctx, 1)
    async with opened(remote) as inbox:
        proposal = await inbox.card()
        await client.proposals.reject(proposal.id, 1, "faster")
        inbox.screen.gate.chosen()
        await inbox.pilot.press("a")
        await inbox.until(lambda: inbox.of(messages.DecisionRefused) or not inbox.ids())
    assert (await client.proposals.get(proposal.id)).status is Status.REJECTED


async def test_live_is_true(ctx: Context, remote: RemoteClient, way: Way) -> None:
    await propose(ctx, 1)
    async with opened(remote) as inbox:
        await inbox.until(lambda: inbox.header.live)
        way.refuses = True
        way.cut()
        await inbox.until(lambda: "offline" in inbox.text())
        assert not inbox.header.live
        await propose(ctx, 2)
        way.refuses = False
        await inbox.until(lambda: inbox.header.live)
        await inbox.until(lambda: 2 in inbox.ids())


async def test_a_wrong_token_is_told_before_there_is_a_screen(ctx: Context, way: Way) -> None:
    client = RemoteClient(Transport(way.url, Secret("wrong")), ctx.settings)
    with pytest.raises(UnauthenticatedError):
        await client.signed_in()
    await client.close()
