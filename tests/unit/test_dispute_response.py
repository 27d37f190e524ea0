"""The verdict on a dispute: which facts of the books speak for accepting it, for fighting it, or for neither."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays.money.dispute_response import PLAY
from tests.facts import NOW, facts


def ago(days: float) -> str:
    """The moment so many days before the facts were read; a negative number lies ahead."""
    return (datetime.fromisoformat(NOW) - timedelta(days=days)).isoformat()


def payment(id_: str, days: float, **changes: Any) -> dict[str, Any]:
    """A payment of $49.00 with the Visa card ending 4242, so many days ago."""
    paid = {
        "id": id_,
        "customer": "cus_1",
        "status": "succeeded",
        "amount": 4900,
        "amount_refunded": 0,
        "currency": "USD",
        "card_brand": "visa",
        "card_last4": "4242",
        "method": "card",
        "name": "Ella Stone",
        "email": "ella@stone.example",
        "created": ago(days),
    }
    return paid | changes


def subscription(id_: str = "sub_1", *, ended: float | None = None, **changes: Any) -> dict[str, Any]:
    """A subscription of $49.00 a month since 300 days, which ended so many days ago, or still runs."""
    state = {
        "id": id_,
        "status": "active" if ended is None else "canceled",
        "start": ago(300),
        "canceled_at": None if ended is None else ago(ended),
        "ended_at": None if ended is None else ago(ended),
        "cancel_cause": "cancellation_requested",
        "items": [
            {"unit_amount": "4900", "currency": "USD", "quantity": 1, "interval": "month", "interval_count": 1,
             "usage_type": "licensed", "discounts": []}
        ],
        "discounts": [],
        "paused": False,
        "trial_end": None,
    }  # fmt: skip
    return state | changes


def dispute(
    *,
    charged: float = 15,
    charge: dict[str, Any] | None = None,
    payments: list[dict[str, Any]] | None = None,
    subscriptions: list[dict[str, Any]] | None = None,
    disputes: list[dict[str, Any]] | None = None,
    paid_invoices: int = 0,
    since: float = 15,
    linked: bool = True,
    org: dict[str, Any] | None = None,
    seen: float = 0,
    **changes: Any,
) -> Facts:
    """The facts about a chargeback of a payment of $49.00, 15 days ago, whose customer came that day."""
    state = {
        "charge": "ch_1",
        "status": "needs_response",
        "open": True,
        "amount": 4900,
        "currency": "USD",
        "reason": "fraudulent",
        "due_by": ago(-6),
        "refundable": False,
        "fee": None,
        "fee_currency": None,
    } | changes
    disputed = payment("ch_1", charged, **(charge or {}))
    return facts(
        object_id="du_1",
        object_type="dispute",
        subject_key="du_1",
        state=state,
        as_of=ago(seen),
        customer={"name": "Ella Stone", "email": "ella@stone.example", "created": ago(since)},
        subscriptions=subscriptions or [],
        charges_beside=[disputed, *(payments or [])] if linked else [],
        disputes_ever=[{"id": "du_1", **state}, *(disputes or [])],
        paid=[{"currency": "USD", "amount_minor": 4900 * paid_invoices, "payments": paid_invoices}]
        if paid_invoices
        else [],
        linked=[{"type": "charge", **disputed}] if linked else [],
        org=org,
    )


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


def monthly(first: float, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Payments once a month, the newest so many days ago."""
    return [payment(f"ch_m{number}", first + 30 * number, **changes) for number in range(count)]


RETURNED = [
    ("us_bank_account", "insufficient_funds", "to pay again, once the account has the money"),
    ("sepa_debit", "debit_not_authorized", "Do not debit this account again without a new mandate"),
    ("bacs_debit", "customer_initiated", "Do not debit this account again without a new mandate"),
    ("acss_debit", "incorrect_account_details", "for another way to pay"),
]


