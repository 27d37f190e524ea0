"""Every metric on a small ledger, against numbers worked out by hand.

Three currencies, refunds, disputes, a leap day, months without data; in UTC, west of it and east of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from execops.books import ledger
from execops.canvas import catalogue
from execops.canvas.result import Answer
from execops.canvas.run import Canvas, open_canvas
from execops.client import Client
from execops.context import Context
from execops.effects import Movement
from execops.money import Money
from execops.settings import Settings
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.records import pending_id, rows, run

TODAY = date(2024, 5, 15)
WEST, EAST = "America/Los_Angeles", "Asia/Tokyo"

# id, when (UTC), kind, amount, currency, counterparty, customer. In the west the charge of 1 March is of the leap
# day; in the east the one of the leap day is of 1 March, and the payout of 31 January of February.
MOVEMENTS = """
ch_1  2024-01-10T12:00  charge         10000 USD -        cus_a
ch_2  2024-02-29T16:00  charge          5000 USD -        cus_b
ch_3  2024-03-01T02:00  charge          7000 EUR -        cus_a
ch_4  2024-04-05T12:00  charge           900 JPY -        cus_c
ch_5  2024-05-02T12:00  charge         20000 USD -        cus_a
re_1  2024-02-10T12:00  refund         -2000 USD -        cus_a
re_2  2024-05-03T12:00  refund          -500 EUR -        cus_a
re_2r 2024-05-04T12:00  refund           500 EUR -        cus_a
du_1  2024-01-20T12:00  dispute       -10000 USD -        -
du_1w 2024-04-20T12:00  dispute        10000 USD -        -
du_1f 2024-01-20T12:00  dispute_fee    -1500 USD Stripe   -
fee_1 2024-05-02T12:00  fee             -600 USD Stripe   cus_a
po_1  2024-01-31T23:30  payout         -8000 USD -        -
po_2  2024-04-30T12:00  payout         -3000 USD -        -
po_2r 2024-05-02T12:00  payout          3000 USD -        -
ipi_1 2024-01-15T12:00  issuing        -1200 USD AWS      -
ipi_2 2024-02-15T12:00  issuing        -1300 USD AWS      -
ipi_3 2024-02-16T12:00  issuing          300 USD AWS      -
ipi_4 2024-04-15T12:00  issuing        -5000 EUR Hetzner  -
bk_1  2024-01-25T12:00  bank          -30000 USD Landlord -
bk_2  2024-02-25T12:00  bank          -30000 USD Landlord -
bk_3  2024-04-25T12:00  bank          -30000 USD Landlord -
bk_4  2024-02-20T12:00  bank           50000 USD Bigco    -
bk_5  2024-04-01T12:00  bank             -25 USD -        -
bk_6  2024-04-02T12:00  bank              10 USD -        -
tr_1  2024-02-02T12:00  bank_transfer   8000 USD -        -
in_1  2024-01-10T12:00  invoice_paid   10000 USD -        cus_a
"""
BALANCES = """
bank:main current   2024-04-30T12:00 9000000 USD
bank:main current   2024-05-10T12:00 6000000 USD
bank:main current   2024-05-20T12:00 1000000 USD
stripe    available 2024-05-01T12:00 1200000 USD
stripe    pending   2024-05-01T12:00 7777777 USD
bank:main current   2024-05-10T12:00 10000 EUR
"""
# subscription, customer, when, level, currency: cus_a keeps one of two, cus_b leaves, cus_c shrinks and comes back.
LEVELS = """
sub_1 cus_a 2024-01-05T12:00 5000 USD
sub_2 cus_a 2024-01-06T12:00 1000 USD
sub_3 cus_b 2024-01-07T12:00 2000 USD
sub_4 cus_c 2024-02-08T12:00 3000 EUR
sub_2 cus_a 2024-02-10T12:00 0    USD
sub_3 cus_b 2024-03-01T02:00 0    USD
sub_4 cus_c 2024-04-08T12:00 1200 EUR
sub_1 cus_a 2024-05-01T12:00 6000 USD
"""


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Here one customer gets many messages; tests/integration/test_contact.py is about that."""
    return make_settings(contact_hours=0)


def table(text: str) -> list[list[Any]]:
    return [[None if cell == "-" else cell for cell in line.split()] for line in text.strip().splitlines()]


