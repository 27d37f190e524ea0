"""One message about several invoices of a customer: sums of several currencies, failed beside overdue, dates that stay true."""

from __future__ import annotations

from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Declined, Draft
from execops.money import Money
from execops.plays import thresholds
from execops.plays.mails import own_texts
from execops.plays.registry import all_plays
from tests.facts import facts
from tests.unit.test_card_update import charge, invoice

NOW = "2026-11-25T12:00:00+00:00"
RATES = [["EUR", "1.08"], ["JPY", "0.0065"]]
NO_RATES: list[list[str]] = []
SENT = {"collection_method": "send_invoice", "attempt_count": 0, "next_payment_attempt": None}


def customer(*invoices: dict[str, Any], **changes: Any) -> Facts:
    """The facts about the customer `cus_1` with these open invoices, the oldest first."""
    states = [
        {
            "id": f"in_{number}",
            "as_of": "2026-11-12T12:00:00+00:00",
            "created": f"2026-10-0{number}T12:00:00+00:00",
        }
        | state
        for number, state in enumerate(invoices, start=1)
    ]
    values = {"object_id": "cus_1", "object_type": "customer", "now": NOW, "as_of": NOW, "invoices": states}
    return facts(**values | changes)


def failed(minor: int, currency: str = "USD", **changes: Any) -> dict[str, Any]:
    return invoice(amount_due=minor, amount_remaining=minor, currency=currency, **changes)


def overdue(
    minor: int, currency: str = "USD", due: str = "2026-11-11T12:00:00+00:00", **changes: Any
) -> dict[str, Any]:
    return failed(minor, currency, due_date=due, **SENT | changes)


def draft(play: str, current: Facts) -> Draft:
    answer = all_plays()[play].answer(current)
    assert isinstance(answer, Draft), answer
    return answer


# Several currencies


@pytest.mark.parametrize("rates", [RATES, NO_RATES])
def test_a_small_oldest_invoice_hides_no_large_one(rates: list[list[str]]) -> None:
    current = customer(overdue(300), overdue(70_000_000, "EUR"), org={"rates": rates})
    reminder = draft("invoice_overdue", current)
    assert reminder.payload["subject"].endswith("2 invoices, $3.00 and €700,000.00 in all")
    assert reminder.covers == ("in_1", "in_2")


@pytest.mark.parametrize(
    ("euros", "rates", "is_below"),
    [(500, RATES, True), (648, RATES, True), (649, RATES, False), (1, NO_RATES, False)],
)
def test_the_floor_is_for_the_sum_of_all_currencies(
    euros: int, rates: list[list[str]], is_below: bool
) -> None:
    """$3.00 and €6.49 are $10.0092 at 1.08; €6.48 are less than the floor of $10, and nobody knows that of €0.01 without a rate."""
    answer = all_plays()["invoice_overdue"].answer(
        customer(overdue(300), overdue(euros, "EUR"), org={"rates": rates})
    )
    assert isinstance(answer, Declined) is is_below
    if isinstance(answer, Declined):
        assert answer.reason.startswith(f"$3.00 and {Money(euros, 'EUR')} are below 10 USD")


@pytest.mark.parametrize("play", ["invoice_overdue", "owner_alert", "card_update"])
@pytest.mark.parametrize(
    ("rates", "amount"),
    [(RATES, Money(75_605_000, "USD")), (NO_RATES, Money(70_000_000, "EUR"))],
)
def test_the_amount_of_a_draft_is_that_of_all_invoices(
    play: str, rates: list[list[str]], amount: Money
) -> None:
    """Limits and the rule of two approvals read it: without a rate, they take it for large."""
    make = overdue if play == "invoice_overdue" else failed
    several = customer(make(5_000), make(70_000_000, "EUR"), org={"rates": rates}, top_customer=True)
    assert draft(play, several).amount == amount


