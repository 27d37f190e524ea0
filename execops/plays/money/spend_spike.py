"""A vendor costs clearly more this month than before: tell finance before the month ends."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.books import cash
from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.spending import KINDS, to_check
from execops.plays.thresholds import below
from execops.plays.wording import day, named_month
from execops.settings import Settings
from execops.sources import get_source
from execops.sources.bank.parties.purposes import HALVES

_SPIKE = 10  # percent over the average
_HIGH = 50
_FLOORS = 5  # the floor of a month is so many times the floor of what a month is above its average


def about(event: Event, settings: Settings) -> About | None:
    """The vendor and the month of the event's purchases; None for transfers, which have no vendor."""
    for movement in get_source(event.source).read(event).movements:
        if movement.kind in cash.SPEND and movement.counterparty and movement.purpose not in HALVES:
            month = cash.month_name(movement.occurred_at, ZoneInfo(settings.time_zone))
            object_id = cash.spend_object(movement.counterparty, movement.amount.currency, month)
            return About(object_id, object_id)
    return None


def assess(facts: Facts) -> Draft | Declined:
    """A message where the month so far is more than 10% over the average of the three months before it.

    The urgency is high from 50% on, else medium; it is low for an annual invoice, which is probably right. A month under `spend_floor`, and
    one that is above its average by less than a fifth of it, are left alone. So are payments that follow a contract or
    a law, and a month that only the calendar made dear.
    """
    spend = facts.spend
    if spend is None:
        return Declined("the event names no vendor's month")
    vendor, month = spend["vendor"], named_month(spend["month"])
    if not spend["current"]:
        return Declined(f"{month} is not the current month")
    if spend.get("kind"):
        return Declined(
            f"{vendor} is paid for {KINDS.get(spend['kind'], spend['kind'])}: nobody caps or cancels it"
        )
    if spend["unknown"]:
        return Declined(spend["unknown"])
    to_date, average = (Money(spend[name], spend["currency"]) for name in ("to_date", "average"))
    if average.minor <= 0:
        return Declined(f"nothing was spent on {vendor} in the three months before {month}")
    more = Money(to_date.minor - average.minor, spend["currency"])
    if (too_small := _too_small(facts, spend, to_date, average, more)) is not None:
        return too_small
    if spend.get("calendar"):
        return Declined(
            f"{vendor} is paid as much and as often as usual; {month} only has more of the pay days"
        )
    annual = _annual(spend)
    if annual and annual.as_before:
        return Declined(f"the annual invoice of {vendor} is not over {_SPIKE}% above that of the year before")
    return _draft(facts, spend, to_date, average, more, annual)


def _too_small(facts: Facts, spend: Json, to_date: Money, average: Money, more: Money) -> Declined | None:
    """The reason why the month is no spike by its sums; None where it is one."""
    month, floor = (
        f"{to_date} for {spend['vendor']} in {named_month(spend['month'])}",
        facts.org["spend_floor"],
    )
    books = facts.org["currency"]
    if below(facts, to_date, floor):
        return Declined(f"{month} is below the floor of {floor} {books}")
    if _share_over(to_date, average) <= 0:
        return Declined(f"{month} is not over {_SPIKE}% above {average}")
    usual = Money(spend.get("usual", average.minor), spend["currency"])
    if _share_over(to_date, usual) <= 0:
        return Declined(f"{month} is not over {_SPIKE}% above a usual month of {usual}")
    if below(facts, more, floor // _FLOORS):
        return Declined(
            f"{month} is only {more} above {average}, below the floor of {floor // _FLOORS} {books}"
        )
    return None


def _share_over(to_date: Money, base: Money) -> int:
    """More than zero where a sum is more than the spike's share above its base."""
    return to_date.minor * 100 - base.minor * (100 + _SPIKE)


class _Annual(Struct, frozen=True):
    """An invoice that looks like a whole year's: its words, and whether the year before was about the same."""

    words: str
    as_before: bool


def _annual(spend: Json) -> _Annual | None:
    days = spend.get("annual")
    if not days:
        return None
    (paid_on, minor), *year_before = days
    amount = Money(minor, spend["currency"])
    if not year_before:
        months = Fraction(minor, spend["average"])
        return _Annual(
            f"{amount} on {_day(paid_on)} is {round(months)} usual months in one payment", as_before=False
        )
    (paid_before_on, minor_before), *_ = year_before
    before = Money(minor_before, spend["currency"])
    words = f"{amount} on {_day(paid_on)}, after {before} on {_day(paid_before_on)}"
    return _Annual(words, _share_over(amount, before) <= 0)


def _day(iso: str) -> str:
    return day(date.fromisoformat(iso))


def _draft(
    facts: Facts, spend: Json, to_date: Money, average: Money, more: Money, annual: _Annual | None
) -> Draft:
    vendor, month = spend["vendor"], named_month(spend["month"])
    over = to_date.minor * 100 // average.minor - 100
    evidence = _evidence(spend, to_date, average, more, over)
    if annual:
        title = f"Annual invoice? {vendor}, {to_date} so far in {month}, {over}% over its average"
        evidence.append(("Looks like an annual invoice", annual.words))
        ask = (
            f"This looks like the annual invoice of {vendor}. Is the plan still right? If it is no annual invoice,"
            " look at what was billed."
        )
    else:
        title = f"Spend up {over}%: {vendor}, {to_date} so far in {month}"
        ask = f"Is this expected? If not, {to_check(vendor)}"
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask)
    high = to_date.minor * 100 >= average.minor * (100 + _HIGH)
    return Draft(
        title=title,
        urgency=Urgency.LOW if annual else Urgency.HIGH if high else Urgency.MEDIUM,
        action_type=action_type,
        payload=payload,
        verdict=f"Check the plan: {to_date} looks like the annual invoice of {vendor}"
        if annual
        else f"Check {vendor}: {more} above its average this month, {over}%",
        reasoning=f"{vendor}: {to_date} so far in {month}, {over}% over its trailing average of {average}."
        + (f" It looks like an annual invoice: {annual.words}." if annual else ""),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=more,
    )


PLAY = Play(
    name="spend_spike",
    vertical="money",
    version=4,
    summary="A vendor's month is over 10% above its three-month average: tell finance",
    action_type="notice",
    events=frozenset({"issuing_transaction.created", "bank.transactions_imported"}),
    assess=assess,
    about=about,
    needs=frozenset({"spend"}),
    lasting=True,  # it judges the current month, however old the event in it is
)


def _evidence(spend: Json, to_date: Money, average: Money, more: Money, over: int) -> list[tuple[str, str]]:
    purchases = spend["purchases"]
    return [
        ("Vendor", spend["vendor"]),
        ("This month so far", f"{to_date} in {purchases} {'payment' if purchases == 1 else 'payments'}"),
        ("Three-month average", str(average)),
        ("Above average", f"{more} ({over}%)"),
    ]
