"""A play: the rule that drafts an action when an event calls for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event
from execops.plays import notes
from execops.settings import Settings

if TYPE_CHECKING:
    from execops.plays.receivables import Invoice

STALE = timedelta(days=7)  # nothing is drafted from a failure or an end that is older


def _nothing(event: Event, settings: Settings) -> Sequence[About]:  # noqa: ARG001
    return ()


def about_event(event: Event, settings: Settings) -> About | None:  # noqa: ARG001
    """The event's own object, under its customer: most plays judge it. None where the event names none."""
    if event.object_id is None or event.subject_key is None:
        return None
    return About(event.object_id, event.subject_key)


class Play(Struct, frozen=True, kw_only=True):
    """A rule that drafts an action.

    `about` names the object that the play judges for an event, and `beside` further ones that the event may change: about the first
    of them that calls for a draft it drafts. `needs` names the facts that cost a query of their
    own: see `execops.books.facts`. `assess` sees nothing but the facts; it returns a draft, or the reason for none.
    A pending proposal is moot once a later `assess` returns no draft. `version` goes into `drafted_by`; raise it when
    the words change. `lasting` says that it answers an event of any age: a failure or an end that is older than a week is
    not written about any more, but a dispute still is. `together` says that it drafts about a subject's objects together:
    see `Draft.covers`. `once_in` is the time in which one draft about an object is approved, and after a rejection there is
    none; else the cooldown counts, and only after an executed action. The urgency of a draft is the start of
    `execops.plays.weight`: `survival` says that the play tells whether the company goes on, `monthly` that its amount is
    one of each month. `rests` says of open invoices, by the facts about their customer, that nothing is drafted about any
    of them, whatever stands beside them: see `execops.plays.routing.at_rest`. A play of `together` has it.
    """

    name: str
    vertical: str
    version: int
    summary: str
    action_type: str
    events: frozenset[str]
    assess: Callable[[Facts], Draft | Declined]
    about: Callable[[Event, Settings], About | None] = about_event
    beside: Callable[[Event, Settings], Sequence[About]] = _nothing
    needs: frozenset[str] = field(default=frozenset())
    lasting: bool = False
    together: bool = False
    rests: Callable[[Facts, Sequence[Invoice]], bool] | None = None
    once_in: timedelta | None = None
    survival: bool = False
    monthly: bool = False

    def answer(self, facts: Facts) -> Draft | Declined:
        """The answer of `assess`, weighed, with the notes that every draft gets: see `weight` and `notes`."""
        decision = self.assess(facts)
        if isinstance(decision, Declined):
            return decision
        from execops.plays import weight  # only here: it loads the source's words for declines

        urgency = weight.weighed(facts, decision, survival=self.survival, monthly=self.monthly)
        return notes.noted(facts, replace(decision, urgency=urgency))

    def dedupe_key(self, draft: Draft) -> str:
        """The key of a proposal, by its object and, where the play has stages, its stage.

        At most one proposal with this key is live at a time.
        """
        return ":".join(part for part in (self.name, draft.object_id, draft.stage) if part)