@pytest.mark.parametrize(
    ("amounts", "at_stake"),
    [
        ([Money(300, "USD"), Money(200, "USD")], Money(500, "USD")),
        ([Money(500, "EUR")], Money(500, "EUR")),
        ([Money(300, "USD"), Money(101, "EUR")], Money(409, "USD")),  # 3 + 1.0908
        (
            [Money(300, "USD"), Money(10, "JPY"), Money(100, "EUR")],
            Money(415, "USD"),
        ),  # 3 + 0.065 + 1.08, rounded half up
        ([Money(900_000, "USD"), Money(1, "GBP"), Money(3_000, "KWD")], Money(3_000, "KWD")),
        ([Money(2_000, "KWD"), Money(1_500, "KWD"), Money(5, "USD")], Money(3_500, "KWD")),  # KWD has no rate
        ([Money(2**62, "USD"), Money(2**62, "USD")], Money(2**62, "USD")),  # the sum is beyond 64 bits
        ([Money(2**63 - 1, "EUR"), Money(1, "USD")], Money(2**63 - 1, "EUR")),
    ],
)
def test_one_amount_stands_for_several(amounts: list[Money], at_stake: Money) -> None:
    assert thresholds.at_stake(facts(org={"rates": RATES}), amounts) == at_stake


@pytest.mark.parametrize(
    ("amounts", "large"),
    [
        ([Money(60_000, "USD"), Money(37_038, "EUR")], True),  # 600 + 400.01
        ([Money(60_000, "USD"), Money(37_037, "EUR")], False),  # 600 + 399.9996
        ([Money(60_000, "USD"), Money(10**9, "GBP")], False),  # without a rate and an MRR nothing says so
        ([Money(100_000, "USD"), Money(1, "GBP")], True),
        ([Money(1, "GBP")], False),
    ],
)
def test_amounts_are_large_together(amounts: list[Money], large: bool) -> None:
    assert thresholds.are_large(facts(org={"rates": RATES}), amounts) is large


def test_a_headline_names_the_sum_of_each_currency() -> None:
    current = customer(failed(300_000), failed(90_000_000, "EUR"), org={"rates": RATES})
    alert = draft("owner_alert", current)
    assert alert.payload["subject"] == "Payments of $3,000.00 and €900,000.00 by Acme Inc failed"
    assert alert.verdict.startswith("Call the customer: $3,000.00 and €900,000.00 failed")


# Failed beside overdue


def test_an_overdue_invoice_is_no_failed_payment() -> None:
    alert = draft("owner_alert", customer(failed(300_000, attempt_count=2), overdue(900_000)))
    assert (
        alert.payload["subject"]
        == "A payment of $3,000.00 by Acme Inc failed, and an invoice of $9,000.00 is overdue"
    )
    assert alert.title == "Large payment failed: Acme Inc, attempt 2"
    assert alert.verdict.startswith("Call the customer: $3,000.00 failed")
    assert alert.reasoning == (
        "A payment of $3,000.00 failed, and an invoice of $9,000.00 is overdue:"
        " from $1,000.00 on the account owner should know."
    )
    assert alert.amount == Money(1_200_000, "USD")
    assert alert.covers == ("in_1", "in_2")


def test_a_small_failed_payment_is_not_called_large_for_an_overdue_invoice() -> None:
    alert = draft("owner_alert", customer(overdue(900_000), failed(4_900), top_customer=True))
    assert alert.title == "Payment of a top customer failed: Acme Inc, attempt 1"
    assert alert.payload["subject"].startswith(
        "A payment of $49.00 by Acme Inc, one of your top customers, failed, and"
    )
    assert "from $1,000.00 on the account owner should know, and the customer is among" in alert.reasoning


def test_overdue_invoices_alone_are_told_since_the_first_of_them() -> None:
    current = customer(overdue(900_000), overdue(200_000, due="2026-10-30T12:00:00+00:00"))
    alert = draft("owner_alert", current)
    assert alert.payload["subject"] == "Invoices of $11,000.00 of Acme Inc are overdue"
    assert alert.title == "Large invoice is overdue: Acme Inc"
    assert alert.verdict.startswith("Call the customer: $11,000.00 is overdue since 30 October 2026, and")


@pytest.mark.parametrize(
    ("small", "large", "bound"),
    [
        # The worst payment is the small one; its currency says nothing of why the other is large.
        (
            failed(100, "EUR", attempt_count=3),
            failed(300_000),
            "from $1,000.00 on the account owner should know",
        ),
        (
            failed(100, attempt_count=3),
            failed(300_000, "EUR"),
            "at least three times what the customer pays a month",
        ),
    ],
)
def test_the_reason_is_that_of_the_large_payment(
    small: dict[str, Any], large: dict[str, Any], bound: str
) -> None:
    item = {"unit_amount": 50_000, "currency": "EUR", "quantity": 1, "interval": "month", "interval_count": 1}
    paying = {"id": "sub_1", "status": "active", "items": [item | {"usage_type": "licensed"}]}
    alert = draft("owner_alert", customer(small, large, top_customer=True, subscriptions=[paying]))
    assert bound in alert.reasoning


