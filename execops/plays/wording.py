"""Judgements and words that several plays share."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from execops.books.facts import Facts
from execops.books.mrr import reasons
from execops.model import Json
from execops.money import Money
from execops.text import clean_line
from execops.text.addresses import fill_portal_link, is_address

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
    """The moment that a snapshot keeps as text."""
    return datetime.fromisoformat(value) if value else None


def local(facts: Facts, value: datetime) -> datetime:
    """The moment on the company's own calendar."""
    return value.astimezone(ZoneInfo(facts.org["time_zone"]))


def ahead(facts: Facts, value: str | None) -> datetime | None:
    """The moment, or None where it is past."""
    parsed = moment(value)
    return parsed if parsed and parsed > facts.today else None


def day(value: date) -> str:
    """The date as `26 November 2026`, which no reader takes for another order of day and month."""
    return f"{value.day} {value:%B %Y}"


# Customers


def who(facts: Facts) -> str:
    """The customer as a title names them: by name, else by address, else by id."""
    return short(facts.customer_name or facts.customer_email or facts.subject_key)


def short(name: str) -> str:
    """A name or a number from outside, cut to what a line can carry."""
    return clean_line(name, limit=_LONGEST_NAME)


def address(facts: Facts) -> str | None:
    """The customer's mail address; None where no mail can go to it: see `unreachable`."""
    email = facts.customer_email
    return email if is_address(email) else None


def unreachable(facts: Facts, of: str = "") -> str:
    """The reason why no mail can go to the customer. `of` says which customer: `of invoice ACME-1`."""
    customer = f"the customer {of}".strip()
    if facts.customer.get("deleted"):
        return f"{customer} was deleted"
    if facts.customer_email:
        return f"the email address of {customer} is not one that a mail can go to"
    return f"no email address is known for {customer}"


def about_customer(facts: Facts) -> list[tuple[str, str]]:
    """The customer in pairs of label and value: MRR, since when, lifetime paid, as far as they are on record."""
    left_out = facts.mrr_left_out()
    not_whole = f", not whole: {reasons(left_out)}" if left_out else ""
    pairs = [("MRR", f"{mrr}{not_whole}") for mrr in facts.mrr() if mrr.minor]
    if left_out and not pairs:
        pairs = [("MRR", f"not known: {reasons(left_out)}")]
    since = moment(facts.customer.get("created"))
    if since:
        pairs.append(("Customer since", f"{local(facts, since):%Y-%m}"))
    pairs += [
        ("Lifetime paid", f"{Money(paid['amount_minor'], paid['currency'])} in {paid['payments']} invoices")
        for paid in facts.paid
    ]
    return pairs


def who_to_reach(facts: Facts) -> list[tuple[str, str]]:
    """The customer as a colleague needs them: name and address, as far as they are on record."""
    name, email = who(facts), facts.customer_email
    pairs = [("Customer", name)]
    return [*pairs, ("Email", email)] if email and email != name else pairs


# Mails


def mail(facts: Facts, to: str, subject: str, text: str) -> Json:
    """The payload of a mail to a customer; sender and reply-to are those of the settings, and left out where not set."""
    ends = {"to": to, "from": facts.org["email_from"], "reply_to": facts.org["email_reply_to"]}
    words = {"subject": clean_line(subject, limit=_LONGEST_SUBJECT), "text": text}
    return {name: address for name, address in ends.items() if address} | words


def company(facts: Facts) -> str | None:
    """The name that signs a mail: that of the settings, else the one that Stripe prints on the invoice; else None."""
    on_invoices = (state.get("account_name") for state in (facts.state, *facts.invoices))
    return facts.org["company_name"] or short(next(filter(None, on_invoices), "")) or None


def letter(facts: Facts, *paragraphs: str) -> str:
    """A text to the customer: a greeting, the paragraphs that are not empty, thanks and the company's name if known.

    The greeting has no name where the customer has none; it never has an address.
    """
    greeting = f"Hello {short(facts.customer_name)}," if facts.customer_name else "Hello,"
    signature = company(facts)
    closing = f"Thank you,\n{signature}" if signature else "Thank you."
    return "\n\n".join([greeting, *(paragraph for paragraph in paragraphs if paragraph), closing]) + "\n"


def portal(facts: Facts) -> str | None:
    """The link to the page where this customer pays and changes the card; None where no portal is set."""
    link = facts.org.get("customer_portal_url")
    return fill_portal_link(link, address(facts)) if link else None


# Stripe


def at_stripe(facts: Facts, page: str) -> str:
    """The address of a page of Stripe's dashboard, such as `payouts/po_1`, in the mode of the events."""
    mode = "test/" if facts.org.get("stripe_mode") == "test" else ""
    return f"https://dashboard.stripe.com/{mode}{page}"


# Cards


def card(brand: str | None, last4: str | None) -> str:
    """The card in words: `Visa card ending 4242`, `Mastercard ending 4242`, `card ending 4242`, `card`."""
    name = (brand or "").lower()
    label = "" if name == "unknown" else _BRANDS.get(name, brand or "")
    words = label if label.lower().endswith("card") else f"{label} card".strip()
    return f"{words} ending {last4}" if last4 else words
