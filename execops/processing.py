"""Processing: what a worker does with an event, and with an approved proposal.

An event: the ledger, then what waits about its subject, then the plays it wakes. Correctness rests on row locks
and newest-wins, never on the order of arrival: processing twice, or two events at once, ends in the same state.
"""

from __future__ import annotations

from execops import events, ledger, proposals, router
from execops.context import Context
from execops.graphs import runtime
from execops.model import EventStatus


async def process_event(ctx: Context, event_id: int) -> None:
    """Process a stored event; one that was processed already is left alone.

    Raises BusyError where another job works on the same thread.
    """
    async with ctx.transaction(event=event_id) as conn:
        event = await events.lock_received(conn, event_id)
        if event is None:
            return
        await ledger.record(conn, event)
        plays = router.plays_for(event)
        if event.subject_key is not None:
            woken = {play.name for play in plays}
            changed = await proposals.reassess(ctx, conn, event.subject_key, event.object_id, woken)
            await events.note(conn, event_id, changed)
    outcomes = [await runtime.run_play(ctx, event, play) for play in plays]
    async with ctx.transaction() as conn:
        event = await events.lock_received(conn, event_id)
        if event is None:  # another worker ran the same plays, and was faster
            return
        await events.note(conn, event_id, [each for each in outcomes if each not in event.outcome])
        await events.finish(conn, event_id, EventStatus.PROCESSED)


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
    """Delete a finished thread's checkpoints. Raises BusyError while it still runs."""
    await runtime.close_thread(ctx, thread_id)


async def give_up_on_event(ctx: Context, event_id: int, error: str) -> None:
    """Mark an event as failed after its last retry; `execops events replay` runs it again."""
    async with ctx.transaction() as conn:
        if await events.lock_received(conn, event_id) is not None:
            await events.finish(conn, event_id, EventStatus.FAILED, error)
