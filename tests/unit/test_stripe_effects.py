"""Reading Stripe's objects: every API version tells the same, and nothing malformed raises."""

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


def told(
    type_: str, it: object, version: str | None = BASIL, previous: dict[str, Any] | None = None
) -> Effects:
    """What an event of this version about this object tells."""
    data = {"object": it} | ({"previous_attributes": previous} if previous else {})
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


# The same failed invoice, subscription and refunded charge, as each version shapes them.


def invoice_of(version: str) -> dict[str, Any]:
    it: dict[str, Any] = {
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
        return it | {"date": AT, "paid": False, "closed": False, "forgiven": False, "subscription": "sub_1"}
    it |= {"created": AT, "status": "open", "subscription": "sub_1"}
    it |= {"customer_name": "Acme Inc", "customer_email": "billing@acme.example"}
    if version == EXPANDED:
        it |= {"customer": {"id": "cus_1", "object": "customer"}, "subscription": {"id": "sub_1"}}
    if version == BASIL:
        del it["subscription"]
        it["parent"] = {
            "type": "subscription_details",
            "subscription_details": {"subscription": "sub_1", "metadata": {}},
        }
    return it


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
    it: dict[str, Any] = {"id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active"}
    it |= {"cancel_at_period_end": False, "canceled_at": None, "ended_at": None}
    line: dict[str, Any] = {"id": "si_1", "object": "subscription_item", "quantity": 3, "plan": plan}
    if version == OLD:
        return it | {"items": {"object": "list", "data": [line]}, "plan": plan, "quantity": 3}
    if version == ITEMS:
        return it | {
            "items": {"object": "list", "data": [line | {"plan": plan | {"usage_type": "licensed"}}]}
        }
    del line["plan"]
    if version == BASIL:
        line |= {"current_period_start": AT, "current_period_end": NEXT}
    return it | {"items": {"object": "list", "data": [line | {"price": price}]}}


def charge_of(version: str, *, refunded: int, before: int, refunds: list[dict[str, Any]]) -> Effects:
    """`charge.refunded`."""
    card = {"brand": "visa", "last4": "4242"}
    it: dict[str, Any] = {
        "id": "ch_1",
        "object": "charge",
        "customer": "cus_1",
        "amount": 4900,
        "amount_refunded": refunded,
        "currency": "usd",
        "status": "succeeded",
        "created": AT,
    }
    it |= (
        {"source": card | {"object": "card"}}
        if version == OLD
        else {"payment_method_details": {"card": card}}
    )
    if version != BASIL:
        it["invoice"] = "in_1"
    if version in {OLD, ITEMS}:  # refunds are listed
        it["refunds"] = {"object": "list", "data": refunds}
    return told("charge.refunded", it, version, {"amount_refunded": before})


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
    found = told("invoice.payment_failed", invoice_of(version), version)
    (snapshot,) = found.snapshots
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
    assert found.movements == ()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("type_", ["invoice.paid", "invoice.payment_succeeded", "invoice.updated"])
def test_a_paid_invoice_is_one_movement_in_every_version(version: str, type_: str) -> None:
    it = invoice_of(version) | {"amount_paid": 4900, "amount_remaining": 0, "next_payment_attempt": None}
    it |= {"paid": True} if version == OLD else {"status": "paid"}
    found = told(type_, it, version)
    assert found.snapshots[0].state["status"] == "paid"
    (movement,) = found.movements
    assert (movement.external_id, movement.kind, movement.customer) == ("in_1", "invoice_paid", "cus_1")
    assert movement.amount == Money(4900, "USD")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_subscription_reads_the_same_in_every_version(version: str) -> None:
    (snapshot,) = told("customer.subscription.updated", subscription_of(version), version).snapshots
    assert snapshot.subject_key == "cus_1"
    snapshot.state.pop("current_period_end")  # the shapes here say it for the latest version alone
    assert snapshot.state == {
        "customer": "cus_1",
        "status": "active",
        "items": [
            {
                "unit_amount": 4900,
                "currency": "USD",
                "interval": "month",
                "interval_count": 1,
                "usage_type": "licensed",
                "quantity": 3,
                "discounts": [],
            }
        ],
        "trial_end": None,
        "paused": False,
        "discounts": [],
        "cancel_at_period_end": False,
        "cancel_at": None,
        "cancel_reason": None,
        "cancel_comment": None,
        "canceled_at": None,
        "ended_at": None,
    }


def test_a_subscription_without_items_is_its_plan() -> None:
    it = subscription_of(OLD)
    del it["items"]
    (line,) = told("customer.subscription.updated", it, OLD).snapshots[0].state["items"]
    assert (line["unit_amount"], line["quantity"], line["interval"]) == (4900, 3, "month")


def booked(*many: Effects) -> dict[str, Money]:
    """The refunds in the ledger after these: one movement an external id, the first one stays."""
    book: dict[str, Money] = {}
    for effects in many:
        for each in effects.movements:
            if each.kind == "refund":
                book.setdefault(each.external_id, each.amount)
    return book


@pytest.mark.parametrize("version", VERSIONS)
def test_two_refunds_of_a_charge_are_two_movements_in_every_version(version: str) -> None:
    one, two = refund("re_1"), refund("re_2", amount=500)
    # What each version sends: the charge's own event always, refunds' own only since 2024-10-28, except
    # that a refund's update (a card network's reference) came as charge.refund.updated before.
    own = ["refund.created", "refund.updated"] if version == BASIL else ["charge.refund.updated"]
    many = [
        charge_of(version, refunded=1000, before=0, refunds=[one]),
        *[told(type_, one, version) for type_ in own],
        charge_of(version, refunded=1500, before=1000, refunds=[two, one]),
        *[told(type_, two, version) for type_ in own],
    ]
    for order in (many, many[::-1]):
        book = booked(*order)
        assert sorted(each.minor for each in book.values()) == [-1000, -500]
        assert {each.currency for each in book.values()} == {"USD"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_fails_later_comes_back(version: str, status: str) -> None:
    one = refund(status="pending")
    then = "refund.failed" if version == BASIL else "charge.refund.updated"
    many = [charge_of(version, refunded=1000, before=0, refunds=[one])]
    if version == BASIL:
        many.append(told("refund.created", one, version))
    many += [told(then, one | {"status": status}, version)] * 2
    assert sorted(each.minor for each in booked(*many).values()) == [-1000, 1000]


def test_a_refund_without_a_charge_is_told_by_its_own_event_in_every_version() -> None:
    for version in VERSIONS:
        assert booked(told("refund.created", refund(charge=None), version)) == {"re_1": Money(-1000, "USD")}


def test_a_refund_knows_its_customer_through_an_expanded_charge() -> None:
    (movement,) = told("refund.created", refund(charge={"id": "ch_1", "customer": "cus_1"})).movements
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
    it = {"id": "in_1", "object": "invoice"} | flags
    assert told(type_, it).snapshots[0].state["status"] == status


def test_paid_outranks_everything_else_of_the_same_second_and_a_later_attempt_an_earlier_one() -> None:
    def rank(**changes: Any) -> int:
        return told("invoice.updated", {"id": "in_1", "object": "invoice"} | changes).snapshots[0].rank

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
    it = invoice_of(BASIL)
    assert (
        told("invoice.payment_failed", it | {"next_payment_attempt": None})
        .snapshots[0]
        .state["final_attempt"]
    )
    del it["next_payment_attempt"]
    assert not told("invoice.payment_failed", it).snapshots[0].state["final_attempt"]


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
    found = told("invoice.payment_failed", invoice_of(BASIL) | {"hosted_invoice_url": link})
    assert found.snapshots[0].state["hosted_invoice_url"] is None


def test_names_are_one_line_without_control_characters() -> None:
    name = "  Ac\u202eme\x1b[31m\n Inc\u2028GmbH\ud800 می‌خواهم "
    state = told("customer.updated", {"id": "cus_1", "object": "customer", "name": name}).snapshots[0].state
    assert state["name"] == "Acme[31m Inc GmbH میخواهم"


def test_a_customer_may_be_deleted_by_event_or_by_flag() -> None:
    it = {"id": "cus_1", "object": "customer", "email": "a@acme.example"}
    assert told("customer.deleted", it).snapshots[0].state["deleted"] is True
    assert told("customer.updated", it | {"deleted": True}).snapshots[0].state["deleted"] is True
    assert told("customer.updated", it).snapshots[0].state["deleted"] is False


# Nothing raises


def check(effects: Effects) -> None:
    """What was read can be stored."""
    for snapshot in effects.snapshots:
        json.dumps(snapshot.state, allow_nan=False)
        assert snapshot.object_id
        assert snapshot.subject_key
        assert 0 <= snapshot.rank < 2**15
    for movement in effects.movements:
        assert movement.external_id
        assert abs(movement.amount.minor) < 2**63


READ = ["invoice", "customer", "subscription", "charge", "refund"]
TYPES = ["x.updated", "invoice.paid", "charge.refunded", "refund.created", "customer.deleted"]


@pytest.mark.parametrize("name", sorted(_fixtures()))
def test_every_object_of_stripe_is_read_without_error(name: str) -> None:
    for type_ in TYPES:
        check(told(type_, fixture(name)))
    blank = dict.fromkeys(fixture(name))
    check(told("invoice.paid", blank | {"id": "x_1", "object": fixture(name).get("object")}))


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    "other", [None, {}, [], "", "x", -1, 10**40, True, {"id": None}, {"id": "x_1"}, [None]]
)
def test_every_field_may_be_anything(name: str, other: object) -> None:
    whole = fixture(name)
    for key in whole:
        for type_, version in (("x.updated", BASIL), ("invoice.paid", OLD), ("charge.refunded", SUMS)):
            check(told(type_, whole | {key: other}, version, {"amount_refunded": other}))


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    return [at, *[path for key, each in pairs for path in _paths(each, (*at, key))]]


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
        path = data.draw(st.sampled_from([each for each in _paths(whole) if each]))
        into: Any = whole
        for key in path[:-1]:
            into = into[key]
        into[path[-1]] = data.draw(_ANY)
    version = data.draw(st.sampled_from([*VERSIONS, None]))
    check(told(data.draw(st.sampled_from(TYPES)), whole, version, {"amount_refunded": data.draw(_ANY)}))


@given(_ANY)
def test_an_event_about_anything_never_raises(it: object) -> None:
    check(told("invoice.paid", it))