def returned(method: str, reason: str, **changes: Any) -> Facts:
    """The facts about a debit of a bank account that its bank sent back."""
    account: dict[str, Any] = {"method": method, "card_brand": "STRIPE TEST BANK", "card_last4": "6789"}
    history: dict[str, Any] = {
        "payments": monthly(25, 4),
        "since": 200,
        "refundable": True,
        "charge": account,
    }
    return dispute(reason=reason, **(history | changes))


def test_a_loss_is_for_another_play() -> None:
    assert PLAY.answer(dispute(status="lost", open=False)) == Declined("the dispute is lost")


# Cancelled before the charge


@pytest.mark.parametrize("reason", ["subscription_canceled", "fraudulent", "general", "product_not_received"])
def test_a_charge_after_the_end_of_the_subscription_is_accepted(reason: str) -> None:
    current = dispute(reason=reason, subscriptions=[subscription(ended=27)])
    assert verdict(current) == "Accept: the customer cancelled 12 days before the charge."
    text = drafted(current).payload["text"]
    assert "Accept it at Stripe: $49.00 then stays with the customer. Do not refund it too" in text
    assert "Collect" not in text
    assert "Notice of the renewal" not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cancel_cause": None}, "Accept: the subscription was cancelled 12 days before the charge."),
        (
            {"canceled_at": ago(40)},
            "Accept: the customer cancelled on 13 October 2026, and the subscription ended 12 days before the charge.",
        ),
        (
            {"ended_at": ago(16), "canceled_at": ago(16)},
            "Accept: the customer cancelled 1 day before the charge.",
        ),
    ],
)
def test_the_end_of_the_subscription_is_told_as_the_books_have_it(
    changes: dict[str, Any], words: str
) -> None:
    ended = subscription(ended=27, **changes)
    assert verdict(dispute(reason="subscription_canceled", subscriptions=[ended])) == words


@pytest.mark.parametrize(
    ("subscriptions", "words"),
    [
        ([subscription(ended=27, cancel_cause="payment_failed")], "after a failed or disputed payment"),
        ([subscription(ended=15.5)], "the customer cancelled just before the charge"),
        ([subscription(ended=27), subscription("sub_2")], "12 days before the charge and another one ran on"),
        ([subscription(canceled_at=ago(20), cancel_at=ago(-5))], "was set to end on 2 November 2026"),
    ],
)
def test_an_end_that_may_not_be_the_charges_is_for_a_person_to_judge(
    subscriptions: list[dict[str, Any]], words: str
) -> None:
    line = verdict(dispute(reason="subscription_canceled", subscriptions=subscriptions))
    assert line.startswith("Decide. For accepting: ")
    assert words in line


def test_a_former_customers_other_purchase_is_not_a_renewal() -> None:
    ended = subscription(ended=27)
    line = verdict(dispute(amount=90_000, charge={"amount": 90_000}, subscriptions=[ended]))
    assert line.startswith("Decide. For accepting: the customer cancelled 12 days before the charge")


def test_a_subscription_that_began_after_the_charge_did_not_run_then() -> None:
    ended, anew = subscription(ended=27), subscription("sub_2", start=ago(3))
    line = verdict(dispute(reason="subscription_canceled", subscriptions=[ended, anew]))
    assert line == "Accept: the customer cancelled 12 days before the charge."


@pytest.mark.parametrize(
    ("subscriptions", "words"),
    [
        ([subscription()], "the books show a subscription that ran when it was charged, and no cancellation"),
        ([subscription(ended=10)], "the cancellation came 5 days after the charge"),
        ([subscription(ended=14.9)], "the cancellation came hours after the charge"),
    ],
)
def test_a_cancellation_that_came_later_or_never_is_fought(
    subscriptions: list[dict[str, Any]], words: str
) -> None:
    current = dispute(reason="subscription_canceled", subscriptions=subscriptions)
    assert verdict(current) == f"Fight: {words}."
    assert "Proof that no cancellation came before the charge" in drafted(current).payload["text"]


