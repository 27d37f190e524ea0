"""Payments of a customer failed: ask the customer for one that works."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money
from execops.plays import judgement, methods, thresholds, wording
from execops.plays.play import Play
from execops.plays.receivables import Invoice, total
from execops.sources.stripe.declines import NEVER_RETRIED, Decline


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer about all invoices whose payment failed; its words follow the attempt and the decline.

    An address to which no mail can be sent is drafted all the same, so that the person who decides sees it and may correct
    it. Nothing without any address, or where `execops.plays.judgement` says why not.

    The urgency is high from the third attempt, on the last one, or for a large amount; else medium. It is low where Stripe
    mails the customer about failed payments.
    """
    asked = judgement.to_ask(facts, judgement.against_payment)
    if isinstance(asked, Declined):
        return asked
    email = facts.customer_email
    if email is None:
        return Declined(wording.unreachable(facts, f"of invoice {asked[0].number}"))

    worst = max(asked, key=lambda invoice: (invoice.last, invoice.attempt))
    due = total(asked)
    personal = bool(facts.top_customer) or any(thresholds.is_large(facts, invoice.due) for invoice in asked)
    high = personal or worst.last or worst.attempt >= 3
    by_stripe = "failed_payments" in facts.org["stripe_sends"]
    subject, text = _note(facts, asked) if personal else _mail(facts, asked, worst)
    what = "Payment failed" if worst.method != "card" else "Card failed"
    return Draft(
        title=f"{what}: {wording.who(facts)}, attempt {worst.attempt}",
        urgency=Urgency.LOW if by_stripe else Urgency.HIGH if high else Urgency.MEDIUM,
        action_type="email",
        payload=wording.mail(facts, email, subject, text),
        reasoning=_why(facts, worst, personal=personal, by_stripe=by_stripe),
        evidence=tuple(_evidence(facts, asked)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=due,
        covers=tuple(invoice.id for invoice in asked),
    )


PLAY = Play(
    name="card_update",
    vertical="money",
    version=2,
    summary="A payment failed: mail the customer a link to pay in a way that works",
    action_type="email",
    events=frozenset({"invoice.payment_failed"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
    together=True,
)


def _mail(facts: Facts, asked: list[Invoice], worst: Invoice) -> tuple[str, str]:
    several = len(asked) > 1
    amounts = _amounts(asked)
    payment = f"your payments of {amounts}" if several else f"your payment of {amounts}"
    if worst.last:
        subject = f"Action needed: {payment} could not be collected"
    elif worst.attempt >= 3:
        subject = f"Action needed: payment of {amounts} still failing"
    elif worst.attempt == 2:
        subject = f"Reminder: {payment} did not go through"
    else:
        subject = f"{payment[0].upper()}{payment[1:]} did not go through"
    retry = ""
    ahead = [invoice.retry for invoice in asked if invoice.retry and judgement.tries_again(invoice)]
    if ahead:
        how = f"your {'card' if methods.is_card(worst) else 'payment method'} again"
        retry = f"Otherwise we will try {how} on {wording.day(wording.local(facts, min(ahead)))}."
    opening = _opening_of_several(asked) if several else _opening(asked[0])
    ask = _ask(facts, asked, card=methods.is_card(worst))
    return subject, wording.letter(
        facts, opening, ask, retry, "If you have paid already, please ignore this mail."
    )


def _opening(invoice: Invoice) -> str:
    if invoice.ended:
        return f"{_failed(invoice)}, and your subscription has ended. The amount is still open; paying it does not start the subscription again, so please reply if you would like to go on."
    if invoice.last:
        return f"{_failed(invoice)}, and no further attempt is planned."
    return f"{_failed(invoice)}."


def _failed(invoice: Invoice) -> str:
    """What failed, as the customer knows it, without a full stop."""
    due, number, method = invoice.due, invoice.number, methods.method(invoice)
    collect = f"your payment of {due} for invoice {number}"
    if invoice.paid:
        collect = f"the {due} that is left to pay of invoice {number}"
    if invoice.after_trial:
        return f"Your trial has ended, and the first payment for your subscription, {due} for invoice {number}, did not go through"
    if invoice.decline is Decline.EXPIRED:
        return f"We could not collect {collect}, since your {method} has expired"
    if invoice.ended or invoice.last:
        return f"We could not collect {collect}"
    if invoice.attempt >= 3:
        return f"We have now tried {invoice.attempt} times to collect {collect}, without success"
    if invoice.decline is Decline.RETURNED or invoice.debit:
        return f"Your bank returned our {method} of {due} for invoice {number}"
    if invoice.attempt == 2:
        return f"A second attempt to collect {collect} did not go through"
    if methods.is_card(invoice) and invoice.decline not in {None, Decline.PROCESSING}:
        return f"Your bank declined the charge of {due} to your {method} for invoice {number}"
    return f"{collect[0].upper()}{collect[1:]} did not go through"


def _opening_of_several(asked: list[Invoice]) -> str:
    lines = [f"• {invoice.due} for invoice {invoice.number}" for invoice in asked]
    reasons = {invoice.decline for invoice in asked}
    why = ""
    if reasons == {Decline.EXPIRED}:
        why = f", since your {methods.method(asked[0])} has expired"
    listed = "\n".join(lines)
    return f"These payments, {_amounts(asked)} in all, did not go through{why}:\n{listed}"


def _ask(facts: Facts, asked: list[Invoice], *, card: bool) -> str:
    update = "update your card" if card else "change your payment method"
    if len(asked) > 1 and all(invoice.link for invoice in asked):
        pages = "\n".join(f"{invoice.number}: {invoice.link}" for invoice in asked)
        return f"You can pay them or {update} here, it takes a minute:\n{pages}"
    link = asked[0].link or wording.portal(facts)
    if link:
        return f"You can pay or {update} here, it takes a minute:\n{link}"
    return f"Please reply to this mail and we will send you a secure link to pay or to {update}."


def _note(facts: Facts, asked: list[Invoice]) -> tuple[str, str]:
    """A personal note to a large customer: it asks what stands in the way, in place of a reminder's words."""
    invoice, several = asked[0], len(asked) > 1
    amounts = _amounts(asked)
    numbers = " and ".join(invoice.number for invoice in asked)
    what = (
        f"your payments of {amounts} for invoices {numbers}"
        if several
        else f"your payment of {amounts} for invoice {numbers}"
    )
    how = f" by {methods.method(invoice)}" if invoice.debit else ""
    expired = (
        f", since your {methods.method(invoice)} has expired" if invoice.decline is Decline.EXPIRED else ""
    )
    if invoice.after_trial:
        expired = expired or " at the end of your trial"
    link = invoice.link or wording.portal(facts)
    page = f"The invoice is here, where it can be paid in another way too:\n{link}" if link else ""
    return f"{what[0].upper()}{what[1:]}", wording.letter(
        facts,
        f"I wanted to write to you myself: {what} did not go through{how}{expired}.",
        "Is there anything on our side that stands in the way, such as a limit, a purchase order or a new contact for invoices? A line in reply is enough, and I will see to it.",
        page,
        "If it is on its way already, please ignore this mail.",
    )


def _amounts(asked: list[Invoice]) -> str:
    """The sum in words, one for each currency."""
    sums: dict[str, int] = {}
    for invoice in asked:
        sums[invoice.due.currency] = sums.get(invoice.due.currency, 0) + invoice.due.minor
    return " and ".join(str(Money(minor, currency)) for currency, minor in sums.items())


def _why(facts: Facts, worst: Invoice, *, personal: bool, by_stripe: bool) -> str:
    ordinal = {1: "First", 2: "Second", 3: "Third", 4: "Fourth"}.get(worst.attempt)
    failure = f"{ordinal} failed charge" if ordinal else f"Failed charge, attempt {worst.attempt}"
    failure += methods.because(worst)
    if judgement.tries_again(worst) and worst.retry:
        failure += f"; Stripe tries again on {wording.day(wording.local(facts, worst.retry))}"
    elif worst.reason in NEVER_RETRIED or worst.last:
        failure += "; Stripe will not try this payment method again"
    note = " A large customer gets a personal note." if personal else ""
    return f"{failure}.{note}{' Stripe mails the customer about failed payments too.' if by_stripe else ''}"


def _evidence(facts: Facts, asked: list[Invoice]) -> list[tuple[str, str]]:
    evidence = [("Invoice", f"{invoice.number}, {invoice.due} open") for invoice in asked]
    evidence += [("Paid of it", str(invoice.paid)) for invoice in asked if invoice.paid]
    pairs: list[tuple[str, str]] = []
    for invoice in asked:
        pairs += [pair for pair in methods.decline(invoice) if pair not in pairs]
    return evidence + pairs + wording.about_customer(facts)
