"""The effects of Stripe's events are the same in every API version, and malformed objects raise nothing."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execops.effects import Effects
from execops.model import Event, EventStatus
from execops.money import Money
from execops.sources.stripe import read
from tests.stripe_events import _fixtures, fixture

OLD, ITEMS, SUMS, EXPANDED, BASIL = "2017-08-15", "2019-12-03", "2022-11-15", "2024-06-20", "2025-03-31.basil"
VERSIONS = [OLD, ITEMS, SUMS, EXPANDED, BASIL]
AT = 1_790_000_000
NEXT = AT + 259_200


def effects_of(
    type_: str, stripe_object: object, version: str | None = BASIL, previous: dict[str, Any] | None = None
) -> Effects:
    """The effects of an event of this API version about this object."""
    data = {"object": stripe_object} | ({"previous_attributes": previous} if previous else {})
    moment = datetime.fromtimestamp(AT, UTC)
    return read(
        Event(
            id=1,
            source="stripe",
            type=type_,
            occurred_at=moment,
            received_at=moment,
            payload_json={"id": "evt_1", "object": "event", "type": type_, "data": data},
            dedupe_key="evt_1",
            object_id="x",
            subject_key="x",
            livemode=True,
            api_version=version,
            status=EventStatus.RECEIVED,
            outcome=[],
            error=None,
            processed_at=None,
        )
    )


# The same failed invoice, subscription and refunded charge, in the shape of each version.


def invoice_of(version: str) -> dict[str, Any]:
    invoice: dict[str, Any] = {
        "id": "in_1",
        "object": "invoice",
        "number": "ACME-0001",
        "customer": "cus_1",
        "amount_due": 4900,
        "amount_remaining": 4900,
        "amount_paid": 0,
        "currency": "usd",
        "attempt_count": 2,
        "attempted": True,
        "next_payment_attempt": NEXT,
        "hosted_invoice_url": "https://invoice.stripe.com/i/1",
        "due_date": None,
    }
    if version == OLD:  # date instead of created, flags instead of status
        return invoice | {
            "date": AT,
            "paid": False,
            "closed": False,
            "forgiven": False,
            "subscription": "sub_1",
        }
    invoice |= {"created": AT, "status": "open", "subscription": "sub_1"}
    invoice |= {"customer_name": "Acme Inc", "customer_email": "billing@acme.example"}
    if version == EXPANDED:
        invoice |= {"customer": {"id": "cus_1", "object": "customer"}, "subscription": {"id": "sub_1"}}
    if version == BASIL:
        del invoice["subscription"]
        invoice["parent"] = {
            "type": "subscription_details",
            "subscription_details": {"subscription": "sub_1", "metadata": {}},
        }
    return invoice


def subscription_of(version: str) -> dict[str, Any]:
    plan = {
        "id": "plan_1",
        "object": "plan",
        "amount": 4900,
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
    }
    price = {
        "id": "price_1",
        "unit_amount": 4900,
        "currency": "usd",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    }
    subscription: dict[str, Any] = {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "status": "active",
    }
    subscription |= {"cancel_at_period_end": False, "canceled_at": None, "ended_at": None}
    line: dict[str, Any] = {"id": "si_1", "object": "subscription_item", "quantity": 3, "plan": plan}
    if version == OLD:
        return subscription | {"items": {"object": "list", "data": [line]}, "plan": plan, "quantity": 3}
    if version == ITEMS:
        return subscription | {
            "items": {"object": "list", "data": [line | {"plan": plan | {"usage_type": "licensed"}}]}
        }
    del line["plan"]
    if version == BASIL:
        line |= {"current_period_start": AT, "current_period_end": NEXT}
    return subscription | {"items": {"object": "list", "data": [line | {"price": price}]}}


def charge_of(version: str, *, refunded: int, before: int, refunds: list[dict[str, Any]]) -> Effects:
    """The effects of `charge.refunded` in this version."""
    card = {"brand": "visa", "last4": "4242"}
    charge: dict[str, Any] = {
        "id": "ch_1",
        "object": "charge",
        "customer": "cus_1",
        "amount": 4900,
        "amount_refunded": refunded,
        "currency": "usd",
        "status": "succeeded",
        "created": AT,
    }
    charge |= (
        {"source": card | {"object": "card"}}
        if version == OLD
        else {"payment_method_details": {"card": card}}
    )
    if version != BASIL:
        charge["invoice"] = "in_1"
    if version in {OLD, ITEMS}:  # these versions list the refunds
        charge["refunds"] = {"object": "list", "data": refunds}
    return effects_of("charge.refunded", charge, version, {"amount_refunded": before})


def refund(id_: str = "re_1", **changes: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "object": "refund",
        "amount": 1000,
        "currency": "usd",
        "charge": "ch_1",
        "created": AT,
        "status": "succeeded",
    } | changes


@pytest.mark.parametrize("version", VERSIONS)
def test_a_failed_invoice_reads_the_same_in_every_version(version: str) -> None:
    effects = effects_of("invoice.payment_failed", invoice_of(version), version)
    (snapshot,) = effects.snapshots
    state = snapshot.state
    assert (snapshot.object_id, snapshot.object_type, snapshot.subject_key) == ("in_1", "invoice", "cus_1")
    assert {
        "status": "open",
        "customer": "cus_1",
        "subscription": "sub_1",
        "amount_due": 4900,
        "amount_remaining": 4900,
        "currency": "USD",
        "attempt_count": 2,
        "created": "2026-09-21T14:13:20+00:00",
        "next_payment_attempt": "2026-09-24T14:13:20+00:00",
        "final_attempt": False,
        "hosted_invoice_url": "https://invoice.stripe.com/i/1",
    }.items() <= state.items()
    assert effects.movements == ()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("type_", ["invoice.paid", "invoice.payment_succeeded", "invoice.updated"])
def test_a_paid_invoice_is_one_movement_in_every_version(version: str, type_: str) -> None:
    invoice = invoice_of(version) | {"amount_paid": 4900, "amount_remaining": 0, "next_payment_attempt": None}
    invoice |= {"paid": True} if version == OLD else {"status": "paid"}
    effects = effects_of(type_, invoice, version)
    assert effects.snapshots[0].state["status"] == "paid"
    (movement,) = effects.movements
    assert (movement.external_id, movement.kind, movement.customer) == ("in_1", "invoice_paid", "cus_1")
    assert movement.amount == Money(4900, "USD")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_subscription_reads_the_same_in_every_version(version: str) -> None:
    (snapshot,) = effects_of("customer.subscription.updated", subscription_of(version), version).snapshots
    assert snapshot.subject_key == "cus_1"
    snapshot.state.pop("current_period_end")  # only the latest version's shape has it here
    for line in snapshot.state["items"]:
        assert line.pop("price") in {"price_1", "plan_1"}
    assert snapshot.state == {
        "customer": "cus_1",
        "status": "active",
        "currency": None,
        "items": [
            {
                "id": "si_1",
                "product": None,
                "nickname": None,
                "unit_amount": 4900,
                "currency": "USD",
                "interval": "month",
                "interval_count": 1,
                "usage_type": "licensed",
                "quantity": 3,
                "discounts": [],
            }
        ],
        "created": None,
        "start": None,
        "trial_start": None,
        "trial_end": None,
        "schedule": None,
        "collection_method": None,
        "default_method": None,
        "latest_invoice": None,
        "paused": False,
        "discounts": [],
        "cancel_at_period_end": False,
        "cancel_at": None,
        "cancel_cause": None,
        "cancel_reason": None,
        "cancel_comment": None,
        "canceled_at": None,
        "ended_at": None,
        "unresolved": [],
        "items_changed": False,
    }


def test_a_subscription_without_items_is_its_plan() -> None:
    subscription = subscription_of(OLD)
    del subscription["items"]
    (line,) = effects_of("customer.subscription.updated", subscription, OLD).snapshots[0].state["items"]
    assert (line["unit_amount"], line["quantity"], line["interval"]) == (4900, 3, "month")


def test_a_subscription_tells_its_terms() -> None:
    subscription = subscription_of(BASIL) | {
        "created": AT,
        "start_date": AT - 60,
        "trial_start": AT - 60,
        "trial_end": NEXT,
        "schedule": {"id": "sub_sched_1", "object": "subscription_schedule"},
        "collection_method": "send_invoice",
        "default_payment_method": "pm_1",
        "latest_invoice": {"id": "in_1", "object": "invoice"},
        "cancellation_details": {"reason": "payment_failed", "feedback": "too_expensive", "comment": "Bye"},
    }
    price = subscription["items"]["data"][0]["price"]
    price |= {"product": {"id": "prod_1", "object": "product"}, "nickname": "Team"}
    (snapshot,) = effects_of("customer.subscription.updated", subscription).snapshots
    expected = {
        "created": "2026-09-21T14:13:20+00:00",
        "start": "2026-09-21T14:12:20+00:00",
        "trial_start": "2026-09-21T14:12:20+00:00",
        "trial_end": "2026-09-24T14:13:20+00:00",
        "schedule": "sub_sched_1",
        "collection_method": "send_invoice",
        "default_method": "pm_1",
        "latest_invoice": "in_1",
        "cancel_cause": "payment_failed",
        "cancel_reason": "too_expensive",
        "cancel_comment": "Bye",
    }
    assert {name: snapshot.state[name] for name in expected} == expected
    (line,) = snapshot.state["items"]
    assert (line["product"], line["nickname"]) == ("prod_1", "Team")


def booked(*many: Effects) -> dict[str, Money]:
    """The refunds in the ledger after these effects, by external id. The first movement of an id stays."""
    book: dict[str, Money] = {}
    for effects in many:
        for movement in effects.movements:
            if movement.kind == "refund":
                book.setdefault(movement.external_id, movement.amount)
    return book


@pytest.mark.parametrize("version", VERSIONS)
def test_two_refunds_of_a_charge_are_two_movements_in_every_version(version: str) -> None:
    one, two = refund("re_1"), refund("re_2", amount=500)
    # Every version sends the charge's own event. Only versions since 2024-10-28 send events of refunds; before,
    # a refund's update (a card network's reference) came as charge.refund.updated.
    own = ["refund.created", "refund.updated"] if version == BASIL else ["charge.refund.updated"]
    many = [
        charge_of(version, refunded=1000, before=0, refunds=[one]),
        *[effects_of(type_, one, version) for type_ in own],
        charge_of(version, refunded=1500, before=1000, refunds=[two, one]),
        *[effects_of(type_, two, version) for type_ in own],
    ]
    for order in (many, many[::-1]):
        book = booked(*order)
        assert sorted(amount.minor for amount in book.values()) == [-1000, -500]
        assert {amount.currency for amount in book.values()} == {"USD"}


def test_a_charge_ranks_by_what_was_refunded_of_it() -> None:
    """A column holds ranks up to 32,767, whatever the amounts are."""
    charge = {"id": "ch_1", "object": "charge", "status": "succeeded", "currency": "usd"}
    amounts = [(4900, part) for part in (0, 1, 2, 4899, 4900, 9999)] + [
        (2**62, 0),
        (2**62, 1),
        (2**62, 2**62),
    ]
    ranks = [
        effects_of("charge.refunded", charge | {"amount": amount, "amount_refunded": refunded}, BASIL)
        .snapshots[0]
        .rank
        for amount, refunded in amounts
    ]
    assert ranks[:6] == [2, 9, 15, 29996, 30003, 30003]
    assert ranks[6:] == [2, 3, 30003]
    for amount in (None, 0, -1):
        unknown = effects_of("charge.refunded", charge | {"amount": amount, "amount_refunded": 5}, BASIL)
        assert unknown.snapshots[0].rank == 3


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_fails_later_comes_back(version: str, status: str) -> None:
    one = refund(status="pending")
    then = "refund.failed" if version == BASIL else "charge.refund.updated"
    many = [charge_of(version, refunded=1000, before=0, refunds=[one])]
    if version == BASIL:
        many.append(effects_of("refund.created", one, version))
    many += [effects_of(then, one | {"status": status}, version)] * 2
    assert sorted(amount.minor for amount in booked(*many).values()) == [-1000, 1000]


def test_a_refund_without_a_charge_is_booked_by_its_own_event_in_every_version() -> None:
    for version in VERSIONS:
        assert booked(effects_of("refund.created", refund(charge=None), version)) == {
            "re_1": Money(-1000, "USD")
        }


def test_a_refund_knows_its_customer_through_an_expanded_charge() -> None:
    (movement,) = effects_of("refund.created", refund(charge={"id": "ch_1", "customer": "cus_1"})).movements
    assert movement.customer == "cus_1"


def test_a_charge_reads_its_card_from_any_place() -> None:
    for version in VERSIONS:
        state = charge_of(version, refunded=0, before=0, refunds=[]).snapshots[0].state
        assert (state["card_brand"], state["card_last4"], state["status"]) == ("visa", "4242", "succeeded")


@pytest.mark.parametrize(
    ("type_", "flags", "status"),
    [
        ("invoice.updated", {"paid": True, "closed": True}, "paid"),
        ("invoice.updated", {"forgiven": True, "closed": True, "attempted": True}, "uncollectible"),
        ("invoice.updated", {"closed": True, "attempted": False}, "void"),
        ("invoice.updated", {"closed": True, "attempted": True}, "open"),
        ("invoice.updated", {}, "open"),
        ("invoice.voided", {"status": "open"}, "void"),
        ("invoice.marked_uncollectible", {"status": "open"}, "uncollectible"),
        ("invoice.deleted", {"status": "draft"}, "void"),
        ("invoice.updated", {"status": "unheard_of"}, "open"),
    ],
)
def test_an_invoice_has_a_status_in_every_version(type_: str, flags: dict[str, Any], status: str) -> None:
    invoice = {"id": "in_1", "object": "invoice"} | flags
    assert effects_of(type_, invoice).snapshots[0].state["status"] == status


def test_paid_outranks_everything_else_of_the_same_second_and_a_later_attempt_an_earlier_one() -> None:
    def rank(**changes: Any) -> int:
        return effects_of("invoice.updated", {"id": "in_1", "object": "invoice"} | changes).snapshots[0].rank

    in_order = [
        rank(status="draft"),
        rank(status="open", attempt_count=1),
        rank(status="open", attempt_count=2),
        rank(status="open", attempt_count=10**9),
        rank(status="uncollectible"),
        rank(status="void", attempt_count=3),
        rank(status="paid", attempt_count=-(10**9)),
    ]
    assert in_order == sorted(set(in_order))
    assert max(in_order) < 2**15  # a smallint


def test_the_last_attempt_is_one_that_says_so() -> None:
    invoice = invoice_of(BASIL)
    assert (
        effects_of("invoice.payment_failed", invoice | {"next_payment_attempt": None})
        .snapshots[0]
        .state["final_attempt"]
    )
    del invoice["next_payment_attempt"]
    assert not effects_of("invoice.payment_failed", invoice).snapshots[0].state["final_attempt"]


@pytest.mark.parametrize(
    "link",
    [
        "http://invoice.stripe.com/i/1",
        "javascript:alert(1)",
        "https://a b",
        "https://a\nb",
        "https://a\u200bb",
        7,
        "",
        None,
    ],
)
def test_only_a_plain_https_link_is_passed_on(link: object) -> None:
    effects = effects_of("invoice.payment_failed", invoice_of(BASIL) | {"hosted_invoice_url": link})
    assert effects.snapshots[0].state["hosted_invoice_url"] is None


def test_names_are_one_line_without_control_characters() -> None:
    name = "\n  Ac\u202eme\x1b[31m\tInc GmbH\ud800 می‌خواهم \r\nBcc: everyone@evil.example\u2028and more"
    state = (
        effects_of("customer.updated", {"id": "cus_1", "object": "customer", "name": name}).snapshots[0].state
    )
    assert state["name"] == "Acme[31m Inc GmbH میخواهم"


def test_a_customer_may_be_deleted_by_event_or_by_flag() -> None:
    customer = {"id": "cus_1", "object": "customer", "email": "a@acme.example"}
    assert effects_of("customer.deleted", customer).snapshots[0].state["deleted"] is True
    assert effects_of("customer.updated", customer | {"deleted": True}).snapshots[0].state["deleted"] is True
    assert effects_of("customer.updated", customer).snapshots[0].state["deleted"] is False


# Nothing raises


def check(effects: Effects) -> None:
    """Fail where the database could not store these effects."""
    for snapshot in effects.snapshots:
        json.dumps(snapshot.state, allow_nan=False)
        assert snapshot.object_id
        assert snapshot.subject_key
        assert 0 <= snapshot.rank < 2**15
    for movement in effects.movements:
        assert movement.external_id
        assert abs(movement.amount.minor) < 2**63


READ = [
    "invoice",
    "customer",
    "subscription",
    "charge",
    "refund",
    "discount",
    "coupon",
    "price",
    "subscription_schedule",
]
TYPES = [
    "x.updated",
    "invoice.paid",
    "charge.refunded",
    "refund.created",
    "customer.deleted",
    "customer.discount.created",
]


@pytest.mark.parametrize("name", sorted(_fixtures()))
def test_every_object_of_stripe_is_read_without_error(name: str) -> None:
    for type_ in TYPES:
        check(effects_of(type_, fixture(name)))
    blank = dict.fromkeys(fixture(name))
    check(effects_of("invoice.paid", blank | {"id": "x_1", "object": fixture(name).get("object")}))


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    "other", [None, {}, [], "", "x", -1, 10**40, True, {"id": None}, {"id": "x_1"}, [None]]
)
def test_every_field_may_be_anything(name: str, other: object) -> None:
    whole = fixture(name)
    for key in whole:
        for type_, version in (("x.updated", BASIL), ("invoice.paid", OLD), ("charge.refunded", SUMS)):
            check(effects_of(type_, whole | {key: other}, version, {"amount_refunded": other}))


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    return [at, *[path for key, inner in pairs for path in _paths(inner, (*at, key))]]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "data", "object", "amount", "status"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_objects_mangled_at_any_depth_never_raise(data: st.DataObject) -> None:
    whole = copy.deepcopy(fixture(data.draw(st.sampled_from(READ))))
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from([path for path in _paths(whole) if path]))
        into: Any = whole
        for key in path[:-1]:
            into = into[key]
        into[path[-1]] = data.draw(_ANY)
    version = data.draw(st.sampled_from([*VERSIONS, None]))
    check(effects_of(data.draw(st.sampled_from(TYPES)), whole, version, {"amount_refunded": data.draw(_ANY)}))


@given(_ANY)
def test_an_event_about_anything_never_raises(stripe_object: object) -> None:
    check(effects_of("invoice.paid", stripe_object))
