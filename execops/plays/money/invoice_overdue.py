"""An invoice is past its due date: remind the customer politely."""

from __future__ import annotations

from datetime import datetime

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import Money
from execops.plays import wording
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play

_LONG = 15  # days overdue from which the mail asks when the payment will come


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, always of medium urgency; a message to the account owner where no mail can be sent.

    Nothing where the invoice is settled, or where its due date was moved into the future.
    """
    due = wording.open_amount(facts)
    if isinstance(due, Declined):
        return due
    number, email = wording.number(facts), wording.address(facts)
    due_on = wording.moment(facts.state.get("due_date"))
    if due_on and due_on > facts.today:
        return Declined(f"invoice {number} is not due before {wording.day(wording.local(facts, due_on))}")

    since = _since(facts, due_on)
    if email is None:
        action_type, payload = _to_owner(facts, number, due, since)
        unreached = f"; {wording.unreachable(facts)}, so the account owner is asked"
    else:
        action_type, payload = "email", _to_customer(facts, email, number, due, due_on)
        unreached = ""
    return Draft(
        title=f"Invoice overdue: {wording.who(facts)}{f', {since}' if since else ''}",
        urgency=Urgency.MEDIUM,
        action_type=action_type,
        payload=payload,
        reasoning=f"Invoice {number} for {due} is {f'overdue since {_on(facts, due_on)}' if due_on else 'overdue'}{unreached}.",
        evidence=tuple(_evidence(facts, number, due, due_on, since)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=due,
    )


PLAY = Play(
    name="invoice_overdue",
    vertical="money",
    version=1,
    summary="An invoice is past its due date: mail the customer a reminder",
    action_type="email",
    events=frozenset({"invoice.overdue"}),
    assess=assess,
)


def _days(facts: Facts, due_on: datetime) -> int:
    """Days since the due date, on the company's calendar."""
    return (wording.local(facts, facts.today).date() - wording.local(facts, due_on).date()).days


def _since(facts: Facts, due_on: datetime | None) -> str | None:
    """The time since the due date, such as `1 day` or `12 days`; None on the day itself."""
    days = _days(facts, due_on) if due_on else 0
    return f"{days:,} day{'s' if days > 1 else ''}" if days > 0 else None


def _on(facts: Facts, due_on: datetime) -> str:
    return wording.day(wording.local(facts, due_on))


def _to_customer(facts: Facts, email: str, number: str, due: Money, due_on: datetime | None) -> Json:
    link = facts.state.get("hosted_invoice_url")
    since = _since(facts, due_on)
    what = f"Invoice {number} for {due}"
    if due_on is None:
        opening = f"{what} is past its due date, and we have not received your payment yet."
    elif since is None:
        opening = f"{what} was due on {_on(facts, due_on)}, and we have not received your payment yet."
    else:
        opening = (
            f"{what} was due on {_on(facts, due_on)}, {since} ago, and we have not received your payment yet."
        )
    long = due_on is not None and _days(facts, due_on) >= _LONG
    opening += "" if long else " It may simply have slipped through."
    pay = (
        f"You can see and pay it here:\n{link}"
        if link
        else "Please reply to this mail if you need the invoice or our payment details again."
    )
    ask = (
        "Could you let us know when we can expect the payment? If anything about the invoice is unclear, please reply to this mail and we will sort it out."
        if long
        else "If anything about the invoice is unclear, just reply to this mail."
    )
    subject = f"{'Overdue' if long else 'Reminder'}: invoice {number} for {due}"
    ignore = "If you have paid already, please ignore this mail."
    return wording.mail(facts, email, subject, wording.letter(facts, opening, pay, ask, ignore))


def _to_owner(facts: Facts, number: str, due: Money, since: str | None) -> tuple[str, Json]:
    link = facts.state.get("hosted_invoice_url")
    customer = wording.who(facts)
    late = f"{since} overdue" if since else "overdue"
    due_on = wording.moment(facts.state.get("due_date"))
    return to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        f"Invoice {number} of {customer} for {due} is {late}",
        [*wording.who_to_reach(facts), *_evidence(facts, number, due, due_on, since)],
        f"No reminder can be mailed: {wording.unreachable(facts)}. Please get in touch another way and ask when the payment will come.",
        ("The customer's page to pay", link) if link else None,
    )


def _evidence(
    facts: Facts, number: str, due: Money, due_on: datetime | None, since: str | None
) -> list[tuple[str, str]]:
    evidence = [("Invoice", f"{number}, {due} open")]
    if due_on:
        evidence.append(("Due", f"{_on(facts, due_on)}{f', {since} ago' if since else ''}"))
    return evidence + wording.about_customer(facts)
