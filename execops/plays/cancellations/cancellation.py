"""A cancellation as `save_offer` sees it: whether the customer has wished it, when it takes effect, what is at stake."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from execops.books.facts import Facts
from execops.books.mrr import Mrr, subscription_mrr
from execops.model import Declined, Json
from execops.money import Money
from execops.plays import comments, judgement, receivables, thresholds, wording
from execops.plays.comments import Meaning
from execops.plays.mails import letters
from execops.plays.receivables import Invoice

_ENDED = {"canceled", "incomplete_expired"}
_BEHIND = {"past_due", "unpaid"}
_RUNNING = {"active", "trialing", "past_due"}
_AROUND = timedelta(
    days=7
)  # a subscription that begins so near a cancellation takes the place of the cancelled one
_BY_STRIPE = {
    "payment_failed": "Stripe ends the subscription for want of payment: the customer has not cancelled",
    "payment_disputed": "Stripe ends the subscription after a dispute: the customer has not cancelled",
}
_STAYS_SILENT = {
    Meaning.CLOSING: "the customer closes down: there is nothing to save",
    Meaning.DUPLICATE: "the customer goes on with another account or plan: there is nothing to save",
}

# Why a comment is for a person to answer, and what to do.
_FOR_A_PERSON = {
    Meaning.LEGAL: ("the comment may be a legal matter", "Read it with care before anybody answers."),
    Meaning.PERSONAL: ("the comment calls for a personal answer", "Please answer in your own words."),
    Meaning.REQUEST: (
        "the comment asks for something or waits for an answer",
        "Please answer the customer yourself.",
    ),
    Meaning.PERHAPS_NO_CONTACT: (
        "the customer may ask not to be contacted",
        "Read the comment first; if it says so, nobody writes.",
    ),
    Meaning.CLOSING: ("the customer closes down", "Do not try to win them back."),
    Meaning.DUPLICATE: ("the customer goes on with another account or plan", "Do not try to win them back."),
    Meaning.NOTE: (
        "the comment may be a note of your own team, not the customer's words",
        "Please get in touch yourself if something is left to say.",
    ),
    Meaning.UNCLEAR: (
        "the comment gives no plain reason in the language of the mail",
        "Read it first. If it asks for no contact, nobody writes; else answer in their language.",
    ),
    Meaning.RUDE: ("the comment is not one to quote back", "Please answer in your own words."),
    Meaning.LONG: ("the comment is long", "It deserves an answer in your own words."),
}
# The reasons that the customer may choose, by Stripe's names: https://docs.stripe.com/api/subscriptions/object,
# `feedback`. `other` tells nothing.
FEEDBACK = (
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
)
LET_DOWN = {"customer_service", "low_quality"}  # the reasons after which one says sorry first


class Cancellation(Struct, frozen=True, kw_only=True):
    """A subscription that its customer has set to end.

    `monthly` is its MRR, None where it brings none or none is known; `partial` says that a part of it is not known.
    `large` says that one payment of it is large, or that its customer is among the top tenth. `unpaid` are the invoices
    of the customer that should have been paid by now. `others` are the customer's subscriptions that go on.
    """

    state: Json
    ends: datetime | None
    trial: bool
    monthly: Money | None
    partial: bool
    large: bool
    unpaid: list[Invoice]
    others: list[Json]
    meaning: Meaning

    @property
    def feedback(self) -> str | None:
        """The reason that the customer chose, as Stripe names it."""
        reason: str | None = self.state.get("cancel_reason")
        return reason

    @property
    def comment(self) -> str | None:
        """The customer's own words; None where they say nothing."""
        words: str | None = self.state.get("cancel_comment")
        return None if self.meaning is Meaning.NOTHING else words

    @property
    def behind(self) -> bool:
        """Whether a payment is missing."""
        return bool(self.unpaid) or self.state.get("status") in _BEHIND

    @property
    def undisturbed(self) -> bool:
        """Whether the subscription runs as usual until it ends: paid for and not paused."""
        return self.state.get("status") == "active" and not (self.behind or self.state.get("paused"))


