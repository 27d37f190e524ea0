"""Forms of questions: months in a list, a balance at an evening, lists with a column named, shares, sums of a vendor, categories."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import migrations
from execops.canvas.ask import ask
from execops.canvas.ledger_names import WELL_KNOWN_CATEGORIES
from execops.canvas.understanding import Understanding
from tests.questions import names

TODAY = date(2026, 11, 22)
TOMORROW = date(2026, 11, 23)
OCTOBER = {"from": date(2026, 10, 1), "to": date(2026, 11, 1)}
THIS_YEAR = {"from": date(2026, 1, 1), "to": TOMORROW}
LAST_YEAR = {"from": date(2025, 1, 1), "to": date(2026, 1, 1)}
TWO_YEARS = {"from": date(2025, 1, 1), "to": TOMORROW}
SPRING = {"from": date(2026, 4, 1), "to": date(2026, 7, 1)}
AFTER_YESTERDAY = {"to": TODAY}
AFTER_FRIDAY = {"to": date(2026, 11, 21)}
AFTER_SEPTEMBER = {"to": date(2026, 10, 1)}


def understood(question: str) -> Understanding:
    return ask(question, TODAY, names())


@pytest.mark.parametrize(
    ("question", "metric", "params"),
    [
        # months in a list
        ("What revenue we had in April, May and June?", "net_revenue", SPRING),
        ("refunds in April, May, and June", "refunds", SPRING),
        ("payouts may, june and july by month", "payouts", {"from": date(2026, 5, 1), "to": date(2026, 8, 1), "group_by": "month"}),
        ("failed payments in april & may & june", "failed_payments", SPRING),
        # rows of both years answer "year over year"
        ("mrr yoy, by month from january 2025 to date", "mrr", {**TWO_YEARS, "group_by": "month"}),
        ("year-over-year burn by month from january 2025", "burn_rate", {**TWO_YEARS, "group_by": "month"}),
        ("yoy comparison of revenue by quarter since january 2025", "net_revenue", {**TWO_YEARS, "group_by": "quarter"}),
        # the burn as it is
        ("when does the cash run out at our current burn? runway in eur", "runway", {"currency": "EUR"}),
        ("how long does our money last at this burn rate", "runway", {}),
        ("at the current pace when does our cash run out", "runway", {}),
        # lists with a column that they have
        ("individual payouts in october with their status", "single_payouts", OCTOBER),
        ("last 10 payouts and their statuses", "single_payouts", {"limit": 10}),
        ("did the last payout arrive? its status", "single_payouts", {"limit": 1}),
        ("has the latest payout landed yet", "single_payouts", {"limit": 1}),
        ("open invoices with their amounts", "receivables", {}),
        ("top 3 vendors with their spend in october", "spend_by_vendor", {**OCTOBER, "limit": 3}),
        ("what cards were declined in october and for which reason", "failed_payments", OCTOBER),
        ("the last 5 failed payments and why they failed", "failed_payments", {"limit": 5}),
        ("refunds in october and why", "refunds", {**OCTOBER, "group_by": "reason"}),
        ("what's the status of disputes opened this year, by status", "disputes", {**THIS_YEAR, "group_by": "status"}),
        ("what state are disputes in", "disputes", {"group_by": "status"}),
        ("top 5 longest overdue invoices", "receivables", {"limit": 5}),
        ("longest overdue invoice", "receivables", {"limit": 1}),
        # a balance at the end of a day
        ("account balances as of yesterday evening", "cash", AFTER_YESTERDAY),
        ("how much cash did we have last night", "cash", AFTER_YESTERDAY),
        ("cash balance at eod yesterday", "cash", AFTER_YESTERDAY),
        ("cash as of close of business friday", "cash", AFTER_FRIDAY),
        ("cash tonight", "cash", {}),
        # currencies that are held
        ("how many pounds did we hold at the end of last quarter", "cash", {**AFTER_SEPTEMBER, "currency": "GBP"}),
        ("how many dollars did we sit on at the end of q3", "cash", {**AFTER_SEPTEMBER, "currency": "USD"}),
        ("do we have any euros", "cash", {"currency": "EUR"}),
        ("what do we hold in GBP", "cash", {"currency": "GBP"}),
        # what did not work
        ("events we couldn't process in october", "events", OCTOBER),
        ("cards we couldn't charge in october", "failed_payments", OCTOBER),
        ("payments that could not go through in october", "failed_payments", OCTOBER),
        # shares
        ("share of approved vs rejected per play, in october", "precision", {**OCTOBER, "group_by": "play"}),
        ("what percentage of failed invoices did we get back in october", "recovery_rate", OCTOBER),
        ("% of failed payments we got back", "recovery_rate", {}),
        ("how much of the failed payments in october got paid by itself, without any action from us", "recovery_rate", OCTOBER),
        # vendors and customers
        ("Delta's total for last year", "spend_by_vendor", {**LAST_YEAR, "vendor": "Delta Air Lines"}),
        ("what did wework get from us in october", "spend_by_vendor", {**OCTOBER, "vendor": "WeWork"}),
        ("how much does Vercel get from us a month", "spend_over_time", {"vendor": "Vercel", "group_by": "month"}),
        ("how much arr does hooli make up", "arr", {"customer": "cus_hooli"}),
        ("how much mrr do we make with acme", "mrr", {"customer": "cus_acme"}),
        ("how much left stripe for our bank this year", "payouts", THIS_YEAR),
        # words as they are typed
        ("whats r runway", "runway", {}),
        ("wot r ur fees in october", "fees", OCTOBER),
        ("recurring revenue by month", "mrr", {"group_by": "month"}),
        ("mothly recurring revenue in EUR", "mrr", {"currency": "EUR"}),
        ("refunds by moth in october", "refunds", {**OCTOBER, "group_by": "month"}),
        # categories that the ledger of these questions does not name
        ("travel spend per quarter this year", "spend_over_time", {**THIS_YEAR, "category": "travel", "group_by": "quarter"}),
        ("how much went on travel this year", "spend_by_category", {**THIS_YEAR, "category": "travel"}),
        ("software spend by vendor", "spend_by_vendor", {"category": "software", "group_by": "vendor"}),
        ("office costs", "spend_by_category", {"category": "office"}),
    ],
)  # fmt: skip
def test_a_form_of_a_question_is_understood(question: str, metric: str, params: dict[str, Any]) -> None:
    understanding = understood(question)
    assert (understanding.kind, understanding.metric, dict(understanding.params)) == (
        "answer",
        metric,
        params,
    ), understanding


@pytest.mark.parametrize(
    ("question", "candidates"),
    [
        ("cash position plus runway pls", {"cash", "runway"}),
        ("refunds as well as disputes in october", {"refunds", "disputes"}),
        ("mrr together with churn", {"mrr", "churn"}),
        ("recurring revenue this year", {"mrr", "arr"}),
        ("recurring revenue in 2025", {"mrr", "arr"}),
        ("what is our recurring revenue", {"mrr", "arr"}),
    ],
)
def test_two_metrics_are_asked_back(question: str, candidates: set[str]) -> None:
    understanding = understood(question)
    assert (understanding.kind, set(understanding.candidates)) == ("clarify", candidates)


@pytest.mark.parametrize(
    "question",
    [
        "refunds in april, june and august", "refunds in april, may or june", "fees in april, may and june next year",
        "fees you may and must pay", "what will revenue be in december, january and february",
        "mrr yoy by month this year", "yoy growth of mrr by month since january 2025",
        "how much did mrr grow yoy, by month since january 2025", "spend yoy by vendor since january 2025",
        "mrr yoy by month since january 2025 without Acme",
        "how long would cash last at half our current burn", "runway at current burn plus 2 hires",
        "runway at current burn without payroll", "runway at current burn and hiring two people",
        "when does Acme's contract run out at the current pace", "how long until stock runs out at the current rate",
        "payouts with their bank account numbers", "customers and their emails", "refunds with their status",
        "will the last payout arrive tomorrow", "did the last payout arrive on time", "did the last refund arrive",
        "last payout, has it arrived tomorrow", "single payouts and their fees", "every payout and its exchange rate",
        "cash as of yesterday noon", "cash as of yesterday morning", "cash tomorrow evening", "refunds yesterday evening",
        "revenue last night", "cash at the close of the round", "close the books at eod friday",
        "how many euros do we need", "do we have any euros to spend", "how many dollars did we hold back at the end of june",
        "do we have any pounds of coffee", "are we holding any dollars for taxes", "what do we hold in escrow",
        "how many euros did we have to pay at the end of june", "how many dollars will we have at the end of december",
        "why couldn't we collect payments", "invoices we could not pay", "customers we couldn't charge more",
        "events we couldn't process and why", "payments we couldn't collect, retry",
        "revenue plus 10 percent", "mrr plus 5 new customers", "refunds as well as possible", "mail Acme along with the refunds",
        "status of the AWS migration", "status of disputes against AWS", "status of disputes by lawyer",
        "why did payments fail last month", "how many payments failed and why", "failed payments by month and why",
        "churn last month and why", "failed payouts and why", "which cards were declined and why not others",
        "approved vs rejected loans", "share of approved vs rejected refunds", "approved vs rejected expense reports",
        "what share should we approve per play", "which percentage of drafts will we approve",
        "write off the longest overdue invoice", "longest overdue invoice from AWS", "top 5 longest customers",
        "what percentage of failed payments will we get back", "what percentage of refunds did we get back",
        "of the failed payments in october, what percentage should we get back",
        "paid by themselves without asking",
        "Delta's total emissions", "GitHub's total stars", "Delta's total for next year", "delta total cost",
        "Acme's total", "delta in total cost", "AWS's total vs GitHub's total", "Hetzner's total per server",
        "what will AWS get from us next month", "how much could Figma get from us", "what did GitHub get from us per user",
        "what did Globex get from us", "how much did AWS get from us compared to GitHub",
        "what share of mrr does globex make up", "how much mrr does globex make", "how much arr should globex make up",
        "how much mrr does globex account for if prices rise",
        "best insurance", "travel budget", "why is travel so high", "travel vs software spend by month",
        "average travel spend per trip", "hosting as a percentage of spend", "travel spend next quarter", "where is the office",
        "how many hosting", "how often payroll", "pay the insurance", "revenue from software",
        "r&d spend", "moth balls spend", "r we profitable",
        "recurring revenue next year", "recurring revenue per employee this year",
    ],
)  # fmt: skip
def test_what_is_near_to_such_a_form_and_asks_for_something_else_is_refused(question: str) -> None:
    understanding = understood(question)
    assert understanding.kind == "refuse", (
        understanding.metric,
        understanding.params,
        understanding.candidates,
    )


def test_a_list_that_one_word_of_is_a_category_is_offered_by_category() -> None:
    understanding = understood("hosting, flights, desks.. how does our spend divide up since march")
    assert understanding.kind == "refuse"
    assert "Spend by category, 1 March to 22 November" in {offer.title for offer in understanding.suggestions}


def test_the_well_known_categories_are_those_of_the_table() -> None:
    text = (Path(migrations.__path__[0]) / "0043_vendor_categories.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"^\s*(?:from \(values\s*)?\('([a-z ]+)',", text, re.MULTILINE)) == set(
        WELL_KNOWN_CATEGORIES
    )


def test_a_category_is_known_without_a_ledger() -> None:
    understanding = ask("travel spend this year", TODAY)
    assert (understanding.metric, understanding.params) == (
        "spend_by_category",
        {**THIS_YEAR, "category": "travel"},
    )