async def fill(ctx: Context) -> None:
    """Book the ledger, in no order of time."""
    async with ctx.transaction() as conn:
        for id_, at, kind, amount, currency, counterparty, customer in table(MOVEMENTS)[::-1]:
            await conn.execute(
                b"insert into transactions (external_id, occurred_at, kind, amount_minor, currency, counterparty,"
                b" customer, source) values (%s, %s::timestamptz, %s, %s, %s, %s, %s, 'test')",
                (id_, at + "Z", kind, int(amount), currency, counterparty, customer),
            )
        for account, kind, at, amount, currency in table(BALANCES):
            await conn.execute(
                b"insert into balances (account, kind, as_of, amount_minor, currency)"
                b" values (%s, %s, %s::timestamptz, %s, %s)",
                (account, kind, at + "Z", int(amount), currency),
            )
        last: dict[str, int] = {}
        for subscription, customer, at, level, currency in table(LEVELS):
            before = last.get(subscription, 0)
            last[subscription] = int(level)
            kind = "new" if not before else "churn" if not int(level) else "change"
            if kind == "change":
                kind = "expansion" if int(level) > before else "contraction"
            key = (subscription, customer, at + "Z", currency)
            await conn.execute(
                b"insert into mrr_levels (subscription, customer, at, currency, tiebreak, level_minor)"
                b" values (%s, %s, %s::timestamptz, %s, '', %s)",
                (*key, int(level)),
            )
            await conn.execute(
                b"insert into mrr_changes (subscription, customer, at, currency, delta_minor, kind)"
                b" values (%s, %s, %s::timestamptz, %s, %s, %s)",
                (*key, int(level) - before, kind),
            )
        for object_id, type_, state in SNAPSHOTS:
            await conn.execute(
                b"insert into snapshots (object_id, object_type, state, as_of) values (%s, %s, %s, now())",
                (object_id, type_, Jsonb(state)),
            )
        for n, (object_id, at, type_, status) in enumerate(EVENTS):
            await conn.execute(
                b"insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key,"
                b" livemode, status) values ('stripe', %s, %s::timestamptz, '{}', %s, %s, 'cus_a', true, %s)",
                (type_, at + "Z", str(n), object_id, status),
            )


SNAPSHOTS: list[tuple[str, str, dict[str, Any]]] = [
    ("cus_a", "customer", {"name": "Acme"}),
    (
        "du_1",
        "dispute",
        {"reason": "fraudulent", "amount": 10000, "currency": "USD", "status": "won", "created": "2024-01-20T12:00:00+00:00"},
    ),
    (
        "du_2",
        "dispute",
        {"reason": "duplicate", "amount": 700, "currency": "EUR", "status": "lost", "created": "2024-03-01T02:00:00+00:00"},
    ),
    (
        "in_7",
        "invoice",
        {"customer": "cus_a", "status": "open", "amount_due": 4900, "currency": "USD", "attempt_count": 2},
    ),
    (
        "in_6",
        "invoice",
        {"customer": "cus_z", "customer_name": "Zed", "status": "open", "amount_due": 700, "amount_remaining": 200,
         "currency": "EUR", "due_date": "2024-05-20T12:00:00+00:00"},
    ),
    (
        "in_8",
        "invoice",
        {"customer": "cus_z", "customer_name": "Zed", "status": "paid", "amount_due": 900, "currency": "JPY", "attempt_count": 1},
    ),
]  # fmt: skip
FAILED = "invoice.payment_failed"
EVENTS = [
    ("in_7", "2024-04-20T12:00", FAILED, "processed"),
    ("in_7", "2024-05-14T12:00", FAILED, "processed"),
    ("in_8", "2024-05-01T02:00", FAILED, "failed"),  # 30 April in the west
    ("in_9", "2024-05-15T12:00", FAILED, "received"),
    ("in_8", "2024-05-02T12:00", "invoice.paid", "processed"),
    ("x", "2024-05-03T12:00", "customer.created", "ignored"),
]


@asynccontextmanager
async def canvas_in(make_settings: MakeSettings, zone: str = "UTC") -> AsyncIterator[Canvas]:
    """A canvas over the ledger in a time zone."""
    async with open_context(make_settings(time_zone=zone)) as ctx, open_canvas(ctx) as canvas:
        if zone != "UTC":  # half before the zone is known, half after: the sums are built anew, then kept
            await canvas.answer("refunds", {}, TODAY)
        await fill(ctx)
        yield canvas


@pytest.fixture
async def canvas(make_settings: MakeSettings) -> AsyncIterator[Canvas]:
    async with canvas_in(make_settings) as opened:
        yield opened


async def ask(canvas: Canvas, metric: str, *, as_of: date = TODAY, **params: Any) -> Answer:
    since = params.pop("since", None)
    until = params.pop("until", None)
    period = {"from": since, "to": until} if since else {}
    return await canvas.answer(metric, params | period, as_of)


