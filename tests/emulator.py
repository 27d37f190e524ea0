"""localstripe, an emulator of Stripe, as a process of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

DECLINED = "4000008260003178"  # the card asks for authentication, then every charge fails
WORKING = "4242424242424242"


@asynccontextmanager
async def localstripe() -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of an emulator that ends with the block."""
    async with process() as url, client(url) as http:
        yield http


def client(url: str) -> httpx.AsyncClient:
    """An HTTP client of the emulator at this URL."""
    return httpx.AsyncClient(base_url=url, auth=("sk_test_12345", ""))


@asynccontextmanager
async def process() -> AsyncIterator[str]:
    """The URL of an emulator, which listens on a free port, and is ended with the block."""
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://localhost:{port}"
        async with client(url) as http:
            await _up(http)
        yield url
    finally:
        running.terminate()
        await running.wait()


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


async def subscribe(http: httpx.AsyncClient) -> str:
    """A customer whose subscription began well, and whose next invoice no card pays."""
    customer = str((await post(http, "/v1/customers", name="Initech", email="ap@initech.example"))["id"])
    await give_card(http, customer, WORKING)
    product = str((await post(http, "/v1/products", name="Team", type="service"))["id"])
    await post(http, "/v1/plans", id="team", amount="4900", currency="eur", interval="month", product=product)
    body = {"customer": customer, "items[0][plan]": "team"}
    subscription = await post(http, "/v1/subscriptions", **body)
    assert subscription["status"] == "active"
    await give_card(http, customer, DECLINED)
    renewal = {"customer": customer, "subscription": str(subscription["id"])}
    invoice = str((await post(http, "/v1/invoices", **renewal))["id"])
    paid = await post(http, f"/v1/invoices/{invoice}/pay")
    intent = (await http.get(f"/v1/payment_intents/{paid['payment_intent']}")).json()
    # The emulator sends invoice.payment_failed for a charge that fails after authentication.
    answer = await http.post(
        f"/v1/payment_intents/{intent['id']}/_authenticate",
        data={"client_secret": intent["client_secret"], "success": "true"},
    )
    assert answer.status_code == 402
    return customer


async def give_card(http: httpx.AsyncClient, customer: str, number: str) -> None:
    """Let this card pay what the customer owes from now on."""
    card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2030", "card[cvc]": "123"}
    method = (await post(http, "/v1/payment_methods", type="card", **card))["id"]
    await post(http, f"/v1/payment_methods/{method}/attach", customer=customer)
    settings = {"invoice_settings[default_payment_method]": str(method)}
    await post(http, f"/v1/customers/{customer}", **settings)


async def post(http: httpx.AsyncClient, path: str, **data: str) -> dict[str, object]:
    """Post a form; returns the emulator's answer."""
    response = await http.post(path, data=data)
    assert response.is_success, response.text
    return response.json() if response.content else {}
