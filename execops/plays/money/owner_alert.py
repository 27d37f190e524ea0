"""A large invoice, or a top customer's, is not paid: tell the account owner, who may call the customer."""

from __future__ import annotations

from collections.abc import Sequence

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money, decimals
from execops.plays import judgement, losses, methods, subscribed, thresholds, wording
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.receivables import Invoice, total
from execops.sources.stripe.declines import NEVER_RETRIED, Decline


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner, always of high urgency.

    Nothing where the invoice is settled, or where it is small and not a top customer's. A payment of `high_amount` major
    units of the books' currency is large. The tenth of the customers that paid most are the top customers.
    """
    asked = judgement.to_ask(facts, _against)
    if isinstance(asked, Declined):
        return asked
    customer, due = wording.who(facts), total(asked)
    large = any(thresholds.is_large(facts, invoice.due) for invoice in asked)
    worst = max(asked, key=lambda invoice: (invoice.last, invoice.attempt))
    overdue = all(_is_overdue(facts, invoice) for invoice in asked)
    happened = "is overdue" if overdue else "failed"
    whom = customer if large else f"{customer}, one of your top customers,"
    headline = (
        f"An invoice of {due} of {whom} is overdue" if overdue else f"A payment of {due} by {whom} failed"
    )
    action_type, payload = to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        headline,
        [*wording.who_to_reach(facts), *_evidence(facts, asked)],
        _advice(facts, worst, overdue=overdue),
        ("The customer's page to pay", asked[0].link) if asked[0].link else None,
    )
    thing = (
        ("Large invoice" if large else "Invoice of a top customer")
        if overdue
        else ("Large payment" if large else "Payment of a top customer")
    )
    attempt = "" if overdue else f", attempt {worst.attempt}"
    return Draft(
        title=f"{thing} {happened}: {customer}{attempt}",
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=_verdict(facts, worst, due, overdue=overdue),
        reasoning=_why(facts, worst, due, large=large, overdue=overdue),
        evidence=tuple(_evidence(facts, asked)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=due,
        covers=tuple(invoice.id for invoice in asked),
    )


def rests(facts: Facts, invoices: Sequence[Invoice]) -> bool:
    """Whether the owner is told of none of these invoices."""
    return all(_against(facts, invoice) for invoice in invoices)


PLAY = Play(
    name="owner_alert",
    vertical="money",
    version=2,
    summary="A large payment, or a top customer's, failed or is overdue: tell the account owner",
    action_type="notice",
    events=frozenset({"invoice.payment_failed", "invoice.overdue"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
    together=True,
    rests=rests,
)


def _is_overdue(facts: Facts, invoice: Invoice) -> bool:
    due_on = wording.moment(invoice.state.get("due_date"))
    return invoice.sent and due_on is not None and due_on <= max(facts.today, invoice.seen)


def _against(facts: Facts, invoice: Invoice) -> str | None:
    """Why the owner is not told of an invoice: it is nobody's business now, or it is small."""
    if facts.customer.get("deleted"):
        return wording.unreachable(facts)
    if reason := judgement.against_failure(invoice) or judgement.against_untried(invoice):
        return reason
    if invoice.sent and not _is_overdue(facts, invoice):
        return f"invoice {invoice.number} was sent: the customer pays it by its due date, and tried it by themselves"
    if losses.tells_of(facts, invoice.subscription):
        return f"the subscription of invoice {invoice.number} ended: see large_cancellation"
    if judgement.has_left(invoice):
        return f"the customer cancelled the subscription of invoice {invoice.number}"
    if not thresholds.is_large(facts, invoice.due) and not facts.top_customer:
        return f"invoice {invoice.number} is under {facts.once(_large)} and its customer is not among the top tenth"
    return None


def _large(facts: Facts) -> Money:
    currency = facts.org["currency"]
    return Money(facts.org["high_amount"] * 10 ** decimals(currency), currency)


