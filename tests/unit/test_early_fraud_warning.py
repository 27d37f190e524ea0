"""The verdict on a payment that its bank warns of: refund it, ask the customer first, keep it; and when nothing is left."""

from __future__ import annotations

from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays.money.early_fraud_warning import PLAY
from tests.facts import facts
from tests.unit.test_dispute_response import ago, monthly, payment, subscription


def warned(
    *,
    charge: dict[str, Any] | None = None,
    payments: list[dict[str, Any]] | None = None,
    subscriptions: list[dict[str, Any]] | None = None,
    beside: list[dict[str, Any]] | None = None,
    disputes: list[dict[str, Any]] | None = None,
    org: dict[str, Any] | None = None,
    known: bool = True,
    **changes: Any,
) -> Facts:
    """The facts about a warning of today about a payment of $49.00, three days ago, by a customer who came that day."""
    state: dict[str, Any] = {
        "charge": "ch_1",
        "intent": "pi_1",
        "actionable": True,
        "fraud_type": "made_with_stolen_card",
        "created": ago(0.1),
    } | changes
    paid = payment("ch_1", 3, **({"captured": True} | (charge or {})))
    return facts(
        object_id="issfr_1",
        object_type="early_fraud_warning",
        subject_key="issfr_1",
        state=state,
        customer={"name": "Ella Stone", "email": "ella@stone.example", "created": ago(3)} if known else {},
        subscriptions=subscriptions or [],
        charges_beside=[paid, *(payments or [])] if known else [],
        same_payment=beside or [],
        disputes_ever=disputes or [],
        org=org,
    )


def drafted(current: Facts) -> Draft:
    answer = PLAY.answer(current)
    assert isinstance(answer, Draft), answer
    assert f"\n{answer.verdict}.\n" in answer.payload["text"]
    return answer


def test_a_stolen_card_is_refunded_and_its_subscription_cancelled() -> None:
    draft = drafted(warned(subscriptions=[subscription()]))
    assert draft.title == "Fraud warning: a payment of $49.00 by Ella Stone"
    assert draft.verdict == (
        "Refund: the bank says that the card was stolen, and most payments with such a warning are disputed"
    )
    text = draft.payload["text"]
    assert "Refund $49.00 in full at Stripe, before it is disputed" in text
    assert "Cancel the subscription too (sub_1): it would charge the card again." in text
    assert "Open at Stripe: https://dashboard.stripe.com/payments/pi_1" in text
    assert (draft.urgency, draft.amount, draft.stage) == (Urgency.HIGH, Money(4900, "USD"), None)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("card_never_received", "the card never reached its holder"),
        ("fraudulent_card_application", "somebody applied for the card in a false name"),
        ("made_with_counterfeit_card", "the card is counterfeit"),
        ("made_with_lost_card", "the card was lost"),
        ("unauthorized_use_of_card", "the holder of the card did not make the payment"),
        ("misc", "the payment may be fraud"),
        ("a_kind_of_tomorrow", "the payment may be fraud"),
        (None, "the payment may be fraud"),
    ],
)
def test_each_kind_of_fraud_is_named(kind: str | None, words: str) -> None:
    draft = drafted(warned(fraud_type=kind))
    assert draft.verdict.startswith(f"Refund: the bank says that {words}")
    assert dict(draft.evidence)["The bank says"] == words


@pytest.mark.parametrize(
    ("amount", "org", "small"),
    [
        (1499, {}, True),
        (1500, {}, False),
        (1499, {"currency": "EUR", "rates": [["USD", "1.5"]]}, False),
        (999, {"currency": "EUR", "rates": [["USD", "1.5"]]}, True),
        (999, {"currency": "EUR"}, False),  # no rate: nothing to compare
    ],
)
def test_a_payment_below_the_fee_is_always_refunded(amount: int, org: dict[str, Any], small: bool) -> None:
    facts: dict[str, Any] = {
        "payments": monthly(33, 5),
        "charge": {"amount": amount, "wallet": "apple_pay"},
        "org": org,
    }
    draft = drafted(warned(**facts))
    assert draft.verdict.startswith("Refund: ") is small
    assert ("is less than the fee" in draft.verdict) is small


def test_a_refund_of_a_small_payment_does_not_end_the_subscription_of_an_old_customer() -> None:
    current = warned(payments=monthly(33, 5), subscriptions=[subscription()], charge={"amount": 900})
    assert "Cancel" not in drafted(current).payload["text"]


