"""A question that says how a number moved is answered by steps of time, not by one total."""

from __future__ import annotations

from datetime import date

import pytest

from execops.canvas import catalogue
from execops.canvas.ask import ask
from execops.canvas.catalogue import TIME_GROUPS
from execops.canvas.ledger_names import LedgerNames

TODAY = date(2026, 11, 30)
NAMES = LedgerNames(
    vendors=("AWS", "Hetzner"), categories=("hosting",), customers={}, currencies=("USD", "EUR")
)


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("did aws go up", "spend_over_time"),
        ("has aws gone up", "spend_over_time"),
        ("has aws grown", "spend_over_time"),
        ("did aws spend go up", "spend_over_time"),
        ("did aws spend rise", "spend_over_time"),
        ("is aws spend rising", "spend_over_time"),
        ("did spend on aws climb", "spend_over_time"),
        ("has hosting gone up", "spend_over_time"),
        ("did spend rise", "spend_over_time"),
        ("did our costs grow", "spend_over_time"),
        ("has churn gone up", "churn"),
        ("has our mrr gone up", "mrr"),
        ("has revenue grown", "net_revenue"),
        ("did revenue go down", "net_revenue"),
        ("are refunds growing", "refunds"),
        ("have our fees come down", "fees"),
        ("did disputes drop", "disputes"),
        ("events trending up", "events"),
    ],
)
def test_a_word_of_trend_wants_steps_of_time(question: str, metric: str) -> None:
    understood = ask(question, TODAY, NAMES)
    assert understood.metric == metric, understood.why
    group = understood.params.get("group_by", catalogue.load()[metric].groups[0])
    assert group in TIME_GROUPS


@pytest.mark.parametrize("question", ["did refunds go up in october", "has aws gone up this month"])
def test_one_step_shows_no_trend(question: str) -> None:
    understood = ask(question, TODAY, NAMES)
    assert understood.metric is None
    assert understood.why is not None
    assert understood.why.startswith("One step shows no trend")


def test_a_name_alone_is_no_trend() -> None:
    assert ask("aws", TODAY, NAMES).metric is None
    assert ask("how much did AWS spend", TODAY, NAMES).metric is None  # AWS paid nobody
