"""The judgement of plays on the facts, before anything is drafted. This module writes no row."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from psycopg.rows import DictRow

from execops.authority import policy
from execops.books import facts, resting
from execops.context import Context
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.model import Declined, Draft, Json
from execops.plays.play import Play, about_event
from execops.plays.routing import at_rest
from execops.plays.routing.router import Woken

logger = logging.getLogger(__name__)


class Judged(Struct, frozen=True):
    """The judgement of a woken play on an event.

    `declined` is the outcome of the event if there is nothing to draft. Otherwise the play's thread has to run. It
    starts anew with `current`, the facts of this judgement; None lets it continue from its own state. `draft` is the
    play's answer to these facts; None if the play broke.
    """

    play: Play
    declined: Json | None = None
    current: facts.Facts | None = None
    draft: Draft | None = None

    @property
    def again_at(self) -> datetime | None:
        """The time to ask the play again though no fact has changed, if one is known."""
        if self.draft is not None:
            return self.draft.again_at
        at = (self.declined or {}).get("again_at")
        return datetime.fromisoformat(at) if at else None


class Judge:
    """Asks plays about the facts of now. The caller's transaction holds the locks of their subjects.

    All that it is asked within the transaction reads each subject's facts, and each subject's rules, once.
    """

    def __init__(self, ctx: Context, conn: Connection) -> None:
        self._conn = conn
        self._reader = facts.Reader(conn, ctx.settings, ctx.clock.now(), at_rest.versions())
        self._rules = policy.Policy({})
        self._ruled: frozenset[str] = frozenset()
        self._sent_rules: Sent[DictRow] | None = None

    async def ask(
        self, woken: Sequence[Woken], fed: Collection[str] = (), *, seeks_draft: bool = False
    ) -> list[Judged]:
        """Let these plays judge the facts about their objects.

        The plays of one object share its facts. A play in `fed` has made a proposal of this event already; it is not
        asked again, and its thread continues. A disabled play is not asked, so nothing is read for it. Open invoices that
        rest are read for those plays only that may draft. With `seeks_draft`, the reason of a play that drafts nothing is
        of no interest.
        """
        if not woken:
            return []
        pairs = [(woken_play.play, woken_play.about) for woken_play in woken]
        rules = await self.rules({about.subject_key for _, about in pairs})
        allowed = [pair for pair in pairs if rules.play_allowed(pair[0].name)]
        facts_about = await self._read(allowed, awake_only=True)
        answers = [
            Judged(play)
            if play.name in fed
            else _judged_awake(rules, play, facts_about.get(about), seeks_draft=seeks_draft)
            for play, about in pairs
        ]
        open_pairs = [pair for pair, answer in zip(pairs, answers, strict=True) if answer is None]
        whole = await self.read(open_pairs)
        return [
            answer or _judged(rules, play, whole.get(about))
            for (play, about), answer in zip(pairs, answers, strict=True)
        ]

    async def read(self, pairs: Iterable[tuple[Play, facts.About]]) -> dict[facts.About, facts.Facts]:
        """The facts of now about the objects that these plays judge. The plays of one object share its facts."""
        return await self._read(pairs)

    async def enough(
        self, pairs: Collection[tuple[Play, facts.About]]
    ) -> tuple[dict[facts.About, facts.Facts], set[facts.About]]:
        """As `read`, without open invoices that rest where the drafts about an object are the same without them.

        Returns the objects too of whose facts some were left out: there the reason of a play that declines may be another one.
        """
        read, partial, open_pairs = await self._read(pairs, awake_only=True), set(), []
        for about, current in list(read.items()):
            plays_about = [play for play, its_about in pairs if its_about == about]
            parts = [part for play in plays_about if (part := at_rest.enough(play, current)) is not None]
            if len(parts) < len(plays_about):
                open_pairs += [(play, about) for play in plays_about]
            elif parts[0] is not current:
                read[about] = parts[0]
                partial.add(about)
        return read | await self._read(open_pairs), partial

    async def _read(
        self, pairs: Iterable[tuple[Play, facts.About]], *, awake_only: bool = False
    ) -> dict[facts.About, facts.Facts]:
        needs: dict[facts.About, frozenset[str]] = {}
        for play, about in pairs:
            needs[about] = needs.get(about, frozenset()) | play.needs
        return await self._reader.gather(needs, awake_only=awake_only)

    async def awake(self, subject_key: str) -> tuple[resting.Awake, facts.Facts] | None:
        """The open invoices of a subject that were read and may be laid to rest, with the facts about it; None for few."""
        awake = await self._reader.awake(subject_key)
        if awake is None:
            return None
        about = facts.About(subject_key, subject_key)
        return awake, (await self._reader.gather({about: resting.NEEDS}, awake_only=True))[about]

    async def send_rules(self, subject_keys: Collection[str]) -> None:
        """Send the query of the rules for these subjects, within a pipeline."""
        self._ruled = frozenset(subject_keys)
        self._sent_rules = await policy.send_read(self._conn, *self._ruled)

    async def rules(self, subject_keys: Collection[str]) -> policy.Policy:
        """The rules of now for these subjects."""
        if self._sent_rules is not None:
            self._rules, self._sent_rules = policy.of_rows(await self._sent_rules.many()), None
        if not self._ruled or not self._ruled.issuperset(subject_keys):
            self._ruled |= frozenset(subject_keys)
            self._rules = await policy.read(self._conn, *self._ruled)
        return self._rules


def answer(rules: policy.Policy, play: Play, current: facts.Facts) -> Draft | Declined:
    """A play's answer to these facts under these rules."""
    if rules.suppressed(current.subject_key):
        return Declined(f"{current.subject_key} is never to be contacted")
    return play.answer(current)


