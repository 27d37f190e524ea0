"""A trial ends in three days and no payment method is known: ask the customer for one before the first payment fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money
from execops.plays import judgement, plans, wording
from execops.plays.mails import letters
from execops.plays.mails.letters import Words
from execops.plays.payments import methods
from execops.plays.play import Play, about_event
from execops.settings import Settings
from execops.sources.stripe.fields import at, obj

# Stripe gives notice three days before the end; at once where a trial is shorter or is cut to less:
# https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end
_NOTICE = timedelta(days=3)
_LATE = timedelta(hours=12)  # Stripe's own delay
_DAY = timedelta(days=1)


class _Ending(Struct, frozen=True, kw_only=True):
    """The end of a trial without a payment method. `first` is the first payment, None where it is not wholly known."""

    state: Json
    ends: datetime
    day: str
    plan: str | None
    first: Money | None


def about(event: Event, settings: Settings) -> About | None:
    """The subscription; None where a longer trial was cut: who cuts a trial has spoken with the customer, or is them."""
    subscription = obj(event.payload_json, "data", "object")
    start, end = at(subscription, "trial_start"), at(subscription, "trial_end")
    was_long = start is not None and end is not None and not _is_short(start, end)
    if was_long and end is not None and end - event.occurred_at < _NOTICE - _LATE:
        return None
    return about_event(event, settings)


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer: the day, the first payment, and what happens without a payment method.

    Nothing where a payment method is known, or where it is not known that there is none; nothing where no payment will be
    asked for. The urgency is medium; low where Stripe mails the customer about trials.
    """
    ending = _read(facts)
    if isinstance(ending, Declined):
        return ending
    email = wording.address(facts)
    if email is None:
        return Declined(wording.unreachable(facts))
    by_stripe = "trial_endings" in facts.org["stripe_sends"]
    letter = letters.write(facts, email, lambda words: _mail(words, facts, ending))
    return Draft(
        title=f"Trial ends: {wording.who(facts)}, {ending.day}",
        urgency=Urgency.LOW if by_stripe else Urgency.MEDIUM,
        action_type="email",
        payload=letter.payload,
        verdict=_verdict(ending.state, by_stripe=by_stripe),
        language=letter.language,
        translation=letter.translation,
        reasoning=f"The trial ends on {ending.day} and no payment method is known: {_without(ending.state)}."
        + (" Stripe mails the customer about the end of trials too." if by_stripe else ""),
        evidence=tuple(_evidence(facts, ending)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=ending.first,
        expires_at=ending.ends,
    )


PLAY = Play(
    name="trial_ending",
    vertical="money",
    version=1,
    summary="A trial ends in three days without a payment method: mail the customer where to add one",
    action_type="email",
    events=frozenset({"customer.subscription.trial_will_end"}),
    assess=assess,
    about=about,
)


def _read(facts: Facts) -> _Ending | Declined:
    if facts.object_type != "subscription":
        return Declined("the event names no subscription")
    end = wording.moment(facts.state.get("trial_end"))
    reason = (
        _against_trial(facts, end)
        or judgement.against_customer(facts)
        or _against_charge(facts.state, end)
        or _against_method(facts)
    )
    if reason or end is None:
        return Declined(reason or "the subscription has no trial")
    amount, credit = plans.payment(facts, facts.state, end), plans.credit(facts)
    if amount is not None and amount.minor <= max(credit, 0):
        why = f"{amount} is due" if amount.minor == 0 else f"the customer's credit pays the first {amount}"
        return Declined(f"no payment method is needed: {why}")
    return _Ending(
        state=facts.state,
        ends=end,
        day=wording.day(wording.local(facts, end)),
        plan=plans.name(facts, facts.state),
        first=None if credit else amount,
    )


def _is_short(start: datetime, end: datetime) -> bool:
    return end - start < _NOTICE + _LATE


def _against_trial(facts: Facts, end: datetime | None) -> str | None:
    """Why no trial is about to end."""
    state = facts.state
    if state.get("status") != "trialing" or end is None:
        return f"the subscription is not on trial: it is {state.get('status') or 'not known'}"
    day = wording.day(wording.local(facts, end))
    if end <= facts.today:
        return f"the trial ended on {day}"
    if end - facts.today > _NOTICE + _DAY:
        return f"the trial goes on until {day}: Stripe gives notice three days before"
    start = wording.moment(state.get("trial_start"))
    if start and _is_short(start, end):
        return "the trial is no longer than Stripe's notice: the customer has only just begun it"
    return None


def _against_charge(state: Json, end: datetime | None) -> str | None:
    """Why nothing will be collected at the end of the trial."""
    last = wording.moment(state.get("cancel_at"))
    if state.get("cancel_at_period_end") or (last and end and last <= end + _DAY):
        return "the subscription is set to end: no payment follows the trial"
    if state.get("paused"):
        return "the collection of the subscription is paused"
    if state.get("collection_method") == "send_invoice":
        return "the customer pays by invoice: no payment method is needed"
    return None


def _against_method(facts: Facts) -> str | None:
    """Why the customer is not asked for a payment method: there is one, or it is not known that there is none."""
    if "default_card" not in facts.customer:
        return "it is not known whether the customer has a payment method"
    charged = plans.payer(facts, facts.state)
    if charged:
        return f"a payment method is known: {methods.on_file(facts, charged)} will be charged"
    others = [method for method in facts.cards if not method.get("gone")]
    if others:
        on_file = methods.on_file(facts, others[0]["id"])
        return f"the customer has given a payment method ({on_file}), but no default: make it one at Stripe"
    return None


def _without(state: Json) -> str:
    """Stripe's answer to a missing payment method, for the person who decides."""
    return {
        "cancel": "without one Stripe ends the subscription",
        "pause": "without one Stripe pauses the subscription",
    }.get(state.get("missing_method") or "", "without one the first payment fails")


def _verdict(state: Json, *, by_stripe: bool) -> str:
    if by_stripe:
        return "Send only what Stripe does not say: it mails the customer about the end of trials too"
    return f"Send: there is no payment method, and {_without(state)}"


def _mail(words: Words, facts: Facts, ending: _Ending) -> tuple[str, list[str]]:
    missing = ending.state.get("missing_method") or "create_invoice"
    day, plus = wording.local(facts, ending.ends), ending.state.get("tax_on_top")
    opening = words(
        "trial_ending-opening",
        named="yes" if ending.plan else "no",
        plan=ending.plan or "",
        day=day,
        first="unknown" if ending.first is None else "tax" if plus else "whole",
        amount=ending.first or "",
    )
    without = words("trial_ending-without", missing=missing) if missing != "create_invoice" else ""
    return words("trial_ending-subject", day=day), [
        words.sentences(opening, without),
        letters.announced(words, "trial_ending", wording.portal(facts)),
        words("trial_ending-stop", missing=missing),
    ]


def _evidence(facts: Facts, ending: _Ending) -> list[tuple[str, str]]:
    plus = " plus tax" if ending.state.get("tax_on_top") else ""
    evidence = [("Trial ends", ending.day), ("Payment method", f"none; {_without(ending.state)}")]
    if ending.first:
        evidence.append(("First payment", f"{ending.first}{plus}"))
    else:
        evidence.append(("First payment", "not known: it depends on use, a discount or a credit"))
    return evidence + wording.about_customer(facts)
