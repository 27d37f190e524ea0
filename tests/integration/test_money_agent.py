"""The life of a thread of the Money graph, with real checkpoints."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace
from ormsgpack import unpackb

from execops import processing
from execops.books import facts
from execops.client import Client
from execops.context import Context
from execops.errors import AmbiguousError, BusyError, RejectedError
from execops.graphs import money, runtime
from execops.graphs.checkpointer import delete_thread, saver, thread_lock
from execops.ingest import events
from execops.model import Json, Proposal, Status
from execops.plays.money.card_update import PLAY
from execops.ports import Happened, Reconciliation
from execops.proposals import drafting, execution
from tests import records
from tests.doubles import MailDouble
from tests.stripe_events import deliver, failed, paid, payer, take_in


class Adapter(MailDouble):
    """A mail adapter that gives the answers of the test; `asked` counts the attempts."""

    def __init__(self, *answers: Json | Exception | None) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.entered, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        self.asked += 1
        self.entered.set()
        await self.go_on.wait()
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return answer or {}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        return Reconciliation(Happened.CANNOT_TELL)


def having(ctx: Context, adapter: Adapter) -> Context:
    return replace(ctx, adapters={**ctx.adapters, "email": adapter})


async def thread_of(ctx: Context, proposal_id: int) -> str:
    return (await records.proposal(ctx, proposal_id)).thread_id


async def state(ctx: Context, thread: str) -> Any:
    graph = runtime._graph("money", saver(ctx.pool))
    return await graph.aget_state(runtime._config(thread))


async def waits(ctx: Context, proposal_id: int) -> bool:
    snapshot = await state(ctx, await thread_of(ctx, proposal_id))
    return bool(snapshot.next == ("await_decision",))


async def closes(ctx: Context, proposal_id: int) -> None:
    """Assert that closing the thread leaves nothing of it."""
    await processing.close_thread(ctx, await thread_of(ctx, proposal_id))
    assert await records.checkpoint_rows(ctx) == 0


async def approve(ctx: Context, client: Client, proposal_id: int) -> int:
    """Approve the proposal as it is; returns the number of the approval."""
    proposal = await records.proposal(ctx, proposal_id)
    await client.proposals.approve(proposal_id, proposal.version)
    return (await records.proposal(ctx, proposal_id)).approval_no


async def test_a_drafted_thread_waits_for_the_decision(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    snapshot = await state(ctx, await thread_of(ctx, proposal_id))
    assert snapshot.next == ("await_decision",)
    assert snapshot.values["proposal_id"] == proposal_id
    assert [interruption.value for interruption in snapshot.interrupts] == [{"proposal_id": proposal_id}]


async def test_the_thread_is_named_after_its_event_and_play(ctx: Context) -> None:
    event = await take_in(ctx, failed())
    assert (
        await thread_of(ctx, records.results_of_play(event)[0]["proposal"]) == f"event:{event.id}:card_update"
    )


async def test_a_thread_holds_only_json_types(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    values = (await state(ctx, await thread_of(ctx, proposal_id))).values
    assert json.loads(json.dumps(values)) == values
    blobs = await records.rows(ctx, "select blob from checkpoint_blobs where type = 'msgpack'")
    assert blobs
    for row in blobs:
        unpackb(row["blob"])  # raises for an extension type, which would carry a class


async def test_the_proposal_row_is_the_truth_not_the_thread(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    edited = records.with_text((await records.proposal(ctx, proposal_id)).payload, "Another text.\n")
    await client.proposals.edit(proposal_id, 1, edited)
    adapter = Adapter()
    seen: list[Json] = []

    async def perform(payload: Json, *, idempotency_key: str) -> Json:
        seen.append(payload)
        return {}

    adapter.perform = perform  # type: ignore[method-assign]
    here = having(ctx, adapter)
    await processing.execute_proposal(here, proposal_id, await approve(here, client, proposal_id))
    assert seen == [edited]


IN_STEPS = pytest.mark.parametrize("in_steps", [False, True], ids=["at once", "in steps"])


@IN_STEPS
async def test_a_run_writes_one_checkpoint_when_it_exits(ctx: Context, in_steps: bool) -> None:
    receipt = await deliver(ctx, failed())
    await processing.process_event(ctx, receipt.event_id, in_steps=in_steps)
    threads = await records.rows(ctx, "select thread_id from checkpoints")
    assert threads == [
        {"thread_id": f"event:{receipt.event_id}:card_update"}
    ]  # the other plays need no thread
    (event,) = await records.rows(ctx, "select outcome from events")
    plays = sorted(outcome["play"] for outcome in event["outcome"])
    assert plays == ["authenticate_payment", "card_update", "owner_alert"]
    [waiting] = await records.rows(
        ctx, "select count(*) as n from checkpoint_writes where channel = '__interrupt__'"
    )
    assert waiting["n"] == 1


async def test_an_event_and_all_that_it_leads_to_commit_in_one_transaction(ctx: Context) -> None:
    receipt = await deliver(ctx, failed())
    await processing.process_event(ctx, receipt.event_id)
    tables = ("events", "snapshots", "action_proposals", "proposal_events", "audit_log", "checkpoints")
    of_proposal = " where proposal_id is not null"
    transactions = {
        row["xmin"]
        for table in tables
        for row in await records.rows(
            ctx, f"select xmin::text from {table}{of_proposal if table == 'audit_log' else ''}"
        )
    }
    assert len(transactions) == 1


async def test_a_draft_that_fails_takes_the_whole_event_back(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = await deliver(ctx, failed())

    async def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no draft today")

    monkeypatch.setattr(drafting, "_persist", refuse)
    with pytest.raises(RuntimeError, match="no draft today"):
        await processing.process_event(ctx, receipt.event_id)
    assert await records.rows(ctx, "select 1 from snapshots") == []
    with pytest.raises(RuntimeError, match="no draft today"):
        await processing.process_event(ctx, receipt.event_id, in_steps=True)
    assert (
        len(await records.rows(ctx, "select 1 from snapshots")) == 1
    )  # the ledger has the event all the same
    assert await records.checkpoint_rows(ctx) == 0


class Killed(BaseException):
    """The process is killed at this point."""


@IN_STEPS
@pytest.mark.parametrize("node", ["check_runway", "analyze_spend", "reason", "draft_proposal", "finish"])
async def test_a_killed_run_repeats_its_nodes_and_ends_the_same(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, node: str, in_steps: bool
) -> None:
    receipt = await deliver(ctx, failed())
    at = {
        "check_runway": (facts.Reader, "gather"),
        "analyze_spend": (facts.Facts, "from_json"),
        "reason": (money, "draft_from_json"),
        "draft_proposal": (drafting, "_with_proposal"),
        "finish": (events, "finish"),
    }[node]

    def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(*at, kill)
        with pytest.raises(Killed):
            await processing.process_event(ctx, receipt.event_id, in_steps=in_steps)
    await processing.process_event(ctx, receipt.event_id, in_steps=in_steps)
    (one,) = await records.rows(ctx, "select id, version, status from action_proposals")
    assert (one["version"], one["status"]) == (1, "pending")
    assert await waits(ctx, one["id"])
    assert await records.transitions(ctx, one["id"]) == ["proposal.drafted"]
    async with ctx.connection() as conn:
        event = await events.get(conn, receipt.event_id)
    assert [entry["proposal"] for entry in records.results_of_play(event)] == [one["id"]]


async def test_a_run_killed_after_its_draft_was_persisted_finds_it(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await records.record_event(ctx, failed())
    draft = drafting.draft

    async def killed(*args: Any) -> Any:
        await draft(*args)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(drafting, "draft", killed)
        with pytest.raises(Killed):
            await runtime.run_play(ctx, event.id, PLAY)
    outcome = await runtime.run_play(ctx, event.id, PLAY)
    assert outcome["result"] == "known"
    assert await waits(ctx, outcome["proposal"])


async def test_a_run_that_breaks_leaves_no_rows(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    event = await records.record_event(ctx, failed())

    def broken(*_: Any) -> Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(money, "draft_from_json", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        await runtime.run_play(ctx, event.id, PLAY)
    assert await records.checkpoint_rows(ctx) == 0


async def test_execution_starts_an_empty_thread(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await delete_thread(ctx, await thread_of(ctx, proposal_id))
    await processing.execute_proposal(ctx, proposal_id, await approve(ctx, client, proposal_id))
    assert (await records.proposal(ctx, proposal_id)).status is Status.EXECUTED
    assert len(records.mails(ctx)) == 1


async def test_execution_continues_a_half_run_thread(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = await records.pending_id(ctx)
    approval = await approve(ctx, client, proposal_id)

    async def broken(*_: Any) -> Any:
        raise RuntimeError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(execution, "_begin", broken)
        with pytest.raises(RuntimeError):
            await processing.execute_proposal(ctx, proposal_id, approval)
    assert (await state(ctx, await thread_of(ctx, proposal_id))).next == ("execute",)
    await processing.execute_proposal(ctx, proposal_id, approval)
    assert (await records.proposal(ctx, proposal_id)).status is Status.EXECUTED
    assert len(records.mails(ctx)) == 1
    await closes(ctx, proposal_id)


async def test_a_half_run_thread_of_an_older_approval_performs_the_new_one(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = await records.pending_id(ctx)
    first = await approve(ctx, client, proposal_id)

    async def broken(*_: Any) -> Any:
        raise RuntimeError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(execution, "_begin", broken)
        with pytest.raises(RuntimeError):
            await processing.execute_proposal(ctx, proposal_id, first)
    await client.proposals.undo(proposal_id, 1)
    second = await approve(ctx, client, proposal_id)
    await processing.execute_proposal(ctx, proposal_id, first)
    assert records.mails(ctx) == []
    await processing.execute_proposal(ctx, proposal_id, second)
    assert (await records.proposal(ctx, proposal_id)).status is Status.EXECUTED
    assert len(records.mails(ctx)) == 1


async def test_a_thread_that_was_executed_performs_nothing_more(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = Adapter()
    here = having(ctx, adapter)
    proposal_id = await records.pending_id(here)
    approval = await approve(here, client, proposal_id)
    await processing.execute_proposal(here, proposal_id, approval)
    from_row = Proposal.from_row

    def still_approved(row: Json) -> Proposal:
        return from_row(row | {"status": Status.APPROVED})

    # The row looks as if it were still approved. The run that resumes the thread finds the truth under lock.
    monkeypatch.setattr(Proposal, "from_row", still_approved)
    monkeypatch.setattr(drafting, "effective", from_row)
    performed = await runtime.perform_approved(here, proposal_id, approval)
    assert performed.status == Status.EXECUTED
    assert adapter.asked == 1


async def test_an_executed_thread_keeps_no_further_checkpoint(ctx: Context, client: Client) -> None:
    """Nothing resumes it, so its last state is not saved; the job that closes it deletes the rest."""
    proposal_id = await records.pending_id(ctx)
    approval, before = await approve(ctx, client, proposal_id), await records.checkpoint_rows(ctx)
    await processing.execute_proposal(ctx, proposal_id, approval)
    assert await records.checkpoint_rows(ctx) == before > 0
    await closes(ctx, proposal_id)


@pytest.mark.parametrize(
    ("problem", "status"), [(RejectedError("no"), Status.FAILED), (AmbiguousError("hm"), Status.UNKNOWN)]
)
async def test_failed_and_unknown_wait_again_and_a_retry_resumes(
    ctx: Context, client: Client, problem: Exception, status: Status
) -> None:
    adapter = Adapter(problem)
    here = having(ctx, adapter)
    proposal_id = await records.pending_id(here)
    await processing.execute_proposal(here, proposal_id, await approve(here, client, proposal_id))
    assert (await records.proposal(here, proposal_id)).status is status
    assert await waits(here, proposal_id)
    await client.proposals.retry(proposal_id, 1)
    again = (await records.proposal(here, proposal_id)).approval_no
    await processing.execute_proposal(here, proposal_id, again)
    assert (await records.proposal(here, proposal_id)).status is Status.EXECUTED
    assert adapter.asked == 2
    await closes(here, proposal_id)


async def test_decisions_and_events_do_not_touch_the_thread(ctx: Context, client: Client) -> None:
    async def checkpoints() -> list[dict[str, Any]]:
        return await records.rows(ctx, "select thread_id, checkpoint_id from checkpoints order by 1, 2")

    ids = [
        await records.pending_id(ctx, invoice_id) for invoice_id in ("in_1", "in_2", "in_3", "in_4", "in_5")
    ]
    before = await checkpoints()
    assert len(before) == len(ids)
    await client.proposals.reject(ids[0], 1)
    await client.proposals.edit(
        ids[1], 1, records.with_text((await records.proposal(ctx, ids[1])).payload, "Edited.\n")
    )
    await client.proposals.approve(ids[2], 1)
    await client.proposals.undo(ids[2], 1)
    await records.expire(ctx, ids[3])
    await take_in(ctx, failed("in_2", attempt_count=2, **payer("cus_2")))  # coalesces, and writes the expiry
    await take_in(ctx, paid("in_5", **payer("cus_5")))  # supersedes
    statuses = [(await records.proposal(ctx, proposal_id)).status.value for proposal_id in ids]
    assert statuses == ["rejected", "pending", "pending", "expired", "superseded"]
    anew = f"event:4:card_update:{ids[3]}"  # in the place of the proposal that expired
    assert [row for row in await checkpoints() if row["thread_id"] != anew] == before


async def test_a_job_that_finds_nothing_approved_returns_before_resuming(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = await records.pending_id(ctx)
    approval = await approve(ctx, client, proposal_id)

    async def never(*_: Any) -> Any:
        raise AssertionError("the thread was run")

    monkeypatch.setattr(runtime, "_invoke", never)
    await client.proposals.undo(proposal_id, 1)
    await processing.execute_proposal(ctx, proposal_id, approval)
    await approve(ctx, client, proposal_id)  # the older approval's job still finds nothing
    await processing.execute_proposal(ctx, proposal_id, approval)
    await client.proposals.undo(proposal_id, 1)
    await client.proposals.reject(proposal_id, 1)
    await processing.execute_proposal(ctx, proposal_id, approval + 1)
    await processing.execute_proposal(ctx, 10**6, 1)


@pytest.mark.parametrize(
    "how", ["executed", "rejected", "superseded", "expired", "confirmed", "closed", "moot"]
)
async def test_every_end_enqueues_the_closing_that_deletes_all_rows(
    ctx: Context, client: Client, how: str
) -> None:
    proposal_id = await records.pending_id(ctx)
    thread = await thread_of(ctx, proposal_id)
    assert await records.checkpoint_rows(ctx) > 0
    here = having(ctx, Adapter(RejectedError("no"))) if how in {"confirmed", "closed"} else ctx
    if how == "rejected":
        await client.proposals.reject(proposal_id, 1)
    elif how == "superseded":
        await take_in(ctx, paid())
    elif how == "expired":
        await records.expire(ctx, proposal_id)
        await drafting.write_expiry(ctx, proposal_id)
    else:
        approval = await approve(ctx, client, proposal_id)
        if how == "moot":
            await records.record_event(ctx, paid())
        await processing.execute_proposal(here, proposal_id, approval)
    if how == "confirmed":
        await client.proposals.confirm(proposal_id, 1)
    elif how == "closed":
        await client.proposals.close(proposal_id, 1)
    assert [job["args"] for job in await records.jobs(ctx, "close_thread")] == [{"thread_id": thread}]
    await processing.close_thread(ctx, thread)
    assert await records.checkpoint_rows(ctx) == 0
    await processing.close_thread(ctx, thread)  # again: nothing left to do


async def test_a_coalesced_event_leaves_no_thread(ctx: Context) -> None:
    proposal_id = await records.pending_id(ctx)
    before = await records.checkpoint_rows(ctx)
    event = await take_in(ctx, failed(attempt_count=2))
    assert records.results_of_play(event) == [
        {"play": "card_update", "proposal": proposal_id, "result": "coalesced"}
    ]
    assert await records.checkpoint_rows(ctx) == before
    assert (await state(ctx, f"event:{event.id}:card_update")).values == {}


async def test_an_event_that_drafts_nothing_leaves_no_rows(ctx: Context) -> None:
    event = await take_in(ctx, failed(status="paid"))
    assert [outcome["result"] for outcome in event.outcome] == ["no proposal"] * 3
    assert await records.checkpoint_rows(ctx) == 0


async def test_a_coalesced_run_killed_before_its_cleaning_leaves_no_rows_either(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    await records.pending_id(ctx)
    before = await records.checkpoint_rows(ctx)
    event = await records.record_event(ctx, failed(attempt_count=2))

    async def kill(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(runtime, "delete_thread", kill)
        with pytest.raises(Killed):
            await runtime.run_play(ctx, event.id, PLAY)
    assert await records.checkpoint_rows(ctx) > before
    await runtime.run_play(ctx, event.id, PLAY)
    assert await records.checkpoint_rows(ctx) == before


async def test_nothing_before_an_interrupt_has_an_effect(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    before = await records.proposal(ctx, proposal_id)
    jobs = await records.jobs(ctx, "execute_proposal") + await records.jobs(ctx, "close_thread")
    graph, config = runtime._graph("money", saver(ctx.pool)), runtime._config(before.thread_id)
    for _ in range(2):  # the node runs up to its interrupt again
        await runtime._invoke(ctx, graph, config, None)
    assert await records.proposal(ctx, proposal_id) == before
    assert await records.jobs(ctx, "execute_proposal") + await records.jobs(ctx, "close_thread") == jobs
    assert await records.executions(ctx, proposal_id) == []
    assert records.mails(ctx) == []


async def test_a_second_run_of_a_thread_raises_busy(ctx: Context, client: Client) -> None:
    adapter = Adapter()
    adapter.go_on.clear()
    here = having(ctx, adapter)
    event = await take_in(here, failed())
    proposal_id = records.results_of_play(event)[0]["proposal"]
    approval = await approve(here, client, proposal_id)
    first = asyncio.create_task(processing.execute_proposal(here, proposal_id, approval))
    await adapter.entered.wait()
    with pytest.raises(BusyError):
        await processing.execute_proposal(here, proposal_id, approval)
    with pytest.raises(BusyError):
        await processing.close_thread(here, f"event:{event.id}:card_update")
    with pytest.raises(BusyError):
        await runtime.run_play(here, event.id, PLAY)
    adapter.go_on.set()
    await first
    await processing.execute_proposal(here, proposal_id, approval)
    assert adapter.asked == 1
    # The run has ended, so closing deletes all of its rows.
    await processing.close_thread(here, f"event:{event.id}:card_update")
    assert await records.checkpoint_rows(here) == 0


async def test_a_failed_run_releases_its_thread(ctx: Context) -> None:
    with pytest.raises(RuntimeError):
        async with thread_lock(ctx, "event:1:card_update"):
            raise RuntimeError
    async with thread_lock(ctx, "event:1:card_update"), thread_lock(ctx, "event:2:card_update"):
        pass


async def test_a_proposal_closed_while_its_event_is_still_run_leaves_no_rows(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await records.record_event(ctx, failed())
    drafted, go_on = asyncio.Event(), asyncio.Event()
    draft = drafting.draft

    async def slow(*args: Any) -> Any:
        drafted_proposal = await draft(*args)
        drafted.set()
        await go_on.wait()
        return drafted_proposal

    monkeypatch.setattr(drafting, "draft", slow)
    running = asyncio.create_task(runtime.run_play(ctx, event.id, PLAY))
    await drafted.wait()
    ((proposal_id, thread),) = [
        (row["id"], row["thread_id"])
        for row in await records.rows(ctx, "select id, thread_id from action_proposals")
    ]
    await client.proposals.reject(proposal_id, 1)
    with pytest.raises(BusyError):  # the closing job tries again shortly
        await processing.close_thread(ctx, thread)
    go_on.set()
    await running
    await processing.close_thread(ctx, thread)
    assert await records.checkpoint_rows(ctx) == 0


async def test_an_event_processed_again_after_its_proposal_ended_leaves_no_rows(
    ctx: Context, client: Client
) -> None:
    event = await take_in(ctx, failed())
    proposal_id = records.results_of_play(event)[0]["proposal"]
    await client.proposals.reject(proposal_id, 1)
    await processing.close_thread(ctx, await thread_of(ctx, proposal_id))
    await client.events.replay(event.id)
    await processing.process_event(ctx, event.id)
    assert await records.checkpoint_rows(ctx) == 0
    assert len(await records.rows(ctx, "select id from action_proposals")) == 1
