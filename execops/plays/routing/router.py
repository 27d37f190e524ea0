"""The router: the plays that answer an event, each with the object that it judges."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.books.facts import About
from execops.model import Event
from execops.plays.play import STALE, Play
from execops.plays.registry import all_plays
from execops.plays.wording import day
from execops.settings import Settings

_LASTING = {"invoice.overdue"}  # what is due stays due, whichever play answers it


class Woken(Struct, frozen=True):
    """A play that answers an event, and the object that it judges."""

    play: Play
    about: About


def plays_for(event: Event, settings: Settings) -> list[Woken]:
    """The plays that answer this event, sorted by name; one that judges further objects beside stands there for each."""
    woken = []
    for _, play in sorted(all_plays().items()):
        about = play.about(event, settings) if event.type in play.events else None
        if about is not None:
            woken += [Woken(play, judged) for judged in (about, *play.beside(event, settings))]
    return woken


def too_late(
    play: Play, type_: str | None, occurred_at: datetime, now: datetime, settings: Settings
) -> str | None:
    """Why a play does not answer an event of this type and so long ago; None where it does."""
    if play.lasting or type_ in _LASTING or now - occurred_at <= STALE:
        return None
    on = day(occurred_at.astimezone(ZoneInfo(settings.time_zone)))
    return f"it happened on {on}, more than {STALE.days} days ago"
