"""A customer asks for their money back: refund the payment that is plainly meant, where that is allowed, else answer them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json
from execops.money import Money
from execops.plays import support, support_drafts
from execops.plays.play import Play
from execops.sources.intercom import TOPICS

_TWICE = re.compile(
    r"\b(?:twice|doubled?|duplicated?|two|2 ?(?:x|times|mal|fois|prélèvements)|zweimal|doppelt\w*|doppel\w+|zwei|deux|doublon)\b",
    re.IGNORECASE,
)
_LATELY = timedelta(days=3)
_SAME = timedelta(days=1)


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
        amount=amount,
    )


def meant(facts: Facts, words: str) -> Json | None:
    """The one payment that these words mean: the second of two equal ones, or a late one whose amount they name."""
    matched = support.customers(facts)
    if len(matched) != 1:
        return None
    charges = sorted(matched[0]["charges"], key=lambda charge: charge["at"], reverse=True)
    if not charges:
        return None
    newest, at = charges[0], datetime.fromisoformat(charges[0]["at"])
    if _TWICE.search(words):
        twin = charges[1] if len(charges) > 1 else None
        if twin and twin["amount"] == newest["amount"] and at - datetime.fromisoformat(twin["at"]) <= _SAME:
            return dict(newest)
        return None
    major = Money(newest["amount"], newest["currency"]).major
    names = {f"{major.normalize():f}", f"{major:.2f}", f"{major:.2f}".replace(".", ",")}
    if facts.today - at <= _LATELY and names & set(re.findall(r"\d+(?:[.,]\d+)?", words)):
        return dict(newest)
    return None


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
