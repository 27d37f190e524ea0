"""Stripe's money as snapshots, movements and balances: charges, refunds, disputes, payouts, purchases."""

from __future__ import annotations

from msgspec.structs import replace

from execops.effects import Balance, ChargeTotals, Effects, Movement
from execops.money import Money, money
from execops.sources.stripe.declines import Failure, read_failure
from execops.sources.stripe.dispute_lines import dispute_lines, money_moved
from execops.sources.stripe.disputes import dispute_rank, dispute_state
from execops.sources.stripe.entries import movement, purchase_amount
from execops.sources.stripe.fields import (
    Notice,
    Object,
    at,
    currency,
    flag,
    iso,
    items,
    line,
    name_line,
    obj,
    object_id,
    ref,
    snapshot,
    text,
    whole,
)
from execops.sources.stripe.payments import ids_of_payment, payers_of, payment_method
from execops.sources.stripe.refunds import refund_snapshot

CHARGE_RANKS = {"pending": 0, "failed": 1, "succeeded": 2}
_REFUND_STEPS = 30_000  # a rank is at most 32,767


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
        "three_d_secure": _three_d_secure(obj(details, "card", "three_d_secure")),
        "card_brand": line(card, "brand") or line(card, "bank_name"),
        "card_last4": line(card, "last4"),
        "name": name_line(obj(charge, "billing_details"), "name"),
        "email": line(obj(charge, "billing_details"), "email") or line(charge, "receipt_email"),
        "created": iso(at(charge, "created")),
    }
    rank = CHARGE_RANKS.get(status, 0) + _refunded_rank(whole(charge, "amount"), refunded)
    payment_ids = ids_of_payment(charge)
    movements = [
        move
        for refund in items(charge, "refunds")  # old API versions list them, newer ones give only their sum
        for move in _refund_movements(notice, refund, customer)
    ]
    captured = _captured(notice, charge)
    if status == "succeeded" and captured is not None and captured.minor > 0:
        created = at(charge, "created") or notice.occurred_at
        moment = notice.occurred_at if notice.type == "charge.captured" else created
        movements.insert(0, movement(object_id(charge), "charge", captured, moment, customer))
    payers = payers_of(customer, payment_ids) if status != "failed" else ()
    refunds = [refund_snapshot(notice, refund, charge) for refund in items(charge, "refunds") if notice.type]
    return Effects(
        (
            snapshot(notice, charge, "charge", customer, state, rank),
            *(refund for refund in refunds if refund is not None),
        ),
        tuple(replace(move, payment_ids=payment_ids) for move in movements),
        payers=payers,
        totals=_totals(notice, charge, captured, payment_ids) if status != "failed" else (),
    )


