"""The bank asks the customer to confirm a payment: mail the customer a link to the page for it."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays import wording
from execops.plays.play import Play


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, always of high urgency: nobody else can complete the payment.

    Nothing where the invoice is settled or no mail can be sent.
    """
    due = wording.open_amount(facts)
    if isinstance(due, Declined):
        return due
    number, email = wording.number(facts), wording.address(facts)
    if email is None:
        return Declined(wording.unreachable(facts, f"of invoice {number}"))
    subject, text = _mail(facts, number, due)
    return Draft(
        title=f"Bank confirmation needed: {wording.who(facts)}",
        urgency=Urgency.HIGH,
        action_type="email",
        payload=wording.mail(facts, email, subject, text),
        reasoning="The customer's bank wants the payment confirmed; until then it cannot be collected.",
        evidence=(("Invoice", f"{number}, {due} open"), *wording.about_customer(facts)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=due,
    )


PLAY = Play(
    name="authenticate_payment",
    vertical="money",
    version=1,
    summary="The bank wants a payment confirmed: mail the customer the link",
    action_type="email",
    events=frozenset({"invoice.payment_action_required"}),
    assess=assess,
)


def _mail(facts: Facts, number: str, due: Money) -> tuple[str, str]:
    link = facts.state.get("hosted_invoice_url")
    if wording.attempt(facts) > 1:
        subject = f"Reminder: please confirm your payment of {due}"
        opening = f"Your bank is still waiting for you to confirm the payment of {due} for invoice {number}. Until then it cannot go through."
    else:
        subject = f"Please confirm your payment of {due}"
        opening = f"Your bank asks you to confirm the payment of {due} for invoice {number}. It is a usual security check, and the payment goes through once you have confirmed it."
    ask = (
        f"You can confirm it here, it takes a minute:\n{link}"
        if link
        else "Please reply to this mail and we will send you a secure link to confirm it."
    )
    return subject, wording.letter(
        facts, opening, ask, "If you have confirmed it already, please ignore this mail."
    )
