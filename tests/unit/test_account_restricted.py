"""The company's own account at Stripe: when it is worth a word, and which words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from execops.model import Declined, Draft, Event, EventStatus, Urgency
from execops.plays import requirements
from execops.plays.money.account_restricted import PLAY
from execops.settings import load_settings
from execops.sources import get_source
from tests.facts import facts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEADLINE = int(datetime(2026, 12, 10, 12, tzinfo=UTC).timestamp())
ME = "acct_1Me"


def account(**changes: Any) -> dict[str, Any]:
    """An account at Stripe that may do everything, and of which nothing is asked."""
    return {
        "id": ME,
        "object": "account",
        "charges_enabled": True,
        "payouts_enabled": True,
        "details_submitted": True,
        "requirements": asked(eventually_due=["individual.id_number"]),
        "future_requirements": asked(),
    } | changes


def asked(**changes: Any) -> dict[str, Any]:
    """The requirements of an account: none."""
    lists = ("currently_due", "past_due", "eventually_due", "pending_verification", "errors")
    return {name: [] for name in lists} | {"current_deadline": None, "disabled_reason": None} | changes


def updated(stripe_object: dict[str, Any]) -> Event:
    """The event about an account."""
    return Event(
        id=1,
        source="stripe",
        type="account.updated",
        occurred_at=NOW,
        received_at=NOW,
        payload_json={"type": "account.updated", "data": {"object": stripe_object}},
        dedupe_key="evt_1",
        object_id=stripe_object["id"],
        subject_key=stripe_object["id"],
        livemode=True,
        api_version=None,
        status=EventStatus.RECEIVED,
        outcome=[],
        error=None,
        processed_at=None,
    )


def answer(org: dict[str, Any] | None = None, **changes: Any) -> Draft | Declined:
    """The play's answer about an account, as the event's reader keeps it."""
    snapshot, *_ = get_source("stripe").read(updated(account(**changes))).snapshots
    state = {"object_id": ME, "object_type": "account", "subject_key": ME, "state": snapshot.state}
    return PLAY.answer(facts(org=org, **state))


def drafted(org: dict[str, Any] | None = None, **changes: Any) -> Draft:
    """The draft about an account."""
    draft = answer(org, **changes)
    assert isinstance(draft, Draft), draft
    return draft


TEAM_OF_ONE = {"finance_email": None, "account_owner_email": None}


def test_payouts_that_stopped_are_critical_and_say_what_is_asked_for() -> None:
    draft = drafted(
        TEAM_OF_ONE,
        payouts_enabled=False,
        requirements=asked(
            past_due=["external_account", "individual.verification.document"],
            currently_due=["external_account", "individual.verification.document"],
            disabled_reason="requirements.past_due",
            errors=[
                {
                    "requirement": "individual.verification.document",
                    "code": "verification_document_expired",
                    "reason": "The document has\nexpired.",
                }
            ],
        ),
    )
    assert (draft.urgency, draft.action_type) == (Urgency.CRITICAL, "notice")
    assert draft.payload == {
        "subject": "Stripe has stopped payouts: it asks for a bank account for payouts and an identity document of the"
        " account's holder",
        "text": "Account: acct_1Me\n"
        "Payouts: stopped\n"
        "Reason: Stripe waits for information that is past due\n"
        "Past due: a bank account for payouts and an identity document of the account's holder\n"
        "Refused: an identity document of the account's holder: The document has expired.\n"
        "\n"
        "No money reaches the bank account; it stays in your Stripe balance. Give Stripe what it asks for, on the page"
        " below: payouts resume once Stripe has checked it.\n"
        "\n"
        "Open at Stripe: https://dashboard.stripe.com/account/status\n",
    }


def test_a_deadline_ahead_is_high_and_says_until_when() -> None:
    draft = drafted(requirements=asked(currently_due=["company.tax_id"], current_deadline=DEADLINE))
    assert draft.urgency is Urgency.HIGH
    assert draft.title == "Stripe asks for the company's tax id by 10 December 2026"
    assert ("Until", "10 December 2026") in draft.evidence
    assert "Give it to Stripe by 10 December 2026" in draft.payload["text"]
    assert draft.action_type == "email"


@pytest.mark.parametrize(
    ("changes", "urgency", "title"),
    [
        ({"charges_enabled": False}, Urgency.CRITICAL, "Stripe has stopped payments"),
        (
            {"charges_enabled": False, "payouts_enabled": False},
            Urgency.CRITICAL,
            "Stripe has stopped payments and payouts",
        ),
        (
            {"requirements": asked(past_due=["company.tax_id"])},
            Urgency.CRITICAL,
            "Past due at Stripe: the company's tax id",
        ),
        (
            {
                "requirements": asked(
                    currently_due=["company.tax_id"], current_deadline=DEADLINE - 60 * 86_400
                )
            },
            Urgency.CRITICAL,
            "Past due at Stripe: the company's tax id",
        ),
        (
            {"requirements": asked(currently_due=["company.tax_id"])},
            Urgency.MEDIUM,
            "Stripe asks for the company's tax id",
        ),
        (
            {"future_requirements": asked(currently_due=["company.tax_id"], current_deadline=DEADLINE)},
            Urgency.HIGH,
            "Stripe will ask for the company's tax id from 10 December 2026 on",
        ),
        (
            {
                "future_requirements": asked(
                    currently_due=["company.tax_id"], current_deadline=DEADLINE + 60 * 86_400
                )
            },
            Urgency.MEDIUM,
            "Stripe will ask for the company's tax id from 8 February 2027 on",
        ),
    ],
)
def test_the_urgency_follows_what_stops_and_when(
    changes: dict[str, Any], urgency: Urgency, title: str
) -> None:
    draft = drafted(**changes)
    assert (draft.urgency, draft.title) == (urgency, title)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "Stripe asks for nothing"),
        ({"requirements": asked(pending_verification=["company.tax_id"])}, "only checks what it was given"),
        (
            {
                "requirements": asked(
                    currently_due=["company.tax_id"], pending_verification=["company.tax_id"]
                )
            },
            "only checks what it was given",
        ),
        ({"payouts_enabled": False, "details_submitted": False}, "is not set up yet"),
        ({"requirements": None, "future_requirements": "soon"}, "Stripe asks for nothing"),
    ],
)
def test_nobody_is_interrupted_where_nothing_is_due(changes: dict[str, Any], why: str) -> None:
    declined = answer(**changes)
    assert isinstance(declined, Declined)
    assert why in declined.reason


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("rejected.fraud", "Stripe has rejected the account for suspected fraud"),
        ("under_review", "Stripe is reviewing the account"),
        ("requirements.pending_verification", "Stripe is checking the information that it was given"),
        ("rejected.platform_other", "Stripe has rejected the account"),
        ("some_new.reason", "some new: reason"),
    ],
)
def test_the_reason_stands_in_plain_words(reason: str, words: str) -> None:
    draft = drafted(charges_enabled=False, payouts_enabled=False, requirements=asked(disabled_reason=reason))
    assert ("Reason", words) in draft.evidence
    assert reason not in draft.payload["text"]


def test_a_further_stop_is_told_although_the_one_before_was_read() -> None:
    stopped = {"requirements": asked(past_due=["external_account"], disabled_reason="requirements.past_due")}
    first = drafted(payouts_enabled=False, **stopped)
    both = drafted(payouts_enabled=False, charges_enabled=False, **stopped)
    assert PLAY.dedupe_key(first) != PLAY.dedupe_key(both)
    assert PLAY.dedupe_key(first) == PLAY.dedupe_key(drafted(payouts_enabled=False, **stopped))


def test_in_test_mode_the_link_leads_to_test_data() -> None:
    draft = drafted({"stripe_mode": "test"}, payouts_enabled=False)
    assert "https://dashboard.stripe.com/test/account/status" in draft.payload["text"]


@pytest.mark.parametrize(("own", "asked_about"), [(None, True), (ME, True), ("acct_2", False)])
def test_only_the_own_account_is_judged(own: str | None, asked_about: bool) -> None:
    settings = load_settings({"stripe_account": own} if own else {}, {})
    assert (PLAY.about(updated(account()), settings) is not None) == asked_about


def test_an_account_of_2017_is_read_too() -> None:
    draft = drafted(
        requirements=None,
        future_requirements=None,
        verification={
            "fields_needed": ["legal_entity.dob.day", "legal_entity.dob.month", "external_account"],
            "due_by": DEADLINE,
            "disabled_reason": None,
        },
    )
    assert (
        draft.title
        == "Stripe asks for the date of birth of the account's holder and a bank account for payouts by 10 December 2026"
    )


@pytest.mark.parametrize(
    ("requirement", "words"),
    [
        ("external_account", "a bank account for payouts"),
        ("tos_acceptance.ip", "the acceptance of Stripe's terms of service"),
        ("individual.verification.document", "an identity document of the account's holder"),
        ("individual.verification.document.front", "an identity document of the account's holder"),
        (
            "individual.ssn_last_4",
            "the last four digits of the social security number of the account's holder",
        ),
        ("company.address.postal_code", "the company's address"),
        ("company.export_license_id", "company export license id"),
        ("owners.email", "the email address of an owner"),
        ("owners", "a person who owns the company"),
        ("person_1AbC.relationship.title", "the job title of a person of the company"),
        ("person_1AbC.dob.year", "the date of birth of a person of the company"),
        ("representative.tax_number", "tax number of the account's representative"),
        ("business_profile.support_phone", "the contact details for customers"),
        ("interv_1AbC.business_model_verification.form", "answers about business model verification"),
        ("new_thing.of_stripe", "new thing of stripe"),
    ],
)
def test_a_requirement_stands_in_plain_words(requirement: str, words: str) -> None:
    assert requirements.named([requirement]) == [words]


def test_many_requirements_are_counted_in_a_title() -> None:
    names = [
        "external_account",
        "tos_acceptance.ip",
        "tos_acceptance.date",
        "company.tax_id",
        "company.phone",
    ]
    assert requirements.listed(names, 2) == (
        "a bank account for payouts, the acceptance of Stripe's terms of service and 2 more"
    )
    assert requirements.listed(names).endswith(", the company's tax id and the company's phone number")
