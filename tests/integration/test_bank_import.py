"""Bank imports: a row is booked once, however often it is imported; bad lines wait; plays judge whole statements."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from execops import processing
from execops.books import bank_import
from execops.books.bank_import import Report
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.errors import NotAllowedError
from execops.ingest import events
from execops.model import Event, Role, Status
from execops.money import Money
from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.statement import read
from tests import records

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "Date,Description,Amount,Balance\n"


class Clock:
    """A clock that stands still."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


@pytest.fixture
def here(ctx: Context) -> Context:
    """The Context with a clock that stands still."""
    return replace(ctx, clock=Clock())


async def take(
    ctx: Context, client: Client, text: str, *, account: str = "main", dry_run: bool = False, **options: Any
) -> Report:
    """Import a statement."""
    lines = text.splitlines(keepends=True)
    layout = survey(lines, Options(**({"sign": "minus"} | options)))
    rows = read(
        lines,
        layout,
        account=account,
        currency=layout.currency or ctx.settings.currency,
        zone=ZoneInfo(ctx.settings.time_zone),
    )
    return await Client(ctx, client.operator).books.import_statement(account, rows, dry_run=dry_run)


async def process(ctx: Context) -> list[Event]:
    """Process the waiting events, the oldest first; returns all events of the bank."""
    for row in await records.rows(ctx, "select id from events where status = 'received' order by id"):
        await processing.process_event(ctx, row["id"])
    async with ctx.connection() as conn:
        rows = await records.rows(ctx, "select id from events where source = 'bank' order by id")
        return [await events.get(conn, row["id"]) for row in rows]


