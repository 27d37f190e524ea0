"""The entry points of jobs: process an event, perform an approved proposal, or close the thread of an ended one.

Processing first writes an event to the ledger, then assesses open proposals about its subject again, then runs the plays
that the event wakes. Row locks and the rule that the newest snapshot wins make this correct in every order of arrival:
processing an event twice, or two events at once, ends in the same state.
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
    """A thread to run: a play for an event. `current` holds the facts for a new thread; None continues its own state."""

    event: Event
    play: Play
    current: facts.Facts | None


async def process_event(ctx: Context, event_id: int) -> None:
    """Process a stored event; an event that was processed before changes nothing.

    Raises BusyError while another job works on the same thread.
    """
    failed_lookups = await lookups.fill_in(ctx, event_id)
    event, runs = await _record_and_judge(ctx, event_id, failed_lookups)
    if event is None or not runs:
        return
    outcomes = [await runtime.run_play(ctx, run.event, run.play, run.current) for run in runs]
    async with ctx.connection() as conn:
        await events.finish(conn, event_id, EventStatus.PROCESSED, _drop_repeats(event, outcomes))


async def _record_and_judge(
    ctx: Context, event_id: int, failed_lookups: Sequence[Json]
) -> tuple[Event | None, list[_Run]]:
    """Record the event in the ledger, assess open proposals again, and let the woken plays judge, in one transaction.

    Returns the event and the threads to run. A play that declines needs no thread. An event without threads is finished
    here. Record declined plays before releasing the subject lock, so the next transaction that changes the facts
    sees them.
    """
    async with ctx.transaction(event=event_id) as conn:
        event, fed = await events.take(conn, event_id)
        if event is None:
            return None, []
        await ledger.record(conn, event)
        woken = router.plays_for(event, ctx.settings)
        outcomes = [*failed_lookups, *await _reassess(ctx, conn, event, woken)]
        runs = []
        for judged in await judging.judge(ctx, conn, woken, fed):
            if judged.declined is not None:
                outcomes.append(judged.declined)
            else:
                runs.append(_Run(event, judged.play, judged.current))
        runs += await _find_late_runs(ctx, conn, event)
        if runs:
            await events.note(conn, event_id, _drop_repeats(event, outcomes))
        else:
            await events.finish(conn, event_id, EventStatus.PROCESSED, _drop_repeats(event, outcomes))
        return event, runs


def _drop_repeats(event: Event, outcomes: Sequence[Json]) -> list[Json]:
    """The outcomes that the event does not have yet."""
    return [outcome for outcome in outcomes if outcome not in event.outcome]


async def _reassess(ctx: Context, conn: Connection, event: Event, woken: list[router.Woken]) -> list[Json]:
    """Assess again every open proposal whose facts this event may have changed."""
    subjects = {wake.about.subject_key: wake.about.object_id for wake in woken}
    if event.subject_key is not None:
        subjects[event.subject_key] = event.object_id or event.subject_key
    for subject_key in sorted(subjects):  # all subjects before any proposal, in one order
        await facts.lock_subject(conn, subject_key)
    woken_keys = {(wake.play.name, wake.about.object_id) for wake in woken}
    changed: list[Json] = []
    for subject_key, object_id in sorted(subjects.items()):
        changed += await drafting.reassess(ctx, conn, subject_key, object_id, woken_keys)
    return changed


async def _find_late_runs(ctx: Context, conn: Connection, event: Event) -> list[_Run]:
    """Find the threads of plays that declined an earlier event of this subject and would draft by today's facts.

    So a fact that arrives late (a customer's address after the failed charge) leads to the same proposal as a fact that
    arrives in order.
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
    """Process every waiting event about a proposal's subject, then perform the approved proposal.

    Raises BusyError while another job works on the same thread.
    """
    async with ctx.connection() as conn:
        unprocessed = await events.received_about(conn, proposal_id)
    for event_id in unprocessed:
        await process_event(ctx, event_id)
    await runtime.perform_approved(ctx, proposal_id, approval_no)


async def close_thread(ctx: Context, thread_id: str) -> None:
    """Finish an ended proposal: credit an early payment, then delete the thread's checkpoints.

    A payment is early if it was booked before the execution was recorded. Raises BusyError while the thread still runs.
    """
    await recoveries.credit_executed(ctx, thread_id)
    await runtime.close_thread(ctx, thread_id)


async def give_up_on_event(ctx: Context, event_id: int, error: str) -> None:
    """Mark an event as failed after its last retry; `execops events replay` runs it again."""
    async with ctx.connection() as conn:
        await events.finish(conn, event_id, EventStatus.FAILED, error=error)
