"""A customer asks for their money back: refund the payment that is plainly meant, where that is allowed, else answer them."""

from __future__ import annotations

from datetime import datetime, timedelta

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json
from execops.money import Money
from execops.plays.play import Play
from execops.plays.support import meant_payment, support_drafts
from execops.plays.support import support_verdict as support
from execops.sources.intercom import TOPICS

_LATELY = timedelta(days=3)
_SAME = timedelta(days=1)
_TWO = 2


def assess(facts: Facts) -> Draft | Declined:
    """A refund of the one payment that is meant, else a reply. A reply promises no refund."""
    verdict = support.assess(facts, "refund_asked")
    if isinstance(verdict, Declined):
        return verdict
    draft = support_drafts.reply(facts, verdict, "Refund asked")
    charge = meant(facts, verdict.words)
    if charge is None or "stripe_refund" not in facts.actions:
        return draft
    amount = Money(charge["amount"], charge["currency"])
    return Draft(
        title=draft.title,
        urgency=draft.urgency,
        action_type="stripe_refund",
        payload={
            "charge": charge["id"],
            "amount": amount.exact,
            "reason": "requested_by_customer",
        },
        verdict=f"Refund {amount}: the customer asks for it, and means one payment",
        reasoning=draft.reasoning,
        evidence=(*draft.evidence, ("Payment", f"{charge['id']}, {amount} of {charge['at'][:10]}")),
        object_id=draft.object_id,
        subject_key=draft.subject_key,
        covers=draft.covers,
        amount=amount,
    )


def meant(facts: Facts, words: str) -> Json | None:
    """The one payment that these words mean: the second of two equal ones, or a late one whose amount they name.

    Nothing of it, or of an equal one beside it, was refunded, charged back or left uncaptured: else a person looks.
    """
    matched = support.customers(facts)
    if len(matched) != 1:
        return None
    charges = sorted(matched[0]["charges"], key=lambda charge: (charge["at"], charge["id"]), reverse=True)
    if not charges:
        return None
    newest, at = charges[0], datetime.fromisoformat(charges[0]["at"])
    equal = [
        charge
        for charge in charges
        if (charge["amount"], charge["currency"]) == (newest["amount"], newest["currency"])
        and at - datetime.fromisoformat(charge["at"]) <= _SAME
    ]
    if not all(map(_is_whole, equal)):
        return None
    if meant_payment.says_twice(words):
        return dict(newest) if len(equal) == _TWO and equal == charges[:_TWO] else None
    is_named = meant_payment.names(words, Money(newest["amount"], newest["currency"]))
    return dict(newest) if is_named and facts.today - at <= _LATELY else None


def _is_whole(charge: Json) -> bool:
    return (
        not charge.get("amount_refunded")
        and charge.get("captured") is not False
        and not charge.get("disputed")
    )


PLAY = Play(
    name="refund_asked",
    vertical="customer_fire",
    version=1,
    summary="A customer asks for money back: refund the payment that is meant where that is allowed, else answer",
    action_type="intercom_reply",
    events=TOPICS,
    assess=assess,
    needs=frozenset({"conversation", "actions"}),
)