def _refunded_rank(amount: int | None, refunded: int) -> int:
    """The rank of the refunded part: of two refunds in one second, the event that shows more of them is the later one."""
    if refunded <= 0:
        return 0
    return 1 + (min(refunded * _REFUND_STEPS // amount, _REFUND_STEPS) if amount and amount > 0 else 0)


def _three_d_secure(details: Object) -> str | None:
    """The result of 3-D Secure, such as `authenticated`; before 2019-10-17 a flag told it."""
    return text(details, "result") or ("authenticated" if flag(details, "authenticated") else None)


def _captured(notice: Notice, charge: Object) -> Money | None:
    """The part of a charge that was captured: nothing of an authorisation; None where the amount is not known.

    An event that tells of the capture and not of its amount shows the rest as refunded.
    """
    amount = money(charge.get("amount"), charge.get("currency"))
    if amount is None or flag(charge, "captured") is False:
        return amount and Money(0, amount.currency)
    captured = whole(charge, "amount_captured") or None  # old API versions do not have it
    if captured is None and notice.type == "charge.captured":
        captured = amount.minor - (whole(charge, "amount_refunded") or 0)
    return amount if captured is None else Money(captured, amount.currency)


def _totals(
    notice: Notice, charge: Object, captured: Money | None, payment_ids: tuple[str, ...]
) -> tuple[ChargeTotals, ...]:
    """The sums that an event shows of its charge; none where nothing went back and nothing was left uncaptured.

    An object of the API does not say when its money went back.
    """
    amount, refunded = whole(charge, "amount"), whole(charge, "amount_refunded") or 0
    if not notice.type or captured is None or amount is None or not object_id(charge):
        return ()
    is_captured = flag(charge, "captured") is not False
    released = max(0, amount - captured.minor)
    if is_captured and refunded < released:
        released = 0  # this charge does not count the uncaptured part as refunded, or may capture it later
    if not (
        refunded or released or whole(notice.previous, "amount_refunded") or notice.type == "charge.captured"
    ):
        return ()
    return (
        ChargeTotals(
            charge=object_id(charge),
            at=notice.occurred_at,
            captured=is_captured,
            refunded=Money(refunded, captured.currency),
            before_minor=whole(notice.previous, "amount_refunded"),
            released_minor=released,
            customer=ref(charge, "customer"),
            payment_ids=payment_ids or (object_id(charge),),
        ),
    )


def read_refund(notice: Notice, refund: Object) -> Effects:
    """A refund: its state and its movements.

    The sum of its charge, which another event may show, covers the movements: see `ChargeTotals`.
    """
    customer = ref(refund, "customer") or ref(obj(refund, "charge"), "customer")
    movements = _refund_movements(notice, refund, customer)
    payment_ids = ids_of_payment(refund)
    refund_state = refund_snapshot(notice, refund)
    return Effects(
        (refund_state,) if refund_state else (),
        tuple(replace(move, payment_ids=payment_ids) for move in movements),
    )


def _refund_movements(notice: Notice, refund: Object, customer: str | None) -> list[Movement]:
    """The money that went out and, where the refund failed later, the same money coming back.

    The refund of a charge that expired before its capture is a release: no money had come, and none goes.
    """
    amount = money(refund.get("amount"), refund.get("currency"))
    if amount is None or not text(refund, "id"):
        return []

    kind = "release" if text(refund, "reason") == "expired_uncaptured_charge" else "refund"
    out = Money(-amount.minor, amount.currency)
    moves = [movement(object_id(refund), kind, out, at(refund, "created") or notice.occurred_at, customer)]
    if text(refund, "status") in {"failed", "canceled"}:
        moves.append(movement(f"{object_id(refund)}:returned", kind, amount, notice.occurred_at, customer))
    return moves


def read_dispute(notice: Notice, dispute: Object) -> Effects:
    """A dispute. Its money moves when the bank takes it, and again when the company wins; an inquiry moves none."""
    lines = dispute_lines(notice, dispute, text(dispute, "status") or "needs_response")
    state = {**dispute_state(dispute, closed=notice.type == "charge.dispute.closed"), **money_moved(lines)}
    customer, payment_ids = ref(obj(dispute, "charge"), "customer"), ids_of_payment(dispute)
    moves = [
        replace(move, customer=move.customer or customer, payment_ids=payment_ids) for move in lines or ()
    ]
    rank = dispute_rank(state) * 10 + min(
        len(moves), 9
    )  # of two events of a second, the later one shows more
    return Effects(
        (snapshot(notice, dispute, "dispute", customer, state, rank, links=(state["charge"],)),), tuple(moves)
    )


def read_payout(notice: Notice, payout: Object) -> Effects:
    """A payout, linked to the bank account that it goes to. The money comes back where it did not arrive."""
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
        "created": iso(at(payout, "created")),
    }
    account = ref(payout, "destination")
    rank = {"paid": 3, "failed": 2, "canceled": 2, "in_transit": 1}.get(status or "", 0)
    amount = money(payout.get("amount"), payout.get("currency"))
    moves = []
    if amount is not None:
        moves.append(
            movement(
                object_id(payout),
                "payout",
                Money(-amount.minor, amount.currency),
                at(payout, "created") or notice.occurred_at,
            )
        )
        if status in {"failed", "canceled"}:
            moves.append(movement(f"{object_id(payout)}:returned", "payout", amount, notice.occurred_at))
    return Effects((snapshot(notice, payout, "payout", None, state, rank, (account,)),), tuple(moves))


def read_issuing_transaction(notice: Notice, purchase: Object) -> Effects:
    """A purchase with a company card, or its refund."""
    amount = purchase_amount(purchase)
    if amount is None:
        return Effects()
    merchant = obj(purchase, "merchant_data")
    purchased = Movement(
        external_id=object_id(purchase),
        kind="issuing",
        amount=amount,
        occurred_at=at(purchase, "created") or notice.occurred_at,
        counterparty=line(merchant, "name"),
        category=line(merchant, "category"),
    )
    return Effects((), (purchased,))


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
