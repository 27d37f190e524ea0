"""The actions at Stripe against an emulator in its own process, behind a proxy that keeps idempotency keys.

The emulator knows neither keys nor disputes, takes no parameter when an invoice is paid, and refunds a payment as often as
it is asked: so a second request that reached it would be seen there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from execops.adapters import create_adapters
from execops.adapters.stripe_api import stripe_calls
from execops.errors import AmbiguousError, RejectedError
from execops.model import Json
from execops.ports import Adapter, Happened
from execops.settings import Settings, load_settings
from tests import emulator
from tests.emulator import DECLINED, WORKING, give_card, post
from tests.fake_stripe import Break, FakeStripe, Reply, Request, fake_stripe
from tests.fake_stripe_writes import DAY, WRITE_KEY, IdempotencyKeys
from tests.serving import Cut

KEY = "execops-0a1b2c3d4e5f-7-2-1"


@dataclass
class Proxy:
    """A proxy to the emulator that keeps idempotency keys; `forwarded` are the writes that reached the emulator."""

    fake: FakeStripe
    emulator: httpx.AsyncClient
    keys: IdempotencyKeys
    forwarded: list[str]

    async def read(self, request: Request) -> Reply:
        """Ask the emulator."""
        answer = await self.emulator.get(request.path, params=request.params)
        return Reply(answer.status_code, answer.content)

    async def write(self, request: Request) -> Reply:
        """Let the emulator do it once for each key."""
        return self.keys.repeated(request) or await self.keys.first(request, self._forward)

    async def _forward(self, request: Request) -> Reply:
        self.forwarded.append(request.path)
        answer = await self.emulator.post(request.path, data=request.params)
        return Reply(answer.status_code, answer.content)

    def settings(self) -> Settings:
        """Settings that act at the emulator, through the proxy."""
        return load_settings(
            {
                "stripe_write_key": WRITE_KEY,
                "stripe_api_base": self.fake.url,
                "stripe_mode": "test",
                "stripe_write_timeout": "10",
            },
            {},
        )

    def adapter(self, action_type: str) -> Adapter:
        """The adapter of an action type."""
        return create_adapters(self.settings())[action_type]

    def cut_once(self, cut: Cut, path: str) -> None:
        """Break the connection of the first request that posts to this path."""
        left = [Break(cut)]
        self.fake.breaks = lambda method, at: left.pop() if left and (method, at) == ("POST", path) else None


@pytest.fixture(scope="module")
def emulator_url() -> Iterator[str]:
    """The emulator of the tests here, each of which has a customer, a plan and payments of its own."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(emulator.process()))
        runner.run(stack.aclose())


