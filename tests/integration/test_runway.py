"""The play and the canvas give the same runway for any books: in any time zone, before and after the sums follow it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from execops.books import cash
from execops.canvas.run import open_canvas
from execops.context import Context
from execops.model import Json
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.records import run

FIRST = datetime(2026, 5, 1, tzinfo=UTC)
DAYS = 210
KINDS = (
    "charge",
    "refund",
    "dispute",
    "dispute_fee",
    "fee",
    "adjustment",
    "issuing",
    "bank",
    "payout",
    "topup",
    "financing",
    "bank_transfer",
)
ZONES = ("UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "America/Havana")


async def fill(ctx: Context, seed: int) -> None:
    """Books made by chance: movements and balances in two currencies, some of them on the edges of months."""
    chance = random.Random(seed)
    accounts = chance.sample(["bank:main", "bank:spare", "stripe"], chance.randint(0, 3))
    for number in range(chance.choice([0, 20, 80])):
        moment = FIRST + timedelta(days=chance.randrange(DAYS), seconds=chance.randrange(86_400))
        if chance.random() < 0.4:  # within hours of the turn of a month
            month = chance.randint(6, 11)
            moment = datetime(2026, month, 1, tzinfo=UTC) + timedelta(minutes=chance.randint(-900, 900))
        await run(
            ctx,
            "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
            " values (%s, %s, %s, %s, %s, 'test')",
            str(number),
            moment,
            chance.choice(KINDS),
            chance.randint(-90_000, 60_000),
            chance.choice(["USD", "USD", "EUR"]),
        )
    zone = ZoneInfo(ctx.settings.time_zone)
    for account in accounts:
        for _ in range(chance.randint(1, 4)):
            moment = FIRST + timedelta(hours=chance.randrange(24 * DAYS))
            midnight = datetime.combine(moment, datetime.min.time(), zone)  # a bank tells days alone
            await run(
                ctx,
                "insert into balances (account, kind, amount_minor, currency, as_of) values (%s, %s, %s, %s, %s)"
                " on conflict do nothing",
                account,
                chance.choice(["available", "pending"]) if account == "stripe" else "current",
                chance.randint(-5_000, 900_000),
                chance.choice(["USD", "EUR"]),
                moment if account == "stripe" else midnight,
            )


async def of_the_play(ctx: Context, day: date) -> Json:
    """The runway at the last microsecond of a day."""
    zone = ZoneInfo(ctx.settings.time_zone)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone) - timedelta(microseconds=1)
    async with ctx.connection() as conn:
        return await cash.runway(conn, ctx.settings, end.astimezone(UTC))


async def burnt(ctx: Context, first: date, past: date) -> int:
    """The average net burn of three months by the rows themselves, in the currency of the books."""
    zone, currency = ZoneInfo(ctx.settings.time_zone), ctx.settings.currency
    rows = await records.rows(ctx, "select occurred_at, kind, amount_minor, currency from transactions")
    return -sum(
        int(row["amount_minor"])
        for row in rows
        if row["currency"] == currency
        and row["kind"] not in {"payout", "topup", "financing", "bank_transfer"}
        and first <= row["occurred_at"].astimezone(zone).date() < past
    )


@pytest.mark.parametrize("seed", range(12))
async def test_financing_and_transfers_are_no_burn(make_settings: MakeSettings, seed: int) -> None:
    zone = ZONES[seed % len(ZONES)]
    async with open_context(make_settings(time_zone=zone)) as ctx:
        await fill(ctx, seed)
        runway = await of_the_play(ctx, date(2026, 11, 22))
        if runway["unknown"] is None:
            assert abs(runway["burn"] * 3 - await burnt(ctx, date(2026, 8, 1), date(2026, 11, 1))) <= 1


@pytest.mark.parametrize("seed", range(12))
async def test_the_play_and_the_metric_agree(make_settings: MakeSettings, seed: int) -> None:
    zone = ZONES[seed % len(ZONES)]
    days = [date(2026, 11, 22), date(2026, 10, 31), date(2026, 11, 1), date(2026, 7, 15)]
    async with open_context(make_settings(time_zone=zone)) as ctx:
        await fill(ctx, seed)
        before = [await of_the_play(ctx, day) for day in days]  # the sums are kept in UTC still
        async with open_canvas(ctx) as canvas:
            for day, play in zip(days, before, strict=True):
                answer = await canvas.answer("runway", {"currency": ctx.settings.currency}, day)
                assert (answer.unknown or None) == play["unknown"], (zone, day)
                row: dict[str, Any] = answer.records()[0] if answer.rows else {}
                for name in ("cash", "burn", "months"):
                    assert row.get(name) == play[name], (zone, day, name)
        assert [await of_the_play(ctx, day) for day in days] == before, "the sums follow the zone now"
