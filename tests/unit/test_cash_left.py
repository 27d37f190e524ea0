"""The runway from today where the balances are old: what the title says, what the threshold judges."""

from __future__ import annotations

from typing import Any

import pytest

from execops.model import Declined, Draft, Urgency
from execops.plays.money.runway_low import PLAY
from tests.facts import facts


def answer(**changes: Any) -> Draft | Declined:
    """The answer of the play on 22 November 2026. The books have $20,000.00 of 20 November, and burn $5,000.00 a month."""
    runway = {
        "month": "2026-11", "from": "2026-08", "to": "2026-10", "currency": "USD", "cash": 2_000_000,
        "burn": 500_000, "months": 4.0, "accounts": [["bank:main", 2_000_000, "2026-11-20"]], "left_out": [],
        "unknown": None,
    }  # fmt: skip
    return PLAY.answer(
        facts(object_id="runway:2026-11", object_type=None, subject_key="org:runway", runway=runway | changes)
    )


def drafted(**changes: Any) -> Draft:
    draft = answer(**changes)
    assert isinstance(draft, Draft), draft
    return draft


def of(day: str, minor: int = 2_000_000, account: str = "bank:main") -> list[Any]:
    return [account, minor, day]


def test_an_old_balance_counts_from_today_and_says_both() -> None:
    draft = drafted(accounts=[of("2026-09-18")])
    assert draft.title == ("Runway: about 1.9 months left (4.0 months from 18 September 2026)")
    assert draft.urgency is Urgency.CRITICAL, "under three months from today"
    assert draft.reasoning == (
        "About 1.9 months of runway today (4.0 months from 18 September 2026): $20,000.00 in cash,"
        " $5,000.00 net burn a month; the line is 6 months."
    )
    assert draft.verdict == (
        "Decide what to cut, delay or collect: the cash lasts about 1.9 months at $5,000.00 a month"
    )
    assert "`execops import bank`" in draft.payload["text"]
    assert dict(draft.evidence)["Formula"].endswith("less the time since the balance")


@pytest.mark.parametrize(
    ("day", "title"),
    [
        ("2026-11-15", "Runway: 4.0 months left, balance of 15 November 2026"),
        (
            "2026-11-14",
            "Runway: about 3.7 months left (4.0 months from 14 November 2026)",
        ),
        ("2026-12-01", "Runway: 4.0 months left, balance of 1 December 2026"),
    ],
)
def test_the_balance_of_a_week_counts_as_todays(day: str, title: str) -> None:
    assert drafted(accounts=[of(day)]).title == title


@pytest.mark.parametrize(
    ("months", "day", "reason"),
    [
        (8.2, "2026-09-18", "the runway is about 6.1 months, not under 6"),
        (8.0, "2026-09-18", None),
        (6.0, "2026-11-20", "the runway is 6.0 months, not under 6"),
    ],
)
def test_the_line_of_six_months_is_drawn_from_today(months: float, day: str, reason: str | None) -> None:
    result = answer(months=months, accounts=[of(day)])
    assert (result.reason if isinstance(result, Declined) else None) == reason


def test_a_small_old_account_changes_little() -> None:
    draft = drafted(accounts=[of("2026-11-21"), of("2026-01-01", 10_000, "bank:old")])
    assert draft.title == "Runway: 4.0 months left, oldest balance of 1 January 2026"
    draft = drafted(accounts=[of("2026-11-22", 1_500_000), of("2026-08-14", 500_000, "bank:old")])
    assert draft.title == (
        "Runway: about 3.2 months left (4.0 months by the balances; the oldest is of 14 August 2026)"
    )


def test_an_overdraft_beside_old_cash_makes_it_no_younger() -> None:
    draft = drafted(
        cash=1_250_000, months=2.5, accounts=[of("2026-10-31"), of("2026-11-20", -750_000, "stripe")]
    )
    assert draft.title.startswith("Runway: about 1.8 months left")


def test_cash_that_is_used_up_by_now_asks_for_a_newer_balance_first() -> None:
    draft = drafted(accounts=[of("2026-03-20")])
    assert draft.title == ("Runway: the cash may be used up by now (4.0 months from 20 March 2026)")
    assert draft.urgency is Urgency.HIGH
    assert draft.verdict == (
        "Import a bank file of today: the known cash lasted 4.0 months, and they are over"
    )
    assert "Import a bank file of today: `execops import bank`." in draft.payload["text"]


@pytest.mark.parametrize(
    ("cash", "accounts", "words"),
    [
        (
            -100,
            [of("2026-09-18", -100)],
            "The account is overdrawn by $1.00, at a net burn of $5,000.00 a month.",
        ),
        (0, [of("2026-09-18", 0)], "The account is empty, at a net burn of $5,000.00 a month."),
        (
            -100,
            [of("2026-09-18", 400), of("2026-11-20", -500, "stripe")],
            "The accounts are overdrawn by $1.00, at a net burn of $5,000.00 a month.",
        ),
    ],
)
def test_without_cash_the_state_of_the_account_is_told(cash: int, accounts: list[Any], words: str) -> None:
    draft = drafted(cash=cash, months=0.0, accounts=accounts)
    assert draft.title.startswith("Runway: no cash left, ")
    assert draft.title.endswith("balance of 18 September 2026")
    assert words in draft.payload["text"]
    assert "lasts" not in draft.payload["text"]
    assert draft.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    ("sources", "last"),
    [
        (0, None),
        (5, "$50.00 from Lender 4: in the cash, but no income"),
        (6, "$40.00 from 1 more: in the cash, but no income"),
        (1_204, "$47,960.00 from 1,199 more: in the cash, but no income"),
    ],
)
def test_five_sources_of_financing_are_named_and_the_others_are_summed(
    sources: int, last: str | None
) -> None:
    financed = [[f"Lender {number}", max(9_000 - number * 1_000, 4_000)] for number in range(sources)]
    rows = [value for label, value in drafted(financed=financed).evidence if label == "Financing left out"]
    assert len(rows) == min(sources, 6)
    assert (rows[-1] if rows else None) == last
