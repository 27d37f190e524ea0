"""The judgement whether to write at all: to whom, about what, and when. Every play asks here, none judges for itself.

The state of the customer, the invoice and its subscription comes first; then the kind of invoice and of payment method;
then the class of the decline. Each refusal is a sentence that stands in the event's outcome.
"""

from __future__ import annotations

from collections.abc import Callable

from execops.books.facts import Facts
from execops.model import Declined, Json
from execops.plays import comments, receivables, thresholds, wording
from execops.plays.comments import Meaning
from execops.plays.play import STALE
from execops.plays.receivables import Invoice
from execops.sources.stripe.declines import OUR_OWN, Decline

# The reasons that a retry alone may solve: https://docs.stripe.com/declines/codes.
_PASSING = {"insufficient_funds", "processing_error", "issuer_not_available", "try_again_later"}
# No date of a retry is told after them: it would not help, and Stripe does not make it after most of them.
_FINAL = {Decline.HARD, Decline.EXPIRED, Decline.AUTHENTICATION, Decline.FRAUD}
_ENDED = {"canceled", "incomplete_expired"}

WhyNot = Callable[[Facts, Invoice], str | None]


def to_ask(facts: Facts, why_not: WhyNot) -> list[Invoice] | Declined:
    """The open invoices of the customer that a message is to be about, or why there is none.

    One message covers them all, whether the facts are about one of them or about the customer. `why_not` gives the reason
    against an invoice. If the facts are about an invoice that is settled, or that there is a reason against, that holds:
    the others have events of their own. An automatic payment that failed more than a week before the others is not written
    about any more.
    """
    own = receivables.own(facts)
    if isinstance(own, Declined) and facts.object_type == "invoice":
        return own
    if isinstance(own, Invoice) and (reason := why_not(facts, own)):
        return Declined(reason)
    invoices = receivables.of_facts(facts)
    reasons = [(invoice, why_not(facts, invoice)) for invoice in invoices]
    unpaid = [invoice for invoice, reason in reasons if reason is None]
    if not unpaid:
        if isinstance(own, Declined):
            return own
        return Declined(next((reason for _, reason in reasons if reason), None) or receivables.settled(facts))
    latest = max(invoice.seen for invoice in unpaid)
    return [invoice for invoice in unpaid if invoice.sent or latest - invoice.seen <= STALE]


def against_customer(facts: Facts) -> str | None:
    """Why nobody writes to this customer about money now."""
    if facts.customer.get("deleted"):
        return wording.unreachable(facts)
    if any(
        comments.meaning(ending.get("cancel_comment")) is Meaning.NO_CONTACT for ending in facts.subscriptions
    ):
        return "the customer asked not to be contacted again, in a comment on a cancellation"
    if facts.disputes:
        return f"the customer disputes a payment ({facts.disputes[0]['id']}): nobody is reminded meanwhile"
    return None


def against_collection(facts: Facts, invoice: Invoice) -> str | None:
    """Why the customer is not asked to help with the payment that Stripe could not collect."""
    return (
        facts.once(against_customer)
        or against_failure(invoice)
        or against_untried(invoice)
        or _against_state(invoice)
        or against_method(facts, invoice)
    )


def against_payment(facts: Facts, invoice: Invoice) -> str | None:
    """Why the customer is not asked for a payment that failed. A confirmation is asked for by a play of its own."""
    if reason := against_collection(facts, invoice):
        return reason
    if invoice.decline is Decline.AUTHENTICATION and not _is_over(invoice):
        return f"the bank wants a confirmation of invoice {invoice.number}: that is asked for instead"
    return _against_now(facts, invoice)


def against_confirmation(facts: Facts, invoice: Invoice) -> str | None:
    """Why the customer is not asked to confirm a payment with the bank."""
    if invoice.decline is not Decline.AUTHENTICATION and not invoice.confirmation:
        return f"the bank asks for no confirmation of invoice {invoice.number}"
    if invoice.decline is not Decline.AUTHENTICATION:
        return f"invoice {invoice.number} failed for another reason since: {invoice.reason}"
    if _is_over(invoice):
        return f"the subscription of invoice {invoice.number} ended: a confirmation does not bring it back"
    return against_collection(facts, invoice)


def against_failure(invoice: Invoice) -> str | None:
    """Why the failed payment of this invoice is nobody's business now, not even the account owner's."""
    status = invoice.subscription.get("status")
    if status in {"incomplete", "incomplete_expired"}:
        return f"invoice {invoice.number} is the first one of a subscription that has not begun"
    first = invoice.state.get("billing_reason") == "subscription_create"
    if first and status is None and not invoice.debit:
        return f"invoice {invoice.number} is the first one: the customer stands in the checkout"
    if invoice.pending:
        return f"a payment of {invoice.due} for invoice {invoice.number} is on its way"
    return None


