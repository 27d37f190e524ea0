"""Processing: what a worker does with an event, and with an approved proposal.

An event: the ledger, then what waits about its subject, then the plays it wakes. Correctness rests on row locks
and newest-wins, never on the order of arrival: processing twice, or two events at once, ends in the same state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from execops.books import facts, ledger, recoveries
from execops.context import Context
from execops.db.pool import Connection
from execops.graphs import runtime
from execops.ingest import events, lookups
from execops.model import Event, EventStatus, Json
from execops.plays import judging, router
from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.proposals import drafting


@dataclass(frozen=True, slots=True)
class _Run:
    """A thread to run: a play for an event, with the facts it was judged by where it begins anew."""

    event: Event
    play: Play
    current: facts.Facts | None


async def process_event(ctx: Context, event_id: int) -> None:
    """Process a stored event; one that was processed already is left alone.

    Raises BusyError where another job works on the same thread.
    """
    missed = await lookups.fill_in(ctx, event_id)
    event, runs = await _take_in(ctx, event_id, missed)
    if event is None or not runs:
        return
    outcomes = [await runtime.run_play(ctx, each.event, each.play, each.current) for each in runs]
    async with ctx.connection() as conn:
        await events.finish(conn, event_id, EventStatus.PROCESSED, _new(event, outcomes))


async def _take_in(ctx: Context, event_id: int, missed: Sequence[Json]) -> tuple[Event | None, list[_Run]]:
    """Write what an event tells, ask again about what waits, and ask the plays it wakes, in one transaction.

    Returns the event and the threads to run. A play that finds nothing to draft needs none, and an event that
    needs none is processed. What a play declines is noted before its subject is let go: whoever changes the facts
    next sees it.
    """
    async with ctx.transaction(event=event_id) as conn:
        event, fed = await events.take(conn, event_id)
        if event is None:
            return None, []
        await ledger.record(conn, event)
        woken = router.plays_for(event, ctx.settings)
        outcomes = [*missed, *await _reassess(ctx, conn, event, woken)]
        runs = []
        for each in await judging.judge(ctx, conn, woken, fed):
            if each.declined is not None:
                outcomes.append(each.declined)
            else:
                runs.append(_Run(event, each.play, each.current))
        runs += await _called_for_now(ctx, conn, event)
        if runs:
            await events.note(conn, event_id, _new(event, outcomes))
        else:
            await events.finish(conn, event_id, EventStatus.PROCESSED, _new(event, outcomes))
        return event, runs


def _new(event: Event, outcomes: Sequence[Json]) -> list[Json]:
    """The outcomes that the event does not have yet."""
    return [each for each in outcomes if each not in event.outcome]


async def _reassess(ctx: Context, conn: Connection, event: Event, woken: list[router.Woken]) -> list[Json]:
    """Ask again about everything that waits and that this event may have changed."""
    subjects = {each.about.subject_key: each.about.object_id for each in woken}
    if event.subject_key is not None:
        subjects[event.subject_key] = event.object_id or event.subject_key
    for subject_key in sorted(subjects):  # every subject before any proposal: one order for all
        await facts.lock_subject(conn, subject_key)
    woken_keys = {(each.play.name, each.about.object_id) for each in woken}
    changed: list[Json] = []
    for subject_key, object_id in sorted(subjects.items()):
        changed += await drafting.reassess(ctx, conn, subject_key, object_id, woken_keys)
    return changed


async def _called_for_now(ctx: Context, conn: Connection, event: Event) -> list[_Run]:
    """The threads of plays that declined earlier events of this subject, by the facts, and no longer would.

    What arrives late (a customer's address after the failed charge) then leads where it would have led in
    order.
    """
    if event.subject_key is None:
        return []
    runs = []
    for earlier, name in await events.declined_of_subject(conn, event):
        play = all_plays().get(name)
        about = play.about(earlier, ctx.settings) if play else None
        if play is None or about is None:
            continue
        if not await judging.declines(ctx, conn, play, about):
            runs.append(_Run(earlier, play, None))
    return runs


async def execute_proposal(ctx: Context, proposal_id: int, approval_no: int) -> None:
    """Perform an approved proposal, after everything that arrived about its subject has been taken in.

    Raises BusyError where another job works on the same thread.
    """
    async with ctx.connection() as conn:
        waiting = await events.received_about(conn, proposal_id)
    for event_id in waiting:
        await process_event(ctx, event_id)
    await runtime.perform_approved(ctx, proposal_id, approval_no)


async def close_thread(ctx: Context, thread_id: str) -> None:
    """What is left when a proposal has ended: credit a payment that came before anybody knew that it was
    executed, delete the thread's checkpoints. Raises BusyError while it still runs."""
    await recoveries.credit_executed(ctx, thread_id)
    await runtime.close_thread(ctx, thread_id)


async def give_up_on_event(ctx: Context, event_id: int, error: str) -> None:
    """Mark an event as failed after its last retry; `execops events replay` runs it again."""
    async with ctx.connection() as conn:
        await events.finish(conn, event_id, EventStatus.FAILED, error=error)
