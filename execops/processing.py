"""The entry points of jobs: process an event, perform an approved proposal, or close the thread of an ended one.

Processing first writes an event to the ledger, then assesses open proposals about its subject again, then runs the plays
that the event wakes. Row locks and the rule that the newest snapshot wins make this correct in every order of arrival:
processing an event twice, or two events at once, ends in the same state.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext

from psycopg.rows import DictRow

from execops.books import conversations, facts, ledger, recoveries
from execops.books.facts import About
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.effects import Effects
from execops.graphs import runtime
from execops.graphs.checkpointer import thread_lock
from execops.graphs.threads import parts_of
from execops.ingest import events, late_runs, lookups, objects_at_send
from execops.ingest.late_runs import Run
from execops.model import DRAFTED_ANEW, Event, EventStatus, Json, Status
from execops.plays.registry import all_plays
from execops.plays.routing import judging, laying, router
from execops.plays.routing.judging import Judged
from execops.ports import close_thread_job, execute_job, process_again_job
from execops.proposals import drafting, listing, notifying, snoozing
from execops.text.log_lines import action

logger = logging.getLogger(__name__)
_AFTER = 1.0  # seconds after the time at which a play wants to be asked again
PROPOSALS = queries.load("proposals_write")


async def process_event(ctx: Context, event_id: int, *, in_steps: bool = False) -> None:
    """Process a stored event; an event that was processed before changes nothing.

    All its work is one transaction, unless a model words the drafts or a thread has drafted before: then what the event
    tells is committed first, and each thread runs for itself. `in_steps` asks for that, so that an event whose drafting
    fails again and again is in the ledger all the same. Raises BusyError while another job works on the same thread.
    """
    failed_lookups = await lookups.fill_in(ctx, event_id)
    async with ctx.transaction(event=event_id) as conn:
        event, runs, outcomes = await _record_and_judge(ctx, conn, event_id, failed_lookups)
        if event is None:
            return
        at_once = not in_steps and ctx.reasoner is None and all(run.judged.draft for run in runs)
        if at_once or not runs:
            bound = ctx.within(conn)
            drafted = [await runtime.draft_at_once(bound, run.event_id, run.judged) for run in runs]
            outcomes += [outcome for outcome, _ in drafted]
            async with conn.pipeline() if drafted else nullcontext():
                for _, write_checkpoints in drafted:
                    await write_checkpoints()
                await events.finish(conn, event_id, EventStatus.PROCESSED, _drop_repeats(event, outcomes))
            return
        await events.note(conn, event_id, _drop_repeats(event, outcomes))
    outcomes = [
        await runtime.run_play(ctx, run.event_id, run.judged.play, run.judged.current, run.expired)
        for run in runs
    ]
    async with ctx.connection() as conn:
        await events.finish(conn, event_id, EventStatus.PROCESSED, _drop_repeats(event, outcomes))


async def process_again(ctx: Context, event_id: int) -> None:
    """Process an event once more, in steps. The facts tell all that happened meanwhile, so an answer makes it moot.

    An event that failed, or whose payload is gone, stays as it is. Raises BusyError as `process_event` does.
    """
    async with ctx.connection() as conn:
        await events.reopen_processed(conn, event_id)
    await process_event(ctx, event_id, in_steps=True)


async def _ask_later(ctx: Context, conn: Connection, event_id: int, answers: Iterable[Judged]) -> None:
    """Defer one job for the first time at which a play that judged an event wants to be asked again."""
    times = [answer.again_at for answer in answers if answer.again_at]
    if times:
        delay = max((min(times) - ctx.clock.now()).total_seconds(), 0.0) + _AFTER
        await ctx.queue.defer(conn, process_again_job(event_id, delay))


async def _record_and_judge(
    ctx: Context, conn: Connection, event_id: int, failed_lookups: Sequence[Json]
) -> tuple[Event | None, list[Run], list[Json]]:
    """Record the event in the ledger, assess open proposals again, and let the woken plays judge.

    Returns the event, the threads to run and the outcomes so far. A play that declines needs no thread. The caller's
    transaction records declined plays before it releases the subject lock, so the next transaction that changes the
    facts sees them.
    """
    event, fed = await events.take(conn, event_id)
    if event is None:
        return None, [], []
    effects = await ledger.record(conn, event)
    subjects = await _subjects(ctx, conn, event, effects)
    outcomes, woken = list(failed_lookups), []
    for wake in router.plays_for(event, ctx.settings):
        late = router.too_late(wake.play, event.type, event.occurred_at, ctx.clock.now(), ctx.settings)
        if late is None:
            woken.append(wake)
        elif (outcome := judging.no_proposal(wake.play, late)) not in outcomes:
            outcomes.append(outcome)
    objects = {wake.about.subject_key: wake.about.object_id for wake in woken} | subjects
    judge = judging.Judge(ctx, conn)
    opened: Sent[DictRow] | None = None
    if objects:
        async with conn.pipeline():
            await facts.lock_subjects(conn, objects)  # all subjects before any proposal
            if woken:
                await judge.send_rules(objects)
            if len(objects) == 1:  # of several, the first may change what is read of the next
                opened = await _send_lock_open(conn, *next(iter(objects.items())))
    answers = await judge.ask(woken, fed)
    # A play that declines about one invoice may have drafted about another one of the same customer. One that this event
    # has fed already drafts no more for it, so its proposal is assessed here.
    draft_now = [
        wake
        for wake, answer in zip(woken, answers, strict=True)
        if answer.declined is None and wake.play.name not in fed
    ]
    outcomes += await _reassess(ctx, conn, event, objects, draft_now, judge, opened)
    await _ask_later(ctx, conn, event.id, answers)
    outcomes += [answer.declined for answer in answers if answer.declined is not None]
    # A thread is of one event and one play, so a play that judges several objects drafts about the first that calls for it.
    drafting_plays = {answer.play.name: answer for answer in reversed(answers) if answer.declined is None}
    runs = [Run(event.id, answer) for answer in answers if drafting_plays.get(answer.play.name) is answer]
    runs += await _find_late_runs(ctx, conn, event, subjects, draft_now, judge)
    await laying.lay_to_rest(conn, judge, objects, ctx.clock.now())
    return event, runs, outcomes


def _drop_repeats(event: Event, outcomes: Sequence[Json]) -> list[Json]:
    """The outcomes that the event does not have yet."""
    return [outcome for outcome in outcomes if outcome not in event.outcome]


async def _subjects(ctx: Context, conn: Connection, event: Event, effects: Effects) -> dict[str, str]:
    """The subjects whose facts this event may have changed, each with the object that the event is about.

    They are the event's own subject, the bank account of a payout, and the customer whose payment it is about: a dispute or
    a refund names only the payment. A payment of nobody known is its own subject. They are also the support conversations whose contact this event makes
    a known customer, and the angry ones that may be in a wave with its message.
    """
    object_id = event.object_id or event.subject_key or ""
    keys = {event.subject_key} if event.subject_key else set()
    keys |= {
        link for snapshot in effects.snapshots if snapshot.object_type == "payout" for link in snapshot.links
    }
    payments = {link for snapshot in effects.snapshots for link in snapshot.links} - keys
    payments.update(*(move.payment_ids for move in effects.movements if move.customer is None))
    if payments:
        keys |= await ledger.customers_of(conn, payments) or ledger.payments_named(effects)
    talks = []
    if "intercom" in ctx.settings.sources:
        talks = await conversations.touched(conn, effects, ctx.clock.now())
        talks += await conversations.reached(conn, effects, ctx.settings)
    return {conversation: conversation for conversation in talks} | dict.fromkeys(keys, object_id)


async def _reassess(
    ctx: Context,
    conn: Connection,
    event: Event,
    objects: Mapping[str, str],
    draft_now: Sequence[router.Woken],
    judge: judging.Judge,
    opened: Sent[DictRow] | None,
) -> list[Json]:
    """Assess again every open proposal whose facts this event may have changed, and bring back what waits for it.

    The caller holds the subjects' locks; `opened` are the open proposals, where they were locked already.
    """
    woken_keys = _keys(draft_now)
    changed: list[Json] = []
    for subject_key, object_id in sorted(objects.items()):
        rows = None if opened is None else await opened.many()
        outcomes, any_snoozed = await drafting.reassess(
            ctx, conn, subject_key, object_id, woken_keys, judge, rows=rows
        )
        changed += outcomes
        if any_snoozed:
            changed += await snoozing.wake(conn, event, subject_key, object_id)
    return changed


async def _send_lock_open(conn: Connection, subject_key: str, object_id: str) -> Sent[DictRow]:
    return await queries.send(conn, PROPOSALS["lock_open"], subject_key=subject_key, object_id=object_id)


def _keys(woken: Sequence[router.Woken]) -> set[tuple[str, str]]:
    """The woken plays with the objects that they draft about: the event's own, or its subject as a whole."""
    return {(wake.play.name, key) for wake in woken for key in (wake.about.object_id, wake.about.subject_key)}