def rows_of(answer: Answer) -> list[tuple[Any, ...]]:
    """Rows with dates as text."""
    return [tuple(str(value) if isinstance(value, date) else value for value in row) for row in answer.rows]


def without_zeros(answer: Answer) -> list[tuple[Any, ...]]:
    return [row for row in rows_of(answer) if any(isinstance(value, int) and value for value in row)]


async def test_net_revenue(canvas: Canvas) -> None:
    answer = await ask(canvas, "net_revenue")
    assert [(column.name, column.unit) for column in answer.columns[:3]] == [
        ("month", "month"), ("currency", "currency"), ("gross", "money"),
    ]  # fmt: skip
    assert without_zeros(answer) == [
        ("2024-01-01", "USD", 10000, 0, 10000, 0, 1),
        ("2024-02-01", "USD", 5000, 2000, 0, 3000, 1),
        ("2024-03-01", "EUR", 7000, 0, 0, 7000, 1),
        ("2024-04-01", "JPY", 900, 0, 0, 900, 1),
        ("2024-04-01", "USD", 0, 0, -10000, 10000, 0),
        ("2024-05-01", "USD", 20000, 0, 0, 20000, 1),
    ]
    # Zero where zero is true: every month since the first charge, in each of the three currencies; no months before.
    assert len(answer.rows) == 15
    assert ("2024-03-01", "USD", 0, 0, 0, 0, 0) in rows_of(answer)
    assert rows_of(await ask(canvas, "net_revenue", group_by="currency")) == [
        ("EUR", 7000, 0, 0, 7000, 1),
        ("JPY", 900, 0, 0, 900, 1),
        ("USD", 35000, 2000, 0, 33000, 3),
    ]
    assert rows_of(await ask(canvas, "net_revenue", group_by="customer", currency="USD")) == [
        ("cus_a", "USD", 30000, 2000, 0, 28000, 2),
        ("cus_b", "USD", 5000, 0, 0, 5000, 1),
        (None, "USD", 0, 0, 0, 0, 0),  # the dispute, taken and won, of nobody known
    ]
    leap = await ask(canvas, "net_revenue", group_by="day", since="2024-02-28", until="2024-03-02")
    assert rows_of(leap) == [
        ("2024-02-28", "EUR", 0, 0, 0, 0, 0),
        ("2024-02-28", "USD", 0, 0, 0, 0, 0),
        ("2024-02-29", "EUR", 0, 0, 0, 0, 0),
        ("2024-02-29", "USD", 5000, 0, 0, 5000, 1),
        ("2024-03-01", "EUR", 7000, 0, 0, 7000, 1),
        ("2024-03-01", "USD", 0, 0, 0, 0, 0),
    ]
    weeks = await ask(
        canvas, "net_revenue", group_by="week", currency="USD", since="2024-02-28", until="2024-03-06"
    )
    assert rows_of(weeks) == [
        ("2024-02-26", "USD", 5000, 0, 0, 5000, 1),
        ("2024-03-04", "USD", 0, 0, 0, 0, 0),
    ]
    quarters = await ask(
        canvas, "net_revenue", group_by="quarter", currency="USD", since="2024-01-01", until="2024-07-01"
    )
    assert rows_of(quarters) == [
        ("2024-01-01", "USD", 15000, 2000, 10000, 3000, 2),
        ("2024-04-01", "USD", 20000, 0, -10000, 30000, 1),
    ]
    one = await ask(canvas, "net_revenue", customer="cus_a", since="2024-03-01", until="2024-04-01")
    assert without_zeros(one) == [("2024-03-01", "EUR", 7000, 0, 0, 7000, 1)]


