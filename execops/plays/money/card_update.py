"""A charge for an invoice failed: ask the customer for a working card."""

from __future__ import annotations

from datetime import datetime

from execops.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import Money, money
from execops.plays import Play

_SETTLED = {"paid": "is paid", "void": "was voided", "uncollectible": "was written off"}


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, worded by attempt; nothing where the invoice is settled or nobody can be written to.

    High from the third attempt, on the last one, or from `high_amount` major units; else medium.
    """
    invoice = facts.state
    if facts.object_type != "invoice":
        return Declined("the event names no invoice")
    number = invoice.get("number") or facts.object_id
    if invoice["status"] in _SETTLED:
        return Declined(f"invoice {number} {_SETTLED[invoice['status']]}")
    remaining = invoice.get("amount_remaining")
    due = money(invoice.get("amount_due") if remaining is None else remaining, invoice.get("currency"))
    if due is None or due.minor <= 0:
        return Declined(f"invoice {number} has nothing left to pay")
    email = facts.customer_email
    if email is None:
        return Declined(f"no email address is known for the customer of invoice {number}")

    attempt = max(int(invoice.get("attempt_count") or 0), 1)
    last = bool(invoice.get("final_attempt"))
    next_try = _ahead(facts, invoice.get("next_payment_attempt"))
    who = facts.customer_name or email
    high = attempt >= 3 or last or due.major >= facts.org["high_amount"]
    charge = _failed_charge(facts, due)
    subject, text = _mail(facts, who, number, due, attempt, last, next_try)
    payload = {"to": email, "from": facts.org["email_from"], "subject": subject, "text": text}
    if facts.org["email_reply_to"]:
        payload["reply_to"] = facts.org["email_reply_to"]
    return Draft(
        title=f"Card failed: {who}, attempt {attempt}",
        urgency=Urgency.HIGH if high else Urgency.MEDIUM,
        action_type="email",
        payload=payload,
        reasoning=_why(attempt, charge, last, next_try),
        evidence=tuple(_evidence(facts, number, due, charge)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=due,
    )


PLAY = Play(
    name="card_update",
    vertical="money",
    version=1,
    summary="A charge failed: mail the customer a link to pay with a working card",
    action_type="email",
    events=frozenset({"invoice.payment_failed"}),
    assess=assess,
)


def _mail(
    facts: Facts, who: str, number: str, due: Money, attempt: int, last: bool, next_try: datetime | None
) -> tuple[str, str]:
    link = facts.state.get("hosted_invoice_url")
    if last:
        subject = f"Action needed: your payment of {due} could not be collected"
        opening = f"We could not collect your payment of {due} for invoice {number}, and we will not try your card again."
    elif attempt >= 3:
        subject = f"Action needed: payment of {due} still failing"
        opening = f"We have now tried {attempt} times to collect your payment of {due} for invoice {number}, without success."
    elif attempt == 2:
        subject = f"Reminder: your payment of {due} did not go through"
        opening = (
            f"A second attempt to collect your payment of {due} for invoice {number} did not go through."
        )
    else:
        subject = f"Your payment of {due} did not go through"
        opening = f"Your card was declined when we tried to collect {due} for invoice {number}. It happens: cards expire, limits are reached."
    ask = (
        f"You can pay or update your card here, it takes a minute:\n{link}"
        if link
        else "Please reply to this mail and we will send you a secure link to pay or update your card."
    )
    retry = f"\n\nOtherwise we will try your card again on {_day(next_try)}." if next_try else ""
    closing = f"If you have paid already, please ignore this mail.\n\nThank you,\n{facts.org['company_name']}"
    return subject, f"Hello {who},\n\n{opening}\n\n{ask}{retry}\n\n{closing}\n"


def _why(attempt: int, charge: Json, last: bool, next_try: datetime | None) -> str:
    ordinal = {1: "First", 2: "Second", 3: "Third", 4: "Fourth"}.get(attempt)
    failure = f"{ordinal} failed charge" if ordinal else f"Failed charge, attempt {attempt}"
    code = charge.get("failure_code")
    because = f" ({code})" if code else ""
    if last:
        return f"{failure}{because}; Stripe will not try again."
    return (
        f"{failure}{because}; Stripe tries again on {_day(next_try)}." if next_try else f"{failure}{because}."
    )


def _evidence(facts: Facts, number: str, due: Money, charge: Json) -> list[tuple[str, str]]:
    found = [("Invoice", f"{number}, {due} open")]
    if charge.get("card_last4"):
        found.append(("Card", f"{charge.get('card_brand') or 'card'} ending {charge['card_last4']}"))
    found += [("MRR", str(each)) for each in facts.mrr()]
    since = _moment(facts.customer.get("created"))
    if since:
        found.append(("Customer since", f"{since:%Y-%m}"))
    found += [
        ("Lifetime paid", f"{Money(each['amount_minor'], each['currency'])} in {each['payments']} invoices")
        for each in facts.paid
    ]
    return found


def _failed_charge(facts: Facts, due: Money) -> Json:
    """The latest failed charge of the invoice; since 2025 charges no longer name theirs, so by its amount."""
    for charge in facts.charges:
        invoice = charge.get("invoice")
        same = money(charge.get("amount"), charge.get("currency")) == due
        if charge["status"] == "failed" and (invoice == facts.object_id or (invoice is None and same)):
            return charge
    return {}


def _ahead(facts: Facts, value: str | None) -> datetime | None:
    """The moment, where it is still to come."""
    moment = _moment(value)
    return moment if moment and moment > facts.today else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