async def _find_late_runs(
    ctx: Context,
    conn: Connection,
    event: Event,
    subjects: Mapping[str, str],
    draft_now: Sequence[router.Woken],
    judge: judging.Judge,
) -> list[Run]:
    """Find the threads of plays that would draft by today's facts about these subjects, and have no proposal.

    These are plays that declined an earlier event, so that a fact which arrives late (a customer's address after the failed
    charge) leads to the same proposal as one that arrives in order. And these are plays whose proposal expired, unless they
    are in `draft_now`, the plays that draft for this event itself. Each play is asked once about an object, or about a
    subject whose objects it drafts about together.
    """
    awake = _keys(draft_now)
    answers: dict[tuple[str, About], Judged] = {}
    for one_answers_for_all in (True, False):
        covered = None if one_answers_for_all else late_runs.covered(answers)
        late = await late_runs.unanswered(
            ctx, conn, event, subjects, awake, covered, one_answers_for_all=one_answers_for_all
        )
        asked = {
            (run.judged.play.name, asked_about): router.Woken(run.judged.play, asked_about)
            for asked_about, _, run in late
            if (run.judged.play.name, asked_about) not in answers
        }
        late_answers = await judge.ask(list(asked.values()), seeks_draft=one_answers_for_all)
        answers |= zip(asked, late_answers, strict=True)
        if one_answers_for_all:
            beside = {
                asked_about: run.event_id
                for asked_about, about, run in late
                if about.subject_key != event.subject_key  # its own events have their jobs
            }
            for beside_about, event_id in beside.items():
                its_answers = [answer for (_, about), answer in answers.items() if about == beside_about]
                await _ask_later(ctx, conn, event_id, its_answers)
        if all(answer.declined is not None for answer in answers.values()):
            return []
    return [
        run
        for asked_about, about, run in late
        if late_runs.calls_for(answers[run.judged.play.name, asked_about], about)
    ]


