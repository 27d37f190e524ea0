"""A large customer leaves, or cuts down most of what they pay: tell the account owner, who may still change it."""

from __future__ import annotations

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Urgency
from execops.plays import wording
from execops.plays.cancellations import cancellation, farewell, leaving, losses
from execops.plays.cancellations.losses import Kind, Loss
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play, about_event
from execops.settings import Settings
from execops.sources.stripe.fields import obj

_TERMS = frozenset({"items", "plan", "quantity"})  # the fields of a subscription that say how much it is


def about(event: Event, settings: Settings) -> About | None:
    """The subscription, where this event has set its end, ended it, or changed what it is for; None for another update."""
    changed = obj(event.payload_json, "data", "previous_attributes")
    if event.type == "customer.subscription.deleted" or changed.keys() & _TERMS:
        return about_event(event, settings)
    return leaving.set_to_end(event, settings)


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner, always of high urgency. `execops.plays.cancellations.losses` says what counts as a loss."""
    loss = losses.read(facts)
    if isinstance(loss, Declined):
        return loss
    why, ask = _request(facts, loss)
    evidence = _evidence(facts, loss)
    action_type, payload = to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        _headline(facts, loss),
        [*wording.who_to_reach(facts), *evidence],
        f"No mail goes to the customer: {why}. {ask}",
    )
    return Draft(
        title=_title(facts, loss),
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=_verdict(facts, loss, why),
        reasoning=_reasoning(facts, loss),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=loss.cancellation.monthly,
        stage=_stage(loss),
    )


PLAY = Play(
    name="large_cancellation",
    vertical="money",
    version=2,
    summary="A large customer cancels, ends or cuts down most of their subscription: tell the account owner",
    action_type="notice",
    events=frozenset({"customer.subscription.deleted", "customer.subscription.updated"}),
    assess=assess,
    about=about,
    needs=frozenset({"earlier", "top_customer"}),
    monthly=True,
)


def _stage(loss: Loss) -> str | None:
    """Each cut is a proposal of its own, so that one that was rejected hides neither a later cut nor the end."""
    if loss.kind is not Kind.REDUCED or loss.after is None:
        return None
    return f"reduced:{loss.after.minor}"


def _end(facts: Facts, loss: Loss) -> str | None:
    return farewell.end(facts, loss.cancellation) if loss.kind is not Kind.REDUCED else None


def _money(facts: Facts, loss: Loss) -> str | None:
    """The money that goes: of a cut by the month, else as the customer pays it."""
    monthly = loss.cancellation.monthly
    if loss.kind is Kind.REDUCED:
        return f"{monthly} a month" if monthly else None
    return leaving.rate(facts, loss.cancellation)


def _title(facts: Facts, loss: Loss) -> str:
    who, end, money = wording.who(facts), _end(facts, loss), _money(facts, loss)
    lost = f", {money}" if money else ""
    if loss.kind is Kind.REDUCED:
        return f"Large customer cut down: {who}{lost} less"
    if loss.kind is Kind.ENDED:
        return f"Large customer lost: {who}{lost}"
    return f"Large customer cancelled: {who}{lost}{f', ends {end}' if end else ''}"


def _headline(facts: Facts, loss: Loss) -> str:
    who, end, monthly = wording.who(facts), _end(facts, loss), loss.cancellation.monthly
    if loss.kind is Kind.REDUCED:
        return f"{who} pays {monthly} a month less: {loss.after} in place of {loss.before}"
    if loss.kind is Kind.ENDED:
        return f"The subscription of {who} ended on {end}{_after(loss)}"
    subject = "trial" if loss.cancellation.trial else "subscription"
    return f"{who} has cancelled{f'; the {subject} ends on {end}' if end else ''}"


def _after(loss: Loss) -> str:
    """The cause of an end that the customer did not ask for."""
    causes = {"payment_failed": ", after a payment failed", "payment_disputed": ", after a dispute"}
    return causes.get(loss.cause or "", "")


def _request(facts: Facts, loss: Loss) -> tuple[str, str]:
    """Why a person should write, and what to do."""
    cancelled = loss.cancellation
    person = cancellation.for_a_person(cancelled) if loss.kind is not Kind.REDUCED else None
    if person:
        return person
    reach = "Please write or call yourself"
    why = "a large customer should hear from a person"
    if wording.address(facts) is None:
        why, reach = wording.unreachable(facts), "Please get in touch another way"
    if loss.kind is Kind.REDUCED:
        return why, f"{reach}, and ask what has changed: a cut this deep is often the step before the end."
    if loss.kind is Kind.ENDED and loss.cause == "payment_failed":
        return why, f"{reach}, ask whether they want to go on, and agree on another way to pay."
    if loss.kind is Kind.ENDED and loss.cause == "payment_disputed":
        return why, f"{reach} once the dispute is looked at, and ask whether they want to go on."
    ask = (
        "and answer the reason that they gave"
        if farewell.has_reason(cancelled)
        else "ask why, and offer to talk"
    )
    return why, f"{reach}, {ask}."


def _verdict(facts: Facts, loss: Loss, why: str) -> str:
    cancelled = loss.cancellation
    if loss.kind is not Kind.REDUCED and cancellation.for_a_person(cancelled):
        return f"{'Read the comment first' if cancelled.meaning in leaving.READ_FIRST else 'Answer yourself'}: {why}"
    head = "Call or write yourself" if wording.address(facts) else "Find another way to reach them"
    stake = _money(facts, loss) or "a large subscription"
    end = _end(facts, loss)
    if loss.kind is Kind.REDUCED:
        return f"{head}: {stake} is gone, more than half of what they paid"
    if loss.kind is Kind.ENDED:
        return f"{head}: {stake} ended{f' on {end}' if end else ''}{_after(loss)}"
    return f"{head}: {stake} ends{f' on {end}' if end else ''}"


def _reasoning(facts: Facts, loss: Loss) -> str:
    cancelled, end = loss.cancellation, _end(facts, loss)
    because = leaving.because(cancelled)
    top = "the customer is among the tenth that paid most in the last twelve months"
    large = top if facts.top_customer else "one payment of it is large"
    if loss.kind is Kind.REDUCED:
        return f"The customer cut the subscription from {loss.before} to {loss.after} a month, and {large}."
    if loss.kind is Kind.ENDED:
        return f"The subscription ended on {end}{_after(loss)}{because}, and {large}."
    subject = "the trial" if cancelled.trial else "the subscription"
    return (
        f"The customer has cancelled{because}{f', and {subject} runs until {end}' if end else ''}; {large}."
    )


def _evidence(facts: Facts, loss: Loss) -> list[tuple[str, str]]:
    if loss.kind is Kind.CANCELLED:
        return leaving.evidence(facts, loss.cancellation)
    cancelled, end = loss.cancellation, _end(facts, loss)
    pairs = [("Ended", end)] if end else []
    if loss.kind is Kind.REDUCED:
        pairs += [("Before", f"{loss.before} a month"), ("Now", f"{loss.after} a month")]
    if money := _money(facts, loss):
        pairs.append(("Lost", f"{money}{', and a part that is not known' if cancelled.partial else ''}"))
    words = leaving.words(cancelled) if loss.kind is Kind.ENDED else []
    return [*pairs, *words, *leaving.still_open(cancelled), *leaving.about_customer(facts)]