def against_untried(invoice: Invoice) -> str | None:
    """Why nobody speaks of a failed payment: Stripe has not tried to collect this invoice yet."""
    tried = invoice.sent or invoice.failure or invoice.confirmation or invoice.state.get("attempt_count") != 0
    return None if tried else f"no payment of invoice {invoice.number} was tried yet"


def against_reminder(facts: Facts, invoice: Invoice) -> str | None:
    """Why the customer is not reminded of an invoice that is past its due date."""
    due_on = wording.moment(invoice.state.get("due_date"))
    if reason := facts.once(against_customer):
        return reason
    if due_on and due_on > max(facts.today, invoice.seen):
        return f"invoice {invoice.number} is not due before {wording.day(wording.local(facts, due_on))}"
    if due_on is None:
        return f"invoice {invoice.number} has no due date"
    if invoice.automatic and invoice.retry:
        return f"Stripe collects invoice {invoice.number}, and tries again on {wording.day(wording.local(facts, invoice.retry))}"
    if invoice.automatic:
        return against_failure(invoice) or _against_state(invoice) or against_method(facts, invoice)
    if invoice.pending:
        return f"a payment of {invoice.due} for invoice {invoice.number} is on its way"
    return None


def against_sum(facts: Facts, unpaid: list[Invoice]) -> str | None:
    """Why nobody is reminded of so little: the floor is for all that the customer owes, in whatever currencies."""
    if thresholds.all_below(facts, receivables.sums(unpaid), facts.org["small_amount"]):
        return f"{receivables.sums_text(unpaid)} {receivables.is_or_are(unpaid)} below {facts.org['small_amount']} {facts.org['currency']}: nobody is reminded of so little"
    return None


def against_card(facts: Facts) -> str | None:
    """Why the customer is not asked to replace a card that expires."""
    if reason := against_customer(facts):
        return reason
    known = [subscription for subscription in facts.subscriptions if subscription.get("status")]
    if known and not any(is_charged(subscription) for subscription in known):
        return "nothing will be charged: no subscription of the customer goes on"
    return None


def to_retry(facts: Facts, invoice: Invoice) -> str | None:
    """The payment method with which an invoice can be charged once more; None where nothing speaks for it.

    It is another one than the one that failed, it is the customer's default since the failure, and nothing else will charge
    it: Stripe has no attempt ahead.
    """
    against = (
        facts.once(against_customer)
        or against_failure(invoice)
        or against_untried(invoice)
        or _against_state(invoice)
        or _against_failed(invoice)
    )
    if against or not invoice.automatic or invoice.retry or not _is_replaced(facts, invoice):
        return None
    if invoice.decline in {Decline.FRAUD, Decline.AUTHENTICATION}:
        return None
    now = receivables.method_id(facts, invoice.state, invoice.subscription)
    given = [card for card in facts.cards if card["id"] == now and not card.get("gone")]
    return now if given and now != invoice.failure.get("method_id") else None


def to_void(facts: Facts, invoice: Invoice) -> bool:
    """Whether an open invoice can be given up: the renewal of a subscription that its customer ended within a week of it.

    Nothing of it is paid, no payment of it is on its way, and Stripe has no attempt ahead.
    """
    subscription = invoice.subscription
    made, ended = wording.moment(invoice.state.get("created")), wording.moment(subscription.get("ended_at"))
    if against_customer(facts) or invoice.pending or invoice.paid or invoice.retry or not invoice.automatic:
        return False
    if not invoice.ended or subscription.get("cancel_cause") != "cancellation_requested":
        return False
    if invoice.state.get("billing_reason") != "subscription_cycle" or made is None or ended is None:
        return False
    return ended - made <= STALE


def tries_again(invoice: Invoice) -> bool:
    """Whether Stripe will try to collect the invoice with the same payment method."""
    if invoice.retry is None or invoice.decline in _FINAL:
        return False
    return invoice.decline is not Decline.RETURNED or invoice.reason == "insufficient_funds"


def is_set_to_end(subscription: Json) -> bool:
    """Whether the customer has cancelled: the subscription runs until a date. A schedule's own end is no cancellation."""
    if subscription.get("status") in _ENDED:
        return False
    if subscription.get("cancel_at_period_end"):
        return True
    return bool(subscription.get("cancel_at")) and not subscription.get("schedule")


