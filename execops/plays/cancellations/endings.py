"""The end of a subscription as `subscription_ended` sees it: whether it is news to the customer, and who writes about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from execops.books.facts import Facts
from execops.model import Declined, Json
from execops.plays import judgement, receivables, wording
from execops.plays.cancellations import cancellation
from execops.plays.cancellations.cancellation import Cancellation
from execops.plays.comments import Meaning
from execops.plays.receivables import Invoice

_DAY = timedelta(days=1)
_LONGEST_RETRIES = timedelta(days=60)  # of a first payment: https://docs.stripe.com/billing/revenue-recovery
_AROUND = timedelta(days=7)  # a refund so near the end belongs to it
_TEAM = ("email_from", "email_reply_to", "account_owner_email", "finance_email")
_STAYS_SILENT = {
    Meaning.CLOSING: "the customer closes down: there is nothing to win back",
    Meaning.DUPLICATE: "the customer goes on with another account or plan: there is nothing to win back",
}


def read(facts: Facts) -> Cancellation | Declined:
    """The end of the facts' own subscription, or why nobody is written to about it.

    The result is a `Cancellation` whose `ends` is the end. Its MRR is that of the last day.
    """
    subscription = facts.state
    if facts.object_type != "subscription":
        return Declined("the event names no subscription")
    if subscription.get("status") != "canceled":
        return Declined("the subscription has not ended")
    ended, others = moment(facts), cancellation.others_of(facts)
    stake = cancellation.stake(facts, subscription | {"status": "active", "paused": False})
    why_not = (
        judgement.against_customer(facts)
        or _against_news(facts, ended)
        or _against_end(facts, ended, others)
        or _against_worth(facts, stake)
        or _against_dunning(facts)
    )
    if why_not:
        return Declined(why_not)
    end = cancellation.of_facts(facts, stake, others, ends=ended)
    silent = _STAYS_SILENT.get(end.meaning)
    if silent and not end.unpaid:
        return Declined(silent)
    return end


def moment(facts: Facts) -> datetime:
    """When the facts' own subscription ended."""
    return cancellation.ended_at(facts, facts.own)


def by_dunning(end: Cancellation) -> bool:
    """Whether the subscription ended for want of payment: by Stripe, or by hand after the last attempt to collect one."""
    if end.state.get("cancel_cause") == "payment_failed":
        return True
    has_reason = end.comment is not None or bool(end.feedback)
    return not has_reason and any(invoice.last and not invoice.sent for invoice in own_unpaid(end))


def own_unpaid(end: Cancellation) -> list[Invoice]:
    """The late invoices of the subscription that ended, without those of the customer's others."""
    return [invoice for invoice in end.unpaid if invoice.subscription.get("id") == end.state["id"]]


def by_wish(end: Cancellation) -> bool:
    """Whether somebody asked for the end: the customer, or one's own team for them. Old API versions do not tell."""
    return end.state.get("cancel_cause") == "cancellation_requested" or bool(
        end.feedback or end.state.get("cancel_comment")
    )


def _against_news(facts: Facts, ended: datetime) -> str | None:
    """Why the end is no news: it was set before, and `save_offer` answered then; or a schedule's term is over."""
    state = facts.state
    set_at, planned = wording.moment(state.get("canceled_at")), wording.moment(state.get("cancel_at"))
    on = wording.day(wording.local(facts, set_at)) if set_at else None
    if state.get("cancel_at_period_end") or (planned and abs(planned - ended) <= _DAY):
        if state.get("schedule") and not state.get("cancel_at_period_end"):
            return "a schedule set the end when its term began: nobody has cancelled"
        return f"the end was set{f' on {on}' if on else ' before'}: a cancellation is answered when it is set"
    if set_at and ended - set_at >= _DAY:
        return f"the end was set on {on}: a cancellation is answered when it is set"
    return cancellation.ended_by_schedule(state)


