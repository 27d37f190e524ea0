"""Runway and monthly spend by vendor, checked against sums made by hand: time zones, months, currencies, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from execops.books import cash, ledger
from execops.context import Context
from execops.effects import Balance, Movement
from execops.model import Json
from execops.money import Money

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def moved(
    text: str,
    minor: int,
    kind: str = "bank",
    *,
    currency: str = "USD",
    vendor: str = "AWS",
    zone: str = "UTC",
) -> Movement:
    return Movement(
        external_id=f"{text}:{minor}:{kind}:{currency}:{vendor}",
        kind=kind,
        amount=Money(minor, currency),
        occurred_at=at(text, zone),
        counterparty=vendor,
    )


def held(
    minor: int,
    text: str = "2026-11-20",
    account: str = "bank:main",
    *,
    currency: str = "USD",
    kind: str = "current",
) -> Balance:
    return Balance(account=account, kind=kind, amount=Money(minor, currency), as_of=at(text))


async def record(ctx: Context, *records: Movement | Balance) -> None:
    async with ctx.transaction() as conn:
        for entry in records:
            if isinstance(entry, Balance):
                await ledger.keep_balance(conn, entry)
            else:
                assert await ledger.book(conn, "test", (entry,)) == 1


async def runway(ctx: Context, now: datetime = NOW, **settings: str) -> Json:
    async with ctx.connection() as conn:
        return await cash.runway(conn, replace(ctx.settings, **settings), now)  # type: ignore[arg-type]


async def spend(
    ctx: Context, month: str = "2026-11", now: datetime = NOW, currency: str = "USD", **settings: str
) -> Json:
    async with ctx.connection() as conn:
        spend = await cash.vendor_spend(
            conn,
            replace(ctx.settings, **settings),  # type: ignore[arg-type]
            now,
            cash.spend_object("AWS", currency, month),
        )
    assert spend is not None
    return spend


# Months


@pytest.mark.parametrize(
    ("moment", "zone", "back", "start"),
    [
        ("2026-11-22T12:00+00:00", "UTC", 0, "2026-11-01T00:00+00:00"),
        ("2026-01-15T12:00+00:00", "UTC", 1, "2025-12-01T00:00+00:00"),
        ("2026-01-15T12:00+00:00", "UTC", 13, "2024-12-01T00:00+00:00"),
        ("2026-12-15T12:00+00:00", "UTC", -1, "2027-01-01T00:00+00:00"),
        ("2026-11-01T03:59+00:00", "America/New_York", 0, "2026-10-01T04:00+00:00"),
        ("2026-11-01T04:00+00:00", "America/New_York", 0, "2026-11-01T04:00+00:00"),
        (
            "2026-11-15T12:00+00:00",
            "America/New_York",
            0,
            "2026-11-01T04:00+00:00",
        ),  # before summer time ends
        ("2026-11-15T12:00+00:00", "America/New_York", -1, "2026-12-01T05:00+00:00"),
        ("2026-10-31T14:59+00:00", "Asia/Tokyo", 0, "2026-09-30T15:00+00:00"),
        ("2026-10-31T15:00+00:00", "Asia/Tokyo", 0, "2026-10-31T15:00+00:00"),
        ("2026-04-15T12:00+00:00", "Europe/Berlin", 0, "2026-03-31T22:00+00:00"),
        ("2026-04-15T12:00+00:00", "Europe/Berlin", 1, "2026-02-28T23:00+00:00"),
        ("2028-02-29T12:00+00:00", "UTC", 0, "2028-02-01T00:00+00:00"),
        ("2028-03-31T12:00+00:00", "UTC", 1, "2028-02-01T00:00+00:00"),
        # Havana sets its clocks back at 1:00 on 1 November 2026. Midnight comes twice, but the month begins once.
        ("2026-11-01T05:30+00:00", "America/Havana", 0, "2026-11-01T04:00+00:00"),
        ("2026-11-10T12:00+00:00", "America/Havana", 0, "2026-11-01T04:00+00:00"),
        # Asunción set its clocks forward at midnight on 1 October 2017: that midnight did not happen.
        ("2017-10-15T12:00+00:00", "America/Asuncion", 0, "2017-10-01T04:00+00:00"),
    ],
)
def test_a_month_begins_at_midnight_in_the_zone(moment: str, zone: str, back: int, start: str) -> None:
    month = cash.month_start(datetime.fromisoformat(moment), ZoneInfo(zone), back)
    assert month.astimezone(UTC) == datetime.fromisoformat(start)


def test_a_month_is_named_in_the_zone() -> None:
    moment = datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert cash.month_name(moment, ZoneInfo("UTC")) == "2026-11"
    assert cash.month_name(moment, ZoneInfo("America/New_York")) == "2026-10"
    assert cash.month_name(moment, ZoneInfo("Asia/Tokyo")) == "2026-11"


# Runway


async def test_runway_is_cash_over_the_average_burn_of_three_full_months(ctx: Context) -> None:
    await record(
        ctx,
        held(1_000_000),
        held(200_000, account="stripe", kind="available"),
        held(999_999, account="stripe", kind="pending"),  # not yet available
        moved("2026-07-31T23:59:59", -9_999_999),  # too early
        moved("2026-08-01", -300_000),
        moved("2026-08-15", 100_000, "charge"),
        moved("2026-09-10", -250_000, "issuing"),
        moved("2026-09-11", -20_000, "refund"),
        moved("2026-10-05", -5_000, "fee"),
        moved("2026-10-06", -15_000, "dispute"),
        moved("2026-10-06", -1_500, "dispute_fee"),
        moved("2026-10-31T23:59:59", -108_500),
        moved("2026-11-01", -9_999_999),  # this month is not full yet
    )
    answer = await runway(ctx)
    # 300,000 - 100,000 + 250,000 + 20,000 + 5,000 + 15,000 + 1,500 + 108,500 = 600,000 in three months.
    assert (answer["cash"], answer["burn"], answer["months"]) == (1_200_000, 200_000, 6.0)
    assert answer["unknown"] is None
    assert (answer["month"], answer["from"], answer["to"]) == ("2026-11", "2026-08", "2026-10")
    assert answer["accounts"] == [["bank:main", 1_000_000, "2026-11-20"], ["stripe", 200_000, "2026-11-20"]]


async def burning(
    ctx: Context, a_month: int, *, more: Sequence[Movement | Balance] = (), zone: str = "UTC"
) -> None:
    months = [moved(f"2026-{month}-15", -a_month, zone=zone) for month in ("08", "09", "10")]
    await record(ctx, *months, *more)


@pytest.mark.parametrize(
    ("cash_minor", "months"),
    [(600_000, 6.0), (599_999, 5.9), (300_000, 3.0), (299_999, 2.9), (0, 0.0), (-50_000, 0.0), (49_999, 0.4)],
)
async def test_months_of_runway_are_rounded_down(ctx: Context, cash_minor: int, months: float) -> None:
    await burning(ctx, 100_000, more=[held(cash_minor)])
    assert (await runway(ctx))["months"] == months


async def test_money_between_own_accounts_is_not_burn(ctx: Context) -> None:
    await burning(
        ctx,
        100_000,
        more=[
            held(100_000),
            moved("2026-09-01", -500_000, "payout"),
            moved("2026-09-02", 500_000, "bank_transfer"),
            moved("2026-09-03", 700_000, "transfer"),
            moved("2026-09-04", -30_000, "hold"),
            moved("2026-09-05", 80_000, "invoice_paid"),  # the income is its charge
        ],
    )
    assert (await runway(ctx))["burn"] == 100_000


async def test_nothing_is_burnt_if_more_comes_in_than_goes_out(ctx: Context) -> None:
    await burning(ctx, 100_000, more=[held(100_000), moved("2026-09-01", 300_000, "charge")])
    answer = await runway(ctx)
    assert (answer["burn"], answer["months"], answer["unknown"]) == (0, None, None)


async def test_the_latest_balance_of_each_account_counts_but_no_future_one(ctx: Context) -> None:
    await burning(
        ctx,
        100_000,
        more=[
            held(900_000, "2026-11-01"),
            held(500_000, "2026-11-21"),
            held(100, "2026-11-23"),
            held(40_000, "2026-06-01", "bank:savings"),
        ],
    )
    answer = await runway(ctx)
    assert answer["cash"] == 540_000
    assert answer["accounts"][1] == ["bank:savings", 40_000, "2026-06-01"]


async def test_currencies_are_never_added(ctx: Context) -> None:
    await burning(
        ctx,
        100_000,
        more=[
            held(300_000),
            held(900_000, currency="EUR"),
            held(0, account="bank:yen", currency="JPY"),
            moved("2026-09-01", -77_000, currency="EUR"),
        ],
    )
    answer = await runway(ctx)
    assert (answer["cash"], answer["burn"], answer["months"]) == (300_000, 100_000, 3.0)
    assert answer["left_out"] == [["bank:main", 900_000, "EUR"]]
    in_euros = await runway(ctx, currency="EUR")
    assert in_euros["cash"] == 900_000
    assert "fewer than 3" in in_euros["unknown"]


async def test_without_a_balance_the_runway_is_unknown_and_names_the_command_to_run(ctx: Context) -> None:
    await burning(ctx, 100_000)
    answer = await runway(ctx)
    assert (answer["months"], answer["cash"]) == (None, None)
    assert "no bank balance is known" in answer["unknown"]
    assert "execops import bank" in answer["unknown"]
    await record(ctx, held(100_000, account="stripe", kind="available"))
    assert "no bank balance is known" in (await runway(ctx))["unknown"]
    await record(ctx, held(100_000))
    assert (await runway(ctx))["months"] == 2.0
    assert "no balance in GBP is known" in (await runway(ctx, currency="GBP"))["unknown"]


async def test_the_runway_needs_three_full_months_of_spend(ctx: Context) -> None:
    await record(ctx, held(100_000), moved("2026-01-01", 100, "charge"))
    assert "fewer than 3" in (await runway(ctx))["unknown"]
    await record(ctx, moved("2026-09-01", -1), moved("2026-10-01", -1))
    assert "fewer than 3" in (await runway(ctx))["unknown"]
    await record(ctx, moved("2026-08-31T23:59:59", -1))
    answer = await runway(ctx)
    assert (answer["unknown"], answer["burn"]) == (None, 1)


async def test_a_movement_counts_in_the_month_of_the_companys_zone(ctx: Context) -> None:
    await burning(
        ctx,
        100_000,
        more=[
            held(600_000),
            moved("2026-08-01T03:30:00", -60_000),  # still July in New York
            moved("2026-10-31T15:30:00", -30_000),  # already November in Tokyo
        ],
    )
    assert (await runway(ctx))["burn"] == 130_000
    assert (await runway(ctx, time_zone="America/New_York"))["burn"] == 110_000
    assert (await runway(ctx, time_zone="Asia/Tokyo"))["burn"] == 120_000


async def test_the_three_months_move_at_midnight_in_the_zone(ctx: Context) -> None:
    await burning(ctx, 90_000, more=[held(600_000, "2026-10-30"), moved("2026-07-15", -30_000)])
    moment = datetime(2026, 11, 1, 3, 59, tzinfo=UTC)  # 23:59 on 31 October in New York
    before = await runway(ctx, moment, time_zone="America/New_York")
    assert (before["month"], before["burn"]) == ("2026-10", 70_000)  # 30,000 + 90,000 + 90,000
    after = await runway(ctx, datetime(2026, 11, 1, 4, tzinfo=UTC), time_zone="America/New_York")
    assert (after["month"], after["burn"]) == ("2026-11", 90_000)


async def test_the_leap_day_belongs_to_february(ctx: Context) -> None:
    await record(
        ctx,
        *(moved(f"2028-{day}", -30_000) for day in ("01-10", "02-29T23:59:59", "03-01")),
        moved("2027-12-10", -30_000),
        held(60_000, "2028-02-29"),
    )
    answer = await runway(ctx, datetime(2028, 3, 31, 12, tzinfo=UTC))
    assert (answer["from"], answer["to"], answer["burn"], answer["months"]) == (
        "2027-12",
        "2028-02",
        30_000,
        2.0,
    )


# Vendors


async def test_a_vendors_month_is_compared_with_its_three_months_before(ctx: Context) -> None:
    await record(
        ctx,
        moved("2026-07-31", -999_999),
        moved("2026-08-10", -100_000),
        moved("2026-09-10", -110_000, "issuing"),
        moved("2026-10-10", -105_000),
        moved("2026-10-20", 15_000),  # a refund by the vendor
        moved("2026-11-02", -80_000),
        moved("2026-11-03", -60_000, "issuing"),
        moved("2026-11-04", 10_000),
        moved("2026-11-05", -70_000, vendor="GCP"),
        moved("2026-11-05", -70_000, "bank_transfer"),
        moved("2026-11-05", -70_000, currency="EUR"),
        moved("2026-12-01", -70_000),
    )
    answer = await spend(ctx)
    assert (answer["to_date"], answer["average"], answer["purchases"]) == (130_000, 100_000, 2)
    assert (answer["current"], answer["unknown"]) == (True, None)
    assert (answer["vendor"], answer["currency"], answer["month"]) == ("AWS", "USD", "2026-11")
    past = await spend(ctx, "2026-10")
    assert (past["to_date"], past["current"]) == (90_000, False)


async def test_a_month_is_current_until_its_last_purchases_have_come(ctx: Context) -> None:
    for day, is_current in (
        ("2026-11-30", True),
        ("2026-12-01", True),
        ("2026-12-03", True),
        ("2026-12-04", False),
    ):
        assert (await spend(ctx, now=at(day)))["current"] == is_current, day
    later = at("2026-12-01")
    assert (await spend(ctx, "2026-12", now=later))["current"]
    # The first evening in Los Angeles is the next day in UTC.
    assert (await spend(ctx, now=at("2026-12-03T23:00"), time_zone="America/Los_Angeles"))["current"]


async def test_a_low_runway_names_its_largest_costs_and_pay_as_one_sum(ctx: Context) -> None:
    await record(
        ctx,
        held(5_000_000),
        moved("2026-07-31", -1, vendor="Old"),
        *(moved(f"2026-{month}-03", -1_200_000, vendor="AWS") for month in ("08", "09", "10")),
        moved("2026-09-09", 300_000, vendor="AWS"),
        *(moved(f"2026-{month}-04", -600_000, vendor="WeWork") for month in ("08", "09", "10")),
        moved("2026-10-05", -90_000, vendor="Figma"),
        moved("2026-10-06", -30_000, vendor="Zoom"),
        moved("2026-11-05", -9_000_000, vendor="Later"),
        moved("2026-10-07", 500_000, vendor="A Customer"),
        moved("2026-10-08", -5_000, currency="EUR", vendor="Hetzner"),
    )
    low = await runway(ctx)
    assert low["costs"] == [["AWS", 1_100_000], ["WeWork", 600_000], ["Figma", 30_000]]
    async with ctx.transaction() as conn:
        await conn.execute(
            "update transactions set purpose = 'payroll' where counterparty in ('WeWork', 'Figma')"
        )
    assert (await runway(ctx))["costs"] == [["AWS", 1_100_000], ["payroll", 630_000], ["Zoom", 10_000]]
    await record(ctx, held(100_000_000, "2026-11-21"))
    assert (await runway(ctx))["costs"] == []  # nothing is to be cut


async def test_a_vendor_with_fewer_than_three_months_of_history_has_no_average(ctx: Context) -> None:
    assert "fewer than 3" in (await spend(ctx))["unknown"]
    await record(ctx, moved("2026-09-01", -100), moved("2026-11-01", -500))
    assert "fewer than 3" in (await spend(ctx))["unknown"]
    await record(ctx, moved("2026-08-31", -200))
    answer = await spend(ctx)
    assert (answer["unknown"], answer["average"], answer["to_date"]) == (None, 100, 500)


async def test_a_vendors_month_follows_the_companys_zone(ctx: Context) -> None:
    await record(
        ctx,
        moved("2026-08-10", -300),
        moved("2026-11-01T02:00:00", -50),  # October in New York
        moved("2026-10-31T20:00:00", -7),  # November in Tokyo
    )
    assert ((await spend(ctx))["to_date"], (await spend(ctx))["average"]) == (50, round(307 / 3))
    west = await spend(ctx, time_zone="America/New_York")
    assert (west["to_date"], west["average"]) == (0, round(357 / 3))
    east = await spend(ctx, time_zone="Asia/Tokyo")
    assert (east["to_date"], east["average"]) == (57, 100)


async def test_only_the_id_of_a_vendors_month_has_spend(ctx: Context) -> None:
    async with ctx.connection() as conn:
        for other in ("in_1", "runway:2026-11", "spend:2026-11"):
            assert await cash.vendor_spend(conn, ctx.settings, NOW, other) is None
        spend_with_colons = await cash.vendor_spend(
            conn, ctx.settings, NOW, cash.spend_object("a:b:c", "USD", "2026-11")
        )
    assert spend_with_colons is not None
    assert spend_with_colons["vendor"] == "a:b:c"
