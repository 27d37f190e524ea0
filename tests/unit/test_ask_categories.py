"""Questions that name a category, leave something out, or hold a word that no answer may ignore."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from execops.canvas.ask import ask
from execops.canvas.understanding import Understanding
from tests.questions import names

SUNDAY = date(2026, 11, 22)
NAMES = replace(
    names(),
    categories=("hosting", "software", "sales tools", "office", "travel", "payroll", "uncategorised", "ai"),
)
OCTOBER = {"from": date(2026, 10, 1), "to": date(2026, 11, 1)}


def understood(question: str) -> Understanding:
    return ask(question, SUNDAY, NAMES)


@pytest.mark.parametrize(
    ("question", "metric", "params"),
    [
        ("spend on hosting last month", "spend_by_category", {"category": "hosting", **OCTOBER}),
        ("hosting", "spend_by_category", {"category": "hosting"}),
        ("Hosting in October", "spend_by_category", {"category": "hosting", **OCTOBER}),
        ("hosting by vendor", "spend_by_vendor", {"category": "hosting", "group_by": "vendor"}),
        ("top 3 hosting vendors", "spend_by_vendor", {"category": "hosting", "limit": 3}),
        ("weekly hosting spend", "spend_over_time", {"category": "hosting", "group_by": "week"}),
        ("spend on hostng last month", "spend_by_category", {"category": "hosting", **OCTOBER}),
        ("how much did we pay for sales tools", "spend_by_category", {"category": "sales tools"}),
        ("software spend", "spend_by_category", {"category": "software"}),
        (
            "uncategorized spend by vendor",
            "spend_by_vendor",
            {"category": "uncategorised", "group_by": "vendor"},
        ),
        ("aws hosting spend", "spend_by_vendor", {"category": "hosting", "vendor": "AWS"}),
        ("spend on office", "spend_by_category", {"category": "office"}),  # not Office Depot
        ("spend at office depot", "spend_by_vendor", {"vendor": "Office Depot"}),
        ("spend by category", "spend_by_category", {"group_by": "category"}),
    ],
)
def test_a_category_is_bound_by_its_name(question: str, metric: str, params: dict[str, Any]) -> None:
    got = understood(question)
    assert (got.kind, got.metric, dict(got.params)) == ("answer", metric, params), got


@pytest.mark.parametrize(
    "question",
    [
        "revenue from hosting", "refunds of hosting last month", "will we make payroll", "how many ppl on payroll",
        "payroll taxes due when", "hosting and travel last month", "travel vs software spend", "spend except hosting",
        "put AWS into hosting", "order 3 more macbooks from office depot",
    ],
)  # fmt: skip
def test_no_category_makes_an_answer_of_another_question(question: str) -> None:
    assert understood(question).kind == "refuse", question


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("spend excluding AWS last month", "Spend by vendor, October"),
        ("spend, AWS excluded", "Spend by vendor"),
        ("mrr without Acme", "MRR by customer"),
        ("spend except hosting", "Spend by category"),
        ("cash without the usd account", "Cash"),
        ("disputes won in October", "Disputes by status, October"),
        ("disputes for fraud in October", "Disputes by reason, October"),
        ("hosting, travel, office spend in October", "Spend by category, October"),
        ("did we make money in October", "Cash flow, October"),
        ("what did we spend money on in October", "Spend by vendor, October"),
        ("revenue yoy", "Net revenue by quarter, 1 January 2025 to 22 November"),
    ],
)
def test_what_no_answer_may_ignore_is_refused_with_the_next_best(question: str, title: str) -> None:
    got = understood(question)
    assert got.kind == "refuse", got
    assert got.suggestions[0].title == title, got.suggestions


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("refunds 3 months ago", (2026, 8, 1), (2026, 9, 1)),
        ("refunds two weeks ago", (2026, 11, 2), (2026, 11, 9)),
        ("refunds 10 days ago", (2026, 11, 12), (2026, 11, 13)),
        ("refunds same month last year", (2025, 11, 1), (2025, 12, 1)),
        ("refunds last ytd", (2025, 1, 1), (2025, 11, 23)),
        ("refunds june/july", (2026, 6, 1), (2026, 8, 1)),
    ],
)
def test_periods_before_today(question: str, start: tuple[int, int, int], end: tuple[int, int, int]) -> None:
    assert understood(question).params == {"from": date(*start), "to": date(*end)}, question


@pytest.mark.parametrize(
    ("today", "end"),
    [((2026, 12, 31), (2026, 1, 1)), ((2024, 2, 28), (2023, 3, 1)), ((2024, 2, 29), (2023, 3, 1))],
)
def test_the_last_year_to_date_ends_where_this_one_does(
    today: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    got = ask("refunds last ytd", date(*today), NAMES)
    assert got.params["to"] == date(*end)


def test_since_a_month_ago_names_no_first_day() -> None:
    assert understood("refunds since 3 months ago").kind == "refuse"
