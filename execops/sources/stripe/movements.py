"""Stripe's money in our own words: charges, refunds, disputes, payouts, purchases, balances."""

from __future__ import annotations

from datetime import datetime

from execops.effects import Balance, Effects, Movement
from execops.money import Money, money
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    flag,
    iso,
    items,
    line,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)

CHARGE_RANKS = {"pending": 0, "failed": 1, "succeeded": 2}
OPEN_DISPUTES = {"needs_response", "under_review", "warning_needs_response", "warning_under_review"}
_LONGEST_NAME = 100  # characters; names are indexed
# Since this version every refund has an event of its own (refund.created).
REFUND_EVENTS_SINCE = "2024-10-28"
# https://docs.stripe.com/reports/balance-transaction-types; what is not named here is an adjustment. Top-ups,
# reserves and financing move money without earning or spending it.
LINE_KINDS = {
    "advance": "financing",
    "advance_funding": "financing",
    "anticipation_repayment": "financing",
    "charge": "charge",
    "fee_credit_funding": "fee",
    "inbound_transfer": "topup",
    "inbound_transfer_reversal": "topup",
    "issuing_authorization_hold": "reserve",
    "issuing_authorization_release": "reserve",
    "issuing_dispute": "issuing",
    "issuing_dispute_provisional_credit": "issuing",
    "issuing_dispute_provisional_credit_reversal": "issuing",
    "issuing_transaction": "issuing",
    "payment": "charge",
    "payment_failure_refund": "refund",
    "payment_network_reserve_hold": "reserve",
    "payment_network_reserve_release": "reserve",
    "payment_refund": "refund",
    "payment_reversal": "refund",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
    "payout_minimum_balance_hold": "reserve",
    "payout_minimum_balance_release": "reserve",
    "refund": "refund",
    "refund_failure": "refund",
    "reserve_hold": "reserve",
    "reserve_release": "reserve",
    "reserve_transaction": "reserve",
    "reserved_funds": "reserve",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "fee",
    "topup": "topup",
    "topup_reversal": "topup",
}
_NAMED = {"refund", "refund_failure", "payment_refund", "payment_failure_refund", "issuing_transaction"}
# An adjustment says in its reporting category what it is: https://docs.stripe.com/reports/reporting-categories.
ADJUSTMENT_KINDS = {
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "fee": "fee",
    "network_cost": "fee",
    "refund_failure": "refund",
    "tax": "fee",
}


def charge(notice: Notice, it: Object) -> Effects:
    """A charge: the money that came in, what was given back of it, or why it failed."""
    customer = ref(it, "customer")
    card = obj(it, "payment_method_details", "card") or obj(it, "source")
    status = text(it, "status") or ("succeeded" if flag(it, "paid") else "failed")
    refunded = whole(it, "amount_refunded") or 0
    state = {
        "customer": customer,
        "invoice": ref(it, "invoice"),
        "status": status,
        "amount": whole(it, "amount"),
        "amount_refunded": refunded,
        "currency": currency(it),
        "failure_code": line(it, "failure_code"),
        "failure_message": line(it, "failure_message"),
        "card_brand": line(card, "brand"),
        "card_last4": line(card, "last4"),
        "name": line(obj(it, "billing_details"), "name"),
        "email": line(obj(it, "billing_details"), "email") or line(it, "receipt_email"),
        "created": iso(at(it, "created")),
    }
    rank = CHARGE_RANKS.get(status, 0) + int(refunded > 0)
    movements = _charge_refunds(notice, it, customer)
    amount = money(whole(it, "amount_captured") or it.get("amount"), it.get("currency"))
    if (
        status == "succeeded"
        and flag(it, "captured") is not False
        and amount is not None
        and amount.minor > 0
    ):
        movements.insert(
            0, _movement(object_id(it), "charge", amount, at(it, "created") or notice.occurred_at, customer)
        )
    return Effects((snapshot(notice, it, "charge", customer, state, rank),), tuple(movements))


