"""Questions that hold a verb of doing, and order nothing; and the words that say why a question is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from execops.canvas.ask import ask
from execops.canvas.ask.vocabulary import reasons
from execops.canvas.ledger_names import LedgerNames

TODAY = date(2026, 11, 30)
NAMES = LedgerNames(
    vendors=("AWS", "Hetzner"),
    categories=(),
    customers={"Acme Inc": "cus_acme", "Globex": "cus_globex"},
    currencies=("USD", "EUR"),
)
HALF = {"from": date(2026, 11, 1), "to": date(2026, 11, 16)}


@pytest.mark.parametrize(
    ("question", "metric", "params"),
    [
        ("spend 2026-11-01..2026-11-15", "spend_over_time", HALF),
        ("spend 2026-11-01 to 2026-11-15", "spend_over_time", HALF),
        ("spend 2026-11-01…2026-11-15", "spend_over_time", HALF),
        ("fees 2026-11-01..2026-11-15", "fees", HALF),
        ("spend 1 Nov to 15 Nov", "spend_over_time", HALF),
        ("spend 1-15 nov", "spend_over_time", HALF),
        ("spend 1st of november", "spend_over_time", {"from": date(2026, 11, 1), "to": date(2026, 11, 2)}),
        ("fees q1..q2", "fees", {"from": date(2026, 1, 1), "to": date(2026, 7, 1)}),
        (
            "how many disputes did customers open last quarter",
            "disputes",
            {"from": date(2026, 7, 1), "to": date(2026, 10, 1)},
        ),
    ],
)
def test_a_question_is_no_order(question: str, metric: str, params: dict[str, Any]) -> None:
    understood = ask(question, TODAY, NAMES)
    assert (understood.metric, understood.params) == (metric, params), understood.why


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("open disputes", "I don't know “open”."),
        ("how many proposals did we close this month", "I don't know “close”."),
        ("did we close disputes", "I don't know “close”."),
        ("how many refunds did customers forward", "I don't know “forward”."),
        ("how many disputes do we forward", "I don't know “forward”."),
        ("how many invoices did we send last month", "The canvas has no answer to this."),
        ("spend this year vs last year", "Years are not compared; quarters are."),
        ("revenue 2025 vs 2026", "Years are not compared; quarters are."),
        ("compare aws and hetzner", "Names are not compared; ask by vendor, or by customer."),
        ("spend aws vs hetzner", "Names are not compared; ask by vendor, or by customer."),
        ("compare refunds", "Only days, weeks, months and quarters that follow one another are compared."),
        ("spend in 10/03", "Write a day such as “10/03” as 3 October or 2026-10-03: countries read it differently."),
        ("refunds 3/4", "Write a day such as “3/4” as 3 October or 2026-10-03: countries read it differently."),
        ("fees on 10/03/2026", "Write the day as 10 March 2026 or 2026-03-10: countries read such a day differently."),
        ("fees of zorgs & co", "I don't know “zorgs co”."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_wrong_in_words_that_were_typed(question: str, why: str) -> None:
    understood = ask(question, TODAY, NAMES)
    assert (understood.kind, understood.why) == ("refuse", why)
    assert understood.suggestions or "invoices" in question


@pytest.mark.parametrize(
    "question",
    [
        "close disputes", "open a dispute", "open the dispute", "cancel refunds", "can you send refunds",
        "send invoices", "spend 500 on AWS", "refund 3 payments", "pay 1 invoice", "now close the dispute",
        "you have to refund them", "please forward the refunds", "did you see it? then refund them",
    ],
)  # fmt: skip
def test_an_order_stays_one(question: str) -> None:
    assert ask(question, TODAY, NAMES).why == reasons()["order"]


@pytest.mark.parametrize(
    "question",
    [
        "Wie hoch waren die Ausgaben im Oktober?", "Umsatz letzten Monat", "Was haben wir für AWS ausgegeben?",
        "Combien avons-nous dépensé en octobre ?", "Quel est notre chiffre d'affaires ?", "zorgs",
    ],
)  # fmt: skip
def test_a_question_of_other_words_is_refused_with_the_language_and_a_command(question: str) -> None:
    why = ask(question, TODAY, NAMES).why
    assert why is not None
    assert "understands English" in why
    assert "execops synonyms add" in why


@pytest.mark.parametrize(
    "question", ["how is the zorg", "who are you", "AWS", "open disputes", "what is the weather"]
)
def test_a_question_of_english_words_is_not_refused_for_its_language(question: str) -> None:
    assert "English" not in (ask(question, TODAY, NAMES).why or "")
