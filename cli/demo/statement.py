"""The demo's bank statement, of a small company, up to today. Every month is the same, so no vendor spikes."""

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
MONTHS = 7  # before the current month, so they always contain a whole quarter
# Day of the month, payee, cents. Stripe's payouts bring in the customers' payments.
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
    """The lines of the CSV file, as a bank writes it."""
    yield "Date,Description,Amount,Currency,Balance"
    balance = OPENING
    for months_ago in range(MONTHS, -1, -1):
        month = today.year * 12 + today.month - 1 - months_ago
        for day, payee, cents in PAYMENTS:
            booked_on = date(month // 12, month % 12 + 1, day)
            if booked_on <= today:
                balance += cents
                yield f"{booked_on},{payee},{cents / 100:.2f},USD,{balance / 100:.2f}"


async def import_demo_statement(ctx: Context, client: Client) -> Report:
    """Import the statement, as `execops import bank` does."""
    from execops.client.bank_file import Options, read, survey

    zone = ZoneInfo(ctx.settings.time_zone)
    lines = list(statement_lines(ctx.clock.now().astimezone(zone).date()))
    layout = survey(lines, Options())
    rows = read(lines, layout, account=ACCOUNT, currency="USD", zone=zone)
    return await client.books.import_statement(ACCOUNT, rows)
