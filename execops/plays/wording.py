"""What several plays judge, and write, the same way."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from execops.adapters.email import is_address
from execops.books.facts import Facts
from execops.model import Declined, Json
from execops.money import Money, money
from execops.text import clean_line

_SETTLED = {"paid": "is paid", "void": "was voided", "uncollectible": "was written off"}
_BRANDS = {
    "amex": "American Express",
    "american express": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "visa": "Visa",
    "mastercard": "Mastercard",
    "discover": "Discover",
}
_LONGEST_NAME = 80  # characters, in a greeting or a title
_LONGEST_SUBJECT = 200


# Time


def moment(value: str | None) -> datetime | None:
    """A moment as a snapshot keeps it."""
    return datetime.fromisoformat(value) if value else None


def local(facts: Facts, value: datetime) -> datetime:
    """The moment on the company's own calendar."""
    return value.astimezone(ZoneInfo(facts.org["time_zone"]))


def ahead(facts: Facts, value: str | None) -> datetime | None:
    """The moment, where it is still to come."""
    found = moment(value)
    return found if found and found > facts.today else None


def day(value: datetime) -> str:
    """`26 November 2026`: the same in every language's reading, no month first."""
    return f"{value.day} {value:%B %Y}"


# Customers


def who(facts: Facts) -> str:
    """The customer as a title calls him: by his name, else by his address, else by his id."""
    return short(facts.customer_name or facts.customer_email or facts.subject_key)


def short(name: str) -> str:
    """A name or a number from outside, no longer than a line can carry."""
    return clean_line(name, limit=_LONGEST_NAME)


def address(facts: Facts) -> str | None:
    """Where a mail to the customer can go; None where it cannot: see `unreachable`."""
    email = facts.customer_email
    return email if is_address(email) else None


def unreachable(facts: Facts, of: str = "") -> str:
    """Why no mail can go to the customer (`of invoice ACME-1`)."""
    customer = f"the customer {of}".strip()
    if facts.customer.get("deleted"):
        return f"{customer} was deleted"
    if facts.customer_email:
        return f"the email address of {customer} is not one that a mail can go to"
    return f"no email address is known for {customer}"


def about_customer(facts: Facts) -> list[tuple[str, str]]:
    """What is known of the customer: MRR, since when, lifetime paid."""
    shown = [("MRR", str(each)) for each in facts.mrr() if each.minor]
    since = moment(facts.customer.get("created"))
    if since:
        shown.append(("Customer since", f"{local(facts, since):%Y-%m}"))
    shown += [
        ("Lifetime paid", f"{Money(each['amount_minor'], each['currency'])} in {each['payments']} invoices")
        for each in facts.paid
    ]
    return shown


def who_to_reach(facts: Facts) -> list[tuple[str, str]]:
    """The customer as a colleague needs him: by name and address, as far as they are known."""
    shown = [("Customer", who(facts))]
    email = facts.customer_email
    return [*shown, ("Email", email)] if email and email != shown[0][1] else shown


# Mails


def mail(facts: Facts, to: str, subject: str, text: str) -> Json:
    """The payload of a mail to a customer, from and to whom the settings say."""
    payload = {
        "to": to,
        "from": facts.org["email_from"],
        "subject": clean_line(subject, limit=_LONGEST_SUBJECT),
        "text": text,
    }
    if facts.org["email_reply_to"]:
        payload["reply_to"] = facts.org["email_reply_to"]
    return payload


def letter(facts: Facts, *paragraphs: str) -> str:
    """A text to the customer: greeting, the paragraphs that say something, thanks and the company's name.

    A customer without a name is greeted without one, never by an address.
    """
    greeting = f"Hello {short(facts.customer_name)}," if facts.customer_name else "Hello,"
    closing = f"Thank you,\n{facts.org['company_name']}"
    return "\n\n".join([greeting, *(each for each in paragraphs if each), closing]) + "\n"


# Invoices


def number(facts: Facts) -> str:
    """The invoice as its customer knows it."""
    return short(facts.state.get("number") or facts.object_id)


def open_amount(facts: Facts) -> Money | Declined:
    """What is left to pay of the invoice, or why nothing is: paid, voided, written off."""
    invoice = facts.state
    if facts.object_type != "invoice":
        return Declined("the event names no invoice")
    settled = _SETTLED.get(invoice.get("status") or "")
    if settled:
        return Declined(f"invoice {number(facts)} {settled}")
    remaining = invoice.get("amount_remaining")
    due = money(invoice.get("amount_due") if remaining is None else remaining, invoice.get("currency"))
    if due is None or due.minor <= 0:
        return Declined(f"invoice {number(facts)} has nothing left to pay")
    return due


def attempt(facts: Facts) -> int:
    """How many times the invoice's payment was tried: one at least."""
    return max(int(facts.state.get("attempt_count") or 0), 1)


def failed_charge(facts: Facts, due: Money) -> Json:
    """The latest failed charge of the invoice; since 2025 charges no longer name theirs, so by its amount."""
    for charge in facts.charges:
        invoice = charge.get("invoice")
        same = money(charge.get("amount"), charge.get("currency")) == due
        if charge.get("status") == "failed" and (invoice == facts.object_id or (invoice is None and same)):
            return charge
    return {}


# Cards


def card(brand: str | None, last4: str | None) -> str:
    """`Visa card ending 4242`, `Mastercard ending 4242`, `card ending 4242`, `card`."""
    name = (brand or "").lower()
    known = "" if name == "unknown" else _BRANDS.get(name, brand or "")
    called = known if known.lower().endswith("card") else f"{known} card".strip()
    return f"{called} ending {last4}" if last4 else called
