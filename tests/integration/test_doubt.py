"""Doubt: once an attempt may have gone out, only an answer of the other side or a person ends the doubt."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.authority import policy
from execops.client import Client
from execops.context import Context
from execops.errors import AmbiguousError, ConflictError, NotAcceptedError, RejectedError
from execops.model import Status
from execops.ports import Happened, Reconciliation
from execops.proposals import execution
from tests import records
from tests.performing import CANNOT_TELL, NO, YES, Killed, Scripted, attempts, go, status
from tests.stripe_events import failed, paid, take_in

Change = Callable[[Context, Client, Scripted], Awaitable[object]]


@pytest.fixture
async def unknown(here: Context, adapter: Scripted, approved: int) -> int:
    """The id of a proposal whose only attempt may have gone out."""
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL]
    assert await go(here, approved) is Status.UNKNOWN
    adapter.asked.clear()
    return approved


async def _retry(ctx: Context, client: Client, proposal_id: int) -> Status:
    """A person retries, and the job of the retry runs to its end."""
    await client.proposals.retry(proposal_id, 1)
    while (await go(ctx, proposal_id)) is Status.EXECUTING:
        pass
    await records.drop_jobs(ctx)
    return await status(ctx, proposal_id)


SURE_FAILURES: dict[str, list[BaseException]] = {
    "refused": [RejectedError("mailbox is full")],
    "never accepted": [NotAcceptedError("busy")] * execution.MAX_ATTEMPTS,
    "refused after a busy answer": [NotAcceptedError("busy"), RejectedError("mailbox is full")],
    "ambiguous again": [AmbiguousError("timed out")],
}


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("failure", SURE_FAILURES)
async def test_a_later_failure_does_not_end_the_doubt(
    here: Context, client: Client, adapter: Scripted, unknown: int, failure: str, times: int
) -> None:
    adapter.reconciles = [CANNOT_TELL] * 40
    for _ in range(times):
        adapter.performs = list(SURE_FAILURES[failure])
        assert await _retry(here, client, unknown) is Status.UNKNOWN
    proposal = await records.proposal(here, unknown)
    assert (proposal.version, proposal.approval_no) == (1, 1)
    with pytest.raises(ConflictError, match="unknown"):
        await client.proposals.edit(unknown, 1, records.with_text(proposal.payload, "Hello"))
    adapter.performs.clear()
    assert await _retry(here, client, unknown) is Status.EXECUTED
    assert set(adapter.keys) == {await records.key(here, unknown)}


async def test_the_conflict_of_an_edit_says_why(
    here: Context, client: Client, adapter: Scripted, unknown: int
) -> None:
    adapter.performs, adapter.reconciles = [RejectedError("mailbox is full")], [CANNOT_TELL]
    await _retry(here, client, unknown)
    payload = records.with_text((await records.proposal(here, unknown)).payload, "Hello")
    with pytest.raises(ConflictError, match="mailbox is full; an earlier attempt may have gone out"):
        await client.proposals.edit(unknown, 1, payload)


async def test_each_retry_has_all_its_attempts(
    here: Context, client: Client, adapter: Scripted, unknown: int
) -> None:
    for _ in range(2):
        adapter.asked.clear()
        adapter.performs, adapter.reconciles = [NotAcceptedError("busy")] * 9, [CANNOT_TELL] * 9
        assert await _retry(here, client, unknown) is Status.UNKNOWN
        assert adapter.asked.count("perform") == execution.MAX_ATTEMPTS


@pytest.mark.parametrize("killed", [False, True])
async def test_an_answer_that_none_went_out_ends_the_doubt(
    here: Context, client: Client, adapter: Scripted, unknown: int, killed: bool
) -> None:
    if killed:  # the retry dies while it performs; the answer comes with the takeover
        adapter.performs, adapter.reconciles = [Killed(), RejectedError("no")], [CANNOT_TELL, NO]
        await client.proposals.retry(unknown, 1)
        with pytest.raises(Killed):
            await go(here, unknown)
        assert await go(here, unknown) is Status.EXECUTING
        assert await go(here, unknown) is Status.FAILED
    else:
        adapter.performs, adapter.reconciles = [RejectedError("no")], [NO]
        assert await _retry(here, client, unknown) is Status.FAILED
    assert "reconcile" not in adapter.asked[-1:]
    payload = records.with_text((await records.proposal(here, unknown)).payload, "Hello")
    assert (await client.proposals.edit(unknown, 1, payload)).status is Status.PENDING
    await client.proposals.approve(unknown, 2)
    assert await go(here, unknown) is Status.EXECUTED
    assert adapter.keys[-1] == await records.key(here, unknown, 2, 2)


async def test_a_doubt_about_the_retry_itself_stays(
    here: Context, client: Client, adapter: Scripted, unknown: int
) -> None:
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [NO, CANNOT_TELL]
    assert await _retry(here, client, unknown) is Status.UNKNOWN
    adapter.performs, adapter.reconciles = [RejectedError("no")], [CANNOT_TELL]
    assert await _retry(here, client, unknown) is Status.UNKNOWN


# Facts that change meanwhile


@pytest.mark.parametrize("retried", [False, True])
async def test_a_payment_leaves_the_question_to_a_person_and_is_credited(
    here: Context, client: Client, adapter: Scripted, unknown: int, retried: bool
) -> None:
    if retried:
        adapter.performs, adapter.reconciles = [RejectedError("mailbox is full")], [CANNOT_TELL]
        await _retry(here, client, unknown)
    event = await take_in(here, paid(created=int(time.time()) + 5))
    assert await status(here, unknown) is Status.UNKNOWN
    assert all(outcome["result"] != "superseded" for outcome in event.outcome)
    assert (await client.proposals.confirm(unknown, 1)).status is Status.EXECUTED
    (job,) = await records.jobs(here, "close_thread")
    await processing.close_thread(here, **job["args"])
    assert [row["amount_minor"] for row in await records.rows(here, "select * from recoveries")] == [4900]


async def _pay(ctx: Context, _: Client, __: Scripted) -> None:
    await records.record_event(ctx, paid())


async def _suppress(ctx: Context, client: Client, _: Scripted) -> None:
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.suppress(conn, client.operator, "cus_1", None)


async def _forbid(ctx: Context, client: Client, _: Scripted) -> None:
    async with ctx.transaction(records.actor_of(client)) as conn:
        await policy.set_allowed(conn, client.operator, "action", "email", allowed=False, why=None)


async def _invalidate(_: Context, __: Client, adapter: Scripted) -> None:
    adapter.refuses = "The mail's to is empty."


async def _owe_more(ctx: Context, _: Client, __: Scripted) -> None:
    await records.record_event(ctx, failed(amount_due=490000, amount_remaining=490000))


CHANGES: dict[str, tuple[Change, Status]] = {
    "paid": (_pay, Status.SUPERSEDED),
    "suppressed": (_suppress, Status.SUPERSEDED),
    "forbidden": (_forbid, Status.FAILED),
    "invalid": (_invalidate, Status.FAILED),
    "another amount": (_owe_more, Status.PENDING),
}


@pytest.mark.parametrize("answer", [YES, NO, CANNOT_TELL])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_retry_that_must_not_be_sent_asks_whether_the_first_one_was(
    here: Context, client: Client, adapter: Scripted, unknown: int, change: str, answer: Reconciliation
) -> None:
    happens, settled = CHANGES[change]
    await client.proposals.retry(unknown, 1)
    await happens(here, client, adapter)
    adapter.reconciles = [answer]
    ended = await go(here, unknown)
    assert adapter.asked == ["reconcile"]
    assert ended is {Happened.YES: Status.EXECUTED, Happened.NO: settled}.get(answer.happened, Status.UNKNOWN)
    if answer is CANNOT_TELL:
        assert "an earlier attempt may have gone out" in str((await records.proposal(here, unknown)).outcome)
        assert (await client.proposals.close(unknown, 1)).status is Status.REJECTED


async def test_a_retry_without_an_adapter_stays_in_doubt(
    here: Context, client: Client, adapter: Scripted, unknown: int
) -> None:
    await client.proposals.retry(unknown, 1)
    assert await go(replace(here, adapters={}), unknown) is Status.UNKNOWN
    assert (await attempts(here, unknown))[-1][0] == "unknown"


async def test_a_retry_that_the_database_refuses_stays_in_doubt(
    here: Context, client: Client, adapter: Scripted, unknown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> Any:
        raise ConflictError("no person approved exactly this payload")

    await client.proposals.retry(unknown, 1)
    monkeypatch.setattr(execution, "_send_start", refuse)
    assert await go(here, unknown) is Status.UNKNOWN
    assert "no person approved exactly this payload; an earlier attempt" in str(
        (await records.proposal(here, unknown)).outcome
    )
