"""The words of a message about an early fraud warning: the facts shown, and the steps that follow from the verdict."""

from __future__ import annotations

from execops.plays import wording
from execops.plays.payments.warned_payment import Advice, WarnedPayment

_LISTED = 3  # subscriptions that a message names


def reasoning(payment: WarnedPayment) -> str:
    """Why the message is drafted, in one sentence."""
    amount = f"a payment of {payment.amount}" if payment.amount else "a payment"
    return f"The bank of the card warned of {amount}: {payment.fraud}. It is not disputed so far."


def evidence(payment: WarnedPayment) -> list[tuple[str, str]]:
    """The facts of a warned payment, in pairs of label and value."""
    facts = payment.facts
    pairs = [("Amount", str(payment.amount))] if payment.amount else []
    if payment.refunded:
        pairs.append(("Refunded already", str(payment.refunded)))
    pairs.append(("The bank says", payment.fraud))
    if warned_at := wording.moment(facts.state.get("created")):
        pairs.append(("Warned on", wording.day(wording.local(facts, warned_at))))
    pairs.append(("Customer", payment.who))
    if payment.charge_line:
        pairs.append(("Charge", payment.charge_line))
    if result := payment.charge.get("three_d_secure"):
        pairs.append(("3-D Secure", str(result).replace("_", " ")))
    if payment.wallet:
        pairs.append(("Wallet", payment.wallet))
    if payment.charge.get("customer"):
        pairs.append(("Earlier payments", str(len(payment.earlier_payments))))
    if payment.other_disputes:
        pairs.append(("Other disputes of the customer", str(len(payment.other_disputes))))
    if payment.running:
        pairs.append(("Subscription", _subscriptions(payment)))
    return pairs + wording.about_customer(facts)


def steps(payment: WarnedPayment, advice: Advice) -> str:
    """The steps to take, in order."""
    rest = payment.rest or "the payment"
    amount = f"the remaining {rest}" if payment.refunded else f"{rest} in full"
    match advice:
        case Advice.REFUND:
            return (
                f"Refund {amount} at Stripe, before it is disputed: a refund of a part does not stop a dispute."
                f" {beside_refund(payment)}"
            )
        case Advice.ASK:
            return (
                f"Ask {payment.who} today whether they made the payment. If they did not, or do not answer within"
                f" two days, refund {amount} at Stripe: once it is disputed, the fee is due."
            )
        case Advice.KEEP:
            return (
                "Do not refund it unless the customer asks. Deliver nothing more until they say that they made the"
                " payment; a dispute for another reason is still possible."
            )
        case Advice.DECIDE:
            return (
                "Look at the payment at Stripe. Refund it in full where it is not by a customer whom you know: most"
                f" payments with such a warning are disputed.{_cancel(payment)}"
            )


def beside_refund(payment: WarnedPayment) -> str:
    """The things to do besides the refund."""
    cancel = "" if payment.history else _cancel(payment)
    return f"{cancel} Deliver nothing more for it.".lstrip()


def _cancel(payment: WarnedPayment) -> str:
    if not payment.running:
        return ""
    several = "s" if len(payment.running) > 1 else ""
    return (
        f" Cancel the subscription{several} too ({_subscriptions(payment)}): it would charge the card again."
    )


def _subscriptions(payment: WarnedPayment) -> str:
    names = [subscription["id"] for subscription in payment.running]
    return ", ".join(names[:_LISTED]) + (" and more" if len(names) > _LISTED else "")
