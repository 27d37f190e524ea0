"""What Stripe's events tell: snapshots and money movements, the same for every API version.

Each field is read where any version puts it, 2017-08-15 to today (https://docs.stripe.com/changelog).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from execops.model import Event, Json
from execops.money import Money, money
from execops.sources import Effects, Movement, Snapshot
from execops.sources.stripe.fields import at, flag, items, obj, ref, text, whole

Object = Mapping[str, Any]

INVOICE_RANKS = {"draft": 0, "open": 1, "uncollectible": 2, "void": 3, "paid": 4}
# Since this version every refund has an event of its own (refund.created).
REFUND_EVENTS_SINCE = "2024-10-28"


def read(event: Event) -> Effects:
    """The snapshots and movements in a stored event; empty for a type we do not read."""
    found = obj(event.payload_json, "data", "object")
    reader = _READERS.get(text(found, "object") or "")
    if reader is None or not text(found, "id"):
        return Effects()
    return reader(event, found)


def _invoice(event: Event, it: Object) -> Effects:
    status = _invoice_status(event.type, it)
    attempts = max(0, whole(it, "attempt_count") or 0)
    customer = ref(it, "customer")
    details = obj(it, "parent", "subscription_details")  # 2025-03-31 and later
    state = {
        "number": _line(it, "number"),
        "status": status,
        "customer": customer,
        "customer_name": _line(it, "customer_name"),
        "customer_email": _line(it, "customer_email"),
        "subscription": ref(it, "subscription") or ref(details, "subscription"),
        "amount_due": whole(it, "amount_due"),
        "amount_remaining": whole(it, "amount_remaining"),
        "amount_paid": whole(it, "amount_paid"),
        "currency": (text(it, "currency") or "").upper() or None,
        "attempt_count": attempts,
        "next_payment_attempt": _iso(at(it, "next_payment_attempt")),
        # null says that there is none; a field left out says nothing
        "final_attempt": "next_payment_attempt" in it and it["next_payment_attempt"] is None,
        "hosted_invoice_url": _link(it, "hosted_invoice_url"),
        "due_date": _iso(at(it, "due_date")),
        "created": _iso(at(it, "created", "date")),
        "charge": ref(it, "charge"),
    }
    rank = INVOICE_RANKS[status] * 1000 + min(attempts, 999)
    amount_paid = it.get("amount_due") if it.get("amount_paid") is None else it["amount_paid"]
    paid = money(amount_paid, it.get("currency"))
    movements: tuple[Movement, ...] = ()
    if status == "paid" and paid is not None and paid.minor > 0:
        movements = (
            Movement(
                external_id=_id(it),
                kind="invoice_paid",
                amount=paid,
                occurred_at=at(obj(it, "status_transitions"), "paid_at") or event.occurred_at,
                customer=customer,
            ),
        )
    return Effects((_snapshot(event, it, "invoice", customer, state, rank),), movements)


def _invoice_status(event_type: str, it: Object) -> str:
    """`status` came with 2018-11-08; before it, `paid`, `closed` and `forgiven` said the same."""
    by_event = {
        "invoice.paid": "paid",
        "invoice.payment_succeeded": "paid",
        "invoice.voided": "void",
        "invoice.deleted": "void",
        "invoice.marked_uncollectible": "uncollectible",
    }.get(event_type)
    if by_event:
        return by_event
    status = text(it, "status")
    if status in INVOICE_RANKS:
        return status
    if flag(it, "paid"):
        return "paid"
    if flag(it, "forgiven"):
        return "uncollectible"
    return "void" if flag(it, "closed") and not flag(it, "attempted") else "open"


def _customer(event: Event, it: Object) -> Effects:
    deleted = event.type == "customer.deleted" or flag(it, "deleted") is True
    state = {
        "name": _line(it, "name") or _line(it, "description"),
        "email": _line(it, "email"),
        "created": _iso(at(it, "created")),
        "deleted": deleted,
    }
    return Effects((_snapshot(event, it, "customer", _id(it), state, int(deleted)),))


def _subscription(event: Event, it: Object) -> Effects:
    customer = ref(it, "customer")
    status = text(it, "status") or "active"
    ended = event.type == "customer.subscription.deleted" or status in {"canceled", "incomplete_expired"}
    state = {
        "customer": customer,
        "status": "canceled" if ended else status,
        # the oldest have no items, but a plan and a quantity of their own
        "items": [_subscription_item(each, it) for each in items(it, "items") or [it]],
        "cancel_at_period_end": flag(it, "cancel_at_period_end") or False,
        "canceled_at": _iso(at(it, "canceled_at")),
        "ended_at": _iso(at(it, "ended_at")),
    }
    return Effects((_snapshot(event, it, "subscription", customer, state, int(ended)),))


def _subscription_item(item: Object, subscription: Object) -> Json:
    price, plan = obj(item, "price"), obj(item, "plan") or obj(subscription, "plan")
    recurring = obj(price, "recurring")
    quantity = whole(item, "quantity")
    return {
        "unit_amount": whole(price, "unit_amount") if price else whole(plan, "amount"),
        "currency": (text(price or plan, "currency") or "").upper() or None,
        "interval": text(recurring, "interval") or text(plan, "interval"),
        "interval_count": whole(recurring, "interval_count") or whole(plan, "interval_count") or 1,
        "usage_type": text(recurring, "usage_type") or text(plan, "usage_type") or "licensed",
        "quantity": 1 if quantity is None else quantity,
    }


def _charge(event: Event, it: Object) -> Effects:
    customer = ref(it, "customer")
    card = obj(it, "payment_method_details", "card") or obj(it, "source")
    refunded = whole(it, "amount_refunded") or 0
    state = {
        "customer": customer,
        "invoice": ref(it, "invoice"),
        "status": text(it, "status"),
        "amount": whole(it, "amount"),
        "amount_refunded": refunded,
        "currency": (text(it, "currency") or "").upper() or None,
        "failure_code": _line(it, "failure_code"),
        "failure_message": _line(it, "failure_message"),
        "card_brand": _line(card, "brand"),
        "card_last4": _line(card, "last4"),
        "created": _iso(at(it, "created")),
    }
    snapshot = _snapshot(event, it, "charge", customer, state, int(refunded > 0))
    return Effects((snapshot,), tuple(_charge_refunds(event, it, customer)))


def _charge_refunds(event: Event, it: Object, customer: str | None) -> list[Movement]:
    """Refunds inside a charge: listed by old API versions, only their sum in the middle ones.

    Later versions send every refund as an event of its own, so that the sum says nothing new.
    """
    listed = items(it, "refunds")
    if listed:
        return [movement for each in listed for movement in _refund_movements(event, each, customer)]
    before = whole(obj(event.payload_json, "data", "previous_attributes"), "amount_refunded")
    total = whole(it, "amount_refunded")
    if event.type != "charge.refunded" or before is None or total is None or total <= before:
        return []
    if _refunds_have_events(event):
        return []
    amount = money(before - total, it.get("currency"))
    if amount is None:
        return []
    external_id = f"{_id(it)}:refunded:{total}"
    return [
        Movement(
            external_id=external_id,
            kind="refund",
            amount=amount,
            occurred_at=event.occurred_at,
            customer=customer,
        )
    ]


def _refund(event: Event, it: Object) -> Effects:
    customer = ref(it, "customer") or ref(obj(it, "charge"), "customer")
    movements = _refund_movements(event, it, customer)
    if ref(it, "charge") and not _refunds_have_events(event):  # its charge's own event tells of the refund
        movements = movements[1:]
    return Effects((), tuple(movements))


def _refund_movements(event: Event, it: Object, customer: str | None) -> list[Movement]:
    """Money that went out, and where the refund failed later, the same money coming back."""
    amount = money(it.get("amount"), it.get("currency"))
    if amount is None or not text(it, "id"):
        return []

    def movement(external_id: str, amount: Money, occurred_at: datetime) -> Movement:
        return Movement(
            external_id=external_id, kind="refund", amount=amount, occurred_at=occurred_at, customer=customer
        )

    out = Money(-amount.minor, amount.currency)
    found = [movement(_id(it), out, at(it, "created") or event.occurred_at)]
    if text(it, "status") in {"failed", "canceled"}:
        found.append(movement(f"{_id(it)}:returned", amount, event.occurred_at))
    return found


def _refunds_have_events(event: Event) -> bool:
    return (event.api_version or "") >= REFUND_EVENTS_SINCE


_READERS: dict[str, Callable[[Event, Object], Effects]] = {
    "invoice": _invoice,
    "customer": _customer,
    "subscription": _subscription,
    "charge": _charge,
    "refund": _refund,
}


def _snapshot(
    event: Event, it: Object, object_type: str, subject: str | None, state: Json, rank: int
) -> Snapshot:
    return Snapshot(
        object_id=_id(it),
        object_type=object_type,
        subject_key=subject or _id(it),
        state=state,
        as_of=event.occurred_at,
        rank=rank,
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _id(it: Object) -> str:
    return text(it, "id") or ""  # `read` leaves out what has none


def _line(it: Object, name: str) -> str | None:
    """A text from outside as one line: no control, format or surrogate character reaches a draft."""
    shown = (
        " " if each.isspace() else each
        for each in text(it, name) or ""
        if each.isspace() or unicodedata.category(each) not in {"Cc", "Cf", "Cs"}
    )
    return " ".join("".join(shown).split()) or None


def _link(it: Object, name: str) -> str | None:
    """Only https links are passed on: a draft is sent to a customer."""
    link = text(it, name)
    return (
        link if link and link.startswith("https://") and link == _line(it, name) and " " not in link else None
    )