# Dates that stay true


@pytest.mark.parametrize("address", ["billing@acme.example", None])
def test_a_reminder_that_waits_stays_true(address: str | None) -> None:
    """It was due on 11 November, and the last event is of the 12th: no word counts the days up to that event."""
    drafts = [
        draft(
            "invoice_overdue",
            customer(overdue(4_900, customer_email=address), now=f"2026-11-{day}T12:00:00+00:00"),
        )
        for day in (13, 25)
    ]
    assert drafts[0] == drafts[1]  # so the look before it is sent finds no change
    words = f"{drafts[0].title} {drafts[0].verdict} {drafts[0].reasoning} {drafts[0].payload} {drafts[0].evidence}"
    assert "11 November 2026" in words
    assert " day" not in words.replace("today", "")


def test_the_tone_is_that_of_today() -> None:
    """15 days after the due date the mail asks for a date, though the last event came a day after it."""
    asks = draft("invoice_overdue", customer(overdue(4_900), now="2026-11-26T12:00:00+00:00"))
    assert asks.payload["subject"] == "Overdue: invoice ACME-0001 for $49.00"
    assert asks.verdict == "Send: overdue since 11 November 2026, ask for a date"


def test_days_count_as_the_calendar_does_for_every_play() -> None:
    """Due late on 10 November, and told early on the 25th: 15 days of the calendar, and fewer than 15 times 24 hours."""
    late = customer(
        overdue(120_000, due="2026-11-10T23:00:00+00:00"),
        now="2026-11-25T01:00:00+00:00",
        org={"high_amount": 1},
    )
    assert (
        draft("owner_alert", late).urgency == "critical"
    )  # it presses from 15 days on: see `plays/weight.py`
    assert draft("owner_alert", late).verdict.startswith(
        "Call the customer: $1,200.00 is overdue since 10 November"
    )


@pytest.mark.parametrize("name", ["opening", "rest"])
def test_a_founders_own_text_may_still_choose_by_the_days(name: str) -> None:
    """As the built-in texts of version 0.1.0 did: it writes what they wrote on the day itself, which names the due date."""
    sentence = (
        f"{'{ $paid } paid, ' if name == 'rest' else ''}{{ $amount }} of {{ $number }} due on {{ $day }}"
    )
    source = (
        f"invoice_overdue-{name} = {{ $due ->\n    [known] {{ $since ->\n        [days] {sentence}, {{ $days }} days ago.\n"
        f"       *[today] {sentence}.\n    }}\n   *[unknown] {sentence.replace(' due on { $day }', '')}.\n}}\n"
    )
    assert list(own_texts.faults("invoice_overdue.en", source)) == []
    partly: dict[str, Any] = {"amount_paid": 100} if name == "rest" else {}
    current = customer(overdue(4_900, **partly), org={"texts": {"invoice_overdue.en": source}})
    assert "$49.00 of ACME-0001 due on 11 November 2026." in draft("invoice_overdue", current).payload["text"]


def test_a_retry_is_told_on_the_companys_calendar() -> None:
    retry = failed(4_900, collection_method="charge_automatically", due_date="2026-11-20T12:00:00+00:00",
                   next_payment_attempt="2026-11-27T02:00:00+00:00")  # fmt: skip
    answer = all_plays()["invoice_overdue"].answer(customer(retry, org={"time_zone": "America/Los_Angeles"}))
    assert answer == Declined("Stripe collects invoice ACME-0001, and tries again on 26 November 2026")


def test_charge_is_of_the_same_invoice() -> None:
    """The decline stands with the failed payment, and not with the overdue invoice beside it."""
    current = customer(failed(300_000), overdue(900_000), charges=[charge(amount=300_000)])
    assert (
        "A payment of $3,000.00 failed (do_not_honor), and an invoice"
        in draft("owner_alert", current).reasoning
    )
