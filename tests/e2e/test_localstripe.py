"""The loop with a Stripe emulator in its own process: its objects, its signatures, its webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from server.run import serve
from tests import emulator
from tests.conftest import MakeSettings
from tests.emulator import WORKING, give_card, post, subscribe
from tests.job_worker import until_pending, until_status, working


@pytest.fixture
async def localstripe() -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the emulator."""
    async with emulator.localstripe() as http:
        yield http


@pytest.fixture
async def test_mode(make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context that accepts test-mode events: the emulator sends no others."""
    async with open_context(make_settings(stripe_mode="test"), pool_size=16) as ctx:
        yield ctx


async def test_a_failed_charge_is_drafted_and_superseded_when_the_invoice_is_paid(
    localstripe: httpx.AsyncClient, test_mode: Context, founder_token: Secret
) -> None:
    client, stop, ready = await Client.login(test_mode, founder_token), asyncio.Event(), asyncio.Event()
    urls: list[str] = []

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    serving = asyncio.create_task(serve(test_mode, "127.0.0.1", 0, on_ready=on_ready, stop=stop))
    async with working(test_mode):
        await asyncio.wait_for(ready.wait(), 20)
        await post(
            localstripe, "/_config/webhooks/execops", url=f"{urls[0]}/ingest/stripe", secret="whsec_test"
        )
        customer = await subscribe(localstripe)
        await until_pending(client)
        [line] = await client.proposals.inbox()
        proposal = await client.proposals.get(line.id)
        assert proposal.play == "card_update"
        assert proposal.payload["to"] == "ap@initech.example"
        assert "Initech" in proposal.title
        assert str(proposal.amount) == "€49.00"
        assert "None" not in proposal.payload["text"]

        await give_card(localstripe, customer, WORKING)
        [invoice] = proposal.covers
        await post(localstripe, f"/v1/invoices/{invoice}/pay")
        await until_status(client, line.id, Status.SUPERSEDED)
        assert "is paid" in ((await client.proposals.get(line.id)).outcome or "")
        types = {event["type"] for event in await client.events.list()}
        assert {"customer.created", "invoice.payment_failed", "invoice.payment_succeeded"} <= types
        assert all(event["api_version"] == "2017-08-15" for event in await client.events.list())
        assert (await client.audit.verify()).ok
    stop.set()
    await serving
