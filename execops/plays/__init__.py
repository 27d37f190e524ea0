"""Plays: pure descriptions of when to draft an action, what to draft, and what makes it moot.

One module a play, in a folder a vertical; each module has one `PLAY`. Adding a play is adding a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules, walk_packages

from execops.facts import About, Facts
from execops.model import Declined, Draft, Event
from execops.settings import Settings


def about_event(event: Event, settings: Settings) -> About | None:  # noqa: ARG001
    """What most plays judge: the event's own object, under its customer."""
    if event.object_id is None or event.subject_key is None:
        return None
    return About(event.object_id, event.subject_key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Play:
    """A rule that drafts.

    `about` says which object an event is judged by. `needs` names the facts that cost a query of their own:
    see `execops.facts`. `assess` looks at the facts alone and says what to draft, or why nothing: asked again later, it says
    whether a pending proposal is moot. `version` goes into `drafted_by`, raise it when the words change.
    """

    name: str
    vertical: str
    version: int
    summary: str
    action_type: str
    events: frozenset[str]
    assess: Callable[[Facts], Draft | Declined]
    about: Callable[[Event, Settings], About | None] = about_event
    needs: frozenset[str] = field(default=frozenset())

    def dedupe_key(self, object_id: str) -> str:
        """At most one proposal with this key is live at a time."""
        return f"{self.name}:{object_id}"


@cache
def all_plays() -> dict[str, Play]:
    """Every play by name. Raises ValueError where two modules give the same name."""
    plays: dict[str, Play] = {}
    for package in iter_modules(__path__):
        if not package.ispkg:
            continue
        module = import_module(f"{__name__}.{package.name}")
        for found in walk_packages(module.__path__, prefix=f"{module.__name__}."):
            play = import_module(found.name).PLAY
            if play.name in plays:
                raise ValueError(f"two plays are called {play.name!r}")
            plays[play.name] = play
    return plays
