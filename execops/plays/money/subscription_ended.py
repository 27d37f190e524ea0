"""A subscription has ended at once, or for want of payment: tell the customer what ended, what is open, how to come back."""

from __future__ import annotations

from datetime import timedelta

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import plans, wording
from execops.plays.cancellations import cancellation, endings, farewell, leaving
from execops.plays.cancellations.cancellation import Cancellation
from execops.plays.mails import letters
from execops.plays.mails.letters import Letter, Value, Words
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import STALE, Play


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer; a message to the account owner where the comment is for a person to answer.

    The urgency is low, since nothing runs out, but medium where a comment waits for an answer or money is open. The draft is of no use a
    week after the end. `execops.plays.cancellations.endings` says when nobody writes at all.
    """
    end = endings.read(facts)
    if isinstance(end, Declined):
        return end
    person, to = cancellation.for_a_person(end), wording.address(facts)
    if person:
        letter = Letter(*_to_owner(facts, end, person))
    elif to is None:
        return Declined(wording.unreachable(facts))
    else:
        letter = letters.write(facts, to, lambda words: _mail(words, facts, end))
    return Draft(
        title=f"Subscription ended: {wording.who(facts)}{f', {end.monthly} a month' if end.monthly else ''}",
        urgency=Urgency.MEDIUM if person or end.unpaid else Urgency.LOW,
        action_type=letter.action_type,
        payload=letter.payload,
        verdict=_verdict(end, person),
        language=letter.language,
        translation=letter.translation,
        reasoning=_why(facts, end, person),
        evidence=tuple(_evidence(facts, end)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=end.monthly,
        expires_at=endings.moment(facts) + STALE + timedelta(days=1),
    )


PLAY = Play(
    name="subscription_ended",
    vertical="money",
    version=1,
    summary="A subscription ended at once or for want of payment: tell the customer what is open and how to come back",
    action_type="email",
    events=frozenset({"customer.subscription.deleted"}),
    assess=assess,
    needs=frozenset({"top_customer", "written"}),
    monthly=True,
)


# Words to the customer


def _mail(words: Words, facts: Facts, end: Cancellation) -> tuple[str, list[str]]:
    unpaid, ended = endings.by_dunning(end), endings.moment(facts)
    values: dict[str, Value] = {
        **plans.values(facts, end.state, others=bool(end.others), at=ended),
        "day": wording.local(facts, ended),
        "why": "unpaid" if unpaid else "other",
    }
    stays = farewell.staying(words, facts, end)
    thanks = "" if unpaid or end.others else farewell.thanks(words, facts, "subscription_ended-thanks")
    return words("subscription_ended-subject", **values), [
        words.sentences(words("subscription_ended-opening", **values), stays or thanks),
        farewell.answer(words, end) if farewell.has_reason(end) else "",
        _open(words, facts, end),
        words("subscription_ended-back", reason=_back(end)),
    ]


def _open(words: Words, facts: Facts, end: Cancellation) -> str:
    """The payments that are missing. The opening has told already why the one is that ended the subscription."""
    own = endings.own_unpaid(end)
    if not endings.by_dunning(end) or len(own) != 1 or len(end.unpaid) != 1:
        return farewell.open_payments(words, facts, end)
    [invoice] = own
    owed = words("subscription_ended-owed", amount=invoice.due, number=invoice.number)
    return farewell.payable(words, owed, invoice)


def _back(end: Cancellation) -> str:
    """The way back, as the text takes it. A question stands only where nobody gave a reason, and somebody had one."""
    reason = farewell.chosen(end)
    if endings.by_dunning(end):
        return "owing" if endings.own_unpaid(end) else "unpaid"
    if not endings.by_wish(end):
        return "unknown"
    if reason == "missing_features" and end.comment is None:
        return "asked"
    if reason != "none":
        return reason
    if end.comment is not None:
        return "asked"
    return "stays" if end.others else "none"


# Words to the team


def _to_owner(facts: Facts, end: Cancellation, person: tuple[str, str]) -> tuple[str, Json]:
    why, ask = person
    headline = f"{wording.who(facts)} has cancelled, and the subscription ended on {_day(facts)}"
    evidence = [*wording.who_to_reach(facts), *_evidence(facts, end)]
    return to_team(facts, TeamRole.ACCOUNT_OWNER, headline, evidence, f"No mail was drafted: {why}. {ask}")


def _verdict(end: Cancellation, person: tuple[str, str] | None) -> str:
    if person:
        return f"Answer yourself: {person[0]}"
    open_too = ", and the mail names what is open" if end.unpaid else ""
    if endings.by_dunning(end):
        return f"Send: it ended for want of payment, and no other mail says so{open_too}"
    if endings.by_wish(end):
        return f"Send: it was cancelled at once, so nobody has answered yet{open_too}"
    return f"Send: nothing tells why it ended{open_too}"


def _day(facts: Facts) -> str:
    return wording.day(wording.local(facts, endings.moment(facts)))


def _why(facts: Facts, end: Cancellation, person: tuple[str, str] | None) -> str:
    cause = "Nothing tells why"
    if endings.by_dunning(end):
        cause = "It ended after the last attempt to collect a payment, and no other mail tells the customer"
    elif endings.by_wish(end):
        cause = "It was cancelled at once, so no mail answered the cancellation before"
    lost = f"; it brought {end.monthly} a month" if end.monthly else ""
    request = f"; {person[0]}, so the account owner is asked" if person else ""
    return f"The subscription ended on {_day(facts)}. {cause}{lost}{request}."


def _evidence(facts: Facts, end: Cancellation) -> list[tuple[str, str]]:
    return [
        ("Ended", _day(facts)),
        *leaving.stake(facts, end, "Brought"),
        *leaving.words(end),
        *leaving.still_open(end),
        *wording.about_customer(facts),
    ]