def read(facts: Facts) -> Cancellation | Declined:
    """The cancellation of the facts' own subscription, or why nobody is written to about it."""
    subscription = facts.state
    if facts.object_type != "subscription":
        return Declined("the event names no subscription")
    ends = wording.moment(subscription.get("cancel_at")) or wording.moment(
        subscription.get("current_period_end")
    )
    others = others_of(facts)
    why_not = _against_state(facts, ends) or judgement.against_customer(facts) or _against_wish(facts, others)
    if why_not:
        return Declined(why_not)
    trial = _is_trial(subscription, ends)
    cancellation = of_facts(facts, stake(facts, subscription), others, ends=ends, trial=trial)
    silent = _STAYS_SILENT.get(cancellation.meaning)
    if silent and not (cancellation.large or cancellation.unpaid):
        return Declined(silent)
    return cancellation


def of_facts(
    facts: Facts, stake: Json, others: list[Json], *, ends: datetime | None, trial: bool = False
) -> Cancellation:
    """The `Cancellation` of the facts' own subscription, with what is at stake and the subscriptions that go on."""
    return Cancellation(
        state=facts.own,
        ends=ends,
        trial=trial,
        **stake,
        unpaid=unpaid(facts),
        others=others,
        meaning=_meaning(facts),
    )


def _meaning(facts: Facts) -> Meaning:
    """The meaning of the comment beside the reason that the customer chose, and the language that a mail would have.

    A mail in any language may quote English words.
    """
    comment: str | None = facts.state.get("cancel_comment")
    meaning = comments.meaning(comment)
    if meaning is Meaning.CALM and facts.state.get("cancel_reason") not in FEEDBACK:
        return Meaning.UNCLEAR
    if comment is None or meaning not in {Meaning.CALM, Meaning.PLAIN}:
        return meaning
    quoted_in = {letters.ENGLISH, letters.language_of(facts)}
    return Meaning.PLAIN if quoted_in & comments.languages(comment) else Meaning.UNCLEAR


def stake(facts: Facts, subscription: Json) -> Json:
    """The fields of a `Cancellation` that say how much the subscription brings: `monthly`, `partial`, `large`."""
    mrr = subscription_mrr(subscription, facts.today)
    monthly = next((amount for amount in mrr.money() if amount.minor), None)
    large = bool(facts.top_customer) or (monthly is not None and _is_large(facts, mrr, monthly))
    return {"monthly": monthly, "partial": mrr.unknown, "large": large}


def staying(facts: Facts, cancellation: Cancellation) -> int:
    """How many other subscriptions go on; 0 where another one has ended too, or may."""
    running = [other for other in facts.subscriptions if other["id"] != facts.object_id]
    running = [other for other in running if other.get("status") not in _ENDED]
    return len(running) if len(running) == len(cancellation.others) else 0


def for_a_person(cancellation: Cancellation) -> tuple[str, str] | None:
    """Why a person should answer the customer's comment, and what to do; None where a mail may answer it."""
    reason = _FOR_A_PERSON.get(cancellation.meaning)
    if reason and cancellation.feedback in LET_DOWN:
        return reason[0], f"{reason[1]} They say that we let them down: say sorry first."
    return reason


def _against_state(facts: Facts, ends: datetime | None) -> str | None:
    """Why there is no cancellation to write about."""
    subscription = facts.state
    if subscription.get("status") in _ENDED or subscription.get("ended_at"):
        return "the subscription has ended"
    if not (subscription.get("cancel_at_period_end") or subscription.get("cancel_at")):
        return "the subscription is not set to cancel"
    if ends and ends <= facts.today:
        return f"the subscription ended on {wording.day(wording.local(facts, ends))}"
    if subscription.get("status") == "incomplete":
        return "the subscription has not begun: its first payment is missing"
    return None