# Charged twice


def test_two_charges_of_one_amount_within_days_are_accepted() -> None:
    current = dispute(reason="duplicate", payments=[payment("ch_2", 13)])
    assert verdict(current) == (
        "Accept: the customer was charged $49.00 on 7 November 2026 and again on 9 November 2026,"
        " and neither was refunded."
    )


def test_two_charges_on_one_day() -> None:
    line = verdict(dispute(reason="duplicate", payments=[payment("ch_2", 15.01)]))
    assert (
        line == "Accept: the customer was charged $49.00 twice on 7 November 2026, and neither was refunded."
    )


def test_the_refund_of_the_other_charge_is_the_evidence() -> None:
    line = verdict(dispute(reason="duplicate", payments=[payment("ch_2", 13, amount_refunded=4900)]))
    assert line == "Fight: the other charge of $49.00, ch_2 of 9 November 2026, was refunded already."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Decide. For fighting: the books show no second charge of $49.00 within a few days of it"),
        ({"payments": [payment("ch_2", 45)]}, "Decide. For fighting: the books show no second charge"),
        (
            {"payments": [payment("ch_2", 13, amount=4800)]},
            "Decide. For fighting: the books show no second charge",
        ),
        (
            {"payments": [payment("ch_2", 13, currency="EUR")]},
            "Decide. For fighting: the books show no second",
        ),
        (
            {"payments": [payment("ch_2", 13, status="failed")]},
            "Decide. For fighting: the books show no second",
        ),
        (
            {"payments": [payment("ch_2", 13, captured=False)]},
            "Decide. For fighting: the books show no second",
        ),
        (
            {"payments": [payment("ch_2", 13, amount_refunded=100)]},
            "Decide: the books do not settle it",
        ),
        (
            {"payments": [payment("ch_2", 13), payment("ch_3", 12)]},
            "Decide. For accepting: the books show 3 charges",
        ),
        (
            {"payments": [payment("ch_2", 13, disputed=True)]},
            "more than one of them disputed: accept at most one",
        ),
        ({"linked": False}, "Decide: the books do not have the charge"),
    ],
)
def test_what_only_looks_like_a_duplicate_is_for_a_person_to_judge(
    changes: dict[str, Any], words: str
) -> None:
    assert words in verdict(dispute(reason="duplicate", **changes))


def test_both_charges_disputed_are_never_both_accepted() -> None:
    other = {"id": "du_2", "charge": "ch_2", "status": "needs_response", "open": True}
    current = dispute(reason="duplicate", payments=[payment("ch_2", 13)], disputes=[other])
    assert "more than one of them disputed: accept at most one" in verdict(current)
    assert dict(drafted(current).evidence)["Other disputes of the customer"] == "1: du_2 (needs response)"


def test_two_subscriptions_of_one_price_are_no_duplicate() -> None:
    both = [subscription(), subscription("sub_2")]
    assert verdict(
        dispute(reason="duplicate", payments=[payment("ch_2", 13)], subscriptions=both)
    ).startswith("Decide. For accepting: the books show 2 charges of $49.00 within a few days")


# Refunded


@pytest.mark.parametrize("reason", ["credit_not_processed", "duplicate", "fraudulent", "general"])
def test_a_charge_that_was_refunded_is_fought_with_the_refund(reason: str) -> None:
    current = dispute(reason=reason, charge={"amount_refunded": 4900})
    assert verdict(current) == "Fight: $49.00 was refunded already; the refund is the evidence."
    text = drafted(current).payload["text"]
    assert "Collect:\n• The refund: its id, date and amount\n•" in text
    assert "Why no refund is owed" not in text


def test_a_refund_of_a_part_speaks_for_both() -> None:
    line = verdict(dispute(reason="credit_not_processed", charge={"amount_refunded": 1000}))
    assert (
        line
        == "Decide. For fighting: $10.00 of the charge was refunded already; for accepting: the rest was not."
    )


