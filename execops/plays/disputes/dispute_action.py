"""The action at Stripe that carries out the verdict on a dispute, where a founder allowed it and the books settle it.

Each rule is narrower than the verdict: it asks for facts on record, never for the lack of one. Everything else stays a
message, and a person answers at Stripe.
"""

from __future__ import annotations

from datetime import timedelta

from execops.adapters import stripe_submit_evidence
from execops.model import Json
from execops.plays import stripe_action
from execops.plays.disputes.dispute_case import Case, Stage
from execops.plays.disputes.dispute_verdict import Advice, Verdict
from execops.plays.stripe_action import StripeAction
from execops.plays.wording import day, local, moment

_CARD = {None, "card"}  # where a refund may have gone for the holder of the card to see it


def carrying_out(case: Case, verdict: Verdict) -> StripeAction | None:
    """The action that the verdict asks for; None where a message has to do."""
    answered = case.dispute.get("submissions") or case.dispute.get("has_evidence")
    if case.amount is None or case.past_due or case.bank_debit or answered:
        return None
    if verdict.advice is Advice.FIGHT:
        return _with_evidence(case)
    if verdict.advice is not Advice.ACCEPT:
        return None
    if case.stage is Stage.INQUIRY:
        return _refund(case)
    if case.dispute.get("status") != "needs_response" or case.refundable:
        return None
    return stripe_action.named(
        case.facts,
        "stripe_accept_dispute",
        {"dispute": case.facts.object_id, "amount": case.amount.exact},
        "Do not refund it too, for the customer would get it twice.",
    )


def _refund(case: Case) -> StripeAction | None:
    """A refund in full ends an inquiry without a fee, where Stripe says that it still takes one."""
    charged = case.charge.get("amount"), case.charge.get("currency")
    if (
        case.amount is None
        or case.dispute.get("refundable") is not True
        or case.charge.get("amount_refunded")
    ):
        return None
    if charged != (case.amount.minor, case.amount.currency):
        return None
    return stripe_action.refund(
        case.facts,
        case.charge,
        case.amount,
        "No money has been taken yet: it ends the inquiry without a fee.",
    )


def _with_evidence(case: Case) -> StripeAction | None:
    """The evidence that the books hold, where one fact of theirs answers the reason of the dispute alone."""
    answer = _refunded_before(case) or _refunded_twin(case) or _cancelled_after(case)
    if answer is None or case.amount is None:
        return None
    known = {
        "customer_name": case.charge.get("name") or case.facts.customer_name,
        "customer_email_address": case.email,
    }
    customer = {
        name: text for name, text in known.items() if text and stripe_submit_evidence.gap_in(text) is None
    }
    more = "; ".join(case.evidence_points)
    return stripe_action.named(
        case.facts,
        "stripe_submit_evidence",
        {"dispute": case.facts.object_id, "amount": case.amount.exact, **answer, **customer},
        f"Evidence can be sent only once, so add what else you have before you approve it. What counts: {more}.",
    )


def _refunded_before(case: Case) -> Json | None:
    """Refunds on record that paid back as much as is disputed before it was disputed."""
    disputed_at = moment(case.dispute.get("created"))
    if not case.refunded_in_full or case.amount is None or disputed_at is None:
        return None
    refunds = [
        refund
        for refund in case.facts.same_payment
        if refund["type"] == "refund"
        and refund.get("status") == "succeeded"
        and refund.get("currency") == case.amount.currency
        and refund.get("destination") in _CARD
        and (made_at := moment(refund.get("created")))
        and made_at < disputed_at
    ]
    if sum(int(refund.get("amount") or 0) for refund in refunds) < case.amount.minor:
        return None
    lines = [
        f"Refund {refund['id']} of {stripe_action.amount_of(refund)} was made on {_day(case, refund)}."
        for refund in sorted(refunds, key=lambda refund: (refund["created"], refund["id"]))
    ]
    head = f"The payment {case.charge_id} was refunded before the customer disputed it on {_day(case, case.dispute)}."
    return {"uncategorized_text": " ".join([head, *lines])}


def _refunded_twin(case: Case) -> Json | None:
    """The other payment of a customer who was charged twice, which was refunded in full: they paid once."""
    if case.reason != "duplicate" or len(case.twins) != 1:
        return None
    (twin,) = case.twins
    if (twin.get("amount_refunded") or 0) < twin["amount"] or not case.charge.get("created"):
        return None
    amount = stripe_action.amount_of(twin)
    explanation = (
        f"The customer was charged {amount} on {_day(case, case.charge)} (payment {case.charge_id}) and {amount} on"
        f" {_day(case, twin)} (payment {twin['id']}). The payment {twin['id']} was refunded in full, so the customer"
        f" has paid once. The disputed payment {case.charge_id} is the one that stands."
    )
    return {"duplicate_charge_id": twin["id"], "duplicate_charge_explanation": explanation}


def _cancelled_after(case: Case) -> Json | None:
    """A cancellation that came a day or more after the charge for the one subscription that ran then."""
    if case.reason != "subscription_canceled" or len(case.ran_when_charged) != 1 or case.charged_at is None:
        return None
    (subscription,) = case.ran_when_charged
    asked_at = moment(subscription.get("canceled_at"))
    if asked_at is None or asked_at - case.charged_at < timedelta(days=1):
        return None
    if not case.is_price_of(subscription):
        return None
    rebuttal = (
        f"The payment {case.charge_id} of {_day(case, case.charge)} was for the subscription {subscription['id']},"
        f" which ran then. Its cancellation was asked for on {day(local(case.facts, asked_at))}, after the payment."
    )
    return {"cancellation_rebuttal": rebuttal}


def _day(case: Case, state: Json) -> str:
    created = moment(state.get("created"))
    assert created is not None  # noqa: S101
    return day(local(case.facts, created))
