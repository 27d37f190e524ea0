"""A small company's bank statement up to today, for the demo: every month the same, so that no vendor spikes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.records import Report
    from execops.context import Context

ACCOUNT = "Checking"
MONTHS = 7  # before the current one: a whole quarter is among them at any time of the year
# Day of the month, whom, cents out; what the customers paid comes in by Stripe's payouts.
PAYMENTS = (
    (1, "WeWork", -310_000),
    (2, "Gusto", -1_840_000),
    (3, "AWS", -212_550),
    (4, "Google Cloud", -79_900),
    (5, "STRIPE PAYOUT", 890_000),
    (6, "Figma", -9_000),
)
OPENING = 40_000_000  # cents


def statement_lines(today: date) -> Iterator[str]:
    """The lines of the file, as a bank would write it."""
    yield "Date,Description,Amount,Currency,Balance"
    balance = OPENING
    for back in range(MONTHS, -1, -1):
        index = today.year * 12 + today.month - 1 - back
        for day, whom, cents in PAYMENTS:
            on = date(index // 12, index % 12 + 1, day)
            if on <= today:
                balance += cents
                yield f"{on},{whom},{cents / 100:.2f},USD,{balance / 100:.2f}"


async def bring_in(ctx: Context, client: Client) -> Report:
    """Import the statement, as `execops import bank` does."""
    from execops.client.bank_file import Options, read, survey

    zone = ZoneInfo(ctx.settings.time_zone)
    lines = list(statement_lines(ctx.clock.now().astimezone(zone).date()))
    layout = survey(lines, Options())
    rows = read(lines, layout, account=ACCOUNT, currency="USD", zone=zone)
    return await client.books.import_statement(ACCOUNT, rows)
