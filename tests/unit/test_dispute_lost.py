"""A lost dispute: what is gone, whom to ask, what to stop; and a debit that a bank sent back."""

from __future__ import annotations

from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays.money.dispute_lost import PLAY
from tests.unit.test_dispute_response import RETURNED, dispute, returned, subscription


def drafted(current: Facts) -> Draft:
    answer = PLAY.answer(current)
    assert isinstance(answer, Draft), answer
    return answer


def verdict(current: Facts) -> str:
    """The verdict as the sentence with which the request of the message begins."""
    draft = drafted(current)
    line = f"{draft.verdict}."
    assert f"\n\n{line}\n" in draft.payload["text"]
    return line


def test_a_lost_dispute_says_what_is_gone_whom_to_ask_and_what_to_stop() -> None:
    current = dispute(
        status="lost", open=False, fee=1500, fee_currency="USD", reason="general",
        subscriptions=[subscription()],
    )  # fmt: skip
    draft = drafted(current)
    assert (draft.stage, draft.urgency, draft.expires_at) == ("lost", Urgency.HIGH, None)
    assert draft.title == "Dispute lost: Ella Stone (no specific reason)"
    assert verdict(current) == "Lost: $49.00 and Stripe's fee of $15.00 are gone for good."
    text = draft.payload["text"]
    assert "Ask Ella Stone (ella@stone.example) whether they still want the service" in text
    assert "Consider pausing their service until then: the subscription sub_1 may charge again." in text
    assert "Collect" not in text
    assert "Evidence due" not in dict(draft.evidence)
    assert (
        draft.reasoning == "$49.00 was disputed, and the bank decided for the customer (no specific reason)."
    )


def test_a_loss_of_long_ago_needs_nobody() -> None:
    assert drafted(dispute(status="lost", open=False, seen=14))
    answer = PLAY.answer(dispute(status="lost", open=False, seen=14.1))
    assert answer == Declined("the dispute was lost more than 14 days ago")


def test_a_lost_dispute_without_a_known_fee_names_none() -> None:
    assert verdict(dispute(status="lost", open=False)) == "Lost: $49.00 is gone for good."


def test_a_lost_dispute_of_a_cancelled_subscription_asks_for_nothing() -> None:
    current = dispute(status="lost", open=False, subscriptions=[subscription(ended=27)])
    assert (
        "Ask for nothing: the subscription had ended before the charge." in drafted(current).payload["text"]
    )


def test_a_lost_dispute_of_a_refunded_charge_paid_the_customer_twice() -> None:
    current = dispute(status="lost", open=False, charge={"amount_refunded": 4900})
    assert "to pay back $49.00: it was refunded too" in drafted(current).payload["text"]
    partial = dispute(status="lost", open=False, amount=3900, charge={"amount_refunded": 1000})
    assert "pay back" not in drafted(partial).payload["text"]


@pytest.mark.parametrize(("method", "reason", "words"), RETURNED)
def test_a_returned_bank_debit_is_a_loss(method: str, reason: str, words: str) -> None:
    current = returned(method, reason, status="lost", open=False)
    assert "a returned bank debit cannot be fought" in verdict(current)
    draft = drafted(current)
    assert words in draft.payload["text"]
    assert "Collect" not in draft.payload["text"]
    assert "account ending 6789" in draft.payload["text"]
    assert draft.title == f"Debit returned: Ella Stone (reason: {reason.replace('_', ' ')})"


def test_the_disputes_own_method_tells_a_bank_debit_where_the_charge_is_not_known() -> None:
    assert "cannot be fought" in verdict(
        dispute(status="lost", open=False, linked=False, method="us_bank_account")
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "the dispute is open"),
        ({"status": "warning_needs_response"}, "the dispute is open"),
        ({"status": "under_review"}, "the evidence was sent already: the bank decides now"),
        ({"status": "won", "open": False}, "the dispute is won"),
        ({"status": "warning_closed", "open": False}, "the dispute is closed without a chargeback"),
    ],
)
def test_nothing_is_lost_before_the_bank_says_so(changes: dict[str, Any], why: str) -> None:
    assert PLAY.answer(dispute(**changes)) == Declined(why)
