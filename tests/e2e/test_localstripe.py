"""The loop with a Stripe emulator in its own process: its objects, its signatures, its webhooks."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from server.run import serve
from tests.conftest import MakeSettings
from tests.job_worker import until_pending, until_status, working

DECLINED = "4000008260003178"  # the card asks for authentication, then every charge fails
WORKING = "4242424242424242"


@pytest.fixture
async def localstripe() -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the emulator, which listens on a free port."""
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}", auth=("sk_test_12345", "")) as http:
            await _up(http)
            yield http
    finally:
        process.terminate()
        await process.wait()


async def _up(http: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            (await http.get("/v1/customers")).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        else:
            return


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
        await _post(
            localstripe, "/_config/webhooks/execops", url=f"{urls[0]}/ingest/stripe", secret="whsec_test"
        )
        customer = await _subscribe(localstripe)
        await until_pending(client)
        [line] = await client.proposals.inbox()
        proposal = await client.proposals.get(line.id)
        assert proposal.play == "card_update"
        assert proposal.payload["to"] == "ap@initech.example"
        assert "Initech" in proposal.title
        assert str(proposal.amount) == "€49.00"
        assert "None" not in proposal.payload["text"]

        await _give_card(localstripe, customer, WORKING)
        [invoice] = proposal.covers
        await _post(localstripe, f"/v1/invoices/{invoice}/pay")
        await until_status(client, line.id, Status.SUPERSEDED)
        assert "is paid" in ((await client.proposals.get(line.id)).outcome or "")
        types = {event["type"] for event in await client.events.list()}
        assert {"customer.created", "invoice.payment_failed", "invoice.payment_succeeded"} <= types
        assert all(event["api_version"] == "2017-08-15" for event in await client.events.list())
        assert (await client.audit.verify()).ok
    stop.set()
    await serving


async def _subscribe(http: httpx.AsyncClient) -> str:
    """A customer whose subscription began well, and whose next invoice no card pays."""
    customer = str((await _post(http, "/v1/customers", name="Initech", email="ap@initech.example"))["id"])
    await _give_card(http, customer, WORKING)
    product = str((await _post(http, "/v1/products", name="Team", type="service"))["id"])
    await _post(
        http, "/v1/plans", id="team", amount="4900", currency="eur", interval="month", product=product
    )
    body = {"customer": customer, "items[0][plan]": "team"}
    subscription = await _post(http, "/v1/subscriptions", **body)
    assert subscription["status"] == "active"
    await _give_card(http, customer, DECLINED)
    renewal = {"customer": customer, "subscription": str(subscription["id"])}
    invoice = str((await _post(http, "/v1/invoices", **renewal))["id"])
    paid = await _post(http, f"/v1/invoices/{invoice}/pay")
    intent = (await http.get(f"/v1/payment_intents/{paid['payment_intent']}")).json()
    # The emulator sends invoice.payment_failed for a charge that fails after authentication.
    answer = await http.post(
        f"/v1/payment_intents/{intent['id']}/_authenticate",
        data={"client_secret": intent["client_secret"], "success": "true"},
    )
    assert answer.status_code == 402
    return customer


async def _give_card(http: httpx.AsyncClient, customer: str, number: str) -> None:
    card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2030", "card[cvc]": "123"}
    method = (await _post(http, "/v1/payment_methods", type="card", **card))["id"]
    await _post(http, f"/v1/payment_methods/{method}/attach", customer=customer)
    settings = {"invoice_settings[default_payment_method]": str(method)}
    await _post(http, f"/v1/customers/{customer}", **settings)


async def _post(http: httpx.AsyncClient, path: str, **data: str) -> dict[str, object]:
    response = await http.post(path, data=data)
    assert response.is_success, response.text
    return response.json() if response.content else {}