def _charge_refunds(notice: Notice, it: Object, customer: str | None) -> list[Movement]:
    """Refunds inside a charge: listed by old API versions, only their sum in the middle ones.

    Later versions send every refund as an event of its own, so that the sum says nothing new.
    """
    listed = items(it, "refunds")
    if listed:
        return [movement for each in listed for movement in _refund_movements(notice, each, customer)]
    before = whole(notice.previous, "amount_refunded")
    total = whole(it, "amount_refunded")
    if notice.type != "charge.refunded" or before is None or total is None or total <= before:
        return []
    if _refunds_have_events(notice):
        return []
    amount = money(before - total, it.get("currency"))
    if amount is None:
        return []
    return [_movement(f"{object_id(it)}:refunded:{total}", "refund", amount, notice.occurred_at, customer)]


def refund(notice: Notice, it: Object) -> Effects:
    """Money given back."""
    customer = ref(it, "customer") or ref(obj(it, "charge"), "customer")
    movements = _refund_movements(notice, it, customer)
    if ref(it, "charge") and not _refunds_have_events(notice):  # its charge's own event tells of the refund
        movements = movements[1:]
    return Effects((), tuple(movements))


def _refund_movements(notice: Notice, it: Object, customer: str | None) -> list[Movement]:
    """Money that went out, and where the refund failed later, the same money coming back."""
    amount = money(it.get("amount"), it.get("currency"))
    if amount is None or not text(it, "id"):
        return []

    out = Money(-amount.minor, amount.currency)
    found = [_movement(object_id(it), "refund", out, at(it, "created") or notice.occurred_at, customer)]
    if text(it, "status") in {"failed", "canceled"}:
        found.append(_movement(f"{object_id(it)}:returned", "refund", amount, notice.occurred_at, customer))
    return found


def _refunds_have_events(notice: Notice) -> bool:
    return (notice.api_version or "") >= REFUND_EVENTS_SINCE


def dispute(notice: Notice, it: Object) -> Effects:
    """A chargeback; its money moves when the bank takes it, and again when it is won."""
    status = text(it, "status") or "needs_response"
    state = {
        "charge": ref(it, "charge"),
        "status": status,
        "open": status in OPEN_DISPUTES and notice.type != "charge.dispute.closed",
        "amount": whole(it, "amount"),
        "currency": currency(it),
        "reason": line(it, "reason"),
        "due_by": iso(at(obj(it, "evidence_details"), "due_by")),
        "customer_name": line(obj(it, "evidence"), "customer_name"),
        "customer_email": line(obj(it, "evidence"), "customer_email_address"),
        "created": iso(at(it, "created")),
    }
    moves = [
        move
        for each in items(it, "balance_transactions")
        for move in balance_transaction(each, notice.occurred_at)
    ]
    rank = int(not state["open"])
    return Effects(
        (snapshot(notice, it, "dispute", None, state, rank, links=(ref(it, "charge"),)),), tuple(moves)
    )


def payout(notice: Notice, it: Object) -> Effects:
    """Money on its way to the bank account, and back where it did not arrive."""
    status = (
        notice.type.removeprefix("payout.")
        if notice.type in {"payout.paid", "payout.failed", "payout.canceled"}
        else text(it, "status")
    )
    state = {
        "status": status,
        "amount": whole(it, "amount"),
        "currency": currency(it),
        "failure_code": line(it, "failure_code"),
        "failure_message": line(it, "failure_message"),
        "arrival_date": iso(at(it, "arrival_date")),
    }
    rank = {"paid": 3, "failed": 2, "canceled": 2, "in_transit": 1}.get(status or "", 0)
    amount = money(it.get("amount"), it.get("currency"))
    moves = []
    if amount is not None:
        moves.append(
            _movement(
                object_id(it),
                "payout",
                Money(-amount.minor, amount.currency),
                at(it, "created") or notice.occurred_at,
            )
        )
        if status in {"failed", "canceled"}:
            moves.append(_movement(f"{object_id(it)}:returned", "payout", amount, notice.occurred_at))
    return Effects((snapshot(notice, it, "payout", None, state, rank),), tuple(moves))


def issuing_transaction(notice: Notice, it: Object) -> Effects:
    """A purchase with a company card, or its refund."""
    amount = _purchase(it)
    if amount is None:
        return Effects()
    merchant = obj(it, "merchant_data")
    found = Movement(
        external_id=object_id(it),
        kind="issuing",
        amount=amount,
        occurred_at=at(it, "created") or notice.occurred_at,
        counterparty=line(merchant, "name"),
        category=line(merchant, "category"),
    )
    return Effects((), (found,))


