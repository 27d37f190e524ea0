"""The cash lasts less than six months: tell finance, with the sums that show it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from execops.books.cash import month_name
from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Json, Urgency
from execops.money import Money
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import local
from execops.settings import Settings
from execops.sources.bank.purposes import PAYOUT, TRANSFER

_LOW = 6  # months
_CRITICAL = 3
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
    """A message where the runway is known and under six months; nothing for a month in the past.

    Runway is cash divided by the average net burn of the last three full months: see `execops.books.cash`.
    """
    runway = facts.runway
    if runway is None or not facts.object_id.startswith("runway:"):
        return Declined("the event names no month's runway")
    month = facts.object_id.removeprefix("runway:")
    if month != runway["month"]:
        return Declined(f"{month} is not the current month")
    if runway.get("unknown"):
        return Declined(f"the runway is unknown: {runway['unknown']}")
    if runway["months"] is None:
        return Declined("no cash is burnt: more comes in than goes out")
    if runway["months"] >= _LOW:
        return Declined(f"the runway is {runway['months']} months, not under {_LOW}")

    cash, burn = Money(runway["cash"], runway["currency"]), Money(runway["burn"], runway["currency"])
    months = f"{runway['months']:.1f} months"
    left = f"Runway: {months} left" if cash.minor > 0 else "Runway: no cash left"
    title = f"{left}, {_age(facts, runway)}"
    evidence = _evidence(runway, cash, burn)
    ask = f"{cash} lasts {months} at {burn} a month. Decide what to cut, delay or collect, and who does it by when."
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask)
    return Draft(
        title=title,
        urgency=Urgency.CRITICAL if runway["months"] < _CRITICAL else Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=f"Decide what to cut, delay or collect: the cash lasts {months} at {burn} a month",
        reasoning=f"{months} of runway: {cash} in cash, {burn} net burn a month; the line is {_LOW} months.",
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=cash,
    )


PLAY = Play(
    name="runway_low",
    vertical="money",
    version=2,
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


def _age(facts: Facts, runway: Json) -> str:
    """How old the cash is: by the oldest balance of an account that holds any, in the company's days."""
    days = [as_of for _, minor, as_of in runway["accounts"] if minor] or [
        as_of for _, _, as_of in runway["accounts"]
    ]
    if not days:
        return "of an unknown date"
    oldest = date.fromisoformat(min(days))
    age = (local(facts, facts.today).date() - oldest).days
    words = "today" if age <= 0 else "1 day old" if age == 1 else f"{age} days old"
    return f"balance of {oldest.day} {oldest:%B %Y} ({words})"


def _evidence(runway: Json, cash: Money, burn: Money) -> list[tuple[str, str]]:
    evidence = [("Cash", str(cash))]
    evidence += [
        (f"Cash in {account}", f"{Money(minor, runway['currency'])} on {as_of}")
        for account, minor, as_of in runway["accounts"]
    ]
    evidence += [
        ("Not counted", f"{Money(minor, currency)} in {account}")
        for account, minor, currency in runway["left_out"]
    ]
    evidence += [
        (_UNPAIRED[purpose][0], f"{Money(minor, runway['currency'])}: {_UNPAIRED[purpose][1]}")
        for purpose, minor in runway.get("unpaired", {}).items()
    ]
    return [
        *evidence,
        ("Net burn", f"{burn} a month, {runway['from']} to {runway['to']}"),
        ("Formula", "cash ÷ average net burn of the last three full months"),
    ]
