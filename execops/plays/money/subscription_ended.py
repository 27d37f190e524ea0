"""A subscription has ended at once, or for want of payment: tell the customer what ended, what is open, how to come back."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import cancellation, comments, endings, farewell, plans, thresholds, wording
from execops.plays.cancellation import Cancellation
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import STALE, Play
from execops.plays.receivables import Invoice
from execops.text import clean_line

_LONGEST_COMMENT = 1000  # characters, in a message to the team
_URGENT = Fraction(1, 10)  # of the high amount, each month
_LONG = 60  # days after which a customer is thanked for the time
_COME_BACK = {
    "too_expensive": "If there are terms on which it would be worth it for you again, reply to this mail and we will see what we can do.",
    "switched_service": "If it turns out not to suit you, you are welcome back: a reply to this mail is enough.",
    "unused": "If you need it again one day, a reply to this mail is enough.",
    "customer_service": "If there is still something to solve, reply to this mail and we will take it up.",
    "low_quality": "If there is still something to solve, reply to this mail and we will take it up.",
    "too_complex": "If you would like to try it once more with our help, just reply to this mail.",
}


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer; a message to the account owner where the comment is for a person to answer.

    The urgency is medium where the subscription brought a tenth of `high_amount` a month, else low: nothing runs out. The
    draft is of no use a week after the end. `execops.plays.endings` says when nobody writes at all.
    """
    end = endings.read(facts)
    if isinstance(end, Declined):
        return end
    person = cancellation.for_a_person(end)
    if person is None and wording.address(facts) is None:
        return Declined(wording.unreachable(facts))
    if person:
        action_type, payload = _to_owner(facts, end, person)
    else:
        action_type, payload = "email", _mail(facts, end)
    worth = end.monthly is not None and thresholds.is_large(facts, end.monthly, _URGENT)
    return Draft(
        title=f"Subscription ended: {wording.who(facts)}{f', {end.monthly} a month' if end.monthly else ''}",
        urgency=Urgency.MEDIUM if worth or person else Urgency.LOW,
        action_type=action_type,
        payload=payload,
        reasoning=_why(facts, end, person),
        evidence=tuple(_evidence(facts, end)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=end.monthly,
        expires_at=end.ends + STALE + timedelta(days=1) if end.ends else None,
    )


PLAY = Play(
    name="subscription_ended",
    vertical="money",
    version=1,
    summary="A subscription ended at once or for want of payment: tell the customer what is open and how to come back",
    action_type="email",
    events=frozenset({"customer.subscription.deleted"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
)


# Words to the customer


def _mail(facts: Facts, end: Cancellation) -> Json:
    subject = f"Your subscription {_ended(facts, end)}"
    text = wording.letter(
        facts, _opening(facts, end), _answer(end), _open_payments(facts, end.unpaid), _come_back(end)
    )
    return wording.mail(facts, wording.address(facts) or "", subject, text)


def _ended(facts: Facts, end: Cancellation) -> str:
    on = farewell.end(facts, end)
    return f"ended on {on}" if on else "has ended"


def _opening(facts: Facts, end: Cancellation) -> str:
    plan = plans.name(end.state)
    subscription = f"Your subscription to {plan}" if plan else "Your subscription"
    if end.others and not plan:
        subscription = "One of your subscriptions"
    why = ", because its payment could not be collected" if endings.by_dunning(end) else ""
    thanks = "" if endings.by_dunning(end) or end.others else _thanks(facts)
    return f"{subscription} {_ended(facts, end)}{why}.{thanks}"


def _thanks(facts: Facts) -> str:
    since = wording.moment(facts.customer.get("created"))
    if since is None or (facts.today - since).days <= _LONG:
        return ""
    return f" Thank you for having been with us since {wording.local(facts, since):%B %Y}."


def _answer(end: Cancellation) -> str:
    """The words of the customer and the answer to them; a question only where they gave no reason."""
    heard, answer = farewell.FEEDBACK.get(end.feedback or "", ("", ""))
    if end.comment is not None:
        sorry = "We are sorry. " if end.feedback in cancellation.LET_DOWN else ""
        wrote = f"{heard}, and wrote" if heard else "You wrote"
        return f"{sorry}{wrote}: {comments.sentence(end.comment)} Thank you for telling us."
    if heard:
        return f"{heard}. {answer}".strip()
    if endings.by_dunning(end) or not endings.by_wish(end):
        return ""
    return "If something made you leave that we could put right, a line in reply is enough."


def _open_payments(facts: Facts, unpaid: list[Invoice]) -> str:
    """The payments that are missing, each with the page where it can be paid."""
    lines = [_open_payment(facts, invoice) for invoice in unpaid]
    if len(lines) == 1:
        return f"One thing is still open: {lines[0]}"
    return "\n".join(["Some payments are still open:", *lines]) if lines else ""


def _open_payment(facts: Facts, invoice: Invoice) -> str:
    due_on = wording.moment(invoice.state.get("due_date"))
    why = "whose payment did not go through"
    if invoice.sent and due_on:
        why = f"which was due on {wording.day(wording.local(facts, due_on))}"
    pay = f" You can pay it here:\n{invoice.link}" if invoice.link else ""
    return f"{invoice.due} of invoice {invoice.number}, {why}.{pay}"


def _come_back(end: Cancellation) -> str:
    if end.feedback in _COME_BACK:
        return _COME_BACK[end.feedback]
    if endings.by_dunning(end):
        return "If you would like to go on, just reply to this mail."
    if not endings.by_wish(end):
        return "If you did not expect this, or would like to come back, just reply to this mail."
    if end.feedback == "missing_features" and end.comment is not None:
        return "If you would like to know whether it is planned, just reply to this mail."
    return "If you would like to come back one day, a reply to this mail is enough."


# Words to the team


def _to_owner(facts: Facts, end: Cancellation, person: tuple[str, str]) -> tuple[str, Json]:
    why, ask = person
    headline = f"{wording.who(facts)} has cancelled, and the subscription {_ended(facts, end)}"
    shown = [*wording.who_to_reach(facts), *_evidence(facts, end)]
    return to_team(facts, TeamRole.ACCOUNT_OWNER, headline, shown, f"No mail was drafted: {why}. {ask}")


def _why(facts: Facts, end: Cancellation, person: tuple[str, str] | None) -> str:
    cause = "Nothing tells why"
    if endings.by_dunning(end):
        cause = "Stripe ended it after the last attempt to collect a payment, and no other mail tells the customer"
    elif endings.by_wish(end):
        cause = "It was cancelled at once, so no mail answered the cancellation before"
    lost = f"; it brought {end.monthly} a month" if end.monthly else ""
    asked = f"; {person[0]}, so the account owner is asked" if person else ""
    return f"The subscription {_ended(facts, end)}. {cause}{lost}{asked}."


def _evidence(facts: Facts, end: Cancellation) -> list[tuple[str, str]]:
    on = farewell.end(facts, end)
    evidence = [("Ended", on)] if on else []
    if end.monthly:
        partial = ", and a part that is not known" if end.partial else ""
        evidence.append(("Brought", f"{end.monthly} a month{partial}"))
    if end.feedback:
        evidence.append(("Reason given", end.feedback.replace("_", " ")))
    if end.comment:
        evidence.append(("In their words", clean_line(end.comment, limit=_LONGEST_COMMENT)))
    evidence += [("Still open", f"{invoice.due} of invoice {invoice.number}") for invoice in end.unpaid]
    return evidence + wording.about_customer(facts)