def _advice(facts: Facts, worst: Invoice, *, overdue: bool) -> str:
    """The request to the account owner: what may help, by the class of the decline."""
    customer = wording.who(facts)
    if overdue:
        return f"Please get in touch with {customer} and find out when the payment will come."
    if worst.failure.get("blocked"):
        return f"Stripe's Radar blocked it. Please look at the payment at Stripe before anybody writes to {customer}."
    if worst.decline is Decline.RETURNED and worst.reason != "insufficient_funds":
        before = (
            f" before Stripe tries again on {wording.day(wording.local(facts, worst.retry))}"
            if worst.retry
            else ""
        )
        return f"The customer's bank sent the debit back. Please ask {customer} for a new mandate or another way to pay{before}; stop the retry at Stripe until then."
    if worst.decline is Decline.EXPIRED:
        return f"Please ask {customer} for a new card."
    if worst.decline is Decline.HARD:
        never = "; Stripe does not try this one again" if worst.reason in NEVER_RETRIED else ""
        return f"Please ask {customer} for another payment method{never}."
    return f"Please get in touch with {customer} and find out what keeps the payment from going through."


def _verdict(facts: Facts, worst: Invoice, due: Money, *, overdue: bool) -> str:
    if overdue:
        return f"Call the customer: {due} is {_since(facts, worst)}, and a large sum deserves a person"
    if worst.failure.get("blocked"):
        return f"Look at it at Stripe: Radar blocked a payment of {due}"
    if worst.decline is Decline.RETURNED and worst.reason != "insufficient_funds":
        return f"Ask for a new mandate: the bank sent the debit of {due} back"
    if worst.decline in {Decline.EXPIRED, Decline.HARD}:
        method = "a new card" if worst.decline is Decline.EXPIRED else "another payment method"
        return f"Ask for {method}: {due} failed, and the one on file does not work again"
    if worst.retry and judgement.tries_again(worst):
        on = wording.day(wording.local(facts, worst.retry))
        return f"Call the customer: {due} failed, and Stripe tries again on {on}"
    ends = " for the last time" if worst.last else ""
    return f"Call the customer: {due} failed{ends}, and a large sum deserves a person"


def _since(facts: Facts, invoice: Invoice) -> str:
    due_on = wording.moment(invoice.state.get("due_date"))
    days = (wording.local(facts, facts.today) - wording.local(facts, due_on)).days if due_on else 0
    return f"{days:,} day{'' if days == 1 else 's'} overdue" if days > 0 else "overdue"


def _why(facts: Facts, worst: Invoice, due: Money, *, large: bool, overdue: bool) -> str:
    what = (
        f"An invoice of {due} is overdue" if overdue else f"A payment of {due} failed{methods.because(worst)}"
    )
    top = "the customer is among the tenth that paid most in the last twelve months"
    if not large:
        return f"{what}, and {top}."
    bound = f"from {_large(facts)} on the account owner should know"
    if thresholds.in_books(facts, worst.due) is None:
        bound = "it is at least three times what the customer pays a month"
    return f"{what}: {bound}{f', and {top}' if facts.top_customer else ''}."


def _evidence(facts: Facts, asked: list[Invoice]) -> list[tuple[str, str]]:
    evidence = []
    for invoice in asked:
        evidence += methods.decline(invoice)
        message = invoice.failure.get("failure_message")
        if message:
            evidence.append(("Message", message))
        evidence.append(("Invoice", f"{invoice.number}, {invoice.due} open"))
        if invoice.paid:
            evidence.append(("Paid of it", str(invoice.paid)))
        if due_on := wording.moment(invoice.state.get("due_date")):
            evidence.append(("Due", wording.day(wording.local(facts, due_on))))
        if not invoice.sent:
            ahead = invoice.retry and judgement.tries_again(invoice)
            next_try = (
                f", the next on {wording.day(wording.local(facts, invoice.retry))}"
                if ahead and invoice.retry
                else ""
            )
            evidence.append(("Attempt", f"{invoice.attempt}{', the last' if invoice.last else next_try}"))
    evidence += subscribed.billed_for(*(invoice.state for invoice in asked))
    return evidence + wording.about_customer(facts)
