"""Processing: what a worker does with an event, and with an approved proposal.

An event: the ledger, then what waits about its subject, then the plays it wakes. Correctness rests on row locks
and newest-wins, never on the order of arrival: processing twice, or two events at once, ends in the same state.
"""

from __future__ import annotations

from execops import events, facts, ledger, proposals, reads, recovery, router
from execops.context import Context
from execops.db.pool import Connection
from execops.graphs import runtime
from execops.model import Declined, Event, EventStatus, Json
from execops.plays import all_plays


async def process_event(ctx: Context, event_id: int) -> None:
    """Process a stored event; one that was processed already is left alone.

    Raises BusyError where another job works on the same thread.
    """
    missed = await reads.fill_in(ctx, event_id)
    async with ctx.transaction(event=event_id) as conn:
        event = await events.lock_received(conn, event_id)
        if event is None:
            return
        await ledger.record(conn, event)
        woken = router.plays_for(event, ctx.settings)
        await events.note(conn, event_id, [each for each in missed if each not in event.outcome])
        await events.note(conn, event_id, await _reassess(ctx, conn, event, woken))
    outcomes = [await runtime.run_play(ctx, event, each.play) for each in woken]
    outcomes += await _ask_again(ctx, event)
    async with ctx.transaction() as conn:
        event = await events.lock_received(conn, event_id)
        if event is None:  # another worker ran the same plays, and was faster
            return
        await events.note(conn, event_id, [each for each in outcomes if each not in event.outcome])
        await events.finish(conn, event_id, EventStatus.PROCESSED)


async def _reassess(ctx: Context, conn: Connection, event: Event, woken: list[router.Woken]) -> list[Json]:
    """Ask again about everything that waits and that this event may have changed."""
    subjects = {each.about.subject_key: each.about.object_id for each in woken}
    if event.subject_key is not None:
        subjects[event.subject_key] = event.object_id or event.subject_key
    for subject_key in sorted(subjects):  # every subject before any proposal: one order for all
        await facts.lock_subject(conn, subject_key)
    drafting = {(each.play.name, each.about.object_id) for each in woken}
    changed: list[Json] = []
    for subject_key, object_id in sorted(subjects.items()):
        changed += await proposals.reassess(ctx, conn, subject_key, object_id, drafting)
    return changed


async def _ask_again(ctx: Context, event: Event) -> list[Json]:
    """Ask the plays once more that declined, by the facts, earlier events of this subject.

    What arrives late (a customer's address after the failed charge) then leads where it would have led in
    order.
    """
    if event.subject_key is None:
        return []
    async with ctx.connection() as conn:
        declined = await events.declined_of_subject(conn, event)
    outcomes: list[Json] = []
    for earlier, name in declined:
        play = all_plays().get(name)
        about = play.about(earlier, ctx.settings) if play else None
        if play is None or about is None:
            continue
        async with ctx.connection() as conn:
            answer = await proposals.assess(ctx, conn, play, about)
        if not isinstance(answer, Declined):
            outcomes.append(await runtime.run_play(ctx, earlier, play))
    return outcomes


async def execute_proposal(ctx: Context, proposal_id: int, approval_no: int) -> None:
    """Perform an approved proposal, after everything that arrived about its subject has been taken in.

    Raises BusyError where another job works on the same thread.
    """
    async with ctx.connection() as conn:
        proposal = await proposals.get(conn, proposal_id)
        waiting = [] if proposal is None else await events.received_of_subject(conn, proposal.subject_key)
    for event_id in waiting:
        await process_event(ctx, event_id)
    await runtime.perform_approved(ctx, proposal_id, approval_no)


async def close_thread(ctx: Context, thread_id: str) -> None:
    """What is left when a proposal has ended: credit a payment that came before anybody knew that it was
    executed, delete the thread's checkpoints. Raises BusyError while it still runs."""
    await recovery.credit_executed(ctx, thread_id)
    await runtime.close_thread(ctx, thread_id)


async def give_up_on_event(ctx: Context, event_id: int, error: str) -> None:
    """Mark an event as failed after its last retry; `execops events replay` runs it again."""
    async with ctx.transaction() as conn:
        if await events.lock_received(conn, event_id) is not None:
            await events.finish(conn, event_id, EventStatus.FAILED, error)
