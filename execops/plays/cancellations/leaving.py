"""A customer who leaves, for the plays that tell of it: the events that say so, and what the books know of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from execops.books.facts import About, Facts
from execops.model import Event
from execops.plays import plans, wording
from execops.plays.cancellations import farewell
from execops.plays.cancellations.cancellation import Cancellation
from execops.plays.comments import Meaning
from execops.plays.play import about_event
from execops.settings import Settings
from execops.sources.stripe.fields import at, flag, obj
from execops.text import clean_line

READ_FIRST = {
    Meaning.CLOSING,
    Meaning.DUPLICATE,
    Meaning.LEGAL,
    Meaning.NOTE,
    Meaning.PERHAPS_NO_CONTACT,
    Meaning.UNCLEAR,
}  # meanings after which a person may not want to write at all
_LONGEST_COMMENT = 1000  # characters, in a message to the team
# The reason that the customer chose in Stripe's portal, in a message to the team:
# https://docs.stripe.com/api/subscriptions/object, `feedback`.
_FEEDBACK = {
    "switched_service": "switched to another service",
    "unused": "not used enough",
    "low_quality": "quality",
}


def set_to_end(event: Event, settings: Settings) -> About | None:
    """The subscription, where this update has set it to end; None for every other update.

    `previous_attributes` holds the values before the update of the attributes that it changed. An event without them
    may have set the end, so it counts as one. A schedule's end is not the customer's wish: an update that adds the wish
    to it counts too.
    """
    data = obj(event.payload_json, "data")
    now, before = obj(data, "object"), data.get("previous_attributes")
    if isinstance(before, Mapping):
        was = {**now, **before}
        wished = bool(now.get("schedule")) and _is_wished(now) and not _is_wished(was)
        if not _is_to_end(now) or (_is_to_end(was) and not wished):
            return None
    return about_event(event, settings)


def because(cancellation: Cancellation) -> str:
    """The reason that the customer chose, in brackets after a blank; nothing where none tells why."""
    return f" ({_reason(cancellation)})" if farewell.chosen(cancellation) != "none" else ""


def _reason(cancellation: Cancellation) -> str:
    feedback = cancellation.feedback or ""
    return _FEEDBACK.get(feedback, feedback.replace("_", " "))


def words(cancellation: Cancellation) -> list[tuple[str, str]]:
    """The reason and the words of the customer, in pairs of label and value."""
    pairs = []
    if cancellation.feedback:
        pairs.append(("Reason given", _reason(cancellation)))
    if cancellation.comment:
        pairs.append(("In their words", clean_line(cancellation.comment, limit=_LONGEST_COMMENT)))
    return pairs


def rate(facts: Facts, cancellation: Cancellation) -> str | None:
    """The money that goes, as the customer pays it: `$1,200.00 a year`, else the MRR: `$100.00 a month`."""
    if cancellation.monthly is None:
        return None
    price = None if cancellation.partial else plans.price(facts, cancellation.state, facts.today)
    if price and price[1] == "year":
        return f"{price[0]} a year"
    return f"{cancellation.monthly} a month"


def stake(facts: Facts, cancellation: Cancellation, label: str) -> list[tuple[str, str]]:
    """The money that goes, under this label; nothing where none is known."""
    money = rate(facts, cancellation)
    partial = ", and a part that is not known" if cancellation.partial else ""
    return [(label, f"{money}{partial}")] if money else []


def still_open(cancellation: Cancellation) -> list[tuple[str, str]]:
    """The invoices that should have been paid, in pairs of label and value."""
    return [("Still open", f"{invoice.due} of invoice {invoice.number}") for invoice in cancellation.unpaid]


def evidence(facts: Facts, cancelled: Cancellation) -> list[tuple[str, str]]:
    """The facts of a cancellation, in pairs of label and value."""
    end = farewell.end(facts, cancelled)
    pairs = [("Ends", end)] if end else []
    pairs += stake(facts, cancelled, "At stake")
    return [*pairs, *words(cancelled), *still_open(cancelled), *about_customer(facts)]


def about_customer(facts: Facts) -> list[tuple[str, str]]:
    """The customer as `wording.about_customer` tells them. Their MRR is named as the whole, beside the part that goes."""
    pairs = wording.about_customer(facts)
    return [("MRR of this customer" if label == "MRR" else label, value) for label, value in pairs]


def _is_to_end(subscription: Mapping[str, Any]) -> bool:
    return bool(flag(subscription, "cancel_at_period_end")) or at(subscription, "cancel_at") is not None


def _is_wished(subscription: Mapping[str, Any]) -> bool:
    """Whether the customer has cancelled beside a schedule: they said why, or end it with the period."""
    details = obj(subscription, "cancellation_details")
    return bool(
        flag(subscription, "cancel_at_period_end") or details.get("feedback") or details.get("comment")
    )
