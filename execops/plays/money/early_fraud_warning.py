"""A bank warns that a payment may be fraud: tell finance to refund it before it is disputed, or to ask the customer first."""

from __future__ import annotations

from datetime import timedelta

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays import stripe_action
from execops.plays.messages import TeamRole, to_team
from execops.plays.payments import warned_words as words
from execops.plays.payments.warned_payment import Advice, WarnedPayment
from execops.plays.play import Play
from execops.plays.wording import moment

_DISPUTABLE = timedelta(days=120)  # so long may most payments by card be disputed


def assess(facts: Facts) -> Draft | Declined:
    """A message that begins with a verdict. Most warned payments are disputed within weeks.

    Where the verdict is to refund and a founder allowed refunds, it is the refund of what is left of the payment.

    Nothing once the payment is disputed, or was refunded in full: see `WarnedPayment.settled`.
    """
    if facts.object_type != "early_fraud_warning":
        return Declined("the event names no early fraud warning")
    payment = WarnedPayment(facts)
    warned_at = moment(facts.state.get("created"))
    if payment.settled:
        return Declined(payment.settled)
    if warned_at and facts.today - warned_at > _DISPUTABLE:
        return Declined(f"the warning is more than {_DISPUTABLE.days} days old")
    advice, why = payment.verdict
    amount = f" of {payment.amount}" if payment.amount else ""
    by = payment.name if payment.is_named else f"an {payment.name}"
    title = f"Fraud warning: a payment{amount} by {by}"
    evidence = words.evidence(payment)
    action = stripe_action.refund(facts, payment.charge, payment.rest, words.beside_refund(payment))
    if action is not None and advice is Advice.REFUND:
        action_type, payload = action.action_type, action.payload
        reasoning = f"{words.reasoning(payment)} {action.besides}"
    else:
        reasoning = words.reasoning(payment)
        action_type, payload = to_team(
            facts,
            TeamRole.FINANCE,
            title,
            evidence,
            f"{advice}: {why}.\n{words.steps(payment, advice)}",
            payment.page,
        )
    return Draft(
        title=title,
        urgency=Urgency.MEDIUM if advice is Advice.KEEP else Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=f"{advice}: {why}",
        reasoning=reasoning,
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=payment.rest,
    )


PLAY = Play(
    name="early_fraud_warning",
    vertical="money",
    version=1,
    summary="A bank warns of fraud: tell finance whether to refund the payment before it is disputed",
    action_type="notice",
    events=frozenset({"radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"}),
    assess=assess,
    needs=frozenset({"actions"}),
    lasting=True,
)
