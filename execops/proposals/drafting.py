"""Drafting: store a play's draft as a pending proposal, and keep it up to date until a person decides.

Take locks in the order snapshot → subject → recipient → proposal (by id) → audit chain.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from execops.authority import policy
from execops.books import facts
from execops.context import WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as
from execops.errors import NotFoundError
from execops.model import DRAFTED_ANEW, ENDED, Declined, Draft, Json, Proposal, Status
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.plays.routing import judging
from execops.ports import Wording, close_thread_job, tell_job
from execops.proposals import lowering, needs_words, payloads, provenance

logger = logging.getLogger(__name__)
SQL = queries.load("proposals_write")
_EVER = timedelta(days=36_500)  # an object with such a time is drafted about once for all
LAPSED = "its time ran out before anybody decided"
_NEWER = ("title", "payload", "verdict", "reasoning", "language", "translation")


class Drafted(Struct, frozen=True, kw_only=True):
    """The result of drafting for an event; `outcome` goes into the event's outcome."""

    proposal_id: int | None
    outcome: Json
    waits: bool  # the thread of this event waits for a decision


async def draft(
    ctx: Context,
    play: Play,
    event_id: int,
    about: facts.About,
    thread_id: str,
    wording: Wording | None,
    worded: Draft | None,
) -> Drafted:
    """Assess the facts again under lock, then insert a pending proposal or update the live one.

    The play judges the facts of this transaction, not those that the thread read earlier. `wording` is a model's wording
    of the draft `worded`: if the play drafts something else now, the wording is dropped. An event that already fed a
    proposal of this play changes nothing, unless that proposal expired or was superseded and another thread drafts in its place.

    A Context that is bound to the caller's transaction has `worded` judged in it, and fed by no earlier run.
    """
    if not about.object_id:
        return _without_proposal(judging.no_proposal(play, "the event names no object"))
    if ctx.held is not None and worded is not None:
        drafted_by = provenance.of_rules(play, worded)
        return await _persist(ctx, ctx.held, play, event_id, thread_id, worded, drafted_by)
    async with ctx.transaction(event=event_id, play=play.name) as conn:
        await facts.lock_object(conn, about)
        fed = await queries.one(conn, SQL["lock_of_event"], event_id=event_id, play=play.name)
        if fed is not None:
            proposal = effective(fed)
            if proposal.thread_id == thread_id or proposal.status not in {Status.EXPIRED, Status.SUPERSEDED}:
                waits = proposal.thread_id == thread_id and proposal.status not in ENDED
                return _with_proposal(proposal.id, play, "known", waits=waits)
        current = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, play.needs)
        rules = await policy.read(conn, about.subject_key)
        if not rules.play_allowed(play.name):
            return _without_proposal(judging.disabled(play))
        answer = judging.answer(rules, play, current)
        if isinstance(answer, Declined):
            return _without_proposal(judging.declined(play, answer, about))
        drafted_by = provenance.of_rules(play, answer)
        if wording is not None and worded != answer:
            stale = {"author": "rules", "result": "kept: the facts have changed since"}
            drafted_by |= wording.provenance | stale
        elif wording is not None:
            rewordable = payloads.rewordable(ctx.adapters.get(answer.action_type)) & answer.payload.keys()
            words = {name: text for name, text in wording.payload.items() if name in rewordable}
            answer = replace(answer, payload=answer.payload | words, reasoning=wording.reasoning)
            drafted_by |= wording.provenance | lowering.note(answer, wording.milder)
        return await _persist(ctx, conn, play, event_id, thread_id, answer, drafted_by)


