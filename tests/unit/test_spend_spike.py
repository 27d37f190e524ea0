"""A vendor's month is no spike for its floors, its contract, its calendar; an annual invoice and a runway's age are named."""

from __future__ import annotations

from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Urgency
from execops.plays.money import runway_low, spend_spike
from tests.unit.test_plays_finance import declined, drafted, runway, spend


def test_a_months_excess_has_a_floor_of_its_own() -> None:
    """A fifth of the month's floor: 100 of 500."""
    assert drafted(spend_spike.PLAY, spend(to_date=60_000, average=50_000))
    assert "only $99.99 above $500.00" in declined(spend_spike.PLAY, spend(to_date=59_999, average=50_000))
    euro = {"rates": [["EUR", "1.25"]]}
    assert drafted(spend_spike.PLAY, spend(to_date=58_000, average=50_000, currency="EUR", org=euro))
    assert "below the floor of 100 USD" in declined(
        spend_spike.PLAY, spend(to_date=57_999, average=50_000, currency="EUR", org=euro)
    )


def test_a_low_average_does_not_make_a_usual_month_a_spike() -> None:
    assert "a usual month of $1,000.00" in declined(
        spend_spike.PLAY, spend(to_date=110_000, average=60_000, usual=100_000)
    )
    assert drafted(spend_spike.PLAY, spend(to_date=110_001, average=60_000, usual=100_000))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("payroll", "paid for payroll"),
        ("tax", "for tax"),
        ("social", "for social security"),
        ("rent", "for rent"),
    ],
)
def test_contracts_and_laws_are_no_spend_to_cap(kind: str, words: str) -> None:
    assert words in declined(spend_spike.PLAY, spend(to_date=900_000, kind=kind))


def test_more_pay_days_are_no_spike() -> None:
    assert "more of the pay days" in declined(spend_spike.PLAY, spend(calendar=True))


def test_an_annual_invoice_says_so() -> None:
    draft = drafted(spend_spike.PLAY, spend(to_date=1_000_000, annual=[["2026-11-03", 1_000_000]]))
    assert draft.title == "Annual invoice? AWS, $10,000.00 so far in November 2026, 900% over its average"
    assert draft.urgency is Urgency.MEDIUM
    assert dict(draft.evidence)["Looks like an annual invoice"] == (
        "$10,000.00 on 3 November 2026 is 10 usual months in one payment"
    )
    assert "cap or cancel" not in draft.payload["text"]


def test_an_annual_invoice_is_compared_with_the_year_before() -> None:
    def invoice(before: int) -> Facts:
        days = [["2026-11-03", 1_000_000], ["2025-11-05", before]]
        return spend(to_date=1_050_000, annual=days)

    assert "not over 10% above that of the year before" in declined(spend_spike.PLAY, invoice(1_000_000))
    draft = drafted(spend_spike.PLAY, invoice(900_000))
    assert "after $9,000.00 on 5 November 2025" in draft.reasoning


@pytest.mark.parametrize(
    ("accounts", "zone", "named"),
    [
        ([["bank:main", 5, "2026-11-22"]], "UTC", "balance of 22 November 2026"),
        (
            [["bank:main", 5, "2026-08-14"], ["stripe", 5, "2026-11-22"]],
            "UTC",
            "the oldest is of 14 August 2026)",
        ),
        # An empty account says nothing of the age of the cash.
        ([["bank:old", 0, "2025-01-01"], ["stripe", 5, "2026-11-20"]], "UTC", "balance of 20 November 2026"),
        ([["bank:main", 5, "2026-11-15"]], "UTC", "balance of 15 November 2026"),
        # It is 23 November in Kiritimati, so the balance is older than a week there.
        ([["bank:main", 5, "2026-11-15"]], "Pacific/Kiritimati", "(4.0 months from 15 November 2026)"),
    ],
)
def test_the_title_of_a_runway_names_the_day_of_its_balance(
    accounts: list[Any], zone: str, named: str
) -> None:
    facts = runway(accounts=accounts)
    facts.org["time_zone"] = zone
    assert drafted(runway_low.PLAY, facts).title.endswith(named)
