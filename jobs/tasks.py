"""The tasks. Each calls the core in a few lines; no task is periodic."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from execops import processing
from execops.context import Context
from execops.errors import BusyError, LockedError
from jobs import batches

_BUSY_WAIT = 0.3  # seconds until a job tries again, after another job held its thread
_LONGEST_LOCKED_WAIT = 15.0  # seconds until a job tries again, after another session held what it needs
_MAX_WAIT = 60.0  # seconds


class Backoff(BaseRetryStrategy):
    """Exponential backoff with jitter: 1, 2, 4 … seconds, at most a minute. `attempts` None means for ever.

    A stopping worker returns the jobs that it cancels at once. A job that meets a busy thread tries again
    shortly, even after `attempts` attempts.
    """

    def __init__(self, attempts: int | None) -> None:
        self._attempts = attempts

    def is_last(self, job: Job) -> bool:
        """Whether this attempt is the last one."""
        return self._attempts is not None and job.attempts + 1 >= self._attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """The moment to run the job again; None leaves it failed."""
        if isinstance(exception, asyncio.CancelledError):
            return _in(0.0)
        if isinstance(exception, LockedError):  # set aside, so that others get the slot
            return _in(min(_LONGEST_LOCKED_WAIT, 2.0 ** min(job.attempts, 10)))
        if isinstance(exception, BusyError):
            return _in(_BUSY_WAIT)
        if self.is_last(job):
            return None
        wait = min(_MAX_WAIT, 2.0 ** min(job.attempts, 10)) * random.uniform(0.75, 1.25)  # noqa: S311
        return _in(wait)


def _in(seconds: float) -> RetryDecision:
    return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=seconds))


# 1 + 2 + 4 + 8 + 16 + 32 + 60 s: after about two minutes process_event marks the event failed.
EVENT_RETRY = Backoff(attempts=8)
FOR_EVER = Backoff(attempts=None)
NOTIFY_RETRY = Backoff(attempts=10)  # about four minutes


async def process_events(context: JobContext, event_ids: list[int], lanes: Sequence[int | None] = ()) -> None:
    """Process the events that arrived together. One that fails gets a job of its own."""
    await batches.process_events(_context(context), event_ids, context.additional_context["turns"], lanes)


async def process_event(context: JobContext, event_id: int) -> None:
    """Process an event that failed among others. The last failing attempt marks the event failed, with its error."""
    async with _giving_up(context, event_id):
        await processing.process_event(_context(context), event_id, in_steps=True)


async def process_again(context: JobContext, event_id: int) -> None:
    """Process an event once more, because the time of a play that declined it has come.

    The last failing attempt marks the event failed, with its error: an event that stayed open would hold back every approved
    action about its subject.
    """
    async with _giving_up(context, event_id):
        await processing.process_again(_context(context), event_id)


@asynccontextmanager
async def _giving_up(context: JobContext, event_id: int) -> AsyncIterator[None]:
    """Mark the event failed where this attempt fails and is the last one. A job that meets a lock is tried again anyway."""
    try:
        yield
    except BusyError:
        raise
    except Exception as exc:
        if EVENT_RETRY.is_last(context.job):
            error = f"{type(exc).__name__}: {exc}"[:2000]
            await processing.give_up_on_event(_context(context), event_id, error)
        raise


async def execute_proposal(context: JobContext, proposal_id: int, approval_no: int) -> None:
    """Perform the action of a proposal, if this is still its latest approval."""
    await processing.execute_proposal(_context(context), proposal_id, approval_no)


async def close_thread(context: JobContext, thread_id: str) -> None:
    """Delete the checkpoints of an ended thread."""
    await processing.close_thread(_context(context), thread_id)


async def tell(context: JobContext, proposal_id: int, reminder: bool) -> None:
    """Tell operators of a proposal that waits; with `reminder`, the next of them once more."""
    await processing.tell(_context(context), proposal_id, reminder=reminder)


async def send_notification(context: JobContext, notification_id: int) -> None:
    """Send one notification once. The last failing attempt gives it up."""
    is_last = NOTIFY_RETRY.is_last(context.job)
    await processing.send_notification(_context(context), notification_id, is_last=is_last)


async def show_outcome(context: JobContext, proposal_id: int) -> None:
    """Write into the messages about a proposal what became of it. The last failing attempt leaves them as they are."""
    is_last = NOTIFY_RETRY.is_last(context.job)
    await processing.show_outcome(_context(context), proposal_id, is_last=is_last)


def _context(context: JobContext) -> Context:
    ctx = context.additional_context["ctx"]
    assert isinstance(ctx, Context)  # noqa: S101
    return ctx


def register(app: App) -> None:
    """Register every task with the app."""
    app.task(name="process_events", retry=FOR_EVER, pass_context=True)(process_events)
    app.task(name="process_event", retry=EVENT_RETRY, pass_context=True)(process_event)
    app.task(name="process_again", retry=EVENT_RETRY, pass_context=True)(process_again)
    app.task(name="execute_proposal", retry=FOR_EVER, pass_context=True)(execute_proposal)
    app.task(name="close_thread", retry=FOR_EVER, pass_context=True)(close_thread)
    app.task(name="tell", retry=FOR_EVER, pass_context=True)(tell)
    app.task(name="send_notification", retry=NOTIFY_RETRY, pass_context=True)(send_notification)
    app.task(name="show_outcome", retry=NOTIFY_RETRY, pass_context=True)(show_outcome)