def test_a_dispute_about_the_rest_is_not_answered_by_the_refund_of_a_part() -> None:
    line = verdict(dispute(reason="credit_not_processed", amount=3900, charge={"amount_refunded": 1000}))
    assert line == "Decide. For accepting: the books show no refund of the disputed part."


def test_a_dispute_about_a_part_that_was_refunded_is_fought() -> None:
    line = verdict(dispute(reason="credit_not_processed", amount=1000, charge={"amount_refunded": 1000}))
    assert line == "Fight: $10.00 was refunded already; the refund is the evidence."


# The fee


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fee": 5000, "fee_currency": "USD"}, "Accept: Stripe's fee of $50.00 is above the $49.00"),
        ({"fee": 4900, "fee_currency": "USD"}, "Decide. For "),
        ({"fee": 9000, "fee_currency": "EUR"}, "Decide. For "),
        (
            {"amount": 900, "fee": 1500, "fee_currency": "USD"},
            "Accept: Stripe's fee of $15.00 is above the $9.00",
        ),
        ({"amount": 900}, "Stripe's fee, usually 15 or more, may be above the amount"),
        ({"amount": 900, "fee": 0, "fee_currency": "USD"}, "usually 15 or more"),
        (
            {"amount": 900, "currency": "JPY", "fee": 1300, "fee_currency": "JPY"},
            "Accept: Stripe's fee of ¥1,300 is above the ¥900",
        ),
    ],
)
def test_an_amount_below_the_fee_is_accepted_where_the_fee_is_known(
    changes: dict[str, Any], words: str
) -> None:
    assert words in verdict(dispute(**changes))


def test_the_usual_fee_is_never_stated_as_a_fact() -> None:
    for changes in ({"amount": 900}, {"amount": 900, "currency": "JPY"}, {"amount": 900, "currency": "GBP"}):
        current = dispute(**changes)
        assert verdict(current).startswith("Decide. For ")
        assert "Stripe's fee" not in dict(drafted(current).evidence)
    assert "usually" not in verdict(dispute(amount=900, currency="KRW", org={"currency": "KRW"}))
    assert "usually 1,300 or more" in verdict(dispute(amount=900, currency="JPY", org={"currency": "JPY"}))


@pytest.mark.parametrize(
    ("method", "name", "by_card"),
    [
        ("klarna", "Klarna", False),
        ("paypal", "PayPal", False),
        ("cashapp", "Cash App Pay", False),
        ("link", "Link", True),
        ("card", None, True),
    ],
)
@pytest.mark.parametrize(("reason", "of_a_card"), [("fraudulent", "AVS"), ("unrecognized", "card statement")])
def test_a_payment_without_a_card_asks_for_no_evidence_of_one(
    method: str, name: str | None, by_card: bool, reason: str, of_a_card: str
) -> None:
    draft = drafted(dispute(reason=reason, charge={"method": method, "card_last4": None, "card_brand": None}))
    assert dict(draft.evidence)["Charge"].endswith(f", {name}" if name else "2026")
    assert (of_a_card in draft.payload["text"]) == by_card


# The customer's payments


def test_a_long_good_history_fights_a_claim_of_fraud() -> None:
    current = dispute(payments=monthly(25, 4), since=200)
    assert verdict(current) == "Fight: the customer made 4 earlier payments, none of them disputed."
    assert "Earlier undisputed payments" in drafted(current).payload["text"]


def test_more_payments_than_were_read_are_not_counted_out() -> None:
    line = verdict(dispute(charge={"card_brand": "mastercard"}, since=900,
                           payments=monthly(25, 29, card_brand="mastercard")))  # fmt: skip
    assert line == "Fight: the customer made at least 29 earlier payments, none of them disputed."


