"""The demo's bank statement holds on every day of the year."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from cli import books
from execops import bank
from execops.bank import Row


def test_every_day_has_a_readable_statement_that_ends_by_then() -> None:
    for days in range(0, 800, 7):
        today = date(2024, 1, 1) + timedelta(days=days)
        lines = list(books.statement(today))
        layout = bank.survey(lines, bank.Options())
        zone = ZoneInfo("UTC")
        rows = list(bank.read(lines, layout, account=books.ACCOUNT, currency="USD", zone=zone))
        assert all(isinstance(row, Row) for row in rows), today
        assert len(rows) >= books.MONTHS * len(books.PAYMENTS)
        assert max(line.partition(",")[0] for line in lines[1:]) <= today.isoformat()
