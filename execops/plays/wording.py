"""Words that several plays share, about times, customers and links. The words of mails: see `execops.plays.mails.letters`."""

from __future__ import annotations

from functools import lru_cache

from execops.books.facts import Facts
from execops.books.mrr import reasons
from execops.model import Json
from execops.money import Money
from execops.plays import subscribed
from execops.plays.moments import (
    ahead,
    day,
    days_since,
    local,
    minute,
    moment,
    month,
    months,
    named_month,
)
from execops.text import clean_line, languages
from execops.text.addresses import fill_portal_link, is_address
from execops.text.greeting_names import is_name

__all__ = [
    "ahead",
    "day",
    "days_since",
    "local",
    "minute",
    "moment",
    "month",
    "months",
    "named_month",
]  # words of this module too, for its readers

_LONGEST_NAME = 80  # characters, in a greeting or a title


# Customers


def who(facts: Facts) -> str:
    """The customer as a title names them: by name, else by address, else by id."""
    return short(customer_name(facts) or facts.customer_email or facts.subject_key)


def customer_name(facts: Facts) -> str | None:
    """The customer's name; None where there is none, or one that is no name, such as `N/A`."""
    name = facts.customer_name
    return name if name and is_name(name) else None


@lru_cache(maxsize=2000)
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
    """The customer in pairs of label and value: plans, MRR, since when, lifetime paid, as far as they are on record."""
    left_out = facts.mrr_left_out()
    not_whole = f", not whole: {reasons(left_out)}" if left_out else ""
    monthly = [("MRR", f"{mrr}{not_whole}") for mrr in facts.mrr() if mrr.minor]
    if left_out and not monthly:
        monthly = [("MRR", f"not known: {reasons(left_out)}")]
    pairs = [*subscribed.plans(facts), *monthly]
    pairs += _language(facts)
    since = moment(facts.customer.get("created"))
    if since:
        pairs.append(("Customer since", month(local(facts, since))))
    pairs += [
        ("Lifetime paid", f"{Money(paid['amount_minor'], paid['currency'])} in {_payments(paid)}")
        for paid in [*facts.paid, *facts.charged]
    ]
    return pairs


def _language(facts: Facts) -> list[tuple[str, str]]:
    """The language that the customer prefers, where it is not the founder's own, and that of mails to them if another."""
    listed: list[str] = facts.org["languages"]
    preferred = [
        tag.replace("_", "-").partition("-")[0].lower() for tag in facts.customer.get("locales") or []
    ]
    if not preferred or preferred[0] == listed[0]:
        return []
    chosen = next((language for language in preferred if language in listed), listed[0])
    note = (
        ""
        if chosen == preferred[0]
        else f"; mails to them are in {languages.name(chosen)} (EXECOPS_LANGUAGES)"
    )
    return [("Language", f"{short(languages.name(preferred[0]))}{note}")]


def _payments(paid: Json) -> str:
    """The count of the things that the sum is of: paid invoices, or charges where these come to more."""
    word = "payment" if paid.get("by") == "charges" else "invoice"
    return f"1 {word}" if paid["payments"] == 1 else f"{paid['payments']:,} {word}s"


def who_to_reach(facts: Facts) -> list[tuple[str, str]]:
    """The customer as a colleague needs them: name, whatever stands there, and address, as far as they are on record."""
    name, email = short(facts.customer_name or who(facts)), facts.customer_email
    pairs = [("Customer", name)]
    return [*pairs, ("Email", email)] if email and email != name else pairs


# Links


def portal(facts: Facts) -> str | None:
    """The link to the page where this customer pays and changes the card; None where no portal is set."""
    link = facts.org.get("customer_portal_url")
    return fill_portal_link(link, address(facts)) if link else None


# Stripe


def at_stripe(facts: Facts, page: str) -> str:
    """The address of a page of Stripe's dashboard, such as `payouts/po_1`, in the mode of the events."""
    mode = "test/" if facts.org.get("stripe_mode") == "test" else ""
    return f"https://dashboard.stripe.com/{mode}{page}"