@pytest.fixture
async def proxy(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """The proxy, with a customer whose renewal failed, and a payment of theirs."""
    monkeypatch.setattr(stripe_calls, "PAUSES", (0.05,) * 4)
    monkeypatch.setattr(stripe_calls, "SETTLED_AFTER", 0.0)
    async with fake_stripe() as fake, emulator.client(emulator_url) as http:
        made = Proxy(fake, http, IdempotencyKeys(), [])
        fake.read, fake.write, fake.write_key = made.read, made.write, WRITE_KEY
        yield made


async def open_invoice(http: httpx.AsyncClient) -> Json:
    """The unpaid renewal of a customer who has given a working card since."""
    customer = str((await post(http, "/v1/customers", name="Initech", email="ap@initech.example"))["id"])
    await give_card(http, customer, WORKING)
    product = str((await post(http, "/v1/products", name="Team", type="service"))["id"])
    plan = {"id": f"team_{uuid4().hex}", "amount": "4900", "currency": "eur", "interval": "month"}
    await post(http, "/v1/plans", product=product, **plan)
    body = {"customer": customer, "items[0][plan]": plan["id"]}
    made = await post(http, "/v1/subscriptions", **body)
    await give_card(http, customer, DECLINED)
    renewal = await post(http, "/v1/invoices", customer=customer, subscription=str(made["id"]))
    await post(http, f"/v1/invoices/{renewal['id']}/pay")  # it fails, and leaves the invoice open
    await give_card(http, customer, WORKING)
    found: Json = (await http.get(f"/v1/invoices/{renewal['id']}")).json()
    assert found["status"] == "open"
    return found


async def a_payment(http: httpx.AsyncClient, invoice: Json) -> Json:
    """The first payment of the customer of this invoice."""
    listed = (await http.get("/v1/charges", params={"customer": invoice["customer"]})).json()["data"]
    found: Json = next(charge for charge in listed if charge["status"] == "succeeded")
    return found


async def state_of(http: httpx.AsyncClient, kind: str, object_id: str) -> Json:
    """An object as the emulator has it."""
    found: Json = (await http.get(f"/v1/{kind}/{object_id}")).json()
    return found


@pytest.mark.parametrize("cut", [None, Cut.IN_REQUEST, Cut.ACCEPTED, Cut.IN_ANSWER])
async def test_a_payment_is_refunded_once(proxy: Proxy, cut: Cut | None) -> None:
    payment = await a_payment(proxy.emulator, await open_invoice(proxy.emulator))
    adapter, payload = proxy.adapter("stripe_refund"), {"charge": payment["id"], "amount": "20.00 EUR"}
    adapter.validate(payload)
    if cut:
        proxy.cut_once(cut, "/v1/refunds")
        with pytest.raises(AmbiguousError):
            await adapter.perform(payload, idempotency_key=KEY)
    told = await adapter.reconcile(payload, idempotency_key=KEY)
    assert told.happened is (Happened.YES if cut in {Cut.ACCEPTED, Cut.IN_ANSWER} else Happened.NO)
    results = [await adapter.perform(payload, idempotency_key=KEY) for _ in range(2)]
    proxy.keys.later = DAY + 60  # Stripe has forgotten the key
    results.append(await adapter.perform(payload, idempotency_key=KEY))
    assert results == [results[0]] * 3
    refunds = (await proxy.emulator.get("/v1/refunds", params={"charge": payment["id"]})).json()["data"]
    assert [refund["amount"] for refund in refunds] == [2000]
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).result == results[0]
    assert proxy.forwarded == ["/v1/refunds"]


@pytest.mark.parametrize("cut", [None, Cut.IN_REQUEST, Cut.ACCEPTED, Cut.IN_ANSWER])
@pytest.mark.parametrize(
    ("action_type", "verb", "done"),
    [("stripe_retry_invoice", "pay", "paid"), ("stripe_void_invoice", "void", "void")],
)
async def test_an_invoice_is_charged_or_voided_once(
    proxy: Proxy, action_type: str, verb: str, done: str, cut: Cut | None
) -> None:
    invoice = await open_invoice(proxy.emulator)
    adapter, payload = proxy.adapter(action_type), {"invoice": invoice["id"], "amount": "49.00 EUR"}
    adapter.validate(payload)
    acting = f"/v1/invoices/{invoice['id']}/{verb}"
    if cut:
        proxy.cut_once(cut, acting)
        with pytest.raises(AmbiguousError):
            await adapter.perform(payload, idempotency_key=KEY)
    told = await adapter.reconcile(payload, idempotency_key=KEY)
    assert told.happened is (Happened.YES if cut in {Cut.ACCEPTED, Cut.IN_ANSWER} else Happened.NO)
    results: list[Any] = [await adapter.perform(payload, idempotency_key=KEY) for _ in range(2)]
    assert results[0] == results[1]
    assert (await state_of(proxy.emulator, "invoices", invoice["id"]))["status"] == done
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.YES
    assert proxy.forwarded.count(acting) == 1
    proxy.keys.later = DAY + 60
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    with pytest.raises(RejectedError, match=f"is {done}"):
        await adapter.perform(payload, idempotency_key=f"{KEY}-2")
    listed = (await proxy.emulator.get("/v1/charges", params={"customer": invoice["customer"]})).json()[
        "data"
    ]
    paid = [charge for charge in listed if charge["status"] == "succeeded"]
    assert len(paid) == 1 + (verb == "pay")  # the first month, and the renewal if it was charged