def no_proposal(play: Play, why: str, **more: str) -> Json:
    """The outcome of an event for a play that made no proposal of it."""
    return {"play": play.name, "proposal": None, "result": "no proposal", "why": why} | more


def disabled(play: Play) -> Json:
    """The outcome of an event for a play that is disabled, and therefore was not asked."""
    return no_proposal(play, f"the play {play.name} is disabled")


def declined(play: Play, by_rules: Declined, about: facts.About) -> Json:
    """The outcome of an event for a play that found nothing to draft. It is asked again when the facts change.

    The outcome names the object and the subject that the play judged, unless these are the event's own: so the play is asked
    again without a look at the event's payload.
    """
    judged = {} if play.about is about_event else {"object": about.object_id, "subject": about.subject_key}
    again = {"again_at": by_rules.again_at.isoformat()} if by_rules.again_at else {}
    return no_proposal(play, by_rules.reason, by="rules", **judged, **again)


def _judged_awake(
    rules: policy.Policy, play: Play, current: facts.Facts | None, *, seeks_draft: bool
) -> Judged | None:
    """A play's answer by facts without the invoices that rest; None where it needs the whole facts, as each draft does."""
    if current is None or not isinstance(current.invoices, resting.Unread):
        return _judged(rules, play, current)
    try:
        decision = answer(rules, play, current)
    except resting.OpenInvoicesUnreadError:
        if seeks_draft and at_rest.is_quiet(play, current):
            return Judged(play, no_proposal(play, "the open invoices of the customer rest"), current)
        enough = at_rest.enough(play, current)
        answered = _judged(rules, play, enough) if enough else None
        by_all = answered is None or (answered.declined is not None and not seeks_draft)
        return None if by_all else answered  # the reason may be that of an invoice that rests
    except Exception:
        return None  # it breaks again by the whole facts
    return Judged(play, declined(play, decision, current.about)) if isinstance(decision, Declined) else None


def _judged(rules: policy.Policy, play: Play, current: facts.Facts | None) -> Judged:
    if current is None or not rules.play_allowed(play.name):
        return Judged(play, disabled(play), current)
    try:
        decision = answer(rules, play, current)
    except Exception:
        logger.exception("The play %s broke", play.name)
        return Judged(play, None, current)  # it fails again in its thread, and there harms only its own event
    if isinstance(decision, Declined):
        return Judged(play, declined(play, decision, current.about), current)
    return Judged(play, None, current, decision)
