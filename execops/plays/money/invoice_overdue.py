"""Sent invoices are past their due date: remind the customer, in the tone of the stage."""

from __future__ import annotations

from collections.abc import Sequence

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import judgement, thresholds, wording
from execops.plays.mails import letters
from execops.plays.mails.letters import Letter, Value, Words
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.receivables import (
    Invoice,
    billed_for,
    due_on,
    is_or_are,
    oldest_due,
    since_due,
    sums,
    sums_text,
)

_ASK = 15  # days overdue from which the mail asks when the payment will come
_FIRM = 30  # from which it is firm
_LAST = 60  # from which it is the last one before a person takes over


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer about all overdue invoices; a message to the account owner where no mail can be sent.

    The tone follows from the days since the due date of the oldest one: 1, 15, 30, 60. All words name that date and count no
    days: a draft may wait for days, and its words stay true. If an approved mail would have another tone on the day
    it is sent, a person is asked again. The urgency is medium, low where Stripe mails reminders.
    """
    unpaid = judgement.to_ask(facts, judgement.against_reminder)
    if isinstance(unpaid, Declined):
        return unpaid
    if reason := judgement.against_sum(facts, unpaid):
        return Declined(reason)
    oldest = oldest_due(unpaid)
    email = wording.address(facts)
    if email is None:
        letter = Letter(*_to_owner(facts, unpaid, oldest))
        unreached = f"; {wording.unreachable(facts)}, so the account owner is asked"
    else:

        def compose(words: Words) -> tuple[str, list[str]]:
            return _mail(words, facts, unpaid, oldest)

        personal = _tone(facts, unpaid, oldest) == "note"
        letter = letters.write(facts, email, compose, personal=personal)
        unreached = ""
    by_stripe = "reminders" in facts.org["stripe_sends"]
    late = f"overdue {since_due(facts, oldest)}"
    several = f" It is the oldest of {len(unpaid)} overdue invoices." if len(unpaid) > 1 else ""
    return Draft(
        title=f"Invoice overdue: {wording.who(facts)}, {since_due(facts, oldest)}",
        urgency=Urgency.LOW if by_stripe else Urgency.MEDIUM,
        action_type=letter.action_type,
        payload=letter.payload,
        verdict=_verdict(facts, unpaid, oldest, by_stripe=by_stripe),
        language=letter.language,
        translation=letter.translation,
        reasoning=f"Invoice {oldest.number} for {oldest.due} is {late}{unreached}.{several}{' Stripe mails reminders too.' if by_stripe else ''}",
        evidence=tuple(_evidence(facts, unpaid)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=thresholds.at_stake(facts, [invoice.due for invoice in unpaid]),
        covers=tuple(invoice.id for invoice in unpaid),
    )


def rests(facts: Facts, invoices: Sequence[Invoice]) -> bool:
    """Whether the customer is reminded of none of these invoices, however much the others come to."""
    return all(judgement.against_reminder(facts, invoice) for invoice in invoices)


PLAY = Play(
    name="invoice_overdue",
    vertical="money",
    version=4,
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


def _verdict(facts: Facts, unpaid: list[Invoice], oldest: Invoice, *, by_stripe: bool) -> str:
    late = f"overdue {since_due(facts, oldest)}"
    if wording.address(facts) is None:
        return f"Ask another way: {sums_text(unpaid)} {is_or_are(unpaid)} {late}, and {wording.unreachable(facts)}"
    tone = _tone(facts, unpaid, oldest)
    if by_stripe and tone == "reminder":
        return f"Send only what Stripe does not say: {late}, and Stripe mails reminders too"
    return f"Send: {late}, {_ADVICE[tone]}"


def _mail(words: Words, facts: Facts, unpaid: list[Invoice], oldest: Invoice) -> tuple[str, list[str]]:
    several, by, tone = len(unpaid) > 1, letters.voice(facts), _tone(facts, unpaid, oldest)
    opening = _several(words, facts, unpaid) if several else _single(words, facts, oldest)
    if tone == "note" and by == "person":
        opening = words.sentences(words("letter-personal"), opening)
    elif tone == "reminder" and not several:
        opening = words.sentences(opening, words("invoice_overdue-slipped"))
    if not several and oldest.credited:
        opening = words.sentences(opening, words("invoice_overdue-credited", credit=oldest.credited))
    count, part = len(unpaid), "rest" if oldest.paid else "whole"
    subject = words(
        "invoice_overdue-subject",
        tone=tone,
        count=count,
        number=oldest.number,
        amount=sums(unpaid),
        part=part,
    )
    return subject, [
        opening,
        words("invoice_overdue-ended", count=count) if all(invoice.ended for invoice in unpaid) else "",
        letters.pages(words, facts, "invoice_overdue", unpaid, oldest, count=count, part=part),
        words("invoice_overdue-close", tone=tone, count=count, by=by, part=part),
        words("letter-paid-already"),
    ]


def _tone(facts: Facts, unpaid: list[Invoice], oldest: Invoice) -> str:
    """The tone of today; a large customer gets a note of its own until the mail must be firm."""
    personal = bool(facts.top_customer) or thresholds.are_large(facts, sums(unpaid))
    days = _days(facts, oldest)
    if personal and days < _FIRM:
        return "note"
    stages = ((_LAST, "last"), (_FIRM, "firm"), (_ASK, "ask"))
    return next((tone for start, tone in stages if days >= start), "reminder")


def _days(facts: Facts, invoice: Invoice) -> int:
    """Days from the due date until today."""
    moment = due_on(invoice)
    return wording.days_since(facts, moment) if moment else 0


def _single(words: Words, facts: Facts, invoice: Invoice) -> str:
    # A founder's own text may choose by `since`, and name `days`, as the built-in texts of version 0.1.0 did.
    values = _due_values(facts, invoice) | {"since": "today", "days": _days(facts, invoice)}
    if invoice.paid:
        return words("invoice_overdue-rest", paid=invoice.paid, **values)
    return words("invoice_overdue-opening", **values)


def _several(words: Words, facts: Facts, unpaid: list[Invoice]) -> str:
    lines = [
        words("invoice_overdue-line-rest", paid=invoice.paid, **_due_values(facts, invoice))
        if invoice.paid
        else words("invoice_overdue-line", **_due_values(facts, invoice))
        for invoice in unpaid
    ]
    return letters.with_lines(words("invoice_overdue-several"), *lines)


def _due_values(facts: Facts, invoice: Invoice) -> dict[str, Value]:
    moment = due_on(invoice)
    return {
        "due": "known" if moment else "unknown",
        "day": wording.local(facts, moment) if moment else "",
        "amount": invoice.due,
        "number": invoice.number,
    }


def _to_owner(facts: Facts, unpaid: list[Invoice], oldest: Invoice) -> tuple[str, Json]:
    customer, since = wording.who(facts), since_due(facts, oldest)
    headline = f"Invoice {oldest.number} of {customer} for {oldest.due} is overdue {since}"
    if len(unpaid) > 1:
        headline = (
            f"{len(unpaid)} invoices of {customer} for {sums_text(unpaid)} are overdue, the oldest {since}"
        )
    return to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        headline,
        [*wording.who_to_reach(facts), *_evidence(facts, unpaid)],
        f"No reminder can be mailed: {wording.unreachable(facts)}. Please get in touch another way and ask when the payment will come.",
        ("The customer's page to pay", oldest.link) if oldest.link else None,
    )


def _evidence(facts: Facts, unpaid: list[Invoice]) -> list[tuple[str, str]]:
    evidence = []
    for invoice in unpaid:
        evidence.append(("Invoice", f"{invoice.number}, {invoice.due} open"))
        if invoice.paid:
            evidence.append(("Paid of it", str(invoice.paid)))
        if invoice.credited:
            evidence.append(("Credited", str(invoice.credited)))
        if moment := due_on(invoice):
            evidence.append(("Due", wording.day(wording.local(facts, moment))))
    billed = billed_for(unpaid)
    return [*evidence, *billed, *wording.about_customer(facts)]
