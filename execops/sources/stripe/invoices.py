"""Stripe's invoices in our own words: https://docs.stripe.com/api/invoices."""

from __future__ import annotations

from msgspec.structs import replace

from execops.effects import Effects, Movement, OpenAmount, Snapshot
from execops.model import Json
from execops.money import money
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    flag,
    iso,
    items,
    line,
    link,
    name_line,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)
from execops.sources.stripe.payments import ids_of_invoice_payments, payers_of
from execops.sources.stripe.taxes import tax_snapshots

_TRIED = {"invoice.payment_failed", "invoice.payment_action_required"}  # whatever the count says
_LINES = 3  # descriptions of what is billed, for the person who decides
INVOICE_RANKS = {"draft": 0, "open": 1, "uncollectible": 2, "void": 3, "paid": 4}


def read_invoice(notice: Notice, invoice: Object) -> Effects:
    """An invoice, and its payment as a movement once it is paid.

    An upcoming invoice does not exist yet: it has no id, or one that no invoice ever gets, and nothing of it is open.
    """
    return Effects() if notice.type == "invoice.upcoming" else _read(notice, invoice)


def subscription_of(invoice: Object) -> str | None:
    """The id of the subscription that an invoice bills; since 2025-03-31 it stands in the invoice's parent."""
    return ref(invoice, "subscription") or ref(obj(invoice, "parent", "subscription_details"), "subscription")


def _read(notice: Notice, invoice: Object) -> Effects:
    status = _status(notice.type, invoice)
    attempts = max(0, whole(invoice, "attempt_count") or 0)
    customer = ref(invoice, "customer")
    state = {
        "number": line(invoice, "number"),
        "status": status,
        "customer": customer,
        "customer_name": name_line(invoice, "customer_name"),
        "customer_email": line(invoice, "customer_email"),
        "subscription": subscription_of(invoice),
        "amount_due": whole(invoice, "amount_due"),
        "amount_remaining": whole(invoice, "amount_remaining"),
        "amount_paid": whole(invoice, "amount_paid"),
        "credited": whole(invoice, "pre_payment_credit_notes_amount"),
        "currency": currency(invoice),
        "billing_reason": text(invoice, "billing_reason"),
        "lines": [name for entry in items(invoice, "lines") if (name := line(entry, "description"))][:_LINES],
        "collection_method": _collection_method(invoice),
        "account_name": line(invoice, "account_name"),
        "default_method": ref(invoice, "default_payment_method") or ref(invoice, "default_source"),
        "payments": list(ids_of_invoice_payments(invoice)),
        "attempt_count": max(attempts, 1) if notice.type in _TRIED else attempts,
        "next_payment_attempt": iso(at(invoice, "next_payment_attempt")),
        # null says that there is no further attempt; a missing field says nothing
        "final_attempt": "next_payment_attempt" in invoice and invoice["next_payment_attempt"] is None,
        "hosted_invoice_url": link(invoice, "hosted_invoice_url"),
        "due_date": iso(at(invoice, "due_date")),
        "period_end": iso(at(invoice, "period_end")),
        "created": iso(at(invoice, "created", "date")),
        "finalized_at": iso(
            at(obj(invoice, "status_transitions"), "finalized_at") or at(invoice, "finalized_at")
        ),
        "charge": ref(invoice, "charge"),
    }
    rank = INVOICE_RANKS[status] * 1000 + min(attempts, 999)
    payers = payers_of(customer, ids_of_invoice_payments(invoice)) if status == "paid" else ()
    snapshots = [snapshot(notice, invoice, "invoice", customer, state, rank)]
    if notice.type == "invoice.payment_action_required":
        snapshots.append(_confirmation(notice, invoice, customer, attempts))
    snapshots += tax_snapshots(notice, invoice, subscription_of(invoice))
    return Effects(
        tuple(snapshots),
        _payment(notice, invoice, status),
        payers=payers,
        open_amounts=_open_amounts(notice, object_id(invoice), customer, state),
    )


def _open_amounts(notice: Notice, invoice: str, customer: str | None, state: Json) -> tuple[OpenAmount, ...]:
    """The open amount of an invoice, as an event tells it, if a payment of it failed, or a part of it is paid.

    An object of the API does not say when a payment failed.
    """
    failed = notice.type == "invoice.payment_failed"
    paid, due, remaining = state["amount_paid"] or 0, state["amount_due"], state["amount_remaining"]
    still = remaining if remaining is not None or due is None else due - paid
    amount = money(still, state["currency"])
    if not notice.type or amount is None or not invoice or state["status"] == "paid":
        return ()
    if amount.minor <= 0 if failed else paid <= 0:
        return ()
    return (
        OpenAmount(
            invoice=invoice,
            at=notice.occurred_at,
            failed=failed,
            attempt=state["attempt_count"],
            open=amount,
            paid_minor=paid,
            customer=customer,
        ),
    )


def _payment(notice: Notice, invoice: Object, status: str) -> tuple[Movement, ...]:
    """The payment of a paid invoice as a movement; empty where nothing was to pay."""
    amount_paid = invoice.get("amount_due") if invoice.get("amount_paid") is None else invoice["amount_paid"]
    paid = money(amount_paid, invoice.get("currency"))
    if status != "paid" or paid is None or paid.minor <= 0:
        return ()
    movement = Movement(
        external_id=object_id(invoice),
        kind="invoice_paid",
        amount=paid,
        occurred_at=at(obj(invoice, "status_transitions"), "paid_at") or notice.occurred_at,
        customer=ref(invoice, "customer"),
    )
    return (movement,)


def _confirmation(notice: Notice, invoice: Object, customer: str | None, attempts: int) -> Snapshot:
    """The bank's wish that the customer confirms this attempt. The invoice's own states do not tell it."""
    state = {"invoice": object_id(invoice), "attempt_count": attempts}
    seen = snapshot(notice, invoice, "confirmation", customer, state, min(attempts, 999))
    return replace(seen, object_id=f"{object_id(invoice)}:confirmation", links=(object_id(invoice),))


def _collection_method(invoice: Object) -> str | None:
    """`charge_automatically` or `send_invoice`; API versions before 2019-03-14 call it `billing`."""
    return text(invoice, "collection_method") or text(invoice, "billing")


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
