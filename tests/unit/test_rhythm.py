"""Pay days: the calendar alone makes no month dear, and the invoice of a year is recognised."""

from __future__ import annotations

from datetime import date

import pytest

from execops.books.rhythm import PayDay, annual_invoice, is_calendar


def days(*entries: str, minor: int = 100_000) -> list[PayDay]:
    """Pay days as `2026-08-07` or `2026-08-07:125000`, with an amount of their own."""
    parts = [entry.partition(":") for entry in sorted(entries)]
    return [PayDay(date.fromisoformat(day), int(amount or minor)) for day, _, amount in parts]


TWO_WEEKS = ("2026-08-14", "2026-08-28", "2026-09-11", "2026-09-25", "2026-10-09", "2026-10-23")
NOVEMBER, AUGUST = date(2026, 11, 1), date(2026, 8, 1)


def calendar(*entries: str, start: date = NOVEMBER, trailing: date = AUGUST) -> bool:
    return is_calendar(days(*entries), start, trailing)


@pytest.mark.parametrize(
    "entries",
    [
        ("2026-11-03", "2026-11-17", "2026-11-30"),
        ("2026-11-04:109000", "2026-11-16", "2026-11-30:111000"),
    ],
)
def test_a_third_pay_day_of_two_weeks_is_the_calendar(entries: tuple[str, ...]) -> None:
    assert calendar(*TWO_WEEKS, *entries)


def test_a_fifth_week_is_the_calendar() -> None:
    mondays = [
        "2026-08-03",
        "2026-08-10",
        "2026-08-17",
        "2026-08-24",
        "2026-09-07",
        "2026-09-14",
        "2026-09-21",
    ]
    mondays[4:4] = ["2026-08-31"]
    mondays += ["2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"]
    november = ("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30")
    assert calendar(*mondays, *november)  # 5, 4 and 4 Mondays before it
    assert not calendar(*mondays, *november, "2026-11-24")


def test_a_pay_day_that_moved_over_the_end_of_a_month_is_the_calendar() -> None:
    # 31 October was a Saturday.
    assert calendar("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-11-02", "2026-11-30")
    assert calendar("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-11-02")
    # The payment of 1 November came on 30 October already.
    assert calendar(
        "2026-07-01",
        "2026-08-03",
        "2026-09-01",
        "2026-10-01",
        "2026-10-30",
        start=date(2026, 10, 1),
        trailing=date(2026, 7, 1),
    )


def test_a_quarters_bill_is_the_calendar() -> None:
    assert calendar("2026-02-15", "2026-05-15", "2026-08-15", "2026-11-16")
    assert calendar("2026-08-15:300000", "2026-11-16:330000")
    assert not calendar("2026-08-15:300000", "2026-11-16:330001")


def test_higher_payments_are_no_calendar() -> None:
    assert not calendar(*TWO_WEEKS, "2026-11-06:120000", "2026-11-20:120000", "2026-11-27:120000")


def test_closer_payments_are_no_calendar() -> None:
    """An advertiser that is charged at a threshold pays more often where it spends more."""
    assert not calendar(*TWO_WEEKS, "2026-11-02", "2026-11-06", "2026-11-11")


def test_payments_without_a_rhythm_are_no_calendar() -> None:
    assert not calendar("2026-08-02", "2026-08-04", "2026-09-25", "2026-10-31", "2026-11-12", "2026-11-28")
    assert not calendar("2026-08-02", "2026-10-31", "2026-11-02", "2026-11-28")
    assert not calendar("2026-11-02", "2026-11-28")


def test_as_many_pay_days_as_usual_are_no_calendar() -> None:
    assert not calendar("2026-08-03", "2026-09-03", "2026-10-03", "2026-11-03")


def test_eight_to_fourteen_months_in_one_payment_look_annual() -> None:
    monthly = ("2026-08-03", "2026-09-03", "2026-10-03")
    for minor, is_annual in ((799_999, False), (800_000, True), (1_400_000, True), (1_400_001, False)):
        entries = days(*monthly, f"2026-11-03:{minor}")
        assert annual_invoice(entries, NOVEMBER, 100_000) == ((entries[-1], None) if is_annual else None), (
            minor
        )


def test_the_rest_of_an_annual_month_is_as_usual() -> None:
    assert annual_invoice(days("2026-11-03:1000000", "2026-11-04:110000"), NOVEMBER, 100_000)
    assert annual_invoice(days("2026-11-03:1000000", "2026-11-04:110001"), NOVEMBER, 100_000) is None


@pytest.mark.parametrize(
    ("before", "is_like"),
    [
        ("2025-11-05:1700000", True),
        ("2025-12-08:1700000", True),  # 330 days
        ("2025-12-09:1700000", False),
        ("2025-11-05:1133334", True),  # two thirds of 1,700,000
        ("2025-11-05:1133333", False),
    ],
)
def test_the_payment_of_the_year_before_proves_an_annual_invoice(before: str, is_like: bool) -> None:
    entries = days(before, "2026-11-03:1700000")
    assert annual_invoice(entries, NOVEMBER, 100_000) == ((entries[1], entries[0]) if is_like else None)


def test_nothing_is_annual_without_an_average_or_a_payment() -> None:
    assert annual_invoice(days("2026-11-03"), NOVEMBER, 0) is None
    assert annual_invoice(days("2026-10-03"), NOVEMBER, 100_000) is None
