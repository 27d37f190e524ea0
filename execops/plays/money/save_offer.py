"""A customer has cancelled, and the subscription still runs: answer the reason they gave, or ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.plays import cancellation, farewell, wording
from execops.plays.cancellation import Cancellation
from execops.plays.letters import Letter
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play, about_event
from execops.settings import Settings
from execops.sources.stripe.fields import at, flag, obj
from execops.text import clean_line

_LONGEST_COMMENT = 1000  # characters, in a message to the team

# The reason that the customer chose in Stripe's portal, in a message to the team:
# https://docs.stripe.com/api/subscriptions/object, `feedback`.
_FEEDBACK = {
    "switched_service": "switched to another service",
    "unused": "not used enough",
    "low_quality": "quality",
}


def about(event: Event, settings: Settings) -> About | None:
    """The subscription, where this update has set it to end; None for every other update.

    `previous_attributes` holds the values before the update of the attributes that it changed. An event without them
    may have set the end, so it counts as one. A schedule's end is not the customer's wish: an update that adds the wish
    to it counts too.
    """
    data = obj(event.payload_json, "data")
    now, before = obj(data, "object"), data.get("previous_attributes")
    if isinstance(before, Mapping):
        was = {**now, **before}
        wished = bool(now.get("schedule")) and _is_wished(now) and not _is_wished(was)
        if not _is_to_end(now) or (_is_to_end(was) and not wished):
            return None
    return about_event(event, settings)


def _is_to_end(subscription: Mapping[str, Any]) -> bool:
    return bool(flag(subscription, "cancel_at_period_end")) or at(subscription, "cancel_at") is not None


def _is_wished(subscription: Mapping[str, Any]) -> bool:
    """Whether the customer has cancelled beside a schedule: they said why, or end it with the period."""
    details = obj(subscription, "cancellation_details")
    return bool(
        flag(subscription, "cancel_at_period_end") or details.get("feedback") or details.get("comment")
    )


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer; a message to the account owner where a person should write, or no mail can be sent.

    A person should write to a large customer, and where the comment is more than a plain reason. The urgency is high
    for a large customer, else medium. `execops.plays.cancellation` says when nobody writes at all.
    """
    cancelled = cancellation.read(facts)
    if isinstance(cancelled, Declined):
        return cancelled
    email, end = wording.address(facts), farewell.end(facts, cancelled)
    hand_over = _hand_over(facts, cancelled, email)
    if hand_over is None:
        letter = farewell.letter(facts, cancelled)
    else:
        letter = Letter(*_to_owner(facts, cancelled, hand_over))
    monthly = cancelled.monthly
    what = "Trial cancelled" if cancelled.trial else "Cancelled"
    return Draft(
        title=f"{what}: {wording.who(facts)}{f', ends {end}' if end else ''}",
        urgency=Urgency.HIGH if cancelled.large else Urgency.MEDIUM,
        action_type=letter.action_type,
        payload=letter.payload,
        verdict=_verdict(facts, cancelled, hand_over),
        language=letter.language,
        translation=letter.translation,
        reasoning=_why(facts, cancelled, hand_over),
        evidence=tuple(_evidence(facts, cancelled)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=monthly,
    )


PLAY = Play(
    name="save_offer",
    vertical="money",
    version=2,
    summary="A customer has cancelled: answer their reason or ask for it; the account owner hears of large ones",
    action_type="email",
    events=frozenset({"customer.subscription.updated"}),
    assess=assess,
    about=about,
    needs=frozenset({"top_customer"}),
    monthly=True,
)


def _verdict(facts: Facts, cancelled: Cancellation, hand_over: tuple[str, str] | None) -> str:
    if hand_over:
        return cancellation.verdict_by_hand(facts, cancelled, hand_over[0])
    end, has_reason = farewell.end(facts, cancelled), _has_reason(cancelled)
    what = f"{cancelled.monthly} a month" if cancelled.monthly else "the trial" if cancelled.trial else "it"
    does = "answers their reason" if has_reason else "asks why"
    return f"Send: {what} ends{f' on {end}' if end else ''}, and the mail {does}"


def _has_reason(cancelled: Cancellation) -> bool:
    return cancelled.comment is not None or cancelled.feedback in farewell.FEEDBACK


def _hand_over(facts: Facts, cancelled: Cancellation, email: str | None) -> tuple[str, str] | None:
    """Why the account owner is asked in place of a mail to the customer, and what to do; None for a mail."""
    person = cancellation.for_a_person(cancelled)
    if person:
        return person
    has_reason = _has_reason(cancelled)
    if email is None:
        pause = " or to pause" if cancelled.undisturbed else ""
        ask = "offer to talk" if has_reason else "ask why, and offer to talk"
        return wording.unreachable(facts), f"Please get in touch another way, {ask}{pause}."
    if cancelled.large:
        ask = "answer the reason that they gave" if has_reason else "ask why, and offer to talk"
        return "a large customer should hear from a person", f"Please write or call yourself, and {ask}."
    return None


def _to_owner(facts: Facts, cancelled: Cancellation, hand_over: tuple[str, str]) -> tuple[str, Json]:
    end, (why, ask) = farewell.end(facts, cancelled), hand_over
    what = "trial" if cancelled.trial else "subscription"
    headline = f"{wording.who(facts)} has cancelled{f', the {what} ends on {end}' if end else ''}"
    shown = [*wording.who_to_reach(facts), *_evidence(facts, cancelled)]
    none = "No mail can be sent" if wording.address(facts) is None else "No mail was drafted"
    return to_team(facts, TeamRole.ACCOUNT_OWNER, headline, shown, f"{none}: {why}. {ask}")


def _why(facts: Facts, cancelled: Cancellation, hand_over: tuple[str, str] | None) -> str:
    end, monthly = farewell.end(facts, cancelled), cancelled.monthly
    because = f" ({_reason(cancelled.feedback)})" if cancelled.feedback in farewell.FEEDBACK else ""
    what = "the trial" if cancelled.trial else "the subscription"
    until = f", and {what} runs until {end}" if end else ""
    stake = f"; {monthly} a month is at stake" if monthly else ""
    asked = f"; {hand_over[0]}, so the account owner is asked" if hand_over else ""
    return f"The customer has cancelled{because}{until}{stake}{asked}."


def _reason(feedback: str | None) -> str:
    reason = feedback or ""
    return _FEEDBACK.get(reason, reason.replace("_", " "))


def _evidence(facts: Facts, cancelled: Cancellation) -> list[tuple[str, str]]:
    end, monthly = farewell.end(facts, cancelled), cancelled.monthly
    evidence = [("Ends", end)] if end else []
    if monthly:
        partial = ", and a part that is not known" if cancelled.partial else ""
        evidence.append(("At stake", f"{monthly} a month{partial}"))
    if cancelled.feedback:
        evidence.append(("Reason given", _reason(cancelled.feedback)))
    if cancelled.comment:
        evidence.append(("In their words", clean_line(cancelled.comment, limit=_LONGEST_COMMENT)))
    still_open = [
        ("Still open", f"{invoice.due} of invoice {invoice.number}") for invoice in cancelled.unpaid
    ]
    return evidence + still_open + wording.about_customer(facts)
