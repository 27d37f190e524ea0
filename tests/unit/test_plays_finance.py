"""The plays for the finance team: when they draft and when they decline, the urgency, and the words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from execops.adapters import create_adapters
from execops.books.facts import Facts
from execops.model import Declined, Draft, Event, EventStatus, Urgency
from execops.money import Money
from execops.plays.money import dispute_lost, dispute_response, payout_failed, runway_low, spend_spike
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.plays.spending import is_own
from execops.settings import load_settings
from tests.facts import NOW, facts

PLAYS = [dispute_lost.PLAY, dispute_response.PLAY, payout_failed.PLAY, runway_low.PLAY, spend_spike.PLAY]
DUE = "2026-11-28T23:59:59+00:00"


def dispute(
    *, charge: dict[str, Any] | None = None, org: dict[str, Any] | None = None, **changes: Any
) -> Facts:
    state = {
        "charge": "ch_1",
        "status": "needs_response",
        "open": True,
        "amount": 490_000,
        "currency": "USD",
        "reason": "fraudulent",
        "due_by": DUE,
        "customer_name": None,
        "customer_email": None,
    }
    billed = {"name": "Acme Inc", "email": "billing@acme.example", "customer": "cus_1"} | (charge or {})
    return facts(
        object_id="dp_1",
        object_type="dispute",
        subject_key="dp_1",
        state=state | changes,
        linked=[{"id": "ch_1", "type": "charge", **billed}],
        org=org,
    )


def payout(**changes: Any) -> Facts:
    state = {
        "status": "failed",
        "amount": 110_000,
        "currency": "USD",
        "failure_code": "account_closed",
        "failure_message": "The bank account has been closed",
        "arrival_date": "2026-11-20T00:00:00+00:00",
    }
    return facts(object_id="po_1", object_type="payout", subject_key="po_1", state=state | changes)


def spend(*, org: dict[str, Any] | None = None, **changes: Any) -> Facts:
    month = {
        "vendor": "AWS",
        "currency": "USD",
        "month": "2026-11",
        "current": True,
        "to_date": 120_000,
        "average": 100_000,
        "purchases": 3,
        "unknown": None,
    }
    return facts(
        object_id="spend:2026-11:USD:AWS",
        object_type=None,
        subject_key="spend:2026-11:USD:AWS",
        spend=month | changes,
        org=org,
    )


def runway(*, object_id: str = "runway:2026-11", **changes: Any) -> Facts:
    sums = {
        "month": "2026-11",
        "from": "2026-08",
        "to": "2026-10",
        "currency": "USD",
        "cash": 2_000_000,
        "burn": 500_000,
        "months": 4.0,
        "accounts": [["bank:main", 1_900_000, "2026-11-20"], ["stripe", 100_000, "2026-11-21"]],
        "left_out": [],
        "unknown": None,
    }
    return facts(object_id=object_id, object_type=None, subject_key="org:runway", runway=sums | changes)


def drafted(play: Play, current: Facts) -> Draft:
    answer = play.answer(current)
    assert isinstance(answer, Draft), answer
    return answer


def declined(play: Play, current: Facts) -> str:
    answer = play.answer(current)
    assert isinstance(answer, Declined), answer
    return answer.reason


def event(type_: str, occurred_at: datetime, payload: dict[str, Any], source: str = "stripe") -> Event:
    return Event(
        id=1,
        source=source,
        type=type_,
        occurred_at=occurred_at,
        received_at=occurred_at,
        payload_json=payload,
        dedupe_key="evt_1",
        object_id=None,
        subject_key=None,
        livemode=True,
        api_version=None,
        status=EventStatus.RECEIVED,
        outcome=[],
        error=None,
        processed_at=None,
    )


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_a_play_has_its_name_and_one_proposal_for_each_object(play: Play) -> None:
    assert all_plays()[play.name] is play
    draft = Draft(
        title="A title",
        urgency=Urgency.LOW,
        action_type="email",
        payload={},
        reasoning="",
        evidence=(),
        object_id="x",
        subject_key="cus_1",
    )
    assert play.dedupe_key(draft) == f"{play.name}:x"
    assert play.dedupe_key(replace(draft, stage="lost")) == f"{play.name}:x:lost"


ALL = [
    (dispute_response.PLAY, dispute()),
    (dispute_lost.PLAY, dispute(status="lost", open=False)),
    (payout_failed.PLAY, payout()),
    (spend_spike.PLAY, spend()),
    (runway_low.PLAY, runway()),
]


@pytest.mark.parametrize(("play", "current"), ALL, ids=lambda parameter: getattr(parameter, "name", ""))
@pytest.mark.parametrize("channel", [None, "#finance"])
def test_it_goes_to_finance_and_its_adapter_accepts_it(
    play: Play, current: Facts, channel: str | None
) -> None:
    data = current.to_json()
    data["org"] = data["org"] | {"finance_channel": channel}
    draft = drafted(play, Facts.from_json(data))
    to = draft.payload.get("channel") or draft.payload.get("to")
    assert (draft.action_type, to) == (("slack", "#finance") if channel else ("email", "finance@localhost"))
    create_adapters(load_settings({"home": "/nowhere"}, {}))[draft.action_type].validate(draft.payload)
    assert "None" not in str(draft.payload["text"]) + draft.title + draft.reasoning + str(draft.evidence)


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_an_event_about_another_object_is_declined(play: Play) -> None:
    assert "names no" in declined(play, facts(object_type="invoice", state={"status": "open"}))


# dispute_response


def test_a_dispute_says_amount_reason_due_date_and_where_to_answer() -> None:
    draft = drafted(dispute_response.PLAY, dispute())
    assert draft.title == "Dispute by Acme Inc (reason: fraudulent), due 28 November 2026, 23:59 UTC"
    assert (draft.urgency, draft.amount) == (Urgency.CRITICAL, Money(490_000, "USD"))
    assert draft.expires_at == datetime.fromisoformat(DUE)
    text = draft.payload["text"]
    for words in ("$4,900.00", "Acme Inc (billing@acme.example)", "28 November 2026, 23:59 UTC", "3D Secure"):
        assert words in text
    assert "https://dashboard.stripe.com/disputes/dp_1" in text
    assert dict(draft.evidence)["Evidence due"] == "28 November 2026, 23:59 UTC"


def test_a_name_from_outside_is_no_link_and_no_mention_in_slack() -> None:
    name = "<!channel> & <https://evil.example|Stripe>"
    draft = drafted(
        dispute_response.PLAY, dispute(charge={"name": name}, org={"finance_channel": "#finance"})
    )
    assert draft.payload.keys() == {"channel", "text"}
    links = re.findall("<[^<>]*>", draft.payload["text"])
    assert links == ["<https://dashboard.stripe.com/disputes/dp_1|Answer at Stripe>"]
    preview = create_adapters(load_settings({}, {}))["slack"].preview(draft.payload)
    assert f"Dispute by {name} (reason: fraudulent)" in preview
    assert preview.endswith("\n\nAnswer at Stripe")


@pytest.mark.parametrize(
    ("reason", "asks"),
    [
        ("fraudulent", "cardholder placed the order"),
        ("unrecognized", "card statement"),
        ("product_not_received", "For goods: carrier, tracking number"),
        ("product_unacceptable", "description of the product"),
        ("subscription_canceled", "cancellation policy"),
        ("duplicate", "Receipts of both charges"),
        ("credit_not_processed", "Why no refund is owed"),
        ("general", "What was sold"),
        ("bank_cannot_process", "What was sold"),
        (None, "What was sold"),
    ],
)
def test_the_checklist_follows_the_reason(reason: str | None, asks: str) -> None:
    assert asks in drafted(dispute_response.PLAY, dispute(reason=reason)).payload["text"]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("won", "is won"),
        ("charge_refunded", "refunded"),
        ("warning_closed", "closed"),
        ("prevented", "prevented"),
    ],
)
def test_a_closed_dispute_needs_nothing(status: str, why: str) -> None:
    assert why in declined(dispute_response.PLAY, dispute(status=status, open=False))
    assert "closed" in declined(dispute_response.PLAY, dispute(open=False))


def test_an_inquiry_is_called_one() -> None:
    draft = drafted(dispute_response.PLAY, dispute(status="warning_needs_response"))
    assert draft.title.startswith("Inquiry by Acme Inc")
    assert "becomes a chargeback" in draft.payload["text"]


def test_a_due_date_that_is_past_or_unknown_does_not_end_the_draft() -> None:
    late = drafted(dispute_response.PLAY, dispute(due_by="2026-11-20T00:00:00+00:00"))
    assert late.expires_at is None
    assert "was due on 20 November 2026" in late.payload["text"]
    assert drafted(dispute_response.PLAY, dispute(due_by=None)).expires_at is None


@pytest.mark.parametrize(
    ("charge", "changes", "who"),
    [
        ({"name": None}, {"customer_name": "Jo"}, "Jo"),
        ({"name": None}, {}, "billing@acme.example"),
        ({"name": None, "email": None}, {}, "cus_1"),
        ({"name": None, "email": None, "customer": None}, {}, "an unknown customer"),
    ],
)
def test_the_customer_is_named_by_the_best_name_there_is(
    charge: dict[str, Any], changes: dict[str, Any], who: str
) -> None:
    assert (
        f"Dispute by {who} (reason: "
        in drafted(dispute_response.PLAY, dispute(charge=charge, **changes)).title
    )


# payout_failed


def test_a_failed_payout_gives_the_reason_and_advice() -> None:
    draft = drafted(payout_failed.PLAY, payout())
    assert (draft.title, draft.urgency) == ("Payout failed: $1,100.00", Urgency.CRITICAL)
    text = draft.payload["text"]
    for words in (
        "The bank account has been closed",
        "account_closed",
        "Enter a new bank account",
        "20 November 2026",
    ):
        assert words in text
    assert "https://dashboard.stripe.com/payouts/po_1" in text


@pytest.mark.parametrize("message", ["Your Stripe account has insufficient funds.", None])
def test_a_balance_that_was_too_low_is_no_fault_of_the_bank_account(message: str | None) -> None:
    draft = drafted(payout_failed.PLAY, payout(failure_code="insufficient_funds", failure_message=message))
    text = draft.payload["text"]
    assert "dd funds, or wait for new payments, then pay out again." in text
    assert "the bank details are not the cause" in text
    assert "back in your Stripe balance" not in text


def test_a_payout_without_a_reason_still_drafts() -> None:
    draft = drafted(payout_failed.PLAY, payout(failure_code=None, failure_message=None, amount=None))
    assert draft.title == "Payout failed"
    assert "the bank gave no reason" in draft.payload["text"]


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("insufficient_funds", "The bank account did not hold enough."),
        ("debit_not_authorized", "The bank account takes no debits by Stripe: allow debits at the bank."),
        ("account_closed", "The bank account is closed: enter a new bank account at Stripe."),
        ("declined", "The bank declined the debit: ask the bank why."),
        (None, "Check the bank details at Stripe."),
    ],
)
def test_a_negative_payout_is_a_debit_that_stripe_could_not_make(code: str | None, cause: str) -> None:
    draft = drafted(payout_failed.PLAY, payout(amount=-250_000, failure_code=code, failure_message=None))
    assert (draft.title, draft.amount) == ("Stripe could not collect $2,500.00", Money(250_000, "USD"))
    text = draft.payload["text"]
    assert cause in text
    assert "Your Stripe balance stays negative" in text
    assert "put $2,500.00 into the bank account, or add it to the balance at Stripe." in text
    for words in ("-$", "did not reach", "The money is back", "wait for funds"):
        assert words not in text + draft.reasoning


def test_a_payout_below_nothing_of_a_currency_without_decimals() -> None:
    draft = drafted(payout_failed.PLAY, payout(amount=-1_250_000, currency="JPY"))
    assert draft.title == "Stripe could not collect ¥1,250,000"
    assert drafted(payout_failed.PLAY, payout(amount=0)).title == "Payout failed: $0.00"


@pytest.mark.parametrize("status", ["paid", "in_transit", "pending", "canceled", None])
def test_a_payout_that_has_not_failed_needs_nothing(status: str | None) -> None:
    assert "payout po_1" in declined(payout_failed.PLAY, payout(status=status))


# spend_spike


@pytest.mark.parametrize(
    ("to_date", "urgency"),
    [(110_000, None), (110_001, Urgency.MEDIUM), (149_999, Urgency.MEDIUM), (150_000, Urgency.HIGH)],
)
def test_a_spike_begins_over_ten_percent_and_is_high_from_fifty(
    to_date: int, urgency: Urgency | None
) -> None:
    answer = spend_spike.PLAY.answer(spend(to_date=to_date))
    assert (answer.urgency if isinstance(answer, Draft) else None) is urgency


def test_a_spike_shows_its_sums() -> None:
    draft = drafted(spend_spike.PLAY, spend())
    assert draft.title == "Spend up 20%: AWS, $1,200.00 so far in November 2026"
    assert draft.amount == Money(20_000, "USD")
    assert dict(draft.evidence) == {
        "Vendor": "AWS",
        "This month so far": "$1,200.00 in 3 payments",
        "Three-month average": "$1,000.00",
        "Above average": "$200.00 (20%)",
    }


def test_the_floor_is_in_major_units_of_the_books_currency() -> None:
    assert "below the floor" in declined(spend_spike.PLAY, spend(to_date=49_999, average=10_000))
    assert drafted(spend_spike.PLAY, spend(to_date=50_000, average=10_000))
    yen = {"rates": [["JPY", "0.0065"]]}  # 76,923 yen are 499.9995 dollars
    assert "below the floor of 500 USD" in declined(
        spend_spike.PLAY, spend(to_date=76_923, average=10, currency="JPY", org=yen)
    )
    assert drafted(spend_spike.PLAY, spend(to_date=76_924, average=10, currency="JPY", org=yen))
    assert drafted(spend_spike.PLAY, spend(to_date=499, average=10, currency="JPY")), "no rate, no floor"
    assert drafted(spend_spike.PLAY, spend(to_date=100, average=50, org={"spend_floor": 0}))


def test_no_history_and_past_months_are_declined() -> None:
    assert "not the current month" in declined(spend_spike.PLAY, spend(current=False))
    assert declined(spend_spike.PLAY, spend(unknown="too little is known")) == "too little is known"
    assert "nothing was spent on AWS" in declined(spend_spike.PLAY, spend(average=0))
    assert "nothing was spent on AWS" in declined(spend_spike.PLAY, spend(average=-5))


def test_a_spike_is_about_the_vendors_month_in_the_companys_zone() -> None:
    purchase = {
        "data": {
            "object": {
                "id": "ipi_1",
                "object": "issuing.transaction",
                "amount": -100,
                "currency": "usd",
                "created": int(datetime(2026, 11, 1, 2, tzinfo=UTC).timestamp()),
                "merchant_data": {"name": "AWS"},
            }
        }
    }
    woke = event("issuing_transaction.created", datetime(2026, 11, 2, tzinfo=UTC), purchase)
    for zone, month in (("UTC", "2026-11"), ("America/New_York", "2026-10"), ("Asia/Tokyo", "2026-11")):
        about = spend_spike.about(woke, load_settings({"time_zone": zone}, {}))
        assert about is not None
        assert about.object_id == about.subject_key == f"spend:{month}:USD:AWS"
    purchase["data"]["object"]["merchant_data"] = {}
    assert spend_spike.about(woke, load_settings({}, {})) is None


def test_a_transfer_has_no_vendor() -> None:
    row = {"id": "r1", "at": NOW, "amount_minor": 100}
    payload = {"vendor": "Stripe", "currency": "USD", "kind": "bank_transfer", "rows": [row]}
    moved = event("bank.transactions_imported", datetime.fromisoformat(NOW), payload, "bank")
    assert spend_spike.about(moved, load_settings({}, {})) is None
    paid = event(
        "bank.transactions_imported", datetime.fromisoformat(NOW), payload | {"kind": "bank"}, "bank"
    )
    about = spend_spike.about(paid, load_settings({}, {}))
    assert about is not None
    assert about.object_id == "spend:2026-11:USD:Stripe"


# runway_low


@pytest.mark.parametrize(
    ("months", "urgency"),
    [(6.0, None), (5.9, Urgency.HIGH), (3.0, Urgency.HIGH), (2.9, Urgency.CRITICAL), (0.0, Urgency.CRITICAL)],
)
def test_runway_is_low_under_six_and_critical_under_three(months: float, urgency: Urgency | None) -> None:
    answer = runway_low.PLAY.answer(runway(months=months))
    assert (answer.urgency if isinstance(answer, Draft) else None) is urgency


def test_runway_shows_cash_by_account_burn_and_formula() -> None:
    draft = drafted(runway_low.PLAY, runway(left_out=[["bank:eu", 50_000, "EUR"]]))
    assert draft.title == "Runway: 4.0 months left, oldest balance of 20 November 2026"
    assert dict(draft.evidence) == {
        "Cash": "$20,000.00",
        "Cash in bank:main": "$19,000.00 on 20 November 2026",
        "Cash in stripe": "$1,000.00 on 21 November 2026",
        "Not counted": "€500.00 in bank:eu",
        "Net burn": "$5,000.00 a month, August to October 2026",
        "Formula": "cash ÷ average net burn of the last three full months",
    }
    empty = drafted(runway_low.PLAY, runway(cash=-5, months=0.0))
    assert empty.title == "Runway: no cash left, oldest balance of 20 November 2026"


def test_runway_is_declined_with_the_reason() -> None:
    assert "unknown: no balance" in declined(runway_low.PLAY, runway(months=None, unknown="no balance"))
    assert "no cash is burnt" in declined(runway_low.PLAY, runway(months=None, burn=-3))
    assert "6.5 months" in declined(runway_low.PLAY, runway(months=6.5))
    assert "October 2026 is not the current month" in declined(
        runway_low.PLAY, runway(object_id="runway:2026-10")
    )


def test_runway_is_about_the_month_of_the_event_in_the_companys_zone() -> None:
    woke = event("balance.available", datetime(2026, 10, 31, 22, 30, tzinfo=UTC), {})
    for zone, month in (("UTC", "2026-10"), ("Europe/Berlin", "2026-10"), ("Europe/Athens", "2026-11")):
        about = runway_low.about(woke, load_settings({"time_zone": zone}, {}))
        assert (about.object_id, about.subject_key) == (f"runway:{month}", "org:runway")


@pytest.mark.parametrize(
    ("company", "payee", "own"),
    [
        ("Acme Co., Ltd.", "ACME SAVINGS", True),
        ("Müller GmbH", "MULLER GMBH Festgeld", True),
        ("Acme GmbH & Co. KG", "Acme", True),
        ("Box", "Box Hill Bakery", False),
        ("Notion", "Notion Labs", False),
        ("Inc", "Inc", False),
        ("", "Savings", False),
    ],
)
def test_the_company_itself_is_no_vendor(company: str, payee: str, own: bool) -> None:
    assert is_own(facts(org={"company_name": company}), payee) is own