def test_paid_invoices_are_a_history_too() -> None:
    line = verdict(dispute(paid_invoices=14, since=430))
    assert line == "Fight: the customer paid 14 invoices and made no other dispute."


def test_stripe_says_that_visas_evidence_applies() -> None:
    current = dispute(paid_invoices=14, since=430, eligible_for=["visa_compelling_evidence_3"])
    assert verdict(current) == (
        "Fight: Stripe marks it as eligible for Visa Compelling Evidence 3.0;"
        " the customer paid 14 invoices and made no other dispute."
    )


@pytest.mark.parametrize(
    ("days", "brand", "applies"),
    [
        ((135, 379), "visa", True),  # 120 and 364 days before the charge
        ((134.9, 200), "visa", False),
        ((200, 380), "visa", False),
        ((200, 230), "mastercard", False),
    ],
)
def test_two_older_payments_by_the_same_visa_card_may_be_compelling(
    days: tuple[float, float], brand: str, applies: bool
) -> None:
    older = [payment(f"ch_{number}", when, card_brand=brand) for number, when in enumerate(days, 2)]
    line = verdict(dispute(payments=older, charge={"card_brand": brand}, since=400))
    assert ("2 undisputed payments by the same Visa card" in line) is applies


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"payments": monthly(45, 2)}, "Decide: the books do not settle it"),
        ({"payments": monthly(18, 5), "since": 80}, "Decide. For "),
        ({"paid_invoices": 3, "since": 400}, "Decide: "),
        ({"paid_invoices": 14, "since": 40}, "Decide: "),
        ({"payments": monthly(25, 4, card_last4="1111"), "since": 200}, "were made with another card"),
        (
            {"payments": monthly(25, 4, amount_refunded=4900), "since": 200},
            "the books show no earlier payment",
        ),
        ({"payments": monthly(-1, 1), "since": 200}, "the books show no earlier payment"),
        ({}, "Decide. For accepting: the books show no earlier payment by this customer."),
        ({"linked": False}, "Decide: the books do not have the charge, so they speak for neither side."),
    ],
)
def test_a_short_history_is_for_a_person_to_judge(changes: dict[str, Any], words: str) -> None:
    assert words in verdict(dispute(**changes))


def test_other_disputes_spoil_a_history() -> None:
    other = {
        "id": "du_2",
        "charge": "ch_m0",
        "status": "lost",
        "open": False,
        "amount": 4900,
        "currency": "USD",
    }
    current = dispute(payments=monthly(25, 4), since=200, disputes=[other])
    assert verdict(current) == "Decide. For accepting: the customer disputed 1 other payment."
    assert dict(drafted(current).evidence)["Other disputes of the customer"] == "1: du_2 ($49.00, lost)"


@pytest.mark.parametrize(
    "reason", ["product_not_received", "product_unacceptable", "general", "credit_not_processed", None]
)
def test_a_history_says_nothing_of_a_product(reason: str | None) -> None:
    assert verdict(dispute(reason=reason, payments=monthly(25, 4), since=200)).startswith(
        ("Decide: ", "Decide. ")
    )


@pytest.mark.parametrize(
    ("reason", "service", "evidence"),
    [
        ("product_not_received", True, "Collect:\n• Login or usage records after the charge"),
        ("product_not_received", False, "Collect:\n• For software and services: login or usage records"),
        ("product_unacceptable", True, "Collect:\n• The description of the service"),
        ("product_unacceptable", False, "Collect:\n• The description of the product"),
    ],
)
def test_a_subscription_is_proved_by_its_use_and_not_by_a_parcel(
    reason: str, service: bool, evidence: str
) -> None:
    current = dispute(reason=reason, subscriptions=[subscription()] if service else [])
    text = drafted(current).payload["text"]
    assert evidence in text
    assert ("carrier" in text) is (reason == "product_not_received" and not service)
    assert ("your records of use after that day decide" in verdict(current)) is service


