"""A refund failed: tell finance, because the customer waits for money that does not arrive."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays import wording
from execops.plays.messages import TeamRole, to_team
from execops.plays.payments import methods
from execops.plays.payments.failed_refund import FailedRefund
from execops.plays.play import Play

_SHORT = "insufficient_funds"


def assess(facts: Facts) -> Draft | Declined:
    """A message of high urgency: how to pay the customer another way, with a sentence that is ready to be sent to them.

    Nothing while Stripe works on the refund, nor where the money reached the customer otherwise: see `FailedRefund`.
    """
    if facts.object_type != "refund":
        return Declined("the event names no refund")
    refund = FailedRefund(facts)
    if refund.settled:
        return Declined(refund.settled)
    amount = refund.owed or "the refund"
    title = f"Refund failed: {refund.name}{f', {refund.owed}' if refund.owed else ''}"
    advice = "Add money and refund again" if refund.reason == _SHORT else "Pay another way"
    verdict = f"{advice}: {refund.why}, and {refund.whom} is waiting for {amount}"
    evidence = _evidence(refund)
    action_type, payload = to_team(
        facts,
        TeamRole.FINANCE,
        title,
        evidence,
        f"{verdict}.\n{_steps(refund)}",
        refund.page,
    )
    return Draft(
        title=title,
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=verdict,
        reasoning=_why(refund),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=refund.owed,
    )


PLAY = Play(
    name="refund_failed",
    vertical="money",
    version=1,
    summary="A refund did not reach the customer: tell finance why, and how to pay it another way",
    action_type="notice",
    events=frozenset({"charge.refund.updated", "refund.failed", "refund.updated"}),
    assess=assess,
)


def _evidence(refund: FailedRefund) -> list[tuple[str, str]]:
    created = f" of {refund.made_on}" if refund.made_on else ""
    pairs = [("Refund", f"{refund.facts.object_id}{created}")]
    if refund.amount:
        pairs.append(("Amount", str(refund.amount)))
    if refund.owed != refund.amount:
        pairs.append(("Still owed", str(refund.owed)))
    pairs += [("Why it failed", refund.why), ("Customer", refund.who)]
    if refund.charge_line:
        pairs.append(("Charge", refund.charge_line))
    return pairs + wording.about_customer(refund.facts)


def _why(refund: FailedRefund) -> str:
    amount = f"A refund of {refund.amount}" if refund.amount else "A refund"
    back = (
        "Stripe put the money back into your balance" if refund.returned else "The money did not leave Stripe"
    )
    return f"{amount} failed: {refund.why}. {back}."


def _steps(refund: FailedRefund) -> str:
    if refund.reason == _SHORT:
        return "Add money to your balance at Stripe, then refund it again there."
    back = "The money is back in your balance at Stripe. " if refund.returned else ""
    email = f" at {refund.email}" if refund.email else ""
    reachable = refund.is_named or refund.email
    ask = f"ask {refund.whom}{email}" if reachable else "look up the customer at Stripe, and ask them"
    return (
        f"{back}Stripe refunds only the payment method that paid, so {ask} where the money can go, such"
        " as a bank account in their name. Note at the payment that it was paid another way, so that nobody refunds it again."
        f" Ready to send:\n“{_sentence(refund)}”"
    )


def _sentence(refund: FailedRefund) -> str:
    """The words to the customer. They do not say why their bank refused."""
    amount = f"a refund of {refund.owed}" if refund.owed else "your refund"
    last4 = refund.charge.get("card_last4")
    card = last4 and refund.charge.get("method") in {None, "card"}
    to = f" to your {methods.card(refund.charge.get('card_brand'), last4)}" if card else ""
    when = f" on {refund.made_on}" if refund.made_on else ""
    return f"We sent {amount}{to}{when}, but your bank returned it. How may we pay it to you instead?"
