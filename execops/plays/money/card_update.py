"""A charge for an invoice failed: ask the customer for a working card."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import Money
from execops.plays import wording
from execops.plays.play import Play


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, whose words depend on the number of the attempt.

    Nothing where the invoice is settled or there is no address. An address to which no mail can be sent is drafted
    all the same, so that the person who decides sees it and may correct it.

    The urgency is high from the third attempt, on the last one, or from `high_amount` major units; else medium.
    """
    due = wording.open_amount(facts)
    if isinstance(due, Declined):
        return due
    number, email = wording.number(facts), facts.customer_email
    if email is None:
        return Declined(wording.unreachable(facts, f"of invoice {number}"))

    attempt = wording.attempt(facts)
    last = bool(facts.state.get("final_attempt"))
    next_try = wording.ahead(facts, facts.state.get("next_payment_attempt"))
    on = wording.day(wording.local(facts, next_try)) if next_try else None
    high = attempt >= 3 or last or due.major >= facts.org["high_amount"]
    charge = wording.failed_charge(facts, due)
    subject, text = _mail(facts, number, due, attempt, last, on)
    return Draft(
        title=f"Card failed: {wording.who(facts)}, attempt {attempt}",
        urgency=Urgency.HIGH if high else Urgency.MEDIUM,
        action_type="email",
        payload=wording.mail(facts, email, subject, text),
        reasoning=_why(attempt, charge, last, on),
        evidence=tuple(_evidence(facts, number, due, charge)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=due,
    )


PLAY = Play(
    name="card_update",
    vertical="money",
    version=1,
    summary="A charge failed: mail the customer a link to pay with a working card",
    action_type="email",
    events=frozenset({"invoice.payment_failed"}),
    assess=assess,
)


def _mail(
    facts: Facts, number: str, due: Money, attempt: int, last: bool, next_try: str | None
) -> tuple[str, str]:
    link = facts.state.get("hosted_invoice_url")
    if last:
        subject = f"Action needed: your payment of {due} could not be collected"
        opening = f"We could not collect your payment of {due} for invoice {number}, and we will not try your card again."
    elif attempt >= 3:
        subject = f"Action needed: payment of {due} still failing"
        opening = f"We have now tried {attempt} times to collect your payment of {due} for invoice {number}, without success."
    elif attempt == 2:
        subject = f"Reminder: your payment of {due} did not go through"
        opening = (
            f"A second attempt to collect your payment of {due} for invoice {number} did not go through."
        )
    else:
        subject = f"Your payment of {due} did not go through"
        opening = f"Your card was declined when we tried to collect {due} for invoice {number}. It happens: cards expire, limits are reached."
    ask = (
        f"You can pay or update your card here, it takes a minute:\n{link}"
        if link
        else "Please reply to this mail and we will send you a secure link to pay or update your card."
    )
    retry = f"Otherwise we will try your card again on {next_try}." if next_try else ""
    return subject, wording.letter(
        facts, opening, ask, retry, "If you have paid already, please ignore this mail."
    )


def _why(attempt: int, charge: Json, last: bool, next_try: str | None) -> str:
    ordinal = {1: "First", 2: "Second", 3: "Third", 4: "Fourth"}.get(attempt)
    failure = f"{ordinal} failed charge" if ordinal else f"Failed charge, attempt {attempt}"
    code = charge.get("failure_code")
    because = f" ({code})" if code else ""
    if last:
        return f"{failure}{because}; Stripe will not try again."
    return f"{failure}{because}; Stripe tries again on {next_try}." if next_try else f"{failure}{because}."


def _evidence(facts: Facts, number: str, due: Money, charge: Json) -> list[tuple[str, str]]:
    evidence = [("Invoice", f"{number}, {due} open")]
    if charge.get("card_last4"):
        evidence.append(("Card", f"{charge.get('card_brand') or 'card'} ending {charge['card_last4']}"))
    return evidence + wording.about_customer(facts)
