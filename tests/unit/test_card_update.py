"""card_update: its words follow the attempt, its urgency is right, and its mail is never half-filled."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from execops.adapters import create_adapters
from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays.money.card_update import PLAY
from execops.plays.registry import all_plays
from execops.settings import load_settings
from tests.facts import facts
from tests.unit.test_facts import item, subscription

LINK = "https://invoice.stripe.com/i/acct_1/live_1"


def invoice(**changes: Any) -> dict[str, Any]:
    return {
        "number": "ACME-0001",
        "status": "open",
        "customer": "cus_1",
        "customer_name": "Acme Inc",
        "customer_email": "billing@acme.example",
        "amount_due": 4900,
        "amount_remaining": 4900,
        "currency": "USD",
        "attempt_count": 1,
        "next_payment_attempt": "2026-11-25T12:00:00+00:00",
        "final_attempt": False,
        "hosted_invoice_url": LINK,
    } | changes


def charge(**changes: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "status": "failed",
        "invoice": "in_1",
        "amount": 4900,
        "currency": "USD",
        "reason": "do_not_honor",
        "decline": "soft",
        "method": "card",
        "card_brand": "visa",
        "card_last4": "0341",
    } | changes


def draft(current: Facts | None = None, **changes: Any) -> Draft:
    answer = PLAY.answer(current or facts(state=invoice(**changes), charges=[charge()]))
    assert isinstance(answer, Draft)
    return answer


def declined(**changes: Any) -> str:
    answer = PLAY.answer(facts(state=invoice(**changes)))
    assert isinstance(answer, Declined)
    return answer.reason


def test_the_play_is_found_by_its_name() -> None:
    assert all_plays()["card_update"] is PLAY
    assert PLAY.dedupe_key(draft()) == "card_update:cus_1"


def test_a_first_failure_is_a_friendly_mail_with_the_link() -> None:
    proposal = draft()
    assert proposal.action_type == "email"
    assert proposal.payload["to"] == "billing@acme.example"
    assert proposal.payload["from"] == "billing@localhost"
    assert "reply_to" not in proposal.payload
    assert proposal.payload["subject"] == "Your payment of $49.00 did not go through"
    text = proposal.payload["text"]
    assert text.startswith("Hello Acme Inc,\n\nYour bank declined the charge of $49.00 to your Visa card")
    assert LINK in text
    assert "we will try your card again on 25 November 2026" in text
    assert text.endswith("Thank you,\nOur team\n")
    assert (proposal.amount, proposal.urgency) == (Money(4900, "USD"), Urgency.MEDIUM)
    assert proposal.title == "Card failed: Acme Inc, attempt 1"
    assert proposal.reasoning == (
        "First failed charge (do_not_honor); Stripe tries again on 25 November 2026."
    )


@pytest.mark.parametrize(
    ("changes", "subject", "words"),
    [
        ({"attempt_count": 2}, "Reminder: your payment of $49.00", "A second attempt"),
        ({"attempt_count": 3}, "Action needed: payment of $49.00 still failing", "now tried 3 times"),
        ({"attempt_count": 5}, "Action needed: payment of $49.00 still failing", "now tried 5 times"),
        (
            {"next_payment_attempt": None, "final_attempt": True},
            "Action needed: your payment of $49.00 could not be collected",
            "no further attempt is planned",
        ),
    ],
)
def test_the_words_follow_the_attempt(changes: dict[str, Any], subject: str, words: str) -> None:
    payload = draft(**changes).payload
    assert payload["subject"].startswith(subject)
    assert words in payload["text"]


@pytest.mark.parametrize("next_try", [None, "2026-11-22T11:59:59+00:00"])
def test_an_unknown_retry_is_neither_promised_nor_denied(next_try: str | None) -> None:
    proposal = draft(next_payment_attempt=next_try)
    assert "again" not in proposal.payload["text"]
    assert proposal.reasoning == "First failed charge (do_not_honor)."
    assert proposal.urgency is Urgency.MEDIUM


@pytest.mark.parametrize(
    ("changes", "urgency"),
    [
        ({}, Urgency.MEDIUM),
        ({"attempt_count": 2}, Urgency.MEDIUM),
        ({"attempt_count": 3}, Urgency.HIGH),
        ({"final_attempt": True}, Urgency.HIGH),
        ({"amount_remaining": 99_999}, Urgency.MEDIUM),
        ({"amount_remaining": 100_000, "attempt_count": 2}, Urgency.HIGH),
        ({"amount_remaining": 1_000_000, "currency": "JPY"}, Urgency.MEDIUM),  # no rate says what it is worth
    ],
)
def test_urgency_is_high_late_at_the_end_and_for_large_amounts(
    changes: dict[str, Any], urgency: Urgency
) -> None:
    assert draft(**changes).urgency is urgency


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(4900, "USD", "$49.00"), (4900, "EUR", "€49.00"), (4900, "JPY", "¥4,900"), (4900, "KWD", "KWD 4.900")],
)
def test_amounts_read_in_their_currency(minor: int, currency: str, text: str) -> None:
    proposal = draft(amount_remaining=minor, currency=currency)
    assert f"payment of {text} did" in proposal.payload["subject"]
    assert f"the charge of {text} to your" in proposal.payload["text"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "paid"}, "invoice ACME-0001 is paid"),
        ({"status": "void"}, "invoice ACME-0001 was voided"),
        ({"status": "uncollectible"}, "invoice ACME-0001 was written off"),
        ({"amount_remaining": 0}, "invoice ACME-0001 has nothing left to pay"),
        ({"amount_remaining": None, "amount_due": None}, "invoice ACME-0001 has nothing left to pay"),
        ({"amount_remaining": -1}, "invoice ACME-0001 has nothing left to pay"),
        ({"currency": None}, "invoice ACME-0001 has nothing left to pay"),
        ({"customer_email": None}, "no email address is known for the customer of invoice ACME-0001"),
        ({"number": None, "status": "paid"}, "invoice in_1 is paid"),
    ],
)
def test_a_declined_event_names_the_reason(changes: dict[str, Any], why: str) -> None:
    assert declined(**changes) == why


def test_nothing_is_drafted_about_anything_but_an_invoice() -> None:
    assert isinstance(PLAY.answer(facts(object_type=None)), Declined)
    assert isinstance(PLAY.answer(facts(object_type="charge", state={"status": "failed"})), Declined)


def test_an_invoice_without_remaining_amount_falls_back_to_the_amount_due() -> None:
    assert draft(amount_remaining=None, amount_due=7000).amount == Money(7000, "USD")


def test_without_a_link_the_customer_is_asked_to_reply() -> None:
    text = draft(hosted_invoice_url=None).payload["text"]
    assert "https://" not in text
    assert "Please reply to this email" in text


def test_settings_sign_the_mail() -> None:
    signed = facts(
        state=invoice(),
        org={
            "company_name": "Hooli",
            "email_from": "pay@hooli.example",
            "email_reply_to": "r@hooli.example",
        },
    )
    payload = draft(signed).payload
    assert (payload["from"], payload["reply_to"]) == ("pay@hooli.example", "r@hooli.example")
    assert payload["text"].endswith("Hooli\n")


def test_the_evidence_shows_all_facts() -> None:
    current = facts(
        state=invoice(attempt_count=2),
        customer={"name": "Acme", "email": "a@acme.example", "created": "2023-04-01T00:00:00+00:00"},
        subscriptions=[subscription(item(120_000))],
        charges=[charge()],
        paid=[{"currency": "USD", "amount_minor": 3_840_000, "payments": 32}],
    )
    proposal = draft(current)
    assert proposal.reasoning.startswith("Second failed charge (do_not_honor); ")
    assert proposal.evidence == (
        ("Decline", "do_not_honor (soft: a retry may help)"),
        ("Method", "Visa card ending 0341"),
        ("Invoice", "ACME-0001, $49.00 open"),
        ("Plan", "$1,200.00 a month; active"),
        ("MRR", "$1,200.00"),
        ("Customer since", "April 2023"),
        ("Lifetime paid", "$38,400.00 in 32 invoices"),
    )


@pytest.mark.parametrize(
    "other",
    [
        charge(invoice="in_2"),
        charge(status="succeeded"),
        charge(invoice=None, amount=100),
        charge(invoice=None, currency="EUR"),
    ],
)
def test_another_charge_does_not_explain_this_failure(other: dict[str, Any]) -> None:
    assert draft(facts(state=invoice(), charges=[other])).reasoning.startswith("First failed charge; ")


def test_a_charge_that_names_no_invoice_explains_it_by_its_amount() -> None:
    proposal = draft(facts(state=invoice(), charges=[charge(invoice=None)]))
    assert proposal.reasoning.startswith("First failed charge (do_not_honor); ")


_PLACEHOLDER = re.compile(r"\bNone\b|\bnull\b|[{}\[\]]|\bnan\b|  ", re.IGNORECASE)
_OPTIONAL = [
    "number",
    "customer_name",
    "amount_due",
    "attempt_count",
    "next_payment_attempt",
    "hosted_invoice_url",
    "final_attempt",
]


def assert_whole(proposal: Draft) -> None:
    texts = [
        proposal.title,
        proposal.reasoning,
        *proposal.payload.values(),
        *itertools.chain(*proposal.evidence),
    ]
    for text in texts:
        assert isinstance(text, str)
        assert not _PLACEHOLDER.search(text), text


@pytest.mark.parametrize("absent", [*itertools.combinations(_OPTIONAL, 2), tuple(_OPTIONAL)])
@pytest.mark.parametrize("how", ["null", "left out"])
def test_no_placeholder_survives_whatever_is_missing(absent: tuple[str, ...], how: str) -> None:
    state = invoice()
    for name in absent:
        if how == "null":
            state[name] = None
        else:
            del state[name]
    null_customer = {"name": None, "email": None, "created": None}
    null_charge = {**dict.fromkeys(charge()), "status": "failed"}
    for current in (
        facts(state=state),
        facts(state=state, customer=null_customer, charges=[null_charge], subscriptions=[subscription()]),
    ):
        assert_whole(draft(current))


@given(
    st.integers(0, 30),
    st.integers(1, 10**12),
    st.sampled_from(["USD", "EUR", "JPY", "KWD", "XXX"]),
    st.booleans(),
    st.sampled_from([None, "2026-11-25T12:00:00+00:00", "2020-01-01T00:00:00+00:00"]),
    st.sampled_from([None, LINK]),
    st.sampled_from([None, "Ängström & Søn <b>", "株式会社", 'O\'Neil, "Bob"']),
)
def test_every_draft_is_whole_and_can_be_sent(
    attempt: int,
    amount: int,
    currency: str,
    final: bool,
    next_try: str | None,
    link: str | None,
    name: str | None,
) -> None:
    assume(attempt > 1 or amount < 100_000)  # a large first one waits
    proposal = draft(
        attempt_count=attempt,
        amount_remaining=amount,
        currency=currency,
        final_attempt=final,
        next_payment_attempt=next_try,
        hosted_invoice_url=link,
        customer_name=name,
    )
    assert_whole(proposal)
    create_adapters(load_settings({}, {}))["email"].validate(proposal.payload)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("card", "The card on file is your Visa card ending 0341."),
        ("sepa_debit", "The account on file ends in 0341."),
    ],
)
def test_the_last_attempt_names_the_method_on_file(method: str, words: str) -> None:
    last = invoice(attempt_count=4, final_attempt=True)
    failed = charge(reason="insufficient_funds", method=method)
    text = draft(facts(state=last, charges=[failed])).payload["text"]
    assert words in text
    assert ("Your bank returned our SEPA direct debit of $49.00" in text) is (method == "sepa_debit")
    assert "no further attempt is planned" in text


@pytest.mark.parametrize(
    ("reason", "method", "attempt", "words"),
    [
        ("do_not_honor", "card", 2, "has failed. Your bank declined the charge. The card on file is"),
        ("insufficient_funds", "card", 3, "without success. Your bank declined the charge."),
        ("account_closed", "us_bank_account", 1, "The bank reports that the account is closed."),
        ("no_account", "sepa_debit", 1, "The bank reports that it does not know the account."),
        ("debit_not_authorized", "bacs_debit", 1, "The bank reports that the debit is not authorized."),
        (
            "account_frozen",
            "us_bank_account",
            1,
            "The bank reports that the account takes no such debits at present.",
        ),
        ("charge_exceeds_weekly_limit", "acss_debit", 1, "that the amount is above a limit of the account."),
        (
            "incorrect_account_holder_name",
            "sepa_debit",
            1,
            "that the name of the account's holder does not match.",
        ),
    ],
)
def test_the_customer_reads_what_their_bank_did(reason: str, method: str, attempt: int, words: str) -> None:
    decline = "soft" if method == "card" else "returned"
    failure = charge(reason=reason, decline=decline, method=method)
    text = draft(facts(state=invoice(attempt_count=attempt), charges=[failure])).payload["text"]
    assert words in text
    assert reason not in text


@pytest.mark.parametrize(
    ("reason", "decline", "method", "words", "asks"),
    [
        (
            "stolen_card",
            "hard",
            "card",
            "Please use another card, as the bank may well decline this one again.",
            False,
        ),
        (
            "fraudulent",
            "fraud",
            "card",
            "Please use another card, as the bank may well decline this one again.",
            False,
        ),
        ("incorrect_cvc", "hard", "card", "please check its number, expiry date and security code.", False),
        ("revocation_of_authorization", "hard", "card", "payments to us have been stopped.", True),
        ("stop_payment_order", "returned", "us_bank_account", "payments to us have been stopped.", True),
        ("incorrect_zip", "hard", "card", "please check its postal code.", False),
        ("call_issuer", "soft", "card", "Your bank can tell you the reason.", False),
        ("do_not_honor", "soft", "card", "", False),
        ("stolen_card", "hard", "paypal", "", False),
    ],
)
def test_the_advice_fits_the_decline(reason: str, decline: str, method: str, words: str, asks: bool) -> None:
    failure = charge(reason=reason, decline=decline, method=method)
    text = draft(facts(state=invoice(attempt_count=2), charges=[failure])).payload["text"]
    assert words in text
    advice = ("another card,", "security code", "postal code", "tell you the reason", "have been stopped")
    assert any(hint in text for hint in advice) is bool(words)
    assert ("If you stopped them on purpose" in text) is asks
    assert not re.search("stolen|fraud|revo", text)


@pytest.mark.parametrize(
    ("reason", "decline", "method"),
    [
        ("processing_error", "processing", "card"),
        ("issuer_not_available", "soft", "card"),
        ("insufficient_funds", "returned", "sepa_debit"),
        (None, None, "paypal"),
    ],
)
def test_no_bank_is_named_that_declined_nothing(reason: str | None, decline: str | None, method: str) -> None:
    failure = charge(reason=reason, decline=decline, method=method)
    text = draft(facts(state=invoice(attempt_count=2), charges=[failure])).payload["text"]
    assert "declined" not in text
    assert "The bank reports" not in text


def test_several_payments_name_the_card_that_they_share() -> None:
    others = [invoice(id="in_2", number="ACME-0002", as_of="2026-11-22T12:00:00+00:00")]
    both = [charge(), charge(id="ch_2", invoice="in_2")]
    text = draft(facts(state=invoice(), invoices=others, charges=both)).payload["text"]
    assert "\n\nThe card on file is your Visa card ending 0341.\n\n" in text
    both = [charge(), charge(id="ch_2", invoice="in_2", card_last4="9999")]
    text = draft(facts(state=invoice(), invoices=others, charges=both)).payload["text"]
    assert "on file" not in text


@pytest.mark.parametrize(
    ("decline", "attempt", "waits"),
    [("soft", 1, True), ("soft", 2, False), ("hard", 1, False), (None, 1, False)],
)
def test_a_large_soft_decline_is_first_the_account_owners(
    decline: str | None, attempt: int, waits: bool
) -> None:
    large = invoice(amount_due=480_000, amount_remaining=480_000, attempt_count=attempt)
    failure = charge(reason="generic_decline", decline=decline, amount=480_000)
    answer = PLAY.answer(facts(state=large, charges=[failure]))
    assert isinstance(answer, Declined) is waits
    if isinstance(answer, Declined):
        assert "owner_alert tells of so large a payment first" in answer.reason
