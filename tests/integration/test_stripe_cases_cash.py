"""Spend and runway as founders have them: bank files and card purchases, and the message that each may cause."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.model import Event, Json
from tests import records
from tests.integration.test_bank_import import Clock, process, take
from tests.integration.test_plays_finance import purchase, stamp, take_in
from tests.stripe_events import event, fixture

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTHS = ("2026-08", "2026-09", "2026-10")
HEAD = "Date,Payee,Description,Type,Amount,Balance,Currency\n"


@pytest.fixture
def here(ctx: Context) -> Context:
    """A context on a fixed day."""
    return replace(ctx, clock=Clock(NOW))


def with_settings(ctx: Context, **settings: Any) -> Context:
    return replace(ctx, settings=replace(ctx.settings, **settings))


def line(
    day: str,
    payee: str,
    amount: float,
    text: str = "",
    type_: str = "",
    balance: str = "",
    currency: str = "USD",
) -> str:
    return f"{day},{payee},{text},{type_},{amount:.2f},{balance},{currency}\n"


def monthly(day: int, payee: str, amount: float, text: str = "", **more: str) -> str:
    """The same payment in each of the three full months."""
    return "".join(line(f"{month}-{day:02}", payee, amount, text, **more) for month in MONTHS)


async def statement(
    ctx: Context, client: Client, *lines: str, account: str = "main", closing: str = ""
) -> list[Event]:
    last = line("2026-11-21", "Bank interest", 12, balance=closing) if closing else ""
    await take(ctx, client, HEAD + "".join(lines) + last, account=account)
    return await process(ctx)


async def pending(ctx: Context) -> dict[str, Json]:
    """The pending proposals: title, urgency, amount and text by the object."""
    rows = await records.rows(ctx, "select * from action_proposals where status = 'pending' order by id")
    return {row["object_id"]: row for row in rows}


def reasons(events: list[Event], play: str) -> set[str]:
    return {
        str(result.get("why"))
        for processed in events
        for result in processed.outcome
        if result["play"] == play
    }


# Spend


async def test_a_mistake_that_is_refunded_leaves_nothing(here: Context) -> None:
    ctx = with_settings(here, currency="EUR")
    for n, minor in enumerate((90_000, 95_000, 92_000)):
        await take_in(ctx, purchase(f"ipi_{n}", minor, f"{MONTHS[n]}-05", vendor="HETZNER", currency="eur"))
    await take_in(ctx, purchase("ipi_3", 380_000, "2026-11-01", vendor="HETZNER", currency="eur"))
    (draft,) = (await pending(ctx)).values()
    # (900 + 950 + 920) / 3 = 923.33; 3,800 is 311% over it.
    assert draft["title"] == "Spend up 311%: HETZNER, €3,800.00 so far in November 2026"
    refund = purchase("ipi_4", -287_000, "2026-11-02", vendor="HETZNER", currency="eur", type="refund")
    await take_in(ctx, refund)
    assert await pending(ctx) == {}  # 930.00 is 1% over it


async def test_a_purchase_of_weeks_ago_counts_in_its_month(here: Context) -> None:
    for month in MONTHS:
        await take_in(here, purchase(f"ipi_{month}", 100_000, f"{month}-05"))
    await take_in(here, purchase("ipi_now", 200_000, "2026-11-01"))
    assert list(await pending(here)) == ["spend:2026-11:USD:AWS"]


async def test_a_new_vendor_is_not_compared(here: Context) -> None:
    arrived = await take_in(here, purchase("ipi_1", 800_000, "2026-11-01", vendor="SNOWFLAKE INC."))
    assert await pending(here) == {}
    assert reasons([arrived], "spend_spike") == {
        "fewer than 3 full months of SNOWFLAKE INC. are known before November 2026"
    }


@pytest.mark.parametrize(
    ("payee", "text", "type_", "why"),
    [
        ("Gusto", "", "", "payroll"),
        ("Gehaelter", "", "", "payroll"),
        ("Kyuyo", "", "", "payroll"),
        ("Anna Müller", "Gehalt", "", "payroll"),
        ("Anna Müller", "", "Payroll", "payroll"),
        ("Finanzamt Mitte", "", "", "tax"),
        ("Landlord LLC", "", "", "rent"),
        ("Wohnbau Süd", "Miete Büro", "", "rent"),
        ("URSSAF", "", "", "social security"),
    ],
)
async def test_contracts_and_laws_are_never_a_spike(
    here: Context, client: Client, payee: str, text: str, type_: str, why: str
) -> None:
    dear = [line(f"2026-11-{day:02}", payee, -10_000, text, type_) for day in (1, 10, 20)]
    events = await statement(here, client, monthly(5, payee, -10_000, text, type_=type_), *dear)
    assert await pending(here) == {}
    assert f"{payee} is paid for {why}: nobody caps or cancels it" in reasons(events, "spend_spike")


async def test_a_salary_is_known_though_its_receiver_also_gets_expenses(
    here: Context, client: Client
) -> None:
    bonus = line("2026-11-20", "Anna Müller", -8_000, "Gehalt und Bonus")
    expenses = line("2026-11-12", "Anna Müller", -700, "Reisekosten")
    await statement(here, client, monthly(27, "Anna Müller", -4_000, "Gehalt"), bonus, expenses)
    assert await pending(here) == {}


async def test_three_pay_dates_of_two_weeks_are_no_spike(here: Context, client: Client) -> None:
    ctx = replace(here, clock=Clock(datetime(2026, 10, 31, 12, tzinfo=UTC)))
    days = ["2026-07-10", "2026-07-24", "2026-08-07", "2026-08-21", "2026-09-04", "2026-09-18"]
    days += ["2026-10-02", "2026-10-16", "2026-10-30"]
    events = await statement(ctx, client, *(line(day, "Agency", -5_000) for day in days))
    assert await pending(ctx) == {}
    assert (
        "Agency is paid as much and as often as usual; October 2026 only has more of the pay days"
        in reasons(events, "spend_spike")
    )


async def test_a_bill_of_a_quarter_and_a_moved_pay_day_are_no_spike(here: Context, client: Client) -> None:
    quarterly = [
        line(day, "Insurer", -3_000) for day in ("2026-02-16", "2026-05-15", "2026-08-14", "2026-11-16")
    ]
    moved = [
        line(day, "Cleaner", -2_000)
        for day in ("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-11-02", "2026-11-20")
    ]
    events = await statement(here, client, *quarterly, *moved[:5])
    assert await pending(here) == {}
    whys = " ".join(reasons(events, "spend_spike"))
    assert (
        "Insurer is paid as much and as often as usual; November 2026 only has more of the pay days" in whys
    )
    assert "$2,000.00 for Cleaner in November 2026 is not over 10% above a usual month of $2,000.00" in whys
    # A second payment after 18 days does not fit the rhythm: 4,000.00 against 1,333.33.
    await statement(here, client, moved[5])
    assert list(await pending(here)) == ["spend:2026-11:USD:Cleaner"]


async def test_a_true_rise_is_told_with_its_sums(here: Context, client: Client) -> None:
    await statement(
        here,
        client,
        monthly(6, "Google Ads", -3_000),
        monthly(7, "AWS", -4_000),
        line("2026-11-01", "Google Ads", -6_200),
        line("2026-11-01", "AWS", -4_450),
    )
    drafts = await pending(here)
    assert {
        object_id: (row["title"], row["urgency"], row["amount_minor"]) for object_id, row in drafts.items()
    } == {
        "spend:2026-11:USD:Google Ads": (
            "Spend up 106%: Google Ads, $6,200.00 so far in November 2026",
            "high",
            320_000,
        ),
        "spend:2026-11:USD:AWS": ("Spend up 11%: AWS, $4,450.00 so far in November 2026", "medium", 45_000),
    }


async def test_a_refund_of_older_bills_does_not_make_a_usual_month_a_spike(
    here: Context, client: Client
) -> None:
    await statement(
        here,
        client,
        monthly(6, "Figma", -1_000),
        line("2026-10-20", "Figma", 2_500, "Refund of the annual plan"),
        line("2026-11-06", "Figma", -1_000),
    )
    assert await pending(here) == {}  # the average is 166.67, but 1,000.00 is a usual month


async def test_an_annual_invoice_says_so(here: Context, client: Client) -> None:
    await statement(here, client, monthly(6, "Notion", -1_000), line("2026-11-06", "Notion", -10_000))
    (draft,) = (await pending(here)).values()
    assert (
        draft["title"] == "Annual invoice? Notion, $10,000.00 so far in November 2026, 900% over its average"
    )
    assert "$10,000.00 on 6 November 2026 is 10 usual months in one payment" in draft["payload"]["text"]
    assert draft["urgency"] == "medium"


async def test_an_annual_invoice_as_in_the_year_before_is_no_spike(here: Context, client: Client) -> None:
    events = await statement(
        here,
        client,
        line("2025-11-10", "Insurer", -12_000),
        monthly(6, "Insurer", -300),
        line("2026-11-09", "Insurer", -12_400),
    )
    assert await pending(here) == {}
    assert any("above that of the year before" in why for why in reasons(events, "spend_spike"))


@pytest.mark.parametrize(
    ("rates", "drafts"),
    [((), 1), ((("JPY", "0.0065"),), 0), ((("JPY", "0.065"),), 1)],  # ¥60,000 are $390.00, or $3,900.00
)
async def test_spend_in_another_currency_has_the_floor_of_the_books(
    here: Context, client: Client, rates: tuple[tuple[str, str], ...], drafts: int
) -> None:
    ctx = with_settings(here, rates=rates)
    dear = line("2026-11-06", "Sakura", -60_000, currency="JPY")
    await statement(ctx, client, monthly(6, "Sakura", -30_000, currency="JPY"), dear)
    assert len(await pending(ctx)) == drafts


# Runway


async def test_a_short_runway_names_the_day_of_its_balance(here: Context, client: Client) -> None:
    await statement(
        here,
        client,
        monthly(5, "Gusto", -20_000),
        monthly(6, "WeWork", -5_000),
        monthly(7, "AWS", -4_000),
        monthly(8, "Customer Wire Alpha", 4_000),
        closing="62500.00",
    )
    (draft,) = (await pending(here)).values()
    # 62,500 / (20,000 + 5,000 + 4,000 - 4,000) = 2.5
    assert draft["title"] == "Runway: 2.5 months left, balance of 21 November 2026"
    assert draft["urgency"] == "critical"


@pytest.mark.parametrize(
    ("payee", "text", "amount"),
    [
        ("Lindgren Ventures", "Convertible loan agreement", 150_000),
        ("Sparkasse", "Darlehen 6600", 90_000),
        ("Bpifrance", "Versement", 40_000),
        ("Rosa Meyer", "Aportación de socios", 61_000),
    ],
)
async def test_financing_that_came_in_is_cash_and_lowers_no_burn(
    here: Context, client: Client, payee: str, text: str, amount: int
) -> None:
    burn, income = monthly(5, "Gehaelter", -25_000), monthly(8, "Kunde Alpha GmbH", 4_000)
    lent = line("2026-09-12", payee, amount, text)
    await statement(here, client, burn, income, lent, closing="84000.00")
    (draft,) = (await pending(here)).values()
    assert draft["title"].startswith("Runway: 4.0 months left"), "84,000 / (25,000 - 4,000)"
    evidence = dict(draft["evidence"])
    assert evidence["Net burn"].startswith("$21,000.00 a month")
    assert evidence["Financing left out"] == f"${amount:,}.00 from {payee}: in the cash, but no income"
    assert f"${amount:,}.00 from {payee}" in str(draft["payload"]), "the message says it too"


async def test_money_that_repays_a_loan_is_burn(here: Context, client: Client) -> None:
    lent = line("2026-08-12", "Sparkasse", 90_000, "Darlehen 6600")
    rates = monthly(20, "Sparkasse", -1_000, "Darlehen 6600")
    await statement(here, client, monthly(5, "Gehaelter", -20_000), lent, rates, closing="63000.00")
    (draft,) = (await pending(here)).values()
    assert draft["title"].startswith("Runway: 3.0 months left"), "63,000 / (20,000 + 1,000)"


async def test_a_customer_called_like_a_loan_is_income(here: Context, client: Client) -> None:
    income = monthly(8, "Loan Star Media", 31_000, "Retainer for seed data")
    events = await statement(here, client, monthly(5, "Gehaelter", -20_000), income, closing="2400.00")
    assert await pending(here) == {}
    assert reasons(events, "runway_low") == {"no cash is burnt: more comes in than goes out"}


async def test_a_vendor_with_changing_references_has_one_sum(here: Context, client: Client) -> None:
    """Each debit has a number of its own, and three months of 800 are the average of 800."""
    debits = "".join(
        line(f"2026-{month:02}-{day:02}", f"Nordlicht Hosting GmbH R00217{month:02}{day:02}", -400)
        for month in (8, 9, 10)
        for day in (3, 17)
    )
    now = "".join(
        line(f"2026-11-{day:02}", f"Nordlicht Hosting GmbH R00218{day:04}", -1_000) for day in (3, 17)
    )
    await statement(here, client, debits, now)
    (draft,) = (await pending(here)).values()
    assert draft["title"] == "Spend up 150%: Nordlicht Hosting GmbH, $2,000.00 so far in November 2026"
    assert dict(draft["evidence"])["This month so far"] == "$2,000.00 in 2 payments"


async def test_more_in_than_out_is_no_short_runway(here: Context, client: Client) -> None:
    income = monthly(8, "Kunde Alpha GmbH", 31_000)
    await statement(here, client, monthly(5, "Gehaelter", -20_000), income, closing="2400.00")
    assert await pending(here) == {}


STRIPE_FILE = monthly(5, "Gusto", -38_191), monthly(20, "STRIPE PAYOUT ST-A1B2", 34_500)


def paid_out(n: int, **changes: Any) -> Json:
    """The payout behind a line of the file."""
    created = int(datetime(2026, 8 + n, 18, 9, tzinfo=UTC).timestamp())
    sent = {"id": f"po_{n}", "amount": 3_450_000, "currency": "usd", "created": created, "status": "paid"}
    return event("payout.paid", fixture("payout", **(sent | changes)), created=created)


async def runways(events: list[Event]) -> set[str]:
    return reasons(events, "runway_low")


async def test_payouts_are_income_where_stripe_is_not_connected(here: Context, client: Client) -> None:
    events = await statement(here, client, *STRIPE_FILE, closing="375000.00")
    assert await pending(here) == {}
    assert await runways(events) == {"the runway is 101.5 months, not under 6"}  # 375,000 / 3,691


async def test_payouts_that_stripe_tells_of_are_no_income_twice(here: Context, client: Client) -> None:
    """Without the charges behind them nothing came in: 375,000 / 38,191 = 9.8 months."""
    await statement(here, client, *STRIPE_FILE, closing="375000.00")
    # 38,191 - 23,000 = 15,191; 38,191 - 11,500 = 26,691; 38,191.
    for n, months in enumerate(("24.6", "14.0", "9.8")):
        await take_in(here, paid_out(n))
        events = await statement(here, client, line(f"2026-11-{n + 1:02}", "Coffee", -5))
        assert f"the runway is {months} months, not under 6" in await runways(events[-1:])


async def test_a_payout_of_another_amount_leaves_the_line(here: Context, client: Client) -> None:
    await take_in(here, paid_out(0, amount=3_450_001))
    events = await statement(here, client, *STRIPE_FILE, closing="375000.00")
    assert "the runway is 101.5 months, not under 6" in await runways(events)


async def test_a_transfer_between_two_imported_accounts_is_left_out(here: Context, client: Client) -> None:
    out = line("2026-09-10", "Northpoint Bank", -60_000, type_="Transfer")
    burn = monthly(5, "Gusto", -10_000)
    events = await statement(here, client, burn, out, closing="240000.00")
    # Nothing says yet where the 60,000 went: 240,000 / (10,000 + 20,000)
    assert await runways(events) == {"the runway is 8.0 months, not under 6"}
    back = line("2026-09-11", "Main", 60_000, type_="Transfer")
    events = await statement(here, client, back, account="savings", closing="60000.00")
    assert "the runway is 30.0 months, not under 6" in await runways(events)  # 300,000 / 10,000


async def test_a_short_runway_names_the_halves_that_it_counts(here: Context, client: Client) -> None:
    """A charge is in the books, but its payout is not; 30,000 went to an account that nobody imported."""
    burn = monthly(5, "Gusto", -20_000)
    payouts = monthly(20, "STRIPE PAYOUT ST-A1B2", 4_000)
    out = line("2026-09-10", "Northpoint Bank", -30_000, type_="Transfer")
    await statement(here, client, burn, payouts, out, closing="52000.00")
    # 52,000 over 20,000 - 4,000 + 10,000 a month
    (draft,) = (await pending(here)).values()
    evidence = dict(draft["evidence"])
    assert draft["title"].startswith("Runway: 2.0 months left")
    assert evidence["Transfers in the burn"].startswith("-$30,000.00: the other account is not imported")
    assert "Stripe's payouts in the burn" not in evidence, "nothing of Stripe is in the books"
    charge = fixture(
        "charge",
        id="ch_1",
        amount=100,
        currency="usd",
        status="succeeded",
        captured=True,
        amount_captured=100,
        created=stamp("2026-10-19"),
    )
    await take_in(here, event("charge.succeeded", charge, created=stamp("2026-10-19")))
    await statement(here, client, line("2026-11-03", "Coffee", -5))
    (draft,) = (await pending(here)).values()
    assert dict(draft["evidence"])["Stripe's payouts in the burn"] == (
        "$12,000.00: these payouts are not in the books, but charges are; run `execops backfill stripe`"
    )