async def everything(ctx: Context) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that an import may write."""
    return {
        table: await records.rows(ctx, f"select * from {table} order by 1, 2, 3, 4")
        for table in ("events", "transactions", "balances", "action_proposals")
    } | {"jobs": await records.jobs(ctx, "process_event")}


async def booked(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(
        ctx, "select occurred_at, kind, amount_minor, currency, counterparty from transactions order by 1, 3"
    )


async def proposals(ctx: Context) -> Mapping[str, Any]:
    rows = await records.rows(
        ctx, "select object_id, status, urgency, outcome from action_proposals order by id"
    )
    return {row["object_id"]: row for row in rows}


def csv_of(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    return HEAD + "".join(",".join((*row, "")[:4]) + "\n" for row in rows)


QUARTER = [
    (f"2026-{month}-{day}", vendor, amount)
    for month in ("08", "09", "10")
    for day, vendor, amount in (
        ("03", "AWS", "-1000.00"),
        ("05", "Payroll", "-9000.00"),
        ("20", "Customer AG", "4000.00"),
    )
]


async def test_rows_are_booked_at_once_and_make_an_event_for_each_vendor_and_month(
    here: Context, client: Client
) -> None:
    report = await take(here, client, csv_of(*QUARTER, ("2026-10-31", "STRIPE PAYOUT", "700.00", "20000.00")))
    assert (report.rows, report.imported, report.known, report.problems) == (10, 10, 0, [])
    rows = await booked(here)
    assert sum(row["amount_minor"] for row in rows) == 3 * (400_000 - 1_000_000) + 70_000
    assert report.imported_sums == {"USD": -1_730_000}
    assert {(row["kind"], row["counterparty"]) for row in rows} == {
        ("bank", "AWS"),
        ("bank", "Payroll"),
        ("bank", "Customer AG"),
        ("bank", "Stripe"),  # nothing of Stripe is in the books
    }
    stored = await process(here)
    assert [event.type for event in stored] == ["bank.transactions_imported"] * 10 + ["bank.balance_imported"]
    assert stored[0].object_id == stored[0].subject_key == "spend:2026-08:USD:AWS"
    assert {event.occurred_at for event in stored} == {NOW}
    assert {event.status.value for event in stored} == {"processed"}
    (balance,) = await records.rows(here, "select account, kind, amount_minor, currency, as_of from balances")
    assert (balance["account"], balance["kind"], balance["amount_minor"]) == (
        "bank:main",
        "current",
        2_000_000,
    )
    assert balance["as_of"].date() == date(2026, 10, 31)
    assert await booked(here) == rows  # the worker books nothing again


async def test_rows_of_one_vendor_and_month_make_one_event(here: Context, client: Client) -> None:
    report = await take(here, client, csv_of(*(("2026-10-03", "AWS", f"-{n}.00") for n in range(1, 21))))
    (event,) = await process(here)
    assert report.events == 1
    assert len(event.payload_json["rows"]) == 20
    assert event.payload_json["rows"][0]["description"] == "AWS"


async def test_importing_twice_changes_nothing(here: Context, client: Client) -> None:
    text = csv_of(
        *QUARTER, ("2026-11-01", "AWS", "-5.00", "9000.00"), ("2026-11-01", "AWS", "-5.00", "8995.00")
    )
    await take(here, client, text)
    before = await everything(here)
    again = await take(here, client, text)
    assert (again.imported, again.known, again.events) == (0, 11, 0)
    assert await everything(here) == before
    await process(here)
    after = await everything(here)
    later = await take(replace(here, clock=Clock(datetime(2026, 12, 5, tzinfo=UTC))), client, text)
    assert (later.imported, later.events) == (0, 0)
    assert await everything(here) == after


async def test_overlapping_files_add_only_new_rows(here: Context, client: Client) -> None:
    coffee = ("2026-10-03", "Coffee", "-3.00")
    await take(here, client, csv_of(("2026-10-01", "AWS", "-10.00"), coffee, coffee))
    report = await take(here, client, csv_of(coffee, coffee, coffee, ("2026-10-04", "AWS", "-20.00")))
    assert (report.imported, report.known) == (2, 2)
    assert sum(row["amount_minor"] for row in await booked(here)) == -3_900
    other = await take(here, client, csv_of(coffee), account="second")
    assert other.imported == 1


async def test_the_same_rows_in_another_format_are_not_booked_again(here: Context, client: Client) -> None:
    await take(
        here, client, 'Date,Description,Amount\n2026-10-03,Hetzner,-1234.50\n2026-10-04,Kunde,"1,000.00"\n'
    )
    german = "Buchungstag;Verwendungszweck;Betrag\n04.10.2026;KUNDE;1.000,00\n03.10.2026;Hetzner;-1.234,50\n"
    report = await take(here, client, german)
    assert (report.imported, report.known) == (0, 2)
    assert sum(row["amount_minor"] for row in await booked(here)) == 100_000 - 123_450


async def test_two_imports_at_once_book_each_row_once(here: Context, client: Client) -> None:
    text = csv_of(*QUARTER, ("2026-10-31", "AWS", "-5.00", "100.00"))
    reversed_text = HEAD + "".join(reversed(text.splitlines(keepends=True)[1:]))
    reports = await asyncio.gather(
        *(take(here, client, statement) for statement in (text, reversed_text, text))
    )
    assert sorted(report.imported for report in reports) == [0, 0, 10]
    assert len(await booked(here)) == 10
    assert len(await records.rows(here, "select 1 from balances")) == 1


async def test_a_dry_run_counts_new_rows_and_changes_nothing(here: Context, client: Client) -> None:
    await take(here, client, csv_of(QUARTER[0]))
    before = await everything(here)
    report = await take(here, client, csv_of(*QUARTER, ("2026-10-31", "X", "-5.00", "100.00")), dry_run=True)
    assert (report.imported, report.known, report.events) == (9, 1, 0)
    assert report.balances == [(Money(10_000, "USD"), date(2026, 10, 31))]
    assert await everything(here) == before


async def test_bad_lines_are_reported_and_can_be_corrected(here: Context, client: Client) -> None:
    bad = csv_of(("2026-10-01", "AWS", "-10.00"), ("soon", "AWS", "-20.00"), ("2026-10-03", "AWS", "-30.00"))
    report = await take(here, client, bad)
    assert (report.imported, [problem.line for problem in report.problems]) == (2, [3])
    right = await take(here, client, bad.replace("soon", "2026-10-02"))
    assert (right.imported, right.known, right.problems) == (1, 2, [])
    assert sum(row["amount_minor"] for row in await booked(here)) == -6_000


async def test_the_balance_of_a_later_export_of_the_same_day_counts(here: Context, client: Client) -> None:
    morning = csv_of(("2026-11-22", "A", "-1.00", "5.00"))
    evening = csv_of(("2026-11-22", "A", "-1.00", "5.00"), ("2026-11-22", "B", "95.00", "100.00"))
    await take(here, client, morning)
    await take(here, client, evening)
    older = await take(here, client, csv_of(("2026-11-20", "C", "-1.00", "1.00")))
    assert older.imported == 1
    (latest,) = await records.rows(here, "select amount_minor from balances order by as_of desc limit 1")
    assert latest["amount_minor"] == 10_000


async def test_a_balance_dated_tomorrow_counts_from_now(here: Context, client: Client) -> None:
    await take(here, client, csv_of(("2026-11-23", "A", "-1.00", "5.00")))
    (balance,) = await records.rows(here, "select as_of from balances")
    assert balance["as_of"] == NOW


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("UTC", "2026-10-31T00:00:00+00:00"),
        ("America/New_York", "2026-10-31T04:00:00+00:00"),
        ("Asia/Tokyo", "2026-10-30T15:00:00+00:00"),
    ],
)
async def test_a_day_begins_in_the_companys_zone(here: Context, client: Client, zone: str, at: str) -> None:
    ctx = replace(here, settings=replace(here.settings, time_zone=zone))
    await take(ctx, client, csv_of(("2026-10-31", "AWS", "-1.00")))
    (row,) = await booked(ctx)
    assert row["occurred_at"] == datetime.fromisoformat(at)


async def test_a_large_file_is_imported_in_several_transactions(
    here: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_import, "BATCH", 7)
    rows = [("2026-10-03", f"Vendor {'ABC'[n % 3]}", f"-{n}.00") for n in range(1, 31)]
    text = csv_of(*rows, ("2026-10-04", "Last", "-1.00", "50.00"))
    report = await take(here, client, text)
    assert (report.rows, report.imported) == (31, 31)
    assert sum(row["amount_minor"] for row in await booked(here)) == -46_600
    assert len(await process(here)) == report.events
    again = await take(here, client, text)
    assert (again.imported, again.events) == (0, 0)


async def test_an_operator_whose_role_does_not_decide_may_not_import(here: Context) -> None:
    for role in (Role.VIEWER, Role.SERVICE):
        other = await records.new_client(here, role.value, role)
        with pytest.raises(NotAllowedError):
            await take(here, other, csv_of(QUARTER[0]))
    assert await booked(here) == []
    ops = await records.new_client(here, "ops", Role.OPS)
    assert (await take(here, ops, csv_of(QUARTER[0]))).imported == 1


async def test_an_empty_statement_changes_nothing(here: Context, client: Client) -> None:
    before = await everything(here)
    assert (await take(here, client, HEAD)).rows == 0
    assert await everything(here) == before


# The plays after an import


async def test_a_statement_wakes_spend_spike_and_runway_low(here: Context, client: Client) -> None:
    await take(
        here,
        client,
        csv_of(*QUARTER, ("2026-11-10", "AWS", "-1600.00"), ("2026-11-20", "Coffee", "-9.00", "18000.00")),
    )
    await process(here)
    drafted = await proposals(here)
    assert {object_id: (row["status"], row["urgency"]) for object_id, row in drafted.items()} == {
        "spend:2026-11:USD:AWS": ("pending", "high"),
        # 18,000 at (1,000 + 9,000 - 4,000) a month.
        "runway:2026-11": ("pending", "high"),
    }


async def test_an_older_month_ends_the_spike_that_it_explains(here: Context, client: Client) -> None:
    """The file of another account comes later: its months raise the average that the open proposal names."""
    await take(here, client, csv_of(*QUARTER, ("2026-11-10", "AWS", "-1600.00")))
    await process(here)
    assert (await proposals(here))["spend:2026-11:USD:AWS"]["status"] == "pending"
    older = [(f"2026-{month}-05", "AWS", "-3000.00") for month in ("08", "09", "10")]
    await take(here, client, csv_of(*older), account="second")
    assert (await proposals(here))["spend:2026-11:USD:AWS"]["status"] == "superseded"


async def test_a_new_name_of_a_vendor_ends_what_its_old_name_explained(here: Context, client: Client) -> None:
    await take(here, client, csv_of(*QUARTER, ("2026-11-10", "AWS", "-1600.00")))
    older = [(f"2026-{month}-05", "Nimbus Hosting", "-3000.00") for month in ("08", "09", "10")]
    await take(here, client, csv_of(*older), account="second")
    await process(here)
    assert (await proposals(here))["spend:2026-11:USD:AWS"]["status"] == "pending"
    await Client(here, client.operator).vendors.alias("AWS", ["Nimbus Hosting"])
    assert (await proposals(here))["spend:2026-11:USD:AWS"]["status"] == "superseded"


async def test_a_vendor_is_meant_in_every_spelling_and_a_misspelt_one_is_no_zero(
    here: Context, client: Client
) -> None:
    await take(here, client, csv_of(("2026-10-10", "Hetzner", "-16.00")))
    october = {"from": "2026-10-01", "to": "2026-11-01"}
    async with open_canvas(here) as canvas:
        for metric, cells in (("spend_over_time", (1600, 1)), ("spend_by_vendor", (1600, 1))):
            answer_of_vendor = await canvas.answer(
                metric, october | {"vendor": "hetzner"}, date(2026, 11, 22)
            )
            assert [row[-2:] for row in answer_of_vendor.rows] == [cells]
            assert answer_of_vendor.receipt.params["vendor"] == "Hetzner"
            unknown = await canvas.answer(metric, october | {"vendor": "Hetznr"}, date(2026, 11, 22))
            assert (unknown.rows, unknown.unknown) == ((), "the books know no vendor Hetznr")


async def test_no_play_judges_half_a_statement(here: Context, client: Client) -> None:
    """A play that saw only the expenses would draft a runway_low that the income disproves."""
    income = [(f"2026-{month}-21", "Big Customer", "90000.00") for month in ("08", "09", "10")]
    await take(here, client, csv_of(*QUARTER, *income, ("2026-11-20", "Coffee", "-9.00", "18000.00")))
    await process(here)
    assert await proposals(here) == {}
    stored = await process(here)
    reasons = {
        result["why"] for event in stored for result in event.outcome if result["play"] == "runway_low"
    }
    assert reasons == {"no cash is burnt: more comes in than goes out"}


async def test_past_months_and_transfers_wake_no_spend_spike(here: Context, client: Client) -> None:
    text = csv_of(*QUARTER, ("2026-10-25", "AWS", "-50000.00"), ("2026-11-10", "STRIPE PAYOUT", "70000.00"))
    await take(here, client, text)
    stored = await process(here)
    assert await proposals(here) == {}
    by_object = {event.object_id: event for event in stored}
    reasons = [
        result["why"]
        for result in by_object["spend:2026-10:USD:AWS"].outcome
        if result["play"] == "spend_spike"
    ]
    assert reasons == ["October 2026 is not the current month"]
    transfers = by_object["bank:main:2026-11"]
    assert [result["play"] for result in transfers.outcome] == ["runway_low"]


async def test_replaying_an_event_books_nothing_again(here: Context, client: Client) -> None:
    await take(here, client, csv_of(*QUARTER, ("2026-11-20", "Coffee", "-9.00", "18000.00")))
    stored = await process(here)
    before = await booked(here), await proposals(here)
    for event in stored:
        await client.events.replay(event.id)
    await process(here)
    assert (await booked(here), await proposals(here)) == before
    (runway,) = before[1].values()
    assert runway["status"] == Status.PENDING
