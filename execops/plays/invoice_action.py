"""The action at Stripe about an open invoice that nobody is written to about, where a founder allowed it.

The customer gave a new payment method, so the invoice can be charged once more; or they ended the subscription, so the
invoice can be voided. Both are narrower than the judgement not to write: see `to_retry` and `to_void` of
`execops.plays.judgement`.
"""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Draft, Urgency
from execops.plays import judgement, receivables, stripe_action, wording
from execops.plays.payments import methods
from execops.plays.receivables import Invoice
from execops.plays.stripe_action import StripeAction


def instead_of_mail(facts: Facts) -> Draft | None:
    """The action about the first invoice of these facts that calls for one; None where none does.

    Facts about an invoice call for an action about that one alone.
    """
    if not facts.actions:
        return None
    for invoice in receivables.of_facts(facts):
        if facts.object_type == "invoice" and invoice.id != facts.object_id:
            continue
        draft = _retry(facts, invoice) or _void(facts, invoice)
        if draft is not None:
            return draft
    return None


def may_be_for(facts: Facts, invoice: Invoice) -> bool:
    """Whether an action may be drafted about this invoice."""
    return bool(facts.actions) and (
        judgement.to_retry(facts, invoice) is not None or judgement.to_void(facts, invoice)
    )


def _retry(facts: Facts, invoice: Invoice) -> Draft | None:
    method = judgement.to_retry(facts, invoice)
    if method is None:
        return None
    payload = {"invoice": invoice.id, "amount": invoice.due.exact, "payment_method": method}
    action = stripe_action.named(
        facts, "stripe_retry_invoice", payload, "Stripe has no attempt ahead, so nothing else charges it."
    )
    failure = f"The payment of invoice {invoice.number} failed{methods.because(invoice)}"
    return _draft(
        facts,
        invoice,
        action,
        title=f"Charge the new payment method: {wording.who(facts)}",
        verdict="Charge: the customer has given another payment method since the failure",
        reasoning=f"{failure}; since then the customer's default is another one.",
        more=[("New payment method", methods.on_file(facts, method))],
    )


def _void(facts: Facts, invoice: Invoice) -> Draft | None:
    if not judgement.to_void(facts, invoice):
        return None
    payload = {"invoice": invoice.id, "amount": invoice.due.exact}
    action = stripe_action.named(
        facts, "stripe_void_invoice", payload, "To keep the claim, reject this and ask the customer yourself."
    )
    ended = wording.moment(invoice.subscription.get("ended_at"))
    when = f" on {wording.day(wording.local(facts, ended))}" if ended else ""
    return _draft(
        facts,
        invoice,
        action,
        title=f"Void the invoice of an ended subscription: {wording.who(facts)}",
        verdict="Void: the customer ended the subscription, and nobody is dunned for its renewal",
        reasoning=f"The customer ended the subscription{when}; its renewal, invoice {invoice.number}, is unpaid.",
        more=[("Subscription ended", when.removeprefix(" on "))] if when else [],
    )


def _draft(
    facts: Facts,
    invoice: Invoice,
    action: StripeAction | None,
    *,
    title: str,
    verdict: str,
    reasoning: str,
    more: list[tuple[str, str]],
) -> Draft | None:
    if action is None:
        return None
    evidence = [
        *methods.decline(invoice),
        ("Invoice", f"{invoice.number}, {invoice.due} open"),
        *more,
        *receivables.billed_for([invoice]),
        *wording.about_customer(facts),
    ]
    return Draft(
        title=title,
        urgency=Urgency.MEDIUM,
        action_type=action.action_type,
        payload=action.payload,
        verdict=verdict,
        reasoning=f"{reasoning} {action.besides}",
        evidence=tuple(evidence),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=invoice.due,
        covers=(invoice.id,),
    )
