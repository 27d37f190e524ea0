"""Stripe's money as snapshots, movements and balances: charges, refunds, disputes, payouts, purchases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from execops.effects import Balance, Effects, Movement
from execops.money import Money, money
from execops.sources.stripe.declines import Failure, read_failure
from execops.sources.stripe.disputes import dispute_rank, dispute_state
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
from execops.sources.stripe.payments import ids_of_payment, payers_of, payment_method

CHARGE_RANKS = {"pending": 0, "failed": 1, "succeeded": 2}
_LONGEST_NAME = 100  # characters; names are indexed
# Since this API version every refund has an event of its own (refund.created).
REFUND_EVENTS_SINCE = "2024-10-28"
# The kind of movement by the type of a balance transaction: https://docs.stripe.com/reports/balance-transaction-types.
# Any other type is an adjustment. Top-ups, reserves and financing move money, but the company neither earns nor
# spends it.
ENTRY_KINDS = {
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
# The kind of an adjustment by its reporting category: https://docs.stripe.com/reports/reporting-categories.
ADJUSTMENT_KINDS = {
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "fee": "fee",
    "network_cost": "fee",
    "refund_failure": "refund",
    "tax": "fee",
}


def read_charge(notice: Notice, charge: Object) -> Effects:
    """A charge: the money that came in, the part that was refunded, or the reason of its failure."""
    customer = ref(charge, "customer")
    details = obj(charge, "payment_method_details")
    method = payment_method(charge)
    card = obj(details, "card") or obj(details, method or "") or obj(charge, "source")
    status = text(charge, "status") or ("succeeded" if flag(charge, "paid") else "failed")
    refunded = whole(charge, "amount_refunded") or 0
    failure = read_failure(charge, method) if status == "failed" else Failure()
    state = {
        "customer": customer,
        "invoice": ref(charge, "invoice"),
        "intent": ref(charge, "payment_intent"),
        "status": status,
        "amount": whole(charge, "amount"),
        "amount_refunded": refunded,
        "currency": currency(charge),
        "captured": flag(charge, "captured"),
        "disputed": flag(charge, "disputed"),
        "failure_code": line(charge, "failure_code"),
        "failure_message": line(charge, "failure_message"),
        "reason": failure.reason,
        "decline": failure.decline,
        "blocked": failure.blocked,
        "method": method,
        "method_id": ref(charge, "payment_method") or object_id(obj(charge, "source")) or None,
        "wallet": text(obj(details, "card", "wallet"), "type"),
        "card_brand": line(card, "brand") or line(card, "bank_name"),
        "card_last4": line(card, "last4"),
        "name": line(obj(charge, "billing_details"), "name"),
        "email": line(obj(charge, "billing_details"), "email") or line(charge, "receipt_email"),
        "created": iso(at(charge, "created")),
    }
    rank = CHARGE_RANKS.get(status, 0) + int(refunded > 0)
    payment_ids = ids_of_payment(charge)
    movements = _charge_refunds(notice, charge, customer)
    amount = money(whole(charge, "amount_captured") or charge.get("amount"), charge.get("currency"))
    if (
        status == "succeeded"
        and flag(charge, "captured") is not False
        and amount is not None
        and amount.minor > 0
    ):
        movements.insert(
            0,
            _movement(
                object_id(charge), "charge", amount, at(charge, "created") or notice.occurred_at, customer
            ),
        )
    payers = payers_of(customer, payment_ids) if status != "failed" else ()
    return Effects(
        (snapshot(notice, charge, "charge", customer, state, rank),),
        tuple(replace(movement, payment_ids=payment_ids) for movement in movements),
        payers=payers,
    )


def _charge_refunds(notice: Notice, charge: Object, customer: str | None) -> list[Movement]:
    """The refunds inside a charge: old API versions list them, the versions after those give only their sum.

    The newest versions send an event for every refund, so the sum adds nothing.
    """
    listed = items(charge, "refunds")
    if listed:
        return [movement for refund in listed for movement in _refund_movements(notice, refund, customer)]
    before = whole(notice.previous, "amount_refunded")
    total = whole(charge, "amount_refunded")
    if notice.type != "charge.refunded" or before is None or total is None or total <= before:
        return []
    if _refunds_have_events(notice):
        return []
    amount = money(before - total, charge.get("currency"))
    if amount is None:
        return []
    return [
        _movement(f"{object_id(charge)}:refunded:{total}", "refund", amount, notice.occurred_at, customer)
    ]


def read_refund(notice: Notice, refund: Object) -> Effects:
    """A refund's movements; none for the part that its charge's own event already tells."""
    customer = ref(refund, "customer") or ref(obj(refund, "charge"), "customer")
    movements = _refund_movements(notice, refund, customer)
    if ref(refund, "charge") and not _refunds_have_events(notice):
        movements = movements[1:]  # the charge's own event books the money that went out
    payment_ids = ids_of_payment(refund)
    return Effects((), tuple(replace(movement, payment_ids=payment_ids) for movement in movements))


def _refund_movements(notice: Notice, refund: Object, customer: str | None) -> list[Movement]:
    """The money that went out and, where the refund failed later, the same money coming back."""
    amount = money(refund.get("amount"), refund.get("currency"))
    if amount is None or not text(refund, "id"):
        return []

    out = Money(-amount.minor, amount.currency)
    moves = [
        _movement(object_id(refund), "refund", out, at(refund, "created") or notice.occurred_at, customer)
    ]
    if text(refund, "status") in {"failed", "canceled"}:
        moves.append(
            _movement(f"{object_id(refund)}:returned", "refund", amount, notice.occurred_at, customer)
        )
    return moves


def _refunds_have_events(notice: Notice) -> bool:
    return (notice.api_version or "") >= REFUND_EVENTS_SINCE


def read_dispute(notice: Notice, dispute: Object) -> Effects:
    """A dispute. Its money moves when the bank takes it, and again when the company wins."""
    state = dispute_state(dispute, closed=notice.type == "charge.dispute.closed")
    customer, payment_ids = ref(obj(dispute, "charge"), "customer"), ids_of_payment(dispute)
    moves = [
        replace(move, customer=move.customer or customer, payment_ids=payment_ids)
        for entry in items(dispute, "balance_transactions")
        for move in read_balance_transaction(entry, notice.occurred_at)
    ]
    links = (state["charge"],)
    return Effects(
        (snapshot(notice, dispute, "dispute", customer, state, dispute_rank(state), links),), tuple(moves)
    )


def read_payout(notice: Notice, payout: Object) -> Effects:
    """A payout to the bank account. The money comes back where it did not arrive."""
    status = (
        notice.type.removeprefix("payout.")
        if notice.type in {"payout.paid", "payout.failed", "payout.canceled"}
        else text(payout, "status")
    )
    state = {
        "status": status,
        "amount": whole(payout, "amount"),
        "currency": currency(payout),
        "failure_code": line(payout, "failure_code"),
        "failure_message": line(payout, "failure_message"),
        "arrival_date": iso(at(payout, "arrival_date")),
    }
    rank = {"paid": 3, "failed": 2, "canceled": 2, "in_transit": 1}.get(status or "", 0)
    amount = money(payout.get("amount"), payout.get("currency"))
    moves = []
    if amount is not None:
        moves.append(
            _movement(
                object_id(payout),
                "payout",
                Money(-amount.minor, amount.currency),
                at(payout, "created") or notice.occurred_at,
            )
        )
        if status in {"failed", "canceled"}:
            moves.append(_movement(f"{object_id(payout)}:returned", "payout", amount, notice.occurred_at))
    return Effects((snapshot(notice, payout, "payout", None, state, rank),), tuple(moves))


def read_issuing_transaction(notice: Notice, purchase: Object) -> Effects:
    """A purchase with a company card, or its refund."""
    amount = _purchase_amount(purchase)
    if amount is None:
        return Effects()
    merchant = obj(purchase, "merchant_data")
    movement = Movement(
        external_id=object_id(purchase),
        kind="issuing",
        amount=amount,
        occurred_at=at(purchase, "created") or notice.occurred_at,
        counterparty=line(merchant, "name"),
        category=line(merchant, "category"),
    )
    return Effects((), (movement,))


def read_balance(notice: Notice, balance: Object) -> Effects:
    """The balance at Stripe: available, pending, and set aside for Issuing. The object has no id."""
    balances = []
    for kind, listed in (
        ("available", items(balance, "available")),
        ("pending", items(balance, "pending")),
        ("issuing", items(balance, "issuing", "available")),
    ):
        for part in listed:
            amount = money(part.get("amount"), part.get("currency"))
            if amount is not None:
                balances.append(Balance(account="stripe", kind=kind, amount=amount, as_of=notice.occurred_at))
    return Effects(balances=tuple(balances))


def read_balance_transaction(entry: Object, seen_at: datetime) -> list[Movement]:
    """An entry of Stripe's own ledger: the movement under its source's id, and Stripe's fee.

    A charge, refund, payout or purchase is booked once under its own id, whether its event or this entry comes
    first. An entry is written in the currency of the account. The movement therefore takes the amount,
    currency and time of the source, where the entry carries it expanded.
    """
    if not object_id(entry):
        return []
    kind = _entry_kind(entry)
    moves = (
        []
        if text(entry, "reporting_category") == "partial_capture_reversal"
        else _entry_movements(entry, kind, seen_at)
    )
    payment_ids = ids_of_payment(obj(entry, "source"))
    fee = money(entry.get("fee"), entry.get("currency"))
    if fee is not None and fee.minor:
        moves.append(
            _movement(
                f"{object_id(entry)}:fee",
                "dispute_fee" if kind == "dispute" else "fee",
                Money(-fee.minor, fee.currency),
                at(entry, "created") or seen_at,
                _entry_customer(entry),
                counterparty="Stripe",
            )
        )
    return [replace(move, payment_ids=payment_ids) for move in moves]


def _entry_kind(entry: Object) -> str:
    kind = ENTRY_KINDS.get(text(entry, "type") or "", "adjustment")
    if kind == "adjustment":
        kind = ADJUSTMENT_KINDS.get(text(entry, "reporting_category") or "", kind)
    if kind == "adjustment" and (ref(entry, "source") or "").startswith(("dp_", "du_")):
        return "dispute"
    return kind


def _entry_customer(entry: Object) -> str | None:
    return ref(obj(entry, "source"), "customer") or ref(obj(entry, "source", "charge"), "customer")


def _entry_movements(entry: Object, kind: str, seen_at: datetime) -> list[Movement]:
    """The money of an entry without its fee, as the events of its source book it."""
    entry_type, source, cause = text(entry, "type") or "", ref(entry, "source"), obj(entry, "source")
    amount, moment = money(entry.get("amount"), entry.get("currency")), at(entry, "created") or seen_at
    counterparty = "Stripe" if kind == "fee" else None
    category = None
    external_id = object_id(entry)
    if source and (kind in {"charge", "payout"} or entry_type in _NAMED):
        returned = entry_type in {"payout_cancel", "payout_failure", "refund_failure"} or (
            entry_type == "adjustment" and kind == "refund"
        )
        own = money(
            (cause.get("amount_captured") if kind == "charge" else None) or cause.get("amount"),
            cause.get("currency"),
        )
        external_id = f"{source}:returned" if returned else source
        if entry_type == "payment_failure_refund" and source.startswith(("ch_", "py_")):
            external_id = f"{source}:failed"  # the payment itself is booked under its own id
        if own is not None:
            amount = own if returned or kind == "charge" else Money(-own.minor, own.currency)
            moment = moment if returned else at(cause, "created") or moment
        if kind == "charge" and text(cause, "status") == "pending":
            return []  # the money has not come yet; its event or a later read of this entry books it
        if kind == "issuing" and text(cause, "object") == "issuing.transaction":
            merchant = obj(cause, "merchant_data")
            counterparty, category = line(merchant, "name"), line(merchant, "category")
            amount = _purchase_amount(cause) or amount
    if amount is None or not amount.minor:
        return []
    customer = _entry_customer(entry)
    return [_movement(external_id, kind, amount, moment, customer, counterparty, category)]


def _purchase_amount(purchase: Object) -> Money | None:
    """The amount of a purchase, negative, or of its refund, positive. Older API versions send no sign."""
    amount = money(purchase.get("amount"), purchase.get("currency"))
    if amount is None:
        return None
    return Money((1 if text(purchase, "type") == "refund" else -1) * abs(amount.minor), amount.currency)


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