async def reassess(
    ctx: Context,
    conn: Connection,
    subject_key: str,
    object_id: str | None = None,
    woken: Collection[tuple[str, str]] = (),
    judge: judging.Judge | None = None,
    rejection: int | None = None,
    rows: list[Any] | None = None,
) -> tuple[list[Json], bool]:
    """Ask the plays again about every open proposal of this subject, of this object, or of an object that links to it.

    Supersede a proposal whose play declines now; redraft one whose draft changed. One whose play drafts another action now
    makes room, where an event about `object_id` brings the new one. The caller holds the lock of the subject. `woken` names
    plays with their objects that draft next in their own threads, so they are not redrafted here. `judge` has read facts in
    this transaction already. `rejection` is the proposal whose rejection changed the facts. `rows` are those of `lock_open`,
    where the caller has locked them. Returns the parts of the event's outcome, and whether a locked proposal is snoozed.
    """
    assessed: list[tuple[Proposal, Play]] = []
    rows = await lock_open(conn, subject_key, object_id) if rows is None else rows
    any_snoozed = any(row["snoozed_at"] is not None for row in rows)
    for row in rows:
        proposal, play = Proposal.from_row(row), all_plays().get(row["play"])
        if row["lapsed"]:
            await end(ctx, conn, proposal, Status.EXPIRED, LAPSED)
        elif play is not None:
            assessed.append((proposal, play))
    if not assessed:
        return [], any_snoozed
    judge = judge or judging.Judge(ctx, conn)
    current, partial = await judge.enough([(play, _about(proposal)) for proposal, play in assessed])
    rules = await judge.rules({proposal.subject_key for proposal, _ in assessed})
    outcomes: list[Json] = []
    for proposal, play in assessed:
        answer = _answer(rules, play, proposal, current[about := _about(proposal)])
        if isinstance(answer, Declined) and about in partial:
            answer = _answer(rules, play, proposal, (await judge.read([(play, about)]))[about])
        why = answer.reason if isinstance(answer, Declined) else None
        if isinstance(answer, Draft):
            drafts_next = (proposal.play, proposal.object_id) in woken and rules.play_allowed(proposal.play)
            if proposal.status is not Status.PENDING or drafts_next:
                continue
            if object_id is not None:
                why = moved(proposal, answer)
        outcome = {"play": proposal.play, "proposal": proposal.id}
        if why is not None:
            await end(ctx, conn, proposal, Status.SUPERSEDED, why, rejection)
            outcomes.append(outcome | {"result": "superseded", "why": why})
        elif isinstance(answer, Draft) and await _redraft(ctx, conn, proposal, answer):
            outcomes.append(outcome | {"result": "redrafted"})
    return outcomes, any_snoozed


def moved(proposal: Proposal, answer: Draft) -> str | None:
    """Why a proposal makes room for a new one: its play drafts another action now, such as a message in place of a mail."""
    if answer.action_type == proposal.action_type:
        return None
    return f"{DRAFTED_ANEW}it goes as {answer.action_type} now, not as {proposal.action_type}"


async def lock_open(conn: Connection, subject_key: str, object_id: str | None = None) -> list[Any]:
    """Lock the open proposals about a subject or an object, in the order of their ids; returns their rows."""
    return await queries.many(conn, SQL["lock_open"], subject_key=subject_key, object_id=object_id)


async def assess_now(
    ctx: Context, conn: Connection, proposal: Proposal, rules: policy.Policy | None = None
) -> Draft | Declined | None:
    """The answer of the proposal's play about its object by today's facts; None if the play no longer exists."""
    play = all_plays().get(proposal.play)
    if play is None:
        return None
    about = _about(proposal)
    current = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, play.needs)
    return _answer(rules or await policy.read(conn, about.subject_key), play, proposal, current)


def _answer(rules: policy.Policy, play: Play, proposal: Proposal, current: facts.Facts) -> Draft | Declined:
    """The play's answer about a proposal: declined where the play would draft a proposal of another stage."""
    answer = judging.answer(rules, play, current)
    if isinstance(answer, Draft) and play.dedupe_key(answer) != proposal.dedupe_key:
        return Declined(f"the {current.object_type or 'object'} has moved on")
    return answer


def _about(proposal: Proposal) -> facts.About:
    return facts.About(proposal.object_id, proposal.subject_key)


async def lock(conn: Connection, proposal_id: int) -> Proposal:
    """Lock a proposal until the transaction ends; returns it with its effective status. Raises NotFoundError."""
    return locked(await queries.one(conn, SQL["lock"], id=proposal_id), proposal_id)


def locked(row: dict[str, Any] | None, proposal_id: int) -> Proposal:
    """The proposal of a row of `lock`. Raises NotFoundError where there is none."""
    if row is None:
        raise NotFoundError(f"There is no proposal {proposal_id}.", hint="execops proposals list")
    return effective(row)


def effective(row: dict[str, Any]) -> Proposal:
    """The proposal of a row that was locked, with its effective status: expired where its time has run out."""
    return Proposal.from_row(row | ({"status": Status.EXPIRED} if row["lapsed"] else {}))


async def write_expiry(ctx: Context, proposal_id: int) -> None:
    """Expire a proposal that nobody decided in time. A proposal that has not lapsed stays as it is."""
    async with ctx.connection() as conn:
        if await queries.one(conn, SQL["is_lapsed"], id=proposal_id) is None:
            return
    async with ctx.transaction() as conn:
        row = await queries.the_one(conn, SQL["lock"], id=proposal_id)
        if row["lapsed"]:
            await end(ctx, conn, Proposal.from_row(row), Status.EXPIRED, LAPSED)


