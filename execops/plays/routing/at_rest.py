"""Open invoices at rest: no play drafts about them before a moment, for as long as nothing else changes.

An event of a customer with hundreds of open invoices changes the answer about a few of them: its own, those whose retry or
due date has come meanwhile, all of them where the customer, a subscription, a card or a payment changed. The others need
not be read: see `execops.books.resting`. The plays that draft about a customer's invoices together say which these are, by
`Play.rests`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from execops.books.facts import Facts
from execops.books.resting import Unread
from execops.model import Json
from execops.plays import receivables
from execops.plays.cancellations import cancellation
from execops.plays.play import STALE, Play
from execops.plays.receivables import Invoice
from execops.plays.registry import all_plays

logger = logging.getLogger(__name__)
_LONGEST = timedelta(days=1)  # so long an invoice rests though no moment in the facts is ahead
_TICK = timedelta(microseconds=1)


def is_quiet(play: Play, facts: Facts) -> bool:
    """Whether a play drafts nothing about a customer whose invoices that rest were left out of the facts."""
    if play.rests is None or facts.object_id != facts.subject_key:
        return False
    try:
        awake = facts.once(_awake)
        return play.rests(awake, receivables.of_facts(awake))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        logger.exception("The play %s broke", play.name)
        return False  # it is asked about the whole facts, and breaks again there


def enough(play: Play, facts: Facts) -> Facts | None:
    """The facts by which a play answers as it does by the whole facts; None where it may need invoices that rest.

    A play that lets invoices rest says nothing of them. They may still tell the customer's name and address, and the name of
    the company, if no later invoice does.
    """
    if not isinstance(facts.invoices, Unread):
        return facts
    if play.rests is None:
        return None
    awake = facts.once(_awake)
    states = [awake.own, *awake.invoices] if awake.object_type == "invoice" else awake.invoices
    latest = max(
        (state for state in states if state.get("status") == "open"),
        key=lambda state: (state["as_of"] or "", state["id"]),
        default={},
    )
    names = all(awake.customer.get(name) or latest.get(f"customer_{name}") for name in ("name", "email"))
    return awake if names and (awake.org["company_name"] or latest.get("account_name")) else None


def untils(facts: Facts) -> dict[str, datetime]:
    """The open invoices that may rest by these facts about their customer, each with the moment until which it may."""
    awake = facts.once(_awake)
    plays = [play for play in all_plays().values() if play.rests is not None]
    common = [*_moments(awake.subscriptions), *_stale_ends(awake)]
    moments: dict[str, datetime] = {}
    for state in awake.invoices:
        try:
            if any(text in state.values() for text in awake.hidden):
                continue  # a draft counts the hidden characters of its words
            invoice = receivables.read_invoice(awake, state)
            invoices = [invoice] if isinstance(invoice, Invoice) else []
            if all(play.rests(awake, invoices) for play in plays if play.rests):
                ahead = [moment for moment in (*_moments(state), *common) if moment > awake.today]
                moments[state["id"]] = min([*ahead, awake.today + _LONGEST])
        except (ArithmeticError, LookupError, TypeError, ValueError):
            continue  # the event that asks about it says what broke
    return moments


def _awake(facts: Facts) -> Facts:
    """The facts with the open invoices that were read."""
    invoices = facts.invoices
    return replace(facts, invoices=invoices.awake) if isinstance(invoices, Unread) else facts


def _stale_ends(facts: Facts) -> Iterator[datetime]:
    """The moments after which an ended subscription is no news any more: see `execops.plays.cancellations.losses`."""
    for subscription in facts.subscriptions:
        if subscription.get("status") == "canceled":
            yield cancellation.ended_at(facts, subscription) + STALE + _TICK


def _moments(value: Any) -> Iterator[datetime]:  # noqa: ANN401
    """All moments in a state. An answer that hangs on the time changes at one of them."""
    if isinstance(value, str):
        if value[4:5] == "-" and value[10:11] == "T":
            moment = _moment(value)
            if moment is not None:
                yield moment
    elif isinstance(value, dict):
        for part in value.values():
            yield from _moments(part)
    elif isinstance(value, list):
        for part in value:
            yield from _moments(part)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def versions() -> Json:
    """The versions of the plays whose answers let an invoice rest."""
    return {play.name: play.version for play in all_plays().values() if play.rests is not None}
