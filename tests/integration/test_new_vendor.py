"""The first large payment to a vendor: new only where the books reach back far enough, and asked about once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.books.first_payments import _same
from execops.client import Client
from execops.context import Context
from execops.ingest import events
from execops.model import Event, Proposal, Status, Urgency
from execops.settings import Secret
from tests import records
from tests.integration.test_bank_import import Clock, csv_of, process, take
from tests.integration.test_plays_finance import outcome_of, purchase
from tests.integration.test_plays_finance import take_in as take_card

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Row = tuple[str, str, str] | tuple[str, str, str, str]
MONTHLY: list[Row] = [
    (f"2026-{month:02}-05", vendor, "-2000.00") for month in (8, 9, 10, 11) for vendor in ("Gusto", "Adobe")
]


@pytest.fixture
def here(ctx: Context) -> Context:
    """A context on a fixed day."""
    return replace(ctx, clock=Clock(NOW))


async def answers(ctx: Context, client: Client, *rows: Row, **options: Any) -> dict[str, dict[str, Any]]:
    """The outcome of the play about each vendor of a statement: that of the last event about it."""
    await take(ctx, client, csv_of(*rows), **options)
    events = await process(ctx)
    return {
        result["vendor"]: result
        for event in events
        for entry in event.outcome
        if entry["play"] == "new_vendor"
        for result in [entry | {"vendor": event.payload_json["vendor"]}]
    }


async def of_vendor(ctx: Context, vendor: str) -> Proposal | None:
    """The last proposal about a vendor."""
    rows = await records.rows(
        ctx, "select id from action_proposals where object_id = %s order by id desc", f"vendor:{vendor}"
    )
    return await records.proposal(ctx, rows[0]["id"]) if rows else None


async def test_a_large_first_payment_is_asked_about(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY, ("2026-11-20", "Snowflake Inc.", "-2000.00"))
    proposal = await of_vendor(here, "Snowflake Inc.")
    assert proposal is not None
    assert proposal.title == "New vendor: Snowflake Inc., $2,000.00"
    assert proposal.urgency is Urgency.HIGH, "large sums weigh more"
    assert ["Paid", "$2,000.00 in 1 payment"] in proposal.evidence
    assert ["First paid", "20 November 2026"] in proposal.evidence
    assert ["From", "the bank account main"] in proposal.evidence
    assert proposal.evidence[-1][1].startswith("payments since 5 August 2026, none to Snowflake Inc")
    spikes = await records.rows(here, "select id from action_proposals where play = 'spend_spike'")
    assert not spikes


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("2026-11-20", "Snowflake", "-999.99"), "no large sum"),
        (("2026-09-20", "Snowflake", "-8000.00"), "more than 45 days ago"),
        (("2026-11-20", "Finanzamt Mitte", "-8000.00"), "paid for tax"),
        (("2026-11-20", "Payroll November", "-8000.00"), "paid for payroll"),
        (("2026-11-20", "Payroll Berlin", "-8000.00"), "paid for payroll"),
        (("2026-11-20", "Loan instalment Bank", "-8000.00"), "paid for a loan"),
        (("2026-11-20", "Adobe Software Trading", "-8000.00"), "it may be Adobe, which was paid before"),
    ],
)
async def test_what_is_no_news_is_left_alone(here: Context, client: Client, row: Row, why: str) -> None:
    outcome = (await answers(here, client, *MONTHLY, row))[row[1]]
    assert outcome["proposal"] is None
    assert why in outcome["why"]


@pytest.mark.parametrize(
    ("payee", "provider"),
    [
        ("Deel", "Deel"), ("Deel Payroll", "Deel"), ("Remote Technology Inc", "Remote.com"), ("Rippling", "Rippling"),
        ("PAYFIT", "PayFit"),
    ],
)  # fmt: skip
async def test_a_first_payment_to_a_provider_of_payroll_is_news(
    here: Context, client: Client, payee: str, provider: str
) -> None:
    await answers(here, client, *MONTHLY, ("2026-11-20", payee, "-8000.00"))
    proposal = await of_vendor(here, provider)
    assert proposal is not None
    assert proposal.title == f"New vendor: {provider}, $8,000.00"


@pytest.mark.parametrize("first_day", ["2026-11-04", "2026-11-06", "2026-11-09", "2026-11-20", "2026-11-30"])
async def test_few_days_a_month_with_rows_are_no_gap(here: Context, client: Client, first_day: str) -> None:
    """A company pays salaries on the 5th and rent on the 7th, and nothing on other days."""
    rows: list[Row] = [
        (f"2026-{month:02}-{day:02}", vendor, "-2000.00")
        for month in (8, 9, 10)
        for day, vendor in ((5, "Gehalt"), (7, "Miete"))
    ]
    later = replace(here, clock=Clock(datetime(2026, 11, 30, 12, tzinfo=UTC)))
    await answers(later, client, *rows, (first_day, "Snowflake", "-8000.00"))
    assert await of_vendor(later, "Snowflake") is not None


@pytest.mark.parametrize(
    ("months", "label", "missing"),
    [
        ((8, 10, 11), "", "September 2026"),
        ((8, 9, 11), "", "October 2026"),
        ((8, 11), "", "October 2026"),
        ((8, 9, 10, 11), "", None),
        ((8, 9, 10, 11), "internal transfer", None),
    ],
)
async def test_a_month_without_a_row_of_the_account_is_a_gap(
    here: Context, client: Client, months: tuple[int, ...], label: str, missing: str | None
) -> None:
    rows = [(f"2026-{month:02}-05", "Savings" if label else "Adobe", "-20.00") for month in months]
    lines = [f"{day},{vendor},{amount},{label}" for day, vendor, amount in rows]
    text = "\n".join(["Date,Description,Amount,Category", *lines, "2026-11-20,Snowflake,-8000.00,"]) + "\n"
    await take(here, client, text)
    (why,) = {
        entry.get("why")
        for event in await process(here)
        if event.payload_json.get("vendor") == "Snowflake"
        for entry in event.outcome
        if entry["play"] == "new_vendor"
    }
    if missing is None:
        assert await of_vendor(here, "Snowflake") is not None
    else:
        assert f"no row of {missing} is in them, import the file of main" in str(why)


async def test_a_lender_that_is_paid_back_is_no_vendor(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY)
    text = "Date,Payee,Description,Amount\n2026-09-02,Meyer GmbH,Loan 7,90000.00\n2026-11-21,Meyer GmbH,Rate 1,-8000.00\n"
    await take(here, client, text)
    await process(here)
    assert await of_vendor(here, "Meyer GmbH") is None


async def test_a_transfer_to_an_own_account_has_no_vendor(here: Context, client: Client) -> None:
    outcomes = await answers(
        here, client, *MONTHLY, ("2026-11-20", "Transfer to savings account", "-8000.00")
    )
    assert set(outcomes) == {"Gusto", "Adobe"}


async def test_a_refund_to_a_customer_is_no_vendor(here: Context, client: Client) -> None:
    paid_back: list[Row] = [("2026-09-01", "Globex", "9000.00"), ("2026-11-20", "Globex", "-8000.00")]
    assert "paid the company before" in (await answers(here, client, *MONTHLY, *paid_back))["Globex"]["why"]


@pytest.mark.parametrize(
    ("first_day", "is_new"), [("2026-09-21", True), ("2026-09-22", False), ("2026-11-19", False)]
)
async def test_the_first_import_makes_nobody_new_before_the_books_cover_enough(
    here: Context, client: Client, first_day: str, is_new: bool
) -> None:
    rows: list[Row] = [(first_day, "Gusto", "-20.00"), ("2026-10-25", "Gusto", "-20.00")]
    outcome = (await answers(here, client, *rows, ("2026-11-20", "Snowflake", "-8000.00")))["Snowflake"]
    assert (outcome["proposal"] is not None) == is_new, outcome
    if not is_new:
        assert "not 60" in outcome["why"]


async def test_a_gap_in_the_books_makes_nobody_new(here: Context, client: Client) -> None:
    rows: list[Row] = [("2026-08-05", "Gusto", "-20.00"), ("2026-11-05", "Gusto", "-20.00")]
    outcome = (await answers(here, client, *rows, ("2026-11-20", "Snowflake", "-8000.00")))["Snowflake"]
    assert "a gap" in outcome["why"]


async def test_another_account_has_a_history_of_its_own(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY)
    rows: list[Row] = [("2026-11-03", "Office Depot", "-20.00"), ("2026-11-20", "Snowflake", "-8000.00")]
    outcome = (await answers(here, client, *rows, account="second"))["Snowflake"]
    assert "only 17 days" in outcome["why"]


async def test_a_vendor_that_another_account_paid_is_not_new(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY, ("2026-08-20", "Snowflake", "-20.00"), account="second")
    outcome = (await answers(here, client, *MONTHLY, ("2026-11-20", "Snowflake", "-8000.00")))["Snowflake"]
    assert "first paid on 20 August 2026" in outcome["why"]


async def test_money_that_came_back_supersedes(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY, ("2026-11-20", "Snowflake", "-8000.00"))
    proposal = await of_vendor(here, "Snowflake")
    assert proposal is not None
    await answers(here, client, ("2026-11-21", "Snowflake", "8000.00"))
    proposal = await records.proposal(here, proposal.id)
    assert (proposal.status, proposal.outcome) == (Status.SUPERSEDED, "Snowflake has paid all of it back")


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_vendor_is_asked_about_once(here: Context, founder_token: Secret, decision: str) -> None:
    client = await Client.login(here, founder_token)
    await answers(here, client, *MONTHLY, ("2026-11-12", "Snowflake", "-8000.00"))
    proposal = await of_vendor(here, "Snowflake")
    assert proposal is not None
    await answers(here, client, ("2026-11-13", "Snowflake", "-1000.00"))
    proposal = await records.proposal(here, proposal.id)
    assert ["Paid", "$9,000.00 in 2 payments"] in proposal.evidence
    await getattr(client.proposals, decision)(proposal.id, proposal.version)
    if decision == "approve":
        await processing.execute_proposal(here, proposal.id, 1)
    later = replace(here, clock=Clock(NOW + timedelta(days=4)))
    outcome = (await answers(later, client, ("2026-11-25", "Snowflake", "-9000.00")))["Snowflake"]
    status = "executed" if decision == "approve" else "rejected"
    assert (outcome["proposal"], outcome["why"]) == (None, f"proposal {proposal.id} was {status} already")


async def card(ctx: Context, id_: str, minor: int, day: str, vendor: str) -> Event:
    return await take_card(ctx, purchase(id_, minor, day, vendor=vendor))


async def test_the_first_card_payment_counts_on_the_banks_history(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY)
    bought = await card(here, "ipi_1", 800_000, "2026-11-20", "SNOWFLAKE INC.")
    proposal = await records.proposal(here, outcome_of(bought, "new_vendor")["proposal"])
    assert ["From", "a company card"] in proposal.evidence
    assert "block the card" in str(proposal.payload)


async def test_cards_that_are_just_connected_make_nobody_new(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY)
    await card(here, "ipi_1", 500, "2026-11-19", "AWS")
    bought = await card(here, "ipi_2", 800_000, "2026-11-20", "SNOWFLAKE INC.")
    assert "only 1 day of" in outcome_of(bought, "new_vendor")["why"]


async def test_without_any_history_nobody_is_new(here: Context) -> None:
    bought = await card(here, "ipi_1", 800_000, "2026-11-20", "SNOWFLAKE INC.")
    assert "only 0 days" in outcome_of(bought, "new_vendor")["why"]


async def test_a_sum_of_another_currency_without_a_rate_is_not_called_large(
    here: Context, client: Client
) -> None:
    await answers(here, client, *MONTHLY)
    bought = await take_card(
        here, purchase("ipi_1", 800_000, "2026-11-20", vendor="SNOWFLAKE INC.", currency="eur")
    )
    assert "no large sum" in outcome_of(bought, "new_vendor")["why"]


async def test_replaying_an_event_asks_nothing_again(here: Context, client: Client) -> None:
    await answers(here, client, *MONTHLY)
    bought = await card(here, "ipi_1", 800_000, "2026-11-20", "SNOWFLAKE INC.")
    await processing.process_event(here, bought.id)
    async with here.connection() as conn:
        again = await events.get(conn, bought.id)
    assert outcome_of(again, "new_vendor") == outcome_of(bought, "new_vendor")


@pytest.mark.parametrize(
    ("vendor", "other", "same"),
    [
        ("SNOWFLAKE INC.", "Snowflake", True),
        ("Snowflake Computing", "SNOWFLAKE", True),
        ("Amazon Web Services", "Amazon Marketplace", False),
        ("Müller GmbH", "müller", True),
        ("GmbH", "AG", False),
        ("Google*Ads 123", "GOOGLE ADS", True),
    ],
)
def test_one_vendor_may_have_two_names(vendor: str, other: str, same: bool) -> None:
    assert (_same(vendor, [other]) is not None) == same


@pytest.mark.parametrize(
    ("payee", "own"),
    [
        ("Ledgerly GmbH Tagesgeld", True),
        ("LEDGERLY GMBH", True),
        ("Ledgerly", True),
        ("Ledgerlytics Ltd", False),
        ("The Ledgerly Review", False),
    ],
)
async def test_a_payee_with_the_companys_own_name_is_no_vendor(
    here: Context, client: Client, payee: str, own: bool
) -> None:
    company = replace(here, settings=replace(here.settings, company_name="Ledgerly GmbH"))
    outcomes = await answers(company, client, *MONTHLY, ("2026-11-20", payee, "-9000.00"))
    [outcome] = [outcome for vendor, outcome in outcomes.items() if vendor.startswith(payee.split()[0])]
    assert ("own name" in outcome.get("why", "")) is own
    assert (outcome["proposal"] is None) is own
