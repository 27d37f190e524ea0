"""The weight of drafts: which of two a founder should see first, by what they are about, how much and how soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from execops.books.facts import Facts
from execops.model import Draft, Urgency
from execops.money import Money
from execops.plays import weight
from tests.facts import facts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOW, MEDIUM, HIGH, CRITICAL = Urgency.LOW, Urgency.MEDIUM, Urgency.HIGH, Urgency.CRITICAL


def weighed(
    start: Urgency,
    dollars: float | Money | None = None,
    *,
    days_left: float | None = None,
    late: int | None = None,
    org: dict[str, Any] | None = None,
    invoice: dict[str, Any] | None = None,
    subscriptions: list[dict[str, Any]] | None = None,
    **play: bool,
) -> Urgency:
    """The urgency of a draft that starts so, about this amount, with so many days to its deadline, or days late."""
    amount = dollars if isinstance(dollars, Money) or dollars is None else Money(round(dollars * 100), "USD")
    current = about(late, amount, invoice or {}, org, subscriptions)
    draft = Draft(
        title="A draft",
        urgency=start,
        action_type="email",
        payload={},
        reasoning="",
        evidence=(),
        object_id="cus_1",
        subject_key="cus_1",
        amount=amount,
        expires_at=None if days_left is None else NOW + timedelta(days=days_left),
        covers=("in_1",) if late is not None or invoice else (),
    )
    return weight.weighed(current, draft, **play)


def about(
    late: int | None,
    amount: Money | None,
    changes: dict[str, Any],
    org: dict[str, Any] | None,
    subscriptions: list[dict[str, Any]] | None,
) -> Facts:
    """The facts about a customer with one open invoice that was due so many days ago."""
    state = {
        "id": "in_1",
        "as_of": NOW.isoformat(),
        "status": "open",
        "amount_remaining": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "collection_method": "send_invoice",
        "due_date": (NOW - timedelta(days=late or 0)).isoformat(),
    }
    return facts(
        object_id="cus_1",
        object_type="customer",
        state={},
        now=NOW.isoformat(),
        invoices=[state | changes],
        subscriptions=subscriptions or [],
        **({"org": org} if org else {}),
    )


LAST = {"collection_method": "charge_automatically", "final_attempt": True, "due_date": None}
# The first of two stands above the second. The high amount is $1,000.
PAIRS = {
    "a large invoice twenty days late, a dispute about less than its fee": (
        weighed(MEDIUM, 18_000, late=20),
        weighed(CRITICAL, 9, days_left=6),
    ),
    "a payout that failed stops the company, however small; a small dispute does not": (
        weighed(CRITICAL, 15, survival=True),
        weighed(CRITICAL, 15, days_left=2),
    ),
    "a dispute whose evidence is due in days, one of the same amount with weeks left": (
        weighed(CRITICAL, 60, days_left=5),
        weighed(CRITICAL, 60, days_left=20),
    ),
    "a large dispute with weeks left, a small one with weeks left": (
        weighed(CRITICAL, 4_900, days_left=20),
        weighed(CRITICAL, 49, days_left=20),
    ),
    "a large payment that failed first, a usual one that failed first": (
        weighed(MEDIUM, 1_200),
        weighed(MEDIUM, 49),
    ),
    "the last attempt for a very large payment, the third for a usual one": (
        weighed(HIGH, 12_000, invoice=LAST),
        weighed(HIGH, 490),
    ),
    "a usual invoice forty days late, the same after five days": (
        weighed(MEDIUM, 300, late=40),
        weighed(MEDIUM, 300, late=5),
    ),
    "a confirmation that a usual payment waits for, one for $15": (
        weighed(HIGH, 49),
        weighed(HIGH, 15),
    ),
    "a customer who leaves with $400 a month, a card that expires": (
        weighed(MEDIUM, 400, monthly=True),
        weighed(LOW),
    ),
    "runway under three months, a very large invoice that is not late yet": (
        weighed(CRITICAL, 12, survival=True),
        weighed(MEDIUM, 18_000, late=1),
    ),
}


@pytest.mark.parametrize("why", PAIRS)
def test_the_first_of_two_stands_above_the_second(why: str) -> None:
    above, below = PAIRS[why]
    assert above.rank < below.rank, f"{above} is not above {below}"


@pytest.mark.parametrize(
    ("start", "dollars", "urgency"),
    [
        (LOW, 999.99, LOW),
        (LOW, 1_000, MEDIUM),  # somebody else is at work on it already
        (MEDIUM, 999.99, MEDIUM),
        (MEDIUM, 1_000, HIGH),
        (MEDIUM, 50_000, HIGH),  # nothing presses
        (HIGH, 50_000, HIGH),
        (CRITICAL, 100, CRITICAL),
        (CRITICAL, 99.99, HIGH),
        (CRITICAL, 20, HIGH),
        (CRITICAL, 19.99, MEDIUM),
        (HIGH, 19.99, MEDIUM),
        (CRITICAL, None, CRITICAL),
        (LOW, None, LOW),
    ],
)
def test_the_bounds_of_an_amount(start: Urgency, dollars: float | None, urgency: Urgency) -> None:
    assert weighed(start, dollars) is urgency


@pytest.mark.parametrize(
    ("dollars", "late", "urgency"),
    [
        (300, 29, MEDIUM),
        (300, 30, HIGH),
        (10_000, 14, HIGH),
        (10_000, 15, CRITICAL),
        (9_999, 40, HIGH),
        (15, 90, MEDIUM),
    ],
)
def test_the_bounds_of_days_late(dollars: float, late: int, urgency: Urgency) -> None:
    assert weighed(MEDIUM, dollars, late=late) is urgency


@pytest.mark.parametrize(("days_left", "urgency"), [(7.1, HIGH), (7, CRITICAL), (-1, CRITICAL)])
def test_a_deadline_presses_from_a_week_before(days_left: float, urgency: Urgency) -> None:
    assert weighed(CRITICAL, 60, days_left=days_left) is urgency


@pytest.mark.parametrize("start", [CRITICAL, HIGH])
@pytest.mark.parametrize("dollars", [None, 0.5, 15, 60, 400, 5_000, 50_000])
def test_a_signal_of_survival_never_falls(start: Urgency, dollars: float | None) -> None:
    assert weighed(start, dollars, survival=True) is start


def test_another_currency_is_weighed_at_its_rate() -> None:
    rates = {"rates": [["JPY", "0.0065"], ["KWD", "3.25"]]}
    assert weighed(MEDIUM, Money(153_846, "JPY"), org=rates) is MEDIUM  # $999.999
    assert weighed(MEDIUM, Money(153_847, "JPY"), org=rates) is HIGH
    assert weighed(CRITICAL, Money(6_000, "KWD"), org=rates) is MEDIUM  # six dinars are $19.50
    assert weighed(MEDIUM, Money(3_100_000, "KWD"), late=15, org=rates) is CRITICAL  # $10,075


def test_an_amount_without_a_rate_lowers_nothing_and_is_large_by_the_customers_own_mrr() -> None:
    assert weighed(CRITICAL, Money(1, "JPY")) is CRITICAL
    item = {"unit_amount": 5_000, "currency": "JPY", "interval": "month", "interval_count": 1, "quantity": 1}
    item |= {"usage_type": "licensed", "discounts": []}
    paying = [{"id": "sub_1", "status": "active", "items": [item], "discounts": [], "currency": "JPY"}]
    assert weighed(MEDIUM, Money(14_999, "JPY"), subscriptions=paying) is MEDIUM
    assert weighed(MEDIUM, Money(15_000, "JPY"), subscriptions=paying) is HIGH


def test_the_bounds_follow_the_high_amount() -> None:
    org = {"high_amount": 10_000}
    assert weighed(MEDIUM, 9_999, org=org) is MEDIUM
    assert weighed(CRITICAL, 999, org=org) is HIGH
    assert weighed(HIGH, 199, org=org) is MEDIUM
