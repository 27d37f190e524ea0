"""Questions offered instead of one that has no answer: near, bound, and never an answer by themselves."""

from __future__ import annotations

from datetime import date

import click
import pytest

from cli import answers, session
from execops.canvas import catalogue
from execops.canvas.ask import ask
from execops.canvas.params import bind
from server.errors import as_problem
from tests.questions import names, outcomes
from tests.scorer import by_odds, labelled

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("average refund last month", ("Refunds, October", "refunds")),
        ("what did northwind pay us in 2025", ("Net revenue, Northwind Labs, 2025", "net_revenue")),
        ("spend on aws and github", ("Spend by vendor, AWS", "spend_by_vendor")),
        ("revenue from united airlines this quarter", ("Spend by vendor, United Airlines, this quarter", "spend_by_vendor")),
        ("top 5 customers by name in EUR on 3 october 2025", ("Top customers, EUR, 3 October 2025, first 5", "top_customers")),
        ("would our refunds be lower in october", ("Refunds, October", "refunds")),
        ("who gave up and cancelled since august", ("Churn by customer, 1 August to 22 November", "churn")),
        ("what does stark still owe", ("Receivables, Stark Industries", "receivables")),
    ],
)  # fmt: skip
def test_a_question_without_an_answer_offers_near_ones(question: str, first: tuple[str, str]) -> None:
    understood = ask(question, TODAY, names())
    assert understood.metric is None
    best = understood.suggestions[0]
    assert (best.title, best.metric) == first
    assert understood.refusal().suggestions[0] == best.to_json()
    assert f"“{best.title}”" in (understood.refusal().hint or "")
    assert understood.to_json(question)["suggestions"][0]["metric"] == best.metric


def test_each_of_two_metrics_that_a_question_names_is_offered() -> None:
    understood = ask("refunds and disputes since 3 october", TODAY, names())
    assert understood.kind == "clarify"
    period = "3 October to 22 November"
    assert {offer.title for offer in understood.suggestions} >= {f"Refunds, {period}", f"Disputes, {period}"}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        (
            "we meet on Tuesday; strange refunds in 2025?",
            "Refunds, 2025",
        ),  # of two periods, a day is the less likely
        ("fees on 3 october, i mean in september, xyz", "Fees, September"),
        ("costs by category xyz last 6 months", "Spend by category, 23 May to 22 November"),  # or to the day
        ("xyz mrr at the end of june", "MRR, until 30 June"),
        ("xyz monthly mrr per customer", "MRR by customer"),  # or by month
        ("xyz mrr by customer by month", "MRR by customer"),
        (
            "I buy a car. xyz fees? All of 2025 in euros please.",
            "Fees, EUR, 2025",
        ),  # the metric in one sentence
        ("make the list of refunds xyz for q3", "Refunds, Q3"),  # an order in the words of a question
        ("weird refunds in the first hundred and twenty days", "Refunds"),
    ],
)
def test_what_may_be_read_otherwise_is_offered(question: str, title: str) -> None:
    understood = ask(question, TODAY, names())
    assert understood.metric is None
    assert title in [offer.title for offer in understood.suggestions]


def test_no_question_is_offered_twice() -> None:
    for outcome in outcomes("eleventh"):
        day = date.fromisoformat(outcome.label["as_of"])
        bound = [
            (offer.metric, str(bind(catalogue.load()[offer.metric], offer.params, day)))
            for offer in outcome.understood.suggestions
        ]
        assert len(set(bound)) == len(bound), outcome.label["question"]


@pytest.mark.parametrize("question", ["what is the weather", "refund acme", "select * from events", "sing"])
def test_an_outside_question_and_an_order_offer_none(question: str) -> None:
    understood = ask(question, TODAY, names())
    assert (understood.kind, understood.suggestions) == ("refuse", ())


def test_every_suggestion_can_be_asked_and_keeps_the_names() -> None:
    offered = 0
    for outcome in outcomes("tuned"):
        suggestions = outcome.understood.suggestions
        assert len(suggestions) <= 3
        assert not suggestions or outcome.understood.metric is None
        for suggestion in suggestions:
            offered += 1
            day = date.fromisoformat(outcome.label["as_of"])
            bind(catalogue.load()[suggestion.metric], suggestion.params, day)
    assert offered > 100


def test_the_right_metric_is_among_the_first_three() -> None:
    rows = labelled("tuned")
    near = [metric in by_odds(words)[:3] for words, metric in rows]
    assert sum(near) / len(near) > 0.97
    assert by_odds("") == []


def test_the_http_api_lists_the_suggestions() -> None:
    refusal = ask("average refund last month", TODAY, names()).refusal()
    problem = as_problem(None, refusal).content  # type: ignore[arg-type]  # the request is for defects alone
    assert problem.suggestions == [
        {
            "title": "Refunds, October",
            "metric": "refunds",
            "params": {"from": "2026-10-01", "to": "2026-11-01"},
        },
        {
            "title": "Average burn, October",
            "metric": "average_burn",
            "params": {"from": "2026-10-01", "to": "2026-11-01"},
        },
        {
            "title": "Refunds by currency, October",
            "metric": "refunds",
            "params": {"from": "2026-10-01", "to": "2026-11-01", "group_by": "currency"},
        },
    ]


def test_a_number_in_a_terminal_asks_a_suggestion_and_any_other_key_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    understood = ask("spend on aws and github", TODAY, names())
    assert answers.choose(understood) is None, "nobody is there to press a key"
    monkeypatch.setattr(session, "interactive", lambda: True)
    monkeypatch.setattr(session, "forget_typed", lambda: None)
    for key, place in (("1", 0), ("2", 1), ("4", None), ("q", None), ("\r", None), ("\x1b[A", None)):
        monkeypatch.setattr(click, "getchar", lambda key=key: key)
        chosen = answers.choose(understood)
        assert chosen == (None if place is None else understood.suggestions[place]), key
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "One name at a time." in printed.err
    assert "  1  Spend by vendor, AWS\n  2  Spend by vendor, GitHub" in printed.err


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("spend 1.2.2026", ["Spend by month, 1 February", "Spend by month, 2 January"]),
        ("refunds on 3/4/2026", ["Refunds, 3 April", "Refunds, 4 March"]),
        ("fees 1.12.2026", ["Fees, 12 January"]),  # the first of December is still to come
        ("refunds Q3 to date", ["Refunds, Q3", "Refunds, 1 July to 22 November"]),
        ("refunds 2025 ytd", ["Refunds, 2025", "Refunds, 1 January 2025 to 22 November 2026"]),
    ],
)
def test_a_period_of_two_readings_is_offered_in_both(question: str, titles: list[str]) -> None:
    understood = ask(question, TODAY, names())
    assert understood.kind == "refuse"
    assert [offer.title for offer in understood.suggestions][: len(titles)] == titles
    assert all(offer.params["to"] <= date(2026, 11, 23) for offer in understood.suggestions)


def test_a_day_whose_numbers_are_the_same_has_one_reading() -> None:
    understood = ask("refunds 2.2.2026", TODAY, names())
    assert (understood.metric, understood.params) == (
        "refunds",
        {"from": date(2026, 2, 2), "to": date(2026, 2, 3)},
    )
