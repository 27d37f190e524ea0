"""The judgement whether to write at all: the page that shows it is that of the code, and its rules hold for their kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from execops.model import Declined, Draft
from execops.plays import receivables
from execops.plays.registry import all_plays
from execops.plays.routing import router
from execops.settings import load_settings
from execops.sources.stripe.declines import Decline, read_failure
from tests.facts import facts
from tests.judged import about, charge, invoice, subscription
from tests.judgement_table import DECLINES, page

PAGE = Path(__file__).parents[2] / "docs" / "judgement.md"
PASSING = ("insufficient_funds", "processing_error", "issuer_not_available", "try_again_later")


def ask(play: str, current: Any) -> Draft | Declined:
    return all_plays()[play].answer(current)


def text_of(answer: Draft | Declined) -> str:
    assert isinstance(answer, Draft), answer
    return f"{answer.payload.get('subject', '')}\n{answer.payload['text']}"


def test_the_page_shows_the_answers_of_the_code() -> None:
    assert PAGE.read_text() == page(), "python -m tests.judgement_table > docs/judgement.md"


@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, True),
        ({"attempt_count": 2}, False),
        ({"next_payment_attempt": None}, False),
        ({"next_payment_attempt": "2026-11-22T11:59:00+00:00"}, False),  # it is past
    ],
)
def test_only_a_first_failure_with_a_retry_ahead_waits(code: str, changes: Any, waits: bool) -> None:
    current = about(invoice(**changes), decline=charge(code))
    assert isinstance(ask("card_update", current), Declined) is waits


@pytest.mark.parametrize(
    "method", ["sepa_debit", "us_bank_account", "bacs_debit", "acss_debit", "au_becs_debit"]
)
@pytest.mark.parametrize("code", [*PASSING, "account_closed", "debit_not_authorized", "no_account"])
def test_a_returned_debit_is_asked_about_at_once_and_never_called_a_card(method: str, code: str) -> None:
    text = text_of(ask("card_update", about(invoice(), decline=charge(code, method))))
    assert "card" not in text.lower()
    assert ("we will try" in text) is (code == "insufficient_funds")


@pytest.mark.parametrize("name", DECLINES)
def test_no_reason_leaks_to_the_customer_and_no_retry_is_promised_that_does_not_come(name: str) -> None:
    code, method = DECLINES[name]
    answer = ask("card_update", about(invoice(attempt_count=2), decline=charge(code, method)))
    if isinstance(answer, Declined):
        return
    text = text_of(answer)
    for word in ("stolen", "lost", "fraud", "insufficient", "do_not_honor", "generic", "limit"):
        assert word not in text.lower()
    hard = {Decline.HARD, Decline.EXPIRED, Decline.FRAUD, Decline.AUTHENTICATION}
    if charge(code, method)["decline"] in hard:
        assert "try your" not in text


@pytest.mark.parametrize("play", ["card_update", "authenticate_payment", "owner_alert"])
@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
def test_nobody_writes_to_who_stands_in_the_checkout(play: str, status: str) -> None:
    first = invoice(billing_reason="subscription_create", amount_due=250_000, amount_remaining=250_000)
    asked = [{"id": "in_1:confirmation", "invoice": "in_1", "attempt_count": 1}]
    current = about(first, subscriptions=[subscription(status=status)], confirmations=asked)
    assert isinstance(ask(play, current), Declined)


@pytest.mark.parametrize("attempt", [1, 2, 4])
def test_one_of_two_plays_asks_about_one_attempt(attempt: int) -> None:
    """The bank's wish and the failure come in either order, with or without the charge that tells the reason."""
    wish = [{"id": "in_1:confirmation", "invoice": "in_1", "attempt_count": attempt}]
    told = charge("authentication_required")
    for current in (
        about(invoice(attempt_count=attempt), confirmations=wish),
        about(invoice(attempt_count=attempt), confirmations=wish, decline=told),
        about(invoice(attempt_count=attempt), decline=told),
    ):
        assert isinstance(ask("card_update", current), Declined)
        assert isinstance(ask("authenticate_payment", current), Draft)


def test_a_failed_charge_of_months_ago_is_not_todays() -> None:
    old = charge("stolen_card", invoice=None, created="2026-08-22T11:00:00+00:00")
    answer = ask("card_update", about(invoice(), decline=old))
    assert isinstance(answer, Draft)
    assert "stolen_card" not in answer.reasoning