def has_left(invoice: Invoice) -> bool:
    """Whether the customer has cancelled the subscription that Stripe collects this invoice for."""
    subscription = invoice.subscription
    by_us = subscription.get("cancel_cause") == "payment_failed"
    return (
        not invoice.sent
        and not by_us
        and (subscription.get("status") in _ENDED or is_set_to_end(subscription))
    )


def is_charged(subscription: Json) -> bool:
    """Whether Stripe goes on to charge the payment method of this subscription."""
    status = subscription.get("status")
    if subscription.get("collection_method") == "send_invoice":
        return False
    return status not in _ENDED | {"incomplete", "paused"} and not is_set_to_end(subscription)


def _against_state(invoice: Invoice) -> str | None:
    """Why the state of the invoice and of its subscription speaks against a mail about a failed payment."""
    subscription = invoice.subscription
    status = subscription.get("status")
    if invoice.sent:
        return f"invoice {invoice.number} was sent: the customer pays it by its due date, and tried it by themselves"
    if status in _ENDED:
        why = "nobody is dunned for it"
        if subscription.get("cancel_cause") == "payment_failed":
            why = "see subscription_ended"
        return f"the subscription of invoice {invoice.number} ended: {why}"
    if status == "unpaid":  # one notice after the last attempt
        why = f"the subscription of invoice {invoice.number} is unpaid, and Stripe has stopped collecting: nobody is dunned for it"
        return None if invoice.state.get("final_attempt") else why
    if subscription.get("paused") or status == "paused":
        return f"the subscription of invoice {invoice.number} is paused"
    if is_set_to_end(subscription):
        return f"the customer cancelled the subscription of invoice {invoice.number}: one mail about both is enough"
    return None


def against_method(facts: Facts, invoice: Invoice) -> str | None:
    """Why the payment method speaks against a mail: Radar stopped the payment, or the customer has replaced the card."""
    if reason := _against_failed(invoice):
        return reason
    if not _is_replaced(facts, invoice):
        return None
    when = (
        f"Stripe tries it on {wording.day(wording.local(facts, invoice.retry))}"
        if invoice.retry
        else ("charge the invoice with it at Stripe")
    )
    return f"the customer has given another payment method since; {when}"


def _against_failed(invoice: Invoice) -> str | None:
    """Why the failed payment is one for a person to look at."""
    if invoice.failure.get("blocked"):
        return f"Radar blocked the payment of invoice {invoice.number}: look at it at Stripe before anybody writes"
    if invoice.reason in OUR_OWN:
        return f"the payment of invoice {invoice.number} failed by our own doing ({invoice.reason}): look at it at Stripe"
    if invoice.reason == "recipient_deceased":
        return f"the bank says that who pays invoice {invoice.number} has died: a person should see to it"
    return None


def _is_replaced(facts: Facts, invoice: Invoice) -> bool:
    """Whether the customer has given another payment method since the failure, or made another one the default."""
    used, failed_at = invoice.failure.get("method_id"), wording.moment(invoice.failure.get("created"))
    if failed_at is None or used is None:
        return False
    given = [
        wording.moment(card.get("created"))
        for card in facts.cards
        if card["id"] != used and not card.get("gone")
    ]
    now = receivables.method_id(facts, invoice.state, invoice.subscription)
    if now not in {None, used}:
        holders = (invoice.state, invoice.subscription, facts.customer)
        given += [
            wording.moment(holder.get("as_of"))
            for holder in holders
            if now in {holder.get("default_method"), holder.get("default_card")}
        ]
    return any(moment and moment > failed_at for moment in given)


def _is_over(invoice: Invoice) -> bool:
    return invoice.subscription.get("status") in _ENDED | {"unpaid"}


def _against_now(facts: Facts, invoice: Invoice) -> str | None:
    """Why the first failure waits for the next attempt.

    It waits only where an attempt is ahead that may succeed by itself. A returned debit, a first payment after a trial and
    an unknown reason do not wait; an unknown reason does where the amount is small. A soft decline of a large payment waits
    too: the account owner is told of it, and decides whether to call.
    """
    if invoice.attempt > 1 or invoice.retry is None or invoice.after_trial:
        return None
    day = wording.day(wording.local(facts, invoice.retry))
    if invoice.reason in _PASSING and invoice.decline is not Decline.RETURNED and not invoice.debit:
        return f"it waits for the next attempt on {day}: {invoice.reason} may pass by itself"
    if invoice.decline is Decline.SOFT and thresholds.is_large(facts, invoice.due):
        return f"it waits for the next attempt on {day}: owner_alert tells of so large a payment first"
    small = thresholds.below(facts, invoice.due, facts.org["small_amount"])
    if invoice.reason is None and small:
        return f"it waits for the next attempt on {day}: {invoice.due} is small, and no reason is known"
    return None
