"""A large customer who leaves: what is lost, why, whom to reach; and what is no loss, or is told elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays.money.large_cancellation import PLAY
from tests.facts import facts
from tests.plays_table import CANCELLED, World, subscription
from tests.unit.test_dispute_response import ago
from tests.unit.test_facts import item
from tests.unit.test_plays_customer import SLACK, UNPAID, save

BIG = [item(120_000)]
SMALL = (
    "the customer is not large: one payment is below the high amount, and they are not among the top tenth"
)
NOT_CUT = "the subscription goes on, and was not cut to less than half of what the customer pays"


def drafted(current: Facts) -> Draft:
    answer = PLAY.answer(current)
    assert isinstance(answer, Draft), answer
    return answer


def declined(current: Facts) -> str:
    answer = PLAY.answer(current)
    assert isinstance(answer, Declined), answer
    return answer.reason


# Set to end


def test_a_large_cancellation_is_told_to_the_owner() -> None:
    for items in ([item(100_000)], [item(100_000, "year")]):
        message = drafted(save(org=SLACK, items=items))
        assert message.payload["channel"] == "#accounts"
        assert message.urgency is Urgency.HIGH
        assert (
            "a large customer should hear from a person. Please write or call yourself, ask why"
            in (message.payload["text"])
        )
    priced = drafted(save(items=[item(100_000)], cancel_reason="too_expensive"))
    assert "answer the reason that they gave" in priced.payload["text"]
    top = drafted(replace(save(org=SLACK), top_customer=True))
    assert top.payload["channel"] == "#accounts"
    assert declined(save(items=[item(99_999, "year")])) == SMALL


def test_a_large_customer_who_closes_down_is_told_to_the_owner() -> None:
    large = save(items=[item(100_000)], cancel_comment="We filed for bankruptcy")
    assert "Do not try to win them back." in drafted(large).payload["text"]
    assert drafted(large).verdict == "Read the comment first: the customer closes down"


def test_the_message_says_what_is_lost_why_and_whom_to_reach() -> None:
    current = save(org=SLACK, items=BIG, cancel_reason="switched_service")
    paid = [{"currency": "USD", "amount_minor": 2_400_000, "payments": 20}]
    message = drafted(replace(current, invoices=[UNPAID], paid=paid))
    assert message.title == "Large customer cancelled: Acme Inc, $1,200.00 a month, ends 1 December 2026"
    assert message.verdict == "Call or write yourself: $1,200.00 a month ends on 1 December 2026"
    assert message.amount == Money(120_000, "USD")
    evidence = dict(message.evidence)
    assert evidence["Ends"] == "1 December 2026"
    assert evidence["At stake"] == "$1,200.00 a month"
    assert evidence["Reason given"] == "switched to another service"
    assert evidence["Still open"] == "$79.00 of invoice ACME-9"
    assert evidence["Customer since"] == "April 2023"
    assert evidence["Lifetime paid"] == "$24,000.00 in 20 invoices"
    text = message.payload["text"]
    assert "Email: billing@acme.example" in text


def test_a_comment_is_one_line() -> None:
    words = "Too slow.\n\nTotal: $0\u202e"
    evidence = dict(drafted(save(items=BIG, cancel_comment=words)).evidence)
    assert evidence["In their words"] == "Too slow. Total: $0"
    message = drafted(save(org=SLACK, items=BIG, cancel_comment="Moved to <b>Other</b>"))
    assert "In their words: Moved to &lt;b&gt;Other&lt;/b&gt;" in message.payload["text"]


def test_an_open_dispute_keeps_nobody_from_telling_the_owner() -> None:
    current = replace(save(items=BIG), disputes_ever=[{"id": "dp_1", "open": True}])
    assert drafted(current).title.startswith("Large customer cancelled")


def test_without_an_address_the_owner_finds_another_way() -> None:
    message = drafted(save(items=BIG, customer={"email": None}))
    assert message.verdict.startswith("Find another way to reach them: $1,200.00 a month")
    assert "No mail goes to the customer: no email address is known" in message.payload["text"]


# Ended


def ended(**changes: Any) -> Facts:
    """The facts about a large subscription that ended today, at once."""
    state: dict[str, Any] = {
        "status": "canceled",
        "cancel_at_period_end": False,
        "start": ago(400),
        "canceled_at": ago(0.1),
        "ended_at": ago(0.1),
        "cancel_cause": "cancellation_requested",
    }
    beside: dict[str, Any] = {
        name: changes.pop(name) for name in ("subscriptions", "paid", "invoices") if name in changes
    }
    items = changes.pop("items", BIG)
    paid: dict[str, Any] = {"paid": [{"currency": "USD", "amount_minor": 120_000, "payments": 1}]}
    return replace(save(items=items, **(state | changes)), **(paid | beside))


@pytest.mark.parametrize(
    ("cause", "headline", "asks"),
    [
        ("cancellation_requested", "ended on 22 November 2026", "ask why, and offer to talk."),
        (
            "payment_failed",
            "ended on 22 November 2026, after a payment failed",
            "agree on another way to pay",
        ),
        ("payment_disputed", "ended on 22 November 2026, after a dispute", "once the dispute is looked at"),
        (None, "ended on 22 November 2026", "ask why, and offer to talk."),
    ],
)
def test_an_end_at_once_is_told_with_its_cause(cause: str | None, headline: str, asks: str) -> None:
    message = drafted(ended(cancel_cause=cause))
    assert message.title == "Large customer lost: Acme Inc, $1,200.00 a month"
    assert message.payload["subject"] == f"The subscription of Acme Inc {headline}"
    assert asks in message.payload["text"]
    assert dict(message.evidence)["Lost"] == "$1,200.00 a month"
    assert dict(message.evidence)["Ended"] == "22 November 2026"


ANNOUNCED = "the end was set on 20 November 2026: the account owner is told when it is set"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"canceled_at": ago(2), "cancel_at_period_end": True}, ANNOUNCED),
        ({"canceled_at": ago(2)}, ANNOUNCED),
        (
            {"canceled_at": None, "cancel_at_period_end": True},
            "the end was set before: the account owner is told when it is set",
        ),
        ({"schedule": "sub_sched_1", "cancel_cause": None}, "a schedule ended the subscription: nobody has cancelled"),
        ({"trial_end": ago(0.1)}, "the subscription ended in its trial"),
        ({"start": ago(1), "paid": []}, "the subscription never began: its first payment was not made"),
        ({"never_began": True}, "the subscription never began: its first payment was not made"),
        ({"items": [item(9900)]}, SMALL),
        ({"customer": {"deleted": True}}, "the customer was deleted"),
        (
            {"subscriptions": [{"id": "sub_2", "status": "active", "start": ago(0.2)}]},
            "the customer goes on with another subscription, which began on 22 November 2026",
        ),
    ],
)  # fmt: skip
def test_an_end_that_is_no_news_or_no_loss(changes: dict[str, Any], why: str) -> None:
    assert declined(ended(**changes)) == why


# Cut down


def cut(
    then: list[dict[str, Any]],
    now: list[dict[str, Any]],
    *,
    beside: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> Facts:
    """The facts about a subscription whose items were changed today."""
    running: dict[str, Any] = {"cancel_at_period_end": False, "status": "active"}
    current = save(items=now, **(running | changes))
    earlier = [
        {"at": ago(0), "status": "active", "items": now},
        {"at": ago(30), "status": "active", "items": then},
    ]
    return replace(current, earlier=earlier, subscriptions=beside or [])


def test_a_deep_cut_is_told_with_both_prices() -> None:
    message = drafted(cut([item(4900, quantity=30)], [item(4900, quantity=3)]))
    assert message.title == "Large customer cut down: Acme Inc, $1,323.00 a month less"
    assert message.payload["subject"] == "Acme Inc pays $1,323.00 a month less: $147.00 in place of $1,470.00"
    assert (
        message.verdict
        == "Call or write yourself: $1,323.00 a month is gone, more than half of what they paid"
    )
    assert (message.amount, message.stage) == (Money(132_300, "USD"), "reduced:14700")
    evidence = dict(message.evidence)
    assert (evidence["Before"], evidence["Now"], evidence["Lost"]) == (
        "$1,470.00 a month",
        "$147.00 a month",
        "$1,323.00 a month",
    )


def other(amount: int, since: float) -> dict[str, Any]:
    return {"id": "sub_2", "status": "active", "start": ago(since), "items": [item(amount)], "discounts": []}


@pytest.mark.parametrize(
    ("then", "now", "beside"),
    [
        ([item(120_000)], [item(60_000)], []),  # just half
        ([item(120_000)], [item(120_000)], []),
        ([item(120_000)], [item(1_440_000, "year")], []),  # the same, paid by the year
        ([item(120_000)], [item(10_000)], [other(110_000, 1)]),  # moved to another subscription
        ([item(120_000)], [item(10_000)], [other(120_000, 300)]),  # most of what they pay goes on
        ([item(10_000)], [item(120_000)], []),
    ],
)
def test_a_change_that_is_no_deep_cut(
    then: list[dict[str, Any]], now: list[dict[str, Any]], beside: list[dict[str, Any]]
) -> None:
    assert declined(cut(then, now, beside=beside)) == NOT_CUT


def test_a_discount_or_a_pause_is_no_cut() -> None:
    half_off: dict[str, Any] = {"discounts": [{"id": "di_1", "percent_off": 80, "duration": "forever"}]}
    assert declined(cut(BIG, BIG, **half_off)) == NOT_CUT
    assert declined(cut(BIG, BIG, paused=True)) == NOT_CUT


def test_a_cut_of_a_small_customer_tells_nobody() -> None:
    assert declined(cut([item(50_000)], [item(5_000)])) == SMALL
    assert drafted(replace(cut([item(50_000)], [item(5_000)]), top_customer=True))


def test_a_price_that_is_not_known_is_no_cut() -> None:
    unknown = cut(BIG, [item(None)], unresolved=["price:price_1"])
    assert declined(unknown) == "what the subscription brought, or brings now, is not wholly known"


def test_the_event_itself_tells_the_items_before_it() -> None:
    current = save(items=[item(4900)], cancel_at_period_end=False, items_before=[item(4900, quantity=40)])
    assert drafted(current).amount == Money(191_100, "USD")
    assert declined(replace(current, as_of=ago(8))) == NOT_CUT


def test_a_subscription_that_goes_on_or_another_object_is_declined() -> None:
    assert declined(save(items=BIG, cancel_at_period_end=False)) == NOT_CUT
    assert declined(facts(object_type="invoice")) == "the event names no subscription"


@pytest.mark.parametrize(
    ("changes", "wakes"),
    [
        (CANCELLED, True),
        ({"previous_attributes": {"quantity": 9}}, True),
        ({"previous_attributes": {"items": {"data": []}}}, True),
        ({"previous_attributes": {"plan": {"id": "plan_1"}}}, True),
        ({"previous_attributes": {"metadata": {"a": "b"}}}, False),
        (CANCELLED | {"previous_attributes": {"latest_invoice": "in_1"}}, False),
        ({"type_": "customer.subscription.deleted", "status": "canceled"}, True),
    ],
)
def test_only_a_change_of_the_end_or_the_price_wakes_it(changes: dict[str, Any], wakes: bool) -> None:
    world = World()
    event = world.take(subscription(**changes))
    assert (PLAY.about(event, world.settings) is not None) is wakes