def test_several_invoices_are_one_mail_with_all_amounts() -> None:
    other = invoice(number="A-2", amount_due=1900, amount_remaining=1900)
    other |= {"id": "in_2", "as_of": "2026-11-22T12:00:00+00:00"}
    declined = charge("expired_card")
    both = [declined, declined | {"id": "ch_2", "invoice": "in_2", "amount": 1900}]
    of_first = ask("card_update", about(invoice(), charges=both, invoices=[other]))
    mine = {**invoice(), "id": "in_1", "as_of": "2026-11-22T12:00:00+00:00"}
    of_second = ask(
        "card_update",
        facts(object_id="in_2", state=other, charges=both, invoices=[mine], subscriptions=[subscription()]),
    )
    assert isinstance(of_first, Draft)
    assert isinstance(of_second, Draft)
    assert (of_first.payload, of_first.covers) == (of_second.payload, of_second.covers)
    assert of_first.covers == ("in_1", "in_2")
    assert of_first.object_id == of_second.object_id == "cus_1"
    text = text_of(of_first)
    assert all(part in text for part in ("$68.00", "$49.00", "$19.00", "A-1", "A-2", "expired"))


@pytest.mark.parametrize(
    ("told", "reason", "decline"),
    [
        (
            {"failure_code": "card_declined", "outcome": {"reason": "insufficient_funds"}},
            "insufficient_funds",
            "soft",
        ),
        (
            {"failure_code": "expired_card", "outcome": {"reason": "generic_decline"}},
            "expired_card",
            "expired",
        ),
        ({"code": "card_declined", "decline_code": "lost_card"}, "lost_card", "hard"),
        (
            {"failure_code": "card_declined", "outcome": {"network_decline_code": "51"}},
            "insufficient_funds",
            "soft",
        ),
        ({"failure_code": "card_declined"}, "card_declined", "soft"),
        ({"outcome": {"type": "blocked", "reason": "rule"}}, "rule", "fraud"),
        ({"failure_code": "authentication_required"}, "authentication_required", "authentication"),
        ({"failure_code": "some_new_code"}, "some_new_code", None),
        ({}, None, None),
    ],
)
def test_the_reason_is_found_where_its_api_version_tells_it(
    told: dict[str, Any], reason: str | None, decline: str | None
) -> None:
    failure = read_failure(told, "card")
    assert (failure.reason, failure.decline) == (reason, decline)


class Payment(dict[str, Any]):
    """A payment that counts how often its status is read."""

    read = 0

    def get(self, name: str, default: Any = None) -> Any:
        self.read += name == "status"
        return super().get(name, default)


@pytest.mark.parametrize("named", [True, False])
def test_the_payments_are_read_once_however_many_invoices_are_open(named: bool) -> None:
    """Each of the open invoices finds its own payment, or the one of its amount, without a look through all of them."""
    costs = []
    for count in (20, 100):
        invoices = [
            {**invoice(id=f"in_{n}", amount_remaining=1000 + n), "as_of": facts().now} for n in range(count)
        ]
        payments = [
            Payment(
                charge("expired_card", id=f"ch_{n}", amount=1000 + n, invoice=f"in_{n}" if named else None)
            )
            for n in range(20)
        ]
        current = facts(object_id="cus_1", object_type="customer", invoices=invoices, charges=payments)
        failures = {bill.id: bill.failure for bill in receivables.of_facts(current)}
        assert len(failures) == count
        assert all(failures[f"in_{n}"].get("id") == f"ch_{n}" for n in range(20))
        costs.append(sum(payment.read for payment in payments))
    assert costs[0] == costs[1] == 40  # of those that failed, and of those on their way


def test_an_event_that_is_too_old_is_told_by_the_day_of_the_company() -> None:
    happened = datetime(2026, 11, 1, 2, tzinfo=UTC)
    for zone, day in (("UTC", "1 November"), ("America/Los_Angeles", "31 October")):
        settings = load_settings({"time_zone": zone}, {})
        why = router.too_late(
            all_plays()["card_update"],
            "invoice.payment_failed",
            happened,
            happened + timedelta(days=9),
            settings,
        )
        assert why == f"it happened on {day} 2026, more than 7 days ago"