def test_another_price_than_that_of_the_subscription_may_be_of_a_parcel() -> None:
    current = dispute(
        reason="product_not_received",
        charge={"amount": 12_000},
        amount=12_000,
        subscriptions=[subscription()],
    )
    assert "carrier" in drafted(current).payload["text"]


def test_a_small_amount_speaks_against_a_fight() -> None:
    line = verdict(dispute(amount=900, charge={"amount": 900}, payments=monthly(25, 4), since=200))
    assert line == (
        "Decide. For fighting: the customer made 4 earlier payments, none of them disputed;"
        " for accepting: Stripe's fee, usually 15 or more, may be above the amount."
    )


def test_visas_fee_for_a_compliance_case_is_named() -> None:
    assert "Visa asks a fee of 500 USD for fighting" in verdict(dispute(reason="noncompliant"))


# The deadline


def test_the_deadline_is_in_the_companys_time_zone() -> None:
    current = dispute(due_by="2026-11-29T04:30:00+00:00", org={"time_zone": "America/Los_Angeles"})
    assert dict(drafted(current).evidence)["Evidence due"] == "28 November 2026, 20:30 PST"
    nameless = dispute(due_by="2026-11-29T04:30:00+00:00", org={"time_zone": "America/Sao_Paulo"})
    assert "29 November 2026, 01:30 UTC-03" in drafted(nameless).payload["text"]


def test_the_title_names_the_deadline_in_the_companys_time_zone() -> None:
    current = dispute(due_by="2026-11-29T04:30:00+00:00", org={"time_zone": "America/Los_Angeles"})
    assert drafted(current).title.endswith(", due 28 November 2026, 20:30 PST")


@pytest.mark.parametrize(
    "changes", [{"due_by": ago(1)}, {"past_due": True}, {"due_by": None, "past_due": True}]
)
def test_after_the_deadline_no_evidence_is_asked_for(changes: dict[str, Any]) -> None:
    current = dispute(payments=monthly(25, 4), since=200, **changes)
    draft = drafted(current)
    assert verdict(current).startswith("Accept: ")
    assert "can no longer be sent" in verdict(current)
    assert (draft.expires_at, ", due " in draft.title, "Collect" in draft.payload["text"]) == (
        None,
        False,
        False,
    )


# Stages


def test_an_inquiry_can_be_refunded_in_full() -> None:
    current = dispute(status="warning_needs_response", reason="unrecognized", refundable=True)
    draft = drafted(current)
    assert (draft.stage, draft.urgency) == ("inquiry", Urgency.CRITICAL)
    text = draft.payload["text"]
    assert "No money has been taken yet: a refund in full at Stripe ends it without a fee." in text
    assert "how it is named on the card statement" in text
    assert "inquiry becomes" not in text


def test_an_inquiry_about_a_wrong_charge_is_refunded_not_accepted() -> None:
    current = dispute(
        status="warning_needs_response", refundable=True, reason="subscription_canceled",
        subscriptions=[subscription(ended=27)],
    )  # fmt: skip
    assert verdict(current) == "Accept: the customer cancelled 12 days before the charge."
    text = drafted(current).payload["text"]
    assert "a refund in full at Stripe ends it without a fee" in text
    assert "Accept it at Stripe" not in text


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"status": "warning_needs_response", "refundable": None}, True),
        ({"status": "warning_needs_response", "refundable": False}, False),
        ({"status": "warning_needs_response", "charge": {"amount_refunded": 4900}}, False),
        ({"refundable": False}, False),
        ({"refundable": None}, False),
        ({"refundable": True}, True),
        # Stripe has taken the money: a refund would pay it twice.
        ({"refundable": True, "fee": 1500, "fee_currency": "USD"}, False),
    ],
)
def test_a_refund_is_offered_only_where_stripe_makes_one(changes: dict[str, Any], offered: bool) -> None:
    text = drafted(dispute(**changes)).payload["text"]
    assert ("efund in full" in text) is offered


