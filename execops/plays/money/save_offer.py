"""A customer has cancelled, and the subscription still runs: answer the reason they gave, or ask for it."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import wording
from execops.plays.cancellations import cancellation, farewell, leaving
from execops.plays.cancellations.cancellation import Cancellation
from execops.plays.mails.letters import Letter
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer; a message to the account owner where a person should write, or no mail can be sent.

    A person should write where the comment is more than a plain reason. A large customer is for `large_cancellation`.
    `execops.plays.cancellations.cancellation` says when nobody writes at all.
    """
    cancelled = cancellation.read(facts)
    if isinstance(cancelled, Declined):
        return cancelled
    if cancelled.large:
        return Declined("a large customer should hear from a person: see large_cancellation")
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
        urgency=Urgency.MEDIUM,
        action_type=letter.action_type,
        payload=letter.payload,
        verdict=_verdict(facts, cancelled, hand_over),
        language=letter.language,
        translation=letter.translation,
        reasoning=_why(facts, cancelled, hand_over),
        evidence=tuple(leaving.evidence(facts, cancelled)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=monthly,
    )


PLAY = Play(
    name="save_offer",
    vertical="money",
    version=4,
    summary="A customer has cancelled: answer their reason or ask for it",
    action_type="email",
    events=frozenset({"customer.subscription.updated"}),
    assess=assess,
    about=leaving.set_to_end,
    needs=frozenset({"top_customer"}),
    monthly=True,
)


def _verdict(facts: Facts, cancelled: Cancellation, hand_over: tuple[str, str] | None) -> str:
    if cancelled.meaning in leaving.READ_FIRST and hand_over:
        return f"Read the comment first: {hand_over[0]}"
    if hand_over:
        how = "Ask another way" if wording.address(facts) is None else "Answer yourself"
        return f"{how}: {hand_over[0]}"
    end, has_reason = farewell.end(facts, cancelled), farewell.has_reason(cancelled)
    stake = leaving.rate(facts, cancelled) or ("the trial" if cancelled.trial else "it")
    does = "answers their reason" if has_reason else "asks why"
    return f"Send: {stake} ends{f' on {end}' if end else ''}, and the mail {does}"


def _hand_over(facts: Facts, cancelled: Cancellation, email: str | None) -> tuple[str, str] | None:
    """Why the account owner is asked in place of a mail to the customer, and what to do; None for a mail."""
    person = cancellation.for_a_person(cancelled)
    if person:
        return person
    has_reason = farewell.has_reason(cancelled)
    if email is None:
        pause = " or to pause" if cancelled.undisturbed else ""
        ask = "offer to talk" if has_reason else "ask why, and offer to talk"
        return wording.unreachable(facts), f"Please get in touch another way, {ask}{pause}."
    return None


def _to_owner(facts: Facts, cancelled: Cancellation, hand_over: tuple[str, str]) -> tuple[str, Json]:
    end, (why, ask) = farewell.end(facts, cancelled), hand_over
    what = "trial" if cancelled.trial else "subscription"
    headline = f"{wording.who(facts)} has cancelled{f'; the {what} ends on {end}' if end else ''}"
    evidence = [*wording.who_to_reach(facts), *leaving.evidence(facts, cancelled)]
    none = "No mail can be sent" if wording.address(facts) is None else "No mail was drafted"
    return to_team(facts, TeamRole.ACCOUNT_OWNER, headline, evidence, f"{none}: {why}. {ask}")


def _why(facts: Facts, cancelled: Cancellation, hand_over: tuple[str, str] | None) -> str:
    end, money = farewell.end(facts, cancelled), leaving.rate(facts, cancelled)
    because = leaving.because(cancelled)
    what = "the trial" if cancelled.trial else "the subscription"
    until = f", and {what} runs until {end}" if end else ""
    stake = f"; {money} is at stake" if money else ""
    asked = f"; {hand_over[0]}, so the account owner is asked" if hand_over else ""
    return f"The customer has cancelled{because}{until}{stake}{asked}."
