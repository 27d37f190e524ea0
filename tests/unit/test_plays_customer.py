"""The plays that write to customers, or about them to the account owner: words, urgency, reasons to decline."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from execops.adapters import email
from execops.books.facts import Facts
from execops.graphs.rewording import Question
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays.payments import methods
from execops.plays.registry import all_plays
from execops.settings import load_settings
from tests.facts import facts
from tests.plays_table import CANCELLED, World, card, subscription
from tests.unit.test_card_update import charge, invoice
from tests.unit.test_facts import item

LINK = "https://invoice.stripe.com/i/acct_1/live_1"
ACME = {
    "name": "Acme Inc",
    "email": "billing@acme.example",
    "created": "2023-04-01T00:00:00+00:00",
    "deleted": False,
    "default_card": None,
}
CURRENCIES = [
    (120_000, "USD", "$1,200.00"),
    (120_000, "EUR", "€1,200.00"),
    (1_200, "JPY", "¥1,200"),
    (1_200_000, "KWD", "KWD 1,200.000"),
]
SLACK = {"account_owner": "#accounts"}
INVOICE_PLAYS = ["authenticate_payment", "card_update", "invoice_overdue", "owner_alert"]


def draft(play: str, current: Facts) -> Draft:
    answer = all_plays()[play].answer(current)
    assert isinstance(answer, Draft), answer
    return answer


def declined(play: str, current: Facts) -> str:
    answer = all_plays()[play].answer(current)
    assert isinstance(answer, Declined), answer
    return answer.reason


def confirming(**changes: Any) -> Facts:
    """Facts about an invoice whose payment the bank wants confirmed."""
    asked = {"id": "in_1:confirmation", "invoice": "in_1", "attempt_count": 99}
    return facts(**changes, confirmations=[asked])


def of(play: str, **changes: Any) -> Facts:
    """Facts about an invoice that wake this play."""
    if play == "invoice_overdue":
        changes["state"] = {"due_date": "2026-11-19T12:00:00+00:00"} | changes["state"]
    return confirming(**changes) if play == "authenticate_payment" else facts(**changes)


def large(**changes: Any) -> dict[str, Any]:
    return invoice(amount_due=120_000, amount_remaining=120_000, **changes)


# Every play about an invoice


@pytest.mark.parametrize("play", INVOICE_PLAYS)
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "paid"}, "invoice ACME-0001 is paid"),
        ({"status": "void"}, "invoice ACME-0001 was voided"),
        ({"status": "uncollectible"}, "invoice ACME-0001 was written off"),
        ({"amount_remaining": 0}, "invoice ACME-0001 has nothing left to pay"),
        ({"currency": None}, "invoice ACME-0001 has nothing left to pay"),
        ({"status": "paid", "number": None}, "invoice in_1 is paid"),
    ],
)
def test_a_settled_invoice_needs_nothing(play: str, changes: dict[str, Any], why: str) -> None:
    assert declined(play, facts(state=large() | changes)) == why


@pytest.mark.parametrize("play", INVOICE_PLAYS)
def test_only_an_invoice_is_judged(play: str) -> None:
    assert declined(play, facts(object_type=None)) == "the event names no invoice"
    assert declined(play, facts(object_type="charge", state=large())) == "the event names no invoice"


@pytest.mark.parametrize("play", INVOICE_PLAYS)
@pytest.mark.parametrize(("minor", "currency", "text"), CURRENCIES)
def test_amounts_read_in_their_currency(play: str, minor: int, currency: str, text: str) -> None:
    rates = {"rates": [["EUR", "1"], ["JPY", "1"], ["KWD", "1"]]}
    alert = draft(play, of(play, state=invoice(amount_remaining=minor, currency=currency), org=rates))
    assert text in alert.payload["subject"]
    assert text in alert.payload["text"]
    assert alert.amount == Money(minor, currency)


@pytest.mark.parametrize("play", ["authenticate_payment", "card_update"])
def test_a_missing_address_is_a_reason_to_decline(play: str) -> None:
    customer = "the customer of invoice ACME-0001"
    assert (
        declined(play, of(play, state=invoice(customer_email=None)))
        == f"no email address is known for {customer}"
    )
    deleted = of(play, state=invoice(), customer={"deleted": True})
    assert declined(play, deleted) == "the customer was deleted"


@pytest.mark.parametrize("address", ["nonsense", "a@b@c.example", "Acme <a@acme.example>", "ä@acme.example"])
def test_an_impossible_address_is_a_reason_to_decline(address: str) -> None:
    why = "the email address of the customer{} is not one that a mail can go to"
    current = facts(state=invoice(customer_email=address))
    to_confirm = confirming(state=invoice(customer_email=address))
    assert declined("authenticate_payment", to_confirm) == why.format(" of invoice ACME-0001")
    assert declined("card_expiring", card_facts({"email": address})) == why.format("")
    late = of("invoice_overdue", state=invoice(customer_email=address))
    assert why.format("") in draft("invoice_overdue", late).reasoning  # and the owner is asked
    # The person who decides sees the address and may correct it.
    assert draft("card_update", current).payload["to"] == address


# owner_alert


def test_a_large_failed_payment_is_told_in_the_owners_channel() -> None:
    current = facts(
        state=large(attempt_count=2), customer=ACME, charges=[charge(failure_message="No funds.")], org=SLACK
    )
    alert = draft("owner_alert", current)
    assert (alert.action_type, alert.urgency, alert.amount) == ("slack", Urgency.HIGH, Money(120_000, "USD"))
    assert alert.payload["channel"] == "#accounts"
    assert alert.payload["text"].splitlines() == [
        "A payment of $1,200.00 by Acme Inc failed",
        "",
        "Customer: Acme Inc",
        "Email: billing@acme.example",
        "Decline: do_not_honor (soft: a retry may help)",
        "Method: Visa card ending 0341",
        "Message: No funds.",
        "Invoice: ACME-0001, $1,200.00 open",
        "Attempt: 2, the next on 25 November 2026",
        "Customer since: April 2023",
        "",
        "Please get in touch with Acme Inc and find out what keeps the payment from going through.",
        "",
        f"<{LINK}|The customer's page to pay>",
    ]
    assert alert.payload.keys() == {"channel", "text"}
    assert alert.title == "Large payment failed: Acme Inc, attempt 2"
    assert alert.reasoning == (
        "A payment of $1,200.00 failed (do_not_honor): from $1,000.00 on the account owner should know."
    )


@pytest.mark.parametrize(
    ("reason", "decline", "method", "advice"),
    [
        (
            "insufficient_funds",
            "returned",
            "us_bank_account",
            "There was too little money. Please ask Acme Inc when",
        ),
        ("insufficient_funds", "soft", "card", "There was too little money. Please ask Acme Inc when"),
        (
            "revocation_of_authorization",
            "hard",
            "card",
            "Please ask Acme Inc whether they want to go on, before",
        ),
        (
            "customer_decision",
            "returned",
            "sepa_debit",
            "Please ask Acme Inc whether they want to go on, before",
        ),
        ("fraudulent", "fraud", "card", "Please ask Acme Inc for another payment method."),
        (
            "account_closed",
            "returned",
            "sepa_debit",
            "Please ask Acme Inc for a new mandate or another way to pay",
        ),
    ],
)
def test_the_owner_is_asked_for_what_the_decline_needs(
    reason: str, decline: str, method: str, advice: str
) -> None:
    failed = charge(reason=reason, decline=decline, method=method)
    alert = draft("owner_alert", facts(state=large(), customer=ACME, charges=[failed]))
    assert advice in alert.payload["text"]


def test_without_slack_the_owner_gets_a_mail() -> None:
    alert = draft("owner_alert", facts(state=large(next_payment_attempt=None, final_attempt=True)))
    assert (alert.action_type, alert.payload["to"]) == ("email", "owner@localhost")
    assert alert.payload["subject"] == "A payment of $1,200.00 by Acme Inc failed"
    assert "Attempt: 1, the last\n" in alert.payload["text"]
    assert alert.payload["text"].endswith(f"The customer's page to pay: {LINK}\n")


@pytest.mark.parametrize(
    ("minor", "currency", "top", "alerts"),
    [
        (100_000, "USD", False, True),
        (99_999, "USD", False, False),
        (99_999, "USD", None, False),
        (99_999, "USD", True, True),
        (100_000, "JPY", False, True),
        (99_999, "JPY", False, False),
        (1_000_000_000, "KWD", False, False),  # no rate says what it is worth
    ],
)
def test_large_or_of_a_top_customer(minor: int, currency: str, top: bool | None, alerts: bool) -> None:
    current = facts(
        state=invoice(amount_remaining=minor, currency=currency),
        top_customer=top,
        org={"rates": [["JPY", "0.01"]]},
    )
    answer = all_plays()["owner_alert"].answer(current)
    assert isinstance(answer, Draft) is alerts
    if isinstance(answer, Declined):
        assert answer.reason == (
            "invoice ACME-0001 is under $1,000.00 and its customer is not among the top tenth"
        )


def test_a_top_customer_is_named_as_the_reason() -> None:
    alert = draft("owner_alert", facts(state=invoice(), top_customer=True))
    assert alert.title == "Payment of a top customer failed: Acme Inc, attempt 1"
    assert alert.reasoning.endswith(
        "and the customer is among the tenth that paid most in the last twelve months."
    )
    assert all_plays()["owner_alert"].needs == {"top_customer"}


def test_the_owner_hears_of_a_customer_without_an_address() -> None:
    alert = draft("owner_alert", facts(state=large(customer_email=None, customer_name=None)))
    assert "Customer: cus_1\n" in alert.payload["text"]
    assert "Email" not in alert.payload["text"]


# authenticate_payment


def test_the_customer_is_asked_to_confirm() -> None:
    mail = draft("authenticate_payment", confirming(state=invoice(), customer=ACME))
    assert (mail.urgency, mail.action_type) == (Urgency.HIGH, "email")
    assert mail.payload == {
        "to": "billing@acme.example",
        "from": "billing@localhost",
        "subject": "Please confirm your payment of $49.00",
        "text": "Hello Acme Inc,\n\n"
        "Your bank asks you to confirm the payment of $49.00 for invoice ACME-0001. This is a routine security"
        " check; the payment can go through once you have confirmed it.\n\n"
        f"You can confirm it here (it takes a minute):\n{LINK}\n\n"
        "If you have already confirmed it, please ignore this email.\n\n"
        "Thank you,\nOur team\n",
    }
    assert mail.title == "Bank confirmation needed: Acme Inc"


def test_asked_again_it_is_a_reminder() -> None:
    payload = draft("authenticate_payment", confirming(state=invoice(attempt_count=2))).payload
    assert payload["subject"] == "Reminder: please confirm your payment of $49.00"
    assert "still waiting for you" in payload["text"]


def test_without_a_link_the_customer_is_asked_to_reply_for_one() -> None:
    text = draft("authenticate_payment", confirming(state=invoice(hosted_invoice_url=None))).payload["text"]
    assert "https://" not in text
    assert "Please reply to this email and we will send you a secure link to confirm it." in text


# invoice_overdue


def overdue(**changes: Any) -> dict[str, Any]:
    """An invoice that was due three days before the day of these facts."""
    return invoice(due_date="2026-11-19T12:00:00+00:00", attempt_count=0) | changes


def test_an_overdue_invoice_is_a_polite_reminder() -> None:
    reminder = draft("invoice_overdue", facts(state=overdue(), customer=ACME))
    assert (reminder.urgency, reminder.action_type) == (Urgency.MEDIUM, "email")
    assert reminder.payload["subject"] == "Reminder: invoice ACME-0001 for $49.00"
    assert reminder.payload["text"] == (
        "Hello Acme Inc,\n\n"
        "Invoice ACME-0001 for $49.00 was due on 19 November 2026, and we have not received your payment"
        " yet. It may simply have been overlooked.\n\n"
        f"You can view and pay it here:\n{LINK}\n\n"
        "If anything about the invoice is unclear, just reply to this email.\n\n"
        "If you have paid already, please ignore this email.\n\n"
        "Thank you,\nOur team\n"
    )
    assert reminder.title == "Invoice overdue: Acme Inc, since 19 November 2026"
    assert reminder.reasoning == "Invoice ACME-0001 for $49.00 is overdue since 19 November 2026."
    assert ("Due", "19 November 2026") in reminder.evidence


@pytest.mark.parametrize(
    ("due", "subject", "words"),
    [
        (
            "2026-11-22T08:00:00+00:00",
            "Reminder: ",
            "was due on 22 November 2026, and we have not received",
        ),
        ("2026-11-21T23:00:00+00:00", "Reminder: ", "was due on 21 November 2026, and"),
        ("2026-11-08T12:00:00+00:00", "Reminder: ", "was due on 8 November 2026, and"),
        ("2026-11-07T12:00:00+00:00", "Overdue: ", "was due on 7 November 2026, and"),
        ("2026-10-23T12:00:00+00:00", "Overdue: ", "was due on 23 October 2026, and"),
        ("2022-11-22T12:00:00+00:00", "Last reminder: ", "was due on 22 November 2022, and"),
    ],
)
def test_the_tone_follows_the_days(due: str, subject: str, words: str) -> None:
    payload = draft("invoice_overdue", facts(state=overdue(due_date=due))).payload
    assert payload["subject"].startswith(subject)
    assert words in payload["text"]
    assert ("we can expect" in payload["text"]) is (subject == "Overdue: ")


def test_an_invoice_without_a_due_date_is_not_overdue() -> None:
    assert declined("invoice_overdue", facts(state=overdue(due_date=None))) == (
        "invoice ACME-0001 has no due date"
    )


def test_days_are_those_of_the_companys_calendar() -> None:
    """The bounds of the tones are days of that calendar: from the due date 15 in UTC, and 14 in Tokyo."""
    moments = {"due_date": "2026-11-07T16:00:00+00:00"}, {"now": "2026-11-22T14:00:00+00:00"}
    for zone, due, subject in (
        ("UTC", "7 November", "Overdue: "),
        ("Asia/Tokyo", "8 November", "Reminder: "),
        ("America/Los_Angeles", "7 November", "Overdue: "),
    ):
        current = facts(state=overdue(**moments[0]), org={"time_zone": zone}, **moments[1])
        payload = draft("invoice_overdue", current).payload
        assert payload["subject"].startswith(subject), zone
        assert f"due on {due} 2026, and" in payload["text"]


def test_a_due_date_that_was_moved_on_is_moot() -> None:
    current = facts(state=overdue(due_date="2026-11-30T12:00:00+00:00"))
    assert declined("invoice_overdue", current) == "invoice ACME-0001 is not due before 30 November 2026"


@pytest.mark.parametrize(
    ("org", "action_type", "to"),
    [(SLACK, "slack", "#accounts"), ({}, "email", "owner@localhost")],
)
def test_an_overdue_invoice_without_an_address_goes_to_the_owner(
    org: dict[str, Any], action_type: str, to: str
) -> None:
    proposal = draft("invoice_overdue", facts(state=overdue(customer_email=None), org=org))
    assert (proposal.action_type, proposal.payload.get("channel") or proposal.payload["to"]) == (
        action_type,
        to,
    )
    text = proposal.payload["text"]
    headline = proposal.payload.get("subject") or text.partition("\n")[0]
    assert headline == "Invoice ACME-0001 of Acme Inc for $49.00 is overdue since 19 November 2026"
    assert text.count(headline) == (1 if action_type == "slack" else 0)
    assert "No reminder can be mailed: no email address is known for the customer." in text
    assert proposal.reasoning.endswith(
        "; no email address is known for the customer, so the account owner is asked."
    )


# card_expiring


def expiring(**changes: Any) -> dict[str, Any]:
    return {
        "customer": "cus_1",
        "brand": "Visa",
        "last4": "4242",
        "exp_month": 11,
        "exp_year": 2026,
        "gone": False,
    } | changes


def card_facts(customer: dict[str, Any] | None = None, **changes: Any) -> Facts:
    customer_state = ACME | {"default_card": "card_1"} | (customer or {})
    return facts(object_id="card_1", object_type="card", state=expiring(**changes), customer=customer_state)


def test_an_expiring_card_is_a_mail_of_low_urgency() -> None:
    mail = draft("card_expiring", card_facts())
    assert (mail.urgency, mail.action_type, mail.amount) == (Urgency.LOW, "email", None)
    assert mail.payload["subject"] == "Your Visa card ending 4242 expires at the end of November 2026"
    assert mail.payload["text"].startswith(
        "Hello Acme Inc,\n\nYour Visa card ending 4242 expires at the end of November 2026. To keep your payments running"
    )
    assert mail.title == "Card expires: Acme Inc, Visa card ending 4242"
    assert mail.evidence[:2] == (("Card", "Visa card ending 4242"), ("Expires", "November 2026"))


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"exp_month": 12}, "Your Visa card ending 4242 expires at the end of December 2026"),
        ({"exp_month": 10}, "Your Visa card ending 4242 has expired"),
        ({"exp_month": None}, "Your Visa card ending 4242 expires soon"),
        ({"exp_month": 13}, "Your Visa card ending 4242 expires soon"),
        ({"brand": None}, "Your card ending 4242 expires at the end of November 2026"),
        ({"brand": "unknown", "last4": None}, "Your card expires at the end of November 2026"),
        ({"brand": "amex", "last4": None}, "Your American Express card expires at the end of November 2026"),
    ],
)
def test_the_card_is_named_by_its_brand_and_last_digits(changes: dict[str, Any], subject: str) -> None:
    assert draft("card_expiring", card_facts(**changes)).payload["subject"] == subject


@pytest.mark.parametrize(
    ("current", "why"),
    [
        (card_facts(gone=True), "the Visa card ending 4242 was removed"),
        (card_facts(exp_year=2030), "the Visa card ending 4242 is good until the end of November 2030"),
        (
            card_facts(exp_month=1, exp_year=2027),
            "the Visa card ending 4242 is good until the end of January 2027",
        ),
        (
            card_facts({"default_card": "pm_2"}),
            "the customer pays with another payment method than the Visa card ending 4242",
        ),
        (card_facts({"email": None}), "no email address is known for the customer"),
        (card_facts({"deleted": True}), "the customer was deleted"),
        (card_facts(last4=None, exp_month=None), "the event names no card"),
        (facts(object_id="card_1", object_type=None), "the event names no card"),
    ],
)
def test_a_card_that_needs_no_mail(current: Facts, why: str) -> None:
    assert declined("card_expiring", current) == why


def test_next_month_reaches_over_the_year() -> None:
    current = facts(
        object_id="card_1", object_type="card", state=expiring(exp_month=1, exp_year=2027), customer=ACME,
        now="2026-12-03T00:00:00+00:00",
    )  # fmt: skip
    assert "January 2027" in draft("card_expiring", current).payload["subject"]


def test_a_payment_method_brings_its_own_address() -> None:
    world = World()
    woke = world.take(
        card(object="payment_method", card={"last4": "4242", "exp_month": 9, "exp_year": 2026},
             billing_details={"email": "jenny@acme.example", "name": "Jenny Rosen"})
    )  # fmt: skip
    play = all_plays()["card_expiring"]
    about = play.about(woke, world.settings)
    assert about is not None
    mail = draft("card_expiring", world.facts(about, {}))
    assert mail.payload["to"] == "jenny@acme.example"
    assert mail.payload["text"].startswith("Hello Jenny Rosen,")


# save_offer


def cancelled(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "customer": "cus_1",
        "status": "active",
        "items": list(items) or [item(4900)],
        "cancel_at_period_end": True,
        "cancel_at": None,
        "current_period_end": "2026-12-01T00:00:00+00:00",
        "cancel_reason": None,
        "cancel_comment": None,
        "ended_at": None,
        "paused": False,
    } | changes


def save(org: dict[str, Any] | None = None, customer: dict[str, Any] | None = None, **changes: Any) -> Facts:
    items = changes.pop("items", [])
    return facts(
        object_id="sub_1",
        object_type="subscription",
        state=cancelled(*items, **changes),
        customer=ACME | (customer or {}),
        org=org,
    )


def test_a_cancellation_is_answered_with_a_question() -> None:
    mail = draft("save_offer", save())
    assert mail.payload["subject"] == "Your subscription ends on 1 December 2026: may we ask why?"
    assert mail.payload["text"] == (
        "Hello Acme Inc,\n\n"
        "We saw that your subscription is set to end on 1 December 2026. Thank you for being with us since"
        " April 2023.\n\n"
        "Would you tell us what made you decide to leave? A line in reply is enough, and it helps us to do better.\n\n"
        "If you would like to talk it through, or to pause the subscription for a while instead of ending it, just"
        " reply to this email. Nothing changes before 1 December 2026.\n\n"
        "If your mind is made up, there is nothing else you need to do.\n\n"
        "Thank you,\nOur team\n"
    )
    assert mail.title == "Cancelled: Acme Inc, ends 1 December 2026"
    assert mail.amount == Money(4900, "USD")
    assert mail.reasoning == (
        "The customer has cancelled, and the subscription runs until 1 December 2026; $49.00 a month is at stake."
    )
    assert not any(word in mail.payload["text"].lower() for word in ("discount", "%", "free"))


def test_a_comment_is_quoted_and_answered_and_nothing_is_asked_again() -> None:
    current = save(cancel_reason="too_expensive", cancel_comment="Twice what Globex asks")
    mail = draft("save_offer", current)
    assert mail.payload["subject"] == "Your subscription ends on 1 December 2026"
    assert mail.payload["text"] == (
        "Hello Acme Inc,\n\n"
        "We saw that your subscription is set to end on 1 December 2026. Thank you for being with us since"
        " April 2023.\n\n"
        "You told us that the price was the reason, and wrote: “Twice what Globex asks”. Thank you for telling"
        " us.\n\n"
        "If there are terms on which it would still be worth it for you, reply to this email and we will see what we"
        " can do.\n\n"
        "Otherwise, there is nothing else you need to do.\n\n"
        "Thank you,\nOur team\n"
    )
    assert ("Reason given", "too expensive") in mail.evidence
    assert ("In their words", "Twice what Globex asks") in mail.evidence
    assert mail.reasoning.startswith("The customer has cancelled (too expensive), ")


@pytest.mark.parametrize(
    ("feedback", "answer"),
    [
        ("too_expensive", "the price was the reason. Thank you for telling us."),
        ("missing_features", "something was missing. Which feature was it?"),
        ("switched_service", "you have found another service. What does it do better for you?"),
        ("unused", "you did not use it enough."),
        ("customer_service", "our customer service fell short. We are sorry."),
        ("too_complex", "it was too complicated. Where did it get in your way?"),
        ("low_quality", "the quality fell short. We are sorry. What went wrong?"),
        ("other", "Would you tell us what made you decide to leave?"),
        (None, "Would you tell us what made you decide to leave?"),
        ("a_reason_of_tomorrow", "Would you tell us what made you decide to leave?"),
    ],
)
def test_each_feedback_has_an_answer_of_its_own(feedback: str | None, answer: str) -> None:
    plain = draft("save_offer", save(cancel_reason=feedback)).payload
    assert answer in plain["text"]
    assert plain["text"].count("?") <= 1
    assert ("may we ask why?" in plain["subject"]) is ("made you decide" in answer)
    wrote = draft(
        "save_offer", save(cancel_reason=feedback, cancel_comment="The setup did not work for us.")
    ).payload
    assert "wrote: “The setup did not work for us.” Thank you for telling us." in wrote["text"]
    assert "?" not in wrote["text"] + wrote["subject"]
    assert ("We are sorry." in wrote["text"]) is (feedback in {"customer_service", "low_quality"})


def test_the_name_of_an_unknown_feedback_is_shown() -> None:
    assert ("Reason given", "other") in draft("save_offer", save(cancel_reason="other")).evidence


TRIAL: dict[str, Any] = {"status": "trialing", "trial_end": "2026-12-01T00:00:00+00:00"}


def test_a_trial_is_a_trial() -> None:
    mail = draft("save_offer", save(**TRIAL))
    assert mail.title == "Trial cancelled: Acme Inc, ends 1 December 2026"
    assert mail.payload["subject"] == "You cancelled your trial: may we ask why?"
    text = mail.payload["text"]
    assert "It ends on 1 December 2026 and will not turn into a paid subscription." in text
    assert not any(word in text for word in ("pause", "your subscription", "being with us"))
    for feedback in ("unused", "too_expensive", "too_complex", "other"):
        assert "pause" not in draft("save_offer", save(cancel_reason=feedback, **TRIAL)).payload["text"]


def test_a_subscription_that_outlives_its_trial_is_no_trial() -> None:
    mail = draft("save_offer", save(**TRIAL | {"trial_end": "2026-11-25T00:00:00+00:00"}))
    assert mail.title == "Cancelled: Acme Inc, ends 1 December 2026"
    assert "trial" not in mail.payload["text"]


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Delete my data (GDPR) and do not contact me again.", "not to be contacted"),
        ("keine weiteren Mails", "not to be contacted"),
        ("Ne me contactez plus.", "not to be contacted"),
        ("unsubscribe", "not to be contacted"),
        ("We are shutting down the company.", "closes down"),
        ("I have two accounts, keeping the other one", "another account or plan"),
    ],
)
def test_a_wish_to_be_left_alone_is_respected(comment: str, why: str) -> None:
    assert why in declined("save_offer", save(cancel_comment=comment))


def test_a_wish_that_stands_on_another_subscription_holds_too() -> None:
    other = cancelled(cancel_comment="Do not email me.") | {"id": "sub_2", "status": "canceled"}
    assert "not to be contacted" in declined("save_offer", replace(save(), subscriptions=[other]))


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Why was I charged twice?", "the comment asks for something"),
        ("My husband, who used this, passed away.", "the comment calls for a personal answer"),
        ("My lawyer will be in touch.", "the comment may be a legal matter"),
        ("Zu teuer für uns.", "the comment gives no plain reason in the language of the mail"),
        ("Liian kallis minulle", "the comment gives no plain reason in the language of the mail"),
        ("Too many emails from you", "the customer may ask not to be contacted"),
        ("Customer requested cancellation by email", "the comment may be a note of your own team"),
        ("This fucking app", "the comment is not one to quote back"),
        ("It was good for us. " * 40, "the comment is long"),
    ],
)
def test_a_comment_that_a_person_must_answer_goes_to_the_owner(comment: str, why: str) -> None:
    message = draft("save_offer", save(org=SLACK, cancel_comment=comment))
    assert (message.action_type, message.payload["channel"]) == ("slack", "#accounts")
    assert f"No mail was drafted: {why}" in message.payload["text"]
    assert f"In their words: {comment[:40]}" in message.payload["text"]
    assert f"; {why}" in message.reasoning
    assert len(message.payload["text"]) < 2000


@pytest.mark.parametrize(
    ("language", "reason", "comment"),
    [
        ("fr", "too_expensive", "Trop cher pour un indépendant"),
        ("de", "unused", "Wir brauchen es kaum noch"),
        ("es", None, "No lo usamos lo suficiente"),
        ("ja", "too_complex", "設定が難しすぎました。"),
        ("nl", "other", "Te duur geworden"),
    ],
)
def test_a_plain_comment_is_answered_in_the_language_of_the_customer(
    language: str, reason: str | None, comment: str
) -> None:
    org, customer = SLACK | {"languages": ["en", language]}, {"locales": [language]}
    mail = draft("save_offer", save(org=org, customer=customer, cancel_reason=reason, cancel_comment=comment))
    assert (mail.action_type, mail.language) == ("email", language)
    assert comment in mail.payload["text"]
    unlisted = draft("save_offer", save(org=SLACK, customer=customer, cancel_comment=comment))
    assert "no plain reason in the language of the mail" in unlisted.payload["text"]


def test_a_calm_comment_is_answered_only_beside_a_reason_that_the_customer_chose() -> None:
    org, customer = SLACK | {"languages": ["en", "fr"]}, {"locales": ["fr"]}
    for reason, action_type in (("too_expensive", "email"), ("other", "slack"), (None, "slack")):
        current = save(
            org=org, customer=customer, cancel_reason=reason, cancel_comment="Nous sommes que deux"
        )
        assert draft("save_offer", current).action_type == action_type


def test_a_large_cancellation_is_for_another_play() -> None:
    why = "a large customer should hear from a person: see large_cancellation"
    for items in ([item(100_000)], [item(100_000, "year")]):
        assert declined("save_offer", save(items=items)) == why
    assert declined("save_offer", replace(save(), top_customer=True)) == why
    assert (
        declined("save_offer", save(items=[item(100_000)], cancel_comment="We filed for bankruptcy")) == why
    )
    assert draft("save_offer", save(items=[item(99_999, "year")])).payload["to"] == ACME["email"]


def test_a_model_never_reads_the_comment() -> None:
    current = save(cancel_reason="unused", cancel_comment="I found it hard to use every day.")
    question = Question.about(
        draft("save_offer", current), current.to_json(), email.create(load_settings({}, {}))
    )
    assert not any("hard to use" in text for _, text in question.messages)
    assert any("[[cancel_comment_1]]" in text for _, text in question.messages)


UNPAID: dict[str, Any] = {
    "id": "in_9",
    "as_of": "2026-11-22T10:00:00+00:00",
    "number": "ACME-9",
    "status": "open",
    "subscription": "sub_1",
    "amount_due": 7900,
    "amount_remaining": 7900,
    "currency": "USD",
    "attempt_count": 2,
    "collection_method": "charge_automatically",
    "hosted_invoice_url": "https://invoice.stripe.com/i/9",
}


def test_an_open_payment_stands_in_the_same_mail() -> None:
    current = replace(save(status="past_due", cancel_reason="too_expensive"), invoices=[UNPAID])
    mail = draft("save_offer", current)
    text = mail.payload["text"]
    assert (
        "One thing is still open: $79.00 on invoice ACME-9; the payment did not go through. You can pay it here:\n"
        "https://invoice.stripe.com/i/9\n\n"
        "Apart from that, there is nothing else you need to do.\n"
    ) in text
    assert "Nothing changes before" not in text
    assert "pause" not in text
    assert ("Still open", "$79.00 of invoice ACME-9") in mail.evidence


def test_several_open_payments_are_named_each() -> None:
    due = {"collection_method": "send_invoice", "attempt_count": 0, "due_date": "2026-11-20T00:00:00+00:00"}
    second = UNPAID | due | {"id": "in_8", "number": "ACME-8", "hosted_invoice_url": None, "currency": "EUR"}
    text = draft("save_offer", replace(save(), invoices=[UNPAID, second])).payload["text"]
    assert "Some payments are still open:\n" in text
    assert "€79.00 on invoice ACME-8, which was due on 20 November 2026." in text
    assert "$79.00 on invoice ACME-9; the payment did not go through." in text


@pytest.mark.parametrize(
    "changes",
    [
        {"attempt_count": 0},
        {"collection_method": "send_invoice", "due_date": "2026-12-20T00:00:00+00:00"},
        {"status": "paid"},
        {"amount_remaining": 0},
    ],
)
def test_a_payment_that_is_not_late_is_not_asked_for(changes: dict[str, Any]) -> None:
    text = draft("save_offer", replace(save(), invoices=[UNPAID | changes])).payload["text"]
    assert "still open" not in text
    assert "Nothing changes before 1 December 2026." in text


def test_a_missing_payment_without_its_invoice_is_named_without_an_amount() -> None:
    text = draft("save_offer", save(status="past_due")).payload["text"]
    assert "One thing is still open: the last payment has not gone through yet." in text
    assert "Nothing changes before" not in text


def test_a_subscription_beside_another_is_named() -> None:
    older = cancelled(cancel_at_period_end=False, start="2024-01-01T00:00:00+00:00") | {"id": "sub_2"}
    current = save(items=[item(4900) | {"nickname": "Pro"}], canceled_at="2026-11-22T11:00:00+00:00")
    text = draft("save_offer", replace(current, subscriptions=[older])).payload["text"]
    assert (
        "We saw your cancellation. Your Pro subscription ends on 1 December 2026. Your other subscription continues.\n"
        in text
    )


@pytest.mark.parametrize(
    ("items", "urgency", "amount"),
    [
        ([item(10_000)], Urgency.HIGH, Money(10_000, "USD")),
        ([item(9_999)], Urgency.MEDIUM, Money(9_999, "USD")),
        ([item(99_999, "year")], Urgency.MEDIUM, Money(8_333, "USD")),
        ([item(20_000, currency="JPY")], Urgency.HIGH, Money(20_000, "JPY")),
        ([item(19_999, currency="JPY")], Urgency.MEDIUM, Money(19_999, "JPY")),
        (
            [item(100_000, currency="KWD")],
            Urgency.MEDIUM,
            Money(100_000, "KWD"),
        ),  # no rate, nothing to compare
        ([item(4900, currency="EUR", quantity=2)], Urgency.MEDIUM, Money(9800, "EUR")),
        ([item(None)], Urgency.MEDIUM, None),
    ],
)
def test_urgency_goes_by_what_is_at_stake_each_month(
    items: list[dict[str, Any]], urgency: Urgency, amount: Money | None
) -> None:
    mail = draft("save_offer", save(items=items, org={"rates": [["JPY", "0.005"]]}))
    assert (mail.urgency, mail.amount) == (urgency, amount)
    stake = "$999.99 a year" if items[0]["interval"] == "year" else f"{amount} a month"
    assert (f"; {stake} is at stake" in mail.reasoning) is (amount is not None)


@pytest.mark.parametrize(
    ("current", "why"),
    [
        (save(cancel_at_period_end=False), "the subscription is not set to cancel"),
        (save(status="canceled"), "the subscription has ended"),
        (save(status="incomplete_expired"), "the subscription has ended"),
        (save(ended_at="2026-11-01T00:00:00+00:00"), "the subscription has ended"),
        (
            save(current_period_end="2026-11-01T00:00:00+00:00"),
            "the subscription ended on 1 November 2026",
        ),
        (save(customer={"deleted": True}), "the customer was deleted"),
        (save(status="incomplete"), "the subscription has not begun: its first payment is missing"),
        (
            save(cancel_cause="payment_failed", cancel_comment="x"),
            "Stripe ends the subscription for want of payment: the customer has not cancelled",
        ),
        (
            save(cancel_cause="payment_disputed"),
            "Stripe ends the subscription after a dispute: the customer has not cancelled",
        ),
        (
            save(cancel_at_period_end=False, cancel_at="2027-10-01T00:00:00+00:00", schedule="sub_sched_1"),
            "a schedule set the end when its term began: the customer has not cancelled",
        ),
        (
            replace(save(), disputes_ever=[{"id": "dp_1", "open": True}]),
            "the customer disputes a payment (dp_1): nobody is reminded meanwhile",
        ),
        (
            replace(
                save(canceled_at="2026-11-22T11:00:00+00:00"),
                subscriptions=[
                    cancelled(cancel_at_period_end=False, start="2026-11-22T10:00:00+00:00") | {"id": "sub_2"}
                ],
            ),
            "the customer goes on with another subscription, which began on 22 November 2026",
        ),
        (facts(object_id="sub_1", object_type=None), "the event names no subscription"),
    ],
)
def test_a_subscription_that_needs_no_offer(current: Facts, why: str) -> None:
    assert declined("save_offer", current) == why


def test_a_date_of_its_own_beats_the_period() -> None:
    current = save(cancel_at_period_end=False, cancel_at="2027-01-15T00:00:00+00:00")
    assert "ends on 15 January 2027" in draft("save_offer", current).payload["subject"]


def test_an_unknown_end_is_left_out() -> None:
    mail = draft("save_offer", save(current_period_end=None))
    assert mail.payload["subject"] == "Your subscription is set to end: may we ask why?"
    assert mail.title == "Cancelled: Acme Inc"


def test_a_paused_customer_is_not_offered_a_pause() -> None:
    assert "pause" not in draft("save_offer", save(paused=True)).payload["text"]


def test_a_new_customer_is_not_thanked_for_the_years() -> None:
    recent = {"created": "2026-11-01T00:00:00+00:00"}
    assert "being with us" not in draft("save_offer", save(customer=recent)).payload["text"]


@pytest.mark.parametrize(
    ("org", "action_type", "to"),
    [(SLACK, "slack", "#accounts"), ({}, "email", "owner@localhost")],
)
def test_a_cancellation_without_an_address_goes_to_the_owner(
    org: dict[str, Any], action_type: str, to: str
) -> None:
    proposal = draft("save_offer", save(org=org, customer={"email": None}))
    assert (proposal.action_type, proposal.payload.get("channel") or proposal.payload["to"]) == (
        action_type,
        to,
    )
    text = proposal.payload["text"]
    headline = proposal.payload.get("subject") or text.partition("\n")[0]
    assert headline == "Acme Inc has cancelled; the subscription ends on 1 December 2026"
    assert text.count(headline) == (1 if action_type == "slack" else 0)
    assert "No mail can be sent: no email address is known for the customer." in text


@pytest.mark.parametrize(
    ("changes", "previous", "wakes"),
    [
        ({}, {"cancel_at_period_end": False, "cancel_at": None}, True),
        (
            {},
            {"cancel_at_period_end": False},
            False,
        ),  # a date was set before; only the way it is told changed
        ({"cancel_at": None}, {"cancel_at_period_end": False}, True),
        ({"cancel_at_period_end": False}, {"cancel_at": None}, True),
        ({"cancel_at_period_end": False}, {"cancel_at": 1_800_000_000}, False),  # another date
        ({}, {"cancellation_details": {"feedback": None}}, False),
        ({}, {"quantity": 2}, False),
        ({}, {}, False),
        (
            {"schedule": "sub_sched_1"},
            {"cancel_at_period_end": False},
            True,
        ),  # a schedule's end was set before
        ({"schedule": "sub_sched_1"}, {"quantity": 2}, False),
        ({"cancel_at_period_end": False}, {"schedule": "sub_sched_1"}, False),  # the schedule was released
        ({"cancel_at_period_end": False, "cancel_at": None}, {"cancel_at_period_end": True}, False),
        ({"cancel_at_period_end": False, "cancel_at": None}, {"quantity": 2}, False),
        ({}, None, True),
        ({"cancel_at_period_end": False, "cancel_at": None}, None, True),  # and is declined by the facts
    ],
)
def test_only_an_update_that_sets_the_end_wakes_the_play(
    changes: dict[str, Any], previous: dict[str, Any] | None, wakes: bool
) -> None:
    world = World()
    fields = {name: value for name, value in CANCELLED.items() if name != "previous_attributes"}
    payload = subscription(**(fields | changes), previous_attributes=previous)
    about = all_plays()["save_offer"].about(world.take(payload), world.settings)
    assert (about is not None) is wakes


@pytest.mark.parametrize("data", [None, [], {}, {"object": None}, {"object": {}, "previous_attributes": 1}])
def test_a_malformed_update_raises_nothing(data: object) -> None:
    world = World()
    payload = subscription(**CANCELLED)
    woke = world.take(payload)
    payload["data"] = data
    all_plays()["save_offer"].about(woke, world.settings)


# Words


def test_a_customer_without_a_name_is_greeted_without_one() -> None:
    text = draft("authenticate_payment", confirming(state=invoice(customer_name=None))).payload["text"]
    assert text.startswith("Hello,\n\nYour bank asks you")


def test_endless_names_and_numbers_are_cut() -> None:
    state = large(customer_name="x" * 5000, number="N" * 5000, due_date="2026-11-19T12:00:00+00:00")
    for play in INVOICE_PLAYS:
        proposal = draft(play, of(play, state=state, org=SLACK))
        assert len(proposal.title) < 200
        assert len(proposal.payload.get("subject", "")) <= 200
        assert len(proposal.payload["text"]) < 2000


@pytest.mark.parametrize(
    ("brand", "last4", "text"),
    [
        ("Visa", "4242", "Visa card ending 4242"),
        ("mastercard", None, "Mastercard"),
        (None, "4242", "card ending 4242"),
        ("Unknown", None, "card"),
        ("Girocard", "1", "Girocard ending 1"),
    ],
)
def test_cards_are_named_as_people_name_them(brand: str | None, last4: str | None, text: str) -> None:
    assert methods.card(brand, last4) == text
