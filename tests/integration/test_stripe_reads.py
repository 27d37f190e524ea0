"""The job reads facts that no webhook has sent from Stripe's API. Without them a draft has less to say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from execops.context import Context
from execops.model import Event
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.fake_stripe import KEY, FakeStripe, Reply, Request, fail, fake_stripe, secret_free
from tests.records import rows
from tests.stripe_events import event, failed, fixture, take_in

CREATED = 1_680_307_200  # 2023-04-01


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    async with fake_stripe() as server:
        server.add("customers", customer())
        server.add("subscriptions", subscription())
        yield server


@pytest.fixture
async def reading(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A context with a key, so that it reads from the fake Stripe."""
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=30.0)
    async with open_context(settings, pool_size=12) as ctx:
        yield ctx


@pytest.fixture
async def impatient(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """As `reading`, but it waits half a second for an answer."""
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=0.5)
    async with open_context(settings) as ctx:
        yield ctx


def customer(**changes: Any) -> dict[str, Any]:
    shape = fixture("customer", id="cus_1", name="Acme Inc", email="books@acme.example", created=CREATED)
    return shape | {"livemode": True} | changes


def subscription(**changes: Any) -> dict[str, Any]:
    price = {
        "unit_amount": 120_000,
        "currency": "usd",
        "recurring": {"interval": "month", "interval_count": 1},
    }
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "status": "active",
        "created": CREATED,
        "start_date": CREATED,
        "livemode": True,
        "items": {"data": [{"id": "si_1", "quantity": 1, "price": price}]},
    } | changes


async def drafted(ctx: Context, taken: Event) -> dict[str, Any]:
    """The row of the proposal that an event led to."""
    proposal_id = next(entry["proposal"] for entry in taken.outcome if entry.get("play") == "card_update")
    [row] = await rows(ctx, "select * from action_proposals where id = %s", proposal_id)
    return row


def unread(taken: Event) -> list[str]:
    return [entry["reads"] for entry in taken.outcome if "reads" in entry]


async def test_a_missing_customer_is_read_and_used_in_the_draft(reading: Context, fake: FakeStripe) -> None:
    taken = await take_in(reading, failed(customer_name=None, customer_email=None))
    row = await drafted(reading, taken)
    assert row["payload"]["to"] == "books@acme.example"
    assert "Acme Inc" in row["title"]
    assert ["MRR", "$1,200.00"] in row["evidence"]
    assert ["Customer since", "April 2023"] in row["evidence"]
    assert sorted(fake.paths()) == ["/v1/customers/cus_1", "/v1/subscriptions"]
    assert unread(taken) == []
    [kept] = await rows(reading, "select * from snapshots where object_id = 'cus_1'")
    assert (kept["as_of"].timestamp(), kept["event_id"], kept["tiebreak"]) == (CREATED, None, "")


async def test_a_known_object_is_not_read_again(reading: Context, fake: FakeStripe) -> None:
    await take_in(reading, failed("in_1"))
    asked = len(fake.requests)
    await take_in(reading, failed("in_2"))
    assert len(fake.requests) == asked


async def test_an_event_that_wakes_no_play_asks_nothing(reading: Context, fake: FakeStripe) -> None:
    await take_in(reading, event("invoice.finalized", failed()["data"]["object"]))
    assert fake.requests == []


async def test_a_webhooks_newer_state_wins_over_what_was_read(reading: Context) -> None:
    await take_in(reading, event("customer.updated", customer(email="new@acme.example"), created=CREATED + 1))
    taken = await take_in(reading, failed(customer_email=None))
    assert (await drafted(reading, taken))["payload"]["to"] == "new@acme.example"
    await take_in(
        reading, event("customer.updated", customer(email="newer@acme.example"), created=CREATED + 2)
    )
    [kept] = await rows(reading, "select state from snapshots where object_id = 'cus_1'")
    assert kept["state"]["email"] == "newer@acme.example"


async def test_a_disputes_charge_is_read_with_its_customer(reading: Context, fake: FakeStripe) -> None:
    charge = fixture(
        "charge",
        id="ch_9",
        customer=customer(),
        amount=490_000,
        currency="usd",
        created=CREATED,
        livemode=True,
    )
    fake.add("charges", charge)
    reader = reading.readers["stripe"]
    taken = await take_in(
        reading, event("charge.dispute.created", fixture("dispute", id="dp_1", charge="ch_9"))
    )
    answer = await reader.read(reader.wants(taken))
    assert answer.failed == ()
    assert {snapshot.object_id for effects in answer.effects for snapshot in effects.snapshots} == {
        "ch_9",
        "cus_1",
    }


