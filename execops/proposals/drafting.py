"""Proposals: from a draft to a pending row and on, as long as no person has decided.

Locks are taken in the order snapshot → subject → proposal (by id) → audit chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from psycopg.types.json import Jsonb

from execops.authority import policy
from execops.books import facts
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import NotFoundError
from execops.model import ENDED, Declined, Draft, Json, Proposal, Status
from execops.plays import judging
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.ports import Wording, close_thread_job
from execops.proposals import payloads

SQL = queries.load("proposals_write")
LAPSED = "its time ran out before anybody decided"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """What became of a play's answer to an event; `outcome` goes into the event's outcome."""

    proposal_id: int | None
    outcome: Json
    waits: bool  # a thread of its own waits for a decision


async def draft(
    ctx: Context,
    play: Play,
    event_id: int,
    about: facts.About,
    thread_id: str,
    wording: Wording | None,
    worded: Draft | None,
) -> Drafted:
    """Assess once more under lock and persist: a new pending proposal, or an update of the live one.

    The play judges by the facts of this transaction, not by those the thread read earlier; a wording made
    for a draft that no longer stands is dropped. An event that already fed a proposal of this play changes
    nothing.
    """
    if not about.object_id:
        return _nothing(judging.nothing(play, "the event names no object"))
    async with ctx.transaction(event=event_id, play=play.name) as conn:
        await facts.lock_object(conn, about)
        fed = await queries.one(conn, SQL["lock_of_event"], event_id=event_id, play=play.name)
        if fed is not None:
            mine = Proposal.from_row(fed)
            return _drafted(
                mine.id, play, "known", waits=mine.thread_id == thread_id and mine.status not in ENDED
            )
        current = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, play.needs)
        rules = await policy.read(conn, about.subject_key)
        if not rules.play_allowed(play.name):
            return _nothing(judging.disabled(play))
        answer = judging.answer(rules, play, current)
        if isinstance(answer, Declined):
            return _nothing(judging.declined(play, answer))
        drafted_by = _by_rules(play, answer)
        if wording is not None and worded != answer:
            stale = {"author": "rules", "result": "kept: the facts have changed since"}
            drafted_by |= wording.provenance | stale
        elif wording is not None:
            rewordable = payloads.rewordable(ctx.adapters.get(answer.action_type)) & answer.payload.keys()
            words = {name: text for name, text in wording.payload.items() if name in rewordable}
            answer = replace(answer, payload=answer.payload | words, reasoning=wording.reasoning)
            drafted_by |= wording.provenance
        return await _persist(ctx, conn, play, event_id, thread_id, answer, drafted_by)


async def reassess(
    ctx: Context,
    conn: Connection,
    subject_key: str,
    object_id: str | None = None,
    woken: Collection[tuple[str, str]] = (),
) -> list[Json]:
    """Ask each play again about what waits for this subject, or about this object, or about an object that is
    about this one: supersede what is moot, redraft what changed. The caller holds the subject.

    The plays that are `woken`, each with its object, draft by themselves next, in a thread.
    """
    outcomes: list[Json] = []
    for row in await lock_open(conn, subject_key, object_id):
        proposal = Proposal.from_row(row)
        if row["lapsed"]:
            await end(ctx, conn, proposal, Status.EXPIRED, LAPSED)
            continue
        answer = await assess_now(ctx, conn, proposal)
        outcome = {"play": proposal.play, "proposal": proposal.id}
        if isinstance(answer, Declined):
            await end(ctx, conn, proposal, Status.SUPERSEDED, answer.reason)
            outcomes.append(outcome | {"result": "superseded", "why": answer.reason})
        elif (
            answer is not None
            and proposal.status is Status.PENDING
            and (proposal.play, proposal.object_id) not in woken
            and await _redraft(conn, proposal, answer, _by_rules(all_plays()[proposal.play], answer))
        ):
            outcomes.append(outcome | {"result": "redrafted"})
    return outcomes


async def lock_open(conn: Connection, subject_key: str, object_id: str | None = None) -> list[Any]:
    """What waits for a decision about a subject, or an object, locked in the order of the ids."""
    return await queries.many(conn, SQL["lock_open"], subject_key=subject_key, object_id=object_id)


async def assess_now(
    ctx: Context, conn: Connection, proposal: Proposal, rules: policy.Policy | None = None
) -> Draft | Declined | None:
    """What the proposal's play says of its object by today's facts; None where the play is no more."""
    play = all_plays().get(proposal.play)
    if play is None:
        return None
    about = facts.About(proposal.object_id, proposal.subject_key)
    return await judging.assess(ctx, conn, play, about, rules)


async def lock(conn: Connection, proposal_id: int) -> Proposal:
    """The proposal with its effective status, locked until the transaction ends. Raises NotFoundError."""
    row = await queries.one(conn, SQL["lock"], id=proposal_id)
    if row is None:
        raise NotFoundError(f"There is no proposal {proposal_id}.", hint="execops proposals list")
    return Proposal.from_row(row | ({"status": Status.EXPIRED} if row["lapsed"] else {}))


async def write_expiry(ctx: Context, proposal_id: int) -> None:
    """Write the transition of a proposal that nobody decided in time; every decision comes after this."""
    async with ctx.connection() as conn:
        if await queries.one(conn, SQL["is_lapsed"], id=proposal_id) is None:
            return
    async with ctx.transaction() as conn:
        row = await queries.the_one(conn, SQL["lock"], id=proposal_id)
        if row["lapsed"]:
            await end(ctx, conn, Proposal.from_row(row), Status.EXPIRED, LAPSED)


async def end(ctx: Context, conn: Connection, proposal: Proposal, status: Status, why: str) -> None:
    """End a proposal without a decision, and enqueue the closing of its thread."""
    await queries.run(conn, SQL["set_status"], id=proposal.id, status=status, outcome=why)
    await ctx.queue.defer(conn, close_thread_job(proposal.thread_id))


async def _persist(
    ctx: Context, conn: Connection, play: Play, event_id: int, thread_id: str, answer: Draft, drafted_by: Json
) -> Drafted:
    key, hours = play.dedupe_key(answer.object_id), ctx.settings.cooldown_hours
    columns = _columns(answer, drafted_by) | {
        "vertical": play.vertical,
        "play": play.name,
        "action_type": answer.action_type,
        "object_id": answer.object_id,
        "subject_key": answer.subject_key,
        "dedupe_key": key,
        "thread_id": thread_id,
        "expires_at": answer.expires_at,
        "expiry_days": ctx.settings.expiry_days,
        "hours": hours,
        "event_id": event_id,
    }
    while True:
        inserted = await queries.one(conn, SQL["insert"], **columns)
        if inserted is not None:
            return _drafted(inserted["id"], play, "drafted", waits=True)
        row = await queries.one(conn, SQL["lock_live"], dedupe_key=key)
        if row is None:
            recent = await queries.one(conn, SQL["last_executed"], dedupe_key=key, hours=hours)
            if recent is None:
                continue  # what was in the way has ended meanwhile
            why = f"proposal {recent['id']} was executed less than {hours} h ago"
            return _nothing(judging.nothing(play, why))
        live = Proposal.from_row(row)
        if row["lapsed"]:
            await end(ctx, conn, live, Status.EXPIRED, LAPSED)
            continue
        if live.status is Status.PENDING and live.action_type != answer.action_type:
            why = f"drafted anew: it goes as {answer.action_type} now, not as {live.action_type}"
            await end(ctx, conn, live, Status.SUPERSEDED, why)
            continue
        await queries.run(conn, SQL["link_event"], event_id=event_id, play=play.name, proposal_id=live.id)
        if live.status is not Status.PENDING:
            return _drafted(live.id, play, "noted", f"proposal {live.id} is {live.status}")
        changed = await _redraft(conn, live, answer, drafted_by)
        return _drafted(live.id, play, "coalesced" if changed else "unchanged")


async def _redraft(conn: Connection, proposal: Proposal, answer: Draft, drafted_by: Json) -> bool:
    """Update in place; False where there is nothing new.

    Urgency never falls. Better words of a model stay while the rules say the same, those of a person stay
    whatever they say, with the newer draft beside them. What would now go another way is left as it is.
    """
    if answer.action_type != proposal.action_type:
        return False
    answer = replace(answer, urgency=min(answer.urgency, proposal.urgency, key=lambda each: each.rank))
    newer = proposal.newer_draft
    if drafted_by["draft"] == (newer or proposal.drafted_by).get("draft"):
        answer = replace(answer, payload=proposal.payload, reasoning=proposal.reasoning)
        drafted_by = proposal.drafted_by
    elif proposal.edited:
        newer = {"title": answer.title, "payload": answer.payload, "reasoning": answer.reasoning}
        newer["draft"] = drafted_by["draft"]
        answer = replace(answer, payload=proposal.payload)
        drafted_by = proposal.drafted_by
    evidence = [list(each) for each in answer.evidence]
    said = (answer.title, answer.urgency, answer.payload, answer.reasoning, evidence, answer.amount, newer)
    it = proposal
    if said == (it.title, it.urgency, it.payload, it.reasoning, it.evidence, it.amount, it.newer_draft):
        return False
    await queries.run(
        conn,
        SQL["redraft"],
        id=proposal.id,
        newer_draft=Jsonb(newer) if newer else None,
        **_columns(answer, drafted_by),
    )
    return True


def _by_rules(play: Play, answer: Draft) -> Json:
    """Provenance, with a digest of what the rules would send and why: later it shows whether they changed."""
    said = json.dumps([answer.payload, answer.reasoning], sort_keys=True).encode()
    digest = hashlib.sha256(said).hexdigest()
    return {"author": "rules", "play": play.name, "rules": play.version, "draft": digest}


def _columns(answer: Draft, drafted_by: Json) -> Json:
    return {
        "title": answer.title,
        "urgency": answer.urgency,
        "payload": Jsonb(answer.payload),
        "reasoning": answer.reasoning,
        "evidence": Jsonb(answer.evidence),
        "drafted_by": Jsonb(drafted_by),
        "amount_minor": answer.amount.minor if answer.amount else None,
        "currency": answer.amount.currency if answer.amount else None,
    }


def _drafted(
    proposal_id: int, play: Play, result: str, why: str | None = None, *, waits: bool = False
) -> Drafted:
    outcome = {"play": play.name, "proposal": proposal_id, "result": result}
    return Drafted(proposal_id=proposal_id, outcome=outcome | ({"why": why} if why else {}), waits=waits)


def _nothing(outcome: Json) -> Drafted:
    return Drafted(proposal_id=None, outcome=outcome, waits=False)