@pytest.mark.parametrize(
    ("zone", "february", "march"),
    [
        ("UTC", {"USD": 3000}, {"EUR": 7000}),
        (WEST, {"USD": 3000, "EUR": 7000}, {}),  # March is a month without data, and says zero
        (EAST, {"USD": -2000}, {"USD": 5000, "EUR": 7000}),
    ],
)
async def test_a_day_is_the_orgs(
    make_settings: MakeSettings, zone: str, february: dict[str, int], march: dict[str, int]
) -> None:
    async with canvas_in(make_settings, zone) as canvas:
        answer = await ask(canvas, "net_revenue", since="2024-02-01", until="2024-04-01")
        months = {(str(row[0])[:7], row[1]): row[5] for row in answer.rows}
        for name, expected in (("2024-02", february), ("2024-03", march)):
            assert {c: v for (month, c), v in months.items() if month == name and v} == expected
        assert months["2024-03", "USD"] == march.get("USD", 0)
        paid_out = await ask(canvas, "payouts", since="2024-01-01", until="2024-03-01")
        january, second = [row[2] for row in paid_out.rows]
        assert (january, second) == ((0, 8000) if zone == EAST else (8000, 0))
        lost = {str(row[0])[:7]: row[4] for row in (await ask(canvas, "churn", currency="USD")).rows}
        assert lost == (
            {"2024-01": 0, "2024-02": 1, "2024-03": 0, "2024-04": 0, "2024-05": 0}
            if zone == WEST
            else {"2024-01": 0, "2024-02": 0, "2024-03": 1, "2024-04": 0, "2024-05": 0}
        )
        count = await ask(canvas, "failed_payment_count", since="2024-04-01", until="2024-06-01")
        assert [row[1] for row in count.rows] == ([2, 1] if zone == WEST else [1, 2])
        assert answer.receipt.time_zone == zone


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/New_York", "2024-03-10T04:59:59Z", "2024-03-09"),  # the clocks go forward on 10 March
        ("America/New_York", "2024-03-10T05:00:00Z", "2024-03-10"),
        ("America/New_York", "2024-03-11T03:59:59Z", "2024-03-10"),
        ("America/New_York", "2024-03-11T04:00:00Z", "2024-03-11"),
        ("Australia/Lord_Howe", "2024-04-06T12:59:59Z", "2024-04-06"),  # half an hour back on 7 April
        ("Australia/Lord_Howe", "2024-04-06T13:00:00Z", "2024-04-07"),
        ("Asia/Kathmandu", "2024-02-28T18:15:00Z", "2024-02-29"),  # UTC+5:45
        ("Pacific/Kiritimati", "2024-02-28T10:00:00Z", "2024-02-29"),  # UTC+14
    ],
)
async def test_days_follow_the_clocks(make_settings: MakeSettings, zone: str, moment: str, day: str) -> None:
    async with open_context(make_settings(time_zone=zone)) as ctx, open_canvas(ctx) as canvas:
        for booked in (1, 2):  # built from what was booked before, then kept
            await run(
                ctx,
                "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
                " select 'c' || count(*), %s::timestamptz, 'charge', 7, 'USD', 'test' from transactions",
                moment,
            )
            answer = await ask(canvas, "net_revenue", group_by="day", since="2024-01-01", until="2024-05-01")
            assert [(str(row[0]), row[2]) for row in answer.rows if row[2]] == [(day, 7 * booked)]


async def test_refunds(canvas: Canvas) -> None:
    assert without_zeros(await ask(canvas, "refunds")) == [
        ("2024-02-01", "USD", 2000, 1),
        ("2024-05-01", "EUR", 0, 1),  # one that failed: the money came back
    ]
    assert rows_of(await ask(canvas, "refunds", group_by="customer")) == [
        ("cus_a", "EUR", 0, 1),
        ("cus_a", "USD", 2000, 1),
    ]
    assert rows_of(await ask(canvas, "refunds", since="2024-03-01", until="2024-04-01")) == [
        ("2024-03-01", "EUR", 0, 0)
    ]


async def test_disputes(canvas: Canvas) -> None:
    assert without_zeros(await ask(canvas, "disputes")) == [
        ("2024-01-01", "USD", 1, 10000, 0, 10000),
        ("2024-04-01", "USD", 0, 0, 10000, -10000),
    ]
    assert rows_of(await ask(canvas, "disputes", group_by="currency")) == [("USD", 1, 10000, 10000, 0)]
    assert sorted(rows_of(await ask(canvas, "disputes", group_by="reason"))) == [
        ("duplicate", "EUR", 1, 700, 0, 700),
        ("fraudulent", "USD", 1, 10000, 10000, 0),
    ]
    march = await ask(canvas, "disputes", group_by="reason", since="2024-03-01", until="2024-04-01")
    assert [row[0] for row in march.rows] == ["duplicate"]


async def test_payouts_and_fees(canvas: Canvas) -> None:
    assert without_zeros(await ask(canvas, "payouts")) == [
        ("2024-01-01", "USD", 8000, 1),
        ("2024-04-01", "USD", 3000, 1),
        ("2024-05-01", "USD", -3000, 0),
    ]
    assert without_zeros(await ask(canvas, "fees")) == [
        ("2024-01-01", "USD", 1500, 1),
        ("2024-05-01", "USD", 600, 1),
    ]
    assert rows_of(await ask(canvas, "fees", group_by="type")) == [
        ("dispute_fee", "USD", 1500, 1),
        ("fee", "USD", 600, 1),
    ]


