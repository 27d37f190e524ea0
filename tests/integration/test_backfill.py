"""A backfill reads every page once, even when it is killed, and makes the same ledger before and after webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from execops.books import backfill
from execops.books.backfill import Backfilled, Progress
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError, NotConfiguredError, UnavailableError
from execops.model import Status
from execops.money import Money
from execops.settings import Secret
from execops.sources.stripe import history
from execops.sources.stripe.api import StripeApi
from execops.sources.stripe.history import StripeHistory
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.doors import far_client
from tests.fake_stripe import KEY, FakeStripe, Object, Reply, Request, fail
from tests.integration.test_bank_import import csv_of, process, take
from tests.oracle import months_back
from tests.records import as_owner, proposal, rows
from tests.stripe_events import event, fixture, take_in

START = 1_767_225_600  # 2026-01-01
DAY = 86_400
SINCE = datetime.fromtimestamp(START, UTC)
PAGE = 10  # objects a page in these tests; Stripe gives up to a hundred
COUNT = 35  # four pages
FAR = "books.backfill_stripe"  # the server's task for a console that is far


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages as many as of a large company, and a tenth of its objects."""
    assert history.PAGE == 100
    monkeypatch.setattr(history, "PAGE", PAGE)


@pytest.fixture
async def reading(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context whose settings hold a key to read from Stripe."""
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url)
    async with open_context(settings, pool_size=12) as ctx:
        yield ctx


def customer(n: int) -> Object:
    return fixture("customer", id=f"cus_{n}", name=f"Customer {n}", created=START + n, livemode=True)


def subscription(n: int, **changes: Any) -> Object:
    price = {"unit_amount": 1000, "currency": "usd", "recurring": {"interval": "month", "interval_count": 1}}
    return {
        "id": f"sub_{n}",
        "object": "subscription",
        "customer": f"cus_{n}",
        "status": "active",
        "created": START + n,
        "start_date": START + n,
        "ended_at": None,
        "livemode": True,
        "items": {"data": [{"id": f"si_{n}", "quantity": 1, "price": price}]},
    } | changes


def invoice(n: int, **changes: Any) -> Object:
    return (
        fixture("invoice", id=f"in_{n}", customer=f"cus_{n}", status="paid", amount_paid=1000, currency="usd")
        | {"created": START + n, "livemode": True, "status_transitions": {"paid_at": START + n + 5}}
        | changes
    )


def charge(n: int, **changes: Any) -> Object:
    return (
        fixture(
            "charge", id=f"ch_{n}", customer=f"cus_{n}", amount=1000, amount_captured=1000, currency="usd"
        )
        | {
            "created": START + n,
            "status": "succeeded",
            "amount_refunded": 0,
            "captured": True,
            "livemode": True,
        }
        | {"refunds": None, "invoice": None, "balance_transaction": f"txn_{n}"}
        | changes
    )


def line(id_: str, type_: str, amount: int, source: Object | str | None, **changes: Any) -> Object:
    """A balance transaction."""
    created = source["created"] + 1 if isinstance(source, dict) else START
    return {
        "id": id_,
        "object": "balance_transaction",
        "type": type_,
        "reporting_category": type_,
        "amount": amount,
        "currency": "usd",
        "fee": 0,
        "net": amount,
        "created": created,
        "source": source,
        "status": "available",
    } | changes


def company(fake: FakeStripe, count: int = COUNT) -> None:
    """Put `count` objects of each kind into the fake Stripe."""
    fake.add("customers", *(customer(n) for n in range(count)))
    fake.add("subscriptions", *(subscription(n) for n in range(count)))
    fake.add("invoices", *(invoice(n) for n in range(count)))
    fake.add(
        "balance_transactions", *(line(f"txn_{n}", "charge", 1000, charge(n), fee=59) for n in range(count))
    )


async def fill(ctx: Context, *, rate: float = 1000, **options: Any) -> Backfilled:
    """Run a backfill since `SINCE`."""
    reader = StripeHistory(ctx.settings, rate=rate)
    try:
        return await backfill.run(ctx, "stripe", reader, **{"since": SINCE, **options})
    finally:
        await reader.close()


async def books(ctx: Context) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that a backfill fills, without the ids of the events they came from."""
    queries = {
        "transactions": "select occurred_at, kind, amount_minor, currency, counterparty, customer, category,"
        " source, external_id from transactions order by external_id",
        "snapshots": "select object_id, object_type, subject_key, state, as_of, rank, tiebreak, links"
        " from snapshots order by object_id",
        "mrr_levels": "select subscription, customer, at, rank, tiebreak, currency, level_minor"
        " from mrr_levels order by 1, 3, 4, 5",
        "mrr_changes": "select customer, subscription, at, delta_minor, currency, kind from mrr_changes"
        " order by 2, 3, 4",
        "balances": "select * from balances order by account, kind, currency, as_of",
    }
    return {name: await rows(ctx, query) for name, query in queries.items()}


async def test_every_page_is_read_and_recorded(reading: Context, fake: FakeStripe) -> None:
    company(fake)
    reported: list[Progress] = []
    result = await fill(reading, on_progress=reported.append)
    assert result.finished
    assert not result.resumed
    assert {progress.resource: (progress.objects, progress.pages) for progress in result.resources} == {
        "customers": (COUNT, 4),
        "subscriptions": (COUNT, 4),
        "invoices": (COUNT, 4),
        "balance_transactions": (COUNT, 4),
        "balance": (1, 1),
    }
    assert [progress.resource for progress in reported if progress.done] == [
        progress.resource for progress in result.resources
    ]
    assert fake.requests[0].params == {"limit": f"{PAGE}"}
    tables = await books(reading)
    sums = {
        kind: (
            len(movements := [row for row in tables["transactions"] if row["kind"] == kind]),
            sum(movement["amount_minor"] for movement in movements),
        )
        for kind in ("charge", "fee", "invoice_paid")
    }
    assert sums == {
        "charge": (COUNT, 1000 * COUNT),
        "fee": (COUNT, -59 * COUNT),
        "invoice_paid": (COUNT, 1000 * COUNT),
    }
    assert len(tables["snapshots"]) == 4 * COUNT
    assert sum(row["delta_minor"] for row in tables["mrr_changes"]) == 1000 * COUNT
    assert {(row["kind"], row["amount_minor"]) for row in tables["balances"]} == {
        ("available", 500_000),
        ("pending", 1000),
    }
    assert await rows(reading, "select 1 from events") == []
    assert await rows(reading, "select 1 from action_proposals") == []
    assert await rows(reading, "select 1 from procrastinate_jobs") == []


async def test_a_second_backfill_changes_nothing(reading: Context, fake: FakeStripe) -> None:
    company(fake, 12)
    await fill(reading)
    before = await books(reading)
    again = await fill(reading)
    assert again.finished
    assert not again.resumed
    assert (
        sum(
            progress.new_snapshots + progress.new_movements + progress.new_balances
            for progress in again.resources
        )
        == 0
    )
    assert await books(reading) == before
    fake.balance["available"][0]["amount"] = 7
    await fill(reading)
    after = await books(reading)
    assert len(after.pop("balances")) == len(before.pop("balances")) + 1
    assert after == before


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/invoices", "/v1/balance_transactions"])
async def test_a_killed_backfill_continues_at_its_page(reading: Context, fake: FakeStripe, path: str) -> None:
    company(fake)
    killed = asyncio.Event()

    def script(request: Request) -> Reply | None:
        if request.path == path and fake.paths().count(path) == 3 and not killed.is_set():
            killed.set()
            return Reply(delay=60)
        return None

    fake.script = script
    running = asyncio.create_task(fill(reading))
    await asyncio.wait_for(killed.wait(), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    asked = len(fake.requests)
    result = await fill(reading, since=datetime.fromtimestamp(START + 6, UTC))
    assert (result.finished, result.resumed, result.since) == (True, True, SINCE)
    first = fake.requests[asked]
    assert first.path == path
    assert first.params["starting_after"].endswith("_15")
    assert {progress.objects for progress in result.resources} == {COUNT, 1}
    whole = await books(reading)
    await fill(reading, restart=True)
    assert await books(reading) == whole


async def test_stop_ends_a_backfill_between_pages(reading: Context, fake: FakeStripe) -> None:
    company(fake)
    stop = asyncio.Event()

    def show(progress: Progress) -> None:
        if progress.resource == "subscriptions" and progress.pages == 2:
            stop.set()

    result = await fill(reading, stop=stop, on_progress=show)
    assert not result.finished
    assert [(progress.resource, progress.objects, progress.done) for progress in result.resources] == [
        ("customers", COUNT, True),
        ("subscriptions", 20, False),
    ]
    asked = len(fake.requests)
    assert (await fill(reading)).finished
    assert fake.requests[asked].params["starting_after"] == "sub_15"


async def test_stop_does_not_wait_for_an_answer(reading: Context, fake: FakeStripe) -> None:
    stop = asyncio.Event()

    def script(_: Request) -> Reply:
        stop.set()
        return Reply(delay=60)

    fake.script = script
    async with asyncio.timeout(10):
        assert not (await fill(reading, stop=stop)).finished


async def test_a_console_that_stops_from_far_stops_the_server_too(
    reading: Context, fake: FakeStripe, founder_token: Secret
) -> None:
    company(fake)
    stop = asyncio.Event()

    def show(progress: Progress) -> None:
        if progress.resource == "subscriptions" and progress.pages:
            stop.set()

    async with far_client(reading, founder_token) as console:
        with pytest.raises(UnavailableError, match="keeps what it has read"):
            await console.books.backfill_stripe(since=SINCE, rate=4, stop=stop, on_progress=show)
        async with asyncio.timeout(10):
            while backfill_tasks := [task for task in asyncio.all_tasks() if task.get_name() == FAR]:
                await asyncio.wait(backfill_tasks)
        asked = len(fake.requests)
        assert fake.requests[-1].path == "/v1/subscriptions"
        assert (await fill(reading)).resumed
    assert fake.requests[asked].params["starting_after"]


async def test_a_backfill_judges_the_runway_again(reading: Context, fake: FakeStripe, client: Client) -> None:
    """A balance at Stripe that only the backfill tells is cash: a notice of before it would show too little."""
    client, today = Client(reading, client.operator), datetime.now(UTC).date()
    burnt = [(f"{months_back(today, back):%Y-%m-%d}", "Payroll", "-1000.00") for back in (3, 2, 1)]
    last_day = months_back(today, 0) - timedelta(days=1)
    await take(reading, client, csv_of(*burnt, (f"{last_day}", "Fee", "0.00", "4000.00")))
    await process(reading)
    [notice] = await client.proposals.inbox()
    assert (notice.play, notice.amount) == ("runway_low", Money(400_000, "USD"))
    fake.balance["available"] = [{"amount": 100_000, "currency": "usd"}]
    await client.books.backfill_stripe(since=SINCE, rate=100)
    [notice] = await client.proposals.inbox()
    assert notice.amount == Money(500_000, "USD")
    fake.balance["available"] = [{"amount": 1_000_000, "currency": "usd"}]
    await client.books.backfill_stripe(since=SINCE, rate=100)
    ended = await proposal(reading, notice.id)
    assert (ended.status, await client.proposals.inbox()) == (Status.SUPERSEDED, [])


async def test_restart_and_an_earlier_since_drop_the_cursors(reading: Context, fake: FakeStripe) -> None:
    company(fake, 15)
    for options in ({"restart": True}, {"since": datetime.fromtimestamp(START - DAY, UTC)}):
        stop = asyncio.Event()
        await fill(
            reading, stop=stop, on_progress=lambda progress, stop=stop: stop.set() if progress.pages else None
        )
        asked = len(fake.requests)
        result = await fill(reading, **options)
        assert not result.resumed
        assert "starting_after" not in fake.requests[asked].params


async def test_a_cursor_of_a_deleted_object_starts_its_list_again(reading: Context, fake: FakeStripe) -> None:
    company(fake, 15)
    stop = asyncio.Event()
    await fill(reading, stop=stop, on_progress=lambda progress: stop.set() if progress.pages else None)
    fake.objects["customers"] = [obj for obj in fake.objects["customers"] if obj["id"] != "cus_5"]
    assert (await fill(reading)).finished
    assert len(await rows(reading, "select 1 from snapshots where object_type = 'customer'")) == 15


async def test_a_second_backfill_at_the_same_time_is_refused(reading: Context, fake: FakeStripe) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    def script(_: Request) -> Reply | None:
        asked.set()
        return None if go.is_set() else Reply(delay=1)

    fake.script = script
    first = asyncio.create_task(fill(reading))
    await asked.wait()
    with pytest.raises(ConflictError, match="Another backfill"):
        await fill(reading)
    go.set()
    assert (await first).finished
    assert (await fill(reading)).finished


async def test_a_request_that_fails_is_tried_again(reading: Context, fake: FakeStripe) -> None:
    company(fake, 3)
    answers = [
        Reply(429, fail(429).body, headers={"Retry-After": "1"}),
        fail(500),
        Reply(body=None),
        Reply(body=b"oops"),
    ]
    fake.script = lambda _: answers.pop(0) if answers else None
    assert (await fill(reading)).finished
    customers = [request for request in fake.requests if request.path == "/v1/customers"]
    assert len(customers) == 5
    assert customers[1].at - customers[0].at >= 1


async def test_a_backfill_gives_up_while_stripe_stays_down(
    reading: Context, fake: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execops.sources.stripe.history._FIRST_DELAY", 0.001)
    company(fake, 3)
    fake.script = lambda request: fail(503) if request.path == "/v1/invoices" else None
    with pytest.raises(UnavailableError, match="503"):
        await fill(reading)
    fake.script = lambda _: None
    result = await fill(reading)
    assert (result.finished, result.resumed) == (True, True)


class Clock:
    """A clock that only sleeping moves, and a slow request."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_requests_keep_to_the_rate(
    reading: Context, fake: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One leaves every twentieth of a second. After one that took long, those that had to wait do not leave together."""
    company(fake, 25)
    clock, get, moments = Clock(), StripeApi.get, []

    async def noting(api: StripeApi, path: str, **params: Any) -> Any:
        moments.append(clock.now - 1000)
        if len(moments) == 7:
            clock.now += 0.4
        return await get(api, path, **params)

    monkeypatch.setattr(StripeApi, "get", noting)
    monkeypatch.setattr(history, "time", clock)
    monkeypatch.setattr(history, "asyncio", clock)
    await fill(reading, rate=20)
    assert len(fake.requests) == 13
    on_time, late = [number * 0.05 for number in range(7)], [0.7 + number * 0.05 for number in range(6)]
    assert moments == pytest.approx(on_time + late)


async def test_a_key_without_permission_is_refused_with_the_permission_named(
    reading: Context, fake: FakeStripe
) -> None:
    fake.script = lambda request: (
        fail(403, "Having the 'rak_invoice_read' permission would allow this request to continue.")
        if request.path == "/v1/invoices"
        else None
    )
    with pytest.raises(NotConfiguredError) as refused:
        await fill(reading)
    assert "invoices" in refused.value.message
    assert "rak_invoice_read" in (refused.value.hint or "")
    assert len(fake.requests) == 3  # the refused request is not tried again
    fake.script = lambda _: fail(401)
    with pytest.raises(NotConfiguredError, match="does not know"):
        await fill(reading)


async def test_objects_of_the_other_mode_are_refused(reading: Context, fake: FakeStripe) -> None:
    fake.add("customers", customer(1) | {"livemode": False})
    with pytest.raises(NotConfiguredError, match="live mode"):
        await fill(reading)
    assert (await books(reading))["snapshots"] == []


async def test_a_backfill_without_a_key_is_refused(ctx: Context, fake: FakeStripe) -> None:
    with pytest.raises(NotConfiguredError, match="no key"):
        await fill(ctx)
    assert fake.requests == []


async def test_since_bounds_movements_but_not_customers_and_subscriptions(
    reading: Context, fake: FakeStripe
) -> None:
    company(fake, 10)
    canceled_before = START - 40 * DAY
    fake.add(
        "subscriptions",
        subscription(
            99,
            status="canceled",
            created=canceled_before,
            start_date=canceled_before,
            ended_at=canceled_before + 9,
        ),
    )
    await fill(reading, since=datetime.fromtimestamp(START + 5, UTC))
    tables = await books(reading)
    assert {row["external_id"] for row in tables["transactions"] if row["kind"] == "invoice_paid"} == {
        f"in_{n}" for n in range(5, 10)
    }
    # Each balance transaction is created a second after its charge.
    assert {row["external_id"] for row in tables["transactions"] if row["kind"] == "charge"} == {
        f"ch_{n}" for n in range(4, 10)
    }
    subscriptions = [row["object_id"] for row in tables["snapshots"] if row["object_type"] == "subscription"]
    assert subscriptions == [f"sub_{n}" for n in range(10)]
    assert len([row for row in tables["snapshots"] if row["object_type"] == "customer"]) == 10


REFUND = {"id": "re_1", "object": "refund", "amount": 300, "currency": "usd", "created": START + 900}
REFUND |= {"status": "succeeded"}
PAYOUT = {"id": "po_1", "object": "payout", "amount": 5000, "currency": "usd", "created": START + 950}
PAYOUT |= {"status": "paid", "arrival_date": START + 960, "livemode": True}
LOST = PAYOUT | {"id": "po_2", "status": "failed", "created": START + 951}
EURO = {"amount": 2000, "amount_captured": 2000, "currency": "eur"}
BOUGHT = {
    "id": "ipi_1",
    "object": "issuing.transaction",
    "amount": -900,
    "currency": "usd",
    "type": "capture",
    "created": START + 970,
    "merchant_data": {"name": "AWS", "category": "computers"},
}
DISPUTE = {
    "id": "dp_1",
    "object": "dispute",
    "charge": "ch_2",
    "status": "needs_response",
    "amount": 1000,
    "currency": "usd",
    "created": START + 980,
    "livemode": True,
}
DISPUTED = line("txn_dp", "adjustment", -1000, "dp_1", fee=1500, reporting_category="dispute")
DISPUTED["created"] = START + 980


def money(fake: FakeStripe) -> list[Object]:
    """Put money of each kind into the fake Stripe; returns the webhook events about the same money."""
    paid, refunded, abroad = charge(2), charge(1, amount_refunded=300), charge(3, **EURO)
    fake.add("customers", customer(1), customer(2), customer(3))
    fake.add("invoices", invoice(1))
    fake.add(
        "balance_transactions",
        line("txn_1", "charge", 1000, refunded, fee=59),
        line("txn_2", "charge", 1000, paid, fee=59),
        line("txn_3", "charge", 2300, abroad, fee=97),
        line("txn_r", "refund", -300, REFUND | {"charge": refunded}),
        line("txn_p", "payout", -5000, PAYOUT),
        line("txn_q", "payout", -5000, LOST),
        line("txn_f", "payout_failure", 5000, LOST),
        line("txn_i", "issuing_transaction", -900, BOUGHT),
        DISPUTED | {"source": DISPUTE | {"charge": paid}},
        line("txn_s", "stripe_fee", -250, None),
        line("txn_t", "topup", 9000, "tu_1"),
    )
    payloads = [
        event("charge.succeeded", charge(1), created=START + 2),
        event("charge.succeeded", paid, created=START + 3),
        event("charge.succeeded", abroad, created=START + 4),
        event("refund.created", REFUND | {"charge": "ch_1"}, created=START + 901),
        event("charge.refunded", refunded, created=START + 901),
        event("payout.paid", PAYOUT, created=START + 961),
        event("payout.failed", LOST, created=START + 962),
        event("issuing_transaction.created", BOUGHT, created=START + 971),
        event("charge.dispute.created", DISPUTE | {"balance_transactions": [DISPUTED]}, created=START + 981),
        event("invoice.paid", invoice(1), created=START + 7),
        event("customer.created", customer(1), created=START + 1),
    ]
    return [payload | {"api_version": "2025-03-31.basil"} for payload in payloads]


async def test_webhooks_and_a_backfill_make_the_same_ledger_in_both_orders(
    reading: Context,
    fake: FakeStripe,
    postgres: str,
    make_settings: MakeSettings,
    request: pytest.FixtureRequest,
) -> None:
    events = money(fake)
    await fill(reading)
    before = await books(reading)
    for payload in events:
        await take_in(reading, payload)
    after = await books(reading)
    amounts = {row["external_id"]: (row["kind"], row["amount_minor"]) for row in before["transactions"]}
    assert amounts == {
        "ch_1": ("charge", 1000),
        "ch_2": ("charge", 1000),
        "ch_3": ("charge", 2000),
        "in_1": ("invoice_paid", 1000),
        "ipi_1": ("issuing", -900),
        "po_1": ("payout", -5000),
        "po_2": ("payout", -5000),
        "po_2:returned": ("payout", 5000),
        "re_1": ("refund", -300),
        "txn_1:fee": ("fee", -59),
        "txn_2:fee": ("fee", -59),
        "txn_3:fee": ("fee", -97),
        "txn_dp": ("dispute", -1000),
        "txn_dp:fee": ("dispute_fee", -1500),
        "txn_s": ("fee", -250),
        "txn_t": ("topup", 9000),
    }
    assert after["transactions"] == before["transactions"]
    await _empty(reading)
    for payload in events:
        await take_in(reading, payload | {"id": f"{payload['id']}_again"})
    await fill(reading)
    first = await books(reading)
    assert first["transactions"] == after["transactions"]
    assert _but_tiebreak(first["snapshots"]) == _but_tiebreak(after["snapshots"])


async def test_webhooks_alone_name_the_customers_that_a_backfill_names(
    reading: Context, fake: FakeStripe
) -> None:
    for payload in money(fake)[::-1]:
        await take_in(reading, payload)
    live = {row["external_id"]: row["customer"] for row in (await books(reading))["transactions"]}
    await fill(reading)
    filled = {row["external_id"]: row["customer"] for row in (await books(reading))["transactions"]}
    assert live == {external_id: filled[external_id] for external_id in live}
    assert (live["re_1"], live["txn_dp"], live["txn_dp:fee"]) == ("cus_1", "cus_2", "cus_2")


async def _empty(ctx: Context) -> None:
    async with as_owner(ctx) as owner, owner.transaction() as conn:
        for table in ("transactions", "snapshots", "mrr_levels", "mrr_changes", "balances", "backfills"):
            await conn.execute(f"delete from {table}".encode())


def _but_tiebreak(snapshots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "tiebreak"} for row in snapshots]


@pytest.mark.parametrize("webhooks_first", [True, False])
async def test_a_refund_reported_as_a_sum_is_booked_once(
    reading: Context, fake: FakeStripe, webhooks_first: bool
) -> None:
    """API versions between 2022-11-15 and 2024-10-28 report a refund without its id."""
    refunded, later = charge(1, amount_refunded=500), REFUND | {"id": "re_2", "amount": 200}
    later["created"] = START + 905
    fake.add(
        "balance_transactions",
        line("txn_1", "charge", 1000, refunded),
        line("txn_r", "refund", -300, REFUND | {"charge": refunded}),
        line("txn_s", "refund", -200, later | {"charge": refunded}),
    )
    if not webhooks_first:
        await fill(reading)
    for before, after, moment in ((0, 300, 901), (300, 500, 906)):
        payload = event("charge.refunded", charge(1, amount_refunded=after), created=START + moment)
        payload["data"]["previous_attributes"] = {"amount_refunded": before}
        await take_in(reading, payload | {"api_version": "2023-10-16"})
    if webhooks_first:
        await fill(reading)
    booked = {row["external_id"]: row["amount_minor"] for row in (await books(reading))["transactions"]}
    assert booked == {"ch_1": 1000, "re_1": -300, "re_2": -200}
    await fill(reading)
    assert len((await books(reading))["transactions"]) == 3


async def test_a_backfill_rebuilds_the_history_of_mrr(reading: Context, fake: FakeStripe) -> None:
    fake.add(
        "subscriptions",
        subscription(1),
        subscription(2, status="canceled", canceled_at=START + 5 * DAY, ended_at=START + 9 * DAY),
        subscription(3, trial_end=START + 3 + 14 * DAY),
        subscription(4, status="trialing", trial_end=4_102_444_800),
        subscription(5, status="canceled", ended_at=START + 2 * DAY, trial_end=START + 14 * DAY),
        subscription(6, status="incomplete_expired", ended_at=START + DAY),
        subscription(7, pause_collection={"behavior": "void"}, current_period_start=START + 31 * DAY),
        subscription(8, status="paused", trial_end=START + 7 * DAY),
    )
    await fill(reading, since=datetime.fromtimestamp(START, UTC))
    changes = (await books(reading))["mrr_changes"]
    changes_by_subscription: dict[str, list[tuple[int, int, str]]] = {}
    for row in changes:
        moved = (int(row["at"].timestamp()) - START, row["delta_minor"], row["kind"])
        changes_by_subscription.setdefault(row["subscription"], []).append(moved)
    assert changes_by_subscription == {
        "sub_1": [(1, 1000, "new")],
        "sub_2": [(2, 1000, "new"), (9 * DAY, -1000, "churn")],
        "sub_3": [(3 + 14 * DAY, 1000, "new")],
        "sub_7": [(7, 1000, "new"), (31 * DAY, -1000, "churn")],
    }
    [state] = await rows(reading, "select state, as_of from snapshots where object_id = 'sub_2'")
    assert state["state"]["status"] == "canceled"
    assert state["as_of"].timestamp() == START + 9 * DAY
    assert await notes_of_mrr(reading) == {
        "the past of 4 subscriptions counts at the prices and quantities of the backfill: Stripe tells no earlier ones"
    }
    assert await notes_of_mrr(reading, customer="cus_3") == {
        "the past of 1 subscription counts at the prices and quantities of the backfill: Stripe tells no earlier ones"
    }
    assert await notes_of_mrr(reading, customer="cus_6") == {None}


async def notes_of_mrr(ctx: Context, **params: str) -> set[str | None]:
    """The notes of the answers about the MRR, a month after the history began."""
    day = datetime.fromtimestamp(START + 40 * DAY, UTC).date()
    async with open_canvas(ctx) as canvas:
        answers = [await canvas.answer(metric, {**params}, day) for metric in ("mrr", "arr", "churn")]
    assert [answer.unknown for answer in answers] == [None] * 3
    return {answer.receipt.note for answer in answers}


@pytest.mark.parametrize("webhooks_first", [True, False])
async def test_a_backfill_does_not_rewrite_the_mrr_that_webhooks_recorded(
    reading: Context, fake: FakeStripe, webhooks_first: bool
) -> None:
    """A backfill takes today's price for the past only where no event recorded another one."""
    small = subscription(1)
    large = subscription(1)
    large["items"]["data"][0]["quantity"] = 3
    fake.add("subscriptions", large)
    if not webhooks_first:
        await fill(reading)
    await take_in(reading, event("customer.subscription.created", small, created=START + 2))
    await take_in(reading, event("customer.subscription.updated", large, created=START + DAY))
    if webhooks_first:
        await fill(reading)
    changes = [
        (row["at"].timestamp() - START, row["delta_minor"]) for row in (await books(reading))["mrr_changes"]
    ]
    assert changes == [(2, 1000), (DAY, 2000)]
    assert await notes_of_mrr(reading) == {None}
