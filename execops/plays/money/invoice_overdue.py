"""Sent invoices are past their due date: remind the customer, in the tone of the stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import judgement, letters, subscribed, thresholds, wording
from execops.plays.letters import Letter, Value, Words
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.receivables import Invoice, sums, total

_ASK = 15  # days overdue from which the mail asks when the payment will come
_FIRM = 30  # from which it is firm
_LAST = 60  # from which it is the last one before a person takes over


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer about all overdue invoices; a message to the account owner where no mail can be sent.

    The stage follows from the days between the due date and the latest event about these invoices: 1, 15, 30, 60. The
    urgency is medium, low where Stripe mails reminders.
    """
    asked = judgement.to_ask(facts, judgement.against_reminder)
    if isinstance(asked, Declined):
        return asked
    seen = max(invoice.seen for invoice in asked)
    oldest = max(asked, key=lambda invoice: _days(facts, invoice, seen) or 0)
    days, due = _days(facts, oldest, seen), total(asked)
    if reason := judgement.against_sum(facts, due):
        return Declined(reason)
    since = _since(days)
    email = wording.address(facts)
    if email is None:
        letter = Letter(*_to_owner(facts, asked, since, seen))
        unreached = f"; {wording.unreachable(facts)}, so the account owner is asked"
    else:

        def compose(words: Words) -> tuple[str, list[str]]:
            return _mail(words, facts, asked, oldest, days or 0)

        personal = _tone(facts, asked, days or 0) == "note"
        letter = letters.write(facts, email, compose, personal=personal)
        unreached = ""
    by_stripe = "reminders" in facts.org["stripe_sends"]
    due_on = _due_on(oldest)
    late = f"overdue since {_on(facts, due_on)}" if due_on else "overdue"
    several = f" It is the oldest of {len(asked)} overdue invoices." if len(asked) > 1 else ""
    return Draft(
        title=f"Invoice overdue: {wording.who(facts)}{f', {since}' if since else ''}",
        urgency=Urgency.LOW if by_stripe else Urgency.MEDIUM,
        action_type=letter.action_type,
        payload=letter.payload,
        verdict=_verdict(facts, asked, days or 0, by_stripe=by_stripe),
        language=letter.language,
        translation=letter.translation,
        reasoning=f"Invoice {oldest.number} for {oldest.due} is {late}{unreached}.{several}{' Stripe mails reminders too.' if by_stripe else ''}",
        evidence=tuple(_evidence(facts, asked, seen)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=due,
        covers=tuple(invoice.id for invoice in asked),
    )


def rests(facts: Facts, invoices: Sequence[Invoice]) -> bool:
    """Whether the customer is reminded of none of these invoices, however much the others come to."""
    return all(judgement.against_reminder(facts, invoice) for invoice in invoices)


PLAY = Play(
    name="invoice_overdue",
    vertical="money",
    version=3,
    summary="An invoice is past its due date: mail the customer a reminder",
    action_type="email",
    events=frozenset({"invoice.overdue"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
    lasting=True,
    together=True,
    rests=rests,
)


_ADVICE = {
    "reminder": "a friendly reminder is enough",
    "note": "ask a large customer in person",
    "ask": "ask for a date",
    "firm": "be firm now",
    "last": "this is the last reminder before a person takes over",
}


def _verdict(facts: Facts, asked: list[Invoice], days: int, *, by_stripe: bool) -> str:
    late = f"{_since(days)} overdue" if days > 0 else "due today"
    if wording.address(facts) is None:
        return f"Ask another way: {total(asked)} is {late}, and {wording.unreachable(facts)}"
    tone = _tone(facts, asked, days)
    if by_stripe and tone == "reminder":
        return f"Send only what Stripe does not say: {late}, and Stripe mails reminders too"
    return f"Send: {late}, {_ADVICE[tone]}"


def _due_on(invoice: Invoice) -> datetime | None:
    return wording.moment(invoice.state.get("due_date"))


def _days(facts: Facts, invoice: Invoice, seen: datetime) -> int | None:
    """Days from the due date to the moment of the latest event, on the company's calendar."""
    due_on = _due_on(invoice)
    return (wording.local(facts, seen).date() - wording.local(facts, due_on).date()).days if due_on else None


def _since(days: int | None) -> str | None:
    """The time since the due date, such as `1 day` or `12 days`; None on the day itself."""
    return f"{days:,} day{'s' if days > 1 else ''}" if days and days > 0 else None


def _on(facts: Facts, due_on: datetime) -> str:
    return wording.day(wording.local(facts, due_on))


def _mail(
    words: Words, facts: Facts, asked: list[Invoice], oldest: Invoice, days: int
) -> tuple[str, list[str]]:
    several, by, tone = len(asked) > 1, letters.voice(facts), _tone(facts, asked, days)
    opening = _several(words, facts, asked) if several else _single(words, facts, oldest, days)
    if tone == "note" and by == "person":
        opening = f"{words('letter-personal')} {opening}"
    elif tone == "reminder" and not several:
        opening = f"{opening} {words('invoice_overdue-slipped')}"
    count, part = len(asked), "rest" if oldest.paid else "whole"
    subject = words(
        "invoice_overdue-subject",
        tone=tone,
        count=count,
        number=oldest.number,
        amount=sums(asked),
        part=part,
    )
    return subject, [
        opening,
        words("invoice_overdue-ended", count=count) if all(invoice.ended for invoice in asked) else "",
        letters.pages(words, facts, "invoice_overdue", asked, oldest, count=count, part=part),
        words("invoice_overdue-close", tone=tone, count=count, by=by, part=part),
        words("letter-paid-already"),
    ]


def _tone(facts: Facts, asked: list[Invoice], days: int) -> str:
    """The tone of a stage; a large customer gets a note of its own until the mail must be firm."""
    personal = bool(facts.top_customer) or thresholds.is_large(facts, total(asked))
    if personal and days < _FIRM:
        return "note"
    stages = ((_LAST, "last"), (_FIRM, "firm"), (_ASK, "ask"))
    return next((tone for start, tone in stages if days >= start), "reminder")


def _single(words: Words, facts: Facts, invoice: Invoice, days: int) -> str:
    # The built-in texts say the day alone: days that are counted now are wrong once the mail is sent on a later one.
    values = _due_values(facts, invoice) | {"since": "days" if days > 0 else "today", "days": days}
    if invoice.paid:
        return words("invoice_overdue-rest", paid=invoice.paid, **values)
    return words("invoice_overdue-opening", **values)


def _several(words: Words, facts: Facts, asked: list[Invoice]) -> str:
    lines = [
        words("invoice_overdue-line-rest", paid=invoice.paid, **_due_values(facts, invoice))
        if invoice.paid
        else words("invoice_overdue-line", **_due_values(facts, invoice))
        for invoice in asked
    ]
    return letters.with_lines(words("invoice_overdue-several"), *lines)


def _due_values(facts: Facts, invoice: Invoice) -> dict[str, Value]:
    due_on = _due_on(invoice)
    return {
        "due": "known" if due_on else "unknown",
        "day": wording.local(facts, due_on) if due_on else "",
        "amount": invoice.due,
        "number": invoice.number,
    }


def _to_owner(facts: Facts, asked: list[Invoice], since: str | None, seen: datetime) -> tuple[str, Json]:
    customer, invoice = wording.who(facts), asked[0]
    late = f"{since} overdue" if since else "overdue"
    number = invoice.number if len(asked) == 1 else f"{invoice.number} and {len(asked) - 1} more"
    return to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        f"Invoice {number} of {customer} for {total(asked)} is {late}",
        [*wording.who_to_reach(facts), *_evidence(facts, asked, seen)],
        f"No reminder can be mailed: {wording.unreachable(facts)}. Please get in touch another way and ask when the payment will come.",
        ("The customer's page to pay", invoice.link) if invoice.link else None,
    )


def _evidence(facts: Facts, asked: list[Invoice], seen: datetime) -> list[tuple[str, str]]:
    evidence = []
    for invoice in asked:
        evidence.append(("Invoice", f"{invoice.number}, {invoice.due} open"))
        if invoice.paid:
            evidence.append(("Paid of it", str(invoice.paid)))
        due_on, since = _due_on(invoice), _since(_days(facts, invoice, seen))
        if due_on:
            evidence.append(("Due", f"{_on(facts, due_on)}{f', {since} ago' if since else ''}"))
    billed = subscribed.billed_for(*(invoice.state for invoice in asked))
    return [*evidence, *billed, *wording.about_customer(facts)]