def test_a_refund_that_stripe_allows_says_what_it_does() -> None:
    words = "Stripe still allows a refund in full: no further money is then taken for this dispute."
    assert words in drafted(dispute(refundable=True)).payload["text"]


def test_a_charge_that_the_books_do_not_have_is_for_a_person_to_judge() -> None:
    current = dispute(reason="fraudulent", linked=False, eligible_for=["visa_compelling_evidence_3"])
    assert verdict(current) == (
        "Decide. For fighting: Stripe marks it as eligible for Visa Compelling Evidence 3.0;"
        " the books know nothing of the charge."
    )
    assert ", or accept it: an unanswered dispute is lost." in drafted(current).payload["text"]


def test_evidence_that_rests_on_payments_which_the_books_lack_is_named() -> None:
    line = verdict(dispute(reason="fraudulent", eligible_for=["visa_compelling_evidence_3"]))
    assert line == (
        "Decide. For fighting: Stripe marks it as eligible for Visa Compelling Evidence 3.0;"
        " for accepting: the books show no earlier payment by this customer, on which such evidence rests."
    )


@pytest.mark.parametrize("status", ["under_review", "warning_under_review"])
def test_evidence_that_was_sent_leaves_nothing_to_do(status: str) -> None:
    answer = PLAY.answer(dispute(status=status, submissions=1))
    assert answer == Declined("the evidence was sent already: the bank decides now")


def test_a_chargeback_after_an_answered_inquiry_needs_evidence_of_its_own() -> None:
    draft = drafted(dispute(submissions=1))
    assert draft.stage == "chargeback"
    assert "Evidence was sent before, yet Stripe asks for a response" in draft.payload["text"]


def test_evidence_that_is_saved_but_not_sent_is_told() -> None:
    words = "Evidence is saved at Stripe, but not sent"
    assert words in drafted(dispute(has_evidence=True, submissions=0)).payload["text"]
    assert words not in drafted(dispute(has_evidence=False)).payload["text"]


@pytest.mark.parametrize(
    ("refundable", "words"),
    [
        (True, "a refund in full at Stripe ends it without a fee"),
        (False, "See at Stripe what can still be done"),
    ],
)
def test_an_inquiry_past_its_deadline_has_taken_no_money_yet(refundable: bool, words: str) -> None:
    current = dispute(status="warning_needs_response", due_by=ago(1), refundable=refundable)
    assert verdict(current).startswith("Decide: evidence was due on 21 November 2026")
    assert words in drafted(current).payload["text"]
    assert "then stays with the customer" not in drafted(current).payload["text"]


@pytest.mark.parametrize(("method", "reason", "words"), RETURNED)
def test_a_returned_bank_debit_cannot_be_fought(method: str, reason: str, words: str) -> None:
    current = returned(method, reason)
    assert "a returned bank debit cannot be fought" in verdict(current)
    text = drafted(current).payload["text"]
    assert words in text
    assert "Collect" not in text
    assert "account ending 6789" in text


def test_an_amount_without_decimals_is_written_whole() -> None:
    draft = drafted(dispute(amount=12_000, currency="JPY", charge={"amount": 12_000, "currency": "JPY"}))
    assert draft.amount == Money(12_000, "JPY")
    assert "¥12,000 is disputed" in draft.reasoning


@pytest.mark.parametrize(
    ("result", "fights"),
    [("authenticated", True), ("attempt_acknowledged", True), ("failed", False), (None, False)],
)
def test_a_holder_whom_3d_secure_confirmed_is_a_ground_to_fight(result: str | None, fights: bool) -> None:
    current = dispute(reason="fraudulent", charge={"three_d_secure": result})
    assert ("3-D Secure confirmed the holder of the card" in verdict(current)) is fights
    other = dispute(reason="product_not_received", charge={"three_d_secure": result})
    assert "3-D Secure confirmed" not in verdict(other)