async def test_spend(canvas: Canvas) -> None:
    assert rows_of(await ask(canvas, "spend_by_vendor")) == [
        ("Hetzner", "EUR", 5000, 1),
        ("Landlord", "USD", 90000, 3),
        ("AWS", "USD", 2200, 2),
        (None, "USD", 25, 1),
    ]  # Bigco paid us; the refund of AWS is taken off
    assert rows_of(await ask(canvas, "spend_by_vendor", limit=1)) == [
        ("Hetzner", "EUR", 5000, 1),
        ("Landlord", "USD", 90000, 3),
    ]
    assert rows_of(
        await ask(canvas, "spend_by_vendor", vendor="AWS", since="2024-02-01", until="2024-03-01")
    ) == [("AWS", "USD", 1000, 1)]
    assert rows_of(await ask(canvas, "spend_over_time", currency="USD")) == [
        ("2024-01-01", "USD", 31200, 2),
        ("2024-02-01", "USD", 31000, 2),
        ("2024-03-01", "USD", 0, 0),
        ("2024-04-01", "USD", 30025, 2),
        ("2024-05-01", "USD", 0, 0),
    ]
    odd = await ask(
        canvas, "spend_over_time", currency="USD", group_by="currency", since="2024-01-16", until="2024-04-25"
    )
    assert rows_of(odd) == [
        ("USD", 30000 + 31000 + 25, 4)
    ]  # part of January, February and March whole, part of April


async def test_burn_rate(canvas: Canvas) -> None:
    by_key = {(str(row[0]), row[1]): row[2:] for row in (await ask(canvas, "burn_rate")).rows}
    # Known since the first spend, on 15 January: the dispute of 10000, its fee of 1500, AWS 1200, Landlord 30000.
    assert by_key["2024-01-01", "USD"] == (0, 42700, 42700)
    assert by_key["2024-02-01", "USD"] == (55300, 33300, -22000)
    assert by_key["2024-03-01", "EUR"] == (7000, 0, -7000)
    assert by_key["2024-03-01", "USD"] == (0, 0, 0)
    assert by_key["2024-04-01", "USD"] == (10010, 30025, 20015)
    assert by_key["2024-04-01", "JPY"] == (900, 0, -900)
    assert by_key["2024-05-01", "EUR"] == (500, 500, 0)
    assert by_key["2024-05-01", "USD"] == (20000, 600, -19400)


async def test_cash_and_runway(canvas: Canvas) -> None:
    assert rows_of(await ask(canvas, "cash")) == [
        ("bank:main", "EUR", 10000, "2024-05-10"),
        ("bank:main", "USD", 6000000, "2024-05-10"),
        ("stripe", "USD", 1200000, "2024-05-01"),
    ]
    assert rows_of(await ask(canvas, "cash", currency="USD", as_of=date(2024, 5, 1)))[0][2] == 9000000
    answer = await ask(canvas, "runway")
    # USD: February to April burnt -22000 + 0 + 20015 = -1985: more came in than went out. EUR is known too short.
    assert rows_of(answer) == [
        ("USD", 7200000, -662, None),
        ("EUR", 10000, None, None),
    ]
    assert answer.unknown is not None
    assert "full months of spend in EUR" in answer.unknown
    # In June: March to May: 0 + 20015 - 19400 = 615 in three months, 205 a month.
    june = await ask(canvas, "runway", currency="USD", as_of=date(2024, 6, 2))
    assert rows_of(june) == [("USD", 2200000, 205, 10731.7)]


async def test_runway_without_a_bank_is_unknown(canvas: Canvas, ctx: Context) -> None:
    await run(ctx, "delete from balances where account <> 'stripe'")
    answer = await ask(canvas, "runway")
    assert rows_of(answer) == [("USD", 1200000, None, None)]
    assert answer.unknown is not None
    assert "execops import bank" in answer.unknown
    await run(ctx, "delete from balances")
    answer = await ask(canvas, "runway")
    assert (answer.rows, "no bank balance is known" in str(answer.unknown)) == ((), True)


