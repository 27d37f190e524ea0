"""A refund that did not arrive: why, how it is paid another way, and when the customer waits for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays.money.refund_failed import PLAY
from tests.facts import facts
from tests.unit.test_dispute_response import ago, payment


def refund(
    *,
    charge: dict[str, Any] | None = None,
    beside: list[dict[str, Any]] | None = None,
    known: bool = True,
    org: dict[str, Any] | None = None,
    **changes: Any,
) -> Facts:
    """The facts about a refund of $49.00, five days ago, to an expired card."""
    state: dict[str, Any] = {
        "charge": "ch_1",
        "intent": "pi_1",
        "status": "failed",
        "amount": 4900,
        "currency": "USD",
        "reason": "requested_by_customer",
        "failure_reason": "expired_or_canceled_card",
        "returned": True,
        "destination": "card",
        "created": ago(5),
    } | changes
    return facts(
        object_id="re_1",
        object_type="refund",
        subject_key="re_1",
        state=state,
        customer={"name": "Ella Stone", "email": "ella@stone.example"} if known else {},
        charges_beside=[payment("ch_1", 20, **({"captured": True} | (charge or {})))] if known else [],
        same_payment=beside or [],
        org=org,
    )


def drafted(current: Facts) -> Draft:
    answer = PLAY.answer(current)
    assert isinstance(answer, Draft), answer
    assert f"\n{answer.verdict}.\n" in answer.payload["text"]
    return answer


def other(
    id_: str = "re_2", *, at: float = 2, status: str = "succeeded", amount: int = 4900
) -> dict[str, Any]:
    return {
        "id": id_, "type": "refund", "status": status, "amount": amount, "currency": "USD", "created": ago(at),
    }  # fmt: skip


def test_the_team_is_told_how_to_pay_it_another_way() -> None:
    draft = drafted(refund())
    assert draft.title == "Refund failed: Ella Stone, $49.00"
    assert draft.verdict == (
        "Pay another way: the card has expired or was cancelled, and Ella Stone is waiting for $49.00"
    )
    assert draft.reasoning == (
        "A refund of $49.00 failed: the card has expired or was cancelled. Stripe put the money back into your balance."
    )
    text = draft.payload["text"]
    assert "ask Ella Stone at ella@stone.example where the money can go" in text
    assert (
        "Ready to send:\n“We sent a refund of $49.00 to your Visa card ending 4242 on 17 November 2026, but your bank returned it."
        " How may we pay it to you instead?”"
    ) in text
    assert "https://dashboard.stripe.com/payments/pi_1" in text
    assert (draft.urgency, draft.amount) == (Urgency.HIGH, Money(4900, "USD"))
    assert draft.payload["to"] == "finance@localhost"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("lost_or_stolen_card", "Pay another way: the card was lost or stolen"),
        ("declined", "Pay another way: the bank declined it"),
        ("unknown", "Pay another way: the bank could not take it"),
        ("a_reason_of_tomorrow", "Pay another way: the bank could not take it"),
        (None, "Pay another way: the bank could not take it"),
        ("insufficient_funds", "Add money and refund again: your balance at Stripe did not cover it"),
    ],
)
def test_each_reason_is_worded(reason: str | None, words: str) -> None:
    assert drafted(refund(failure_reason=reason)).verdict.startswith(words)


def test_a_balance_that_was_too_low_asks_the_customer_nothing() -> None:
    draft = drafted(refund(failure_reason="insufficient_funds", returned=False))
    assert "Add money to your balance at Stripe, then refund it again there." in draft.payload["text"]
    assert "Ready to send" not in draft.payload["text"]
    assert draft.reasoning.endswith("The money did not leave Stripe.")


def test_an_unknown_charge_degrades_the_message() -> None:
    draft = drafted(refund(known=False))
    assert draft.title == "Refund failed: unknown customer, $49.00"
    assert "None" not in draft.title + draft.reasoning + draft.payload["text"] + str(draft.evidence)
    assert "“We sent a refund of $49.00 on 17 November 2026, but your bank" in draft.payload["text"]
    bare = drafted(refund(known=False, amount=None, currency=None, created=None, intent=None, charge_id=None))
    assert "None" not in bare.title + bare.reasoning + bare.payload["text"] + str(bare.evidence)
    assert bare.amount is None


def test_a_bank_debit_names_no_card() -> None:
    account = {"method": "sepa_debit", "card_brand": "Bank", "card_last4": "6789"}
    assert "card ending" not in drafted(refund(charge=account)).payload["text"]


DISPUTED = "the customer disputes the payment, so their bank gives the money back"


def dispute(status: str, *, open_: bool) -> dict[str, Any]:
    return {"id": "du_1", "type": "dispute", "status": status, "open": open_, "charge": "ch_1"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "succeeded"}, "the refund has reached the customer's bank"),
        ({"status": "pending"}, "Stripe still works on the refund"),
        ({"status": "requires_action"}, "the refund waits for the customer, whom Stripe has asked"),
        ({"status": "canceled"}, "the refund was cancelled before it was paid"),
        ({"status": "a_state_of_tomorrow"}, "the refund has not failed"),
        ({"failure_reason": "merchant_request"}, "your team asked Stripe to take the refund back"),
        ({"failure_reason": "charge_for_pending_refund_disputed"}, DISPUTED),
        ({"charge": {"disputed": True}}, DISPUTED),
        ({"beside": [dispute("needs_response", open_=True)]}, DISPUTED),
        ({"beside": [dispute("lost", open_=False)]}, DISPUTED),
        ({"charge": {"captured": False}}, "the payment was not captured: the customer waits for no money"),
        (
            {"reason": "expired_uncaptured_charge"},
            "the payment was not captured: the customer waits for no money",
        ),
        ({"beside": [other()]}, "refund re_2 was made in its place"),
        ({"beside": [other(status="pending")]}, "refund re_2 was made in its place"),
        (
            {"beside": [other(amount=2500), other("re_3", at=1, amount=2400)]},
            "refund re_3 was made in its place",
        ),
        ({"beside": [other(status="failed")]}, "refund re_2 was made in its place, and failed too"),
    ],
)
def test_the_customer_waits_for_nothing(changes: dict[str, Any], why: str) -> None:
    assert PLAY.answer(refund(**changes)) == Declined(why)


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({"beside": [other(at=9)]}, 4900),  # an earlier refund is another one
        ({"beside": [other(status="canceled")]}, 4900),
        ({"beside": [other(amount=2000)]}, 2900),
        ({"beside": [other(amount=2000, status="failed")], "amount": 2000}, 2000),  # two parts of one payment
        ({"beside": [dispute("won", open_=False)], "charge": {"disputed": True}}, 4900),
        ({"beside": [{"id": "issfr_1", "type": "early_fraud_warning"}]}, 4900),
    ],
)
def test_the_rest_is_still_owed(changes: dict[str, Any], owed: int) -> None:
    draft = drafted(refund(**changes))
    assert draft.amount == Money(owed, "USD")
    assert ("Still owed" in dict(draft.evidence)) is (owed == 2900)


def test_another_object_is_declined() -> None:
    assert PLAY.answer(facts(object_type="charge")) == Declined("the event names no refund")
