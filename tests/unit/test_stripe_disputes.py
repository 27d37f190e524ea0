"""The state of a dispute as Stripe's events tell it, in every version of the API."""

from __future__ import annotations

from typing import Any

import pytest

from execops.sources.stripe.disputes import dispute_rank, dispute_state
from tests.stripe_events import fixture


def state(*, closed: bool = False, **changes: Any) -> dict[str, Any]:
    return dispute_state(fixture("dispute", **changes), closed=closed)


def entry(fee: Any, currency: str = "usd", amount: int = -1000) -> dict[str, Any]:
    """A balance transaction of the dispute."""
    return {
        "id": "txn_1",
        "object": "balance_transaction",
        "amount": amount,
        "fee": fee,
        "currency": currency,
    }


def test_it_says_what_may_still_be_done() -> None:
    told = state(
        status="needs_response",
        is_charge_refundable=False,
        evidence_details={
            "due_by": 1_790_000_000,
            "has_evidence": True,
            "past_due": True,
            "submission_count": 1,
        },
        payment_method_details={"type": "us_bank_account"},
    )
    assert (told["refundable"], told["past_due"], told["has_evidence"], told["submissions"]) == (
        False,
        True,
        True,
        1,
    )
    assert (told["method"], told["case_type"], told["open"]) == ("us_bank_account", None, True)
    assert told["due_by"] == "2026-09-21T14:13:20+00:00"


def test_an_old_message_leaves_unknown_what_it_does_not_say() -> None:
    told = dispute_state({"id": "dp_1", "amount": 100, "currency": "usd"}, closed=False)
    assert told["status"] == "needs_response"
    for name in ("refundable", "past_due", "submissions", "method", "fee", "due_by", "charge"):
        assert told[name] is None, name
    assert told["eligible_for"] == []


@pytest.mark.parametrize(
    ("entries", "fee"),
    [
        ([], (None, None)),
        ([entry(1500)], (1500, "USD")),
        ([entry(2500, "nzd"), entry(0, "nzd", -60)], (2500, "NZD")),
        ([entry(1500), entry(-1500, amount=1000)], (0, "USD")),
        ([entry(1500), entry(1500, "eur")], (None, None)),
        ([entry(None)], (None, None)),
    ],
)
def test_the_fee_is_what_stripe_took(
    entries: list[dict[str, Any]], fee: tuple[int | None, str | None]
) -> None:
    told = state(balance_transactions=entries)
    assert (told["fee"], told["fee_currency"]) == fee


@pytest.mark.parametrize(
    ("status", "eligible"),
    [("qualified", True), ("requires_action", True), (None, True), ("not_qualified", False)],
)
def test_a_dispute_that_does_not_qualify_is_not_eligible(status: str | None, eligible: bool) -> None:
    kinds = {"visa_compelling_evidence_3": {"status": status}} if status else {}
    told = state(
        enhanced_eligibility_types=["visa_compelling_evidence_3"],
        evidence_details={"enhanced_eligibility": kinds},
    )
    assert (told["eligible_for"] == ["visa_compelling_evidence_3"]) is eligible


def test_events_of_one_second_go_by_the_stage_and_then_by_the_fee() -> None:
    stages = [
        state(status="warning_needs_response", balance_transactions=[]),
        state(status="warning_under_review", balance_transactions=[]),
        state(status="needs_response", balance_transactions=[]),
        state(status="needs_response", balance_transactions=[entry(1500)]),
        state(status="under_review", balance_transactions=[]),
        state(status="lost", balance_transactions=[]),
        state(status="lost", balance_transactions=[entry(1500)]),
    ]
    ranks = [dispute_rank(told) for told in stages]
    assert ranks == sorted(set(ranks))
    assert dispute_rank(state(status="needs_response", closed=True, balance_transactions=[])) > ranks[4]
