"""Kinds of questions in many words: lists cut to a number of rows, steps compared, counts, ranks; and what nobody is to answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from execops.canvas.ask import ask
from execops.canvas.ask.vocabulary import reasons
from execops.canvas.understanding import Understanding
from tests.questions import names

TODAY = date(2026, 11, 22)
OCTOBER = {"from": date(2026, 10, 1), "to": date(2026, 11, 1)}
NOVEMBER = {"from": date(2026, 11, 1), "to": date(2026, 11, 23)}
TWO_MONTHS = {"from": date(2026, 10, 1), "to": date(2026, 11, 23), "group_by": "month"}
THIS_YEAR = {"from": date(2026, 1, 1), "to": date(2026, 11, 23)}


def understood(question: str) -> Understanding:
    return ask(question, TODAY, names())


@pytest.mark.parametrize(
    ("question", "metric", "params"),
    [
        ("AWS transactions, last 5", "movements", {"vendor": "AWS", "limit": 5}),
        ("GitHub txns, 8 most recent", "movements", {"vendor": "GitHub", "limit": 8}),
        ("Acme movements, last 3", "movements", {"customer": "cus_acme", "limit": 3}),
        ("transactions october, 20 max", "movements", {**OCTOBER, "limit": 20}),
        ("payouts, last 4", "single_payouts", {"limit": 4}),
        ("failed payments, latest 5", "failed_payments", {"limit": 5}),
        ("latest 3 new vendors", "new_vendors", {"limit": 3}),
        ("latest new vendor", "new_vendors", {"limit": 1}),
        ("newest 4 vendors in eur", "new_vendors", {"limit": 4, "currency": "EUR"}),
        ("new vendors top 5", "new_vendors", {"limit": 5}),
        ("receivables gbp, limit 4", "receivables", {"currency": "GBP", "limit": 4}),
        ("open invoices, top 10", "receivables", {"limit": 10}),
        ("who owes us, top 3", "receivables", {"limit": 3}),
        ("top customers, 7 max", "top_customers", {"limit": 7}),
        ("is our burn this month bigger than last month's", "burn_rate", TWO_MONTHS),
        ("is our burn bigger this month than last month", "burn_rate", TWO_MONTHS),
        ("are we spending more this month than last month", "spend_over_time", TWO_MONTHS),
        ("is churn worse this month than last month", "churn", TWO_MONTHS),
        ("nr of refunds last month", "refunds", OCTOBER),
        ("no. of failed payments in october", "failed_payment_count", OCTOBER),
        ("nbr of disputes this month", "disputes", NOVEMBER),
        ("vendors ranked by spend", "spend_by_vendor", {}),
        ("suppliers ranked by what we paid", "spend_by_vendor", {}),
        ("ranking of vendors by spend last month", "spend_by_vendor", OCTOBER),
        ("our customers, ranked by revenue, last month", "top_customers", OCTOBER),
        ("categories ranked by spend", "spend_by_category", {}),
        ("customers ranked by mrr", "mrr", {"group_by": "customer"}),
        ("vendors paid 1st time in october", "new_vendors", OCTOBER),
        ("vendors we first paid in october", "new_vendors", OCTOBER),
        ("1st-time merchants last month", "new_vendors", OCTOBER),
        ("brand new suppliers last month", "new_vendors", OCTOBER),
        ("what do we burn in the mean per month", "average_burn", {}),
        ("the mean of our monthly burn in usd", "average_burn", {"currency": "USD"}),
        ("stripe's cut per week", "fees", {"group_by": "week"}),
        ("how slow were our approvals last month", "approval_time", OCTOBER),
        ("how slowly do we decide", "approval_time", {}),
        ("how many month can we survive", "runway", {}),
        ("how many months will our dollars last", "runway", {"currency": "USD"}),
        ("which invoices failed to collect", "failed_payments", {}),
        ("what did we fail to collect last month", "failed_payments", OCTOBER),
        ("bank + stripe balance", "cash", {}),
        ("balance in bank and stripe at the end of october", "cash", {"to": date(2026, 11, 1)}),
        ("cash, usd, end of october", "cash", {"currency": "USD", "to": date(2026, 11, 1)}),
    ],
)
def test_a_kind_of_question_is_understood(question: str, metric: str, params: dict[str, Any]) -> None:
    understanding = understood(question)
    assert (understanding.metric, understanding.params) == (metric, params), understanding.why


@pytest.mark.parametrize(
    "question",
    [
        "what do we owe our suppliers",
        "do we owe GitHub anything",
        "unpaid vendor bills eur",
        "which vendor bills are overdue",
        "open bills from suppliers",
        "overdue bills from GitHub",
        "payments due to Hetzner",
        "money owed by us",
        "accounts payable",
        "AP balance",
        "suppliers waiting for payment",
    ],
)
def test_what_is_owed_to_vendors_is_not_in_the_ledger(question: str) -> None:
    understanding = understood(question)
    assert (understanding.kind, understanding.why, understanding.final) == (
        "refuse",
        reasons()["payable"],
        True,
    )


def test_what_is_owed_to_us_is_answered_as_before() -> None:
    for question in ("what are we owed", "how much do customers owe us", "overdue invoices"):
        assert understood(question).metric == "receivables", question
    assert understood("is anything owed by Acme").params == {"customer": "cus_acme"}


@pytest.mark.parametrize(
    "question",
    ["customers with mrr above 500", "accounts with mrr over 1000", "vendors and customers above 500"],
)
def test_an_amount_that_none_of_several_metrics_takes_is_refused(question: str) -> None:
    understanding = understood(question)
    assert (understanding.kind, understanding.why) == ("refuse", reasons()["condition"])
    assert [offer.metric for offer in understanding.suggestions] == ["movements"]


@pytest.mark.parametrize(
    "question",
    [
        "is our burn this month bigger than the budget",
        "are refunds this month bigger than disputes last month",
        "is spend on aws in october bigger than on github in september",
        "are we paying more vendors this month than last month",  # how many, which no row says
        "were sales in q1 higher than in q3",
        "is the biggest refund this month larger than last month",
        "biggest 5 open invoices",  # the list begins with the longest overdue
        "top 5 open invoices",
        "refunds, 10 max",
        "aws, last 5",
        "vendors ranked by number of payments",
        "vendors sorted by cost ascending",
        "customers ranked by churn",
        "customers who paid for the 1st time last month",
        "vendors paid first in october",
        "delta total spend",  # a word of the dictionary, and the beginning of a name
        "mean refund per customer",
        "what do we spend in the mean per month",
        "cut stripe fees",
        "please cut our stripe fees",
        "how slow are payouts",
        "how long will we survive without Acme",
        "how long can customers survive if we fail",
        "invoices failed to be paid by us",
        "collect the failed invoices",
        "money moved between bank and stripe",
        "stripe balance",
        "bank + stripe balance by month",
    ],
)
def test_a_question_in_the_same_words_that_asks_for_something_else_is_not_answered(question: str) -> None:
    understanding = understood(question)
    assert understanding.kind != "answer", (understanding.metric, understanding.params)
