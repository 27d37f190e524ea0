"""Words that fit one kind of case: a company's greeting, a credit note, a trial, a part of a charge, a kind of vendor."""

from __future__ import annotations

from typing import Any

import pytest

from execops.model import Draft
from execops.plays.money import (
    card_expiring,
    card_update,
    dispute_response,
    invoice_overdue,
    large_cancellation,
    payout_failed,
    runway_low,
    spend_spike,
)
from execops.plays.play import Play
from execops.text.greeting_names import is_company
from tests.facts import NOW, facts
from tests.unit import test_card_update as failed
from tests.unit import test_dispute_response as disputes
from tests.unit import test_plays_customer as customers
from tests.unit import test_plays_finance as finance
from tests.unit.test_facts import item

JAPANESE = {"languages": ["ja"]}
LARGE = {"amount_due": 480_000, "amount_remaining": 480_000}


def words(play: Play, current: Any) -> str:
    answer = play.answer(current)
    assert isinstance(answer, Draft), answer
    text: str = answer.payload["text"]
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("合同会社ひかり", True),
        ("株式会社サクラ", True),
        ("医療法人社団 青空会", True),
        ("田中商店", True),
        ("（株）山本", True),
        ("Kestrel Analytics Ltd.", True),
        ("Officine Bianchi S.r.l.", True),
        ("Acme Inc", True),
        ("Acme Co., Ltd.", True),
        ("田中太郎", False),
        ("佐藤美咲", False),
        ("Anna Berg", False),
        ("Theo Banks", False),
        ("Ines Carvalho", False),
    ],
)
def test_a_company_in_japan_is_greeted_as_one(name: str, company: bool) -> None:
    assert is_company(name) is company
    late = customers.overdue(customer_name=name)
    text = words(invoice_overdue.PLAY, facts(state=late, customer={"name": name}, org=JAPANESE))
    assert text.startswith(f"{name} {'御中' if company else '様'}\n")
    english = words(invoice_overdue.PLAY, facts(state=late, customer={"name": name}))
    assert english.startswith(f"Hello {name},\n")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "not received your payment yet. It may simply have been overlooked. A credit note of $12.50 has",
        ),
        ("de", "Eine Gutschrift über 12,50 $ ist in diesem Betrag bereits berücksichtigt."),
        ("nl", "Een creditnota van US$ 12,50 is al van dit bedrag afgetrokken."),
        ("ja", "クレジットノート（$12.50）を差し引いた後の金額です。"),
    ],
)
def test_a_credit_note_is_named_beside_the_amount_that_it_lowers(language: str, expected: str) -> None:
    state, org = customers.overdue(credited=1250), {"languages": [language]}
    draft = invoice_overdue.PLAY.answer(facts(state=state, org=org))
    assert isinstance(draft, Draft)
    assert expected in draft.payload["text"].replace("\u00a0", " ")
    assert dict(draft.evidence)["Credited"] == "$12.50"
    assert expected not in words(invoice_overdue.PLAY, facts(state=customers.overdue(credited=0), org=org))


def test_a_credit_note_is_named_for_one_invoice_alone() -> None:
    """Each of several has its own amount in a list, and a sentence about one would stand for all."""
    second = customers.overdue(number="ACME-0002", credited=1250) | {"id": "in_2", "as_of": NOW}
    assert "credit note" not in words(
        invoice_overdue.PLAY, facts(state=customers.overdue(credited=1250), invoices=[second])
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"method": "us_bank_account", "decline": "returned", "reason": "insufficient_funds"}, True),
        ({"method": "us_bank_account", "decline": "returned", "reason": "account_closed"}, False),
        ({"method": "card", "decline": "hard", "reason": "lost_card"}, False),
    ],
)
def test_a_note_to_a_large_customer_names_the_day_of_the_next_attempt(
    changes: dict[str, Any], expected: bool
) -> None:
    charge = failed.charge(**{"amount": 480_000, **changes})
    text = words(card_update.PLAY, facts(state=failed.invoice(**LARGE), charges=[charge]))
    assert ("Otherwise we will try your payment method again on 25 November 2026." in text) is expected


