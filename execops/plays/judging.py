"""What plays say of the facts, before anything is drafted: no row is written here."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from execops.authority import policy
from execops.books import facts
from execops.context import Context
from execops.db.pool import Connection
from execops.model import Declined, Draft, Json
from execops.plays.play import Play
from execops.plays.router import Woken

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a woken play says of an event: `declined` is the outcome where there is nothing to draft; else its
    thread has to run, with the facts it was judged by where it begins anew."""

    play: Play
    declined: Json | None
    current: facts.Facts | None


async def judge(ctx: Context, conn: Connection, woken: Sequence[Woken], fed: Collection[str]) -> list[Judged]:
    """What the plays that an event woke say of the facts of this transaction, which holds their subjects.

    The plays of one object share its facts. One that has `fed` a proposal with this event is left to its thread.
    """
    if not woken:
        return []
    rules = await policy.read(conn, *{each.about.subject_key for each in woken})
    known = {}
    for about in dict.fromkeys(each.about for each in woken):
        needs = frozenset[str]().union(*(each.play.needs for each in woken if each.about == about))
        known[about] = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, needs)
    return [
        Judged(each.play, None, None)
        if each.play.name in fed
        else Judged(each.play, _declined(rules, each.play, known[each.about]), known[each.about])
        for each in woken
    ]


async def assess(
    ctx: Context, conn: Connection, play: Play, about: facts.About, rules: policy.Policy | None = None
) -> Draft | Declined:
    """What a play says of an object by today's facts, and by these rules where the caller has read them."""
    current = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, play.needs)
    return answer(rules or await policy.read(conn, about.subject_key), play, current)


async def declines(ctx: Context, conn: Connection, play: Play, about: facts.About) -> bool:
    """Whether a play finds nothing to draft about an object by today's facts."""
    current = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, play.needs)
    return _declined(await policy.read(conn, about.subject_key), play, current) is not None


def answer(rules: policy.Policy, play: Play, current: facts.Facts) -> Draft | Declined:
    """What a play says of these facts under these rules."""
    if rules.suppressed(current.subject_key):
        return Declined(f"{current.subject_key} is never to be contacted")
    return play.assess(current)


def nothing(play: Play, why: str, **more: str) -> Json:
    """The outcome of an event that led to no proposal of a play."""
    return {"play": play.name, "proposal": None, "result": "no proposal", "why": why} | more


def disabled(play: Play) -> Json:
    """The outcome where nobody asked the play."""
    return nothing(play, f"the play {play.name} is disabled")


def declined(play: Play, by_rules: Declined) -> Json:
    """The outcome where the play found nothing to draft; it is asked again when the facts change."""
    return nothing(play, by_rules.reason, by="rules")


def _declined(rules: policy.Policy, play: Play, current: facts.Facts) -> Json | None:
    if not rules.play_allowed(play.name):
        return disabled(play)
    try:
        said = answer(rules, play, current)
    except Exception:
        logger.exception("The play %s broke", play.name)
        return None  # it breaks again in its thread, where it harms nothing but its own event
    return declined(play, said) if isinstance(said, Declined) else None
