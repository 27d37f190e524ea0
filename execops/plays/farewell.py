"""The mail to a customer who has cancelled: it answers the reason they gave, and asks only for one that they did not give."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Json
from execops.plays import comments, wording
from execops.plays.cancellation import LET_DOWN, Cancellation
from execops.plays.receivables import Invoice

_LONG = 60  # days after which a customer is thanked for the time
_A_LINE = "A line in reply is enough, and it helps us to do better."
_TAKE_UP = "If there is still something to solve, reply to this mail and we will take it up, whether you stay or not."

# The reason that the customer chose, by Stripe's name for it: https://docs.stripe.com/api/subscriptions/object,
# `feedback`. First as the mail repeats it, then the answer where there is no comment.
FEEDBACK = {
    "too_expensive": ("You told us that the price was the reason", "Thank you for saying so plainly."),
    "missing_features": ("You told us that something was missing", f"Which feature was it? {_A_LINE}"),
    "switched_service": (
        "You told us that you have found another service",
        f"What does it do better for you? {_A_LINE}",
    ),
    "unused": ("You told us that you did not use it enough", ""),
    "customer_service": ("You told us that our service to you fell short", "We are sorry."),
    "too_complex": ("You told us that it was too complicated", f"Where did it get in your way? {_A_LINE}"),
    "low_quality": ("You told us that the quality fell short", f"We are sorry. What went wrong? {_A_LINE}"),
}
_OFFER = {
    "too_expensive": "If there are terms on which it would still be worth it for you, reply to this mail and we will"
    " see what we can do.",
    "switched_service": "If it turns out not to suit you, you are welcome back.",
    "customer_service": _TAKE_UP,
    "too_complex": "If you would like to go through it together before it ends, just reply to this mail.",
    "low_quality": _TAKE_UP,
}
SORRY = LET_DOWN


def mail(facts: Facts, cancellation: Cancellation) -> Json:
    """The payload of the mail. The customer has an address: see `wording.address`."""
    silent = cancellation.comment is None and cancellation.feedback not in FEEDBACK
    ask = ": may we ask why?" if silent else ""
    subject = f"Your {'trial' if cancellation.trial else 'subscription'} {_ends(facts, cancellation)}{ask}"
    text = wording.letter(
        facts,
        _opening(facts, cancellation),
        _answer(cancellation),
        _offer(facts, cancellation),
        _open_payments(facts, cancellation),
        _rest(cancellation, silent=silent),
    )
    return wording.mail(facts, facts.customer_email or "", subject, text)


def end(facts: Facts, cancellation: Cancellation) -> str | None:
    """The day on which the subscription ends, in words; None where it is not known."""
    return wording.day(wording.local(facts, cancellation.ends)) if cancellation.ends else None


def _ends(facts: Facts, cancellation: Cancellation) -> str:
    on = end(facts, cancellation)
    return f"ends on {on}" if on else "is set to end"


def _opening(facts: Facts, cancellation: Cancellation) -> str:
    on = end(facts, cancellation)
    if cancellation.trial:
        until = f"It ends on {on} and" if on else "It"
        return f"We saw that you have cancelled your trial. {until} will not turn into a paid subscription."
    until = f" on {on}" if on else ""
    if cancellation.others:
        names = [item.get("nickname") for item in cancellation.state.get("items") or []]
        name = f", {wording.short(names[0])}," if len(names) == 1 and names[0] else ""
        return f"We saw that one of your subscriptions{name} is set to end{until}."
    return f"We saw that your subscription is set to end{until}.{_thanks(facts)}"


def _thanks(facts: Facts) -> str:
    since = wording.moment(facts.customer.get("created"))
    if since is None or (facts.today - since).days <= _LONG:
        return ""
    return f" Thank you for having been with us since {wording.local(facts, since):%B %Y}."


def _answer(cancellation: Cancellation) -> str:
    """The words of the customer and the answer to them; a question where they gave no reason."""
    feedback = cancellation.feedback
    heard, answer = FEEDBACK.get(feedback or "", ("", ""))
    if cancellation.comment is not None:
        sorry = "We are sorry. " if feedback in SORRY else ""
        wrote = f"{heard}, and wrote" if heard else "You wrote"
        return f"{sorry}{wrote}: {comments.sentence(cancellation.comment)} Thank you for telling us."
    if heard:
        return f"{heard}. {answer}".strip()
    if cancellation.trial:
        return f"Did it do what you were looking for? {_A_LINE}"
    return f"Would you tell us what made you decide? {_A_LINE}"


def _offer(facts: Facts, cancellation: Cancellation) -> str:
    feedback = cancellation.feedback or ""
    if feedback in _OFFER:
        return _OFFER[feedback]
    if feedback == "missing_features" and cancellation.comment is None:
        return ""
    if feedback == "missing_features":
        return "If you would like to know whether it is planned, just reply to this mail."
    if cancellation.trial:
        return "If more time to try it would help, just reply to this mail."
    pause = "to pause the subscription for a while instead of ending it" if cancellation.undisturbed else ""
    if feedback == "unused":
        return f"If you would like {pause or 'to talk it through'}, just reply to this mail."
    talk = f"If you would like to talk it through{f', or {pause}' if pause else ''}, just reply to this mail."
    on = end(facts, cancellation)
    return f"{talk} Until {on} everything can go on as it is." if on and cancellation.undisturbed else talk


def _open_payments(facts: Facts, cancellation: Cancellation) -> str:
    """The payments that are missing, each with the page where it can be paid."""
    if not cancellation.behind:
        return ""
    if not cancellation.unpaid:
        return "One thing is still open: the last payment has not gone through yet."
    lines = [_open_payment(facts, invoice) for invoice in cancellation.unpaid]
    if len(lines) == 1:
        return f"One thing is still open: {lines[0]}"
    return "\n".join(["Some payments are still open:", *lines])


def _open_payment(facts: Facts, invoice: Invoice) -> str:
    due_on = wording.moment(invoice.state.get("due_date"))
    if invoice.sent and due_on:
        why = f"which was due on {wording.day(wording.local(facts, due_on))}"
    else:
        why = "whose payment did not go through"
    pay = f" You can pay it here:\n{invoice.link}" if invoice.link else ""
    return f"{invoice.due} of invoice {invoice.number}, {why}.{pay}"


def _rest(cancellation: Cancellation, *, silent: bool) -> str:
    if cancellation.behind:
        return "Apart from that, there is nothing else you need to do."
    if silent:
        return "If your mind is made up, there is nothing else you need to do."
    return "Otherwise, there is nothing else you need to do."
