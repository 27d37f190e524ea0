"""A vendor costs clearly more this month than before: tell finance before the month ends."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from execops.books import cash
from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.settings import Settings
from execops.sources import get_source
from execops.sources.bank.purposes import HALVES

_SPIKE = 10  # percent over the average
_HIGH = 50


def about(event: Event, settings: Settings) -> About | None:
    """The vendor and the month of the event's purchases; None for transfers, which have no vendor."""
    for movement in get_source(event.source).read(event).movements:
        if movement.kind in cash.SPEND and movement.counterparty and movement.purpose not in HALVES:
            month = cash.month_name(movement.occurred_at, ZoneInfo(settings.time_zone))
            object_id = cash.spend_object(movement.counterparty, movement.amount.currency, month)
            return About(object_id, object_id)
    return None


def assess(facts: Facts) -> Draft | Declined:
    """A message where the month so far is more than 10 % over the average of the three months before it.

    The urgency is high from 50 % on, else medium. A sum under `spend_floor` major units is left alone.
    """
    spend = facts.spend
    if spend is None:
        return Declined("the event names no vendor's month")
    vendor, month = spend["vendor"], spend["month"]
    if not spend["current"]:
        return Declined(f"{month} is not the current month")
    if spend["unknown"]:
        return Declined(spend["unknown"])
    to_date, average = (Money(spend[name], spend["currency"]) for name in ("to_date", "average"))
    if average.minor <= 0:
        return Declined(f"nothing was spent on {vendor} in the three months before {month}")
    floor = facts.org["spend_floor"]
    if to_date.major < floor:
        return Declined(f"{to_date} for {vendor} in {month} is below the floor of {floor}")
    if to_date.minor * 100 <= average.minor * (100 + _SPIKE):
        return Declined(f"{to_date} for {vendor} in {month} is not over {_SPIKE} % above {average}")

    over = to_date.minor * 100 // average.minor - 100
    more = Money(to_date.minor - average.minor, spend["currency"])
    evidence = _evidence(spend, to_date, average, more, over)
    title = f"Spend up {over} %: {vendor}, {to_date} so far in {month}"
    ask = (
        f"Is this expected? If not, look at what {vendor} billed, and cap or cancel it before the month ends."
    )
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask)
    return Draft(
        title=title,
        urgency=Urgency.HIGH if to_date.minor * 100 >= average.minor * (100 + _HIGH) else Urgency.MEDIUM,
        action_type=action_type,
        payload=payload,
        reasoning=f"{vendor}: {to_date} so far in {month}, {over} % over its trailing average of {average}.",
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=more,
    )


PLAY = Play(
    name="spend_spike",
    vertical="money",
    version=1,
    summary="A vendor's month is over 10 % above its three-month average: tell finance",
    action_type="slack",
    events=frozenset({"issuing_transaction.created", "bank.transactions_imported"}),
    assess=assess,
    about=about,
    needs=frozenset({"spend"}),
)


def _evidence(spend: Json, to_date: Money, average: Money, more: Money, over: int) -> list[tuple[str, str]]:
    purchases = spend["purchases"]
    return [
        ("Vendor", spend["vendor"]),
        ("This month so far", f"{to_date} in {purchases} {'payment' if purchases == 1 else 'payments'}"),
        ("Three-month average", str(average)),
        ("Over it", f"{more} ({over} %)"),
    ]
