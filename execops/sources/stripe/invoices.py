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
from execops.sources.stripe.payments import ids_of_invoice_payments, payers_of

INVOICE_RANKS = {"draft": 0, "open": 1, "uncollectible": 2, "void": 3, "paid": 4}


def read_invoice(notice: Notice, invoice: Object) -> Effects:
    """An invoice, and its payment as a movement once it is paid."""
    status = _status(notice.type, invoice)
    attempts = max(0, whole(invoice, "attempt_count") or 0)
    customer = ref(invoice, "customer")
    details = obj(invoice, "parent", "subscription_details")  # 2025-03-31 and later
    state = {
        "number": line(invoice, "number"),
        "status": status,
        "customer": customer,
        "customer_name": line(invoice, "customer_name"),
        "customer_email": line(invoice, "customer_email"),
        "subscription": ref(invoice, "subscription") or ref(details, "subscription"),
        "amount_due": whole(invoice, "amount_due"),
        "amount_remaining": whole(invoice, "amount_remaining"),
        "amount_paid": whole(invoice, "amount_paid"),
        "currency": currency(invoice),
        "attempt_count": attempts,
        "next_payment_attempt": iso(at(invoice, "next_payment_attempt")),
        # null says that there is no further attempt; a missing field says nothing
        "final_attempt": "next_payment_attempt" in invoice and invoice["next_payment_attempt"] is None,
        "hosted_invoice_url": link(invoice, "hosted_invoice_url"),
        "due_date": iso(at(invoice, "due_date")),
        "created": iso(at(invoice, "created", "date")),
        "charge": ref(invoice, "charge"),
    }
    rank = INVOICE_RANKS[status] * 1000 + min(attempts, 999)
    amount_paid = invoice.get("amount_due") if invoice.get("amount_paid") is None else invoice["amount_paid"]
    paid = money(amount_paid, invoice.get("currency"))
    movements: tuple[Movement, ...] = ()
    if status == "paid" and paid is not None and paid.minor > 0:
        movements = (
            Movement(
                external_id=object_id(invoice),
                kind="invoice_paid",
                amount=paid,
                occurred_at=at(obj(invoice, "status_transitions"), "paid_at") or notice.occurred_at,
                customer=customer,
            ),
        )
    payers = payers_of(customer, ids_of_invoice_payments(invoice)) if status == "paid" else ()
    return Effects((snapshot(notice, invoice, "invoice", customer, state, rank),), movements, payers=payers)


def _status(event_type: str, invoice: Object) -> str:
    """The status. API versions before 2018-11-08 have `paid`, `closed` and `forgiven` in its place."""
    by_event = {
        "invoice.paid": "paid",
        "invoice.payment_succeeded": "paid",
        "invoice.voided": "void",
        "invoice.deleted": "void",
        "invoice.marked_uncollectible": "uncollectible",
    }.get(event_type)
    if by_event:
        return by_event
    status = text(invoice, "status")
    if status in INVOICE_RANKS:
        return status
    if flag(invoice, "paid"):
        return "paid"
    if flag(invoice, "forgiven"):
        return "uncollectible"
    return "void" if flag(invoice, "closed") and not flag(invoice, "attempted") else "open"
