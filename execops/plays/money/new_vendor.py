"""A vendor that was never paid before got a large sum: ask once whether that is right."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from execops.books import cash
from execops.books.facts import About, Facts
from execops.books.first_payments import NEWS, vendor_object
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.spending import KINDS, is_own
from execops.plays.thresholds import is_large
from execops.plays.wording import day, local, short
from execops.settings import Settings
from execops.sources import get_source
from execops.sources.bank.parties.purposes import HALVES

_EVER = timedelta(days=36_500)  # a vendor is new once; a longer time could leave the calendar


def about(event: Event, settings: Settings) -> About | None:  # noqa: ARG001
    """The vendor of the event's purchases; None for transfers, which have no vendor."""
    for movement in get_source(event.source).read(event).movements:
        if movement.kind in cash.SPEND and movement.counterparty and movement.purpose not in HALVES:
            object_id = vendor_object(movement.counterparty)
            return About(object_id, object_id)
    return None


def assess(facts: Facts) -> Draft | Declined:
    """A message where a new vendor got a large sum, which is `high_amount` as for a payment that fails.

    The founder chose that amount, and it is known from the first day. A share of the month's burn is not: it changes
    every month, and a company that earns has none. The sum counts all payments in the first weeks, less refunds.
    """
    vendor = facts.vendor
    if vendor is None:
        return Declined("the event names no vendor")
    if (reason := _against(facts, vendor)) is not None:
        return Declined(reason)
    paid = Money(vendor["paid"], vendor["currency"])
    name, first = short(vendor["vendor"]), local(facts, _first(vendor))
    payments = f"{vendor['payments']} payment{'s' if vendor['payments'] > 1 else ''}"
    title = f"New vendor: {name}, {paid}{f' in {payments}' if vendor['payments'] > 1 else ''}"
    evidence = [
        ("Vendor", name),
        ("Paid", f"{paid} in {payments}"),
        ("First paid", day(first)),
        ("From", _account(vendor)),
    ]
    if vendor["category"]:
        evidence.append(("Category", short(vendor["category"].replace("_", " "))))
    evidence.append(
        ("On record", f"payments since {day(date.fromisoformat(vendor['since']))}, none to {name} before")
    )
    stop = "block the card" if vendor["card"] else "call the bank"
    ask = f"Is this expected, and will it come every month? If nobody ordered it, {stop} before the next payment."
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask)
    return Draft(
        title=title,
        urgency=Urgency.MEDIUM,
        action_type=action_type,
        payload=payload,
        verdict=f"Check {name}: {paid} went to a vendor that was never paid before",
        reasoning=f"{name} got {paid} since {day(first)}, and nothing in the books before.",
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=paid,
    )


PLAY = Play(
    name="new_vendor",
    vertical="money",
    version=2,
    summary="A vendor that was never paid before got a large sum: ask once whether it is right",
    action_type="notice",
    events=frozenset({"issuing_transaction.created", "bank.transactions_imported"}),
    assess=assess,
    about=about,
    needs=frozenset({"vendor"}),
    lasting=True,  # a statement tells of payments that are weeks old; the play has a limit of its own
    once_in=_EVER,
)


def _against(facts: Facts, vendor: Json) -> str | None:
    """The reason why nobody is asked about the vendor."""
    name = short(vendor["vendor"])
    if vendor["first_at"] is None:
        return f"nothing was paid to {name}"
    if not vendor["news"]:
        return f"{name} was first paid on {day(local(facts, _first(vendor)))}, more than {NEWS.days} days ago"
    if vendor["kind"]:
        return f"{name} is paid for {KINDS.get(vendor['kind'], vendor['kind'])}: a contract or a law asks for it, no order does"
    if is_own(facts, vendor["vendor"]):
        return f"{name} bears the company's own name: this looks like a transfer between own accounts"
    if vendor["paid_before"]:
        return f"{name} paid the company before: this looks like a refund, and like no vendor"
    paid = Money(vendor["paid"], vendor["currency"])
    if paid.minor <= 0:
        return f"{name} has paid all of it back"
    if not is_large(facts, paid):
        return f"{paid} for {name} is no large sum: EXECOPS_HIGH_AMOUNT is {facts.org['high_amount']} {facts.org['currency']}"
    if vendor["unknown"]:
        return f"whether {name} is new is not known: {vendor['unknown']}"
    return None


def _first(vendor: Json) -> datetime:
    return datetime.fromisoformat(vendor["first_at"])


def _account(vendor: Json) -> str:
    if vendor["card"]:
        return "a company card"
    return f"the bank account {vendor['account']}" if vendor["account"] else "the bank"