def balance(notice: Notice, it: Object) -> Effects:
    """What lies at Stripe; it has no id of its own."""
    found = []
    for kind, listed in (
        ("available", items(it, "available")),
        ("pending", items(it, "pending")),
        ("issuing", items(it, "issuing", "available")),
    ):
        for each in listed:
            amount = money(each.get("amount"), each.get("currency"))
            if amount is not None:
                found.append(Balance(account="stripe", kind=kind, amount=amount, as_of=notice.occurred_at))
    return Effects(balances=tuple(found))


def balance_transaction(it: Object, seen_at: datetime) -> list[Movement]:
    """A line of Stripe's own ledger: the movement under the id of what caused it, and Stripe's fee.

    A charge, refund, payout or purchase is booked once, whether its event or this line comes first: under its
    own id, and where the line carries it expanded, with its own amount, currency and time too, since a line is
    written in the currency of the account.
    """
    if not object_id(it):
        return []
    kind = _line_kind(it)
    moves = [] if text(it, "reporting_category") == "partial_capture_reversal" else _moved(it, kind, seen_at)
    fee = money(it.get("fee"), it.get("currency"))
    if fee is not None and fee.minor:
        moves.append(
            _movement(
                f"{object_id(it)}:fee",
                "dispute_fee" if kind == "dispute" else "fee",
                Money(-fee.minor, fee.currency),
                at(it, "created") or seen_at,
                _line_customer(it),
                counterparty="Stripe",
            )
        )
    return moves


def _line_kind(it: Object) -> str:
    kind = LINE_KINDS.get(text(it, "type") or "", "adjustment")
    if kind == "adjustment":
        kind = ADJUSTMENT_KINDS.get(text(it, "reporting_category") or "", kind)
    if kind == "adjustment" and (ref(it, "source") or "").startswith(("dp_", "du_")):
        return "dispute"
    return kind


def _line_customer(it: Object) -> str | None:
    return ref(obj(it, "source"), "customer") or ref(obj(it, "source", "charge"), "customer")


def _moved(it: Object, kind: str, seen_at: datetime) -> list[Movement]:
    """The money of a line itself, as the events of its source book it."""
    line_type, source, cause = text(it, "type") or "", ref(it, "source"), obj(it, "source")
    amount, moment = money(it.get("amount"), it.get("currency")), at(it, "created") or seen_at
    counterparty = "Stripe" if kind == "fee" else None
    category = None
    external_id = object_id(it)
    if source and (kind in {"charge", "payout"} or line_type in _NAMED):
        returned = line_type in {"payout_cancel", "payout_failure", "refund_failure"} or (
            line_type == "adjustment" and kind == "refund"
        )
        own = money(
            (cause.get("amount_captured") if kind == "charge" else None) or cause.get("amount"),
            cause.get("currency"),
        )
        external_id = f"{source}:returned" if returned else source
        if line_type == "payment_failure_refund" and source.startswith(("ch_", "py_")):
            external_id = f"{source}:failed"  # the payment itself stands under its id
        if own is not None:
            amount = own if returned or kind == "charge" else Money(-own.minor, own.currency)
            moment = moment if returned else at(cause, "created") or moment
        if kind == "charge" and text(cause, "status") == "pending":
            return []  # not yet money: its event, or its line at a later time, tells
        if kind == "issuing" and text(cause, "object") == "issuing.transaction":
            merchant = obj(cause, "merchant_data")
            counterparty, category = line(merchant, "name"), line(merchant, "category")
            amount = _purchase(cause) or amount
    if amount is None or not amount.minor:
        return []
    customer = _line_customer(it)
    return [_movement(external_id, kind, amount, moment, customer, counterparty, category)]


def _purchase(it: Object) -> Money | None:
    """What a purchase cost; older API versions give a purchase without a sign."""
    amount = money(it.get("amount"), it.get("currency"))
    if amount is None:
        return None
    return Money((1 if text(it, "type") == "refund" else -1) * abs(amount.minor), amount.currency)


def _movement(
    external_id: str,
    kind: str,
    amount: Money,
    occurred_at: datetime,
    customer: str | None = None,
    counterparty: str | None = None,
    category: str | None = None,
) -> Movement:
    return Movement(
        external_id=external_id,
        kind=kind,
        amount=amount,
        occurred_at=occurred_at,
        customer=customer,
        counterparty=counterparty,
        category=category,
    )