def _against_end(facts: Facts, ended: datetime, others: list[Json]) -> str | None:
    """Why it is no end that a customer is written to about."""
    state = facts.state
    if state.get("never_began"):
        return "the subscription never began: its first payment was not made"
    if state.get("cancel_cause") == "payment_disputed":
        return "the subscription ended after a dispute: nobody writes about it beside the dispute"
    if (facts.customer_email or "").lower() in {str(facts.org[name]).lower() for name in _TEAM}:
        return "the customer has an address of your own team: it was a test"
    if any(_same_plan(state, other) for other in others):
        return "the customer goes on with another subscription of the same plan"
    if goes_on := cancellation.replaced(facts, others):
        return goes_on
    if _never_paid(facts, ended):
        return "the subscription ended with its trial, and nothing was ever paid"
    if _was_refunded(facts, ended):
        return "a payment was refunded with the end: somebody has spoken with the customer"
    return None


def _against_worth(facts: Facts, stake: Json) -> str | None:
    """Why nobody writes to the customer: a large one is the account owner's, and a free plan is no loss."""
    if stake["large"]:
        return "a large customer should hear from a person: see large_cancellation"
    if stake["monthly"] is None and not stake["partial"] and _is_licensed(facts.state):
        return "the subscription was free"
    return None


def _against_dunning(facts: Facts) -> str | None:
    """Why nobody writes about the failed payment that ended the subscription, or somebody has written."""
    own = [
        invoice
        for invoice in receivables.of_facts(facts)
        if invoice.subscription.get("id") == facts.object_id
    ]
    failed = [invoice for invoice in own if not invoice.sent and _is_failed(invoice)]
    answered = next((invoice for invoice in failed if invoice.last and _is_told(facts, invoice)), None)
    if answered:
        return (
            f"card_update has told the customer about the last attempt to collect invoice {answered.number}"
        )
    return next((reason for invoice in failed if (reason := _needs_a_look(facts, invoice))), None)


def _is_failed(invoice: Invoice) -> bool:
    return bool(invoice.failure or invoice.pending or invoice.state.get("attempt_count"))


def _is_told(facts: Facts, invoice: Invoice) -> bool:
    """Whether a mail about the invoice went out after the last attempt to collect it."""
    since = wording.moment(invoice.failure.get("created")) or invoice.seen
    mails = [
        mail
        for mail in facts.written
        if (mail["play"], mail["action_type"]) == ("card_update", "email") and invoice.id in mail["covers"]
    ]
    return any((at := wording.moment(mail["at"])) is not None and at >= since for mail in mails)


def _needs_a_look(facts: Facts, invoice: Invoice) -> str | None:
    """Why a person should look at the payment first: it was blocked, is on its way, or another method was given since."""
    return judgement.against_failure(invoice) or judgement.against_method(facts, invoice)


def _never_paid(facts: Facts, ended: datetime) -> bool:
    """Whether the subscription ended in its trial, or after it without any payment on record."""
    trial_end = wording.moment(facts.state.get("trial_end"))
    if trial_end is None:
        return False
    if ended <= trial_end + timedelta(hours=1):
        return True
    paid = any(row["amount_minor"] > 0 for row in facts.paid)
    return not paid and ended - trial_end <= _LONGEST_RETRIES


def _was_refunded(facts: Facts, ended: datetime) -> bool:
    """Whether the customer's latest payment went back in full about the time of the end."""
    paid = [
        charge for charge in facts.charges if charge.get("status") == "succeeded" and charge.get("amount")
    ]
    latest = max(paid, key=lambda charge: (charge.get("created") or "", charge["id"]), default=None)
    if latest is None or int(latest.get("amount_refunded") or 0) < int(latest["amount"]):
        return False
    refunded_at = wording.moment(latest.get("as_of"))
    return refunded_at is not None and abs(refunded_at - ended) <= _AROUND


def _same_plan(one: Json, other: Json) -> bool:
    return bool(_products(one) & _products(other))


def _products(subscription: Json) -> set[str]:
    items = subscription.get("items") or []
    return {name for item in items if (name := item.get("product") or item.get("price"))}


def _is_licensed(subscription: Json) -> bool:
    items = subscription.get("items") or []
    return bool(items) and all(item.get("usage_type") == "licensed" for item in items)