async def test_without_a_key_nothing_is_asked(make_settings: MakeSettings, fake: FakeStripe) -> None:
    async with open_context(make_settings(stripe_api_base=fake.url)) as ctx:
        assert ctx.readers == {}
        taken = await take_in(ctx, failed())
    assert [entry["result"] for entry in taken.outcome if entry.get("play") == "card_update"] == ["drafted"]
    assert fake.requests == []


async def test_an_answer_that_does_not_come_is_not_waited_for(impatient: Context, fake: FakeStripe) -> None:
    fake.script = lambda _: Reply(delay=600)
    async with asyncio.timeout(60):
        taken = await take_in(impatient, failed())
    assert (await drafted(impatient, taken))["payload"]["to"] == "billing@acme.example"
    assert ["no answer within 0.5 s" in reason for reason in unread(taken)] == [True]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (fail(401, f"Invalid API Key provided: {KEY}"), "does not know STRIPE_API_KEY"),
        (
            fail(403, f"The key '{KEY}' lacks it. Having the 'rak_customer_read' permission"),
            "rak_customer_read",
        ),
        (fail(404, "No such customer", code="resource_missing"), "no such object"),
        (fail(429, "Too many"), "fewer requests"),
        (fail(500), "answered 500"),
        (Reply(body=b'{"object": "customer", '), "not JSON"),
        (Reply(body=b"[]"), "not a JSON object"),
        (Reply(body=b'{"object": "customer", "id": NaN}'), "not a JSON object"),
        (Reply(body=None), "does not answer"),
    ],
)
async def test_a_failed_read_only_makes_the_draft_poorer(
    reading: Context, fake: FakeStripe, caplog: pytest.LogCaptureFixture, reply: Reply, why: str
) -> None:
    fake.script = lambda _: reply
    caplog.set_level(logging.WARNING)
    taken = await take_in(reading, failed())
    assert taken.status == "processed"
    assert (await drafted(reading, taken))["payload"]["to"] == "billing@acme.example"
    [reason] = unread(taken)
    assert why in reason
    assert secret_free(reason)
    assert secret_free(caplog.text)
    assert "read.failed" in caplog.text


async def test_one_failed_read_does_not_fail_the_other(reading: Context, fake: FakeStripe) -> None:
    def script(request: Request) -> Reply | None:
        return fail(500) if request.path == "/v1/subscriptions" else None

    fake.script = script
    taken = await take_in(reading, failed(customer_email=None))
    assert (await drafted(reading, taken))["payload"]["to"] == "books@acme.example"
    assert "subscription" in unread(taken)[0]


async def test_stripe_gets_rest_after_it_did_not_answer(impatient: Context, fake: FakeStripe) -> None:
    fake.script = lambda _: Reply(delay=600)
    await take_in(impatient, failed("in_1"))
    asked = len(fake.requests)
    taken = await take_in(impatient, failed("in_2", customer="cus_2"))
    assert len(fake.requests) == asked
    assert "not asked" in unread(taken)[0]


async def test_objects_that_make_no_sense_are_survived(reading: Context, fake: FakeStripe) -> None:
    strange = {"object": "customer", "id": "cus_1", "name": ["x"], "email": "a\x00b", "created": "soon"}
    fake.objects["customers"] = [strange]
    fake.objects["subscriptions"] = [
        subscription(start_date=None, created=None, items=7, trial_end="x", pause_collection=[])
    ]
    taken = await take_in(reading, failed())
    assert taken.status == "processed"
    assert unread(taken) == []


async def test_the_other_modes_objects_are_left_out(reading: Context, fake: FakeStripe) -> None:
    fake.objects["customers"] = [customer(livemode=False)]
    taken = await take_in(reading, failed())
    assert "other mode" in unread(taken)[0]
    assert await rows(reading, "select 1 from snapshots where object_id = 'cus_1'") == []


async def test_nothing_but_get_leaves(reading: Context, fake: FakeStripe) -> None:
    from execops.sources.stripe.api import StripeApi

    api = StripeApi(reading.settings, timeout=1)
    client: Any = api._connect()
    with pytest.raises(RuntimeError, match="only reads"):
        await client.raw_request_async("post", "/v1/customers", name="x")
    await api.close()
    assert fake.requests == []
