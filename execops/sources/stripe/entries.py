"""The entries of Stripe's own ledger, its balance transactions, as movements.

https://docs.stripe.com/reports/balance-transaction-types
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from execops.effects import Movement
from execops.money import Money, money
from execops.sources.stripe.fields import Object, at, items, line, obj, object_id, ref, text, whole
from execops.sources.stripe.payments import ids_of_payment

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
    "fee": "fee",
    "network_cost": "fee",
    "refund_failure": "refund",
    "tax": "fee",
}


def read_balance_transaction(
    entry: Object, seen_at: datetime, *, case_id: str | None = None
) -> list[Movement]:
    """An entry of Stripe's own ledger: the movement under its source's id, Stripe's fee, and the platform's.

    A charge, refund, payout or purchase is booked once under its own id, whether its event or this entry comes
    first. An entry is written in the currency of the account. The movement therefore takes the amount,
    currency and time of the source, where the entry carries it expanded. The money of a dispute moves in the currency
    of the entry; `case_id` is the dispute that lists the entry.
    """
    if not object_id(entry):
        return []
    kind = _entry_kind(entry)
    if case_id is not None and kind in {"adjustment", "refund"}:
        kind = "dispute"
    if kind == "dispute":
        case_id = case_id or ref(entry, "source")
    moves = (
        []
        if text(entry, "reporting_category") == "partial_capture_reversal"
        else _entry_movements(entry, kind, seen_at)
    )
    payment_ids = ids_of_payment(obj(entry, "source"))
    moves += _fees(entry, kind, at(entry, "created") or seen_at)
    return [
        replace(move, payment_ids=payment_ids, case_id=case_id if move.kind == "dispute" else None)
        for move in moves
    ]


def _fees(entry: Object, kind: str, moment: datetime) -> list[Movement]:
    """The fees of an entry: what Stripe kept, and as an adjustment what the platform of this account kept.

    `fee` is the sum of both; `fee_details` tells them apart:
    https://docs.stripe.com/api/balance_transactions/object#balance_transaction_object-fee_details.
    """
    fee = money(entry.get("fee"), entry.get("currency"))
    if fee is None:
        return []
    details = [part for part in items(entry, "fee_details") if text(part, "type") == "application_fee"]
    of_platform = sum(whole(part, "amount") or 0 for part in details)
    if abs(of_platform) > abs(fee.minor):
        of_platform = 0  # the details do not fit their sum
    parts = [
        ("fee", "dispute_fee" if kind == "dispute" else "fee", fee.minor - of_platform, "Stripe"),
        ("platform_fee", "adjustment", of_platform, None),
    ]
    return [
        movement(
            f"{object_id(entry)}:{name}",
            kind_of_fee,
            Money(-minor, fee.currency),
            moment,
            _entry_customer(entry),
            counterparty=counterparty,
        )
        for name, kind_of_fee, minor, counterparty in parts
        if minor
    ]


def _entry_kind(entry: Object) -> str:
    category = text(entry, "reporting_category") or ""
    if category in {"dispute", "dispute_reversal"}:
        return "dispute"
    kind = ENTRY_KINDS.get(text(entry, "type") or "", "adjustment")
    if kind == "adjustment":
        kind = ADJUSTMENT_KINDS.get(category, kind)
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
    if source and (kind in {"charge", "payout"} or (kind != "dispute" and entry_type in _NAMED)):
        returned = entry_type in {"payout_cancel", "payout_failure", "refund_failure"} or (
            entry_type == "adjustment" and kind == "refund"
        )
        captured = whole(cause, "amount_captured") if kind == "charge" else None
        own = money(captured or cause.get("amount"), cause.get("currency"))
        external_id = f"{source}:returned" if returned else source
        if entry_type == "payment_failure_refund" and source.startswith(("ch_", "py_")):
            external_id = f"{source}:failed"  # the payment itself is booked under its own id
        if own is not None:
            amount = own if returned or kind == "charge" else Money(-own.minor, own.currency)
            created = at(cause, "created") or moment
            # A charge that was authorised first states until when it could be captured. Its entry comes with the capture.
            authorised = kind == "charge" and at(
                obj(cause, "payment_method_details", "card"), "capture_before"
            )
            moment = moment if returned or authorised else created
        if kind == "charge" and text(cause, "status") in {"pending", "failed"}:
            return []  # the money has not come yet, or never came; an event or a later read books what comes
        if entry_type == "payment_failure_refund" and text(cause, "status") == "failed":
            return []  # it takes back the entry of a debit that was under way; no customer got money
        if kind == "issuing" and text(cause, "object") == "issuing.transaction":
            merchant = obj(cause, "merchant_data")
            counterparty, category = line(merchant, "name"), line(merchant, "category")
            amount = purchase_amount(cause) or amount
    if amount is None or not amount.minor:
        return []
    customer = _entry_customer(entry)
    return [movement(external_id, kind, amount, moment, customer, counterparty, category)]


def purchase_amount(purchase: Object) -> Money | None:
    """The amount of a purchase, negative, or of its refund, positive. Older API versions send no sign."""
    amount = money(purchase.get("amount"), purchase.get("currency"))
    if amount is None:
        return None
    return Money((1 if text(purchase, "type") == "refund" else -1) * abs(amount.minor), amount.currency)


def movement(
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
