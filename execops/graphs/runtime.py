"""The runs of threads: from an event to a proposal, from an approval to its execution, and the end of a thread.

After drafting, only `perform_approved` runs a thread, and only under its lock. It reads the thread's state first.
`ainvoke(input)` on an existing thread would start it over. A resume of a deleted thread would run the graph without
its input.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from msgspec import Struct
from psycopg.rows import DictRow

from execops.books.facts import Facts
from execops.context import Context
from execops.graphs.checkpointer import NewThreadSaver, delete_thread, saver_of, thread_lock, thread_lock_of
from execops.graphs.state import PlayState, new_state
from execops.graphs.threads import parts_of, thread_id
from execops.model import Json, Proposal, Status
from execops.plays.play import Play
from execops.plays.routing.judging import Judged

_Graph = CompiledStateGraph[PlayState, Context, PlayState, PlayState]
_WAITING = ("await_decision",)
_PERFORMING = ("execute",)


async def run_play(
    ctx: Context, event_id: int, play: Play, current: Facts | None = None, expired: int | None = None
) -> Json:
    """Run one play for one event until it waits for a decision or ends; returns its part of the event's outcome.

    `expired` is the id of the expired proposal in whose place it drafts. `current` holds the facts of a judgement in this job. It also says that the thread has drafted nothing yet, so the
    thread begins anew. Raises BusyError where another job runs the same thread.
    """
    thread = thread_id(event_id, play.name, expired)
    async with thread_lock(ctx, thread):
        graph, config = _graph(play.vertical, saver_of(ctx)), _config(thread)
        start = new_state(event_id, play.name, expired, current)
        if current is not None:
            values = await _start(ctx, graph, config, start)
        elif (state := await graph.aget_state(config)).next == _WAITING:  # an earlier run got here
            values = state.values
        else:
            values = await _start(ctx, graph, config, start)
        if not values["waits"]:
            await delete_thread(ctx, thread)
        return dict(values["outcome"])


async def draft_at_once(
    ctx: Context, event_id: int, judged: Judged
) -> tuple[Json, Callable[[], Awaitable[None]]]:
    """Run a new thread of a judged play inside the caller's transaction, which `ctx` is bound to.

    Returns its part of the event's outcome, and the writing of its checkpoints, to be called within a pipeline. The transaction holds the lock of the subject, so the draft of the judgement
    still stands, and no other job sees the thread before the commit.
    """
    assert ctx.held is not None and judged.current is not None and judged.draft is not None  # noqa: S101, PT018
    start = new_state(event_id, judged.play.name, None, judged.current, judged.draft)
    checkpoints = NewThreadSaver(ctx.held)
    graph, config = _graph(judged.play.vertical, checkpoints), _config(thread_id(event_id, judged.play.name))
    values = await _invoke(ctx, graph, config, start)
    return dict(values["outcome"]), checkpoints.write if values["waits"] else _write_nothing


async def _write_nothing() -> None:
    """A thread that does not wait has no checkpoints."""


class Performed(Struct, frozen=True):
    """The end of one run: the status of the proposal then, or the events to process first, if nothing was performed.

    `wait` are the seconds after which to try again, where the approval can still be undone.
    """

    status: str | None = None
    waiting: Sequence[int] = ()
    wait: float = 0.0


async def perform_approved(ctx: Context, proposal_id: int, approval_no: int) -> Performed:
    """Resume the thread of an approved proposal, which performs it.

    It performs nothing where events about its subject are to be processed first. Does nothing where this approval is no
    longer the current one. Raises BusyError where another job runs the thread.
    """
    async with thread_lock_of(ctx, proposal_id) as held:
        if held is None or held.proposal.approval_no != approval_no:
            return Performed()
        if held.proposal.status is Status.APPROVED and held.wait > 0:
            return Performed(wait=held.wait)
        if held.waiting:
            return Performed(waiting=held.waiting)
        if held.proposal.status not in {Status.APPROVED, Status.EXECUTING}:
            return Performed()
        return Performed(await _resume(ctx, held.proposal, held.checkpoint))


async def _resume(ctx: Context, proposal: Proposal, latest: DictRow | None) -> str | None:
    """Resume a thread that waits. Start an empty one, or continue a half-run one, until it waits.

    `latest` is the row of its latest checkpoint. Returns the status of the proposal where it was performed, or withheld.
    """
    checkpoints, config = saver_of(ctx), _config(proposal.thread_id)
    checkpoints.begin_with(latest)
    graph = _graph(proposal.vertical, checkpoints)
    if not await checkpoints.waits(config):
        state = await graph.aget_state(config)
        if not state.values and not state.next:
            start = new_state(*parts_of(proposal.thread_id), proposal_id=proposal.id)
            await _start(ctx, graph, config, start)
        elif state.next:
            await _invoke(ctx, graph, config, None)
            if state.next == _PERFORMING and state.values["approval_no"] == proposal.approval_no:
                return (
                    None  # the killed run's attempt was this approval's; another attempt has a job of its own
                )
        if not await checkpoints.waits(config):
            return None
    values = await _invoke(ctx, graph, config, Command(resume={"approval_no": proposal.approval_no}))
    status: str | None = values.get("status")
    return status


async def close_thread(ctx: Context, thread: str) -> None:
    """Delete the checkpoints of a thread whose proposal has ended. Raises BusyError while the thread runs."""
    async with thread_lock(ctx, thread):
        await delete_thread(ctx, thread)


@cache
def _compiled(vertical: str) -> _Graph:
    graph: _Graph = import_module(f"execops.graphs.{vertical}").build().compile()
    return graph


def _graph(vertical: str, checkpoints: AsyncPostgresSaver) -> _Graph:
    return _compiled(vertical).copy(update={"checkpointer": checkpoints})


async def _start(ctx: Context, graph: _Graph, config: RunnableConfig, start: PlayState) -> dict[str, Any]:
    """Run a thread from the beginning. Delete its checkpoints if the run fails, so the next run begins anew."""
    try:
        return await _invoke(ctx, graph, config, start)
    except Exception:
        await delete_thread(ctx, config["configurable"]["thread_id"])
        raise


async def _invoke(
    ctx: Context, graph: _Graph, config: RunnableConfig, state_or_command: PlayState | Command[Any] | None
) -> dict[str, Any]:
    # `exit` writes one checkpoint for a run instead of one for each node; a killed run repeats its nodes.
    return await graph.ainvoke(state_or_command, config, context=ctx, durability="exit")


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}
