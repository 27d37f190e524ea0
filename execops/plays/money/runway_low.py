"""The cash lasts less than six months: tell finance, with the sums that show it."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP
from zoneinfo import ZoneInfo

from execops.books.cash import month_name
from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money, decimals, storable
from execops.plays import thresholds
from execops.plays.cash_left import CashLeft
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import day, months, named_month, short
from execops.settings import Settings
from execops.sources.bank.parties.purposes import PAYOUT, TRANSFER

_LOW = 6  # months
_CRITICAL = 3
_MOST_FINANCED = 5  # sources of financing that are named
_OTHER_CURRENCY = (
    "Money in another currency is not in these months: changing it into that of the books adds to them."
)
_NO_INCOME = "in the cash, but no income"
_UNPAIRED = {
    PAYOUT: (
        "Stripe's payouts in the burn",
        "these payouts are not in the books, but charges are; run `execops backfill stripe`",
    ),
    TRANSFER: (
        "Transfers in the burn",
        "the other account is not imported; import its file if it is your own",
    ),
}


def about(event: Event, settings: Settings) -> About:
    """The runway of the event's month. Each month has one proposal, and all months have one subject."""
    return About(f"runway:{month_name(event.occurred_at, ZoneInfo(settings.time_zone))}", "org:runway")


def assess(facts: Facts) -> Draft | Declined:
    """A message where the runway is known and under six months from today; nothing for a month in the past.

    Runway is cash divided by the average net burn of the last three full months: see `execops.books.cash`. If the
    balances are old, the time since then is taken off: see `execops.plays.cash_left`. A loan, an investment or a grant
    is cash, but lowers no burn.
    """
    runway = facts.runway
    if runway is None or not facts.object_id.startswith("runway:"):
        return Declined("the event names no month's runway")
    month = facts.object_id.removeprefix("runway:")
    if month != runway["month"]:
        return Declined(f"{named_month(month)} is not the current month")
    if runway.get("unknown"):
        return Declined(f"the runway is unknown: {runway['unknown']}")
    if runway["months"] is None:
        return Declined("no cash is burnt: more comes in than goes out")
    cash_left = CashLeft(facts, runway)
    if cash_left.months >= _LOW:
        return Declined(f"the runway is {cash_left.in_words}, not under {_LOW}")

    title, evidence = cash_left.title, _evidence(facts, runway, cash_left)
    ask = f"{cash_left.ask} {_OTHER_CURRENCY}" if runway["left_out"] else cash_left.ask
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask)
    critical = cash_left.months < _CRITICAL and not cash_left.used_up
    return Draft(
        title=title,
        urgency=Urgency.CRITICAL if critical else Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=cash_left.verdict,
        reasoning=f"{cash_left.reasoning}; the line is {_LOW} months.",
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=cash_left.cash,
    )


PLAY = Play(
    name="runway_low",
    vertical="money",
    version=7,
    summary="The cash lasts less than six months: tell finance, with the sums",
    action_type="notice",
    events=frozenset(
        {
            "balance.available",
            "issuing_transaction.created",
            "payout.paid",
            "bank.transactions_imported",
            "bank.balance_imported",
        }
    ),
    assess=assess,
    survival=True,
    about=about,
    needs=frozenset({"runway"}),
    lasting=True,  # it judges the current month, however old the event in it is
)


def _evidence(facts: Facts, runway: Json, cash_left: CashLeft) -> list[tuple[str, str]]:
    evidence = [("Cash", str(cash_left.cash))]
    evidence += [
        (f"Cash in {account}", f"{Money(minor, runway['currency'])} on {day(date.fromisoformat(as_of))}")
        for account, minor, as_of in runway["accounts"]
    ]
    evidence += [
        ("Not counted", f"{Money(minor, currency)} in {account}{_worth(facts, Money(minor, currency))}")
        for account, minor, currency in runway["left_out"]
    ]
    if bare := runway.get("without_balance"):
        evidence.append(("Not counted", f"no balance is known of: {bare}"))
    evidence += [
        (_UNPAIRED[purpose][0], f"{Money(minor, runway['currency'])}: {_UNPAIRED[purpose][1]}")
        for purpose, minor in runway.get("unpaired", {}).items()
    ]
    evidence += _financing(runway)
    since = ", less the time since the balance" if cash_left.is_old else ""
    return [
        *evidence,
        ("Net burn", f"{cash_left.burn} a month, {months(runway['from'], runway['to'])}"),
        *_largest_costs(runway),
        ("Formula", f"cash ÷ average net burn of the last three full months{since}"),
    ]


def _largest_costs(runway: Json) -> list[tuple[str, str]]:
    """The payees who cost most, by which a cut is decided; empty where none has a name."""
    costs = [
        f"{short(name)} {Money(minor, runway['currency'])}"
        for name, minor in runway.get("costs", ())
        if storable(minor)
    ]
    return [("Largest costs a month", ", ".join(costs))] if costs else []


def _worth(facts: Facts, amount: Money) -> str:
    """The worth of money in another currency, by the rate that the company has set; empty without one."""
    worth, books = thresholds.in_books(facts, amount), facts.org["currency"]
    if worth is None:
        return ""
    minor = int(worth.scaleb(decimals(books)).to_integral_value(ROUND_HALF_UP))
    return f", worth {Money(minor, books)} at your rate" if storable(minor) else ""


def _financing(runway: Json) -> list[tuple[str, str]]:
    """The largest sources of financing, and the sum of the others."""
    financed, currency = runway.get("financed", ()), runway["currency"]
    sums = [
        f"{Money(minor, currency)}{f' from {short(name)}' if name else ''}"
        for name, minor in financed[:_MOST_FINANCED]
    ]
    others = [minor for _, minor in financed[_MOST_FINANCED:]]
    if others:
        sums.append(f"{Money(sum(others), currency)} from {len(others):,} more")
    return [("Financing left out", f"{amount}: {_NO_INCOME}") for amount in sums]