async def test_mrr_and_churn(canvas: Canvas) -> None:
    assert rows_of(await ask(canvas, "mrr")) == [
        ("2024-01-01", "EUR", 0, 0),
        ("2024-01-01", "USD", 8000, 8000),
        ("2024-02-01", "EUR", 3000, 3000),
        ("2024-02-01", "USD", 7000, -1000),
        ("2024-03-01", "EUR", 3000, 0),
        ("2024-03-01", "USD", 5000, -2000),
        ("2024-04-01", "EUR", 1200, -1800),
        ("2024-04-01", "USD", 5000, 0),
        ("2024-05-01", "EUR", 1200, 0),
        ("2024-05-01", "USD", 6000, 1000),
    ]
    assert rows_of(await ask(canvas, "mrr", since="2024-04-10", until="2024-05-16", currency="USD")) == [
        ("2024-04-01", "USD", 5000, 0),
        ("2024-05-01", "USD", 6000, 1000),
    ]
    assert rows_of(await ask(canvas, "mrr", group_by="currency")) == [
        ("EUR", 1200, 1200),
        ("USD", 6000, 6000),
    ]
    assert rows_of(await ask(canvas, "mrr", customer="cus_a", since="2024-04-01", until="2024-06-01")) == [
        ("2024-04-01", "USD", 5000, 0),
        ("2024-05-01", "USD", 6000, 1000),
    ]
    days = await ask(canvas, "mrr", group_by="day", since="2024-02-28", until="2024-03-02", currency="USD")
    assert [row[2] for row in days.rows] == [7000, 7000, 5000]
    assert rows_of(await ask(canvas, "churn", currency="USD")) == [
        ("2024-01-01", "USD", 0, 0, 0, None),
        ("2024-02-01", "USD", 1000, 0, 0, 12.5),  # cus_a keeps a subscription: money lost, no customer
        ("2024-03-01", "USD", 2000, 0, 1, 28.6),
        ("2024-04-01", "USD", 0, 0, 0, 0.0),
        ("2024-05-01", "USD", 0, 0, 0, 0.0),
    ]
    assert rows_of(
        await ask(canvas, "churn", group_by="currency", since="2024-02-01", until="2024-05-01")
    ) == [
        ("EUR", 0, 1800, 0, None),
        ("USD", 3000, 0, 1, 37.5),
    ]


async def test_top_customers(canvas: Canvas) -> None:
    assert rows_of(await ask(canvas, "top_customers")) == [
        ("cus_a", "Acme", "EUR", 7000, 1),
        ("cus_c", None, "JPY", 900, 1),
        ("cus_a", "Acme", "USD", 28000, 2),
        ("cus_b", None, "USD", 5000, 1),
    ]
    assert rows_of(
        await ask(canvas, "top_customers", limit=1, currency="usd", since="2024-02-01", until="2024-03-01")
    ) == [("cus_b", None, "USD", 5000, 1)]


async def test_receivables(canvas: Canvas) -> None:
    due = ("2024-05-20", "cus_z", "Zed", "in_6", "EUR", 200)
    of_acme = (None, "cus_a", "Acme", "in_7", "USD", 4900, "open")
    assert rows_of(await ask(canvas, "receivables")) == [(*due, "open"), of_acme]
    assert rows_of(await ask(canvas, "receivables", customer="cus_a")) == [of_acme]
    assert rows_of(await ask(canvas, "receivables", currency="eur")) == [(*due, "open")]
    next_day = await canvas.answer("receivables", {"limit": 1}, date(2024, 5, 21))
    assert rows_of(next_day) == [(*due, "overdue")]
    earlier = "as they are now: which invoices were open on an earlier day is not on record"
    assert next_day.receipt.note == earlier
    assert (await canvas.answer("receivables", {}, canvas.today())).receipt.note is None
    early = await canvas.answer("receivables", {"currency": "JPY"}, date(2024, 1, 1))
    assert early.rows == ()
    assert "no event of Stripe is known before" in (early.unknown or "")


async def test_failed_payments(canvas: Canvas) -> None:
    assert rows_of(await ask(canvas, "failed_payments", since="2024-04-01", until="2024-06-01")) == [
        (
            "2024-05-15",
            None,
            None,
            "in_9",
            None,
            None,
            None,
            None,
            None,
        ),  # nothing is known of this invoice yet
        ("2024-05-14", "cus_a", "Acme", "in_7", "USD", 4900, 2, "open", None),
        ("2024-05-01", "cus_z", "Zed", "in_8", "JPY", 900, 1, "paid", None),
    ]
    assert [row[3] for row in (await ask(canvas, "failed_payments", limit=1, currency="JPY")).rows] == [
        "in_8"
    ]
    assert rows_of(await ask(canvas, "failed_payment_count")) == [("2024-04-01", 1), ("2024-05-01", 2)]
    assert rows_of(
        await ask(canvas, "failed_payment_count", customer="cus_a", group_by="day", since="2024-05-13")
    ) == [
        ("2024-05-13", 0),
        ("2024-05-14", 1),
        ("2024-05-15", 0),
    ]


