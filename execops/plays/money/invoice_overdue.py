"""Sent invoices are past their due date: remind the customer, in the tone of the stage."""

from __future__ import annotations

from datetime import datetime

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import judgement, thresholds, wording
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.receivables import Invoice, total

_ASK = 15  # days overdue from which the mail asks when the payment will come
_FIRM = 30  # from which it is firm
_LAST = 60  # from which it is the last one before a person takes over


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer about all overdue invoices; a message to the account owner where no mail can be sent.

    The stage follows from the days between the due date and the latest event about these invoices: 1, 15, 30, 60. The
    urgency is medium, high from 30 days on or for a large sum, low where Stripe mails reminders.
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
        action_type, payload = _to_owner(facts, asked, since, seen)
        unreached = f"; {wording.unreachable(facts)}, so the account owner is asked"
    else:
        action_type, payload = "email", _to_customer(facts, email, asked, oldest, days)
        unreached = ""
    by_stripe = "reminders" in facts.org["stripe_sends"]
    high = (days or 0) >= _FIRM or thresholds.is_large(facts, due)
    due_on = _due_on(oldest)
    late = f"overdue since {_on(facts, due_on)}" if due_on else "overdue"
    several = f" It is the oldest of {len(asked)} overdue invoices." if len(asked) > 1 else ""
    return Draft(
        title=f"Invoice overdue: {wording.who(facts)}{f', {since}' if since else ''}",
        urgency=Urgency.LOW if by_stripe else Urgency.HIGH if high else Urgency.MEDIUM,
        action_type=action_type,
        payload=payload,
        reasoning=f"Invoice {oldest.number} for {oldest.due} is {late}{unreached}.{several}{' Stripe mails reminders too.' if by_stripe else ''}",
        evidence=tuple(_evidence(facts, asked, seen)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=due,
        covers=tuple(invoice.id for invoice in asked),
    )


PLAY = Play(
    name="invoice_overdue",
    vertical="money",
    version=2,
    summary="An invoice is past its due date: mail the customer a reminder",
    action_type="email",
    events=frozenset({"invoice.overdue"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
    lasting=True,
    together=True,
)


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


def _to_customer(facts: Facts, email: str, asked: list[Invoice], oldest: Invoice, days: int | None) -> Json:
    stage = days or 0
    several = len(asked) > 1
    opening = _several(facts, asked) if several else _single(facts, oldest, days)
    personal = bool(facts.top_customer) or thresholds.is_large(facts, total(asked))
    opening += " It may simply have slipped through." if stage < _ASK and not several and not personal else ""
    pages = [f"{invoice.number}: {invoice.link}" for invoice in asked if invoice.link]
    link = oldest.link or wording.portal(facts)
    if several and len(pages) == len(asked):
        pay = "You can see and pay them here:\n" + "\n".join(pages)
    elif link:
        pay = f"You can see and pay it here:\n{link}"
    else:
        pay = "Please reply to this mail if you need the invoice or our payment details again."
    number = f"{len(asked)} invoices" if several else f"invoice {oldest.number}"
    due = total(asked)
    if personal and stage < _FIRM:
        subject = f"{number[0].upper()}{number[1:]} for {due}"
        opening = f"I wanted to write to you myself. {opening}"
        ask = "Is there anything on our side that holds it up, such as a purchase order, an approval or a new contact for invoices? A line in reply is enough, and I will see to it."
    elif stage >= _LAST:
        subject = f"Last reminder: {number} for {due}"
        ask = "Please pay it within the next seven days, or tell us by then what stands in the way; we would rather find a way with you than hand this on."
        ask = ask.replace("pay it", "pay them") if several else ask
    elif stage >= _FIRM:
        subject = f"Overdue: {number} for {due}, please pay now"
        ask = "Please arrange the payment this week, or tell us the date on which we can expect it. If something about the invoice is disputed, please tell us what it is."
    elif stage >= _ASK:
        subject = f"Overdue: {number} for {due}"
        ask = "Could you let us know when we can expect the payment? If anything about the invoice is unclear, please reply to this mail and we will sort it out."
    else:
        subject = f"Reminder: {number} for {due}"
        ask = "If anything about the invoice is unclear, just reply to this mail."
    still = (
        "Your subscription has ended; this invoice for the time before remains due." if oldest.ended else ""
    )
    text = wording.letter(
        facts, opening, still, pay, ask, "If you have paid already, please ignore this mail."
    )
    return wording.mail(facts, email, subject, text)


def _single(facts: Facts, invoice: Invoice, days: int | None) -> str:
    due_on, since = _due_on(invoice), _since(days)
    if invoice.paid:
        what = (
            f"Thank you for paying {invoice.paid} of invoice {invoice.number}. The {invoice.due} that is left"
        )
    else:
        what = f"Invoice {invoice.number} for {invoice.due}"
    left = "" if invoice.paid else ", and we have not received your payment yet"
    if due_on is None:
        return f"{what} is past its due date{left}."
    return f"{what} was due on {_on(facts, due_on)}{f', {since} ago' if since else ''}{left}."


def _several(facts: Facts, asked: list[Invoice]) -> str:
    lines = []
    for invoice in asked:
        due_on = _due_on(invoice)
        part = f" (after your payment of {invoice.paid})" if invoice.paid else ""
        lines.append(
            f"• {invoice.number}: {invoice.due}{part}{f', due on {_on(facts, due_on)}' if due_on else ''}"
        )
    return "These invoices are past their due date, and we have not received your payment yet:\n" + "\n".join(
        lines
    )


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
            evidence.append(("Due", f"{_on(facts, due_on)}{f', {since} before this event' if since else ''}"))
    return evidence + wording.about_customer(facts)