@pytest.mark.parametrize(
    ("charge", "why"),
    [
        ({}, "none of them disputed"),
        ({"wallet": "apple_pay"}, "none of them disputed, and they unlocked Apple Pay for this one"),
        ({"three_d_secure": "authenticated"}, "none of them disputed, and 3-D Secure confirmed this one"),
    ],
)
def test_a_customer_of_long_standing_is_asked_first(charge: dict[str, Any], why: str) -> None:
    draft = drafted(warned(payments=monthly(33, 4), charge=charge))
    assert draft.verdict == f"Ask first: the customer made 4 earlier payments by this card, {why}"
    text = draft.payload["text"]
    assert "Ask Ella Stone (ella@stone.example) today whether they made the payment." in text
    assert "refund $49.00 in full at Stripe" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"payments": monthly(33, 2)},
        {"payments": monthly(3.1, 1) + [payment(f"ch_{n}", 4 + n) for n in range(5)]},
        {"payments": monthly(33, 4, card_last4="1111")},
        {"payments": monthly(33, 4, amount_refunded=4900)},
        {"payments": monthly(33, 4, disputed=True)},
        {"payments": monthly(33, 4), "disputes": [{"id": "du_9", "charge": "ch_9", "status": "lost"}]},
    ],
)
def test_a_history_that_is_short_or_not_clean_is_none(changes: dict[str, Any]) -> None:
    assert drafted(warned(**changes)).verdict.startswith("Refund: the bank says that the card was stolen")


@pytest.mark.parametrize(
    ("result", "kept"),
    [
        ("authenticated", True),
        ("attempt_acknowledged", True),
        ("exempted", False),
        ("failed", False),
        ("not_supported", False),
        ("processing_error", False),
        (None, False),
    ],
)
def test_a_payment_whose_liability_moved_to_the_bank_is_kept(result: str | None, kept: bool) -> None:
    draft = drafted(warned(charge={"three_d_secure": result}))
    assert draft.verdict.startswith("Keep: 3-D Secure confirmed the payment") is kept
    assert ("Do not refund it unless the customer asks" in draft.payload["text"]) is kept


def test_a_part_that_was_refunded_leaves_the_rest() -> None:
    draft = drafted(warned(charge={"amount_refunded": 1900}))
    assert draft.amount == Money(3000, "USD")
    assert dict(draft.evidence)["Refunded already"] == "$19.00"
    assert "Refund the remaining $30.00 at Stripe" in draft.payload["text"]


def test_an_unknown_payment_is_for_a_person_to_look_at() -> None:
    draft = drafted(warned(known=False))
    assert draft.title == "Fraud warning: a payment by an unknown customer"
    assert draft.verdict.startswith(
        "Decide: the bank says that the card was stolen, but the books do not have"
    )
    assert "None" not in draft.title + draft.reasoning + draft.payload["text"] + str(draft.evidence)
    assert "https://dashboard.stripe.com/payments/pi_1" in draft.payload["text"]
    without = drafted(warned(known=False, intent=None))
    assert "https://dashboard.stripe.com/payments/ch_1" in without.payload["text"]


def refund(status: str, amount: int = 4900) -> dict[str, Any]:
    return {"id": "re_1", "type": "refund", "status": status, "amount": amount, "currency": "USD"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"charge": {"disputed": True}}, "the payment is disputed already"),
        ({"beside": [{"id": "du_1", "type": "dispute", "status": "needs_response"}]}, "the payment is disputed already"),
        ({"beside": [{"id": "du_1", "type": "dispute", "status": "warning_closed"}]}, "the payment is disputed already"),
        ({"charge": {"amount_refunded": 4900}}, "the payment was refunded in full"),
        ({"beside": [refund("pending")]}, "the payment was refunded in full"),
        ({"beside": [refund("succeeded")]}, "the payment was refunded in full"),
        ({"charge": {"captured": False}}, "the payment was not captured: no money was taken"),
        ({"charge": {"status": "failed"}}, "the payment failed: no money was taken"),
        ({"actionable": False}, "Stripe leaves nothing to do: the payment is disputed, or was refunded in full"),
        ({"created": ago(121)}, "the warning is more than 120 days old"),
        (
            {"beside": [{"id": "issfr_0", "type": "early_fraud_warning", "created": ago(1)}]},
            "an earlier warning is about the same payment",
        ),
    ],
)  # fmt: skip
def test_nothing_is_left_to_decide(changes: dict[str, Any], why: str) -> None:
    assert PLAY.answer(warned(**changes)) == Declined(why)


@pytest.mark.parametrize(
    "changes",
    [
        {"beside": [refund("failed")]},
        {"beside": [refund("succeeded", 1000)]},
        {"actionable": None},
        {"created": None},
        {"beside": [{"id": "issfr_2", "type": "early_fraud_warning", "created": ago(0)}]},
        {"charge": {"captured": None}},
    ],
)
def test_what_pays_nothing_back_leaves_the_warning_open(changes: dict[str, Any]) -> None:
    assert drafted(warned(**changes)).verdict.startswith("Refund: ")


def test_a_warning_of_another_object_is_declined() -> None:
    assert PLAY.answer(facts(object_type="charge")) == Declined("the event names no early fraud warning")
