"""A restored database, and a new one beside an old outbox: nothing counts as sent that was not sent, or is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from execops.client import Client
from execops.context import Context
from execops.db import app_role
from execops.db.binaries import find_install
from execops.db.embedded import app_url
from execops.errors import AmbiguousError, ConflictError, NotAcceptedError, NotAllowedError, RejectedError
from execops.model import Role, Status
from execops.money import Money
from execops.proposals import restoring
from execops.settings import Secret
from jobs.bootstrap import migrate, open_context
from tests import records
from tests.conftest import MakeSettings
from tests.databases import with_database
from tests.job_worker import drained, until_status, working
from tests.performing import CANNOT_TELL, NO, YES, Killed, Scripted, attempts, go, status

DOUBT = "the database was restored, and this may have been performed after the backup"
NOTE = "the database was restored: look whether this was done after the backup"
Beside = Callable[[str | None], Awaitable[tuple[Context, Client]]]


@pytest.fixture
async def beside(
    postgres: str, maintenance: psycopg.Connection, make_settings: MakeSettings, founder_token: Secret
) -> AsyncIterator[Beside]:
    """A function that makes a further database beside the outbox of this test; returns it with its founder's client.

    It restores the dump that it is given, or else migrates an empty database.
    """
    names: list[str] = []
    async with AsyncExitStack() as stack:

        async def make(dump: str | None) -> tuple[Context, Client]:
            names.append(f"beside_{uuid4().hex}")
            maintenance.execute(f"create database {names[-1]}".encode())
            url = with_database(postgres, names[-1])
            if dump is not None:
                await postgres_tool("pg_restore", "--exit-on-error", f"--dbname={url}", dump)
            settings = make_settings(database_url=Secret(app_url(url)))
            ctx = replace(await stack.enter_async_context(open_context(settings)), owner_url=Secret(url))
            token = (await migrate(ctx, app_role.NAME)).founder_token or founder_token
            return ctx, await Client.login(ctx, token)

        yield make
    for name in names:
        maintenance.execute(f"drop database {name} with (force)".encode())


async def postgres_tool(name: str, *arguments: str) -> None:
    """Run a program of Postgres to its end."""
    program = find_install(Path()) / "bin" / name
    process = await asyncio.create_subprocess_exec(str(program), *arguments)
    assert await process.wait() == 0


@pytest.fixture
def back_up(tmp_path: Path) -> Callable[[Context], Awaitable[str]]:
    """A function that dumps a database; returns the file."""

    async def dump(ctx: Context) -> str:
        file = str(tmp_path / f"{uuid4().hex}.dump")
        await postgres_tool("pg_dump", "--format=custom", f"--file={file}", ctx.owner_url.reveal())
        return file

    return dump


async def approved_id(ctx: Context, client: Client, invoice: str = "in_1") -> int:
    """The id of an approved proposal about this invoice, whose job was dropped."""
    proposal_id = await records.pending_id(ctx, invoice)
    await client.proposals.approve(proposal_id, 1)
    await records.drop_jobs(ctx)
    return proposal_id


async def deployment_id(ctx: Context) -> str:
    (row,) = await records.rows(ctx, "select deployment_id from deployments")
    return str(row["deployment_id"])


async def outcome(ctx: Context, proposal_id: int) -> str | None:
    return (await records.proposal(ctx, proposal_id)).outcome


def recipients(ctx: Context) -> list[str]:
    """The addresses of the mails in the outbox."""
    lines = [line for path in records.mails(ctx) for line in path.read_text().splitlines()]
    return sorted(line.removeprefix("To: ") for line in lines if line.startswith("To: "))


# Two databases beside one outbox


async def test_a_new_database_beside_an_old_outbox_sends_its_own_mails(
    ctx: Context, client: Client, beside: Beside
) -> None:
    old_id = await approved_id(ctx, client, "in_1")
    assert await go(ctx, old_id) is Status.EXECUTED
    new, founder = await beside(None)
    new_id = await approved_id(new, founder, "in_2")
    assert new_id == old_id
    assert await go(new, new_id) is Status.EXECUTED
    assert len(records.mails(ctx)) == len(set(recipients(ctx))) == 2
    assert await deployment_id(new) != await deployment_id(ctx)


@pytest.mark.parametrize("died", [False, True])
async def test_a_copy_that_nobody_declared_never_takes_the_message_of_another_for_its_own(
    ctx: Context,
    client: Client,
    beside: Beside,
    back_up: Callable[[Context], Awaitable[str]],
    died: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy, founder = await beside(await back_up(ctx))
    theirs = await approved_id(ctx, client, "in_1")
    assert await go(ctx, theirs) is Status.EXECUTED
    ours = await approved_id(copy, founder, "in_2")
    assert await records.key(ctx, theirs) == await records.key(copy, ours)
    if died:  # before it sent anything: only the other's message lies under the key

        async def die(*_: Any, **__: Any) -> None:
            raise Killed

        monkeypatch.setattr(copy.adapters["email"], "perform", die)
        with pytest.raises(Killed):
            await go(copy, ours)
        monkeypatch.undo()
    assert await go(copy, ours) is Status.UNKNOWN
    assert len(records.mails(ctx)) == 1
    await founder.proposals.retry(ours, 1)
    assert await go(copy, ours) is Status.UNKNOWN
    assert len(records.mails(ctx)) == 1
    assert "execops db restored" in str(await outcome(copy, ours))


async def test_a_copy_that_is_declared_sends_its_own(
    ctx: Context, client: Client, beside: Beside, back_up: Callable[[Context], Awaitable[str]]
) -> None:
    copy, founder = await beside(await back_up(ctx))
    assert await go(ctx, await approved_id(ctx, client, "in_1")) is Status.EXECUTED
    await founder.deployment.restored()
    assert await go(copy, await approved_id(copy, founder, "in_2")) is Status.EXECUTED
    assert len(set(recipients(ctx))) == 2


# A database restored from a backup


@pytest.mark.parametrize("sent", [True, False])
async def test_an_approval_in_the_backup_is_asked_about_and_sent_once(
    ctx: Context,
    client: Client,
    beside: Beside,
    back_up: Callable[[Context], Awaitable[str]],
    sent: bool,
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)  # its job waits in the backup
    dump = await back_up(ctx)
    if sent:
        assert await go(ctx, proposal_id) is Status.EXECUTED
    restored, founder = await beside(dump)
    assert (await founder.deployment.restored()).unknown == 1
    assert await status(restored, proposal_id) is Status.UNKNOWN
    assert await attempts(restored, proposal_id) == [("unknown", DOUBT)]
    assert await outcome(restored, proposal_id) == DOUBT
    assert await go(restored, proposal_id) is Status.UNKNOWN  # the job of the backup
    assert len(records.mails(ctx)) == sent
    await founder.proposals.retry(proposal_id, 1)
    assert await go(restored, proposal_id) is Status.EXECUTED
    assert len(records.mails(ctx)) == 1
    keys = {row["idempotency_key"] for row in await records.executions(restored, proposal_id)}
    assert keys == {await records.key(ctx, proposal_id)}
    assert (await founder.audit.verify()).ok


async def test_a_worker_that_starts_too_early_finds_what_was_sent(
    ctx: Context, client: Client, beside: Beside, back_up: Callable[[Context], Awaitable[str]]
) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    dump = await back_up(ctx)
    assert await go(ctx, proposal_id) is Status.EXECUTED
    restored, founder = await beside(dump)
    async with working(restored):
        await until_status(founder, proposal_id, Status.EXECUTED)
    assert len(records.mails(ctx)) == 1
    answer = await founder.deployment.restored()
    assert (answer.unknown, answer.noted) == (0, 0)


async def test_a_worker_performs_nothing_of_the_backup(
    ctx: Context, client: Client, beside: Beside, back_up: Callable[[Context], Awaitable[str]]
) -> None:
    ids = [await records.pending_id(ctx, f"in_{number}") for number in range(3)]
    for proposal_id in ids:
        await client.proposals.approve(proposal_id, 1)
    restored, founder = await beside(await back_up(ctx))
    assert (await founder.deployment.restored()).unknown == 3
    async with working(restored):
        await drained(restored)
    assert [await status(restored, proposal_id) for proposal_id in ids] == [Status.UNKNOWN] * 3
    assert records.mails(ctx) == []


async def test_a_proposal_that_was_pending_in_the_backup_says_that_it_may_be_done(
    ctx: Context, client: Client, beside: Beside, back_up: Callable[[Context], Awaitable[str]]
) -> None:
    proposal_id = await records.pending_id(ctx)
    dump = await back_up(ctx)
    await client.proposals.approve(proposal_id, 1)
    assert await go(ctx, proposal_id) is Status.EXECUTED
    restored, founder = await beside(dump)
    answer = await founder.deployment.restored()
    assert (answer.unknown, answer.noted) == (0, 1)
    assert await status(restored, proposal_id) is Status.PENDING
    assert await outcome(restored, proposal_id) == NOTE
    await founder.proposals.approve(proposal_id, 1)  # a person looked, and wants it again
    assert await outcome(restored, proposal_id) is None
    assert await go(restored, proposal_id) is Status.EXECUTED
    assert len(records.mails(ctx)) == 2


# Each status


async def test_a_retry_after_unknown_keeps_its_key_across_a_restore(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    key = await records.key(here, approved)
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL]
    assert await go(here, approved) is Status.UNKNOWN
    answer = await client.deployment.restored()
    assert (answer.unknown, answer.noted) == (0, 0)
    await client.proposals.retry(approved, 1)
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL, CANNOT_TELL]
    assert await go(here, approved) is Status.UNKNOWN
    await client.proposals.retry(approved, 1)
    assert (await client.deployment.restored()).unknown == 1  # the retry was approved, and had not begun
    await client.proposals.retry(approved, 1)
    adapter.reconciles = [YES]
    assert await go(here, approved) is Status.EXECUTED
    assert set(adapter.keys) == {key}
    assert {row["idempotency_key"] for row in await records.executions(here, approved)} == {key}


async def test_an_attempt_that_waits_for_the_next_is_asked_about(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [NotAcceptedError("busy")]
    assert await go(here, approved) is Status.EXECUTING
    assert (await client.deployment.restored()).unknown == 1
    assert await go(here, approved) is Status.UNKNOWN  # the job of the next attempt
    assert await attempts(here, approved) == [("failed", "busy"), ("unknown", DOUBT)]
    assert adapter.asked == ["perform"]
    await client.proposals.retry(approved, 1)
    adapter.reconciles = [NO]
    assert await go(here, approved) is Status.EXECUTED
    assert len(set(adapter.keys)) == 1


async def test_an_attempt_that_ran_at_the_backup_becomes_the_doubt(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [Killed()]
    with pytest.raises(Killed):
        await go(here, approved)
    assert (await client.deployment.restored()).unknown == 1
    assert await attempts(here, approved) == [("unknown", DOUBT)]
    assert await go(here, approved) is Status.UNKNOWN
    assert adapter.asked == ["perform"]
    assert (await client.proposals.confirm(approved, 1)).status is Status.EXECUTED


@pytest.mark.parametrize("tried", [False, True])
async def test_an_approval_that_is_not_enough_any_more_is_asked_for_again(
    here: Context, client: Client, adapter: Scripted, approved: int, tried: bool
) -> None:
    if tried:
        adapter.performs = [NotAcceptedError("busy")]
        assert await go(here, approved) is Status.EXECUTING
    await client.operators.add("bob", Role.OPS)
    await client.policies.set_second_approval(Money(4000, "USD"))
    answer = await client.deployment.restored()
    assert (answer.unknown, answer.noted) == (0, 1)
    assert await status(here, approved) is Status.PENDING
    assert await outcome(here, approved) == f"asked again: more operators have to approve it now; {NOTE}"
    assert await go(here, approved) is Status.PENDING  # the job of the backup
    assert (await client.audit.verify()).ok


async def test_an_action_that_may_be_out_stays_unknown_where_its_retry_is_not_enough_any_more(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs, adapter.reconciles = [AmbiguousError("timed out")], [CANNOT_TELL]
    assert await go(here, approved) is Status.UNKNOWN
    await client.proposals.retry(approved, 1)
    await client.operators.add("bob", Role.OPS)
    await client.policies.set_second_approval(Money(4000, "USD"))
    answer = await client.deployment.restored()
    assert (answer.unknown, answer.noted) == (1, 0)
    assert (await status(here, approved), await outcome(here, approved)) == (Status.UNKNOWN, DOUBT)
    assert await attempts(here, approved) == [("unknown", "timed out")]


async def test_a_failed_proposal_says_that_it_may_be_done_and_takes_a_key_of_the_new_id(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    adapter.performs = [RejectedError("mailbox is full")]
    assert await go(here, approved) is Status.FAILED
    before = await records.key(here, approved)
    assert (await client.deployment.restored()).noted == 1
    assert await outcome(here, approved) == f"mailbox is full; {NOTE}"
    await client.proposals.retry(approved, 1)
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.keys == [before, await records.key(here, approved, approval=2)]


async def test_an_ended_proposal_stays_as_it_is(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    assert await go(here, approved) is Status.EXECUTED
    rejected = await records.pending_id(here, "in_2")
    await client.proposals.reject(rejected, 1)
    before = [await records.proposal(here, proposal_id) for proposal_id in (approved, rejected)]
    answer = await client.deployment.restored()
    assert (answer.unknown, answer.noted) == (0, 0)
    assert before == [await records.proposal(here, proposal_id) for proposal_id in (approved, rejected)]


async def test_a_second_run_renews_the_id_and_asks_nothing_again(
    here: Context, client: Client, approved: int
) -> None:
    await records.pending_id(here, "in_2")
    was = await deployment_id(here)
    first, second = await client.deployment.restored(), await client.deployment.restored()
    assert (first.previous_id, first.deployment_id) == (was, second.previous_id)
    assert len({was, first.deployment_id, second.deployment_id}) == 3
    assert (await deployment_id(here)) == second.deployment_id
    assert (first.unknown, first.noted, second.unknown, second.noted) == (1, 1, 0, 0)
    assert await attempts(here, approved) == [("unknown", DOUBT)]


async def test_two_runs_at_once_follow_each_other(here: Context, client: Client, approved: int) -> None:
    answers = await asyncio.gather(*[client.deployment.restored() for _ in range(4)])
    assert sorted(answer.unknown for answer in answers) == [0, 0, 0, 1]
    assert len({answer.deployment_id for answer in answers}) == 4
    assert await attempts(here, approved) == [("unknown", DOUBT)]


async def test_the_audit_log_says_who_and_which_ids(here: Context, client: Client, approved: int) -> None:
    answer = await client.deployment.restored()
    entries = [row.entry for row in await client.audit.latest(10)]
    [entry] = [entry for entry in entries if entry.action == "deployment.restored"]
    assert (entry.actor_type, entry.actor_id) == ("user", str(client.operator.id))
    assert entry.metadata_json == {"deployment_id": answer.deployment_id, "previous_id": answer.previous_id}
    [unknown] = [entry for entry in entries if entry.action == "proposal.unknown"]
    assert (unknown.actor_id, unknown.proposal_id) == (str(client.operator.id), approved)
    assert (await client.audit.verify()).ok


@pytest.mark.parametrize("role", [Role.OPS, Role.VIEWER, Role.SERVICE])
async def test_only_a_founder_may(here: Context, approved: int, role: Role) -> None:
    was = await deployment_id(here)
    with pytest.raises(NotAllowedError, match="Only a founder may say that the database was restored"):
        await (await records.new_client(here, "Ada", role)).deployment.restored()
    assert (await status(here, approved), await deployment_id(here)) == (Status.APPROVED, was)


# A worker that runs meanwhile


async def test_the_result_of_an_attempt_that_runs_meanwhile_is_refused(
    here: Context, client: Client, approved: int
) -> None:
    class Slow(Scripted):
        """Its message is out while the founder says that the database was restored."""

        async def perform(self, payload: Any, *, idempotency_key: str) -> Any:
            assert (await client.deployment.restored()).unknown == 1
            return await super().perform(payload, idempotency_key=idempotency_key)

    adapter = Slow()
    with pytest.raises(ConflictError, match="is final"):
        await go(replace(here, adapters={**here.adapters, "email": adapter}), approved)
    assert await attempts(here, approved) == [("unknown", DOUBT)]
    adapter.reconciles = [YES]
    await client.proposals.retry(approved, 1)
    assert await go(replace(here, adapters={**here.adapters, "email": adapter}), approved) is Status.EXECUTED
    assert adapter.asked == ["perform", "reconcile"]


async def test_an_execution_that_begins_meanwhile_finds_the_proposal_unknown(
    here: Context, client: Client, adapter: Scripted, approved: int
) -> None:
    async with here.transaction(records.actor_of(client)) as conn:
        await restoring.restored(here, conn)
        performing = asyncio.create_task(go(here, approved))
        await records.until_blocked(here)
    assert await performing is Status.UNKNOWN
    assert adapter.asked == []
