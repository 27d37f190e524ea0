"""The money of Stripe's disputes: https://docs.stripe.com/api/disputes/object#dispute_object-balance_transactions."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from execops.effects import Movement
from execops.model import Json
from execops.money import Money, money
from execops.sources.stripe.entries import movement, read_balance_transaction
from execops.sources.stripe.fields import Notice, Object, at, items, obj, object_id, ref

CLAIMED = ":claimed"  # marks the id of a movement that was derived from the disputed amount


def dispute_lines(notice: Notice, dispute: Object, status: str) -> list[Movement] | None:
    """The movements of a dispute's balance transactions; None where it does not say whether money moved.

    Old API versions name one balance transaction, in most cases by its id alone. Then the money is the
    disputed amount, until Stripe's own ledger tells it exactly.
    """
    dispute_id, listed = object_id(dispute), items(dispute, "balance_transactions")
    if not listed and obj(dispute, "balance_transaction"):
        listed = [obj(dispute, "balance_transaction")]
    if listed:
        return [
            move
            for entry in listed
            for move in read_balance_transaction(entry, notice.occurred_at, case_id=dispute_id)
        ]
    unread = dispute.get("balance_transactions") or ref(dispute, "balance_transaction")
    amount = money(dispute.get("amount"), dispute.get("currency"))
    if status.startswith("warning_") or (not unread and "balance_transactions" in dispute):
        return []
    if amount is None or not (unread or notice.type == "charge.dispute.funds_withdrawn"):
        return None
    moment = at(dispute, "created") or notice.occurred_at
    claimed = [movement(dispute_id + CLAIMED, "dispute", Money(-amount.minor, amount.currency), moment)]
    if status == "won":
        claimed.append(movement(f"{dispute_id}{CLAIMED}:returned", "dispute", amount, notice.occurred_at))
    return [replace(move, case_id=dispute_id) for move in claimed]


def money_moved(lines: Collection[Movement] | None) -> Json:
    """The sums of a dispute's movements, in the currency in which the money moved; `taken` is None if not known."""
    moved = [line.amount for line in lines or () if line.kind == "dispute"]
    known = lines is not None
    return {
        "moved_currency": moved[0].currency if moved else None,
        "taken": sum(-amount.minor for amount in moved if amount.minor < 0) if known else None,
        "won_back": sum(amount.minor for amount in moved if amount.minor > 0) if known else None,
    }