async def test_events(canvas: Canvas) -> None:
    since: dict[str, Any] = {"since": "2024-04-01", "until": "2024-06-01"}
    assert rows_of(await ask(canvas, "events", **since)) == [
        (FAILED, 4, 1),
        ("customer.created", 1, 0),
        ("invoice.paid", 1, 0),
    ]
    assert rows_of(await ask(canvas, "events", group_by="month", **since)) == [
        ("2024-04-01", 1, 0),
        ("2024-05-01", 5, 1),
    ]
    assert len((await ask(canvas, "events", limit=1, **since)).rows) == 1


async def test_an_import_of_a_bank_is_no_webhook(ctx: Context, canvas: Canvas) -> None:
    since: dict[str, Any] = {"since": "2024-04-01", "until": "2024-06-01"}
    before = rows_of(await ask(canvas, "events", **since))
    for status in ("processed", "failed", "received"):
        await run(
            ctx,
            "insert into events (source, type, occurred_at, payload_json, dedupe_key, livemode, status)"
            " values ('bank', 'bank.transactions_imported', '2024-05-02', '{}', %s, true, %s)",
            status,
            status,
        )
    assert rows_of(await ask(canvas, "events", **since)) == before
    by_month = await ask(canvas, "events", group_by="month", **since)
    behind = [await canvas.drill_down(by_month, at) for at in range(len(by_month.rows))]
    assert {event["source"] for row in behind for event in row.events} == {"stripe"}


async def test_what_was_decided(make_settings: MakeSettings, client: Client, ctx: Context) -> None:
    """Three proposals: approved after 4 s, approved edited after 10 s, rejected after 6 s; one still waits."""
    ids = [await pending_id(ctx, f"in_{n}", customer=f"cus_{n}") for n in range(4)]
    payload = (await client.proposals.get(ids[1])).payload
    await client.proposals.record_opening(ids[0], 1)
    await client.proposals.approve(ids[0], 1)
    await client.proposals.edit(ids[1], 1, {**payload, "subject": "Another subject"})
    await client.proposals.record_opening(ids[1], 2)
    await client.proposals.approve(ids[1], 2)
    await client.proposals.record_opening(ids[2], 1)
    await client.proposals.reject(ids[2], 1)
    for proposal_id, seconds in zip(ids, (4, 10, 6), strict=False):
        await run(
            ctx,
            "update openings o set opened_at = (select max(a.ts) from audit_log a where a.proposal_id = o.proposal_id"
            " and a.from_status = 'pending' and a.to_status in ('approved', 'rejected')) - make_interval(secs => %s)"
            " where proposal_id = %s",
            seconds,
            proposal_id,
        )
    today = datetime.now(UTC).date()
    month: dict[str, Any] = {"since": str(today - timedelta(days=1)), "until": str(today + timedelta(days=1))}
    async with open_canvas(ctx) as canvas:
        by_status = await ask(canvas, "proposals", as_of=today, **month)
        assert rows_of(by_status) == [("approved", 2, 0), ("pending", 1, 1), ("rejected", 1, 0)]
        by_play = await ask(canvas, "proposals", as_of=today, group_by="play", **month)
        assert rows_of(by_play) == [("card_update", 4, 1)]
        speed = await ask(canvas, "approval_time", as_of=today, group_by="play", **month)
        assert rows_of(speed) == [("card_update", 6.0, 9.2, 3)]
        exact = await ask(canvas, "precision", as_of=today, **month)
        assert rows_of(exact) == [("card_update", 2, 1, 66.7, 50.0)]


async def test_recovered_revenue(canvas: Canvas, ctx: Context, client: Client) -> None:
    proposal_id = await pending_id(ctx, "in_r", customer="cus_r")
    async with ctx.transaction() as conn:
        for object_id, amount, currency, paid_at in (
            ("in_r", 4900, "USD", "2024-02-29T16:00Z"),
            ("in_s", 900, "JPY", "2024-04-01T00:00Z"),
        ):
            await conn.execute(
                b"insert into recoveries (object_id, proposal_id, amount_minor, currency, paid_at, executed_at,"
                b" last_actor) values (%s, %s, %s, %s, %s::timestamptz, %s::timestamptz - interval '2 days', '{}')",
                (object_id, proposal_id, amount, currency, paid_at, paid_at),
            )
    assert without_zeros(await ask(canvas, "recovered_revenue")) == [
        ("2024-02-01", "USD", 4900, 1),
        ("2024-04-01", "JPY", 900, 1),
    ]
    assert ("2024-03-01", "USD", 0, 0) in rows_of(await ask(canvas, "recovered_revenue"))
    by_play = await ask(canvas, "recovered_revenue", group_by="play", since="2024-01-01", until="2024-06-01")
    assert rows_of(by_play) == [("card_update", "JPY", 900, 1), ("card_update", "USD", 4900, 1)]


