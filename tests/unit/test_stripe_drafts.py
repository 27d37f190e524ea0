"""Verdicts that are carried out at Stripe: which facts make an action of a message, and which leave it a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from execops.adapters import create_adapters
from execops.books.facts import Facts
from execops.model import Declined, Draft
from execops.money import Money
from execops.plays.money import card_update, dispute_lost, dispute_response, early_fraud_warning
from execops.settings import load_settings
from tests.judged import RETRY, about, charge, invoice, subscription
from tests.unit.test_dispute_response import ago, dispute, payment
from tests.unit.test_dispute_response import subscription as ended_subscription
from tests.unit.test_early_fraud_warning import warned

ALL = [
    "stripe_accept_dispute",
    "stripe_refund",
    "stripe_retry_invoice",
    "stripe_submit_evidence",
    "stripe_void_invoice",
]
ADAPTERS = create_adapters(load_settings({"stripe_write_key": "rk_live_1"}, {}))
WARNED: dict[str, Any] = {"status": "warning_needs_response", "refundable": True, "fee": None}
TWICE: dict[str, Any] = {"reason": "duplicate", "payments": [payment("ch_2", 13)]}
RETURNED: dict[str, Any] = {"reason": "duplicate", "payments": [payment("ch_2", 13, amount_refunded=4900)]}
CANCELLED: dict[str, Any] = {
    "reason": "subscription_canceled",
    "subscriptions": [ended_subscription(ended=27)],
}


def refund(id_: str = "re_1", days: float = 5, **changes: Any) -> dict[str, Any]:
    """A refund of the disputed payment in full, so many days ago."""
    made = {"type": "refund", "id": id_, "status": "succeeded", "amount": 4900, "currency": "USD"}
    return made | {"destination": "card", "created": ago(days)} | changes


def allowed(current: Facts, *actions: str, **changes: Any) -> Facts:
    """The facts, with these actions allowed; all of them where none is named."""
    return replace(current, actions=list(actions or ALL), **changes)


def drafted(play: Any, current: Facts) -> Draft:
    """The draft of a play, whose payload its adapter accepts, with the words that the message would have had."""
    answer = play.PLAY.answer(current)
    assert isinstance(answer, Draft), answer
    if answer.action_type.startswith("stripe_"):
        ADAPTERS[answer.action_type].validate(answer.payload)
        assert answer.amount is not None
        message = play.PLAY.answer(replace(current, actions=[]))
        if isinstance(message, Draft):
            assert (message.title, message.verdict, message.evidence, message.amount, message.expires_at) == (
                answer.title,
                answer.verdict,
                answer.evidence,
                answer.amount,
                answer.expires_at,
            )
            assert answer.reasoning.startswith(message.reasoning)
    return answer


def no_action(play: Any, current: Facts) -> None:
    """Assert that these facts draft just what they draft while nothing is allowed."""
    assert play.PLAY.answer(current) == play.PLAY.answer(replace(current, actions=[]))


# Disputes


FEE: dict[str, Any] = {"fee": 5000, "fee_currency": "USD"}


@pytest.mark.parametrize("story", [TWICE, CANCELLED, FEE])
def test_a_dispute_that_is_to_be_accepted_is_accepted(story: dict[str, Any]) -> None:
    draft = drafted(dispute_response, allowed(dispute(**story)))
    assert draft.action_type == "stripe_accept_dispute"
    assert draft.payload == {"dispute": "du_1", "amount": "49.00 USD"}
    assert draft.verdict.startswith("Accept: ")
    assert "would get it twice" in draft.reasoning


@pytest.mark.parametrize("story", [TWICE, CANCELLED])
def test_an_inquiry_that_is_to_be_accepted_is_refunded(story: dict[str, Any]) -> None:
    draft = drafted(dispute_response, allowed(dispute(**story, **WARNED)))
    assert draft.action_type == "stripe_refund"
    assert draft.payload == {"charge": "ch_1", "amount": "49.00 USD"}


def test_the_amount_is_written_in_the_currency_of_the_dispute() -> None:
    yen: dict[str, Any] = {"charge": {"currency": "JPY"}, "currency": "JPY", "reason": "duplicate"}
    draft = drafted(dispute_response, allowed(dispute(**yen, payments=[payment("ch_2", 13, currency="JPY")])))
    assert draft.payload["amount"] == "4900 JPY"
    assert draft.amount == Money(4900, "JPY")


def test_a_refund_before_the_dispute_is_the_evidence() -> None:
    story = dispute(reason="credit_not_processed", charge={"amount_refunded": 4900}, created=ago(1))
    draft = drafted(dispute_response, allowed(story, same_payment=[refund()]))
    assert draft.action_type == "stripe_submit_evidence"
    assert draft.payload == {
        "dispute": "du_1",
        "amount": "49.00 USD",
        "uncategorized_text": (
            "The payment ch_1 was refunded before the customer disputed it on 21 November 2026."
            " Refund re_1 of $49.00 was made on 17 November 2026."
        ),
        "customer_name": "Ella Stone",
        "customer_email_address": "ella@stone.example",
    }
    assert "Evidence can be sent only once" in draft.reasoning


def test_two_refunds_together_are_the_evidence() -> None:
    story = dispute(reason="general", charge={"amount_refunded": 4900}, created=ago(1))
    parts = [refund("re_2", 4, amount=900), refund("re_1", 5, amount=4000)]
    draft = drafted(dispute_response, allowed(story, same_payment=parts))
    assert "Refund re_1 of $40.00 was made on 17 November 2026. Refund re_2 of $9.00" in str(draft.payload)


def test_a_refunded_twin_is_the_evidence() -> None:
    draft = drafted(dispute_response, allowed(dispute(**RETURNED)))
    assert draft.action_type == "stripe_submit_evidence"
    assert draft.payload["duplicate_charge_id"] == "ch_2"
    assert draft.payload["duplicate_charge_explanation"] == (
        "The customer was charged $49.00 on 7 November 2026 (payment ch_1) and $49.00 on 9 November 2026 (payment"
        " ch_2). The payment ch_2 was refunded in full, so the customer has paid once. The disputed payment ch_1 is the"
        " one that stands."
    )


def test_a_cancellation_after_the_charge_is_the_evidence() -> None:
    story = dispute(reason="subscription_canceled", subscriptions=[ended_subscription(ended=5)])
    draft = drafted(dispute_response, allowed(story))
    assert draft.action_type == "stripe_submit_evidence"
    assert draft.payload["cancellation_rebuttal"] == (
        "The payment ch_1 of 7 November 2026 was for the subscription sub_1, which ran then."
        " Its cancellation was asked for on 17 November 2026, after the payment."
    )


def test_a_name_with_a_gap_stands_in_no_evidence() -> None:
    story = dispute(**RETURNED, charge={"name": "[Name]", "email": "ella@stone.example"})
    draft = drafted(dispute_response, allowed(story))
    assert "customer_name" not in draft.payload
    assert draft.payload["customer_email_address"] == "ella@stone.example"


MESSAGES: dict[str, Callable[[], Facts]] = {
    "the deadline has passed": lambda: dispute(**TWICE, due_by=ago(1)),
    "Stripe takes no more evidence": lambda: dispute(**TWICE, past_due=True),
    "somebody has saved evidence": lambda: dispute(**TWICE, has_evidence=True),
    "somebody has sent evidence": lambda: dispute(**RETURNED, submissions=1),
    "a bank debit": lambda: dispute(charge={"method": "sepa_debit"}, reason="debit_not_authorized"),
    "a chargeback that can be refunded": lambda: dispute(**TWICE, refundable=True),
    "an inquiry of which Stripe does not say so": lambda: dispute(**TWICE, **(WARNED | {"refundable": None})),
    "an inquiry about a part": lambda: dispute(**TWICE, **WARNED, charge={"amount": 9900}),
    "an inquiry after a refund of a part": lambda: dispute(
        **CANCELLED, **WARNED, charge={"amount_refunded": 100}
    ),
    "grounds for both sides": lambda: dispute(reason="duplicate"),
    "a history of payments": lambda: dispute(
        payments=[payment(f"ch_m{n}", 30 * n) for n in range(1, 8)], since=400
    ),
    "refunds that nobody listed": lambda: dispute(reason="general", charge={"amount_refunded": 4900}),
    "a refund after the dispute": lambda: replace(
        dispute(charge={"amount_refunded": 4900}, created=ago(6)), same_payment=[refund()]
    ),
    "a refund that is on its way": lambda: replace(
        dispute(charge={"amount_refunded": 4900}, created=ago(1)), same_payment=[refund(status="pending")]
    ),
    "a refund to the balance": lambda: replace(
        dispute(charge={"amount_refunded": 4900}, created=ago(1)),
        same_payment=[refund(destination="customer_cash_balance")],
    ),
    "a refund that is no whole one": lambda: replace(
        dispute(charge={"amount_refunded": 4900}, created=ago(1)), same_payment=[refund(amount=4899)]
    ),
    "no cancellation on record": lambda: dispute(
        reason="subscription_canceled", subscriptions=[ended_subscription()]
    ),
    "a cancellation on the day of the charge": lambda: dispute(
        reason="subscription_canceled", subscriptions=[ended_subscription(ended=14.5)]
    ),
    "a charge of another price": lambda: dispute(
        reason="subscription_canceled",
        subscriptions=[ended_subscription(ended=5)],
        charge={"amount": 5900},
        amount=5900,
    ),
}


@pytest.mark.parametrize("story", MESSAGES)
def test_a_dispute_that_the_books_do_not_settle_stays_a_message(story: str) -> None:
    current = allowed(MESSAGES[story]())
    assert drafted(dispute_response, current).action_type == "email"
    no_action(dispute_response, current)


@pytest.mark.parametrize(
    ("story", "needed"),
    [
        (lambda: dispute(**TWICE), "stripe_accept_dispute"),
        (lambda: dispute(**TWICE, **WARNED), "stripe_refund"),
        (lambda: dispute(**RETURNED), "stripe_submit_evidence"),
    ],
)
def test_another_action_that_is_allowed_changes_nothing(story: Callable[[], Facts], needed: str) -> None:
    no_action(dispute_response, allowed(story(), *[action for action in ALL if action != needed]))
    assert drafted(dispute_response, allowed(story(), needed)).action_type == needed


def test_a_loss_that_somebody_accepted_is_no_news() -> None:
    lost = dispute(status="lost", open=False)
    assert isinstance(dispute_lost.PLAY.answer(lost), Draft)
    accepted: dict[str, Any] = {
        "action_type": "stripe_accept_dispute",
        "object_id": "du_1",
        "play": "dispute_response",
    }
    accepted |= {"covers": [], "at": ago(0.1)}
    answer = dispute_lost.PLAY.answer(replace(lost, written=[accepted]))
    assert answer == Declined("the company accepted the dispute itself")
    for other in ({"object_id": "du_2"}, {"action_type": "email"}):
        assert isinstance(dispute_lost.PLAY.answer(replace(lost, written=[accepted | other])), Draft)


# Early fraud warnings


def test_a_warned_payment_is_refunded() -> None:
    draft = drafted(early_fraud_warning, allowed(warned(subscriptions=[ended_subscription()])))
    assert draft.action_type == "stripe_refund"
    assert draft.payload == {
        "charge": "ch_1",
        "amount": "49.00 USD",
    }  # no reason: it would block the card for good
    assert draft.reasoning.endswith(
        "Cancel the subscription too (sub_1): it would charge the card again. Deliver nothing more for it."
    )


def test_what_is_left_of_a_warned_payment_is_refunded() -> None:
    draft = drafted(early_fraud_warning, allowed(warned(charge={"amount_refunded": 900})))
    assert draft.payload["amount"] == "40.00 USD"


@pytest.mark.parametrize(
    "story",
    [
        lambda: warned(charge={"three_d_secure": "authenticated"}),  # keep
        lambda: warned(payments=[payment(f"ch_{n}", 40 * n) for n in range(1, 6)]),  # ask first
        lambda: warned(known=False),  # decide
        lambda: warned(charge={"status": "pending"}),
        lambda: warned(charge={"id": "pi_1"}),
    ],
)
def test_a_warned_payment_that_is_not_clear_stays_a_message(story: Callable[[], Facts]) -> None:
    no_action(early_fraud_warning, allowed(story()))


# Open invoices

LATER = "2026-11-22T11:45:00+00:00"
NO_RETRY: dict[str, Any] = {"next_payment_attempt": None}
NEW_CARD = {"id": "pm_2", "type": "card", "brand": "visa", "last4": "1111", "created": LATER, "gone": False}
ANOTHER: dict[str, Any] = {
    "decline": charge("do_not_honor"),
    "customer": {"default_card": "pm_2", "as_of": LATER},
    "cards": [NEW_CARD],
}
CANCELED = subscription(
    status="canceled", cancel_cause="cancellation_requested", ended_at="2026-11-24T11:00:00+00:00"
)
ENDED: dict[str, Any] = {"decline": charge("do_not_honor"), "subscriptions": [CANCELED]}


def test_an_invoice_is_charged_to_the_new_default() -> None:
    draft = drafted(card_update, allowed(about(invoice(**NO_RETRY), **ANOTHER)))
    assert draft.action_type == "stripe_retry_invoice"
    assert draft.payload == {"invoice": "in_1", "amount": "49.00 USD", "payment_method": "pm_2"}
    assert (draft.object_id, draft.covers) == ("cus_1", ("in_1",))
    assert ("New payment method", "Visa card ending 1111") in draft.evidence
    assert "1111" not in str(draft.payload)


def test_a_renewal_of_a_subscription_that_its_customer_ended_is_voided() -> None:
    draft = drafted(card_update, allowed(about(invoice(**NO_RETRY), **ENDED)))
    assert draft.action_type == "stripe_void_invoice"
    assert draft.payload == {"invoice": "in_1", "amount": "49.00 USD"}
    assert ("Subscription ended", "24 November 2026") in draft.evidence


LEFT_ALONE: dict[str, Callable[[], Facts]] = {
    "Stripe tries it by itself": lambda: about(invoice(), **ANOTHER),
    "a card that is only attached": lambda: about(
        invoice(**NO_RETRY), **(ANOTHER | {"customer": {"default_card": "pm_1"}})
    ),
    "a default that is not on record": lambda: about(invoice(**NO_RETRY), **(ANOTHER | {"cards": []})),
    "a default that is gone": lambda: about(
        invoice(**NO_RETRY), **(ANOTHER | {"cards": [NEW_CARD | {"gone": True}]})
    ),
    "the subscription has a card of its own": lambda: about(
        invoice(**NO_RETRY), **ANOTHER, subscriptions=[subscription(default_method="pm_1")]
    ),
    "Radar blocked it": lambda: about(
        invoice(**NO_RETRY),
        **(
            ANOTHER
            | {
                "decline": charge(
                    "highest_risk_level",
                    told={"outcome": {"type": "blocked", "reason": "highest_risk_level"}},
                )
            }
        ),
    ),
    "the bank wants a confirmation": lambda: about(
        invoice(**NO_RETRY), **(ANOTHER | {"decline": charge("authentication_required")})
    ),
    "a dispute is open": lambda: about(
        invoice(**NO_RETRY), **ANOTHER, disputes_ever=[{"id": "dp_1", "open": True, "as_of": RETRY}]
    ),
    "the customer has cancelled": lambda: about(
        invoice(**NO_RETRY), **ANOTHER, subscriptions=[subscription(cancel_at_period_end=True)]
    ),
    "collection is paused": lambda: about(
        invoice(**NO_RETRY), **ANOTHER, subscriptions=[subscription(paused=True)]
    ),
    "a sent invoice": lambda: about(invoice(**NO_RETRY, collection_method="send_invoice"), **ANOTHER),
    "it is paid": lambda: about(invoice(status="paid", amount_remaining=0), **ANOTHER),
    "the customer was deleted": lambda: about(
        invoice(**NO_RETRY), **(ANOTHER | {"customer": {"deleted": True, "default_card": "pm_2"}})
    ),
    "ended for want of payment": lambda: about(
        invoice(**NO_RETRY), **(ENDED | {"subscriptions": [CANCELED | {"cancel_cause": "payment_failed"}]})
    ),
    "ended for no known cause": lambda: about(
        invoice(**NO_RETRY), **(ENDED | {"subscriptions": [CANCELED | {"cancel_cause": None}]})
    ),
    "ended after two weeks": lambda: about(
        invoice(**NO_RETRY),
        **(ENDED | {"subscriptions": [CANCELED | {"ended_at": "2026-12-06T11:00:00+00:00"}]}),
    ),
    "a part of it is paid": lambda: about(
        invoice(**NO_RETRY, amount_paid=900, amount_remaining=4000), **ENDED
    ),
    "no renewal": lambda: about(invoice(**NO_RETRY, billing_reason="subscription_update"), **ENDED),
    "ended, and Stripe tries it again": lambda: about(invoice(), **ENDED),
    "ended, and a debit is on its way": lambda: about(
        invoice(**NO_RETRY), **(ENDED | {"decline": charge(None, "us_bank_account", status="pending")})
    ),
}


@pytest.mark.parametrize("story", LEFT_ALONE)
def test_an_invoice_that_is_not_clear_is_left_alone(story: str) -> None:
    no_action(card_update, allowed(LEFT_ALONE[story]()))


def test_only_the_invoice_that_the_facts_are_about_is_acted_on() -> None:
    other = invoice(**NO_RETRY, number="A-2", amount_due=1900, amount_remaining=1900)
    other |= {"id": "in_2", "as_of": LATER}
    again = [
        charge("do_not_honor"),
        charge("do_not_honor") | {"id": "ch_2", "invoice": "in_2", "amount": 1900},
    ]
    story = ANOTHER | {"decline": None, "charges": again, "invoices": [other]}
    draft = drafted(card_update, allowed(about(invoice(**NO_RETRY), **story)))
    assert draft.covers == ("in_1",)
    of_customer = replace(
        allowed(about(invoice(**NO_RETRY), **story)),
        object_id="cus_1",
        object_type="customer",
        state={},
        invoices=[other],
    )
    assert drafted(card_update, of_customer).covers == ("in_2",)


def test_a_mail_about_another_invoice_goes_first() -> None:
    """An invoice whose customer has to act is asked for as ever."""
    other = invoice(number="A-2", amount_due=1900, amount_remaining=1900, attempt_count=2)
    other |= {"id": "in_2", "as_of": LATER}
    late = charge("do_not_honor") | {
        "id": "ch_2", "invoice": "in_2", "amount": 1900, "method_id": "pm_2", "created": "2026-11-22T11:50:00+00:00",
    }  # fmt: skip
    story = ANOTHER | {"decline": None, "charges": [late, charge("do_not_honor")], "invoices": [other]}
    current = replace(
        allowed(about(invoice(**NO_RETRY), **story)),
        object_id="cus_1",
        object_type="customer",
        state={},
        invoices=[invoice(**NO_RETRY) | {"id": "in_1", "as_of": LATER}, other],
        customer={"default_card": "pm_2", "as_of": LATER, "email": "billing@acme.example"},
    )
    draft = drafted(card_update, current)
    assert (draft.action_type, draft.covers) == ("email", ("in_2",))
    no_action(card_update, current)
