"""Threads that may draft late: their plays declined an earlier event, or their proposal expired, and the facts are others now."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from execops.books.facts import About
from execops.context import Context
from execops.db.pool import Connection
from execops.ingest import events
from execops.model import Event
from execops.plays.play import Play, about_event
from execops.plays.registry import all_plays
from execops.plays.routing import router
from execops.plays.routing.judging import Judged


class Run(Struct, frozen=True):
    """A thread to run: a play that was judged for an event. `expired` is the proposal in whose place it drafts."""

    event_id: int
    judged: Judged
    expired: int | None = None


async def unanswered(
    ctx: Context,
    conn: Connection,
    event: Event,
    subjects: Mapping[str, str],
    awake: Collection[tuple[str, str]],
    among: frozenset[str] | None,
    *,
    one_answers_for_all: bool,
) -> list[tuple[About, About, Run]]:
    """The threads that may draft now, each with the object to ask its play about, and the object that it judged.

    With `one_answers_for_all`, one thread stands for all events about an object, and for all events of a type where a play
    drafts about all objects of a subject together: so a customer with hundreds of declined invoices is asked about once.
    `among` are the objects that such plays draft about now: of their events, only those about one of them count.
    """
    runs: list[tuple[About, About, Run]] = []
    now = ctx.clock.now()
    alone = [play for play in all_plays().values() if not (one_answers_for_all and play.together)]
    types = frozenset[str]().union(*(play.events for play in alone))
    together = [
        (play.name, type_)
        for play in all_plays().values()
        if play not in alone
        for type_ in sorted(play.events)
    ]
    covering = {play.name: play.about is not about_event for play in alone if play.together}
    of_subjects = [
        earlier
        for subject_key, object_id in sorted(subjects.items())
        for earlier in await events.unanswered_of_subject(
            conn,
            event,
            subject_key,
            object_id,
            types,
            together,
            among or (),
            covering if among is not None else None,
        )
    ]
    for earlier in dict.fromkeys(of_subjects):
        play = all_plays().get(earlier.play)
        if play is None:
            continue
        if earlier.expired is None and router.too_late(
            play, earlier.type, earlier.occurred_at, now, ctx.settings
        ):
            continue
        about = await _about(ctx, conn, play, earlier)
        if about is None or (earlier.expired and (play.name, about.object_id) in awake):
            continue
        asked_about = About(about.subject_key, about.subject_key) if play.together else about
        runs.append((asked_about, about, Run(earlier.id, Judged(play), earlier.expired)))
    return runs


def covered(answers: Mapping[tuple[str, About], Judged]) -> frozenset[str] | None:
    """The objects and the subjects about which plays draft that draft about objects together; None where one names none."""
    objects: set[str] = set()
    for (_, about), judged in answers.items():
        if judged.play.together and judged.declined is None:
            if judged.draft is None or not judged.draft.covers:
                return None
            objects |= {about.subject_key, *judged.draft.covers}
    return frozenset(objects)


def calls_for(judged: Judged, about: About) -> bool:
    """Whether a play would draft about this object: the draft about a subject as a whole covers only some objects."""
    if judged.declined is not None:
        return False
    covers = judged.draft.covers if judged.draft else ()
    return not covers or about.object_id in {about.subject_key, *covers}


async def _about(ctx: Context, conn: Connection, play: Play, earlier: events.Unanswered) -> About | None:
    """The object that a play judges for an earlier event. Most plays need no payload to name it."""
    if earlier.object_id is not None and (earlier.judged or play.about is about_event):
        return About(earlier.object_id, earlier.subject_key)
    return play.about(await events.get(conn, earlier.id), ctx.settings)