async def test_nothing_is_known_of_an_empty_ledger(ctx: Context) -> None:
    async with open_canvas(ctx) as canvas:
        for metric in catalogue.load().values():
            answer = await canvas.answer(metric.name, {}, TODAY)
            assert answer.rows == (), metric.name
            assert answer.unknown, metric.name


async def test_nothing_is_known_before_the_first_movement(canvas: Canvas) -> None:
    for metric in ("net_revenue", "refunds", "spend_over_time", "mrr", "churn", "events"):
        answer = await ask(canvas, metric, since="2023-01-01", until="2023-06-01")
        assert (answer.rows, "before 2024-" in str(answer.unknown)) == ((), True), metric


async def test_a_receipt_says_what_was_counted(canvas: Canvas, ctx: Context) -> None:
    answer = await ask(canvas, "refunds", currency="usd")
    (latest,) = await rows(ctx, "select max(id) as id from transactions")
    receipt = answer.receipt
    assert receipt.params == {
        "from": date(2023, 6, 1), "to": date(2024, 5, 16), "group_by": "month", "currency": "USD", "customer": None,
    }  # fmt: skip
    assert (receipt.today, receipt.rows, receipt.watermark.transaction_id) == (
        TODAY,
        len(answer.rows),
        latest["id"],
    )
    assert receipt.definition == catalogue.load()["refunds"].definition


async def test_taking_back_and_changing_movements_keeps_the_sums(canvas: Canvas, ctx: Context) -> None:
    await run(ctx, "delete from transactions where external_id = 're_1'")
    await run(ctx, "update transactions set amount_minor = -700, currency = 'USD' where external_id = 're_2'")
    assert without_zeros(await ask(canvas, "refunds")) == [
        ("2024-05-01", "EUR", -500, 0),
        ("2024-05-01", "USD", 700, 1),
    ]


def of_a_bank(day: str, minor: int, currency: str) -> Movement:
    return Movement(
        external_id=f"{day}:{minor}:{currency}",
        kind="bank",
        amount=Money(minor, currency),
        occurred_at=datetime.fromisoformat(f"{day}T12:00+00:00"),
        counterparty="Hetzner",
    )


async def test_average_burn_counts_the_months_of_each_currency(ctx: Context) -> None:
    """The books in euros begin three months after those in dollars, within a month."""
    async with ctx.transaction() as conn:
        for day, minor, currency in [
            ("2024-01-01", -60_000, "USD"),
            ("2024-04-10", -99_000, "EUR"),  # of a month that is known in part
            ("2024-05-02", -10_000, "EUR"),
            ("2024-05-03", -40_000, "USD"),
            ("2024-06-01", -10_000, "EUR"),
            ("2024-06-02", -10_000, "GBP"),
        ]:
            assert await ledger.book(conn, "test", (of_a_bank(day, minor, currency),)) == 1
    async with open_canvas(ctx) as canvas:
        answer = await canvas.answer("average_burn", {}, date(2024, 7, 1))
        assert rows_of(answer) == [("EUR", 10_000, 2), ("USD", 16_667, 6)]  # of GBP, no full month is known


@pytest.mark.parametrize(
    "metric", ["receivables", "failed_payments", "failed_payment_count", "recovery_rate"]
)
async def test_a_file_of_a_bank_tells_nothing_of_invoices(ctx: Context, metric: str) -> None:
    async with ctx.transaction() as conn:
        await conn.execute(
            "insert into events (source, type, occurred_at, payload_json, dedupe_key, livemode, status)"
            " values ('bank', 'bank.transactions_imported', '2024-05-01', '{}', 'a', true, 'processed')"
        )
    async with open_canvas(ctx) as canvas:
        answer = await canvas.answer(metric, {}, date(2024, 5, 20))
        assert answer.rows == ()
        assert answer.unknown == "no event of Stripe is known: let Stripe send its events here"
        events = await canvas.answer("events", {}, date(2024, 5, 20))
        assert (events.rows, events.unknown) == (
            (),
            "no webhook is known: let Stripe send its events here",
        )
