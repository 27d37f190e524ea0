"""A customer has cancelled, and the subscription still runs: ask for the reason, and offer to talk."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from execops.books.facts import About, Facts
from execops.books.mrr import subscription_mrr
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money
from execops.plays import wording
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play, about_event
from execops.settings import Settings
from execops.sources.stripe.fields import at, flag, obj
from execops.text import clean_line

_LONGEST_COMMENT = 300

# The reason that the customer chose in Stripe's portal, in a message to the team and in a mail to the customer:
# https://docs.stripe.com/api/subscriptions/object, `feedback`.
_FEEDBACK = {
    "too_expensive": ("too expensive", "You told us that the price was the reason"),
    "missing_features": ("missing features", "You told us that something was missing"),
    "switched_service": ("switched to another service", "You told us that you have found another service"),
    "unused": ("not used enough", "You told us that you did not use it enough"),
    "customer_service": ("customer service", "You told us that our service to you fell short"),
    "too_complex": ("too complex", "You told us that it was too complicated"),
    "low_quality": ("quality", "You told us that the quality fell short"),
}


def about(event: Event, settings: Settings) -> About | None:
    """The subscription, where this update has set it to end; None for every other update.

    `previous_attributes` holds the values before the update of the attributes that it changed. An event without them
    may have set the end, so it counts as one.
    """
    data = obj(event.payload_json, "data")
    now, before = obj(data, "object"), data.get("previous_attributes")
    if isinstance(before, Mapping) and (not _is_to_end(now) or _is_to_end({**now, **before})):
        return None
    return about_event(event, settings)


def _is_to_end(subscription: Mapping[str, Any]) -> bool:
    return bool(flag(subscription, "cancel_at_period_end")) or at(subscription, "cancel_at") is not None


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer; a message to the account owner where no mail can be sent.

    The urgency is high where the subscription brings a tenth of `high_amount` major units a month, else medium.
    Nothing where the subscription is not set to end, or has ended.
    """
    subscription = facts.state
    if facts.object_type != "subscription":
        return Declined("the event names no subscription")
    ends = wording.moment(subscription.get("cancel_at")) or wording.moment(
        subscription.get("current_period_end")
    )
    if subscription.get("status") in {"canceled", "incomplete_expired"} or subscription.get("ended_at"):
        return Declined("the subscription has ended")
    if not (subscription.get("cancel_at_period_end") or subscription.get("cancel_at")):
        return Declined("the subscription is not set to cancel")
    if ends and ends <= facts.today:
        return Declined(f"the subscription ended on {wording.day(wording.local(facts, ends))}")
    if facts.customer.get("deleted"):
        return Declined(wording.unreachable(facts))

    end = wording.day(wording.local(facts, ends)) if ends else None
    recurring = subscription_mrr(subscription, facts.today)
    monthly = max(
        (mrr for mrr in recurring.money() if mrr.minor and not recurring.unknown),
        key=lambda mrr: mrr.major,
        default=None,
    )
    high = monthly is not None and monthly.major >= Decimal(facts.org["high_amount"]) / 10
    email = wording.address(facts)
    if email is None:
        action_type, payload = _to_owner(facts, end, monthly)
    else:
        action_type, payload = "email", _to_customer(facts, email, end)
    return Draft(
        title=f"Cancelled: {wording.who(facts)}{f', ends {end}' if end else ''}",
        urgency=Urgency.HIGH if high else Urgency.MEDIUM,
        action_type=action_type,
        payload=payload,
        reasoning=_why(facts, end, monthly, reached=email is not None),
        evidence=tuple(_evidence(facts, end, monthly)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=monthly,
    )


PLAY = Play(
    name="save_offer",
    vertical="money",
    version=1,
    summary="A customer has cancelled: ask why, and offer to talk before it ends",
    action_type="email",
    events=frozenset({"customer.subscription.updated"}),
    assess=assess,
    about=about,
)


def _to_customer(facts: Facts, email: str, end: str | None) -> Json:
    since = wording.moment(facts.customer.get("created"))
    long = since is not None and (facts.today - since).days > 60
    thanks = (
        f" Thank you for having been with us since {wording.local(facts, since):%B %Y}."
        if since and long
        else ""
    )
    feedback = _FEEDBACK.get(facts.state.get("cancel_reason") or "")
    ask = (
        f"{feedback[1]}. Would you tell us a little more? A line in reply is enough, and it helps us to do better."
        if feedback
        else "Would you tell us what made you decide? A line in reply is enough, and it helps us to do better."
    )
    pause = (
        "" if facts.state.get("paused") else ", or to pause the subscription for a while instead of ending it"
    )
    offer = f"If you would like to talk it through{pause}, just reply to this mail.{f' Until {end} everything can go on as it is.' if end else ''}"
    rest = "If your mind is made up, there is nothing else you need to do."
    text = wording.letter(
        facts,
        f"We saw that your subscription is set to end{f' on {end}' if end else ''}.{thanks}",
        ask,
        offer,
        rest,
    )
    subject = (
        f"Your subscription ends on {end}: may we ask why?"
        if end
        else "Your subscription is set to end: may we ask why?"
    )
    return wording.mail(facts, email, subject, text)


def _to_owner(facts: Facts, end: str | None, monthly: Money | None) -> tuple[str, Json]:
    customer = wording.who(facts)
    return to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        f"{customer} has cancelled{f', the subscription ends on {end}' if end else ''}",
        [*wording.who_to_reach(facts), *_evidence(facts, end, monthly)],
        f"No mail can be sent: {wording.unreachable(facts)}. Please get in touch another way, ask why, and offer to talk or to pause.",
    )


def _why(facts: Facts, end: str | None, monthly: Money | None, *, reached: bool) -> str:
    feedback = _FEEDBACK.get(facts.state.get("cancel_reason") or "")
    because = f" ({feedback[0]})" if feedback else ""
    until = f", and the subscription runs until {end}" if end else ""
    stake = f"; {monthly} a month is at stake" if monthly else ""
    asked = "" if reached else f"; {wording.unreachable(facts)}, so the account owner is asked"
    return f"The customer has cancelled{because}{until}{stake}{asked}."


def _evidence(facts: Facts, end: str | None, monthly: Money | None) -> list[tuple[str, str]]:
    evidence = [("Ends", end)] if end else []
    if monthly:
        evidence.append(("At stake", f"{monthly} a month"))
    feedback = facts.state.get("cancel_reason")
    if feedback:
        evidence.append(("Reason given", _FEEDBACK.get(feedback, (feedback.replace("_", " "), ""))[0]))
    if facts.state.get("cancel_comment"):
        evidence.append(("In their words", clean_line(facts.state["cancel_comment"], limit=_LONGEST_COMMENT)))
    return evidence + wording.about_customer(facts)