def test_the_second_attempt_of_a_large_customers_card_has_its_day_too() -> None:
    state = failed.invoice(attempt_count=2, **LARGE)
    text = words(card_update.PLAY, facts(state=state, charges=[failed.charge(amount=480_000)]))
    assert "Otherwise we will try your card again on 25 November 2026." in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Your first payment of $49.00 is due on 1 December 2026, at the end of your trial."),
        ("de", "Ihre erste Zahlung über 49,00 $ ist am 1. Dezember 2026 fällig, am Ende Ihrer Testphase."),
        ("pt", "O seu primeiro pagamento, de US$ 49,00, está previsto para 1 de dezembro de 2026"),
    ],
)
def test_a_card_that_expires_in_a_trial_meets_a_first_payment(language: str, expected: str) -> None:
    def current(**changes: Any) -> Any:
        runs = {
            "id": "sub_1",
            "status": "trialing",
            "items": [item(4900)],
            "current_period_end": "2026-12-01T12:00:00+00:00",
        }
        return facts(
            object_id="card_1",
            object_type="card",
            state=customers.expiring(),
            customer=customers.ACME | {"default_card": "card_1"},
            subscriptions=[runs],
            org={"languages": [language]},
            **changes,
        )

    assert expected in words(card_expiring.PLAY, current())
    paid = [{"currency": "USD", "amount_minor": 9800, "payments": 2}]
    assert expected not in words(card_expiring.PLAY, current(paid=paid))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (3900, "Amount: $39.00 of a charge of $49.00\n"),
        (4900, "Amount: $49.00\n"),
        (5900, "Amount: $59.00\n"),
    ],
)
def test_a_dispute_over_a_part_names_the_charge(amount: int, expected: str) -> None:
    assert expected in words(dispute_response.PLAY, disputes.dispute(amount=amount))


@pytest.mark.parametrize(
    ("vendor", "expected", "unexpected"),
    [
        ("Google Ads", "the campaigns and their daily budgets", "seats"),
        ("FACEBK *ADS 1234", "the campaigns and their daily budgets", "seats"),
        ("TikTok For Business", "the campaigns and their daily budgets", "seats"),
        ("OPENAI *API USAGE", "a loop or a leaked key", "seats"),
        ("Amazon Web Services", "a loop or a leaked key", "seats"),
        ("Hetzner Online", "a loop or a leaked key", "seats"),
        ("Notion Labs", "more usage or more seats", "campaigns"),
        ("Slack Technologies", "more usage or more seats", "key"),
        ("Adyen", "more usage or more seats", "campaigns"),
    ],
)
def test_a_spike_is_looked_at_where_its_kind_of_vendor_shows_it(
    vendor: str, expected: str, unexpected: str
) -> None:
    text = words(spend_spike.PLAY, finance.spend(vendor=vendor))
    assert expected in text
    assert unexpected not in text


@pytest.mark.parametrize(
    ("arrival", "expected"),
    [("2026-11-19T00:00:00+00:00", True), ("2026-11-22T00:00:00+00:00", False), (None, False)],
)
def test_a_payout_that_came_back_later_says_that_it_seemed_paid(arrival: str | None, expected: bool) -> None:
    text = words(payout_failed.PLAY, finance.payout(arrival_date=arrival))
    assert ("Stripe may have shown it as paid since 19 November 2026" in text) is expected


def test_a_payout_in_another_currency_asks_for_an_account_that_takes_it() -> None:
    text = words(payout_failed.PLAY, finance.payout(failure_code="invalid_currency"))
    assert "Enter a bank account in the currency of the payout at Stripe." in text


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([], "Not counted: €500.00 in bank:eu\n"),
        ([["EUR", "1.08"]], "Not counted: €500.00 in bank:eu, worth $540.00 at your rate\n"),
    ],
)
def test_a_runway_says_what_money_in_another_currency_would_add(
    rates: list[list[str]], expected: str
) -> None:
    current = finance.runway(left_out=[["bank:eu", 50_000, "EUR"]])
    current.org["rates"] = rates
    text = words(runway_low.PLAY, current)
    assert expected in text
    assert "Money in another currency is not in these months" in text
    assert "another currency" not in words(runway_low.PLAY, finance.runway())


@pytest.mark.parametrize(
    ("interval", "stake"), [("year", "$1,200.00 a year"), ("month", "$1,200.00 a month")]
)
def test_a_cancellation_names_the_money_as_the_customer_pays_it(interval: str, stake: str) -> None:
    draft = large_cancellation.PLAY.answer(customers.save(items=[item(120_000, interval)]))
    assert isinstance(draft, Draft)
    assert draft.title == f"Large customer cancelled: Acme Inc, {stake}, ends 1 December 2026"
    assert draft.verdict == f"Call or write yourself: {stake} ends on 1 December 2026"
    assert dict(draft.evidence)["At stake"] == stake
