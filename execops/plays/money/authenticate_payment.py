"""The bank asks the customer to confirm payments: mail the customer the link to the page for it."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import judgement, methods, wording
from execops.plays.play import Play
from execops.plays.receivables import Invoice, total


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, of high urgency: nobody else can complete the payment.

    It is low where Stripe mails the customer about confirmations. Nothing where no mail can be sent, or where
    `execops.plays.judgement` says why not.
    """
    asked = judgement.to_ask(facts, judgement.against_confirmation)
    if isinstance(asked, Declined):
        return asked
    email = wording.address(facts)
    if email is None:
        return Declined(wording.unreachable(facts, f"of invoice {asked[0].number}"))
    by_stripe = "confirmations" in facts.org["stripe_sends"]
    account = _account_to_verify(facts, asked[0])
    subject, text = _verification(facts, asked, account) if account else _mail(facts, asked)
    why = (
        "The customer's bank account is not verified; until then nothing can be collected from it."
        if account
        else "The customer's bank wants the payment confirmed; until then it cannot be collected."
    )
    evidence = [("Invoice", f"{invoice.number}, {invoice.due} open") for invoice in asked]
    return Draft(
        title=f"{'Account to verify' if account else 'Bank confirmation needed'}: {wording.who(facts)}",
        urgency=Urgency.LOW if by_stripe else Urgency.HIGH,
        action_type="email",
        payload=wording.mail(facts, email, subject, text),
        reasoning=f"{why}{' Stripe mails the customer about it too.' if by_stripe else ''}",
        evidence=(*evidence, *methods.decline(asked[0]), *wording.about_customer(facts)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=total(asked),
        covers=tuple(invoice.id for invoice in asked),
    )


PLAY = Play(
    name="authenticate_payment",
    vertical="money",
    version=2,
    summary="The bank wants a payment confirmed: mail the customer the link",
    action_type="email",
    events=frozenset({"invoice.payment_action_required", "invoice.payment_failed"}),
    assess=assess,
    together=True,
)


def _account_to_verify(facts: Facts, invoice: Invoice) -> Json:
    """The payment that waits until the customer has told Stripe the small deposits in the bank account."""
    waiting = (
        payment
        for payment in facts.payments
        if payment.get("status") == "requires_action"
        and payment.get("next_action") == "verify_with_microdeposits"
        and payment.get("amount") == invoice.due.minor
    )
    return next(waiting, {})


def _verification(facts: Facts, asked: list[Invoice], payment: Json) -> tuple[str, str]:
    invoice = asked[0]
    link = payment.get("verify_url") or invoice.link or wording.portal(facts)
    page = (
        f"You can enter them here:\n{link}"
        if link
        else "Please reply to this mail with any question about it."
    )
    return f"Please verify your bank account for your payment of {invoice.due}", wording.letter(
        facts,
        f"Your payment of {invoice.due} for invoice {invoice.number} waits until your bank account is verified. Your bank statement shows one or two small deposits, or a code, for it.",
        page,
        "If you have verified it already, please ignore this mail.",
    )


def _mail(facts: Facts, asked: list[Invoice]) -> tuple[str, str]:
    invoice, several = asked[0], len(asked) > 1
    due = total(asked)
    what = f"your payments of {due}" if several else f"your payment of {due}"
    listed = "".join(f"\n• {invoice.due} for invoice {invoice.number}" for invoice in asked)
    of_invoice = f":{listed}" if several else f" for invoice {invoice.number}"
    the = f"the payments of {due}" if several else f"the payment of {due}"
    if any(invoice.attempt > 1 for invoice in asked):
        subject = f"Reminder: please confirm {what}"
        opening = f"Your bank is still waiting for you to confirm {the}{of_invoice}{'' if several else '.'}"
        usual = "Until then it cannot go through."
    else:
        subject = f"Please confirm {what}"
        opening = f"Your bank asks you to confirm {the}{of_invoice}{'' if several else '.'}"
        usual = "It is a usual security check, and the payment goes through once you have confirmed it."
    if several and all(invoice.link for invoice in asked):
        ask = "You can confirm them here, it takes a minute:\n" + "\n".join(
            f"{invoice.number}: {invoice.link}" for invoice in asked
        )
    else:
        link = invoice.link or wording.portal(facts)
        ask = (
            f"You can confirm it here, it takes a minute:\n{link}"
            if link
            else "Please reply to this mail and we will send you a secure link to confirm it."
        )
    first = f"{opening}\n\n{usual}" if several else f"{opening} {usual}"
    return subject, wording.letter(
        facts, first, ask, "If you have confirmed it already, please ignore this mail."
    )
