"""The title of every suggestion, typed as a question, means the suggestion."""

from __future__ import annotations

from datetime import date

import pytest

from execops.canvas.ask.suggestions import suggestion
from tests.questions import names
from tests.suggested import suggestions, typed

TODAY = date(2026, 11, 30)


def test_the_titles_of_the_labelled_questions_mean_the_same_when_they_are_typed() -> None:
    ledger, count, others = names(), 0, []
    for offer, as_of in suggestions(["tuned", "sixth", "seventeenth", "eighteenth"]):
        is_same, understood = typed(offer, as_of, ledger)
        count += 1
        if not is_same:
            others.append(f"{as_of} {offer.title}: {understood.metric} {understood.params} {understood.why}")
    assert not others, "\n".join(others)
    assert count > 400


@pytest.mark.parametrize(
    ("metric", "params", "title"),
    [
        ("spend_over_time", {"from": date(2026, 11, 1), "to": date(2026, 12, 1)}, "Spend by month, November"),
        ("spend_over_time", {}, "Spend over time"),
        (
            "spend_over_time",
            {"from": date(2025, 1, 1), "to": date(2026, 12, 1), "group_by": "quarter"},
            "Spend by quarter, 1 January 2025 to 30 November 2026",
        ),
        ("fees", {"from": date(2025, 2, 3), "to": date(2025, 5, 4)}, "Fees, 3 February 2025 to 3 May 2025"),
        ("fees", {"from": date(2026, 2, 3), "to": date(2026, 5, 4)}, "Fees, 3 February to 3 May"),
        (
            "movements",
            {"order": "largest", "direction": "out", "limit": 5, "from": date(2026, 10, 1), "to": date(2026, 11, 1)},
            "Largest outgoing movements, October, first 5",
        ),
        ("movements", {"direction": "in", "over": "1000"}, "Incoming movements, over 1000"),
        ("revenue_by_customer_and_month", {"group_by": "week"}, "Revenue by customer and week"),
        ("failed_payment_count", {"from": date(2026, 10, 1), "to": date(2026, 11, 1)}, "Failed payments by month, October"),
    ],
)  # fmt: skip
def test_a_title_says_what_it_means(metric: str, params: dict[str, object], title: str) -> None:
    offer = suggestion(metric, params, TODAY, names())
    assert offer.title == title
    is_same, understood = typed(offer, TODAY, names())
    assert is_same, understood
