"""Pieces of text that several plays write the same way."""

from __future__ import annotations

from datetime import datetime

from execops.facts import Facts
from execops.model import Json
from execops.money import Money


def moment(value: str | None) -> datetime | None:
    """A moment as a snapshot keeps it."""
    return datetime.fromisoformat(value) if value else None


def day(value: datetime) -> str:
    """`26 November 2026`: the same in every language's reading, no month first."""
    return f"{value.day} {value:%B %Y}"


def mail(facts: Facts, to: str, subject: str, text: str) -> Json:
    """The payload of a mail to a customer, from and to whom the settings say."""
    payload = {"to": to, "from": facts.org["email_from"], "subject": subject, "text": text}
    if facts.org["email_reply_to"]:
        payload["reply_to"] = facts.org["email_reply_to"]
    return payload


def about_customer(facts: Facts) -> list[tuple[str, str]]:
    """What is known of the customer: MRR, since when, lifetime paid."""
    shown = [("MRR", str(each)) for each in facts.mrr() if each.minor]
    since = moment(facts.customer.get("created"))
    if since:
        shown.append(("Customer since", f"{since:%Y-%m}"))
    shown += [
        ("Lifetime paid", f"{Money(each['amount_minor'], each['currency'])} in {each['payments']} invoices")
        for each in facts.paid
    ]
    return shown
