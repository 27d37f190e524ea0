"""Synonyms: a word of the company means words of the rules, and makes no order a question."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from execops.canvas import catalogue
from execops.canvas.ask import ask
from execops.canvas.ask.synonyms import checked
from execops.canvas.ledger_names import LedgerNames
from execops.errors import InvalidInputError

TODAY = date(2026, 11, 22)
NAMES = LedgerNames(
    vendors=("AWS",),
    customers={"Acme": "cus_1"},
    synonyms={
        "dinero": "spend", "dinero total": "net revenue", "zap": "refunds", "gelt in": "net revenue", "supplyco": "vendor",
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "metric", "params"),
    [
        ("dinero by vendor", "spend_by_vendor", {"group_by": "vendor"}),
        ("Dinero this month", "spend_over_time", {"from": date(2026, 11, 1), "to": date(2026, 11, 23)}),
        ("dinero on AWS", "spend_by_vendor", {"vendor": "AWS"}),
        (
            "what were our dinero in October?",
            "spend_over_time",
            {"from": date(2026, 10, 1), "to": date(2026, 11, 1)},
        ),
        ("spend by supplyco", "spend_by_vendor", {"group_by": "vendor"}),
        ("DINERO  TOTAL", "net_revenue", {}),  # the longer phrase
        ("gelt in per month", "net_revenue", {"group_by": "month"}),
    ],
)
def test_a_synonym_is_read_as_the_words_it_means(question: str, metric: str, params: dict[str, Any]) -> None:
    understood = ask(question, TODAY, NAMES)
    assert (understood.kind, understood.metric, understood.params) == ("answer", metric, params), understood
    assert understood.read_as
    assert ask(question, TODAY, LedgerNames(vendors=("AWS",))).kind == "refuse"


@pytest.mark.parametrize("metric", sorted(catalogue.load()))
def test_every_metric_can_be_meant_by_its_name_and_by_its_title(metric: str) -> None:
    for means in (metric, metric.replace("_", " "), catalogue.load()[metric].title):
        phrase, meaning = checked("zorgle", means)
        understood = ask("zorgle", TODAY, LedgerNames(synonyms={phrase: meaning}))
        assert (understood.kind, understood.metric) == ("answer", metric), means


@pytest.mark.parametrize("means", ["rate", "burn rate of the moon", "the burn rate", "please spend"])
def test_a_meaning_holds_no_word_that_asks_for_nothing(means: str) -> None:
    with pytest.raises(InvalidInputError):
        checked("zorgle", means)


@pytest.mark.parametrize(
    "question",
    [
        "zap Acme", "please zap the customer", "zap 500", "zap all invoices", "can you zap it", "refund Acme zap",
        "should we zap Acme", "will dinero rise", "delete dinero", "pay the dinero", "dinerox by vendor",
        "dinero of the moon", "email Acme the dinero",
    ],
)  # fmt: skip
def test_what_is_no_question_stays_refused(question: str) -> None:
    assert ask(question, TODAY, NAMES).kind == "refuse"


def test_a_question_that_is_understood_keeps_its_meaning() -> None:
    names = LedgerNames(vendors=("Dinero",), synonyms={"dinero": "refunds"})
    understood = ask("spend on Dinero", TODAY, names)
    assert (understood.metric, understood.params, understood.read_as) == (
        "spend_by_vendor", {"vendor": "Dinero"}, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("phrase", "means"),
    [
        ("dinero", "bananas"), ("dinero", ""), ("", "spend"), ("dinero", "the"), ("dinero", "delete"),
        ("dinero", "forecast"), ("spend", "refunds"), ("by vendor", "spend"), ("delete dinero", "spend"),
        ("approve", "spend"), ("a b c d e", "spend"), ("dinero; drop", "spend"), ("dinero", "spend spend spend spend spend"),
        ("out\u202elays", "bananas"),
    ],
)  # fmt: skip
def test_what_may_be_no_synonym_is_refused(phrase: str, means: str) -> None:
    with pytest.raises(InvalidInputError):
        checked(phrase, means)


def test_a_synonym_is_kept_in_one_form() -> None:
    assert checked("  Our   Dinero ", "Spend") == ("our dinero", "spend")
    assert checked("gelt in", "net revenue") == ("gelt in", "net revenue")