async def execute_proposal(ctx: Context, proposal_id: int, approval_no: int) -> None:
    """Read the proposal's objects again, process every waiting event about its subject, then perform it.

    Raises BusyError while another job works on the same thread.
    """
    await objects_at_send.read_again(ctx, proposal_id, approval_no)
    while (performed := await runtime.perform_approved(ctx, proposal_id, approval_no)).waiting:
        for event_id in performed.waiting:
            await process_event(ctx, event_id)
    if performed.wait > 0:  # the clock of the process that deferred the job, or of this one, is wrong
        async with ctx.connection() as conn:
            await ctx.queue.defer(conn, execute_job(proposal_id, approval_no, performed.wait))
    if performed.status is not None:
        _log(proposal_id, approval_no, Status(performed.status))
    if performed.status == Status.SUPERSEDED:
        await _draft_anew(ctx, proposal_id)
    elif performed.status != Status.EXECUTED:  # of an end, the thread's closing tells
        async with ctx.connection() as conn:
            await notifying.follow(ctx, conn, proposal_id=proposal_id)


def _log(proposal_id: int, approval_no: int, status: Status) -> None:
    """Write the line of an approved action: its proposal's status now. `executing` waits for a further attempt."""
    level = logging.WARNING if status in {Status.FAILED, Status.UNKNOWN} else logging.INFO
    extra = action(f"action.{status}", proposal=proposal_id, approval=approval_no)
    logger.log(level, "Action %s", status, extra=extra)


async def _draft_anew(ctx: Context, proposal_id: int) -> None:
    """Run the play again for a proposal that was not sent, because its play drafts another action now."""
    async with ctx.connection() as conn:
        proposal = await listing.get(conn, proposal_id)
    if proposal is None or not (proposal.outcome or "").startswith(DRAFTED_ANEW):
        return
    event_id, name, _ = parts_of(proposal.thread_id)
    if play := all_plays().get(name):
        await runtime.run_play(ctx, event_id, play, None, proposal.id)


async def close_thread(ctx: Context, thread_id: str) -> None:
    """Finish an ended proposal: credit an early payment, then delete the thread's checkpoints.

    A payment is early if it was booked before the execution was recorded. An end that was taken back closes nothing, and
    one that still can be is looked at again. Raises BusyError while the thread still runs.
    """
    async with ctx.connection() as conn:
        end = await queries.one(conn, PROPOSALS["of_thread"], thread_id=thread_id)
        if end is not None and end["live"]:
            return
        if end is not None and end["seconds"] > 0:
            await ctx.queue.defer(conn, close_thread_job(thread_id, end["seconds"]))
            return
    await recoveries.credit_executed(ctx, thread_id)
    await runtime.close_thread(ctx, thread_id)
    async with ctx.connection() as conn:
        await notifying.follow(ctx, conn, thread_id=thread_id)


async def tell(ctx: Context, proposal_id: int, *, reminder: bool) -> None:
    """Tell operators of a proposal that waits: see `execops.proposals.notifying`."""
    await notifying.tell(ctx, proposal_id, reminder=reminder)


async def send_notification(ctx: Context, notification_id: int, *, is_last: bool) -> None:
    """Send one notification once.

    Raises BusyError while another job sends it, and AdapterError where it is to be tried again.
    """
    async with thread_lock(ctx, f"notification:{notification_id}"):
        await notifying.send(ctx, notification_id, is_last=is_last)


async def show_outcome(ctx: Context, proposal_id: int, *, is_last: bool) -> None:
    """Write into the messages about a proposal what became of it. Raises AdapterError where it is to be tried again."""
    await notifying.show_outcome(ctx, proposal_id, is_last=is_last)


async def give_up_on_event(ctx: Context, event_id: int, error: str) -> None:
    """Mark an event as failed after its last retry; `execops events replay` runs it again."""
    async with ctx.connection() as conn:
        await events.finish(conn, event_id, EventStatus.FAILED, error=error)