async def ask_again(
    ctx: Context, conn: Connection, proposal: Proposal, answer: Draft | None, why: str
) -> Proposal:
    """Put an approved proposal back to pending, drafted anew, and say why; returns it as it stands then."""
    await queries.run(conn, SQL["ask_again"], id=proposal.id, why=why, expiry_days=ctx.settings.expiry_days)
    if answer is not None:
        await _redraft(ctx, conn, await lock(conn, proposal.id), answer)
    return await lock(conn, proposal.id)


async def look_again(ctx: Context, conn: Connection, proposal_id: int) -> Proposal:
    """Ask the play again about a proposal that a person put back to pending; returns it as it stands then.

    The play may have changed its mind meanwhile: then the proposal is superseded or drafted anew. A play that breaks leaves
    it pending. The caller holds the lock of the facts.
    """
    await act_as(conn, WORKER)
    proposal = await lock(conn, proposal_id)
    try:
        answer = await assess_now(ctx, conn, proposal)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        logger.exception("The play %s broke", proposal.play)
        return proposal
    if isinstance(answer, Declined):
        await end(ctx, conn, proposal, Status.SUPERSEDED, answer.reason)
    elif answer is not None:
        await _redraft(ctx, conn, proposal, answer)
    return await lock(conn, proposal_id)


async def end(
    ctx: Context, conn: Connection, proposal: Proposal, status: Status, why: str, rejection: int | None = None
) -> None:
    """End a proposal without a decision, and enqueue the closing of its thread.

    One that ends with the rejection of another proposal comes back with that one, within the undo window.
    """
    window = 0.0
    if rejection is None:
        await set_status(conn, proposal, status, why)
    else:
        window = ctx.settings.undo_window
        ending = {"id": proposal.id, "outcome": why, "rejection": rejection, "window": window}
        await queries.run(conn, SQL["end_with"], **ending)
    await ctx.queue.defer(conn, close_thread_job(proposal.thread_id, window))


async def set_status(conn: Connection, proposal: Proposal, status: Status, outcome: str | None) -> None:
    """Move a proposal on without a decision. Raises ConflictError where the guard refuses it."""
    await queries.run(conn, SQL["set_status"], id=proposal.id, status=status, outcome=outcome)


async def _persist(
    ctx: Context, conn: Connection, play: Play, event_id: int, thread_id: str, answer: Draft, drafted_by: Json
) -> Drafted:
    own_key, once_in = needs_words.key_of(ctx, play, answer), play.once_in or timedelta()
    key, hours, stage = own_key["dedupe_key"], own_key["hours"], own_key["stage"]
    source = {"vertical": play.vertical, "play": play.name, "event_id": event_id, "thread_id": thread_id}
    metadata = {"event": event_id, "play": play.name}
    own = own_key | {"metadata": Jsonb(metadata)}
    columns = new_columns(ctx, lowering.of_new(answer, drafted_by), drafted_by) | source | own
    while True:
        inserted = await queries.one(conn, SQL["insert"], **columns)
        if inserted is not None:
            if inserted["tells"]:
                await ctx.queue.defer(conn, tell_job(inserted["id"]))
            return _with_proposal(inserted["id"], play, "drafted", waits=True)
        await act_as(conn, WORKER, metadata)  # a held transaction has those of the event alone
        row = await queries.one(conn, SQL["lock_live"], dedupe_key=key)
        if row is None:
            of_stage = {"dedupe_key": key, "hours": hours, "stage": stage, "covers": [*answer.covers]}
            held = await queries.one(conn, SQL["last_held"], **of_stage)
            if held is None:
                continue  # the live proposal that blocked the insert has ended meanwhile
            when = "before" if once_in else "in this stage"
            if held["status"] == Status.EXECUTED:
                when = f"in the last {once_in.days:,} days" if once_in else f"less than {hours} h ago"
            if once_in >= _EVER:
                when = "already"
            why = f"proposal {held['id']} was {held['status']} {when}"
            return _without_proposal(judging.no_proposal(play, why))
        live = Proposal.from_row(row)
        if row["lapsed"]:
            await end(ctx, conn, live, Status.EXPIRED, LAPSED)
            continue
        if live.status is Status.PENDING and (reason := moved(live, answer)) is not None:
            await end(ctx, conn, live, Status.SUPERSEDED, reason)
            continue
        if live.status in {Status.EXECUTING, Status.UNKNOWN} and not set(answer.covers) <= set(live.covers):
            why = f"proposal {live.id} is {live.status}, and not about all of this"
            return _without_proposal(judging.no_proposal(play, why, by="rules"))
        await queries.run(conn, SQL["link_event"], event_id=event_id, play=play.name, proposal_id=live.id)
        if live.status is not Status.PENDING:
            return _with_proposal(live.id, play, "noted", f"proposal {live.id} is {live.status}")
        changed = await _redraft(ctx, conn, live, answer, drafted_by)
        return _with_proposal(live.id, play, "coalesced" if changed else "unchanged")


