"""The later payout that brought the money of a failed one to the bank account after all.

The money of a failed payout goes back into the balance at Stripe, and a later payout takes it along:
https://docs.stripe.com/payouts.
"""

from __future__ import annotations

from datetime import datetime

from execops.books.facts import Facts
from execops.model import Json


def brought_by(facts: Facts) -> Json | None:
    """The paid payout that covers the failed payout of these facts; None where none does, or an amount is not known.

    Only a payout to the same bank account, in the same currency and begun after the failure counts. One covers as many
    failed ones as its amount holds, the oldest first.
    """
    same_way = [payout for payout in [*facts.payouts, facts.own] if _goes_as(payout, facts.own)]
    failed = sorted((payout for payout in same_way if payout.get("status") == "failed"), key=_order)
    uncovered = {payout["id"]: payout for payout in failed}
    for paid in sorted((payout for payout in same_way if payout.get("status") == "paid"), key=_order):
        room = abs(paid["amount"])
        for payout in list(uncovered.values()):
            amount = abs(payout["amount"])
            if amount > room or _moment(payout["as_of"]) > _moment(paid["created"]):
                continue
            room -= amount
            del uncovered[payout["id"]]
            if payout["id"] == facts.object_id:
                return paid
    return None


def _goes_as(payout: Json, own: Json) -> bool:
    """Whether a payout is in the currency of this one, and goes its way: to the bank, or as a debit from it."""
    amount, own_amount = payout.get("amount"), own.get("amount")
    if not amount or not own_amount or not payout.get("created"):
        return False
    return payout.get("currency") == own.get("currency") and (amount > 0) == (own_amount > 0)


def _order(payout: Json) -> tuple[datetime, str]:
    return _moment(payout["created"]), payout["id"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
