"""Execution: the status that follows from each answer of the other side, and from each death of the process."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.authority import policy
from execops.client import Client
from execops.context import Context
from execops.errors import (
    AdapterError,
    AmbiguousError,
    ConflictError,
    NotAcceptedError,
    RejectedError,
)
from execops.ingest import events
from execops.model import Json, Status
from execops.ports import Reconciliation
from execops.proposals import drafting, execution
from execops.text.log_lines import JsonLines
from tests import records
from tests.performing import CANNOT_TELL, NO, YES, Killed, Scripted, attempts, go, status
from tests.stripe_events import deliver, failed, paid, take_in


async def next_job(ctx: Context) -> dict[str, Any]:
    """Take the only waiting job from the queue."""
    (job,) = await records.jobs(ctx, "execute_proposal")
    await records.drop_jobs(ctx)
    return job


# Success


async def test_success_is_recorded_with_its_result(here: Context, adapter: Scripted, approved: int) -> None:
    assert await go(here, approved) is Status.EXECUTED
    (row,) = await records.executions(here, approved)
    assert (row["status"], row["result_json"], row["error"]) == ("succeeded", {"message_id": "sent"}, None)
    assert row["idempotency_key"] == await records.key(here, approved) == adapter.keys[0]
    assert len(await records.jobs(here, "close_thread")) == 1
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == ["perform"]


@pytest.mark.parametrize(
    ("error", "status", "level"),
    [
        (None, "executed", logging.INFO),
        (NotAcceptedError("later"), "executing", logging.INFO),
        (RejectedError("The address of billing@acme.example is wrong."), "failed", logging.WARNING),
        (AmbiguousError("no answer"), "unknown", logging.WARNING),
    ],
)
async def test_a_line_of_the_log_tells_what_became_of_an_action(
    here: Context,
    adapter: Scripted,
    approved: int,
    caplog: pytest.LogCaptureFixture,
    error: AdapterError | None,
    status: str,
    level: int,
) -> None:
    caplog.set_level(logging.INFO, processing.__name__)
    if error is not None:
        adapter.performs, adapter.reconciles = [error], [CANNOT_TELL]
    await processing.execute_proposal(here, approved, 1)
    [record] = caplog.records
    line = json.loads(JsonLines().format(record))
    assert (record.levelno, line["action"], line["proposal"]) == (level, f"action.{status}", approved)
    assert "acme" not in json.dumps(line)


async def test_no_transaction_is_open_while_the_adapter_performs(
    here: Context, adapter: Scripted, approved: int
) -> None:
    open_transactions: list[dict[str, Any]] = []

    async def perform(payload: Json, *, idempotency_key: str) -> Json:
        open_transactions.extend(
            await records.rows(
                here,
                "select state, query from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and xact_start is not null",
            )
        )
        return {}

    adapter.perform = perform  # type: ignore[method-assign]
    assert await go(here, approved) is Status.EXECUTED
    assert open_transactions == []


# Not accepted


async def test_an_action_that_is_not_accepted_is_tried_again_with_backoff_then_fails(
    here: Context, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    adapter.performs = [NotAcceptedError("connection refused")] * execution.MAX_ATTEMPTS
    delays = []
    assert await go(here, approved) is Status.EXECUTING
    for _ in range(execution.MAX_ATTEMPTS - 1):
        job = await next_job(here)
        delays.append(job["delay"])
        await processing.execute_proposal(here, **job["args"])
    assert delays == [pytest.approx(delay, abs=1) for delay in (2, 4, 8, 16)]
    proposal = await records.proposal(here, approved)
    assert (proposal.status, proposal.outcome) == (Status.FAILED, "connection refused (5 attempts)")
    assert await records.jobs(here, "execute_proposal") == []
    assert await attempts(here, approved) == [("failed", "connection refused")] * 5
    assert set(adapter.keys) == {await records.key(here, approved)}


async def test_jitter_spreads_the_attempts(here: Context, adapter: Scripted, approved: int) -> None:
    spread: Callable[[float, float], float] = random.uniform
    assert {round(spread(0.5, 1.5), 3) for _ in range(5)} != {1.0}
    adapter.performs = [NotAcceptedError("refused")]
    await go(here, approved)
    assert 0 < (await next_job(here))["delay"] <= 3


@pytest.mark.parametrize(("wish", "delay"), [(30.0, 30), (900.0, 900), (10**6, 3600), (-5.0, 0), (0.0, 0)])
async def test_the_next_attempt_waits_as_long_as_the_other_side_asks(
    here: Context, adapter: Scripted, approved: int, wish: float, delay: int
) -> None:
    adapter.performs = [NotAcceptedError("429", retry_after=wish)]
    await go(here, approved)
    assert (await next_job(here))["delay"] == pytest.approx(delay, abs=2)


async def test_an_action_may_succeed_at_a_later_attempt(
    here: Context, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [NotAcceptedError("busy"), NotAcceptedError("busy")]
    for _ in range(3):
        await go(here, approved)
    assert await status(here, approved) is Status.EXECUTED
    assert [result for result, _ in await attempts(here, approved)] == ["failed", "failed", "succeeded"]
    assert len(set(adapter.keys)) == 1


async def test_a_new_approval_starts_a_new_count_of_attempts(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [NotAcceptedError("busy")] * (execution.MAX_ATTEMPTS + 1)
    for _ in range(execution.MAX_ATTEMPTS):
        await go(here, approved)
    assert await status(here, approved) is Status.FAILED
    await client.proposals.retry(approved, 1)
    assert await go(here, approved) is Status.EXECUTING
    assert await go(here, approved) is Status.EXECUTED
    assert len(set(adapter.keys)) == 2


# Refused


@pytest.mark.parametrize("problem", [RejectedError("no such mailbox"), AdapterError("no such mailbox")])
async def test_a_permanent_refusal_fails_at_once(
    here: Context, adapter: Scripted, approved: int, problem: AdapterError
) -> None:
    adapter.performs = [problem]
    assert await go(here, approved) is Status.FAILED
    assert (await records.proposal(here, approved)).outcome == "no such mailbox"
    assert await attempts(here, approved) == [("failed", "no such mailbox")]
    assert await records.jobs(here, "execute_proposal") == []
    assert adapter.asked == ["perform"]


# Ambiguous


@pytest.mark.parametrize("problem", [AmbiguousError("timed out"), KeyError("a defect")])
async def test_an_ambiguous_action_that_happened_succeeds(
    here: Context, adapter: Scripted, approved: int, problem: Exception
) -> None:
    adapter.performs, adapter.reconciles = [problem], [YES]
    assert await go(here, approved) is Status.EXECUTED
    (row,) = await records.executions(here, approved)
    assert (row["status"], row["result_json"]) == ("succeeded", {"message_id": "found"})
    assert adapter.asked == ["perform", "reconcile"]


async def test_an_ambiguous_action_that_did_not_happen_is_performed_again(
    here: Context, adapter: Scripted, approved: int
) -> None:
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [NO]
    assert await go(here, approved) is Status.EXECUTING
    assert 0 < (await next_job(here))["delay"] <= 3
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == ["perform", "reconcile", "perform"]
    assert await attempts(here, approved) == [("failed", "timed out"), ("succeeded", None)]


@pytest.mark.parametrize("answer", [CANNOT_TELL, NotAcceptedError("down"), KeyError("a defect")])
async def test_an_action_with_an_unknown_outcome_goes_back_to_a_person(
    here: Context, adapter: Scripted, approved: int, answer: Reconciliation | Exception
) -> None:
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [answer]
    assert await go(here, approved) is Status.UNKNOWN
    assert await attempts(here, approved) == [("unknown", "timed out")]
    assert await records.jobs(here, "execute_proposal") == []
    assert await go(here, approved) is Status.UNKNOWN
    assert adapter.asked == ["perform", "reconcile"]


@pytest.mark.parametrize(
    ("answer", "then"),
    [(YES, ["reconcile"]), (NO, ["reconcile", "perform"]), (CANNOT_TELL, ["reconcile", "perform"])],
)
async def test_a_retry_after_unknown_reconciles_first(
    here: Context, client: Client, adapter: Scripted, approved: int, answer: Reconciliation, then: list[str]
) -> None:
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL, answer]
    await go(here, approved)
    adapter.asked.clear()
    await client.proposals.retry(approved, 1)
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == then
    assert len(set(adapter.keys)) == 1


# The process dies


@pytest.mark.parametrize(
    ("answer", "asked", "ended"),
    [
        (YES, ["perform", "reconcile"], Status.EXECUTED),
        (NO, ["perform", "reconcile"], Status.EXECUTING),
        (CANNOT_TELL, ["perform", "reconcile"], Status.UNKNOWN),
    ],
)
async def test_a_process_that_died_while_performing_reconciles(
    here: Context, adapter: Scripted, approved: int, answer: Reconciliation, asked: list[str], ended: Status
) -> None:
    adapter.performs, adapter.reconciles = [Killed()], [answer]
    with pytest.raises(Killed):
        await go(here, approved)
    assert await attempts(here, approved) == [("running", None)]
    assert await go(here, approved) is ended
    assert adapter.asked == asked
    if ended is Status.EXECUTING:  # the next attempt need not wait
        assert (await next_job(here))["delay"] == 0
        assert await go(here, approved) is Status.EXECUTED
        assert len(set(adapter.keys)) == 1


async def test_a_process_that_died_before_performing_performs_once(
    here: Context, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def kill(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(execution, "_perform", kill)
        with pytest.raises(Killed):
            await go(here, approved)
    adapter.reconciles = [NO]
    assert await go(here, approved) is Status.EXECUTING
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == ["reconcile", "perform"]


async def test_a_process_that_died_after_performing_does_not_send_again(
    here: Context, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(execution, "_finish", kill)
        with pytest.raises(Killed):
            await go(here, approved)
    adapter.reconciles = [YES]
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == ["perform", "reconcile"]


async def test_the_outbox_delivers_once_even_if_the_process_dies(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)

    async def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(execution, "_finish", kill)
        with pytest.raises(Killed):
            await go(ctx, proposal_id)
    assert await go(ctx, proposal_id) is Status.EXECUTED
    assert len(records.mails(ctx)) == 1


# Checked at every attempt

Change = Callable[[Context, Client, Scripted], Any]


async def _forbid(ctx: Context, client: Client, _: Scripted) -> None:
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.set_allowed(conn, client.operator, "action", "email", allowed=False, why=None)


async def _suppress(ctx: Context, client: Client, _: Scripted) -> None:
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.suppress(conn, client.operator, "cus_1", None)


async def _invalidate(_: Context, __: Client, adapter: Scripted) -> None:
    adapter.refuses = "The mail's to is empty."


REFUSALS: list[tuple[Change, str]] = [
    (_forbid, "refused at send: email is not allowed"),
    (_invalidate, "refused at send: The mail's to is empty."),
]


@pytest.mark.parametrize(("change", "why"), REFUSALS)
@pytest.mark.parametrize("at", ["first", "later"])
async def test_an_action_that_is_no_longer_allowed_is_refused_at_every_attempt(
    here: Context, client: Client, adapter: Scripted, approved: int, change: Change, why: str, at: str
) -> None:
    if at == "later":
        adapter.performs = [NotAcceptedError("busy")]
        assert await go(here, approved) is Status.EXECUTING
    adapter.asked.clear()
    await change(here, client, adapter)
    assert await go(here, approved) is Status.FAILED
    assert (await records.proposal(here, approved)).outcome == why
    assert adapter.asked == []


async def _pay(ctx: Context, _: Client, __: Scripted) -> None:
    await records.record_event(ctx, paid())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_pay, "moot before it was sent: invoice ACME-0001 is paid"),
        (_suppress, "cus_1 is never to be contacted"),
    ],
)
@pytest.mark.parametrize("at", ["first", "later"])
async def test_a_moot_proposal_is_superseded_at_every_attempt(
    here: Context, client: Client, adapter: Scripted, approved: int, change: Change, why: str, at: str
) -> None:
    if at == "later":
        adapter.performs = [NotAcceptedError("busy")]
        assert await go(here, approved) is Status.EXECUTING
    adapter.asked.clear()
    await change(here, client, adapter)
    assert await go(here, approved) is Status.SUPERSEDED
    assert (await records.proposal(here, approved)).outcome == why
    assert adapter.asked == []
    assert len(await records.jobs(here, "close_thread")) == 1


async def test_an_execution_processes_waiting_events_of_the_subject_first(
    here: Context, adapter: Scripted, approved: int
) -> None:
    receipt = await deliver(here, paid())
    assert await go(here, approved) is Status.SUPERSEDED
    assert adapter.asked == []
    async with here.connection() as conn:
        assert (await events.get(conn, receipt.event_id)).status == "processed"


async def test_an_execution_waits_for_an_uncommitted_payment(
    here: Context, adapter: Scripted, approved: int
) -> None:
    """The payment has not locked the customer yet: the invoice that the proposal covers is what both lock."""
    receipt = await deliver(here, paid())
    async with here.transaction() as conn:
        await records.record(conn, receipt.event_id)
        running = asyncio.create_task(
            execution.execute(here, approved, (await records.proposal(here, approved)).approval_no)
        )
        await records.until_blocked(here)
    assert await running is Status.SUPERSEDED
    assert adapter.asked == []


async def test_a_pause_stops_the_next_attempt(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [NotAcceptedError("busy")]
    await go(here, approved)
    await client.deployment.pause()
    await records.drop_jobs(here)
    assert await go(here, approved) is Status.EXECUTING
    assert adapter.asked == ["perform"]
    assert await client.deployment.resume() == 1
    await processing.execute_proposal(here, **(await next_job(here))["args"])
    assert await status(here, approved) is Status.EXECUTED


async def test_a_dead_attempt_is_reconciled_during_a_pause(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs, adapter.reconciles = [Killed()], [YES]
    with pytest.raises(Killed):
        await go(here, approved)
    await client.deployment.pause()
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == ["perform", "reconcile"]


async def test_a_send_that_the_database_refuses_fails(
    here: Context, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> Any:
        raise ConflictError("no person approved exactly this payload")

    monkeypatch.setattr(execution, "_send_start", refuse)
    assert await go(here, approved) is Status.FAILED
    assert (await records.proposal(here, approved)).outcome == (
        "refused at send: no person approved exactly this payload"
    )
    assert adapter.asked == []


async def test_an_attempt_without_an_adapter_goes_back_to_a_person(
    here: Context, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [Killed()]
    with pytest.raises(Killed):
        await go(here, approved)
    assert await go(replace(here, adapters={}), approved) is Status.UNKNOWN


async def test_only_the_latest_approval_is_performed(
    here: Context, client: Client, adapter: Scripted
) -> None:
    proposal_id = await records.pending_id(here)
    for approval in (0, 1):
        assert await execution.execute(here, proposal_id, approval) is Status.PENDING
    await client.proposals.approve(proposal_id, 1)
    assert await execution.execute(here, proposal_id, 2) is Status.APPROVED
    await client.proposals.undo(proposal_id, 1)
    await take_in(here, failed(attempt_count=2))
    await client.proposals.approve(proposal_id, 2)
    assert await execution.execute(here, proposal_id, 1) is Status.APPROVED
    assert adapter.asked == []
    assert await execution.execute(here, proposal_id, 2) is Status.EXECUTED
    assert adapter.keys == [await records.key(here, proposal_id, 2, 2)]


async def test_the_trail_shows_every_attempt(here: Context, adapter: Scripted, approved: int) -> None:
    adapter.performs = [NotAcceptedError("busy")]
    await go(here, approved)
    await go(here, approved)
    assert (await records.transitions(here, approved))[2:] == [
        "execution.started",
        "proposal.executing",
        "execution.failed",
        "execution.started",
        "execution.succeeded",
        "proposal.executed",
    ]


async def test_nothing_is_performed_for_a_proposal_that_ended(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    await client.proposals.undo(approved, 1)
    await client.proposals.reject(approved, 1)
    assert await execution.execute(here, approved, 1) is Status.REJECTED
    await records.expire(here, other := await records.pending_id(here, "in_2"))
    assert await execution.execute(here, other, 0) is Status.EXPIRED
    await drafting.write_expiry(here, other)
    assert adapter.asked == []
