"""Stripe's invoices in our own words: https://docs.stripe.com/api/invoices."""

from __future__ import annotations

from execops.effects import Effects, Movement
from execops.money import money
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    flag,
    iso,
    line,
    link,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)

INVOICE_RANKS = {"draft": 0, "open": 1, "uncollectible": 2, "void": 3, "paid": 4}


def invoice(notice: Notice, it: Object) -> Effects:
    status = _status(notice.type, it)
    attempts = max(0, whole(it, "attempt_count") or 0)
    customer = ref(it, "customer")
    details = obj(it, "parent", "subscription_details")  # 2025-03-31 and later
    state = {
        "number": line(it, "number"),
        "status": status,
        "customer": customer,
        "customer_name": line(it, "customer_name"),
        "customer_email": line(it, "customer_email"),
        "subscription": ref(it, "subscription") or ref(details, "subscription"),
        "amount_due": whole(it, "amount_due"),
        "amount_remaining": whole(it, "amount_remaining"),
        "amount_paid": whole(it, "amount_paid"),
        "currency": currency(it),
        "attempt_count": attempts,
        "next_payment_attempt": iso(at(it, "next_payment_attempt")),
        # null says that there is none; a field left out says nothing
        "final_attempt": "next_payment_attempt" in it and it["next_payment_attempt"] is None,
        "hosted_invoice_url": link(it, "hosted_invoice_url"),
        "due_date": iso(at(it, "due_date")),
        "created": iso(at(it, "created", "date")),
        "charge": ref(it, "charge"),
    }
    rank = INVOICE_RANKS[status] * 1000 + min(attempts, 999)
    amount_paid = it.get("amount_due") if it.get("amount_paid") is None else it["amount_paid"]
    paid = money(amount_paid, it.get("currency"))
    movements: tuple[Movement, ...] = ()
    if status == "paid" and paid is not None and paid.minor > 0:
        movements = (
            Movement(
                external_id=object_id(it),
                kind="invoice_paid",
                amount=paid,
                occurred_at=at(obj(it, "status_transitions"), "paid_at") or notice.occurred_at,
                customer=customer,
            ),
        )
    return Effects((snapshot(notice, it, "invoice", customer, state, rank),), movements)


def _status(event_type: str, it: Object) -> str:
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