def _against_wish(facts: Facts, others: list[Json]) -> str | None:
    """Why it is no cancellation that the customer has wished, or one after which they wish to be left alone."""
    subscription = facts.state
    by_stripe = _BY_STRIPE.get(subscription.get("cancel_cause") or "")
    if by_stripe:
        return by_stripe
    reason = subscription.get("cancel_reason") or subscription.get("cancel_comment")
    if subscription.get("schedule") and not (subscription.get("cancel_at_period_end") or reason):
        return "a schedule set the end when its term began: the customer has not cancelled"
    own = [subscription, *facts.subscriptions]
    if any(comments.meaning(state.get("cancel_comment")) is Meaning.NO_CONTACT for state in own):
        return (
            "the customer may ask not to be contacted, or to be deleted: read the comment, and write nothing"
        )
    return replaced(facts, others)


def others_of(facts: Facts) -> list[Json]:
    """The customer's other subscriptions that go on."""
    return [other for other in facts.subscriptions if other["id"] != facts.object_id and _goes_on(other)]


def ended_at(facts: Facts, subscription: Json) -> datetime:
    """When a subscription ended."""
    end = subscription.get("ended_at") or subscription.get("canceled_at") or subscription.get("as_of")
    return wording.moment(end) or facts.today


def ended_by_schedule(subscription: Json) -> str | None:
    """Why the end is no wish of the customer's, where the term of a schedule is over and nobody has cancelled."""
    wished = any(subscription.get(name) for name in ("cancel_cause", "cancel_reason", "cancel_comment"))
    if subscription.get("schedule") and not wished:
        return "a schedule ended the subscription: nobody has cancelled"
    return None


def replaced(facts: Facts, others: list[Json]) -> str | None:
    """Why the end is no loss, where another subscription began about the time of the cancellation or later."""
    since = next((start for other in others if (start := _replaces(facts.state, other))), None)
    if since is None:
        return None
    day = wording.day(wording.local(facts, since))
    return f"the customer goes on with another subscription, which began on {day}"


def _goes_on(subscription: Json) -> bool:
    """Whether the subscription runs and is not set to end."""
    return subscription.get("status") in _RUNNING and not judgement.is_set_to_end(subscription)


def _replaces(subscription: Json, other: Json) -> datetime | None:
    """When the other subscription began, where that was about the time of the cancellation or later."""
    cancelled_at, began = wording.moment(subscription.get("canceled_at")), wording.moment(other.get("start"))
    return began if cancelled_at and began and began > cancelled_at - _AROUND else None


def _is_trial(subscription: Json, ends: datetime | None) -> bool:
    """Whether the subscription ends with its trial, so that it never has a paid period."""
    trial_end = wording.moment(subscription.get("trial_end"))
    if subscription.get("status") != "trialing":
        return False
    return trial_end is None or ends is None or ends <= trial_end + timedelta(days=1)


def _is_large(facts: Facts, mrr: Mrr, monthly: Money) -> bool:
    """Whether one payment of the subscription is large. Without a rate of its currency the month decides."""
    months = max((_payment_months(item) for item in facts.state.get("items") or []), default=1)
    payment = Money(round(mrr.amounts[monthly.currency] * months), monthly.currency)
    worth = thresholds.in_books(facts, payment)
    return thresholds.is_large(facts, monthly) if worth is None else worth >= facts.org["high_amount"]


def _payment_months(item: Json) -> int:
    count = max(int(item.get("interval_count") or 1), 1)
    return {"year": 12 * count, "month": count}.get(item.get("interval") or "", 1)


def unpaid(facts: Facts) -> list[Invoice]:
    """The customer's invoices that should have been paid: the payment failed, or the due date is past."""
    return [invoice for invoice in receivables.of_facts(facts) if _is_late(facts, invoice)]


def _is_late(facts: Facts, invoice: Invoice) -> bool:
    if invoice.pending:
        return False
    if invoice.sent:
        due_on = wording.moment(invoice.state.get("due_date"))
        return due_on is not None and due_on <= facts.today
    return int(invoice.state.get("attempt_count") or 0) > 0
