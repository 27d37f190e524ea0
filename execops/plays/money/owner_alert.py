"""A large invoice, or a top customer's, is not paid: tell the account owner, who may call the customer."""

from __future__ import annotations

from collections.abc import Sequence

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.money import Money, decimals
from execops.plays import judgement, thresholds, wording
from execops.plays.cancellations import losses
from execops.plays.messages import TeamRole, to_team
from execops.plays.payments import decline_words, methods
from execops.plays.play import Play
from execops.plays.receivables import (
    Invoice,
    billed_for,
    due_on,
    is_or_are,
    is_overdue,
    oldest_due,
    since_due,
    sums_text,
)
from execops.sources.stripe.declines import NEVER_RETRIED, Decline


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner, always of high urgency.

    Nothing where the invoice is settled, or where it is small and not a top customer's. A payment of `high_amount` major
    units of the books' currency is large. The tenth of the customers that paid most are the top customers.
    """
    unpaid = judgement.to_ask(facts, _against)
    if isinstance(unpaid, Declined):
        return unpaid
    alert = _Alert(facts, unpaid)
    action_type, payload = to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        alert.headline,
        [*wording.who_to_reach(facts), *_evidence(facts, unpaid)],
        _advice(alert),
        ("The customer's page to pay", link) if (link := alert.first.link) else None,
    )
    return Draft(
        title=alert.title,
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=_verdict(alert),
        reasoning=_why(alert, unpaid),
        evidence=tuple(_evidence(facts, unpaid)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=thresholds.at_stake(facts, [invoice.due for invoice in unpaid]),
        covers=tuple(invoice.id for invoice in unpaid),
    )


def rests(facts: Facts, invoices: Sequence[Invoice]) -> bool:
    """Whether the owner is told of none of these invoices."""
    return all(_against(facts, invoice) for invoice in invoices)


PLAY = Play(
    name="owner_alert",
    vertical="money",
    version=3,
    summary="A large payment, or a top customer's, failed or is overdue: tell the account owner",
    action_type="notice",
    events=frozenset({"invoice.payment_failed", "invoice.overdue"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
    together=True,
    rests=rests,
)


class _Alert:
    """The words about payments that failed, and about invoices that are overdue, which nobody may take for each other.

    If payments failed, the alert is about them, and names the overdue invoices beside them.
    """

    def __init__(self, facts: Facts, unpaid: list[Invoice]) -> None:
        self.facts = facts
        self.failed = [invoice for invoice in unpaid if not is_overdue(facts, invoice)]
        self.late = [invoice for invoice in unpaid if is_overdue(facts, invoice)]
        self.first = (self.failed or self.late)[0]
        self.worst = max(self.failed or self.late, key=lambda invoice: (invoice.last, invoice.attempt))

    @property
    def due(self) -> str:
        """The sums of the failed payments in words; of the overdue invoices, where no payment failed."""
        return sums_text(self.failed or self.late)

    @property
    def since(self) -> str:
        """`overdue since 19 November 2026`, of the invoice that was due first."""
        return f"overdue {since_due(self.facts, oldest_due(self.late))}"

    @property
    def large(self) -> bool:
        """Whether one of those that the alert is about is large."""
        return any(thresholds.is_large(self.facts, invoice.due) for invoice in self.failed or self.late)

    @property
    def title(self) -> str:
        """The title of the card."""
        customer = wording.who(self.facts)
        size, thing = ("Large ", "payment") if self.large else ("", "Payment of a top customer")
        if not self.failed:
            thing = "invoice" if self.large else "Invoice of a top customer"
            return f"{size}{thing} is overdue: {customer}"
        return f"{size}{thing} failed: {customer}, attempt {self.worst.attempt}"

    @property
    def headline(self) -> str:
        """The event in words, for the account owner."""
        customer = wording.who(self.facts)
        whom = customer if self.large else f"{customer}, one of your top customers,"
        if not self.failed:
            return f"{_invoices(self.late)} of {whom} {_are(self.late)} overdue"
        return f"{_payments(self.failed)} by {whom} failed{self.beside}"

    @property
    def beside(self) -> str:
        """The overdue invoices beside failed payments; empty where there are none."""
        if not self.late or not self.failed:
            return ""
        invoices = _invoices(self.late)
        return f", and {invoices[0].lower()}{invoices[1:]} {_are(self.late)} overdue"


def _payments(unpaid: list[Invoice]) -> str:
    return f"{'A payment' if len(unpaid) == 1 else 'Payments'} of {sums_text(unpaid)}"


def _invoices(unpaid: list[Invoice]) -> str:
    return f"{'An invoice' if len(unpaid) == 1 else 'Invoices'} of {sums_text(unpaid)}"


def _are(unpaid: list[Invoice]) -> str:
    return "is" if len(unpaid) == 1 else "are"


def _against(facts: Facts, invoice: Invoice) -> str | None:
    """Why the owner is not told of an invoice: it is nobody's business now, or it is small."""
    if facts.customer.get("deleted"):
        return wording.unreachable(facts)
    if reason := judgement.against_failure(invoice) or judgement.against_untried(invoice):
        return reason
    if invoice.sent and not is_overdue(facts, invoice):
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


