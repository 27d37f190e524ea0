"""Variants of each kind of question: twenty ways to say a thing, and what is near to them and asks for something else."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from execops.canvas.ask import ask
from execops.canvas.ledger_names import LedgerNames
from tests.questions import Outcome, outcomes


@pytest.fixture(scope="module")
def variants() -> list[Outcome]:
    return list(outcomes("kinds"))


def test_every_variant_is_understood(variants: list[Outcome]) -> None:
    others = [
        f"{outcome.label['question']}: {outcome.understood.metric} {outcome.understood.params} {outcome.understood.why}"
        for outcome in variants
        if not outcome.right
    ]
    assert not others, "\n".join(others)


def test_no_variant_is_written_twice(variants: list[Outcome]) -> None:
    often = Counter(outcome.label["question"].lower() for outcome in variants)
    assert [question for question, count in often.items() if count > 1] == []
    kinds = Counter(outcome.label["kind"] for outcome in variants)
    assert kinds["answer"] > 600
    assert kinds["refuse"] > 400
    assert kinds["clarify"] > 10


@pytest.mark.parametrize(
    ("question", "metric", "params"),
    [
        ("did we refund Gracias", "refunds", {"customer": "cus_gracias"}),
        ("mrr, Gracias", "mrr", {"customer": "cus_gracias"}),
        ("what did Dough charge us", "spend_by_vendor", {"vendor": "Dough Co"}),
        ("Yo spend", "spend_by_vendor", {"vendor": "Yo"}),
        ("failed Debit payments", "failed_payments", {"customer": "cus_debit"}),
        ("Sorry, mrr", "mrr", {"customer": "cus_sorry"}),
        ("spend on Open Items", "spend_by_vendor", {"vendor": "Open Items GmbH"}),
        ("mrr, merci", "mrr", {}),
    ],
)
def test_a_courtesy_that_is_a_name_of_the_ledger_is_a_name(
    question: str, metric: str, params: dict[str, str]
) -> None:
    names = LedgerNames(
        vendors=("Dough Co", "Yo", "Open Items GmbH"),
        customers={"Gracias SL": "cus_gracias", "Debit Ltd": "cus_debit", "Sorry Inc": "cus_sorry"},
        currencies=("USD",),
    )
    understood = ask(question, date(2026, 11, 22), names)
    assert (understood.metric, understood.params) == (metric, params), understood.why


def test_a_dictionary_word_behind_pay_is_a_vendor_and_a_payee_is_none() -> None:
    names = LedgerNames(vendors=("Delta Air Lines", "Staff Solutions"), currencies=("USD",))
    paid = ask("what did we pay delta", date(2026, 11, 22), names)
    assert (paid.metric, paid.params) == ("spend_by_vendor", {"vendor": "Delta Air Lines"})
    assert ask("what did we pay staff", date(2026, 11, 22), names).kind == "refuse"
    assert ask("spend on delta", date(2026, 11, 22), names).kind == "refuse"


@pytest.mark.parametrize(
    "opening",
    [
        "show me", "show us", "give me", "list", "tell me", "can you show me", "could you give me", "i need", "i want to see",
        "please show", "let me see", "get me", "i'd like to see", "what is", "what's", "display", "can i see", "just",
        "what about", "and", "hey show me",
    ],
)  # fmt: skip
@pytest.mark.parametrize("closing", ["", " asap", ", thanks"])
def test_an_everyday_opening_changes_no_answer(opening: str, closing: str) -> None:
    names, today = LedgerNames(vendors=("AWS",), customers={"Globex": "cus_globex"}), date(2026, 11, 22)
    for plain in (
        "our spend last month",
        "spend by vendor",
        "the refunds",
        "the mrr",
        "our cash",
        "open invoices",
        "last 10 transactions",
        "revenue from Globex",
    ):
        answered = ask(plain, today, names)
        understood = ask(f"{opening} {plain}{closing}", today, names)
        assert answered.kind == "answer"
        assert (understood.metric, understood.params) == (answered.metric, answered.params), (
            f"{opening} {plain}"
        )