async def _redraft(
    ctx: Context, conn: Connection, proposal: Proposal, answer: Draft, drafted_by: Json | None = None
) -> bool:
    """Update a pending proposal in place; returns False if nothing changes. `drafted_by` is that of the rules if not set.

    Urgency never falls. A model's words stay while the draft of the rules stays the same. A person's words always stay,
    with the newer draft beside them. A draft of another action type changes nothing here. The proposal's time is the
    deadline of the draft, else it begins anew.
    """
    if answer.action_type != proposal.action_type:
        return False
    drafted_by = drafted_by or provenance.of_rules(all_plays()[proposal.play], answer)
    newer, terms = proposal.newer_draft, {name: drafted_by[name] for name in ("terms", "links")}
    same = drafted_by["draft"] == (newer or proposal.drafted_by).get("draft")
    answer = lowering.of_redraft(proposal, answer, drafted_by, same=same)
    if same:
        answer = replace(answer, payload=proposal.payload, reasoning=proposal.reasoning)
        drafted_by = proposal.drafted_by if newer else proposal.drafted_by | terms
        newer = newer | terms if newer else None
    elif proposal.edited:
        newer = {name: getattr(answer, name) for name in _NEWER} | terms | {"draft": drafted_by["draft"]}
        answer = replace(answer, payload=proposal.payload)
        drafted_by = proposal.drafted_by
    if proposal.edited:  # they go with the words that a person wrote
        answer = replace(answer, language=proposal.language, translation=proposal.translation)
    drafted = (_shown(answer), newer, drafted_by, answer.expires_at or proposal.expires_at)
    stored = (_shown(proposal), proposal.newer_draft, proposal.drafted_by, proposal.expires_at)
    if drafted == stored:
        return False
    row = await queries.the_one(
        conn,
        SQL["redraft"],
        id=proposal.id,
        newer_draft=Jsonb(newer) if newer else None,
        expires_at=answer.expires_at,
        expiry_days=ctx.settings.expiry_days,
        **_columns(answer, drafted_by),
    )
    if row["tells"] and answer.urgency.interrupts and not proposal.urgency.interrupts:
        await ctx.queue.defer(conn, tell_job(proposal.id))
    return True


def _shown(record: Draft | Proposal) -> Json:
    """The fields of a draft that a person sees, in one form for a draft and a proposal; `_NEWER` may be newer than a person's."""
    values = {name: getattr(record, name) for name in (*_NEWER, "urgency", "amount")}
    return values | {"covers": [*record.covers], "evidence": [[*pair] for pair in record.evidence]}


def new_columns(ctx: Context, answer: Draft, drafted_by: Json) -> Json:
    """The columns of a new proposal that its draft tells. Its source, `dedupe_key`, `hours` and `stage` come on top.

    `metadata` are those of its audit row, where they are others than the transaction's.
    """
    return _columns(answer, drafted_by) | {
        "action_type": answer.action_type,
        "object_id": answer.object_id,
        "subject_key": answer.subject_key,
        "expires_at": answer.expires_at,
        "expiry_days": ctx.settings.expiry_days,
        "metadata": None,
    }


def _columns(answer: Draft, drafted_by: Json) -> Json:
    """The columns that a redraft writes too."""
    return {
        "title": answer.title,
        "covers": list(answer.covers),
        "urgency": answer.urgency,
        "payload": Jsonb(answer.payload),
        "verdict": answer.verdict,
        "reasoning": answer.reasoning,
        "evidence": Jsonb(answer.evidence),
        "language": answer.language,
        "translation": Jsonb(answer.translation),
        "drafted_by": Jsonb(drafted_by),
        "amount_minor": answer.amount.minor if answer.amount else None,
        "currency": answer.amount.currency if answer.amount else None,
    }


def _with_proposal(
    proposal_id: int, play: Play, result: str, why: str | None = None, *, waits: bool = False
) -> Drafted:
    outcome = {"play": play.name, "proposal": proposal_id, "result": result}
    return Drafted(proposal_id=proposal_id, outcome=outcome | ({"why": why} if why else {}), waits=waits)


def _without_proposal(outcome: Json) -> Drafted:
    return Drafted(proposal_id=None, outcome=outcome, waits=False)