def _advice(alert: _Alert) -> str:
    """The request to the account owner: what may help, by the class of the decline."""
    facts, worst = alert.facts, alert.worst
    customer = wording.who(facts)
    if not alert.failed:
        return f"Please get in touch with {customer} and find out when the payment will come."
    if worst.failure.get("blocked"):
        return f"Stripe's Radar blocked it. Please look at the payment at Stripe before anybody writes to {customer}."
    if decline_words.is_stopped(worst):
        return f"The bank was told to stop the payments. Please ask {customer} whether they want to go on, before anybody charges them again."
    if worst.reason == "insufficient_funds":
        return f"There was too little money. Please ask {customer} when it will be there, or for another way to pay."
    if worst.decline is Decline.RETURNED:
        before = (
            f" before Stripe tries again on {wording.day(wording.local(facts, worst.retry))}"
            if worst.retry
            else ""
        )
        return f"The customer's bank sent the debit back. Please ask {customer} for a new mandate or another way to pay{before}; stop the retry at Stripe until then."
    if worst.decline is Decline.EXPIRED:
        return f"Please ask {customer} for a new card."
    if worst.decline in {Decline.HARD, Decline.FRAUD}:
        never = "; Stripe does not try this one again" if worst.reason in NEVER_RETRIED else ""
        return f"Please ask {customer} for another payment method{never}."
    return f"Please get in touch with {customer} and find out what keeps the payment from going through."


def _verdict(alert: _Alert) -> str:
    worst, due = alert.worst, alert.due
    if not alert.failed:
        return f"Call the customer: {due} {is_or_are(alert.late)} {alert.since}, and a large sum deserves a person"
    if worst.failure.get("blocked"):
        return f"Look at it at Stripe: Radar blocked a payment of {due}"
    if decline_words.is_stopped(worst):
        return f"Ask whether they want to go on: the bank was told to stop the payments, and {due} failed"
    if worst.decline is Decline.RETURNED and worst.reason != "insufficient_funds":
        return f"Ask for a new mandate: the bank sent the debit of {due} back"
    if worst.decline in {Decline.EXPIRED, Decline.HARD, Decline.FRAUD}:
        method = "a new card" if worst.decline is Decline.EXPIRED else "another payment method"
        return f"Ask for {method}: {due} failed, and the one on file does not work again"
    if worst.retry and judgement.tries_again(worst):
        on = wording.day(wording.local(alert.facts, worst.retry))
        return f"Call the customer: {due} failed, and Stripe tries again on {on}"
    ends = " for the last time" if worst.last else ""
    return f"Call the customer: {due} failed{ends}, and a large sum deserves a person"


def _why(alert: _Alert, unpaid: list[Invoice]) -> str:
    facts = alert.facts
    if alert.failed:
        happened = f"{_payments(alert.failed)} failed{methods.because(alert.worst)}{alert.beside}"
    else:
        happened = f"{_invoices(alert.late)} {_are(alert.late)} overdue"
    top = "the customer is among the tenth that paid most in the last twelve months"
    large = [invoice.due for invoice in unpaid if thresholds.is_large(facts, invoice.due)]
    if not large:
        return f"{happened}, and {top}."
    bound = f"from {_large(facts)} on the account owner should know"
    if all(thresholds.in_books(facts, amount) is None for amount in large):
        bound = "it is at least three times what the customer pays a month"
    return f"{happened}: {bound}{f', and {top}' if facts.top_customer else ''}."


def _evidence(facts: Facts, unpaid: list[Invoice]) -> list[tuple[str, str]]:
    evidence = []
    for invoice in unpaid:
        evidence += methods.decline(invoice)
        message = invoice.failure.get("failure_message")
        if message:
            evidence.append(("Message", message))
        evidence.append(("Invoice", f"{invoice.number}, {invoice.due} open"))
        if invoice.paid:
            evidence.append(("Paid of it", str(invoice.paid)))
        if invoice.credited:
            evidence.append(("Credited", str(invoice.credited)))
        if moment := due_on(invoice):
            evidence.append(("Due", wording.day(wording.local(facts, moment))))
        if not invoice.sent:
            ahead = invoice.retry and judgement.tries_again(invoice)
            next_try = (
                f", the next on {wording.day(wording.local(facts, invoice.retry))}"
                if ahead and invoice.retry
                else ""
            )
            evidence.append(("Attempt", f"{invoice.attempt}{', the last' if invoice.last else next_try}"))
    evidence += billed_for(unpaid)
    return evidence + wording.about_customer(facts)
