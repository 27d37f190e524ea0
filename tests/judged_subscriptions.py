"""The states of subscriptions and of the cards that pay for them, for the table of judgements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from execops.books.facts import Facts
from execops.model import Json
from tests.facts import facts
from tests.judged import RETRY, charge, invoice, subscription

_ITEM: Json = {
    "price": "price_1",
    "unit_amount": 4900,
    "quantity": 1,
    "currency": "USD",
    "interval": "month",
    "interval_count": 1,
    "usage_type": "licensed",
}
_CARD: Json = {
    "id": "pm_1",
    "as_of": RETRY,
    "type": "card",
    "last4": "4242",
    "exp_month": 11,
    "exp_year": 2026,
}


def _of_subscription(*, customer: Json | None = None, **changes: Any) -> Facts:
    """The facts about a subscription of $49.00 a month of a customer whose default is a Visa card."""
    beside: Json = {"cards": [_CARD | {"brand": "visa"}]}
    names = ("cards", "invoices", "charges", "disputes_ever", "written")
    beside |= {name: changes.pop(name) for name in names if name in changes}
    top, others = changes.pop("top_customer", False), changes.pop("others", [])
    state = subscription(status="active", items=[_ITEM], **changes)
    acme = {"name": "Acme Inc", "email": "billing@acme.example", "default_card": "pm_1"}
    return facts(
        object_id="sub_1",
        object_type="subscription",
        state=state,
        subscriptions=[state, *others],
        customer=acme | (customer or {}),
        top_customer=top,
        **beside,
    )


def upcoming() -> Iterator[tuple[str, Facts]]:
    """The states of the card that an invoice to come is charged to."""
    due: Json = {"current_period_end": "2026-12-06T12:00:00+00:00"}
    visa = _CARD | {"brand": "visa"}
    yield "its card expires this month, the charge is on 6 December", _of_subscription(**due)
    yield "in the month of the charge", _of_subscription(**due, cards=[visa | {"exp_month": 12}])
    yield "after the month of the charge", _of_subscription(**due, cards=[visa | {"exp_year": 2027}])
    yield "the network has renewed it", _of_subscription(**due, cards=[visa | {"exp_year": 2030}])
    yield "it was detached", _of_subscription(**due, cards=[visa | {"gone": True}])
    yield "in Apple Pay", _of_subscription(**due, cards=[visa | {"wallet": "apple_pay"}])
    debit = {"id": "pm_1", "as_of": RETRY, "type": "sepa_debit"}
    yield "a SEPA debit pays", _of_subscription(**due, cards=[debit])
    yield (
        "the customer gave it a week ago",
        _of_subscription(**due, cards=[visa | {"created": "2026-11-15T12:00:00+00:00"}]),
    )
    old = visa | {"created": "2025-11-15T12:00:00+00:00"}
    newer = {"id": "pm_2", "as_of": RETRY, "type": "card", "last4": "1111", "exp_month": 1, "exp_year": 2030}
    newer |= {"created": "2026-10-15T12:00:00+00:00", "brand": "visa"}
    yield "the customer has given another one since", _of_subscription(**due, cards=[old, newer])
    paid = {
        "id": "ch_1",
        "as_of": RETRY,
        "status": "succeeded",
        "method_id": "pm_1",
        "created": "2026-11-06T12:00:00+00:00",
    }
    yield (
        "it has expired, and was charged since",
        _of_subscription(**due, cards=[visa | {"exp_month": 10}], charges=[paid]),
    )
    yield "nothing is known of the card", _of_subscription(**due, cards=[])
    yield "no default is known", _of_subscription(**due, customer={"default_card": None})
    yield "the customer has credit", _of_subscription(**due, customer={"balance": -4900})
    yield "the customer pays by invoice", _of_subscription(**due, collection_method="send_invoice")


def trials() -> Iterator[tuple[str, Facts]]:
    """The states of a trial that ends in three days."""

    def trial(*, method: str | None = None, customer: Json | None = None, **changes: Any) -> Facts:
        runs: Json = {"trial_start": "2026-11-11T12:00:00+00:00", "trial_end": "2026-11-25T12:00:00+00:00"}
        status = changes.pop("status", "trialing")
        current = _of_subscription(
            customer={"default_card": method} | (customer or {}),
            cards=changes.pop("cards", []),
            **runs | changes,
        )
        current.state["status"] = status
        return current

    yield "no payment method", trial()
    yield "no payment method, Stripe ends the subscription then", trial(missing_method="cancel")
    yield "no payment method, Stripe pauses the subscription then", trial(missing_method="pause")
    yield "the customer's default", trial(method="pm_1")
    yield "the subscription's own", trial(default_method="pm_1")
    yield "one that is no default", trial(cards=[_CARD | {"brand": "visa"}])
    yield (
        "nothing is known of the customer",
        facts(object_id="sub_1", object_type="subscription", state=trial().state),
    )
    yield "the trial has ended", trial(status="active")
    yield "the trial was extended", trial(trial_end="2026-12-15T12:00:00+00:00")
    yield "a trial of three days", trial(trial_start="2026-11-22T12:00:00+00:00")
    yield "set to end", trial(cancel_at_period_end=True)
    yield "the customer pays by invoice", trial(collection_method="send_invoice")
    yield "the customer's credit is enough", trial(customer={"balance": -4900})
    free = trial()
    free.state["items"] = [_ITEM | {"unit_amount": 0}]
    yield "free of charge", free


def endings() -> Iterator[tuple[str, Facts]]:
    """The ways in which a subscription ends."""

    def ended(*, cause: str | None = "cancellation_requested", **changes: Any) -> Facts:
        moment: Json = {"ended_at": "2026-11-22T11:00:00+00:00", "canceled_at": "2026-11-22T11:00:00+00:00"}
        current = _of_subscription(**moment | {"cancel_cause": cause} | changes)
        current.state["status"] = "canceled"
        return current

    yield "cancelled at once", ended()
    yield "cancelled at once, a reason given", ended(cancel_reason="unused")
    yield "cancelled at once, with a question", ended(cancel_comment="Can you refund me?")
    yield "the customer asks for no contact", ended(cancel_comment="Do not contact me.")
    yield "an old version tells no cause", ended(cause=None)
    yield "set to end with the period before", ended(cancel_at_period_end=True)
    yield "asked for a week before", ended(canceled_at="2026-11-15T11:00:00+00:00")
    yield "the term of a schedule", ended(cause=None, schedule="sub_sched_1")
    yield "in its trial", ended(trial_end="2026-11-29T11:00:00+00:00")
    yield "never began", ended(cause=None, never_began=True)
    yield "after a dispute", ended(cause="payment_disputed")
    dispute = {"id": "dp_1", "open": True, "as_of": RETRY}
    yield "a dispute is open", ended(disputes_ever=[dispute])
    refunded = {"id": "ch_1", "as_of": "2026-11-22T10:00:00+00:00", "status": "succeeded", "amount": 4900}
    yield "its payment was refunded", ended(charges=[refunded | {"amount_refunded": 4900}])
    other = subscription(status="active", id="sub_2", items=[_ITEM], start="2026-01-01T11:00:00+00:00")
    yield "another subscription of the plan goes on", ended(others=[other])
    upgrade = other | {"items": [_ITEM | {"price": "price_2"}], "start": "2026-11-22T10:59:00+00:00"}
    yield "another subscription takes its place", ended(others=[upgrade])
    yield "a top customer", ended(top_customer=True)
    unpaid = invoice(attempt_count=4, next_payment_attempt=None, final_attempt=True)
    unpaid |= {"id": "in_1", "as_of": "2026-11-22T11:00:00+00:00"}
    failure = charge("do_not_honor")
    yield "cancelled, an invoice is open", ended(invoices=[unpaid], charges=[failure])
    yield (
        "for want of payment, the invoice is open",
        ended(cause="payment_failed", invoices=[unpaid], charges=[failure]),
    )
    mail = {
        "play": "card_update",
        "object_id": "cus_1",
        "action_type": "email",
        "covers": ["in_1"],
        "at": "2026-11-22T11:45:00+00:00",
    }
    yield (
        "cancelled, and card_update has told of the last attempt",
        ended(invoices=[unpaid], charges=[failure], written=[mail]),
    )
    off = unpaid | {"status": "uncollectible"}
    yield "for want of payment, the invoice is written off", ended(cause="payment_failed", invoices=[off])
    yield "for want of payment, no invoice is known", ended(cause="payment_failed")
