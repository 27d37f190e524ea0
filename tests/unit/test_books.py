"""The demo's bank statement can be read on the first and last days of months, and on others."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from cli.demo.statement import ACCOUNT, MONTHS, PAYMENTS, statement_lines
from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.statement import Row, read


def test_any_day_has_a_readable_statement_that_ends_by_then() -> None:
    for days in [
        *range(58, 63),
        *range(364, 368),
        *range(0, 800, 61),
    ]:  # the ends of February and of the year
        today = date(2024, 1, 1) + timedelta(days=days)
        lines = list(statement_lines(today))
        layout = survey(lines, Options())
        zone = ZoneInfo("UTC")
        rows = list(read(lines, layout, account=ACCOUNT, currency="USD", zone=zone))
        assert all(isinstance(row, Row) for row in rows), today
        assert len(rows) >= MONTHS * len(PAYMENTS)
        assert max(line.partition(",")[0] for line in lines[1:]) <= today.isoformat()
